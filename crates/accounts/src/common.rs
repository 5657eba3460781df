use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The most common passwords, and the words that people in this trade begin theirs with.
const LIST: &str = include_str!("common-passwords.txt");

/// Is it, under its disguise, one of the most common? « Azerty2024! » is « azerty »,
/// « P@ssw0rd » is « password ».
pub(crate) fn is_common(text: &str) -> bool {
    let plain = fold(text);
    let bare = plain.trim_matches(|c: char| !c.is_alphabetic());
    let shown = unmask(&plain);
    let shown_bare = unmask(plain.trim_end_matches(|c: char| !c.is_alphabetic()));
    let known = [plain.as_str(), bare, &shown, &shown_bare];
    LIST.lines().any(|word| known.contains(&word))
}

/// What is left of a password once these words are taken out of it, whatever their case, accents
/// and disguise; `None` when none of them is in it. Words of less than four letters are too
/// ordinary to be looked for.
pub(crate) fn without(text: &str, words: &[&str]) -> Option<Zeroizing<String>> {
    // One folded character for each of the password's: the positions are the same.
    let folded: Zeroizing<Vec<char>> =
        Zeroizing::new(text.chars().map(|c| unmask_char(fold_char(c))).collect());
    let mut kept = vec![true; folded.len()];
    for word in words.iter().flat_map(|w| parts(w)) {
        for (start, window) in folded.windows(word.len()).enumerate() {
            if window == word {
                kept.iter_mut().skip(start).take(word.len()).for_each(|k| *k = false);
            }
        }
    }
    if kept.iter().all(|k| *k) {
        return None;
    }
    Some(Zeroizing::new(text.chars().zip(kept).filter_map(|(c, keep)| keep.then_some(c)).collect()))
}

/// Is the password the login, case, accents and disguise aside?
pub(crate) fn same(text: &str, login: &str) -> bool {
    unmask(&fold(text)) == unmask(&fold(login))
}

/// The words of a name, disguise taken off: « jean.dupont@ville.fr » gives « dupont », « jean »
/// and « ville ».
fn parts(name: &str) -> Vec<Vec<char>> {
    name.split(|c: char| !c.is_alphanumeric())
        .map(|part| part.chars().map(|c| unmask_char(fold_char(c))).collect::<Vec<char>>())
        .filter(|part| part.len() >= 4)
        .collect()
}

fn fold(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().map(fold_char).collect())
}

fn fold_char(c: char) -> char {
    let base = c.nfd().next().unwrap_or(c);
    base.to_lowercase().next().unwrap_or(base)
}

fn unmask(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().map(unmask_char).collect())
}

const fn unmask_char(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '3' | '€' => 'e',
        '1' | '!' | '|' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    ///
    #[test]
    fn common_passwords_are_known_under_their_disguise() {
        for common in [
            "azerty",
            "Azerty2024!",
            "P@ssw0rd",
            "S3cret!!",
            "P@ssw0rd2025",
            "MotDePasse!!!",
            "123456789",
            "Préfecture2026*",
            "2024bienvenue",
            "$oleil",
            "ÉTÉ2025!",
            "trustno1",
            "1q2w3e4r",
        ] {
            assert!(is_common(common), "{common}");
        }
        for rare in ["gK7!pR2?vT9;", "cuivre balcon mardi girafe", "", "azertyetcaetera"] {
            assert!(!is_common(rare), "{rare}");
        }
    }

    #[test]
    fn the_list_holds_each_word_once_as_it_is_compared() {
        assert!(LIST.lines().count() >= 200);
        for word in LIST.lines() {
            assert_eq!(word, *fold(word.trim()), "as compared");
        }
        let words: std::collections::BTreeSet<_> = LIST.lines().collect();
        assert_eq!(words.len(), LIST.lines().count(), "once each");
    }

    #[test]
    fn the_words_of_the_account_are_taken_out() {
        let login = "jean.dupont@ville.fr";
        assert_eq!(
            without("JeanDUP0NT2024!", &[login]).as_deref().map(String::as_str),
            Some("2024!")
        );
        assert_eq!(without("Jéàn-x", &[login]).as_deref().map(String::as_str), Some("-x"));
        assert_eq!(without("gK7!pR2?", &[login]), None);
        assert_eq!(without("fr-fr", &[login]), None, "too short to be looked for");
        assert!(same("Jean.Dupont@Ville.fr", login) && !same("jean.dupont", login));
    }
}
