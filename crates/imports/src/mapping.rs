use huis_dossier::{Facts, Value};
use huis_kernel::{CaseNumber, Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::{CellFault, Header, Part, Row, Target, cell, cell::Towns, fold, words::bare};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A column, from 0.
    Column(usize),
    /// The same text for all rows.
    Fixed(String),
}

/// Which column gives what: target key → source. A column may serve several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(pub BTreeMap<String, Source>);

/// Proposes a mapping by the names of the columns. A target takes the first column that bears one
/// of its names; one column may serve several targets (a debt that the act and the section hold).
pub fn propose(header: &Header, targets: &[Target]) -> Mapping {
    let columns: Vec<String> = header.columns.iter().map(|c| bare(c)).collect();
    let mut out = BTreeMap::new();
    for target in targets {
        let names = target.known_as();
        // The nearest name first: a label before a synonym.
        let found = names.iter().find_map(|n| columns.iter().position(|c| c == n));
        if let Some(at) = found {
            out.insert(target.key.clone(), Source::Column(at));
        }
    }
    Mapping(out)
}

/// A row, understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The dossier's number.
    pub number: Option<CaseNumber>,
    /// The sender's reference.
    pub reference: Option<String>,
    /// The date of the act.
    pub on: Date,
    /// The act's fields.
    pub act: Facts,
    /// Sections to write.
    pub sections: BTreeMap<String, Facts>,
    /// What helps to find the dossier, or to open one, by section.
    pub people: BTreeMap<String, Facts>,
}

impl Mapping {
    /// Is the target given by a column or for all rows?
    pub fn gives(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// What is wrong with the mapping itself, before any row is read.
    pub fn faults(
        &self,
        targets: &[Target],
        columns: usize,
        towns: Towns<'_>,
    ) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for target in targets {
            match self.0.get(&target.key) {
                None if target.required => {
                    let text =
                        "Choisissez la colonne, ou donnez une valeur pour toutes les lignes.";
                    out.push((target.key.clone(), text.to_owned()));
                }
                Some(Source::Column(at)) if *at >= columns => {
                    out.push((target.key.clone(), "Cette colonne n’existe pas.".to_owned()));
                }
                Some(Source::Fixed(text)) => match &target.kind {
                    Some(kind) => {
                        if let Err(message) = cell::value(kind, text.trim(), towns) {
                            out.push((target.key.clone(), message));
                        }
                    }
                    None => out.push((
                        target.key.clone(),
                        "Elle diffère à chaque ligne\u{a0}: choisissez une colonne.".to_owned(),
                    )),
                },
                _ => {}
            }
        }
        if !self.gives("numero") && !self.gives("reference") && !self.people(targets) {
            out.push((
                "numero".to_owned(),
                "Il faut de quoi retrouver chaque dossier\u{a0}: son numéro, ou le nom et le prénom \
                 avec l’adresse ou la date de naissance."
                    .to_owned(),
            ));
        }
        out
    }

    fn people(&self, targets: &[Target]) -> bool {
        let person = |t: &&Target| matches!(t.part, Part::Person(_) | Part::Section(_));
        targets.iter().filter(person).filter(|t| self.gives(&t.key)).count() >= 2
    }

    /// Reads a row: all its faults at once, or what it says. `None` when it is not one: a total, a
    /// repeated header.
    pub fn read(
        &self,
        header: &Header,
        targets: &[Target],
        row: &Row,
        towns: Towns<'_>,
    ) -> Option<Result<Entry, Vec<CellFault>>> {
        if not_a_row(header, row) {
            return None;
        }
        let mut entry = Entry {
            number: None,
            reference: None,
            on: Date::MIN,
            act: Facts::new(),
            sections: BTreeMap::new(),
            people: BTreeMap::new(),
        };
        let mut faults = Vec::new();
        if row.cells.len() > header.columns.len() {
            faults.push(CellFault::row(
                "La ligne a plus de cellules que l’en-tête\u{a0}: un séparateur est sans doute resté \
                 dans une valeur, mettez-la entre guillemets.",
            ));
        }
        for target in targets {
            let Some(source) = self.0.get(&target.key) else { continue };
            let (text, column) = match source {
                Source::Fixed(text) => (text.as_str(), target.label.as_str()),
                Source::Column(at) => (
                    row.cells.get(*at).map_or("", String::as_str),
                    header.columns.get(*at).map_or(target.label.as_str(), String::as_str),
                ),
            };
            let text = text.trim();
            if text.is_empty() {
                if target.required {
                    faults.push(CellFault::at(column, "Cette valeur est obligatoire."));
                }
                continue;
            }
            if let Err(message) = put(&mut entry, target, text, towns) {
                // One cell that serves two fields has one fault.
                let fault = CellFault::at(column, message);
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }
        }
        Some(if faults.is_empty() { Ok(entry) } else { Err(faults) })
    }
}

fn put(entry: &mut Entry, target: &Target, text: &str, towns: Towns<'_>) -> Result<(), String> {
    let read = || -> Result<Value, String> {
        let kind = target.kind.as_ref().ok_or("Ce champ n’a pas de type.")?;
        cell::value(kind, text, towns)
    };
    match &target.part {
        Part::Number => {
            let number: Result<CaseNumber, _> = text.parse();
            entry.number = Some(number.map_err(|e| sentence(&e.to_string()))?);
        }
        Part::Reference => {
            let reference: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if reference.chars().count() > 60 {
                return Err("Une référence a 60 caractères au plus.".to_owned());
            }
            entry.reference = Some(reference);
        }
        Part::On => {
            if let Value::Date(on) = read()? {
                entry.on = on;
            }
        }
        Part::Act => drop(entry.act.insert(target.field.clone(), read()?)),
        Part::Section(section) => {
            let facts = entry.sections.entry(section.clone()).or_default();
            facts.insert(target.field.clone(), read()?);
        }
        Part::Person(section) => {
            let facts = entry.people.entry(section.clone()).or_default();
            facts.insert(target.field.clone(), read()?);
        }
    }
    Ok(())
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// A total at the foot of a statement, or the header printed again on each page.
fn not_a_row(header: &Header, row: &Row) -> bool {
    let mut cells = row.cells.iter().filter(|c| !c.is_empty());
    let first = cells.next().map(|c| fold(c)).unwrap_or_default();
    let total = ["total", "totaux", "sous total", "total general"].contains(&first.as_str())
        || first.starts_with("total ") && row.cells.iter().filter(|c| !c.is_empty()).count() <= 3;
    let again =
        row.cells.iter().zip(&header.columns).filter(|(a, b)| !a.is_empty() && a == b).count();
    total || again >= 2 && again == row.cells.iter().filter(|c| !c.is_empty()).count()
}
