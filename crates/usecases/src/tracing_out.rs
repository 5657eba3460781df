//! Writing the trace: alone (reads, refusals, sign-ins), or beside the act it tells of.

use huis_kernel::Instant;
use huis_store::{Store, Work};
use huis_trace::{Authority, Line, Operation, Outcome, Receipt};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Caller, Huis, UseError, dossier::Mark, start::INSTALLATION};

/// What a line says of the entry it stood in, beside its act.
const ENTRY: &str = "ecriture";
/// How long after it was made an entry may still be under way, in milliseconds.
const UNDER_WAY_MS: i64 = 10_000;

/// The lease of who chains what waited.
const OUTBOX: &str = "outbox";

/// Before when an entry is nobody's any more.
const fn waited(now: Instant) -> Instant {
    now.plus_ms(-UNDER_WAY_MS)
}

/// How many acts may be followed at a time: beyond, who records one more waits.
pub(crate) const FOLLOWING: usize = 64;

/// Entries of the outbox whose lines are in the trace: the next transaction takes them out.
#[derive(Debug, Default)]
pub(crate) struct Chained(Mutex<Vec<[u8; 16]>>);

impl Chained {
    fn entries(&self) -> MutexGuard<'_, Vec<[u8; 16]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, entries: Vec<[u8; 16]>) {
        self.entries().extend(entries);
    }

    pub(crate) fn take(&self) -> Vec<[u8; 16]> {
        std::mem::take(&mut *self.entries())
    }
}

impl Huis {
    /// Makes a line durable, feeds the detectors, and gives its receipt.
    pub(crate) async fn trace(&self, line: Line) -> Result<Receipt, UseError> {
        let receipt = self.trace.write(line.clone()).await?;
        self.watch(&receipt, &line).await;
        Ok(receipt)
    }

    /// Makes a line durable without feeding the detectors: while a transaction on the data is
    /// open, nothing else may ask for its connection.
    pub(crate) async fn receipt(&self, line: Line) -> Result<Receipt, UseError> {
        Ok(self.trace.write(line).await?)
    }

    /// Puts the line's content beside what it tells of, in the same transaction, and takes out the
    /// lines of what came before: a transaction less for each act. Its entry is in the line: were it
    /// chained twice (a crash between the two stores), it would show.
    pub(crate) async fn beside(
        &self,
        work: &mut Work,
        line: &mut Line,
    ) -> Result<[u8; 16], UseError> {
        let entry = self.id16();
        let hex: String = entry.iter().map(|b| format!("{b:02x}")).collect();
        line.detail.insert(ENTRY.to_owned(), hex);
        // A line that no log would take must fail here, with the act, and not at the next start.
        let known =
            line.processing == INSTALLATION || self.processed.contains_key(&line.processing);
        if line.check().is_err() || !known {
            return Err(UseError::Internal("trace"));
        }
        let bytes = serde_json::to_vec(line).map_err(|_| UseError::Internal("trace"))?;
        work.outbox(entry, &line.processing, self.now(), bytes).await?;
        // Should this transaction come to nothing, they are found chained when they are waited for.
        work.take_from_outbox(&self.chained.take()).await?;
        Ok(entry)
    }

    /// Chains the lines that were committed beside their acts. What was done is done: a failure
    /// here leaves the line in the outbox, which is chained within the minute.
    pub(crate) async fn chain(&self, lines: Vec<([u8; 16], Line)>) {
        if let Err(error) = self.try_chain(lines).await {
            tracing::error!(%error, "trace en attente : elle sera chaînée dans la minute");
        }
    }

    async fn try_chain(&self, lines: Vec<([u8; 16], Line)>) -> Result<(), UseError> {
        if lines.is_empty() {
            return Ok(());
        }
        let (entries, lines): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
        let receipts = self.trace.write_all(lines.clone()).await?;
        self.chained.add(entries);
        for (receipt, line) in receipts.iter().zip(&lines) {
            self.watch(receipt, line).await;
        }
        Ok(())
    }

    /// Tells the key store, and chains the lines, of what was committed: two files, whose commits do
    /// not wait for one another. For what no person waits for.
    pub(crate) async fn mark_and_chain(&self, marks: Vec<Mark>, lines: Vec<([u8; 16], Line)>) {
        tokio::join!(self.mark(marks), self.chain(lines));
    }

