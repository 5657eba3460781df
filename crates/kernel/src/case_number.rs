use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

use crate::Rng;

/// A dossier's number: eight random digits and a check letter, written `4821-7730-K`.
///
/// It says nothing of the person, the date or the order of arrival (I5), and the letter catches
/// any single wrong digit and any exchange of two neighbours at the desk or over the phone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber(u32);

/// A text that is not a dossier number, or whose check letter does not fit.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CaseNumberError {
    /// Not eight digits and a letter.
    #[error("un numéro de dossier a huit chiffres et une lettre, par exemple 4821-7730-Y")]
    Shape,
    /// The letter does not fit the digits.
    #[error("la lettre ne correspond pas aux chiffres : vérifiez le numéro")]
    Check,
}

/// Letters that are not mistaken for one another or for digits. 23 is prime: see `check`.
const LETTERS: [char; 23] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'U',
    'V', 'W', 'X', 'Y',
];

impl CaseNumber {
    /// A random number; its uniqueness within the office is the store's to check.
    pub fn random(rng: &dyn Rng) -> Self {
        Self(rng.below(100_000_000))
    }
    /// The eight digits, as kept in the store.
    pub const fn digits(self) -> u32 {
        self.0
    }
    /// From the digits kept in the store; `None` past eight digits.
    pub const fn from_digits(digits: u32) -> Option<Self> {
        if digits < 100_000_000 { Some(Self(digits)) } else { None }
    }
    /// Weights 1 to 8 modulo the prime 23 differ from one another and from zero, so a wrong digit
    /// (difference below 23) and an exchange of two digits always change the sum.
    fn check(self) -> char {
        let mut rest = self.0;
        let mut sum = 0;
        for weight in 1..=8 {
            sum += weight * (rest % 10);
            rest /= 10;
        }
        usize::try_from(sum % 23).ok().and_then(|i| LETTERS.get(i)).copied().unwrap_or('A')
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:04}-{}", self.0 / 10_000, self.0 % 10_000, self.check())
    }
}

impl fmt::Debug for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaseNumber({self})")
    }
}

impl FromStr for CaseNumber {
    type Err = CaseNumberError;
    fn from_str(text: &str) -> Result<Self, CaseNumberError> {
        let compact: String =
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '/')).collect();
        let mut digits = compact;
        let letter = digits.pop().ok_or(CaseNumberError::Shape)?.to_ascii_uppercase();
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CaseNumberError::Shape);
        }
        if !letter.is_ascii_alphabetic() {
            return Err(CaseNumberError::Shape);
        }
        let number = Self(digits.parse().map_err(|_| CaseNumberError::Shape)?);
        if number.check() == letter { Ok(number) } else { Err(CaseNumberError::Check) }
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = CaseNumberError;
    fn try_from(text: String) -> Result<Self, CaseNumberError> {
        text.parse()
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRng;

    /// What is shown as an example is a number that one may type.
    #[test]
    fn the_example_is_a_number() {
        let says = CaseNumberError::Shape.to_string();
        let example = says.rsplit(' ').next().unwrap();
        assert!(example.parse::<CaseNumber>().is_ok(), "{example}");
    }

    #[test]
    fn the_check_letter_catches_a_wrong_digit_and_an_exchange() {
        let rng = SeededRng::new(1);
        for _ in 0..500 {
            let text = CaseNumber::random(&rng).to_string();
            assert_eq!(text.parse::<CaseNumber>().map(|n| n.to_string()), Ok(text.clone()));
            let plain: Vec<char> = text.chars().filter(|c| *c != '-').collect();
            for i in 0..8 {
                let mut wrong = plain.clone();
                wrong[i] = if wrong[i] == '9' { '0' } else { char::from(wrong[i] as u8 + 1) };
                assert_eq!(
                    String::from_iter(wrong).parse::<CaseNumber>(),
                    Err(CaseNumberError::Check)
                );
            }
            for i in 0..7 {
                let mut swapped = plain.clone();
                swapped.swap(i, i + 1);
                if swapped != plain {
                    assert_eq!(
                        String::from_iter(swapped).parse::<CaseNumber>(),
                        Err(CaseNumberError::Check)
                    );
                }
            }
        }
    }
}
