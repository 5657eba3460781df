//! From the registers: the article-30 entries and the table of retention.

use std::fs;

use anyhow::{Context, Result};
use huis_register::{Register, ending_label, start_event_label, to_article30};

use super::{Document, refuse, table};
use crate::project::root;

/// All the shipped registers, by name.
pub fn load() -> Result<Vec<Register>> {
    let folder = root().join("registers");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .context("registers")?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_name().map(|n| n.display().to_string()).unwrap_or_default();
            let text = fs::read_to_string(path).with_context(|| name.clone())?;
            Register::parse(&name, &text).or_else(|faults| refuse(&name, &faults))
        })
        .collect()
}

/// The entry of the register of processing activities (GDPR, article 30).
pub fn article_30(register: &Register) -> Document {
    let mut body = String::new();
    for (heading, rows) in to_article30(register) {
        let rows: Vec<Vec<String>> =
            rows.into_iter().map(|(what, says)| vec![what, says]).collect();
        body += &format!("## {heading}\n\n{}\n", table(&["Rubrique", "Contenu"], &rows));
    }
    Document::new(
        &format!("article-30-{}", register.id),
        &format!("Registre des activités de traitement : {}", register.name),
        &format!("registers/{}.toml", register.id),
        &body,
    )
}

/// What is kept, how long, from when, and what comes after.
pub fn retention(registers: &[Register]) -> Document {
    let mut body = String::new();
    for register in registers {
        let rows: Vec<Vec<String>> = register
            .retentions
            .iter()
            .map(|unit| {
                let ours = if unit.ours { " (notre choix)" } else { "" };
                vec![
                    unit.id.clone(),
                    names(&unit.sections, |id| register.section(id).map(|s| s.label.as_str())),
                    names(&unit.acts, |id| register.act(id).map(|a| a.label.as_str())),
                    start_event_label(unit.from).to_owned(),
                    unit.keep.to_string(),
                    if unit.archive { "oui" } else { "non" }.to_owned(),
                    ending_label(unit.then).to_owned(),
                    format!("{}{ours}", unit.source),
                ]
            })
            .collect();
        let head = [
            "Unité",
            "Volets",
            "Événements",
            "À compter de",
            "Durée",
            "Archivée",
            "Puis",
            "Source",
        ];
        body += &format!(
            "## {}\n\n{}\nTraces d'accès : {} ({}).\n\n",
            register.name,
            table(&head, &rows),
            register.traces.keep,
            register.traces.source
        );
    }
    Document::new("durees-de-conservation", "Durées de conservation", "registers/", &body)
}

fn names<'a>(ids: &'a [String], label: impl Fn(&'a str) -> Option<&'a str>) -> String {
    if ids.iter().any(|id| id == "*") {
        return "tous les autres".to_owned();
    }
    ids.iter().map(|id| label(id).unwrap_or(id)).collect::<Vec<_>>().join(", ")
}
