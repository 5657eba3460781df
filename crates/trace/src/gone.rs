//! The list of what must not come back: keys that were destroyed, grants that were withdrawn,
//! accounts that were closed. Each entry is signed and names the one before it, so that the list
//! only grows; it is kept with the keys and with their copy, and a restore replays it before it
//! opens anything (X-10, X-17, I7). It holds numbers and identifiers only.

use huis_kernel::{AgentId, GrantId, Instant};
use sha2::{Digest, Sha256};
use std::fmt;

use crate::{
    Hash,
    note::{LogKey, LogSigner, SignedNote},
};

/// The first line of an entry: it tells it from a head or a closure, under the same key.
const KIND: &str = "huis-gone/v1";

/// What must not come back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// Destroyed key slots, ascending.
    pub slots: Vec<i64>,
    /// Withdrawn grants.
    pub grants: Vec<GrantId>,
    /// Closed accounts.
    pub agents: Vec<AgentId>,
}

impl Gone {
    /// Is there nothing in it?
    pub const fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.grants.is_empty() && self.agents.is_empty()
    }

    /// Adds what another entry says.
    pub fn extend(&mut self, other: Self) {
        self.slots.extend(other.slots);
        self.grants.extend(other.grants);
        self.agents.extend(other.agents);
    }
}

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoneEntry {
    /// The installation.
    pub installation: String,
    /// Its place in the list, from 1.
    pub no: u64,
    /// When.
    pub at: Instant,
    /// Hash of the entry before; zeros for the first.
    pub previous: Hash,
    /// What must not come back.
    pub gone: Gone,
}

/// What is wrong with a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("entrée {0} de la liste des effacements : forgée, altérée ou hors de sa place")]
pub struct GoneError(pub u64);

impl GoneEntry {
    /// Signs the entry.
    pub fn sign(&self, signer: &LogSigner) -> SignedNote {
        signer.sign(&self.to_string())
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.strip_prefix(KIND)?.strip_prefix('\n')?.lines();
        let installation = lines.next()?.to_owned();
        let no = lines.next()?.parse().ok()?;
        let at = Instant(lines.next()?.strip_prefix("at ")?.parse().ok()?);
        let previous = lines.next()?.strip_prefix("previous ")?.parse().ok()?;
        let mut gone = Gone::default();
        for line in lines {
            match line.split_once(' ')? {
                ("slots", ranges) => gone.slots = ranges_read(ranges)?,
                ("grant", id) => gone.grants.push(id.parse().ok()?),
                ("agent", id) => gone.agents.push(id.parse().ok()?),
                _ => return None,
            }
        }
        let entry = Self { installation, no, at, previous, gone };
        // One text for one entry.
        (entry.to_string() == text).then_some(entry)
    }
}

impl fmt::Display for GoneEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{KIND}\n{}\n{}", self.installation, self.no)?;
        writeln!(f, "at {}\nprevious {}", self.at.0, self.previous)?;
        if !self.gone.slots.is_empty() {
            writeln!(f, "slots {}", ranges(&self.gone.slots))?;
        }
        self.gone.grants.iter().try_for_each(|id| writeln!(f, "grant {id}"))?;
        self.gone.agents.iter().try_for_each(|id| writeln!(f, "agent {id}"))
    }
}

/// What the next entry names: the hash of this one, as it is kept.
pub fn hash(note: &str) -> Hash {
    Hash(Sha256::digest(note.as_bytes()).into())
}

/// What the first entry names.
pub const FIRST: Hash = Hash([0; 32]);

/// Reads one entry at its place, signed by the key and following the one before.
pub fn open(note: &str, no: u64, previous: Hash, key: &LogKey) -> Result<GoneEntry, GoneError> {
    let signed: SignedNote = note.parse().map_err(|_| GoneError(no))?;
    let text = signed.verify(key).map_err(|_| GoneError(no))?;
    GoneEntry::read(text).filter(|e| e.no == no && e.previous == previous).ok_or(GoneError(no))
}

