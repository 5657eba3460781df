//! The keys of the blind indexes. Each index (active files, archive) has a random key of its own
//! generation, from which those of its offices and processings come: two of them share no token
//! (I5). A new generation is made each year and built beside the one that serves; then it serves,
//! and the old tokens and their key are destroyed: a copy of an old index can no longer be matched
//! against a list of names by anyone (I7). A generation is made before its time when a later
//! program makes tokens in another manner.

use huis_access::{KeySource, decide_job, gather, search::MANNER, unlock};
use huis_kernel::{Date, Delay, DossierId, Instant, OfficeId, Zone};
use huis_register::Register;
use huis_store::index_keys::{IndexKeyRow, IndexState};
use huis_trace::Operation;
use huis_vault::{ArchiveSecret, IndexKey, RootKey, Token};

use crate::{Huis, UseError, start::INSTALLATION};

/// How long a generation serves. No text gives a figure: our choice.
const TERM: Delay = Delay { months: 12, days: 0 };
/// How long after a change of generation what began under the one before may still be under way,
/// in milliseconds: nothing lasts a tenth of it.
const SETTLE_MS: i64 = 60_000;
/// How long a server may work on an index without renewing its lease, in milliseconds.
const LEASE_MS: i64 = 60_000;
/// Dossiers a transaction: their locks are held together for some tens of milliseconds.
const BATCH: u32 = 25;
/// What a month's key seals, and a generation's.
const MONTH: &str = "mois";
const GENERATION: &str = "index";

impl Huis {
    /// The key of an index: its serving generation, and the one that is being built, under which
    /// everything is written too. To be read while the dossier's lock is held: what was read before
    /// may miss a generation that began since.
    pub(crate) async fn index_key(
        &self,
        office: OfficeId,
        processing: &str,
        archive: bool,
    ) -> Result<IndexKey, UseError> {
        let mut key: Option<IndexKey> = None;
        for row in self.store.index_keys(archive).await? {
            if row.state == IndexState::Retired {
                continue;
            }
            let data = self.generation_key(&row)?.derive(&format!("{processing} {office}"));
            key = Some(match key {
                None => IndexKey::new(row.generation, data),
                Some(serving) => serving.and_next(row.generation, data),
            });
        }
        key.ok_or(UseError::Internal("clé d'index"))
    }

    fn generation_key(&self, row: &IndexKeyRow) -> Result<RootKey, UseError> {
        let owner = owner(row.archive, row.generation);
        let plain = self.root.open_secret(GENERATION, &owner, &row.key);
        let bytes = plain.ok().and_then(|p| <[u8; 32]>::try_from(p.as_slice()).ok());
        Ok(RootKey::from_bytes(bytes.ok_or(UseError::Internal("clé d'index"))?))
    }

    fn fresh_generation(&self, archive: bool, generation: u32, state: IndexState) -> IndexKeyRow {
        let key = RootKey::generate(&*self.rng);
        let owner = owner(archive, generation);
        let key = self.root.seal_secret(GENERATION, &owner, key.expose(), &*self.rng);
        let now = self.now();
        IndexKeyRow { archive, generation, state, made_at: now, since: now, key }
    }

    async fn begin_generation(&self, row: &IndexKeyRow) -> Result<(), UseError> {
        self.store.add_index_key(row).await?;
        // Last: stopped in between, a generation too many is made, and none too few.
        Ok(self.store.set_meta(manner_of(row.archive), MANNER).await?)
    }

    /// A new installation, or a restored one, has a first generation.
    pub(crate) async fn ensure_index_keys(&self) -> Result<(), UseError> {
        for archive in [false, true] {
            if self.store.index_keys(archive).await?.is_empty() {
                let row = self.fresh_generation(archive, 1, IndexState::Serving);
                self.begin_generation(&row).await?;
            }
        }
        Ok(())
    }

