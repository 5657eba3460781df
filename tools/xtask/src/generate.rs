//! `cargo xtask gen`: the documents that are drawn from the registers, the parameters and the
//! clauses. To add one, write a function of a module below and name it in [`documents`].

mod clause_table;
mod law_table;
mod registers;
mod rights;

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};

use crate::project::{root, verdict};

/// A file that nobody writes by hand.
pub struct Document {
    /// From the root.
    pub path: String,
    /// Markdown, or JSON.
    pub text: String,
}

impl Document {
    fn new(name: &str, title: &str, from: &str, body: &str) -> Self {
        let text = format!(
            "# {title}\n\n<!-- Tiré de {from} par `cargo xtask gen` : ne pas modifier à la main. -->\n\n{}\n",
            body.trim_end()
        );
        Self { path: format!("docs/generated/{name}.md"), text }
    }
}

fn documents() -> Result<Vec<Document>> {
    let registers = registers::load()?;
    let mut documents: Vec<Document> = registers.iter().map(registers::article_30).collect();
    documents.push(registers::retention(&registers));
    documents.extend(registers.iter().map(rights::matrix));
    documents.push(law_table::parameters()?);
    documents.push(clause_table::clauses()?);
    documents.push(clause_table::sources()?);
    Ok(documents)
}

/// The OpenAPI document, printed by the API's own code. It is built as the whole workspace is, so
/// that what follows in `ci` finds it built.
fn openapi() -> Result<Document> {
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--workspace", "--example", "openapi"])
        .current_dir(root())
        .status()
        .context("cargo")?;
    if !built.success() {
        bail!("le document OpenAPI ne se compile pas");
    }
    let metadata = cargo_metadata::MetadataCommand::new().current_dir(root()).no_deps().exec()?;
    let program = metadata.target_directory.join("debug/examples/openapi");
    let out = Command::new(&program).output().with_context(|| program.to_string())?;
    let text = String::from_utf8(out.stdout).context("openapi.json")?;
    Ok(Document { path: "docs/generated/openapi.json".to_owned(), text })
}

/// Writes the documents, or only says which are not up to date.
pub fn run(check: bool) -> Result<()> {
    let mut documents = documents()?;
    documents.push(openapi()?);
    let mut drift = Vec::new();
    for Document { path, text } in &documents {
        let file = root().join(path);
        if fs::read_to_string(&file).is_ok_and(|now| now == *text) {
            continue;
        }
        if check {
            drift.push(format!("{path} n'est pas à jour : lancer `cargo xtask gen`"));
            continue;
        }
        fs::create_dir_all(root().join("docs/generated")).context("docs/generated")?;
        fs::write(&file, text).with_context(|| path.clone())?;
        println!("{path}");
    }
    for entry in fs::read_dir(root().join("docs/generated")).into_iter().flatten().flatten() {
        let path = format!("docs/generated/{}", entry.file_name().display());
        if !documents.iter().any(|document| document.path == path) {
            drift.push(format!("{path} n'est plus tiré de rien : l'enlever"));
        }
    }
    verdict("gen", &drift)
}

/// A Markdown table.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(head.iter().map(|cell| (*cell).to_owned()).collect());
    text += &line(head.iter().map(|_| "---".to_owned()).collect());
    for row in rows {
        text +=
            &line(row.iter().map(|cell| cell.replace('|', "\\|").replace('\n', "<br>")).collect());
    }
    text
}

/// The faults of a file that does not load, as one error.
fn refuse<T>(what: &str, faults: &[impl std::fmt::Display]) -> Result<T> {
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    bail!("{what} :\n{}", faults.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_cannot_break_its_table() {
        let text = table(&["a", "b"], &[vec!["x|y".to_owned(), "1\n2".to_owned()]]);
        assert_eq!(text, "| a | b |\n| --- | --- |\n| x\\|y | 1<br>2 |\n");
    }

    #[test]
    fn each_document_has_its_own_file_and_says_where_it_comes_from() {
        let documents = documents().unwrap();
        let mut paths: Vec<&str> = documents.iter().map(|d| d.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), documents.len());
        assert!(documents.iter().all(|d| d.text.contains("cargo xtask gen")));
    }
}
