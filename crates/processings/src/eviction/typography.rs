//! No-break spaces where French typography wants them: sentences are typed here as one types.

/// The sentence with its no-break spaces.
pub(crate) fn french(text: &str) -> String {
    huis_kernel::no_break_spaces(text, &['»', ':', ';'], &["«", "n°", "art.", "L.", "R."])
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
