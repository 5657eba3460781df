//! A store in memory, with failures at will: for the tests of the crates that write traces.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{Batch, ClosedDay, LineStore, LogState, Origin, Row};

/// What the store holds of one log.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The lines.
    pub rows: Vec<Row>,
    /// The closed days.
    pub closures: Vec<ClosedDay>,
    /// The state, none before the first line.
    pub state: Option<LogState>,
}

/// How the next commit ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// It is durable, and says so.
    #[default]
    Kept,
    /// Nothing is written.
    Lost,
    /// It is durable, but the answer is lost.
    KeptInSilence,
}

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    logs: BTreeMap<Origin, Kept>,
    commits: usize,
    fate: Fate,
}

/// The store failed, or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the store failed")]
pub struct StoreFailed;

impl MemoryStore {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the next commits end.
    pub fn set_fate(&self, fate: Fate) {
        self.inner().fate = fate;
    }

    /// What it holds of a log.
    pub fn kept(&self, origin: &Origin) -> Kept {
        self.inner().logs.get(origin).cloned().unwrap_or_default()
    }

    /// How many commits there were.
    pub fn commits(&self) -> usize {
        self.inner().commits
    }
}

impl LineStore for &MemoryStore {
    type Error = StoreFailed;

    async fn persist(&self, batches: &[Batch]) -> Result<(), StoreFailed> {
        let mut inner = self.inner();
        let size = |inner: &Inner, origin| {
            let log: Option<&Kept> = inner.logs.get(origin);
            log.and_then(|log| log.state.as_ref()).map_or(0, LogState::size)
        };
        let stale = batches.iter().any(|b| size(&inner, b.origin()) != b.first());
        if stale || inner.fate == Fate::Lost {
            return Err(StoreFailed);
        }
        for batch in batches {
            let log = inner.logs.entry(batch.origin().clone()).or_default();
            log.rows.extend_from_slice(batch.rows());
            log.closures.extend_from_slice(batch.closures());
            log.state = Some(batch.after().clone());
        }
        inner.commits += 1;
        if inner.fate == Fate::KeptInSilence { Err(StoreFailed) } else { Ok(()) }
    }

    async fn state(&self, origin: &Origin) -> Result<LogState, StoreFailed> {
        Ok(self.kept(origin).state.unwrap_or(LogState::empty()))
    }
}

impl LineStore for std::sync::Arc<MemoryStore> {
    type Error = StoreFailed;

    async fn persist(&self, batches: &[Batch]) -> Result<(), StoreFailed> {
        (&**self).persist(batches).await
    }

    async fn state(&self, origin: &Origin) -> Result<LogState, StoreFailed> {
        (&**self).state(origin).await
    }
}
