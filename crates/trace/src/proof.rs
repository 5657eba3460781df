//! Inclusion and consistency proofs (RFC 6962, 2.1.1 and 2.1.2; checked as RFC 9162, 2.1.3.2 and
//! 2.1.4.2, says). They let someone who holds a signed head, and nothing else, check one line or
//! the growth of the log.

use std::collections::HashMap;

use crate::{
    Hash,
    merkle::{Range, RangeError, node_hash, subtrees},
};

/// The nodes of a log that are known: all of them where the lines are, and over a purged day the
/// subtrees that its closure kept. Enough to prove every line that is left.
#[derive(Debug, Default)]
pub struct Nodes {
    /// By first leaf and height.
    known: HashMap<(u64, u32), Hash>,
    size: u64,
}

impl Nodes {
    /// Adds the next lines, or the next purged day.
    pub fn extend(&mut self, range: &Range) -> Result<(), RangeError> {
        if range.begin() != self.size {
            return Err(RangeError);
        }
        for ((mut start, mut height), hash) in
            subtrees(range.begin(), range.end()).zip(range.hashes())
        {
            let mut hash = *hash;
            self.known.insert((start, height), hash);
            while (start >> height) & 1 == 1 {
                let Some(left) = self.known.get(&(start - (1 << height), height)) else { break };
                hash = node_hash(left, &hash);
                start -= 1 << height;
                height += 1;
                self.known.insert((start, height), hash);
            }
        }
        self.size = range.end();
        Ok(())
    }

    /// How many leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Hash of the tree over `[begin, end)`, `begin` being aligned as RFC 6962 cuts it.
    fn tree(&self, begin: u64, end: u64) -> Option<Hash> {
        let nodes: Option<Vec<_>> =
            subtrees(begin, end).map(|node| self.known.get(&node).copied()).collect();
        nodes?.into_iter().rev().reduce(|right, left| node_hash(&left, &right))
    }

    /// The path from a line to the root of the first `size` lines, from the bottom up. `None`
    /// when there is no such line or its day was purged.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        if index >= size || size > self.size || !self.known.contains_key(&(index, 0)) {
            return None;
        }
        let (mut begin, mut end, mut path) = (0, size, Vec::new());
        while end - begin > 1 {
            let middle = begin + split(end - begin);
            if index < middle {
                path.push(self.tree(middle, end)?);
                end = middle;
            } else {
                path.push(self.tree(begin, middle)?);
                begin = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    /// The proof that the first `old` lines of the first `size` are still the same. `None` when
    /// `old` falls within a purged day.
    pub fn consistency(&self, old: u64, size: u64) -> Option<Vec<Hash>> {
        if old == 0 || old > size || size > self.size {
            return None;
        }
        let (mut begin, mut end, mut path) = (0, size, Vec::new());
        // Is the old tree whole here? Then its root needs no telling: the reader has it.
        let mut whole = true;
        while old != end {
            let middle = begin + split(end - begin);
            if old <= middle {
                path.push(self.tree(middle, end)?);
                end = middle;
            } else {
                path.push(self.tree(begin, middle)?);
                begin = middle;
                whole = false;
            }
        }
        if !whole {
            path.push(self.tree(begin, end)?);
        }
        path.reverse();
        Some(path)
    }
}

/// The largest power of two below `n`, for `n` above 1.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// Is the leaf at `index` in the tree of `size` leaves with this root?
pub fn included(leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut f, mut s, mut hash) = (index, size - 1, leaf);
    for sister in path {
        if s == 0 {
            return false;
        }
        if f & 1 == 1 || f == s {
            hash = node_hash(sister, &hash);
            while f & 1 == 0 && f != 0 {
                f >>= 1;
                s >>= 1;
            }
        } else {
            hash = node_hash(&hash, sister);
        }
        f >>= 1;
        s >>= 1;
    }
    s == 0 && hash == root
}

