//! No-break spaces: each crate that writes French says where it wants them.

/// The text with a no-break space in the place of each space that stands before one of these marks
/// or after one of these words. One pass: pages are full of such texts.
pub fn no_break_spaces(text: &str, before: &[char], after: &[&str]) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once(' ') {
        out.push_str(head);
        let next = tail.chars().next();
        let holds = next.is_some_and(|c| before.contains(&c))
            || after.iter().any(|word| out.ends_with(word));
        out.push(if holds { '\u{a0}' } else { ' ' });
        rest = tail;
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
        assert_eq!(held(""), "");
    }
}
