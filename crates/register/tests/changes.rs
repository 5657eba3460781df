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

/// Nothing of the file changes in silence: whatever value is altered, if the register is another
/// one, the officer is told something. (A key that `diff` forgets would be a way round A-03.)
#[test]
fn no_value_changes_in_silence() {
    let text = read("good/mini.toml")
        .replace("choix = [[", "aide = \"une aide\", choix = [[")
        .replace("delai_effacement", "autorisation = \"Arrêté de 2016\"\ndelai_effacement");
    let old = parse(&text);
    let mut altered = 0;
    for (at, found) in text.match_indices(['"', '=']) {
        let (before, after) = text.split_at(at + found.len());
        let candidates: Vec<String> = match found {
            // In front of a text, or right after it: both ends of every text and list come up.
            "\"" => vec![
                format!("{before}x{after}"),
                format!("{before}1{after}"),
                format!("{before}, \"archives{after}"),
            ],
            _ => vec![
                format!("{before}{}", after.replacen(" true", " false", 1)),
                format!("{before}{}", after.replacen(" false", " true", 1)),
                format!("{before} 2{}", after.trim_start()),
                format!(
                    "{before} [{}",
                    after.replacen("\", ", "", 1).trim_start().trim_start_matches('[')
                ),
                format!("{before} [{}", after.split_once(", ").map_or("", |(_, rest)| rest)),
            ],
        };
        for changed in candidates {
            let Ok(mut new) = Register::parse("mini.toml", &changed) else { continue };
            new.sha256 = old.sha256;
            if new != old && new.id == old.id {
                altered += 1;
                let told = diff(&old, &new);
                assert!(
                    !told.is_empty(),
                    "nothing told of: {}…{}",
                    before.lines().last().unwrap_or_default(),
                    after.lines().next().unwrap_or_default()
                );
            }
        }
    }
    assert!(altered > 120, "{altered} alterations");
}
