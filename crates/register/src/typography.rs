//! French spaces: before « : ; ? ! » and inside guillemets they do not break.

/// Puts the non-breaking spaces that French asks for where plain ones were written.
pub fn french(text: &str) -> String {
    huis_kernel::no_break_spaces(text, &['»', ':', ';', '?', '!'], &["«"])
}

/// A text from outside, cut to a line's length, control characters shown as a dot, so that a
/// hostile file cannot write over the terminal that prints its faults.
pub(crate) fn clean(text: &str) -> String {
    const LONGEST: usize = 60;
    let harmless = |c: char| if c.is_control() { '·' } else { c };
    let mut shown: String = text.chars().take(LONGEST).map(harmless).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// A text from outside, between guillemets.
pub(crate) fn quote(text: &str) -> String {
    format!("« {} »", clean(text))
}

/// `« a », « b » et « c »`.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    let quoted: Vec<String> = items.iter().map(|i| quote(i.as_ref())).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} et {last}", rest.join(", ")),
    }
}

/// The known word nearest to a mistyped one, when it is near enough to be meant.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // Longer words cannot be near any of ours, and would make a hostile file slow to refuse.
    if word.chars().count() > 48 {
        return None;
    }
    let limit = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|k| (distance(word, k), k))
        .filter(|(d, _)| *d <= limit)
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

/// The commonest slip: an accent, which no key has.
const fn unaccented(c: char) -> char {
    match c {
        'é' | 'è' | 'ê' | 'ë' | 'É' => 'e',
        'à' | 'â' => 'a',
        'î' | 'ï' => 'i',
        'ô' => 'o',
        'ù' | 'û' => 'u',
        'ç' => 'c',
        other => other,
    }
}

/// Levenshtein's distance: letters to change, add or remove.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().map(unaccented).enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for ((cb, diagonal), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(ca != *cb)).min(left + 1).min(above + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_finds_its_neighbour_and_a_stranger_none() {
        let known = ["libelle", "classe", "repete"];
        for (word, expect) in [
            ("libele", Some("libelle")),
            ("clase", Some("classe")),
            ("répété", Some("repete")),
            ("couleur", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), expect, "{word}");
        }
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }

    #[test]
    fn a_quoted_text_is_short_and_harmless() {
        assert_eq!(quote("a\u{1b}[2Jb"), "« a·[2Jb »");
        assert_eq!(quote(&"é".repeat(100)).chars().count(), 65);
        assert_eq!(
            french(&list(&["a", "b", "c"])),
            "«\u{a0}a\u{a0}», «\u{a0}b\u{a0}» et «\u{a0}c\u{a0}»"
        );
    }
}