/// Does the tree of `size` leaves begin with the tree of `old` leaves?
pub fn consistent(old: u64, old_root: Hash, size: u64, root: Hash, path: &[Hash]) -> bool {
    if old == 0 || old > size {
        return false;
    }
    if old == size {
        return path.is_empty() && old_root == root;
    }
    let mut path = path.iter();
    let first = if old.is_power_of_two() { Some(&old_root) } else { path.next() };
    let Some(first) = first else { return false };
    let (mut f, mut s) = (old - 1, size - 1);
    while f & 1 == 1 {
        f >>= 1;
        s >>= 1;
    }
    let (mut from_old, mut from_new) = (*first, *first);
    for sister in path {
        if s == 0 {
            return false;
        }
        if f & 1 == 1 || f == s {
            from_old = node_hash(sister, &from_old);
            from_new = node_hash(sister, &from_new);
            while f & 1 == 0 && f != 0 {
                f >>= 1;
                s >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, sister);
        }
        f >>= 1;
        s >>= 1;
    }
    s == 0 && from_old == old_root && from_new == root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::leaf_hash;
    use proptest::prelude::*;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    fn range(begin: u64, hashes: &[Hash]) -> Range {
        let mut range = Range::empty(begin);
        hashes.iter().for_each(|h| range.push(*h));
        range
    }

    fn nodes(leaves: &[Hash]) -> Nodes {
        let mut nodes = Nodes::default();
        for (i, leaf) in (0..).zip(leaves) {
            nodes.extend(&Range::leaf(i, *leaf)).unwrap();
        }
        nodes
    }

    /// The definition of the text, written as it reads: MTH(D[n]).
    fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => crate::merkle::empty_root(),
            [one] => *one,
            many => {
                let (left, right) = many.split_at(split(many.len() as u64) as usize);
                node_hash(&mth(left), &mth(right))
            }
        }
    }

    /// RFC 6962, 2.1.3: the tree of seven leaves that the text draws, with its paths.
    #[test]
    fn the_paths_are_those_of_the_example_of_rfc_6962() {
        let d = leaves(7);
        let nodes = nodes(&d);
        let (a, b, c, dd, e, f, j) = (d[0], d[1], d[2], d[3], d[4], d[5], d[6]);
        let (g, h, i) = (node_hash(&a, &b), node_hash(&c, &dd), node_hash(&e, &f));
        let (k, l) = (node_hash(&g, &h), node_hash(&i, &j));
        assert_eq!(nodes.inclusion(0, 7), Some(vec![b, h, l]));
        assert_eq!(nodes.inclusion(3, 7), Some(vec![c, g, l]));
        assert_eq!(nodes.inclusion(4, 7), Some(vec![f, j, k]));
        assert_eq!(nodes.inclusion(6, 7), Some(vec![i, k]));
        assert_eq!(nodes.consistency(3, 7), Some(vec![c, dd, g, l]));
        assert_eq!(nodes.consistency(4, 7), Some(vec![l]));
        assert_eq!(nodes.consistency(6, 7), Some(vec![i, j, k]));
    }

    #[test]
    fn every_proof_of_every_small_tree_holds_for_itself_alone() {
        let d = leaves(34);
        let nodes = nodes(&d);
        for size in 1..=34 {
            let root = mth(&d[..size]);
            let n = size as u64;
            for index in 0..n {
                let path = nodes.inclusion(index, n).unwrap();
                assert!(included(d[index as usize], index, n, &path, root), "{index} of {n}");
                assert!(!included(d[index as usize], (index + 1) % (n + 1), n, &path, root));
                assert!(!included(crate::merkle::empty_root(), index, n, &path, root));
            }
            for old in 1..=n {
                let (before, path) = (mth(&d[..old as usize]), nodes.consistency(old, n).unwrap());
                assert!(consistent(old, before, n, root, &path), "{old} in {n}");
                assert!(!consistent(old, crate::merkle::empty_root(), n, root, &path));
                assert!(!consistent(old, before, n, crate::merkle::empty_root(), &path));
            }
        }
    }

    proptest! {
        /// A line that is left can be proved after the days before it were purged.
        #[test]
        fn x_23_what_is_left_after_a_purge_is_provable(n in 1u64..120, cut in 0u64..120, day in 0u64..120) {
            let d = leaves(n);
            let (cut, day) = (cut.min(n - 1), day.min(n - 1));
            let (first, second) = (cut.min(day), cut.max(day));
            let mut kept = Nodes::default();
            kept.extend(&range(0, &d[..first as usize])).unwrap();
            kept.extend(&range(first, &d[first as usize..second as usize])).unwrap();
            for i in second..n {
                kept.extend(&Range::leaf(i, d[i as usize])).unwrap();
            }
            let root = mth(&d);
            for i in second..n {
                let path = kept.inclusion(i, n);
                prop_assert!(included(d[i as usize], i, n, &path.unwrap(), root));
            }
            if second > 0 {
                let path = kept.consistency(second, n).unwrap();
                prop_assert!(consistent(second, mth(&d[..second as usize]), n, root, &path));
            }
        }
    }
}
