//! The blind index: which tokens a dossier has, and whether an opened dossier really matches.
//! Tokens are compound (never a first name or a birth date alone) and cut to 20 bits; a match is
//! confirmed after opening, under *rule*. Near spelling: same sound, or equal after deleting one
//! letter.

use huis_dossier::{Facts, Value};
use huis_register::{Register, Search};
use huis_vault::{IndexKey, Token};
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

use crate::Plain;

/// Is any field of the section used by a declared search?
pub fn searched(register: &Register, section: &str) -> bool {
    register.searches.iter().any(|s| s.of.iter().any(|p| p.section == section))
}

/// All the tokens of a dossier, by retention unit.
pub fn tokens(register: &Register, plain: &Plain, key: &IndexKey) -> BTreeSet<(String, Token)> {
    let mut out = BTreeSet::new();
    for search in &register.searches {
        let Some(section) = search.of.first().map(|p| p.section.as_str()) else { continue };
        let Some(unit) = register.unit_of_section(section) else { continue };
        for (_, _, _, body) in
            plain.sections.iter().filter(|(s, _, _, b)| s == section && !b.removed)
        {
            for parts in held(search, &body.facts) {
                for token in variants(search, &parts, key) {
                    out.insert((unit.id.clone(), token));
                }
            }
        }
    }
    out
}

/// What someone looks for: values by field of one declared search.
pub type Asked = BTreeMap<String, String>;

/// The tokens of a question; empty when a part is missing.
pub fn asked_tokens(search: &Search, asked: &Asked, key: &IndexKey) -> BTreeSet<Token> {
    let key = key.serving();
    asked_parts(search, asked).map(|p| variants(search, &p, &key)).unwrap_or_default()
}

/// Does an opened dossier match the question, beyond the token? A person or an address hidden from
/// co-holders answers only to who may see it: a search must not confirm what a page withholds.
pub fn confirms(search: &Search, asked: &Asked, plain: &Plain, sees_restricted: bool) -> bool {
    asked_parts(search, asked).is_some_and(|w| fits(search, &w, plain, sees_restricted))
}

/// The tokens of fields that were read elsewhere (a row of a file); empty when a part is missing.
pub fn fact_tokens(search: &Search, facts: &Facts, key: &IndexKey) -> BTreeSet<Token> {
    let key = key.serving();
    parts_of(search, facts).map(|p| variants(search, &p, &key)).unwrap_or_default()
}

/// Does an opened dossier match these fields, beyond the token? As [`confirms`].
pub fn agrees(search: &Search, facts: &Facts, plain: &Plain, sees_restricted: bool) -> bool {
    parts_of(search, facts).is_some_and(|w| fits(search, &w, plain, sees_restricted))
}

fn fits(search: &Search, wanted: &[String], plain: &Plain, sees_restricted: bool) -> bool {
    let Some(section) = search.of.first().map(|p| p.section.as_str()) else { return false };
    plain
        .sections
        .iter()
        .filter(|(s, _, _, b)| s == section && !b.removed)
        .filter(|(_, _, _, b)| sees_restricted || b.restricted.is_none())
        .flat_map(|(_, _, _, b)| held(search, &b.facts))
        .any(|held| {
            held.iter().zip(wanted).enumerate().all(|(i, (h, w))| {
                if search.near && (i == 0 || is_word(h)) {
                    near(h, w)
                } else {
                    h == w || sound(h) == sound(w) && !is_number(h)
                }
            })
        })
}

/// The longest part of a token, in letters.
const LONGEST: usize = 64;

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Letters alone: a number, or a code that holds one, is itself or another.
fn is_word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn asked_parts(search: &Search, asked: &Asked) -> Option<Vec<String>> {
    search
        .of
        .iter()
        .map(|p| {
            let field = p.field.as_deref()?;
            // A question is bounded: the letters of a very long one would cost their square.
            let text: String = normalise(asked.get(field)?).chars().take(LONGEST).collect();
            (!text.is_empty()).then_some(text)
        })
        .collect()
}

fn parts_of(search: &Search, facts: &Facts) -> Option<Vec<String>> {
    search
        .of
        .iter()
        .map(|p| {
            let text: String = match facts.get(p.field.as_deref()?)? {
                Value::Text(t) | Value::Choice(t) => normalise(t).chars().take(LONGEST).collect(),
                // A birth date is cut to its year: people misremember the day, and a whole date
                // would single out.
                Value::Date(d) => d.year().to_string(),
                Value::Int(n) => n.to_string(),
                Value::Money(_) | Value::Bool(_) | Value::Reference(_) => return None,
            };
            (!text.is_empty()).then_some(text)
        })
        .collect()
}

/// The most values that one field is found by.
const MOST: usize = 16;

/// What a section is found by: its fields, and in an exact search each value of a first field that
/// lists several (the numbers of the dossiers that a request is about).
fn held(search: &Search, facts: &Facts) -> Vec<Vec<String>> {
    let Some(whole) = parts_of(search, facts) else { return Vec::new() };
    let mut out = Vec::new();
    let field = search.of.first().and_then(|p| p.field.as_deref());
    if let Some(Value::Text(text)) = field.and_then(|f| facts.get(f))
        && !search.near
        && text.contains(LISTED)
    {
        for value in text.split(LISTED).take(MOST) {
            let value: String = normalise(value).chars().take(LONGEST).collect();
            let rest = whole.iter().skip(1).cloned();
            out.extend((!value.is_empty()).then(|| std::iter::once(value).chain(rest).collect()));
        }
    }
    out.push(whole);
    out
}