    /// Takes each index one step further in its yearly change, if it is time. One server does it,
    /// it can be stopped anywhere, and what there is to do is found in the store.
    pub(crate) async fn rekey_indexes(&self) -> Result<(), UseError> {
        for archive in [false, true] {
            if self.index_lease(archive).await? {
                self.rekey(archive).await?;
            }
        }
        Ok(())
    }

    async fn index_lease(&self, archive: bool) -> Result<bool, UseError> {
        let name = if archive { "index archive" } else { "index" };
        Ok(!self.is_stopping()
            && self.store.lease(name, &self.server, self.now(), LEASE_MS).await?)
    }

    async fn rekey(&self, archive: bool) -> Result<(), UseError> {
        let rows = self.store.index_keys(archive).await?;
        let now = self.now();
        let of = |state| rows.iter().rev().find(|r| r.state == state);
        let settled = |row: &IndexKeyRow| row.since.plus_ms(SETTLE_MS) <= now;
        let Some(serving) = of(IndexState::Serving) else { return Ok(()) };
        if let Some(retired) = of(IndexState::Retired) {
            if settled(retired) {
                let first = Token::first_of(serving.generation);
                self.store.drop_tokens_before(archive, first).await?;
                self.store.destroy_index_keys(archive, serving.generation).await?;
                self.store.scrub().await?;
                self.trace_rekey(archive, retired.generation, "detruite").await?;
            }
        } else if let Some(next) = of(IndexState::Building) {
            if settled(next) && self.build(archive, next.generation).await? {
                self.store.swap_index(archive, next.generation, self.now()).await?;
                self.trace_rekey(archive, next.generation, "en-service").await?;
            }
        } else if TERM.after(day_of(serving.made_at)) <= day_of(now)
            || self.store.meta(manner_of(archive)).await?.as_deref() != Some(MANNER)
        {
            let next = serving.generation + 1;
            let row = self.fresh_generation(archive, next, IndexState::Building);
            self.begin_generation(&row).await?;
            self.trace_rekey(archive, next, "commencee").await?;
        }
        Ok(())
    }

    async fn trace_rekey(
        &self,
        archive: bool,
        generation: u32,
        what: &str,
    ) -> Result<(), UseError> {
        let mut line = self.job_line(INSTALLATION, "index", Operation::KeyRotation);
        line.detail.insert("index".to_owned(), if archive { "archive" } else { "actif" }.into());
        line.detail.insert("generation".to_owned(), generation.to_string());
        line.detail.insert("etape".to_owned(), what.to_owned());
        self.trace(line).await?;
        Ok(())
    }

