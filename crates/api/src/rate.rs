//! How much one token, and one address, may ask: buckets that fill again by the clock. They live in
//! the memory of one server; two servers let twice as much through, which is still a bound.

use huis_kernel::Instant;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How much may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Requests a minute for one token.
    pub token: u32,
    /// Requests a minute from one address, whatever the tokens.
    pub address: u32,
    /// What a request without a token that opens costs its address.
    pub failure: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { token: 600, address: 1_800, failure: 60 }
    }
}

/// The most buckets held; beyond, those that are full again are forgotten.
const MOST: usize = 20_000;
const MINUTE_MS: i64 = 60_000;

/// One bucket: what it holds, in thousandths of a request, and since when.
#[derive(Clone, Copy)]
struct Bucket {
    held: i64,
    at: Instant,
}

/// The buckets of a server.
#[derive(Default)]
pub struct Buckets(Mutex<HashMap<String, Bucket>>);

impl Buckets {
    /// Takes `cost` requests from a bucket that holds `size` and fills in a minute; or tells in how
    /// many seconds there will be enough.
    pub fn take(&self, key: &str, size: u32, cost: u32, now: Instant) -> Result<(), u32> {
        let (size, cost) = (i64::from(size) * 1_000, i64::from(cost) * 1_000);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(key) {
            buckets.retain(|_, b| now.0 - b.at.0 < MINUTE_MS);
        }
        let bucket = buckets.entry(key.to_owned()).or_insert(Bucket { held: size, at: now });
        let passed = (now.0 - bucket.at.0).clamp(0, MINUTE_MS);
        bucket.held = (bucket.held + size * passed / MINUTE_MS).min(size);
        bucket.at = now;
        if bucket.held < cost {
            let wait = (cost - bucket.held) * MINUTE_MS / size.max(1);
            return Err(u32::try_from(wait / 1_000 + 1).unwrap_or(60));
        }
        bucket.held -= cost;
        Ok(())
    }

    /// Takes `cost` requests, or what is left.
    pub fn spend(&self, key: &str, cost: u32) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(key) {
            bucket.held = (bucket.held - i64::from(cost) * 1_000).max(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_fills_again_and_is_nobody_elses() {
        let buckets = Buckets::default();
        let at = |ms: i64| Instant(1_000_000 + ms);
        for _ in 0..3 {
            assert_eq!(buckets.take("a", 3, 1, at(0)), Ok(()));
        }
        assert_eq!(buckets.take("a", 3, 1, at(0)), Err(21));
        assert_eq!(buckets.take("b", 3, 1, at(0)), Ok(()));
        assert_eq!(buckets.take("a", 3, 1, at(19_000)), Err(2));
        assert_eq!(buckets.take("a", 3, 1, at(20_000)), Ok(()));
        // A failure that costs more than the bucket holds empties it, and no more.
        assert_eq!(buckets.take("c", 3, 1, at(0)), Ok(()));
        buckets.spend("c", 60);
        assert_eq!(buckets.take("c", 3, 1, at(0)), Err(21));
    }
}
