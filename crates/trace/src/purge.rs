//! The legal purge of a log, by whole UTC days (X-23: one year).

use huis_kernel::{Date, Delay, Instant, Zone};

use crate::{DayClosure, LogKey, Origin, SignedNote};

/// A day whose lines have all passed their term: the only thing that the store agrees to purge.
///
/// It has no other constructor than [`PurgeableDay::new`], which wants the closure signed by the
/// log's key: a purge before the term cannot be written down (X-23: « by anyone »).
///
/// ```compile_fail,E0451
/// # use huis_trace::{Origin, purge::PurgeableDay};
/// # fn young(origin: Origin, day: huis_kernel::Date) -> PurgeableDay {
/// PurgeableDay { origin, day, first: 0, end: 1 }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgeableDay {
    origin: Origin,
    day: Date,
    first: u64,
    end: u64,
}

impl PurgeableDay {
    /// The day of a signed closure, if its last line is past the term.
    pub fn new(closure: &SignedNote, key: &LogKey, term: Delay, now: Instant) -> Option<Self> {
        let DayClosure { origin, day, range } = DayClosure::open(closure, key).ok()?;
        past_term(day, term, now).then(|| Self {
            origin,
            day,
            first: range.begin(),
            end: range.end(),
        })
    }

    /// The log.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The day.
    pub const fn day(&self) -> Date {
        self.day
    }

    /// Index of the first line to purge.
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// Index after the last line to purge.
    pub const fn end(&self) -> u64 {
        self.end
    }
}

/// The days to purge of **one** log, of the signed closures of its days that still have their
/// lines, oldest first. It stops at the first that may not go, so that what is left has no hole.
pub fn purge_plan<'a>(
    closures: impl IntoIterator<Item = &'a SignedNote>,
    key: &LogKey,
    term: Delay,
    now: Instant,
) -> Vec<PurgeableDay> {
    closures.into_iter().map_while(|note| PurgeableDay::new(note, key, term, now)).collect()
}

/// Is every line of this UTC day as old as the term? Its last line was written just before the
/// day's end, so the term counts from there.
pub(crate) fn past_term(day: Date, term: Delay, now: Instant) -> bool {
    term.after(day).tomorrow().is_ok_and(|gone| now >= Zone::utc().start_of(gone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// X-23, day by day: the first instant at which the day may go.
    #[test]
    fn x_23_a_day_goes_at_its_term_and_not_a_millisecond_before() {
        for (day, term, gone) in [
            (date(2025, 3, 10), "1 an", date(2026, 3, 11)),
            (date(2024, 2, 28), "1 an", date(2025, 3, 1)),
            (date(2024, 2, 29), "1 an", date(2025, 3, 1)),
            (date(2025, 12, 31), "1 an", date(2027, 1, 1)),
            (date(2025, 2, 28), "1 mois", date(2025, 3, 29)),
            (date(2025, 3, 10), "6 mois", date(2025, 9, 11)),
        ] {
            let (term, gone) = (term.parse().unwrap(), Zone::utc().start_of(gone));
            assert!(past_term(day, term, gone), "{day}");
            assert!(!past_term(day, term, gone.plus_ms(-1)), "{day}");
        }
    }

    proptest! {
        /// Whatever the instant of a line, it is not purgeable while it is younger than the term,
        /// and it is a day later at the latest.
        #[test]
        fn x_23_no_line_younger_than_the_term_is_purgeable(
            at in 0i64..4_000_000_000_000, months in 1u32..40, hours in 0i64..30_000,
        ) {
            let (line, term) = (Instant(at), Delay { months, days: 0 });
            let civil = line.civil_in(&Zone::utc());
            let day = civil.date();
            let midnight = Zone::utc().start_of(term.after(day));
            let of_age = midnight.plus_ms(at - Zone::utc().start_of(day).0);
            let now = line.plus_ms(hours * 3_600_000);
            if now < of_age {
                prop_assert!(!past_term(day, term, now));
            }
            if now >= of_age.plus_ms(24 * 3_600_000) {
                prop_assert!(past_term(day, term, now));
            }
        }
    }
}
