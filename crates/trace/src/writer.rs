use huis_kernel::Date;
use std::{collections::BTreeMap, future::Future};

use crate::{Batch, Line, Log, LogState, NotACode, Origin, Receipt, SignedNote};

/// Where lines become durable. Implemented by the store.
pub trait LineStore: Send + Sync {
    /// What went wrong; the store itself reports it to the operator.
    type Error: Send;

    /// Writes all the batches in **one** transaction and returns once it is durable. It must
    /// refuse everything if the stored size of one of the logs is not that batch's
    /// [`Batch::first`]: someone else has written under the same name.
    fn persist(&self, batches: &[Batch]) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// The stored state of a log, [`LogState::empty`] before its first line.
    fn state(&self, origin: &Origin) -> impl Future<Output = Result<LogState, Self::Error>> + Send;

    /// Did it fail for want of room? What is asked of the operator is then another thing.
    fn no_room(_: &Self::Error) -> bool {
        false
    }
}

/// Why a line is not durable: nothing that depends on it may leave the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// The line may hold personal data.
    #[error(transparent)]
    NotACode(#[from] NotACode),
    /// No log is open for its processing.
    #[error("no log is open for this processing")]
    UnknownProcessing,
    /// Two logs were opened for one processing.
    #[error("two logs for one processing")]
    DuplicateProcessing,
    /// The line cannot be encoded.
    #[error("the line cannot be encoded")]
    Encoding,
    /// The store did not say that it is durable.
    #[error("the trace could not be made durable")]
    NotPersisted,
    /// There is no room left for it.
    #[error("no room left for the trace")]
    NoRoom,
    /// The store holds another history than this writer: it must not go on.
    #[error("the stored log is not the one this writer wrote")]
    Forked,
    /// The writer has stopped.
    #[error("the trace writer has stopped")]
    Stopped,
}

/// Writes the logs of several processings, one commit for all the lines it is given.
pub struct Writer {
    logs: BTreeMap<String, Log>,
    /// States sent to the store whose fate is not known: the store failed, or the wait for it was
    /// given up. They are settled by asking it, before anything else is written.
    in_doubt: Vec<(String, LogState)>,
}

impl Writer {
    /// A writer of these logs, one for each processing.
    pub fn new(logs: impl IntoIterator<Item = Log>) -> Result<Self, TraceError> {
        let mut by_processing = BTreeMap::new();
        for log in logs {
            if by_processing.insert(log.origin().processing().to_owned(), log).is_some() {
                return Err(TraceError::DuplicateProcessing);
            }
        }
        Ok(Self { logs: by_processing, in_doubt: Vec::new() })
    }

    /// The last signed head of each log that has one: what is sent to the witness.
    pub fn heads(&self) -> Vec<SignedNote> {
        self.logs.values().filter_map(|log| log.state().head().cloned()).collect()
    }

    /// Could this line be written, the store permitting?
    pub fn check(&self, line: &Line) -> Result<(), TraceError> {
        line.check()?;
        if self.logs.contains_key(&line.processing) {
            Ok(())
        } else {
            Err(TraceError::UnknownProcessing)
        }
    }

    /// Makes lines durable, all or none, and gives their receipts in their order.
    pub async fn write<S: LineStore>(
        &mut self,
        store: &S,
        lines: Vec<Line>,
    ) -> Result<Vec<Receipt>, TraceError> {
        lines.iter().try_for_each(|line| self.check(line))?;
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        self.settle(store).await?;
        let mut order = Vec::with_capacity(lines.len());
        let mut sorted: BTreeMap<String, Vec<Line>> = BTreeMap::new();
        for line in lines {
            order.push(line.processing.clone());
            sorted.entry(line.processing.clone()).or_default().push(line);
        }
        let mut batches = Vec::with_capacity(sorted.len());
        for (processing, lines) in sorted {
            let log = self.logs.get(&processing).ok_or(TraceError::UnknownProcessing)?;
            batches.push(log.prepare(lines).map_err(|_| TraceError::Encoding)?);
        }
        let mut receipts: BTreeMap<String, _> = self
            .commit(store, batches)
            .await?
            .into_iter()
            .map(|(processing, receipts)| (processing, receipts.into_iter()))
            .collect();
        // One receipt for each line, by construction; a missing one would be a line not durable.
        order
            .iter()
            .map(|processing| receipts.get_mut(processing).and_then(Iterator::next))
            .collect::<Option<_>>()
            .ok_or(TraceError::NotPersisted)
    }

    /// Closes in each log the open day, if it is before `today` (in UTC). For the days after
    /// which nothing is written; otherwise the next line closes them.
    pub async fn close_days<S: LineStore>(
        &mut self,
        store: &S,
        today: Date,
    ) -> Result<(), TraceError> {
        self.settle(store).await?;
        let batches: Vec<_> =
            self.logs.values().filter_map(|log| log.prepare_closing(today)).collect();
        if !batches.is_empty() {
            self.commit(store, batches).await?;
        }
        Ok(())
    }

    async fn commit<S: LineStore>(
        &mut self,
        store: &S,
        batches: Vec<Batch>,
    ) -> Result<BTreeMap<String, Vec<Receipt>>, TraceError> {
        // In doubt before the wait, so that a wait given up halfway leaves the doubt behind.
        self.in_doubt = batches
            .iter()
            .map(|b| (b.origin().processing().to_owned(), b.after().clone()))
            .collect();
        store.persist(&batches).await.map_err(|e| {
            if S::no_room(&e) { TraceError::NoRoom } else { TraceError::NotPersisted }
        })?;
        self.in_doubt.clear();
        let mut receipts = BTreeMap::new();
        for batch in batches {
            let processing = batch.origin().processing().to_owned();
            let (state, given) = batch.persisted();
            if let Some(log) = self.logs.get_mut(&processing) {
                log.advance(state);
            }
            receipts.insert(processing, given);
        }
        Ok(receipts)
    }

    /// After a failure the store may hold the lines or not (a connection lost at the commit): it
    /// is asked, and the log goes on from what it says, if that is one of the two.
    async fn settle<S: LineStore>(&mut self, store: &S) -> Result<(), TraceError> {
        while let Some((processing, after)) = self.in_doubt.last() {
            let Some(log) = self.logs.get_mut(processing) else {
                return Err(TraceError::UnknownProcessing);
            };
            let found = store.state(log.origin()).await.map_err(|_| TraceError::NotPersisted)?;
            if found == *after {
                log.advance(found);
            } else if found != *log.state() {
                return Err(TraceError::Forked);
            }
            self.in_doubt.pop();
        }
        Ok(())
    }
}
