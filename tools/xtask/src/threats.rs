//! The threat model names the test of each defence: a test that is gone defends nothing.

use anyhow::Result;

use crate::project::{root, sources};

const PAGE: &str = "docs/threats.md";

/// What the page names and which is not there: `crate/tests/file.rs`, or `….rs::name_of_the_test`.
pub fn faults() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for page in sources(|path| path == PAGE)? {
        let named = named(&page.text);
        if named.is_empty() {
            faults.push(format!("{PAGE} : aucun test nommé"));
        }
        for (file, test) in named {
            let read = ["crates", ""]
                .iter()
                .find_map(|top| std::fs::read_to_string(root().join(top).join(file)).ok());
            match (read, test) {
                (None, _) => faults.push(format!("{PAGE} : {file} n'existe pas")),
                (Some(text), Some(test)) if !text.contains(&format!("fn {test}(")) => {
                    faults.push(format!("{PAGE} : {file} n'a pas de test {test}"));
                }
                _ => {}
            }
        }
    }
    Ok(faults)
}

/// The Rust files that a page names between backquotes, each with its test when one is named.
fn named(text: &str) -> Vec<(&str, Option<&str>)> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| match code.split_once("::") {
            Some((file, test)) if file.ends_with(".rs") => Some((file, Some(test))),
            None if code.ends_with(".rs") => Some((code, None)),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_their_tests_are_found_between_backquotes() {
        let text = "by `a/tests/b.rs` and `c/d.rs::a_test`, not `huis_data`, nor e/f.rs";
        assert_eq!(named(text), [("a/tests/b.rs", None), ("c/d.rs", Some("a_test"))]);
    }
}
