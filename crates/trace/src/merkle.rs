//! The Merkle tree of RFC 6962 (SHA-256), kept as compact ranges: what is needed to go on is the
//! few subtree hashes of a range, not its leaves. That is why a purged day stays provable.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// A SHA-256 hash; written in base64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(
    /// The 32 bytes.
    pub [u8; 32],
);

/// A text that is not a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 32 bytes in base64")]
pub struct HashError;

impl Hash {
    /// How many signs its text has.
    pub(crate) const TEXT: usize = 44;

    /// From a column of the store.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, HashError> {
        bytes.try_into().map(Self).map_err(|_| HashError)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = HashError;
    fn from_str(text: &str) -> Result<Self, HashError> {
        // Room for the three bytes that the last four signs could be.
        let mut bytes = [0; 33];
        let length = STANDARD.decode_slice(text, &mut bytes).map_err(|_| HashError)?;
        Self::from_slice(bytes.get(..length).ok_or(HashError)?)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Hash of a leaf: 0x00, then its bytes (RFC 6962, 2.1).
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into())
}

/// Hash of a node: 0x01, then its two children (RFC 6962, 2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// The root of the tree that has no leaf.
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// The leaves `[begin, end)` of a log as the hashes of the largest complete subtrees in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    begin: u64,
    end: u64,
    hashes: Vec<Hash>,
}

/// Ranges that do not follow each other, or a number of hashes that does not fit the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ranges do not fit together")]
pub struct RangeError;

/// Height of the largest complete subtree that starts at `at` and ends at or before `end`.
fn height(at: u64, end: u64) -> u32 {
    let fits = (end - at).ilog2();
    if at == 0 { fits } else { fits.min(at.trailing_zeros()) }
}

/// The complete subtrees of `[begin, end)`, from left to right, as (first leaf, height).
pub(crate) fn subtrees(begin: u64, end: u64) -> impl Iterator<Item = (u64, u32)> {
    let mut at = begin;
    std::iter::from_fn(move || {
        let found = (at < end).then(|| (at, height(at, end)));
        at += found.map_or(0, |(_, h)| 1 << h);
        found
    })
}

impl Range {
    /// The empty range at `begin`.
    pub const fn empty(begin: u64) -> Self {
        Self { begin, end: begin, hashes: Vec::new() }
    }

    /// One leaf.
    pub fn leaf(index: u64, hash: Hash) -> Self {
        Self { begin: index, end: index.saturating_add(1), hashes: vec![hash] }
    }

    /// A range as it was written down.
    pub fn from_parts(begin: u64, end: u64, hashes: Vec<Hash>) -> Result<Self, RangeError> {
        let fits = begin <= end && end < 1 << 62 && subtrees(begin, end).count() == hashes.len();
        if fits { Ok(Self { begin, end, hashes }) } else { Err(RangeError) }
    }

    /// Index of the first leaf.
    pub const fn begin(&self) -> u64 {
        self.begin
    }

    /// Index after the last leaf.
    pub const fn end(&self) -> u64 {
        self.end
    }

    /// How many leaves.
    pub const fn count(&self) -> u64 {
        self.end - self.begin
    }

    /// The hashes of the subtrees, from left to right.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.add(leaf, 0);
    }

    /// Adds the range that follows.
    pub fn join(&mut self, next: &Self) -> Result<(), RangeError> {
        if next.begin != self.end {
            return Err(RangeError);
        }
        subtrees(next.begin, next.end)
            .zip(&next.hashes)
            .for_each(|((_, h), hash)| self.add(*hash, h));
        Ok(())
    }

    /// Adds the complete subtree of a height, and folds it with its left sisters.
    fn add(&mut self, mut hash: Hash, mut height: u32) {
        let mut start = self.end;
        self.end += 1 << height;
        // The left sister is there when this subtree is a right child and she begins in the range.
        while (start >> height) & 1 == 1 && start - (1 << height) >= self.begin {
            let Some(left) = self.hashes.pop() else { break };
            hash = node_hash(&left, &hash);
            start -= 1 << height;
            height += 1;
        }
        self.hashes.push(hash);
    }

    /// The root of the tree, when the range begins at the first leaf.
    pub fn root(&self) -> Option<Hash> {
        if self.begin != 0 {
            return None;
        }
        let fold = |right: Option<Hash>, left: &Hash| {
            Some(right.map_or(*left, |right| node_hash(left, &right)))
        };
        Some(self.hashes.iter().rev().fold(None, fold).unwrap_or_else(empty_root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The leaves and roots of the reference tests of Certificate Transparency.
    const LEAVES: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    fn hex(hash: Hash) -> String {
        hash.0.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn roots_are_those_of_rfc_6962() {
        let mut range = Range::empty(0);
        for (n, expected) in ROOTS.iter().enumerate() {
            assert_eq!(range.root().map(hex).as_deref(), Some(*expected), "{n} leaves");
            if let Some(leaf) = LEAVES.get(n) {
                range.push(leaf_hash(leaf));
            }
        }
    }

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    fn range(begin: usize, hashes: &[Hash]) -> Range {
        let mut range = Range::empty(begin as u64);
        hashes.iter().for_each(|h| range.push(*h));
        range
    }

    proptest! {
        /// However a log is cut into days, the days' ranges give the root of the whole.
        #[test]
        fn x_23_any_cut_joins_to_the_same_root(n in 0usize..200, cuts in prop::collection::vec(0usize..200, 0..6)) {
            let leaves = leaves(n as u64);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(n)).chain([n]).collect();
            cuts.sort_unstable();
            let (mut whole, mut from) = (Range::empty(0), 0);
            for to in cuts {
                let part = range(from, &leaves[from..to]);
                let kept = Range::from_parts(part.begin(), part.end(), part.hashes().to_vec());
                prop_assert_eq!(&kept, &Ok(part));
                prop_assert_eq!(whole.join(&kept.unwrap()), Ok(()));
                from = to;
            }
            prop_assert_eq!(whole, range(0, &leaves));
        }

        #[test]
        fn a_range_with_a_hash_too_many_or_too_few_is_refused(n in 1usize..100, begin in 0usize..100) {
            let part = range(begin, &leaves(n as u64));
            let (b, e) = (part.begin(), part.end());
            let mut hashes = part.hashes().to_vec();
            hashes.push(empty_root());
            prop_assert_eq!(Range::from_parts(b, e, hashes.clone()), Err(RangeError));
            hashes.truncate(hashes.len() - 2);
            prop_assert_eq!(Range::from_parts(b, e, hashes), Err(RangeError));
        }
    }
}
