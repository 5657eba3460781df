use huis_kernel::Date;
use std::fmt;

use crate::{
    Hash, Origin, Range,
    note::{LogKey, LogSigner, NoteError, SignedNote},
};

/// The first line of a closure: it tells it from a head, under the same key.
const KIND: &str = "huis-trace-day/v1";

/// One UTC day of a log, closed by its writer: where its lines stand, and the subtree hashes over
/// them. Purging the day removes the lines and keeps this; the root of the log still follows.
///
/// It is signed with its date: without the key nobody can make a young day look old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayClosure {
    /// The log.
    pub origin: Origin,
    /// The day. No line in it is of a later one.
    pub day: Date,
    /// The lines, as a compact range.
    pub range: Range,
}

impl DayClosure {
    /// Signs the closure.
    pub fn sign(&self, signer: &LogSigner) -> SignedNote {
        signer.sign(&self.to_string())
    }

    /// Reads a closure that the key signed.
    pub fn open(note: &SignedNote, key: &LogKey) -> Result<Self, NoteError> {
        Self::read(note.verify(key)?).ok_or(NoteError::Malformed)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.strip_prefix(KIND)?.strip_prefix('\n')?.lines();
        let origin = lines.next()?.parse().ok()?;
        let day = lines.next()?.parse().ok()?;
        let (begin, end) = lines.next()?.split_once(' ')?;
        let (begin, end) = (begin.parse().ok()?, end.parse().ok()?);
        let hashes: Option<Vec<Hash>> = lines.map(|l| l.parse().ok()).collect();
        let range = Range::from_parts(begin, end, hashes?).ok()?;
        let closure = Self { origin, day, range };
        (closure.to_string() == text).then_some(closure)
    }
}

impl fmt::Display for DayClosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{KIND}\n{}\n{}", self.origin, self.day)?;
        writeln!(f, "{} {}", self.range.begin(), self.range.end())?;
        self.range.hashes().iter().try_for_each(|h| writeln!(f, "{h}"))
    }
}
