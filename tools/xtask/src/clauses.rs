//! The duties that the source texts lay on the system, and the tests that show them.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{
    citations::{Citations, citations},
    project::{root, verdict},
};

/// `docs/clauses.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clauses {
    clause: Vec<Clause>,
}

/// One duty.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    pub id: String,
    pub source: String,
    pub says: String,
    pub shows: String,
    pub kind: Kind,
    pub ours: Option<String>,
}

/// How the software meets it.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Enforced,
    Automatic,
    Workflow,
    Document,
}

impl Kind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Enforced => "imposé",
            Self::Automatic => "automatique",
            Self::Workflow => "parcours",
            Self::Document => "document",
        }
    }
}

/// `docs/clauses-met.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Baseline {
    met: BTreeSet<String>,
}

/// All the clauses, in the order of their file.
pub fn clauses() -> Result<Vec<Clause>> {
    Ok(read::<Clauses>("docs/clauses.toml")?.clause)
}

/// The clauses that someone has read beside their tests and found shown whole.
pub fn met() -> Result<BTreeSet<String>> {
    Ok(read::<Baseline>("docs/clauses-met.toml")?.met)
}

fn read<T: serde::de::DeserializeOwned>(path: &str) -> Result<T> {
    let text = fs::read_to_string(root().join(path)).with_context(|| path.to_owned())?;
    toml::from_str(&text).with_context(|| path.to_owned())
}

/// Prints each clause with the tests that cite it.
pub fn print(only: Option<&str>) -> Result<()> {
    let (clauses, met, citations) = (clauses()?, met()?, citations()?);
    let wanted = |clause: &&Clause| only.is_none_or(|start| clause.id.starts_with(start));
    let (mut held, mut cited, mut bare) = (0, 0, 0);
    for clause in clauses.iter().filter(wanted) {
        let tests = citations.get(&clause.id).map_or(&[][..], Vec::as_slice);
        let state = match (met.contains(&clause.id), tests.is_empty()) {
            (true, _) => "tenue   ",
            (false, false) => "citée   ",
            (false, true) => "sans test",
        };
        *match (met.contains(&clause.id), tests.is_empty()) {
            (true, _) => &mut held,
            (false, false) => &mut cited,
            (false, true) => &mut bare,
        } += 1;
        println!("{} {state:<9} {}", clause.id, clause.says);
        for test in tests {
            println!("       {test}");
        }
    }
    println!(
        "{held} tenues, {cited} citées par des tests sans être dites tenues, {bare} sans test"
    );
    for id in citations.keys().filter(|id| !clauses.iter().any(|clause| clause.id == **id)) {
        println!("note : des tests citent {id}, qui n'est pas une clause");
    }
    Ok(())
}

/// Fails when a clause that was met lost its tests.
pub fn check() -> Result<()> {
    verdict("clauses", &faults(&clauses()?, &met()?, &citations()?))
}

fn faults(clauses: &[Clause], met: &BTreeSet<String>, citations: &Citations) -> Vec<String> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for clause in clauses {
        if !seen.insert(clause.id.as_str()) {
            faults.push(format!("{} : deux clauses portent ce nom", clause.id));
        }
        if clause.source.is_empty() || clause.says.is_empty() || clause.shows.is_empty() {
            faults.push(format!("{} : clause incomplète", clause.id));
        }
    }
    for id in met {
        if !seen.contains(id.as_str()) {
            faults.push(format!("{id} : dite tenue, mais ce n'est pas une clause"));
        } else if !citations.contains_key(id) {
            faults.push(format!("{id} : elle était tenue et n'a plus de test qui la cite"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(id: &str) -> Clause {
        let text = |s: &str| s.to_owned();
        let (source, says, shows) = (text("004"), text("dit"), text("montre"));
        Clause { id: text(id), source, says, shows, kind: Kind::Enforced, ours: None }
    }

    #[test]
    fn a_met_clause_that_lost_its_tests_is_a_fault() {
        let check = |met: &[&str], cited: &[&str], expected: usize| {
            let clauses = [clause("X-01"), clause("X-02")];
            let met = met.iter().map(|id| (*id).to_owned()).collect();
            let cited = cited.iter().map(|id| ((*id).to_owned(), vec!["t".to_owned()])).collect();
            assert_eq!(faults(&clauses, &met, &cited).len(), expected);
        };
        check(&["X-01"], &["X-01"], 0);
        check(&[], &["X-02"], 0);
        check(&["X-01", "X-02"], &["X-02"], 1);
        check(&["X-77"], &["X-77"], 1);
    }

    #[test]
    fn a_name_given_twice_is_a_fault() {
        let twice = [clause("X-01"), clause("X-01")];
        assert_eq!(faults(&twice, &BTreeSet::new(), &Citations::new()).len(), 1);
    }

    #[test]
    fn the_clauses_of_the_project_are_well_formed_and_those_met_are_shown() {
        check().unwrap();
    }
}
