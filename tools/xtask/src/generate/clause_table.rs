//! From the clauses: the table that says which hold.

use anyhow::Result;

use super::{Document, table};
use crate::clauses;

/// Every clause and its state. The tests that show it are printed by `cargo xtask clauses`: here
/// they would make the document change with each test.
pub fn clauses() -> Result<Document> {
    let met = clauses::met()?;
    let rows: Vec<Vec<String>> = clauses::clauses()?
        .iter()
        .map(|clause| {
            let ours = clause.ours.as_deref().map(|o| format!("\nNotre choix : {o}"));
            vec![
                clause.id.clone(),
                clause.source.clone(),
                clause.says.clone(),
                format!("{}{}", clause.shows, ours.unwrap_or_default()),
                clause.kind.label().to_owned(),
                if met.contains(&clause.id) { "tenue" } else { "" }.to_owned(),
            ]
        })
        .collect();
    let count = rows.len();
    let body = format!(
        "{} clauses sur {count} sont tenues.\n\n{}",
        met.len(),
        table(
            &[
                "Clause",
                "Source",
                "Ce que dit le texte",
                "Ce que montre le logiciel",
                "Manière",
                "État"
            ],
            &rows
        )
    );
    let from = "docs/clauses.toml et docs/clauses-met.toml";
    Ok(Document::new("clauses", "Clauses", from, &body))
}
