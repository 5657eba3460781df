use std::collections::HashSet;

use zeroize::Zeroizing;

/// What the calculation takes from the recommendation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// How many special characters the alphabet is held to have.
    pub specials: u32,
    /// How many words a person draws a passphrase from.
    pub vocabulary: u32,
}

/// How strong a password is, as the recommendation counts: length × log₂(alphabet).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strength {
    /// Bits of entropy.
    pub bits: f64,
    /// Was it counted by words?
    pub phrase: bool,
}

const LOWER: u32 = 26;
const UPPER: u32 = 26;
const DIGIT: u32 = 10;

/// Rows in which neighbouring characters follow one another: « azerty », « 1234 », « fedc ».
const ROWS: [&str; 10] = [
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "1234567890",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "&é\"'(-è_çà)=",
];

/// Which of the four classes a password uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Classes {
    pub lower: bool,
    pub upper: bool,
    pub digit: bool,
    pub special: bool,
}

impl Classes {
    pub(crate) fn of(text: &str) -> Self {
        text.chars().fold(Self::default(), |mut seen, c| {
            if c.is_lowercase() {
                seen.lower = true;
            } else if c.is_uppercase() {
                seen.upper = true;
            } else if c.is_ascii_digit() {
                seen.digit = true;
            } else {
                seen.special = true;
            }
            seen
        })
    }
    fn alphabet(self, measure: Measure) -> u32 {
        [
            (self.lower, LOWER),
            (self.upper, UPPER),
            (self.digit, DIGIT),
            (self.special, measure.specials),
        ]
        .into_iter()
        .filter_map(|(used, size)| used.then_some(size))
        .fold(0, u32::saturating_add)
    }
}

/// The bits of `length` characters drawn from the four classes: what the composition rule of 2016
/// is worth, to be compared with the newer one.
pub(crate) fn composition_bits(length: u32, measure: Measure) -> f64 {
    let all = Classes { lower: true, upper: true, digit: true, special: true };
    f64::from(length) * log2(all.alphabet(measure))
}

impl Strength {
    /// Counts a password.
    ///
    /// Stricter than the bare formula in two ways, without which it would take twenty « a » for
    /// strong: a character that continues a run (« aaa », « 1234 », « azerty ») or ends three that
    /// came before adds nothing; and letters in words separated by spaces or hyphens are a phrase,
    /// whose distinct words count as drawn from a vocabulary, when that gives less.
    pub fn of(text: &str, measure: Measure) -> Self {
        let characters =
            f64::from(telling_characters(text)) * log2(Classes::of(text).alphabet(measure));
        match phrase_words(text) {
            Some(words) => {
                let by_words = f64::from(words) * log2(measure.vocabulary);
                Self { bits: characters.min(by_words), phrase: true }
            }
            None => Self { bits: characters, phrase: false },
        }
    }

    /// Does it reach the asked bits? They are counted whole: the recommendation's own example of
    /// twelve characters for 80 bits is worth 79.6.
    pub fn reaches(&self, bits: u32) -> bool {
        self.bits.round() >= f64::from(bits)
    }
}

fn log2(size: u32) -> f64 {
    if size < 2 { 0.0 } else { f64::from(size).log2() }
}

/// The distinct words of a phrase: at least two words of letters, and nothing but separators
/// between them. A word of one letter is not one.
fn phrase_words(text: &str) -> Option<u32> {
    let separator = |c: char| matches!(c, ' ' | '-' | '\'' | '’' | ',' | '.');
    if !text.chars().all(|c| c.is_alphabetic() || separator(c)) {
        return None;
    }
    let words: Zeroizing<Vec<String>> = Zeroizing::new(
        text.split(separator).filter(|w| !w.is_empty()).map(str::to_lowercase).collect(),
    );
    if words.len() < 2 {
        return None;
    }
    let distinct: HashSet<&String> = words.iter().filter(|w| w.chars().nth(1).is_some()).collect();
    Some(u32::try_from(distinct.len()).unwrap_or(u32::MAX))
}

/// How many characters add something.
fn telling_characters(text: &str) -> u32 {
    let mut seen: HashSet<[char; 3]> = HashSet::new();
    let mut last: Option<(char, char)> = None;
    let mut previous: Option<char> = None;
    let mut count = 0_u32;
    for c in text.chars().flat_map(char::to_lowercase) {
        let tells = last.is_none_or(|(a, b)| !continues(a, b, c) & seen.insert([a, b, c]));
        if tells {
            count = count.saturating_add(1);
        }
        last = previous.map(|b| (b, c));
        previous = Some(c);
    }
    count
}

/// Does `c` continue what `a` and `b` began?
fn continues(a: char, b: char, c: char) -> bool {
    if a == b && b == c {
        return true;
    }
    ROWS.iter().any(|row| {
        let at = |x: char| row.chars().position(|y| x == y);
        match (at(a), at(b), at(c)) {
            (Some(a), Some(b), Some(c)) => (a + 1 == b && b + 1 == c) || (a == b + 1 && b == c + 1),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURE: Measure = Measure { specials: 37, vocabulary: 3000 };

    fn check(text: &str, bits: u32, phrase: bool) {
        let strength = Strength::of(text, MEASURE);
        assert_eq!(
            (strength.bits.round() as u32, strength.phrase),
            (bits, phrase),
            "{text}: {strength:?}"
        );
    }

    /// the examples of the recommendation.
    #[test]
    fn the_examples_of_the_recommendation_reach_their_bits() {
        check("gK7!pR2?vT9;", 80, false);
        check("gK7pR2vT9wLx4Q", 83, false);
        check("gK7!pR2?", 53, false);
        check("cuivre balcon mardi girafe plume orage tisane", 81, true);
        check("cuivre balcon mardi girafe plume", 58, true);
        assert!(Strength::of("gK7!pR2?vT9;", MEASURE).reaches(80));
        assert!(!Strength::of("gK7!pR2?vT9", MEASURE).reaches(80));
        assert!(!Strength::of("cuivre balcon mardi girafe plume orage", MEASURE).reaches(80));
    }

    /// what only looks long is not strong.
    #[test]
    fn runs_and_repetitions_add_nothing() {
        check("", 0, false);
        check("aaaaaaaaaaaaaaaaaaaaaaaa", 9, false);
        check("abcdefghijklmnopqrstuvwxyz", 9, false);
        check("azertyuiop", 9, false);
        check("9876543210", 7, false);
        assert!(!Strength::of("Ab1!Ab1!Ab1!Ab1!Ab1!Ab1!", MEASURE).reaches(50));
        assert!(!Strength::of("oui oui oui oui oui oui oui oui", MEASURE).reaches(50));
        assert!(!Strength::of("a b c d e f g h i j k l m n", MEASURE).reaches(50));
    }

    /// Settlement 12: no length is too great.
    #[test]
    fn a_very_long_password_is_counted() {
        let long: String = (0..20_000_u32)
            .map(|i| char::from_u32(0x4e00 + (i * 7919) % 20_000).unwrap())
            .collect();
        assert!(Strength::of(&long, MEASURE).reaches(1000));
    }
}
