use unicode_normalization::UnicodeNormalization;

/// How two headers, or two values of a list, are compared: lower case, without accents, the words
/// alone (« N° de Dossier : » and « n de dossier » are one).
pub fn fold(text: &str) -> String {
    let plain = text.replace(['œ', 'Œ'], "oe").replace(['æ', 'Æ'], "ae").replace('€', " eur ");
    let letters: String = plain
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `fold` without the words that change nothing (« Date de l’impayé » and « date impayé »).
pub(crate) fn bare(text: &str) -> String {
    let folded = fold(text);
    let kept: Vec<&str> = folded
        .split(' ')
        .filter(|w| {
            !matches!(
                *w,
                "de" | "du"
                    | "des"
                    | "d"
                    | "la"
                    | "le"
                    | "les"
                    | "l"
                    | "au"
                    | "a"
                    | "en"
                    | "eur"
                    | "euros"
                    | "ttc"
                    | "o"
            )
        })
        .map(|w| match w {
            "num" | "numero" | "nr" | "no" => "n",
            "ref" => "reference",
            "mt" | "mnt" => "montant",
            "dt" => "date",
            "tel" => "telephone",
            "cp" => "code postal",
            "adr" => "adresse",
            other => other,
        })
        .collect();
    if kept.is_empty() { folded } else { kept.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_of_one_header_are_one() {
        for (a, b) in [
            ("N° dossier", "Numéro de dossier"),
            ("n°  DOSSIER :", "No dossier"),
            ("Date impayé", "DATE DE L’IMPAYÉ"),
            ("Réf.", "Référence"),
            ("Montant dû (€)", "montant du"),
            ("Tél", "Téléphone"),
        ] {
            assert_eq!(bare(a), bare(b), "{a} / {b}");
        }
        assert_eq!(bare("de"), "de", "a header of small words alone keeps them");
    }
}
