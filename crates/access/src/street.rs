//! The ways in which one writes the name of a street: « 12 rue de la Tuilerie », « la Tuilerie » and
//! « Tuilerie » are one, and so are « St-Louis » and « Saint-Louis ».

use crate::search::normalise;

/// Kinds of streets, and how the post shortens them. What is not here belongs to the name: a villa
/// or a close is more often one than the kind of one.
const KINDS: [&str; 38] = [
    "RUE",
    "R",
    "AVENUE",
    "AVE",
    "AV",
    "BOULEVARD",
    "BLD",
    "BVD",
    "BD",
    "PLACE",
    "PL",
    "ALLEE",
    "ALLEES",
    "ALL",
    "CHEMIN",
    "CHE",
    "CH",
    "IMPASSE",
    "IMP",
    "ROUTE",
    "RTE",
    "SQUARE",
    "SQ",
    "COURS",
    "CRS",
    "QUAI",
    "PASSAGE",
    "PAS",
    "FAUBOURG",
    "FBG",
    "FG",
    "RESIDENCE",
    "RES",
    "LOTISSEMENT",
    "LOT",
    "CITE",
    "RUELLE",
    "VENELLE",
];

/// What may stand beside a number: « bis » after it, « n° » before.
const HALVES: [&str; 4] = ["BIS", "TER", "QUATER", "N"];

/// What may stand before a name.
const ARTICLES: [&str; 10] = ["DE", "DU", "DES", "D", "LA", "LE", "LES", "L", "AU", "AUX"];

/// Words that are written short as often as in full.
const SHORT: [(&str, &str); 12] = [
    ("ST", "SAINT"),
    ("STE", "SAINTE"),
    ("GAL", "GENERAL"),
    ("GEN", "GENERAL"),
    ("MAL", "MARECHAL"),
    ("CDT", "COMMANDANT"),
    ("COL", "COLONEL"),
    ("CNE", "CAPITAINE"),
    ("LT", "LIEUTENANT"),
    ("SGT", "SERGENT"),
    ("DR", "DOCTEUR"),
    ("PDT", "PRESIDENT"),
];

/// A name of a street in its spellings, all in capitals and without spaces.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Street {
    /// All its words.
    pub whole: String,
    /// Without the kind of street that it opens with.
    pub named: String,
    /// And without the article: what people remember.
    pub bare: String,
}

/// Reads a name of a street as it was typed.
pub(crate) fn street(text: &str) -> Street {
    let words = words(text);
    let number = |word: &str| HALVES.contains(&word) || digits(word) == word;
    let way = after(&words, |word, _| number(word));
    let named = after(way, |word, at| at == 0 && KINDS.contains(&word));
    let bare = after(named, |word, _| ARTICLES.contains(&word));
    Street { whole: words.concat(), named: named.concat(), bare: bare.concat() }
}

/// The number of a house without its half: « 13 bis », « n° 13 » and « 013 » are looked for as one.
/// What holds no digit, or begins by a word, is no number.
pub(crate) fn house(text: &str) -> Option<String> {
    let words = words(text);
    let first = words.iter().find(|word| !HALVES.contains(&word.as_str()))?;
    let number = digits(first).trim_start_matches('0');
    (!number.is_empty()).then(|| number.to_owned())
}

fn digits(word: &str) -> &str {
    word.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default()
}

/// A place in capitals, without spaces or signs, its short words in full (« Ste » is « Sainte »).
pub fn in_full(text: &str) -> String {
    words(text).concat()
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .map(normalise)
        .filter(|word| !word.is_empty())
        .map(|word| match SHORT.iter().find(|(short, _)| *short == word) {
            Some((_, full)) => (*full).to_owned(),
            None => word,
        })
        .collect()
}

/// The words after those of a sort; a name that is made of nothing else is its own.
fn after(words: &[String], drop: impl Fn(&str, usize) -> bool) -> &[String] {
    let first = words.iter().enumerate().position(|(at, word)| !drop(word, at));
    first.and_then(|at| words.get(at..)).unwrap_or(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_and_the_article_are_told_from_the_name() {
        for (text, whole, named, bare) in [
            ("rue de la Tuilerie", "RUEDELATUILERIE", "DELATUILERIE", "TUILERIE"),
            ("Tuilerie", "TUILERIE", "TUILERIE", "TUILERIE"),
            ("av. de l’Église", "AVDELEGLISE", "DELEGLISE", "EGLISE"),
            ("Le Goff", "LEGOFF", "LEGOFF", "GOFF"),
            ("bd du Gal. de Gaulle", "BDDUGENERALDEGAULLE", "DUGENERALDEGAULLE", "GENERALDEGAULLE"),
            ("St-Louis", "SAINTLOUIS", "SAINTLOUIS", "SAINTLOUIS"),
            // A name is never left without a word.
            ("Rue", "RUE", "RUE", "RUE"),
            ("rue des", "RUEDES", "DES", "DES"),
            ("12 bis rue de la Tuilerie", "12BISRUEDELATUILERIE", "DELATUILERIE", "TUILERIE"),
            ("du 11 Novembre", "DU11NOVEMBRE", "DU11NOVEMBRE", "11NOVEMBRE"),
            ("du Chemin Vert", "DUCHEMINVERT", "DUCHEMINVERT", "CHEMINVERT"),
            ("", "", "", ""),
        ] {
            let expect = Street { whole: whole.into(), named: named.into(), bare: bare.into() };
            assert_eq!(street(text), expect, "{text}");
        }
        for (text, number) in [
            ("13", Some("13")),
            ("13 bis", Some("13")),
            ("13B", Some("13")),
            ("n° 013", Some("13")),
            ("12-14", Some("12")),
            ("bis", None),
            ("Colmar", None),
            ("0", None),
            ("", None),
        ] {
            assert_eq!(house(text).as_deref(), number, "{text}");
        }
        assert_eq!(in_full("St Louis"), in_full("SAINT-LOUIS"));
    }
}
