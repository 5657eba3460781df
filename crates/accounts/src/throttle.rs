use huis_kernel::Instant;

/// How fast one may try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Failures that cost no waiting.
    pub free: u32,
    /// The wait after the first that does; it doubles with each next.
    pub first_wait_ms: i64,
    /// Failures after which nothing is judged for `lock_ms`.
    pub most: u32,
    /// How long the lock lasts; it is also the longest wait.
    pub lock_ms: i64,
    /// How long after the last failure all are forgotten.
    pub forget_ms: i64,
}

/// The failed attempts under one [`crate::ThrottleKey`]: one row a key.
///
/// Because an unknown login is throttled as a known one is, being told to wait says nothing (I13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Failures that still count.
    pub failures: u32,
    /// When the last of them was counted.
    pub last: Instant,
}

/// Too soon: nothing was judged.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("too many attempts")]
pub struct Wait {
    /// When the next attempt is judged.
    pub until: Instant,
}

impl Wait {
    /// What the person reads; the same for a login that does not exist.
    pub fn message(&self, now: Instant) -> String {
        let seconds = self.until.0.saturating_sub(now.0).max(0).div_euclid(1000).saturating_add(1);
        if seconds < 90 {
            format!("Trop d’essais. Réessayez dans {seconds}\u{a0}secondes.")
        } else {
            format!(
                "Trop d’essais. Réessayez dans {}\u{a0}minutes.",
                seconds.saturating_add(59).div_euclid(60)
            )
        }
    }
}

impl Throttle {
    /// No failure: a key that has no row.
    pub const CLEAR: Self = Self { failures: 0, last: Instant(0) };

    /// May this attempt be judged? Then it is counted as failed already: store it *before*
    /// judging, so that parallel attempts do not share one count. [`crate::Outcome`] says what
    /// becomes of it.
    pub fn admit(self, limits: &Limits, now: Instant) -> Result<Self, Wait> {
        let known = self.remembered(limits, now);
        let until = known.blocked_until(limits);
        if now < until {
            return Err(Wait { until });
        }
        Ok(Self { failures: known.failures.saturating_add(1), last: now })
    }

    /// Takes one attempt back.
    #[must_use]
    pub const fn refunded(self) -> Self {
        Self { failures: self.failures.saturating_sub(1), last: self.last }
    }

    /// May the row go?
    pub fn is_stale(&self, limits: &Limits, now: Instant) -> bool {
        self.remembered(limits, now).failures == 0
    }

    /// The first instant at which an attempt is judged.
    pub fn blocked_until(&self, limits: &Limits) -> Instant {
        if self.failures >= limits.most {
            return self.last.plus_ms(limits.lock_ms);
        }
        let Some(doublings) = self.failures.checked_sub(limits.free.saturating_add(1)) else {
            return Instant(i64::MIN);
        };
        let factor = 1_i64.checked_shl(doublings.min(62)).unwrap_or(i64::MAX);
        self.last.plus_ms(limits.first_wait_ms.saturating_mul(factor).min(limits.lock_ms))
    }

    /// Failures are forgotten some time after the last, but never while they still block.
    fn remembered(self, limits: &Limits, now: Instant) -> Self {
        let forgotten = self.last.plus_ms(limits.forget_ms.max(limits.lock_ms));
        if self.failures > 0 && now >= forgotten { Self::CLEAR } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits {
        free: 3,
        first_wait_ms: 5_000,
        most: 10,
        lock_ms: 3_600_000,
        forget_ms: 86_400_000,
    };

    /// The wait in seconds after so many failures at once.
    fn wait_after(failures: u32) -> i64 {
        let throttle = Throttle { failures, last: Instant(0) };
        throttle.blocked_until(&LIMITS).0.max(0) / 1000
    }

    /// three tries are free, then the wait doubles, the tenth failure locks for an hour.
    #[test]
    fn the_wait_doubles_and_the_tenth_failure_locks() {
        let waits: Vec<i64> = (0..=12).map(wait_after).collect();
        assert_eq!(waits, [0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 3600, 3600, 3600]);
    }

    /// an attempt that comes too soon is not judged, right or not, and does not lengthen the wait.
    #[test]
    fn too_soon_is_not_judged() {
        let now = Instant(1_000_000);
        let four = Throttle { failures: 4, last: now };
        let wait = four.admit(&LIMITS, now.plus_ms(4_999)).unwrap_err();
        assert_eq!(wait.until, now.plus_ms(5_000));
        assert_eq!(wait.message(now), "Trop d’essais. Réessayez dans 6\u{a0}secondes.");
        assert_eq!(four.admit(&LIMITS, now.plus_ms(5_000)).unwrap().failures, 5);
        let ten = Throttle { failures: 10, last: now };
        assert_eq!(
            ten.admit(&LIMITS, now).unwrap_err().message(now),
            "Trop d’essais. Réessayez dans 61\u{a0}minutes."
        );
        let after_lock = ten.admit(&LIMITS, now.plus_ms(3_600_000)).unwrap();
        assert_eq!(after_lock.failures, 11, "one try an hour from then on");
        assert!(ten.is_stale(&LIMITS, now.plus_ms(86_400_000)) && !ten.is_stale(&LIMITS, now));
        assert_eq!(
            ten.admit(&LIMITS, now.plus_ms(86_400_000)).unwrap().failures,
            1,
            "forgotten after a day"
        );
    }

    /// a lock longer than the memory of failures still holds to its end.
    #[test]
    fn a_lock_is_not_forgotten_before_its_end() {
        let limits = Limits { forget_ms: 1_000, ..LIMITS };
        let ten = Throttle { failures: 10, last: Instant(0) };
        assert!(ten.admit(&limits, Instant(3_599_999)).is_err());
        assert!(ten.admit(&limits, Instant(3_600_000)).is_ok());
    }

    proptest! {
        /// whatever the rhythm, an attacker has few judged tries a day (CNIL 2022-100, case 2).
        #[test]
        fn no_rhythm_gives_many_tries(gaps in proptest::collection::vec(0_i64..120_000, 2000)) {
            let (mut now, mut throttle, mut judged) = (Instant(0), Throttle::CLEAR, 0);
            for gap in gaps {
                now = now.plus_ms(gap);
                if let Ok(next) = throttle.admit(&LIMITS, now) {
                    throttle = next;
                    judged += 1;
                }
            }
            let hours = now.0 / 3_600_000;
            prop_assert!(judged <= 10 + hours + 1, "{} in {} hours", judged, hours);
        }

        /// A clock set back neither unlocks nor panics.
        #[test]
        fn a_clock_set_back_does_not_unlock(failures in 4_u32..50, back: u32) {
            let throttle = Throttle { failures, last: Instant(10_000_000_000) };
            prop_assert!(throttle.admit(&LIMITS, Instant(10_000_000_000 - i64::from(back))).is_err());
        }
    }
}
