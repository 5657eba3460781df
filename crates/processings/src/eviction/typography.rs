//! No-break spaces where French typography wants them: sentences are typed here as one types.

/// The sentence with its no-break spaces.
pub(crate) fn french(text: &str) -> String {
    const KEPT: &[(&str, &str)] = &[
        ("« ", "«\u{a0}"),
        (" »", "\u{a0}»"),
        (" :", "\u{a0}:"),
        (" ;", "\u{a0};"),
        ("n° ", "n°\u{a0}"),
        ("art. ", "art.\u{a0}"),
        ("L. ", "L.\u{a0}"),
        ("R. ", "R.\u{a0}"),
    ];
    KEPT.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::french;

    #[test]
    fn no_break_spaces_hold_marks_and_references() {
        assert_eq!(
            french("« oui » : loi n° 89-462 art. 24 ; CPCE art. L. 412-1"),
            "«\u{a0}oui\u{a0}»\u{a0}: loi n°\u{a0}89-462 art.\u{a0}24\u{a0}; CPCE art.\u{a0}L.\u{a0}412-1"
        );
    }
}
