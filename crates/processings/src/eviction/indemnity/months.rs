//! The months of a period, and what share of a month each part is.

use huis_kernel::Date;

use super::{Prorata, Span};

/// A part of a calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slice {
    pub from: Date,
    pub to: Date,
    /// Share of a month: numerator and denominator.
    pub share: (i128, i128),
}

impl Slice {
    pub(crate) fn days(&self) -> i64 {
        Span { from: self.from, to: self.to }.days()
    }
    /// « × 17 jours / 31 », nothing for a whole month.
    pub(crate) fn words(&self, prorata: Prorata) -> String {
        let (n, d) = self.share;
        let plural = if n > 1 { "s" } else { "" };
        match prorata {
            Prorata::ActualDays | Prorata::Thirtieths if n == d => " (mois entier)".to_owned(),
            Prorata::ActualDays => format!(" × {n} jour{plural} / {d}"),
            Prorata::Thirtieths => format!(" × {n}/30"),
            Prorata::Year365 => format!(" × 12 × {} jours / 365", self.days()),
        }
    }
}

/// The parts of a period, cut at the end of each month and before each of `cuts`. Their shares add
/// up: cutting a month anywhere changes nothing to its sum.
pub(crate) fn slices(span: Span, prorata: Prorata, cuts: &[Date]) -> Vec<Slice> {
    let mut out = Vec::new();
    let mut from = span.from;
    while from <= span.to {
        let month = from.last_of_month().min(span.to);
        let cut = cuts.iter().filter(|cut| **cut > from && **cut <= month).min();
        let to = cut.and_then(|cut| cut.yesterday().ok()).unwrap_or(month);
        out.push(Slice { from, to, share: share(from, to, prorata) });
        let Ok(next) = to.tomorrow() else { break };
        from = next;
    }
    out
}

fn share(from: Date, to: Date, prorata: Prorata) -> (i128, i128) {
    let days = i128::from(Span { from, to }.days());
    match prorata {
        Prorata::ActualDays => (days, i128::from(from.days_in_month())),
        Prorata::Thirtieths => {
            (i128::from(thirtieth(to)) - i128::from(thirtieth(from)) + i128::from(first(from)), 30)
        }
        Prorata::Year365 => (days.saturating_mul(12), 365),
    }
}

/// The thirtieth that a day is: the last of a month is its thirtieth.
fn thirtieth(day: Date) -> i8 {
    if day.day() == day.days_in_month() { 30 } else { day.day().min(30) }
}

/// The thirtieth that the first day of a part brings: none on a 31st, what is left at the end of
/// February.
fn first(day: Date) -> i8 {
    match day.yesterday() {
        Ok(eve) if eve.month() == day.month() => thirtieth(day) - thirtieth(eve),
        _ => thirtieth(day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn parts_of_a_month_add_up_whatever_the_basis() {
        for prorata in Prorata::ALL {
            for (y, m) in [(2025, 7), (2025, 2), (2024, 2), (2025, 4)] {
                let from = date(y, m, 1);
                let to = from.last_of_month();
                let whole = slices(Span { from, to }, *prorata, &[]);
                for day in 2..=to.day() {
                    let cut = slices(Span { from, to }, *prorata, &[date(y, m, day)]);
                    let sum: i128 = cut.iter().map(|s| s.share.0).sum();
                    assert_eq!((cut.len(), sum), (2, whole[0].share.0), "{prorata:?} {from} {day}");
                    assert!(cut.iter().all(|s| s.share.0 >= 0));
                }
            }
        }
    }

    #[test]
    fn thirtieths_end_with_the_month() {
        let of = |a, b| slices(Span { from: a, to: b }, Prorata::Thirtieths, &[])[0].share;
        assert_eq!(of(date(2025, 7, 15), date(2025, 7, 31)), (16, 30));
        assert_eq!(of(date(2025, 2, 15), date(2025, 2, 28)), (16, 30));
        assert_eq!(of(date(2025, 2, 1), date(2025, 2, 28)), (30, 30));
        assert_eq!(of(date(2025, 7, 31), date(2025, 7, 31)), (0, 30));
    }
}
