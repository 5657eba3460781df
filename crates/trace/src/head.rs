use huis_kernel::Instant;
use std::{fmt, str::FromStr};

use crate::{
    Hash,
    note::{LogKey, LogSigner, NoteError, SignedNote},
};

/// The name of one log: the installation, the processing, and who writes (a server, an
/// administrative command). One Merkle log each. Written `installation/processing/writer`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    installation: String,
    processing: String,
    writer: String,
}

/// A text that does not name a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a log is `installation/processing/writer`")]
pub struct OriginError;

impl Origin {
    /// Names a log. Parts are codes; the installation alone may hold a `/`.
    pub fn new(installation: &str, processing: &str, writer: &str) -> Result<Self, OriginError> {
        let fits = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-/".contains(&b))
        };
        let one = |part: &str| fits(part) && !part.contains('/');
        if !fits(installation) || !one(processing) || !one(writer) {
            return Err(OriginError);
        }
        Ok(Self {
            installation: installation.to_owned(),
            processing: processing.to_owned(),
            writer: writer.to_owned(),
        })
    }

    /// The processing whose lines it holds.
    pub fn processing(&self) -> &str {
        &self.processing
    }

    /// Who writes it.
    pub fn writer(&self) -> &str {
        &self.writer
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.installation, self.processing, self.writer)
    }
}

impl FromStr for Origin {
    type Err = OriginError;
    fn from_str(text: &str) -> Result<Self, OriginError> {
        let mut parts = text.rsplitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(writer), Some(processing), Some(at)) => Self::new(at, processing, writer),
            _ => Err(OriginError),
        }
    }
}

/// The head from which a restored log starts again: a restore opens a new log that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoredFrom {
    /// The log that was restored.
    pub origin: Origin,
    /// Its size in the backup.
    pub size: u64,
    /// Its root in the backup.
    pub root: Hash,
}

/// What the writer vouches for, signed at every group commit.
///
/// C2SP `tlog-checkpoint`: origin, size, root; then extension lines of ours: `at` (the latest
/// instant in the log, in milliseconds), `closed` (how many leaves stand in closed days, so that
/// no closure can be left out) and, in a restored log, `restored-from`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The log.
    pub origin: Origin,
    /// How many leaves.
    pub size: u64,
    /// The Merkle root over them.
    pub root: Hash,
    /// The latest instant in the log.
    pub at: Instant,
    /// How many leaves stand in closed days.
    pub closed: u64,
    /// Where a restored log comes from.
    pub restored_from: Option<RestoredFrom>,
}

impl Head {
    /// Signs the head.
    pub fn sign(&self, signer: &LogSigner) -> SignedNote {
        signer.sign(&self.to_string())
    }

    /// Reads a head that the key signed.
    pub fn open(note: &SignedNote, key: &LogKey) -> Result<Self, NoteError> {
        Self::read(note.verify(key)?).ok_or(NoteError::Malformed)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let origin = lines.next()?.parse().ok()?;
        let size = lines.next()?.parse().ok()?;
        let root = lines.next()?.parse().ok()?;
        let at = Instant(lines.next()?.strip_prefix("at ")?.parse().ok()?);
        let closed = lines.next()?.strip_prefix("closed ")?.parse().ok()?;
        let restored_from = match lines.next() {
            None => None,
            Some(line) => {
                let mut parts = line.strip_prefix("restored-from ")?.split(' ');
                let origin = parts.next()?.parse().ok()?;
                let size = parts.next()?.parse().ok()?;
                Some(RestoredFrom { origin, size, root: parts.next()?.parse().ok()? })
            }
        };
        let head = Self { origin, size, root, at, closed, restored_from };
        // One text for one head: nothing after it, no other spelling of its numbers.
        (head.to_string() == text).then_some(head)
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        writeln!(f, "at {}\nclosed {}", self.at.0, self.closed)?;
        self.restored_from
            .as_ref()
            .map_or(Ok(()), |r| writeln!(f, "restored-from {} {} {}", r.origin, r.size, r.root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_reads_back_what_it_signs_and_nothing_more() {
        let signer = LogSigner::from_seed("huis.exemple", &[7; 32]).unwrap();
        let origin = Origin::new("huis.exemple", "expulsion", "serveur-1").unwrap();
        let root = crate::merkle::empty_root();
        let restored = RestoredFrom { origin: origin.clone(), size: 9, root };
        for restored_from in [None, Some(restored)] {
            let head = Head {
                origin: origin.clone(),
                size: 3,
                root,
                at: Instant(-5),
                closed: 2,
                restored_from,
            };
            assert_eq!(Head::open(&head.sign(&signer), &signer.public()), Ok(head.clone()));
            let more = signer.sign(&format!("{head}more\n"));
            assert_eq!(Head::open(&more, &signer.public()), Err(NoteError::Malformed));
        }
        for text in ["a/b", "a//c", "a/b/é", ""] {
            assert_eq!(text.parse::<Origin>(), Err(OriginError), "{text}");
        }
        assert_eq!("fr/ici/expulsion/s1".parse::<Origin>().unwrap().processing(), "expulsion");
    }
}
