//! Sources as a reader may look them up. Registers and rules cite a clause by its id (« X-23 »),
//! which says nothing to whoever does not build the program: a screen names the text and the place.

use std::{collections::BTreeMap, sync::LazyLock};

/// Each clause, and where it stands. Made from `docs/clauses.toml` by `cargo xtask gen`.
static SOURCES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    include_str!("sources.tsv").lines().filter_map(|l| l.split_once('\t')).collect()
});

/// A list of sources with each clause named; what is no clause stays as it is, and what two clauses
/// share is said once.
pub fn cited(sources: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for list in sources.split(';') {
        for source in parts(list) {
            for one in in_words(source).split(" ; ") {
                if !out.iter().any(|said| said == one) {
                    out.push(one.to_owned());
                }
            }
        }
    }
    crate::fmt::french(&out.join(" ; "))
}

/// « » is two clauses, « CPCE, art. L. 412-1 » one source.
fn parts(list: &str) -> Vec<&str> {
    let each: Vec<&str> = list.split(", ").map(str::trim).collect();
    if each.iter().all(|one| SOURCES.contains_key(one)) { each } else { vec![list.trim()] }
}

/// A sentence with each clause that it cites named.
pub fn in_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // An id has no space in it, and stands alone but for its punctuation.
    for word in text.split_inclusive(char::is_whitespace) {
        let id = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        match SOURCES.get(id) {
            // « » that stand in one place are told once.
            Some(named) if out.ends_with(&format!("{named}, ")) => {
                out.truncate(out.len() - named.len() - 2);
                out.push_str(&word.replace(id, named));
            }
            Some(named) => out.push_str(&word.replace(id, named)),
            None => out.push_str(word),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_is_named_and_the_law_stays() {
        for (sources, shown) in [
            ("X-23", "CNIL, avis 2016-015, Traçabilité"),
            ("CPCE, art. L. 412-1", "CPCE, art. L. 412-1"),
            (
                "Loi n° 89-462 art. 24 I ; X-23",
                "Loi n° 89-462 art. 24 I\u{a0}; CNIL, avis 2016-015, Traçabilité",
            ),
            // As it comes from a register, its spaces already made.
            ("RGPD art. 12\u{a0}; X-23", "RGPD art. 12\u{a0}; CNIL, avis 2016-015, Traçabilité"),
            ("X-23, X-24", "CNIL, avis 2016-015, Traçabilité"),
            ("X-23 (durée)", "CNIL, avis 2016-015, Traçabilité (durée)"),
            ("notre choix", "notre choix"),
            ("", ""),
        ] {
            assert_eq!(cited(sources).replace("n°\u{a0}", "n° "), shown, "{sources}");
        }
        assert_eq!(
            in_words("un an (RGPD\u{a0}; X-23), A-99"),
            "un an (RGPD\u{a0}; CNIL, avis 2016-015, Traçabilité), A-99"
        );
        assert_eq!(in_words("un an (X-23, X-24)."), "un an (CNIL, avis 2016-015, Traçabilité).");
        assert!(SOURCES.len() > 100);
    }
}
