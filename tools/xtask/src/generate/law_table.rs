//! From the dated parameters: what the program takes the law to say, and since when.

use anyhow::Result;
use huis_law::{Law, short_date};

use super::{Document, refuse, table};
use crate::project::root;

/// Every parameter with its whole history, newest first.
pub fn parameters() -> Result<Document> {
    let law =
        Law::load(&root().join("parameters")).or_else(|faults| refuse("parameters", &faults))?;
    let mut ids: Vec<&str> = law.ids().collect();
    ids.sort_unstable();
    let mut body = String::from(
        "Une valeur « à vérifier » n'a pas été lue dans le texte lui-même : le programme le dit à \
         l'écran avec le calcul.\n\n",
    );
    for id in ids {
        let rows: Vec<Vec<String>> = law
            .history(id)
            .iter()
            .rev()
            .map(|version| {
                let day = |day: Option<_>| day.map(short_date).unwrap_or_default();
                let state = if version.verified { "vérifié" } else { "à vérifier" };
                vec![
                    version.value.to_string(),
                    day(version.from),
                    day(version.until),
                    version.article.clone(),
                    version.source.clone(),
                    state.to_owned(),
                ]
            })
            .collect();
        let head = ["Valeur", "Depuis", "Jusqu'au", "Article", "Source", "État"];
        body += &format!(
            "## {}\n\n`{id}`, selon la date : {}.\n\n{}\n",
            law.label(id).unwrap_or(id),
            law.counts_on(id).unwrap_or_default(),
            table(&head, &rows)
        );
    }
    Ok(Document::new("parametres", "Paramètres du droit", "parameters/", &body))
}
