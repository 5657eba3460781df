//! From the clauses: the table that says which hold.

use anyhow::{Context, Result};

use super::{Document, table};
use crate::clauses;

/// The five texts, by the number that stands in a clause's source, as a reader may look them up.
const TEXTS: [(&str, &str); 5] = [
    ("000", "CNIL, pack compteurs communicants"),
    ("001", "CNIL, autorisation unique 2014-124"),
    ("002", "charte SoliDiag"),
    ("003", "CNIL, projet de référentiel logement social"),
    ("004", "CNIL, avis 2016-015"),
];

/// What a screen says instead of a clause's id: the text, and where in it.
pub fn sources() -> Result<Document> {
    let mut text = String::from(
        "# Tiré de docs/clauses.toml par `cargo xtask gen` : ne pas modifier à la main.\n",
    );
    for clause in clauses::clauses()? {
        let named: Vec<String> = clause.source.split(" ; ").map(in_full).collect::<Result<_>>()?;
        text.push_str(&format!("{}\t{}\n", clause.id, named.join(" ; ")));
    }
    Ok(Document { path: "crates/web/src/sources.tsv".to_owned(), text })
}

fn in_full(source: &str) -> Result<String> {
    let (number, place) = source.split_once(' ').unwrap_or((source, ""));
    let found = TEXTS.iter().find(|(n, _)| *n == number);
    let (_, name) = found.with_context(|| format!("{source} : de quel texte ?"))?;
    Ok(if place.is_empty() { (*name).to_owned() } else { format!("{name}, {place}") })
}

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
