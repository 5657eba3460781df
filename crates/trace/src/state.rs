use huis_kernel::{Date, Instant};
use serde::{Deserialize, Serialize};

use crate::{
    DayClosure, Hash, Head, Origin, Range, RestoredFrom,
    merkle::RangeError,
    note::{LogKey, SignedNote},
};

/// All that is needed to go on with a log: kept by the store in one row beside the lines, and
/// written in the same transaction. A few hundred bytes, whatever the size of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogState {
    /// The whole log.
    pub(crate) whole: Range,
    /// The lines of the day that is not closed yet.
    pub(crate) open: Range,
    /// The day of those lines; when there is none, the first day that may be opened.
    pub(crate) day: Option<Date>,
    /// The latest instant in the log.
    pub(crate) at: Instant,
    /// The last signed head; none before the first line.
    pub(crate) head: Option<SignedNote>,
    pub(crate) restored_from: Option<RestoredFrom>,
}

/// A stored state that does not hold together: the log must not go on from it (I14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The text cannot be read.
    #[error("the state of the log cannot be read")]
    Unreadable,
    /// Its last head was not signed by this log's key.
    #[error("the last head of the log is not signed by its key")]
    Forged,
    /// It does not fit its last signed head.
    #[error("the state of the log does not fit its last signed head")]
    Mismatch,
}

impl LogState {
    /// A log without a line.
    pub const fn empty() -> Self {
        Self {
            whole: Range::empty(0),
            open: Range::empty(0),
            day: None,
            at: Instant(i64::MIN),
            head: None,
            restored_from: None,
        }
    }

    /// A log that takes over from the head of a restored one: every head of it says so.
    pub fn after_restore(from: RestoredFrom) -> Self {
        Self { restored_from: Some(from), ..Self::empty() }
    }

    /// How many leaves.
    pub const fn size(&self) -> u64 {
        self.whole.end()
    }

    /// The last signed head; none before the first line.
    pub const fn head(&self) -> Option<&SignedNote> {
        self.head.as_ref()
    }

    /// The day whose lines are not closed yet.
    pub const fn open_day(&self) -> Option<Date> {
        if self.open.count() == 0 { None } else { self.day }
    }

    /// Adds a line. Its day is its own in UTC, but never one that was closed already: a line that
    /// comes late stands a day further, and is purged a day later, never a day too early.
    pub(crate) fn push(&mut self, day: Date, at: Instant, leaf: Hash) {
        self.day = Some(self.day.map_or(day, |open| open.max(day)));
        self.at = self.at.max(at);
        self.whole.push(leaf);
        self.open.push(leaf);
    }

    /// Closes the open day if it is before `day`. A day without a line is not closed: there is
    /// nothing to purge in it.
    pub(crate) fn close_before(&mut self, day: Date, origin: &Origin) -> Option<DayClosure> {
        let closing = self.open_day().filter(|open| *open < day)?;
        let range = std::mem::replace(&mut self.open, Range::empty(self.whole.end()));
        self.day = Some(closing.tomorrow().unwrap_or(Date::MAX));
        Some(DayClosure { origin: origin.clone(), day: closing, range })
    }

    /// The head that this state calls for.
    pub(crate) fn to_head(&self, origin: &Origin) -> Option<Head> {
        Some(Head {
            origin: origin.clone(),
            size: self.whole.end(),
            root: self.whole.root()?,
            at: self.at,
            closed: self.open.begin(),
            restored_from: self.restored_from.clone(),
        })
    }

    /// Checks a stored state against its last head, before going on from it.
    pub(crate) fn check(&self, origin: &Origin, key: &LogKey) -> Result<(), OpenError> {
        let Some(note) = &self.head else {
            return if self.size() == 0 { Ok(()) } else { Err(OpenError::Mismatch) };
        };
        let head = Head::open(note, key).map_err(|_| OpenError::Forged)?;
        let same = self.to_head(origin).is_some_and(|expected| expected == head);
        if same && self.open.end() == self.whole.end() { Ok(()) } else { Err(OpenError::Mismatch) }
    }

    /// The text that the store keeps.
    pub fn to_text(&self) -> String {
        let kept = Kept {
            size: self.whole.end(),
            whole: self.whole.hashes().to_vec(),
            closed: self.open.begin(),
            open: self.open.hashes().to_vec(),
            day: self.day,
            at: self.at,
            head: self.head.as_ref().map(ToString::to_string),
            restored_from: self
                .restored_from
                .as_ref()
                .map(|r| (r.origin.to_string(), r.size, r.root)),
        };
        // Plain texts and numbers under fixed names: nothing in it can fail to be written.
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// The state that the store kept.
    pub fn from_text(text: &str) -> Result<Self, OpenError> {
        let kept: Kept = serde_json::from_str(text).map_err(|_| OpenError::Unreadable)?;
        let unreadable = |_: RangeError| OpenError::Unreadable;
        let head = kept.head.map(|note| note.parse()).transpose();
        let restored_from = kept.restored_from.map(|(origin, size, root)| {
            origin.parse().map(|origin| RestoredFrom { origin, size, root })
        });
        Ok(Self {
            whole: Range::from_parts(0, kept.size, kept.whole).map_err(unreadable)?,
            open: Range::from_parts(kept.closed, kept.size, kept.open).map_err(unreadable)?,
            day: kept.day,
            at: kept.at,
            head: head.map_err(|_| OpenError::Unreadable)?,
            restored_from: restored_from.transpose().map_err(|_| OpenError::Unreadable)?,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    size: u64,
    whole: Vec<Hash>,
    closed: u64,
    open: Vec<Hash>,
    day: Option<Date>,
    at: Instant,
    head: Option<String>,
    restored_from: Option<(String, u64, Hash)>,
}
