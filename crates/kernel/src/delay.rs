use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

use crate::Date;

/// A delay as a text writes it: « 4 ans », « 2 mois », « 6 semaines », « 42 jours ».
///
/// It is pure arithmetic on civil dates (month ends fall on the last day of the month); the
/// legal calendar (working days, truces) is `huis-law`'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Delay {
    /// Whole months (a year is twelve).
    pub months: u32,
    /// Days (a week is seven).
    pub days: u32,
}

/// A text that is not a delay.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("une durée s'écrit « 4 ans », « 6 mois », « 6 semaines » ou « 42 jours »")]
pub struct DelayError;

impl Delay {
    /// No delay at all.
    pub const ZERO: Self = Self { months: 0, days: 0 };

    /// The civil date this delay after `start`. Saturates at the calendar's end.
    pub fn after(self, start: Date) -> Date {
        let span = jiff::Span::new().try_months(i64::from(self.months));
        let span = span.and_then(|s| s.try_days(i64::from(self.days)));
        span.map_or(Date::MAX, |s| start.saturating_add(s))
    }

    /// The civil date this delay before `end`. Saturates at the calendar's start.
    pub fn before(self, end: Date) -> Date {
        let span = jiff::Span::new().try_months(i64::from(self.months));
        let span = span.and_then(|s| s.try_days(i64::from(self.days)));
        span.map_or(Date::MIN, |s| end.saturating_sub(s))
    }
}

impl FromStr for Delay {
    type Err = DelayError;
    fn from_str(text: &str) -> Result<Self, DelayError> {
        let (number, unit) = text.trim().split_once(' ').ok_or(DelayError)?;
        let n: u32 = number.parse().map_err(|_| DelayError)?;
        let (months, days) = match unit.trim() {
            "an" | "ans" => (n.checked_mul(12).ok_or(DelayError)?, 0),
            "mois" => (n, 0),
            "semaine" | "semaines" => (0, n.checked_mul(7).ok_or(DelayError)?),
            "jour" | "jours" => (0, n),
            _ => return Err(DelayError),
        };
        if months > 12 * 1000 || days > 366_000 {
            return Err(DelayError);
        }
        Ok(Self { months, days })
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |n: u32| if n > 1 { "s" } else { "" };
        match (self.months, self.days) {
            (0, d) if d > 0 && d.is_multiple_of(7) && d < 70 => {
                write!(f, "{} semaine{}", d / 7, plural(d / 7))
            }
            (0, d) => write!(f, "{d} jour{}", plural(d)),
            (m, 0) if m.is_multiple_of(12) => write!(f, "{} an{}", m / 12, plural(m / 12)),
            (m, 0) => write!(f, "{m} mois"),
            (m, d) => write!(f, "{m} mois et {d} jour{}", plural(d)),
        }
    }
}

impl TryFrom<String> for Delay {
    type Error = DelayError;
    fn try_from(text: String) -> Result<Self, DelayError> {
        text.parse()
    }
}

impl From<Delay> for String {
    fn from(delay: Delay) -> Self {
        delay.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn delays_read_print_and_add() {
        for text in ["4 ans", "1 an", "6 mois", "6 semaines", "43 jours", "1 jour"] {
            assert_eq!(text.parse::<Delay>().map(|d| d.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "4", "ans 4", "-1 an", "4 lunes", "9999999 ans"] {
            assert_eq!(text.parse::<Delay>(), Err(DelayError), "{text}");
        }
        let two_months = Delay { months: 2, days: 0 };
        assert_eq!(two_months.after(date(2025, 12, 31)), date(2026, 2, 28));
        assert_eq!(two_months.before(date(2026, 4, 30)), date(2026, 2, 28));
    }
}
