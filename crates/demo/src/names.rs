//! Names of invented people: lists of our own, by family of origin, so that first name and
//! surname go together as they mostly do, and are mixed as they sometimes are.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::dice::Dice;

/// Sex as the source text lists it among the occupant's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sex {
    /// Feminine.
    F,
    /// Masculine.
    M,
}

/// Lines `key: a, b, c` of a data file.
type Lists = BTreeMap<&'static str, Vec<&'static str>>;

/// Reads the lines `key: a, b, c`; `#` opens a comment.
pub(crate) fn lists(text: &'static str) -> Lists {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(':'))
        .map(|(key, words)| (key.trim(), words.split(',').map(str::trim).collect()))
        .collect()
}

static SURNAMES: LazyLock<Lists> = LazyLock::new(|| lists(include_str!("../data/surnames.txt")));
static FIRST_NAMES: LazyLock<Lists> =
    LazyLock::new(|| lists(include_str!("../data/first_names.txt")));

/// Families of origin and their weight.
const ORIGINS: [(u32, &str); 10] = [
    (34, "alsace"),
    (32, "france"),
    (11, "maghreb"),
    (7, "turquie"),
    (4, "portugal"),
    (4, "italie"),
    (2, "pologne"),
    (3, "afrique"),
    (2, "balkans"),
    (1, "asie"),
];

/// A family of origin.
pub(crate) fn origin(dice: &Dice) -> &'static str {
    dice.weighted(&ORIGINS).copied().unwrap_or("france")
}

/// A surname of that origin; now and then a double one.
pub(crate) fn surname(dice: &Dice, origin: &str) -> String {
    let list = SURNAMES.get(origin).map_or(&[][..], Vec::as_slice);
    let first = dice.word(list);
    if dice.chance(3) {
        let second = dice.word(SURNAMES.get("france").map_or(&[][..], Vec::as_slice));
        if second != first {
            return format!("{first}-{second}");
        }
    }
    first.to_owned()
}

/// A first name; one in five is of the country at large.
pub(crate) fn first_name(dice: &Dice, origin: &str, sex: Sex) -> String {
    let origin = if dice.chance(20) { "france" } else { origin };
    let key = match sex {
        Sex::F => format!("{origin} f"),
        Sex::M => format!("{origin} m"),
    };
    dice.word(FIRST_NAMES.get(key.as_str()).map_or(&[][..], Vec::as_slice)).to_owned()
}

/// A name as it stands in a login or a mail address: unaccented, lower case, hyphens kept.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .filter_map(|c| match c {
            'à' | 'â' | 'ã' | 'á' | 'ä' | 'Á' => Some('a'),
            'ç' | 'Ç' | 'ć' => Some('c'),
            'é' | 'è' | 'ê' | 'ë' | 'É' => Some('e'),
            'ğ' => Some('g'),
            'î' | 'ï' | 'í' => Some('i'),
            'ô' | 'ö' | 'ó' | 'Ö' => Some('o'),
            'Ş' | 'ş' => Some('s'),
            'ù' | 'û' | 'ü' | 'ú' => Some('u'),
            'ż' => Some('z'),
            ' ' | '-' => Some('-'),
            c if c.is_ascii_alphabetic() => Some(c.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_lists_are_long_whole_and_without_repeats() {
        let all = |lists: &Lists| lists.values().flatten().copied().collect::<Vec<_>>();
        let surnames = all(&SURNAMES);
        assert!(surnames.len() >= 300, "{}", surnames.len());
        assert_eq!(surnames.iter().collect::<BTreeSet<_>>().len(), surnames.len());
        let first: BTreeSet<_> = all(&FIRST_NAMES).into_iter().collect();
        assert!(first.len() >= 225, "{}", first.len());
        for (_, origin) in ORIGINS {
            assert!(SURNAMES.contains_key(origin), "{origin}");
            assert!(FIRST_NAMES.contains_key(format!("{origin} f").as_str()), "{origin}");
            assert!(FIRST_NAMES.contains_key(format!("{origin} m").as_str()), "{origin}");
        }
    }

    #[test]
    fn every_name_has_a_plain_form_that_loses_no_letter() {
        for name in SURNAMES.values().chain(FIRST_NAMES.values()).flatten() {
            let letters = name.chars().filter(|c| c.is_alphabetic()).count();
            let kept = plain(name).chars().filter(char::is_ascii_alphabetic).count();
            assert_eq!(letters, kept, "{name}");
        }
        assert_eq!(plain("Özdemir"), "ozdemir");
        assert_eq!(plain("d'Aubigny"), "daubigny");
    }
}
