//! What a typed text loses before it goes into a file that other programs open.

use std::borrow::Cow;

/// What makes a spreadsheet take a cell of a CSV file for a formula or a link, when it comes first
/// (OWASP, *CSV injection*), with the full-width twins that some programs read as the same.
const TRIGGERS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// The text with an apostrophe before it when a spreadsheet would take it for a formula.
pub fn unformulated(text: &str) -> Cow<'_, str> {
    // Marks that are not seen are skipped by some programs when they look at the first sign.
    let seen = text.trim_start_matches(|c: char| hidden(c) && !TRIGGERS.contains(&c));
    if seen.starts_with(TRIGGERS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the control signs that no file format takes; ends of line are line feeds.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c == '\r' || hidden(c)) {
        return Cow::Borrowed(text);
    }
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    Cow::Owned(lines.chars().filter(|c| matches!(c, '\n' | '\t') || !hidden(*c)).collect())
}

/// Signs that show nothing: controls, the order mark, and what is no character (XML 1.0, § 2.2).
fn hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_made_a_text() {
        for (given, kept) in [
            ("=1+1", "'=1+1"),
            ("+33 6 12", "'+33 6 12"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\u{feff}=1", "'\u{feff}=1"),
            ("\u{0}=1", "'\u{0}=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("Durand", "Durand"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(unformulated(given), kept, "{given:?}");
        }
    }

    #[test]
    fn control_signs_go_and_lines_stay() {
        assert_eq!(printable("a\r\nb\rc\u{7}\u{0}\td"), "a\nb\nc\td");
        assert_eq!(printable("Élodie « œuvre »"), "Élodie « œuvre »");
        assert_eq!(printable("\u{202e}exe.txt"), "exe.txt");
    }
}
