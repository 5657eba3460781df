//! No-break spaces: each crate that writes French says where it wants them.

/// The text with a no-break space in the place of each space that stands before one of these marks
/// or after one of these words. One pass: pages are full of such texts.
pub fn no_break_spaces(text: &str, before: &[char], after: &[&str]) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    // What is not written yet, and how much of it was looked at.
    let (mut rest, mut seen) = (text, 0);
    while let Some(at) = rest.get(seen..).and_then(|unseen| unseen.find(' ')) {
        let (head, tail) = rest.split_at(seen + at);
        let tail = tail.strip_prefix(' ').unwrap_or(tail);
        if tail.starts_with(before) || after.iter().any(|word| head.ends_with(word)) {
            out.push_str(head);
            out.push('\u{a0}');
            (rest, seen) = (tail, 0);
        } else {
            seen += at + 1;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::no_break_spaces;

    #[test]
    fn spaces_hold_before_marks_and_after_words() {
        let held = |text| no_break_spaces(text, &[':', '»'], &["«", "art."]);
        assert_eq!(held("« oui » : art. 24"), "«\u{a0}oui\u{a0}»\u{a0}: art.\u{a0}24");
        assert_eq!(held(" sans  rien "), " sans  rien ");
        assert_eq!(held("a b : « c d » e"), "a b\u{a0}: «\u{a0}c d\u{a0}» e");
        assert_eq!(held(""), "");
    }
}
