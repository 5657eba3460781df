//! The blind index: which tokens a dossier has, and whether an opened dossier really matches.
//! Tokens are compound (never a first name or a birth date alone) and cut to 20 bits; a match is
//! confirmed after opening, under *rule*. Near spelling: same sound, or equal after deleting one
//! letter.

use huis_dossier::{Facts, Value};
use huis_register::{Register, Search};
use huis_vault::{IndexKey, Token};
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

pub use crate::street::in_full;
use crate::{
    Plain,
    street::{house, street},
};

/// Is any field of the section used by a declared search?
pub fn searched(register: &Register, section: &str) -> bool {
    register.searches.iter().any(|s| s.of.iter().any(|p| p.section == section))
}

/// The manner in which tokens are made. When it changes, an index that was made in another is made
/// again; until then a question is also asked in the manner of before ([`Spellings::asked`]).
pub const MANNER: &str = "2";

/// All the tokens of a dossier, by retention unit.
pub fn tokens(register: &Register, plain: &Plain, key: &IndexKey) -> BTreeSet<(String, Token)> {
    let mut out = BTreeSet::new();
    for search in &register.searches {
        let Some(section) = search.of.first().map(|p| p.section.as_str()) else { continue };
        let Some(unit) = register.unit_of_section(section) else { continue };
        for (_, _, _, body) in
            plain.sections.iter().filter(|(s, _, _, b)| s == section && !b.removed)
        {
            for spellings in held(search, &body.facts) {
                for token in spellings.written(search, key) {
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
    question(search, asked).map(|s| s.asked(search, &key.serving())).unwrap_or_default()
}

/// Does an opened dossier match the question, beyond the token? A person or an address hidden from
/// co-holders answers only to who may see it: a search must not confirm what a page withholds.
pub fn confirms(search: &Search, asked: &Asked, plain: &Plain, sees_restricted: bool) -> bool {
    question(search, asked).is_some_and(|wanted| fits(search, &wanted, plain, sees_restricted))
}

/// The tokens of fields that were read elsewhere (a row of a file); empty when a part is missing.
pub fn fact_tokens(search: &Search, facts: &Facts, key: &IndexKey) -> BTreeSet<Token> {
    known(search, facts).map(|s| s.asked(search, &key.serving())).unwrap_or_default()
}

/// Does an opened dossier match these fields, beyond the token? As [`confirms`].
pub fn agrees(search: &Search, facts: &Facts, plain: &Plain, sees_restricted: bool) -> bool {
    known(search, facts).is_some_and(|wanted| fits(search, &wanted, plain, sees_restricted))
}

fn fits(search: &Search, wanted: &Spellings, plain: &Plain, sees_restricted: bool) -> bool {
    let Some(section) = search.of.first().map(|p| p.section.as_str()) else { return false };
    plain
        .sections
        .iter()
        .filter(|(s, _, _, b)| s == section && !b.removed)
        .filter(|(_, _, _, b)| sees_restricted || b.restricted.is_none())
        .flat_map(|(_, _, _, b)| held(search, &b.facts))
        .any(|held| held.each().any(|h| wanted.each().any(|w| same(search, h, w))))
}

fn same(search: &Search, held: &[String], wanted: &[String]) -> bool {
    held.iter().zip(wanted).enumerate().all(|(i, (h, w))| {
        if search.near && (i == 0 || is_word(h)) {
            near(h, w)
        } else {
            h == w || sound(h) == sound(w) && !is_number(h)
        }
    })
}

/// The parts of a search in the ways in which they may be written: one for all but an address.
struct Spellings {
    /// The one that is found with a wrong letter.
    main: Vec<String>,
    /// The others.
    more: Vec<Vec<String>>,
    /// The letters as they were typed, in the manner of an index made before [`MANNER`] 2.
    typed: Vec<String>,
}

impl Spellings {
    /// `None` when a part has no letter and no digit.
    fn of(search: &Search, parts: &[String]) -> Option<Self> {
        let cut = |text: String| text.chars().take(LONGEST).collect::<String>();
        let typed: Vec<String> = parts.iter().map(|p| cut(normalise(p))).collect();
        if typed.iter().any(String::is_empty) {
            return None;
        }
        let (first, rest) = parts.split_first()?;
        if !search.street {
            return Some(Self { main: typed.clone(), more: Vec::new(), typed });
        }
        let rest: Vec<String> =
            rest.iter().map(|p| cut(house(p).unwrap_or_else(|| in_full(p)))).collect();
        let with = |name: String| -> Vec<String> {
            std::iter::once(cut(name)).chain(rest.iter().cloned()).collect()
        };
        let street = street(first);
        let main = with(street.bare);
        let mut more = vec![with(street.named), with(street.whole)];
        more.dedup();
        more.retain(|spelling| *spelling != main);
        Some(Self { main, more, typed })
    }

    fn each(&self) -> impl Iterator<Item = &Vec<String>> {
        std::iter::once(&self.main).chain(&self.more)
    }

    /// What the index holds: the main spelling and its neighbours, the others by their sound. A
    /// question has the neighbours of each, so that one letter may be wrong in any.
    fn written(&self, search: &Search, key: &IndexKey) -> BTreeSet<Token> {
        let others = self.more.iter().flat_map(|parts| by_sound(search, parts, key));
        variants(search, &self.main, key).into_iter().chain(others).collect()
    }

    fn asked(&self, search: &Search, key: &IndexKey) -> BTreeSet<Token> {
        self.each()
            .chain((!self.each().any(|parts| *parts == self.typed)).then_some(&self.typed))
            .flat_map(|parts| variants(search, parts, key))
            .collect()
    }
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

fn question(search: &Search, asked: &Asked) -> Option<Spellings> {
    Spellings::of(search, &asked_parts(search, asked)?)
}

fn known(search: &Search, facts: &Facts) -> Option<Spellings> {
    Spellings::of(search, &parts_of(search, facts)?)
}

fn asked_parts(search: &Search, asked: &Asked) -> Option<Vec<String>> {
    search
        .of
        .iter()
        .map(|p| {
            // A question is bounded: the letters of a very long one would cost their square.
            Some(asked.get(p.field.as_deref()?)?.chars().take(LONGEST * 4).collect())
        })
        .collect()
}

fn parts_of(search: &Search, facts: &Facts) -> Option<Vec<String>> {
    search
        .of
        .iter()
        .map(|p| match facts.get(p.field.as_deref()?)? {
            Value::Text(t) | Value::Choice(t) => Some(t.clone()),
            // A birth date is cut to its year: people misremember the day, and a whole date
            // would single out.
            Value::Date(d) => Some(d.year().to_string()),
            Value::Int(n) => Some(n.to_string()),
            Value::Money(_) | Value::Bool(_) | Value::Reference(_) => None,
        })
        .collect()
}

/// The most values that one field is found by.
const MOST: usize = 16;

/// What a section is found by: its fields, and in an exact search each value of a first field that
/// lists several (the numbers of the dossiers that a request is about).
fn held(search: &Search, facts: &Facts) -> Vec<Spellings> {
    let Some(whole) = parts_of(search, facts) else { return Vec::new() };
    let mut out = Vec::new();
    let field = search.of.first().and_then(|p| p.field.as_deref());
    if let Some(Value::Text(text)) = field.and_then(|f| facts.get(f))
        && !search.near
        && text.contains(LISTED)
    {
        for value in text.split(LISTED).take(MOST) {
            let rest = whole.iter().skip(1).cloned();
            out.push(std::iter::once(value.to_owned()).chain(rest).collect());
        }
    }
    out.push(whole);
    out.iter().filter_map(|parts| Spellings::of(search, parts)).collect()
}

/// What stands between the values of a list.
const LISTED: [char; 3] = [',', ';', '\n'];

/// The first part by sound and with each letter deleted (when the search is near), the others by
/// sound when they are words. Then each other word with a letter deleted, beside the first by its
/// sound: one letter may be wrong in any of the names, and the index stays a sum, not a product.
fn variants(search: &Search, parts: &[String], key: &IndexKey) -> BTreeSet<Token> {
    let mut out = by_sound(search, parts, key);
    let Some((first, rest)) = parts.split_first().filter(|_| search.near) else { return out };
    let rest_heard: Vec<String> = rest.iter().map(|part| heard(part)).collect();
    let mut add = |first: &str, rest: &[String]| {
        let parts: Vec<&str> =
            std::iter::once(first).chain(rest.iter().map(String::as_str)).collect();
        out.extend(key.tokens(&search.id, &parts));
    };
    for (at, word) in rest.iter().enumerate().filter(|(_, word)| is_word(word)) {
        for less in deletions(word) {
            let mut changed = rest_heard.clone();
            if let Some(place) = changed.get_mut(at) {
                *place = format!("lettre:{less}");
            }
            add(&format!("son:{}", sound(first)), &changed);
        }
    }
    for less in deletions(first) {
        add(&format!("lettre:{less}"), &rest_heard);
    }
    out
}

/// Each part by its sound.
fn by_sound(search: &Search, parts: &[String], key: &IndexKey) -> BTreeSet<Token> {
    let Some((first, rest)) = parts.split_first() else { return BTreeSet::new() };
    let first = if search.near { format!("son:{}", sound(first)) } else { heard(first) };
    let rest: Vec<String> = rest.iter().map(|part| heard(part)).collect();
    let parts: Vec<&str> =
        std::iter::once(first.as_str()).chain(rest.iter().map(String::as_str)).collect();
    key.tokens(&search.id, &parts).collect()
}

fn heard(part: &str) -> String {
    if is_number(part) { part.to_owned() } else { sound(part) }
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

    fn by_address() -> Search {
        let of = ["voie", "numero", "ville"].map(|field| huis_register::FieldPath {
            section: "local".into(),
            field: Some(field.into()),
        });
        Search {
            id: "adresse".into(),
            label: "Adresse".into(),
            of: of.into(),
            near: true,
            street: true,
        }
    }

    fn address(street: &str, number: &str, town: &str) -> Vec<String> {
        [street, number, town].map(str::to_owned).into()
    }

    #[test]
    fn an_address_is_found_however_its_street_is_named() {
        let search = by_address();
        let key = IndexKey::new(1, huis_vault::RootKey::from_bytes([3; 32]).derive("essai"));
        let meet = |held: &[String], asked: &[String]| {
            let held = Spellings::of(&search, held).unwrap();
            let asked = Spellings::of(&search, asked).unwrap();
            let tokens = held.written(&search, &key);
            // In an index of the manner before, one that is typed alike is found as it was.
            let before = variants(&search, &held.typed, &key);
            assert!(held.typed != asked.typed || !before.is_disjoint(&asked.asked(&search, &key)));
            let told = !tokens.is_disjoint(&asked.asked(&search, &key));
            let same = held.each().any(|h| asked.each().any(|a| same(&search, h, a)));
            assert_eq!(told, same, "{:?} {:?}", held.typed, asked.typed);
            told
        };
        let held = address("de la Tuilerie", "12", "Saint-Louis");
        for asked in [
            address("de la Tuilerie", "12", "Saint-Louis"),
            address("Tuilerie", "12", "St Louis"),
            address("la tuillerie", "12", "saint louis"),
            address("rue de la Tuilerie", "12", "ST-LOUIS"),
            address("R. de la Tuilrie", "12", "Saint-Loui"),
        ] {
            assert!(meet(&held, &asked), "{asked:?}");
            assert!(meet(&asked, &held), "{asked:?}");
        }
        for (held, asked) in [
            ("du Chemin Vert", "Chemin Vert"),
            ("Vert", "chemin Vert"),
            ("Le Goff", "Legoff"),
            ("de la Tuilerie", "3 bis rue de la Tuilerie"),
            ("du 11 Novembre", "11 Novembre"),
            ("du Gal de Gaulle", "avenue du Général-de-Gaulle"),
            ("de l’Église", "l'Eglise"),
        ] {
            let (held, asked) = (address(held, "3", "Colmar"), address(asked, "3 bis", "Colmar"));
            assert!(meet(&held, &asked) && meet(&asked, &held), "{held:?} {asked:?}");
        }
        for other in [
            address("de la Tuilerie", "13", "Saint-Louis"),
            address("de la Tuilerie", "12", "Colmar"),
            address("de la Fontaine", "12", "Saint-Louis"),
            address("rue", "12", "Saint-Louis"),
        ] {
            assert!(!meet(&held, &other), "{other:?}");
        }
        assert!(Spellings::of(&search, &address("—", "12", "Colmar")).is_none());
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