    /// Writes beside the tokens of every dossier those of the new generation. True when all that
    /// opens has them. The archive's wait until an archivist has opened it in some session: the
    /// program alone cannot read what they come from.
    async fn build(&self, archive: bool, generation: u32) -> Result<bool, UseError> {
        let secret = if archive { self.any_archive() } else { None };
        let first = Token::first_of(generation);
        for office in self.store.offices().await? {
            let office = office.office;
            for processed in self.processed.values() {
                let register = &processed.register;
                let mut after = None;
                loop {
                    let found =
                        self.store.outdated(office, &register.id, archive, first, after, BATCH);
                    let ids = found.await?;
                    let Some(last) = ids.last().copied() else { break };
                    if archive && secret.is_none() {
                        return Ok(false);
                    }
                    after = Some(last);
                    self.build_batch(register, office, &ids, secret.as_ref()).await?;
                    if !self.index_lease(archive).await? {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// A batch is opened by the job, traced by one line, and written, all under its locks: nobody
    /// writes one of these dossiers in between.
    async fn build_batch(
        &self,
        register: &Register,
        office: OfficeId,
        ids: &[DossierId],
        secret: Option<&ArchiveSecret>,
    ) -> Result<(), UseError> {
        let (mut held, mut broken) = (Vec::new(), Vec::new());
        let mut work = self.store.begin().await?;
        let proof = decide_job(register, "index", office);
        for dossier in ids {
            let Some((_, sealed)) = work.dossier(office, *dossier).await? else { continue };
            let keys = self.keys_of(&sealed).await?;
            let key = self.index_key(office, &register.id, secret.is_some()).await?;
            let source = KeySource { root: &self.root, archive: secret, keys: &keys };
            let answer = unlock(&proof, &sealed, source).and_then(|unlocked| {
                unlocked.answer(|plain| huis_access::search::tokens(register, plain, &key))
            });
            match answer.map_err(UseError::from) {
                Ok(answer) => held.push(answer),
                Err(UseError::Broken) => broken.push(*dossier),
                // Erased or moved to the archive meanwhile.
                Err(_) => {}
            }
        }
        let line = self.job_line(&register.id, "index", Operation::KeyRotation);
        let pending = gather(held, line, Some("index-ancien"));
        let receipt = self.receipt(pending.line().clone()).await?;
        for (dossier, tokens) in pending.release(&receipt)? {
            let tokens: Vec<_> = tokens.into_iter().collect();
            work.add_tokens(office, dossier, &tokens, secret.is_some()).await?;
        }
        work.commit().await?;
        for dossier in broken {
            self.alert_broken(&register.id, office, dossier).await?;
        }
        Ok(())
    }

    pub(crate) fn any_archive(&self) -> Option<ArchiveSecret> {
        let unlocked = self.unlocked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        unlocked.values().next().cloned()
    }

    /// The key under which the searches of a month are written in the trace: apart from the
    /// index's, so that a reader of the trace matches nothing in a copy of the index; destroyed
    /// with the trace's term, so that no line past it can be matched at all.
    pub(crate) async fn searches_key(
        &self,
        office: OfficeId,
        processing: &str,
        archive: bool,
        at: Instant,
    ) -> Result<IndexKey, UseError> {
        let month = month_of(at);
        let sealed = match self.store.trace_key(&month).await? {
            Some(sealed) => sealed,
            None => {
                let key = RootKey::generate(&*self.rng);
                let owner = month.as_bytes();
                let sealed = self.root.seal_secret(MONTH, owner, key.expose(), &*self.rng);
                self.store.add_trace_key(&month, &sealed).await?;
                // Another server may have been first: its key is the month's.
                self.store.trace_key(&month).await?.ok_or(UseError::Internal("clé du mois"))?
            }
        };
        let plain = self.root.open_secret(MONTH, month.as_bytes(), &sealed);
        let bytes = plain.ok().and_then(|p| <[u8; 32]>::try_from(p.as_slice()).ok());
        let key = RootKey::from_bytes(bytes.ok_or(UseError::Internal("clé du mois"))?);
        let which = if archive { "archive" } else { "actif" };
        Ok(IndexKey::new(0, key.derive(&format!("{which} {processing} {office}"))))
    }

    /// Destroys the months' keys whose every line is past the trace's term.
    pub(crate) async fn destroy_months(&self, term: Delay) -> Result<u64, UseError> {
        let today = day_of(self.now());
        // The first month that still has a line within the term.
        let mut month = Date::new(today.year(), today.month(), 1).unwrap_or(today);
        while let Ok(eve) = month.yesterday() {
            if term.after(eve) < today {
                break;
            }
            month = eve.first_of_month();
        }
        let n = self.store.destroy_trace_keys(&month_of_day(month)).await?;
        if n > 0 {
            self.store.scrub().await?;
        }
        Ok(n)
    }
}

/// Where the manner of an index's last generation is written.
const fn manner_of(archive: bool) -> &'static str {
    if archive { "archive-index-manner" } else { "index-manner" }
}

fn owner(archive: bool, generation: u32) -> Vec<u8> {
    let mut owner = vec![u8::from(archive)];
    owner.extend(generation.to_be_bytes());
    owner
}

fn day_of(at: Instant) -> Date {
    at.date_in(&Zone::utc())
}

/// The UTC month of an instant: lines are purged by UTC days.
pub(crate) fn month_of(at: Instant) -> String {
    month_of_day(day_of(at))
}

fn month_of_day(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}
