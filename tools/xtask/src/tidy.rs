//! Small rules that keep the code readable. Each says why it is one.

use anyhow::Result;

use crate::{
    arrows, licences, links,
    project::{Source, sources, verdict},
    threats,
};

/// A file that long holds two subjects.
const LONGEST: usize = 600;
/// One that long is about to.
const LONG: usize = 500;
/// What is written by hand and read as a whole; data (registers, parameters, cases) may be long.
const WRITTEN: [&str; 7] = [".rs", ".html", ".css", ".js", ".sh", ".py", ".sql"];

/// Split so that this file does not hold what it forbids.
const FORBIDDEN: [(&str, &str); 3] = [
    (concat!("#[", "ignore"), "un test ignoré est un test perdu : le réparer ou l'enlever"),
    (concat!("to", "do!("), "rien ne se livre à moitié"),
    (concat!("unimple", "mented!("), "rien ne se livre à moitié"),
];

/// Checks everything and tells every fault.
pub fn run() -> Result<()> {
    let files = sources(|path| WRITTEN.iter().any(|end| path.ends_with(end)))?;
    let mut faults = Vec::new();
    for file in &files {
        faults.extend(lint(file));
        if (LONG..=LONGEST).contains(&file.text.lines().count()) {
            println!("bientôt trop long : {} ({} lignes)", file.path, file.text.lines().count());
        }
    }
    faults.extend(links::faults()?);
    faults.extend(arrows::faults()?);
    faults.extend(licences::faults()?);
    faults.extend(threats::faults()?);
    verdict("tidy", &faults)
}

fn lint(file: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = file.text.lines().count();
    if lines > LONGEST {
        faults.push(format!("{} : {lines} lignes, {LONGEST} au plus", file.path));
    }
    for (number, line) in file.text.lines().enumerate() {
        for (word, why) in FORBIDDEN {
            // An example in a comment is compiled or shown, never shipped.
            if line.contains(word) && !line.trim_start().starts_with("//") {
                faults.push(format!("{}:{} : {word} : {why}", file.path, number + 1));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_and_an_ignored_test_are_faults() {
        let check = |text: String, faults: usize| {
            let file = Source { path: "crates/x/src/lib.rs".to_owned(), text };
            assert_eq!(lint(&file).len(), faults);
        };
        check("fn f() {}\n".repeat(LONGEST), 0);
        check("fn f() {}\n".repeat(LONGEST + 1), 1);
        check(format!("{} = \"later\"]\nfn f() {{ {}) }}", FORBIDDEN[0].0, FORBIDDEN[1].0), 2);
    }
}