/// What stands between the values of a list.
const LISTED: [char; 3] = [',', ';', '\n'];

/// The first part by sound and with each letter deleted (when the search is near), the others by
/// sound when they are words. Then each other word with a letter deleted, beside the first by its
/// sound: one letter may be wrong in any of the names, and the index stays a sum, not a product.
fn variants(search: &Search, parts: &[String], key: &IndexKey) -> BTreeSet<Token> {
    let Some((first, rest)) = parts.split_first() else { return BTreeSet::new() };
    let heard = |p: &String| if is_number(p) { p.clone() } else { sound(p) };
    let rest_heard: Vec<String> = rest.iter().map(heard).collect();
    let mut all: BTreeSet<Vec<String>> = BTreeSet::new();
    let with = |first: String, rest: &[String]| -> Vec<String> {
        std::iter::once(first).chain(rest.iter().cloned()).collect()
    };
    if search.near {
        let by_sound = format!("son:{}", sound(first));
        for (at, word) in rest.iter().enumerate().filter(|(_, word)| is_word(word)) {
            for less in deletions(word) {
                let mut changed = rest_heard.clone();
                if let Some(place) = changed.get_mut(at) {
                    *place = format!("lettre:{less}");
                }
                all.insert(with(by_sound.clone(), &changed));
            }
        }
        all.insert(with(by_sound, &rest_heard));
        all.extend(deletions(first).into_iter().map(|d| with(format!("lettre:{d}"), &rest_heard)));
    } else {
        all.insert(with(heard(first), &rest_heard));
    }
    all.iter()
        .flat_map(|parts| {
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            key.tokens(&search.id, &parts).collect::<Vec<_>>()
        })
        .collect()
}

/// Same sound, or equal after deleting one letter (of either or both).
pub fn near(a: &str, b: &str) -> bool {
    sound(a) == sound(b) || !deletions(a).is_disjoint(&deletions(b))
}

/// The word itself and what it becomes when one letter is deleted. Short words stay whole: one
/// letter less of « LE » matches half the country.
fn deletions(word: &str) -> BTreeSet<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut out = BTreeSet::from([word.to_owned()]);
    if letters.len() > 3 {
        for skip in 0..letters.len() {
            out.insert(
                letters.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, c)| *c).collect(),
            );
        }
    }
    out
}

/// Capitals without accents, hyphens, spaces or signs: `Éléonore-Marie D'Août` → `ELEONOREMARIEDAOUT`.
pub fn normalise(text: &str) -> String {
    text.replace(['œ', 'Œ'], "oe")
        .replace(['æ', 'Æ'], "ae")
        .replace('ß', "ss")
        .nfd()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// A French-ear key of a normalised word: letters that sound alike are written alike.
pub fn sound(word: &str) -> String {
    let mut s = word.to_owned();
    for (from, to) in [
        ("PH", "F"),
        ("SCH", "C"),
        ("SH", "C"),
        ("CH", "C"),
        ("EAU", "O"),
        ("AU", "O"),
        ("QU", "K"),
        ("CK", "K"),
        ("CA", "KA"),
        ("CO", "KO"),
        ("CU", "KU"),
        ("GU", "G"),
        ("OU", "U"),
        ("EI", "E"),
        ("AI", "E"),
        ("AY", "E"),
        ("EY", "E"),
        ("AE", "E"),
        ("OE", "E"),
        ("UE", "U"),
        ("TH", "T"),
        ("Q", "K"),
        ("W", "V"),
        ("Y", "I"),
        ("Z", "S"),
        ("X", "S"),
        ("J", "G"),
        ("H", ""),
    ] {
        s = s.replace(from, to);
    }
    let mut out = String::with_capacity(s.len());
    for c in s.chars() {
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    // Mute endings.
    while out.len() > 2 && out.ends_with(['E', 'S', 'T', 'D', 'P']) {
        out.pop();
    }
    // DT and the like close a name as D or T does.
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_spellings_meet_and_others_do_not() {
        for (a, b) in [
            ("Meyer", "Meier"),
            ("Meyer", "Mayer"),
            ("Schmitt", "Schmidt"),
            ("Dupond", "Dupont"),
            ("Lefèvre", "Lefebvre"),
            ("El-Khoury", "El Khouri"),
            ("Le Goff", "LEGOFF"),
            ("Müller", "Muller"),
            ("Benhaddou", "Ben Hadou"),
            ("Gauthier", "Gautier"),
        ] {
            assert!(
                near(&normalise(a), &normalise(b)),
                "{a} ~ {b}: {} {}",
                sound(&normalise(a)),
                sound(&normalise(b))
            );
        }
        for (a, b) in [("Martin", "Bernard"), ("Petit", "Girard"), ("Roux", "Moreau"), ("Li", "Le")]
        {
            assert!(!near(&normalise(a), &normalise(b)), "{a} ≁ {b}");
        }
    }

    proptest::proptest! {
        #[test]
        fn near_is_symmetric_and_holds_after_a_lost_letter(word in "[A-Z]{4,12}", at in 0usize..12) {
            let mut less: Vec<char> = word.chars().collect();
            less.remove(at % less.len());
            let less: String = less.into_iter().collect();
            proptest::prop_assert!(near(&word, &less));
            proptest::prop_assert!(near(&less, &word));
        }
    }
}