/// Reads a whole list, from its first entry: any entry changed, removed before the last, moved or
/// forged is found.
pub fn replay<'a>(
    notes: impl IntoIterator<Item = &'a str>,
    key: &LogKey,
) -> Result<Gone, GoneError> {
    let (mut all, mut previous) = (Gone::default(), FIRST);
    for (no, note) in (1..).zip(notes) {
        all.extend(open(note, no, previous, key)?.gone);
        previous = hash(note);
    }
    Ok(all)
}

/// `1 2 3 7` is written `1-3 7`: a sweep destroys neighbours.
fn ranges(slots: &[i64]) -> String {
    let mut out: Vec<(i64, i64)> = Vec::new();
    for slot in slots {
        match out.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(*slot) => *end = *slot,
            _ => out.push((*slot, *slot)),
        }
    }
    let text = |(a, b): &(i64, i64)| if a == b { a.to_string() } else { format!("{a}-{b}") };
    out.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// At most so many slots an entry: a forged range must not fill the memory.
const MOST: i64 = 1_000_000;

fn ranges_read(text: &str) -> Option<Vec<i64>> {
    let mut out = Vec::new();
    for part in text.split(' ') {
        let (a, b) = part.split_once('-').unwrap_or((part, part));
        let (a, b): (i64, i64) = (a.parse().ok()?, b.parse().ok()?);
        if a < 0 || b < a || b - a > MOST {
            return None;
        }
        out.extend(a..=b);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(n: u64) -> (Vec<String>, LogSigner) {
        let signer = LogSigner::from_seed("huis-essai", &[3; 32]).unwrap();
        let (mut notes, mut previous) = (Vec::new(), FIRST);
        for no in 1..=n {
            let first = i64::try_from(no).unwrap() * 10;
            let gone = Gone {
                slots: vec![first, first + 1, first + 2, first + 7],
                grants: vec![GrantId::from_bytes([u8::try_from(no).unwrap(); 16])],
                agents: Vec::new(),
            };
            let entry =
                GoneEntry { installation: "essai".into(), no, at: Instant(5), previous, gone };
            let note = entry.sign(&signer).to_string();
            previous = hash(&note);
            notes.push(note);
        }
        (notes, signer)
    }

    #[test]
    fn a_list_reads_back_whole_x_10_i7() {
        let (notes, signer) = list(3);
        let all = replay(notes.iter().map(String::as_str), &signer.public()).unwrap();
        assert_eq!(all.slots, [10, 11, 12, 17, 20, 21, 22, 27, 30, 31, 32, 37]);
        assert_eq!(all.grants.len(), 3);
        assert!(notes[0].contains("slots 10-12 17\n"));
    }

    proptest::proptest! {
        #[test]
        fn an_entry_removed_exchanged_or_altered_is_found_i14(at in 0usize..4, how in 0u8..4) {
            let (mut notes, signer) = list(5);
            match how {
                0 => drop(notes.remove(at)),
                1 => notes.swap(at, at + 1),
                2 => notes[at] = notes[at].replacen("slots ", "slots 9", 1),
                _ => notes[at] = list(5).0[4].clone(),
            }
            proptest::prop_assert!(replay(notes.iter().map(String::as_str), &signer.public()).is_err());
            let other = LogSigner::from_seed("huis-essai", &[4; 32]).unwrap();
            let (good, _) = list(5);
            proptest::prop_assert!(replay(good.iter().map(String::as_str), &other.public()).is_err());
        }

        #[test]
        fn slots_are_written_as_ranges_and_read_back(
            slots in proptest::collection::btree_set(0i64..5_000, 1..200)
        ) {
            let slots: Vec<i64> = slots.into_iter().collect();
            proptest::prop_assert_eq!(ranges_read(&ranges(&slots)), Some(slots));
        }
    }
}
