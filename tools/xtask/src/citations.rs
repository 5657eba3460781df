//! Which tests cite which clauses, read in their source.
//!
//! A test cites `X-09` in its name (`…_x_09_…`), in the comments above it or in its body. A case
//! file (`cases/*.toml`) cites it anywhere, provided that a test of its crate names its folder.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::project::{Source, sources};

/// Clause → the tests that cite it, as `path::name` or `path:line`.
pub type Citations = BTreeMap<String, Vec<String>>;

/// Reads every test of the project.
pub fn citations() -> Result<Citations> {
    let files = sources(|path| {
        !path.starts_with("tools/xtask/")
            && (path.ends_with(".rs") || (path.ends_with(".toml") && path.contains("/cases/")))
    })?;
    let mut citations = Citations::new();
    for file in &files {
        let found =
            if file.path.ends_with(".rs") { in_tests(file) } else { in_cases(file, &files) };
        for (clause, test) in found {
            let tests = citations.entry(clause).or_default();
            if !tests.contains(&test) {
                tests.push(test);
            }
        }
    }
    Ok(citations)
}

fn in_tests(file: &Source) -> Vec<(String, String)> {
    let lines: Vec<&str> = file.text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let attribute = line.trim_start();
        if !["#[test]", "#[tokio::test", "#[rstest"].iter().any(|a| attribute.starts_with(a)) {
            continue;
        }
        let Some((name, block)) = test_at(&lines, at) else { continue };
        let mut clauses = clauses_in(&block);
        clauses.extend(clauses_in_name(&name));
        found.extend(clauses.into_iter().map(|clause| (clause, format!("{}::{name}", file.path))));
    }
    found
}

/// The name of the test whose attribute is at a line, with all its text: the comments above, the
/// attributes, the body. The source is formatted, so a body ends at the brace under its `fn`.
fn test_at(lines: &[&str], at: usize) -> Option<(String, String)> {
    let above = |line: &&&str| {
        let line = line.trim_start();
        line.starts_with("//") || line.starts_with("#[")
    };
    let start = at - lines.get(..at)?.iter().rev().take_while(above).count();
    let head = at + lines.get(at..)?.iter().position(|line| line.contains("fn "))?;
    let line = lines.get(head)?;
    let name = line.split("fn ").nth(1)?.split(['(', '<']).next()?.to_owned();
    let indent = line.len() - line.trim_start().len();
    let closing = format!("{}}}", " ".repeat(indent));
    let length = lines.get(head..)?.iter().position(|line| *line == closing).unwrap_or(0);
    Some((name, lines.get(start..=head + length)?.join("\n")))
}

fn in_cases(file: &Source, files: &[Source]) -> Vec<(String, String)> {
    let home: String = file.path.split('/').take(2).collect::<Vec<_>>().join("/") + "/";
    let folder = file.path.rsplit('/').nth(1).unwrap_or_default();
    let read = files
        .iter()
        .any(|f| f.path.ends_with(".rs") && f.path.starts_with(&home) && f.text.contains(folder));
    if !read {
        return Vec::new();
    }
    let lines = file.text.lines().enumerate();
    lines
        .flat_map(|(at, line)| {
            let place = format!("{}:{}", file.path, at + 1);
            clauses_in(line).into_iter().map(move |clause| (clause, place.clone()))
        })
        .collect()
}

/// `X-09` anywhere in a text, as a word.
pub fn clauses_in(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| matches!(word.as_bytes(), [b'A'..=b'Z', b'-', b'0'..=b'9', b'0'..=b'9']))
        .map(str::to_owned)
        .collect()
}

/// `x_09` in a name.
fn clauses_in_name(name: &str) -> Vec<String> {
    let words: Vec<&str> = name.split('_').collect();
    words
        .windows(2)
        .filter_map(|pair| match pair {
            [letter, number]
                if letter.len() == 1
                    && number.len() == 2
                    && number.bytes().all(|b| b.is_ascii_digit()) =>
            {
                Some(format!("{}-{number}", letter.to_uppercase()))
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_test_cites_by_name_by_comment_and_in_its_body_and_other_code_cites_nothing() {
        let text = "\
/// X-01 is not shown by this function.
fn helper() {}

mod tests {
    // X-02, X-03: two clauses.
    #[tokio::test(flavor = \"multi_thread\")]
    async fn closing_x_09_starts_four_years() {
        check(\"X-10\", 4);
    }

    fn other() { /* X-04 */ }

    #[test]
    fn plain() {}
}
";
        let found = in_tests(&source("crates/a/src/lib.rs", text));
        let clauses: Vec<&str> = found.iter().map(|(clause, _)| clause.as_str()).collect();
        assert_eq!(clauses, ["X-02", "X-03", "X-10", "X-09"]);
        let test = "crates/a/src/lib.rs::closing_x_09_starts_four_years";
        assert!(found.iter().all(|(_, by)| by == test));
    }

    #[test]
    fn a_case_file_counts_only_when_a_test_of_its_crate_reads_its_folder() {
        let case = source("crates/a/tests/cases/truce.toml", "[[case]]\nclause = \"X-05\"\n");
        let reader = source("crates/a/tests/cases.rs", "for file in dir(\"cases\") {}");
        let stranger = source("crates/b/tests/cases.rs", "for file in dir(\"cases\") {}");
        let expected = ("X-05".to_owned(), "crates/a/tests/cases/truce.toml:2".to_owned());
        assert_eq!(in_cases(&case, &[reader]), [expected]);
        assert_eq!(in_cases(&case, &[stranger]), []);
    }

    #[test]
    fn only_whole_words_are_clauses() {
        assert_eq!(
            clauses_in("X-09, (A-03) UTF-16 X-1 XX-09 X-091 D-42."),
            ["X-09", "A-03", "D-42"]
        );
    }
}
