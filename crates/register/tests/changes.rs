//! What a change of register is told to do (`changes.toml`), and what a local register may do.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use huis_register::{ChangeKind, Erasure, LocalStatus, Register, check_local, diff};
use serde::Deserialize;
use std::fs;

#[derive(Deserialize)]
struct Cases {
    cas: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    nom: String,
    change: Vec<(String, String)>,
    dit: Vec<String>,
    #[serde(default)]
    efface: Vec<(String, String)>,
    local: String,
}

fn read(name: &str) -> String {
    fs::read_to_string(format!("{}/tests/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn parse(text: &str) -> Register {
    Register::parse("mini.toml", text).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn check(case: &Case, text: &str) {
    let mut changed = text.to_owned();
    for (from, to) in &case.change {
        assert!(changed.contains(from), "{}: {from}", case.nom);
        changed = changed.replacen(from, to, 1);
    }
    let (old, new) = (parse(text), parse(&changed));
    let changes = diff(&old, &new);
    let sign = |kind| match kind {
        ChangeKind::Loosens => '+',
        ChangeKind::Tightens => '-',
        ChangeKind::Neutral => '=',
    };
    let told: Vec<String> = changes
        .iter()
        .map(|c| format!("{} {}", sign(c.kind), c.text.replace('\u{a0}', " ")))
        .collect();
    assert_eq!(told, case.dit, "{}", case.nom);
    let erasures: Vec<(String, String)> = changes
        .iter()
        .filter(|c| c.affects != Erasure::None)
        .map(|c| (format!("{:?}", c.affects).to_lowercase(), c.units.join(",")))
        .collect();
    assert_eq!(erasures, case.efface, "{}", case.nom);

    let local = match check_local(&old, &new) {
        Ok(LocalStatus::Stricter { .. }) => "plus strict",
        Ok(status @ LocalStatus::Loosened { .. }) => {
            assert!(status.banner().unwrap().contains(new.authorisation.as_deref().unwrap()));
            "autorisé"
        }
        Err(faults) => {
            assert!(faults.iter().all(|f| !f.mend.is_empty()));
            "refusé"
        }
    };
    assert_eq!(local, case.local, "{}", case.nom);
}

/// A-03, I11, X-09, X-12, X-13, X-26, X-28.
#[test]
fn changes_are_told_in_words_and_a_local_register_only_tightens() {
    let text = read("good/mini.toml");
    let cases: Cases = toml::from_str(&read("changes.toml")).unwrap();
    for case in &cases.cas {
        check(case, &text);
    }
}

/// What one way loosens, the other way does not leave free: of any case, one of the two directions
/// needs an authorisation, unless nothing but words changed.
#[test]
fn no_change_is_free_both_ways() {
    let text = read("good/mini.toml");
    let cases: Cases = toml::from_str(&read("changes.toml")).unwrap();
    for case in &cases.cas {
        let changed =
            case.change.iter().fold(text.clone(), |text, (from, to)| text.replacen(from, to, 1));
        let (old, new) = (parse(&text), parse(&changed));
        let loosens =
            |a: &Register, b: &Register| diff(a, b).iter().any(|c| c.kind == ChangeKind::Loosens);
        let moved = diff(&old, &new).iter().any(|c| c.kind != ChangeKind::Neutral);
        assert_eq!(moved, loosens(&old, &new) || loosens(&new, &old), "{}", case.nom);
        assert!(diff(&new, &new).is_empty());
    }
}

/// An authorisation of the shipped register does not cover what a local one adds to it.
#[test]
fn a_borrowed_authorisation_is_none() {
    let shipped = read("good/mini.toml")
        .replace("delai_effacement", "autorisation = \"Arrêté de 2016\"\ndelai_effacement");
    let local = shipped.replace("garde = \"4 ans\"", "garde = \"5 ans\"");
    let faults = check_local(&parse(&shipped), &parse(&local)).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert!(faults[0].to_string().contains("traitement.autorisation"));
}
