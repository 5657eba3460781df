//! A deterministic throw for each subject: the same seed, stream and index always give the same
//! sequence, whatever was drawn before. A dossier can thus be made alone, in any order, and a
//! household drawn again for its second dossier.

use huis_kernel::{Rng, SeededRng};

/// A stream of pseudo-random numbers. Never for keys.
#[derive(Debug)]
pub(crate) struct Dice(SeededRng);

impl Dice {
    /// The stream `stream` of a seed, for one subject.
    pub(crate) fn of(seed: u64, stream: &str, index: u64) -> Self {
        let start = stream.bytes().fold(seed ^ 0xCBF2_9CE4_8422_2325, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01B3)
        });
        Self(SeededRng::new(start ^ index.wrapping_mul(0xD6E8_FEB8_6659_FD93)))
    }

    /// A number below `bound` (0 when `bound` is 0).
    pub(crate) fn below(&self, bound: u32) -> u32 {
        self.0.below(bound)
    }

    /// A whole number from `low` to `high`, both included (`low` when they are the wrong way round).
    pub(crate) fn between(&self, low: i64, high: i64) -> i64 {
        let span = u32::try_from(high.saturating_sub(low).saturating_add(1)).unwrap_or(0);
        low.saturating_add(i64::from(self.below(span)))
    }

    /// Like `between`, but near `usual` twice as often as at the ends.
    pub(crate) fn around(&self, low: i64, usual: i64, high: i64) -> i64 {
        if self.chance(50) {
            let (a, b) = (self.between(low, usual), self.between(low, usual));
            a.max(b)
        } else {
            let (a, b) = (self.between(usual, high), self.between(usual, high));
            a.min(b)
        }
    }

    /// True `percent` times in a hundred.
    pub(crate) fn chance(&self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of a list; `None` when it is empty.
    pub(crate) fn pick<'a, T>(&self, list: &'a [T]) -> Option<&'a T> {
        let at = self.below(u32::try_from(list.len()).unwrap_or(0));
        list.get(usize::try_from(at).unwrap_or(0))
    }

    /// One of a list of texts; empty when the list is.
    pub(crate) fn word<'a>(&self, list: &[&'a str]) -> &'a str {
        self.pick(list).copied().unwrap_or("")
    }

    /// One of a list, in proportion to its weight; `None` when all weights are nil.
    pub(crate) fn weighted<'a, T>(&self, list: &'a [(u32, T)]) -> Option<&'a T> {
        let total = list.iter().map(|(w, _)| *w).sum();
        let mut at = self.below(total);
        list.iter().find_map(|(w, item)| match at.checked_sub(*w) {
            Some(rest) => {
                at = rest;
                None
            }
            None => Some(item),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_repeats_and_differs_from_its_neighbours() {
        let draw = |seed, stream, index| {
            let dice = Dice::of(seed, stream, index);
            (0..8).map(|_| dice.below(1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, "a", 0), draw(1, "a", 0));
        for other in [draw(2, "a", 0), draw(1, "b", 0), draw(1, "a", 1)] {
            assert_ne!(draw(1, "a", 0), other);
        }
    }

    #[test]
    fn draws_stay_in_their_bounds_and_follow_their_weights() {
        let dice = Dice::of(7, "bounds", 0);
        let mut seen = [0_u32; 3];
        for _ in 0..3000 {
            assert!((-3..=3).contains(&dice.between(-3, 3)));
            assert!((10..=90).contains(&dice.around(10, 20, 90)));
            let which: usize = *dice.weighted(&[(1, 0), (0, 1), (3, 2)]).unwrap();
            seen[which] += 1;
        }
        assert!(seen[1] == 0 && seen[2] > 2 * seen[0] && seen[0] > 500, "{seen:?}");
        assert!(dice.weighted::<u8>(&[]).is_none() && dice.pick::<u8>(&[]).is_none());
    }
}