    /// The same, and nobody waits for it: what is acknowledged is durable, its line with it in the
    /// outbox, and two commits more would make an act twice as long. Who reads the trace waits for
    /// what is on its way ([`Huis::caught_up`]).
    pub(crate) async fn follow(&self, marks: Vec<Mark>, lines: Vec<([u8; 16], Line)>) {
        let turn = Arc::clone(&self.following).acquire_owned().await;
        let Some(huis) = self.me.upgrade() else { return };
        tokio::spawn(async move {
            huis.mark_and_chain(marks, lines).await;
            drop(turn);
        });
    }

    /// Waits until what was acknowledged before this is in the trace, and gives the store: whoever
    /// reads the trace takes it from here.
    pub async fn caught_up(&self) -> &Store {
        let all = u32::try_from(FOLLOWING).unwrap_or(u32::MAX);
        drop(self.following.acquire_many(all).await);
        &self.store
    }

    /// Chains what a crash, or a store that did not answer, left in the outbox: at start, and every
    /// few seconds. Entries younger than ten seconds are some server's, under way. One server does
    /// it at a time, and what was chained before the crash is not chained again.
    pub async fn chain_waiting(&self) -> Result<u64, UseError> {
        // What is on its way is not looked at; what no act took out since goes now.
        self.caught_up().await.take_from_outbox(&self.chained.take()).await?;
        // Nothing waits most of the time, and a lease is a write.
        if self.store.outbox(waited(self.now()), 1).await?.is_empty()
            || !self.store.lease(OUTBOX, &self.server, self.now(), 60_000).await?
        {
            return Ok(0);
        }
        let chained = self.chain_what_waited().await;
        // What is too young now is not kept waiting for the lease of who found it so.
        let released = self.store.release(OUTBOX, &self.server).await;
        let chained = chained?;
        released?;
        Ok(chained)
    }

    async fn chain_what_waited(&self) -> Result<u64, UseError> {
        let mut chained = 0;
        loop {
            let waiting = self.store.outbox(waited(self.now()), 500).await?;
            if waiting.is_empty() {
                return Ok(chained);
            }
            let (mut lines, mut done) = (Vec::with_capacity(waiting.len()), Vec::new());
            for (entry, bytes) in waiting {
                let line: Line = serde_json::from_slice(&bytes)
                    .map_err(|_| UseError::Internal("trace en attente"))?;
                if self.is_chained(&line).await? {
                    done.push(entry);
                } else {
                    lines.push((entry, line));
                    chained += 1;
                }
            }
            self.store.take_from_outbox(&done).await?;
            self.try_chain(lines).await?;
        }
    }

    /// Did a crash come between the chaining of a line and the removal of its entry?
    async fn is_chained(&self, line: &Line) -> Result<bool, UseError> {
        let entry = line.detail.get(ENTRY);
        let same = |leaf: Vec<u8>| {
            huis_trace::Leaf::from_bytes(leaf)
                .line()
                .is_ok_and(|known| entry.is_some() && known.detail.get(ENTRY) == entry)
        };
        Ok(self.store.leaves_at(line.at).await?.into_iter().any(same))
    }

    /// A line about what a caller does, with no dossier yet.
    pub(crate) fn line(&self, caller: &Caller, processing: &str, operation: Operation) -> Line {
        let grant = caller.grants(processing).next();
        let purpose = grant
            .and_then(|g| self.processed.get(processing)?.register.profile(&g.profile))
            .map_or("administration", |p| p.purpose.as_str());
        let authority = Authority::Agent { agent: caller.actor.agent, grant: grant.map(|g| g.id) };
        let mut line = Line::new(caller.now, authority, processing, purpose, operation);
        line.session = caller.actor.session;
        line.address.clone_from(&caller.actor.address);
        line
    }

    /// Traces a refusal, then gives it as an error. A refusal names its rule only (I4).
    pub(crate) async fn refuse<T>(
        &self,
        caller: &Caller,
        processing: &str,
        operation: Operation,
        dossier: Option<huis_kernel::DossierId>,
        refusal: huis_access::Refusal,
    ) -> Result<T, UseError> {
        let mut line = self.line(caller, processing, operation);
        if let Some(dossier) = dossier {
            line.dossiers = huis_trace::Dossiers::one(dossier);
        }
        line.outcome = Outcome::Refused { rule: refusal.code() };
        self.trace(line).await?;
        Err(refusal.into())
    }
}
