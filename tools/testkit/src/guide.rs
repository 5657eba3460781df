//! Commands that a document gives its reader, to be played.

use crate::TestkitError;

/// A fenced block of a Markdown document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The number of its first line in the document.
    pub line: usize,
    /// What stands between the fences.
    pub text: String,
}

/// The fenced blocks of a language, in order.
///
/// # Errors
/// A block of any language that nothing closes.
pub fn blocks(document: &str, language: &str) -> Result<Vec<Block>, TestkitError> {
    let mut found = Vec::new();
    // The language of the block that is open.
    let mut open: Option<&str> = None;
    for (line, text) in (1..).zip(document.lines()) {
        match (open, text.strip_prefix("```")) {
            (None, Some(name)) => {
                open = Some(name);
                if name == language {
                    found.push(Block { line: line + 1, text: String::new() });
                }
            }
            (Some(_), Some("")) => open = None,
            (Some(name), _) if name == language => {
                if let Some(block) = found.last_mut() {
                    block.text.push_str(text);
                    block.text.push('\n');
                }
            }
            _ => {}
        }
    }
    match open {
        None => Ok(found),
        Some(name) => {
            let message = format!("a block « {name} » is not closed");
            Err(TestkitError::Refused { what: "guide", message })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, blocks};

    #[test]
    fn only_the_blocks_of_the_language_are_taken_with_their_lines() {
        let open = "# A\n```sh\nun\n\ndeux\n```\ntexte\n```text\nnon\n```\n```sh\ntrois\n";
        let document = &format!("{open}```\n");
        let taken = |line, text: &str| Block { line, text: text.to_owned() };
        let found = |language| blocks(document, language).unwrap_or_default();
        assert_eq!(found("sh"), [taken(3, "un\n\ndeux\n"), taken(12, "trois\n")]);
        assert_eq!(found("text"), [taken(9, "non\n")]);
        assert!(blocks(document, "service").is_ok_and(|found| found.is_empty()));
        assert!(blocks(open, "text").is_err(), "one that nothing closes, of any language");
    }
}
