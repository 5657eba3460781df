use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount in euro cents.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(pub i64);

/// A text that is not an amount of euros.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("un montant s'écrit en euros, avec deux décimales au plus : 1 234,56")]
pub struct MoneyError;

impl Money {
    /// Reads an amount as it is typed in France: `1 234,56`, `1234.5`, `680 €`.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let compact: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}' | '€'))
            .map(|c| if c == ',' { '.' } else { c })
            .collect();
        let (negative, digits) = match compact.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, compact.as_str()),
        };
        let (euros, cents) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if euros.is_empty() || cents.len() > 2 || !all_digits(euros) || !all_digits(cents) {
            return Err(MoneyError);
        }
        let euros: i64 = euros.parse().map_err(|_| MoneyError)?;
        let cents: i64 = format!("{cents:0<2}").parse().map_err(|_| MoneyError)?;
        let total = euros.checked_mul(100).and_then(|e| e.checked_add(cents)).ok_or(MoneyError)?;
        Ok(Self(if negative { -total } else { total }))
    }
}

impl fmt::Display for Money {
    /// `1 234,56 €`, with narrow no-break spaces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = (self.0.unsigned_abs() / 100).to_string();
        let mut grouped = String::new();
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                grouped.push('\u{202f}');
            }
            grouped.push(c);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{grouped},{:02}\u{a0}€", self.0.unsigned_abs() % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_typed_and_print_in_french() {
        for (text, cents) in [
            ("680", 68_000),
            ("1 234,5", 123_450),
            ("0,01", 1),
            ("-12.30 €", -1230),
            ("1\u{202f}000", 100_000),
        ] {
            assert_eq!(Money::parse(text), Ok(Money(cents)), "{text}");
        }
        for text in ["", "12,345", "abc", "1,2,3", "99999999999999999999", "--1"] {
            assert_eq!(Money::parse(text), Err(MoneyError), "{text}");
        }
        assert_eq!(Money(123_456_789).to_string(), "1\u{202f}234\u{202f}567,89\u{a0}€");
        assert_eq!(Money(-5).to_string(), "-0,05\u{a0}€");
    }
}
