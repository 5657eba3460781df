//! The deadlines alone (`huis calc deadlines`): the documented example, and how strict it is.

use super::common;
use huis_law::Law;
use huis_processings::eviction::{CalcError, calc_deadlines};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

const DOC: &str = include_str!("../../../../docs/calc-deadlines.md");
const IN: &str = include_str!("../../../../docs/schemas/calc-deadlines.in.json");
const OUT: &str = include_str!("../../../../docs/schemas/calc-deadlines.out.json");

fn law() -> Law {
    Law::embedded().unwrap()
}

/// The JSON blocks of the documentation.
fn blocks() -> Vec<Json> {
    DOC.split("```json")
        .skip(1)
        .map(|part| serde_json::from_str(part.split("```").next().unwrap()).unwrap())
        .collect()
}

fn answer(input: &Json) -> Json {
    let text = calc_deadlines(&input.to_string(), &law()).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// X-02: the documentation shows what the program answers, and not something else.
#[test]
fn the_documented_example_is_the_answer_x_02() {
    let [input, output] = blocks().try_into().unwrap();
    // Spaces that hold words together are typography: the page is written with plain ones.
    let plain = answer(&input).to_string().replace(['\u{a0}', '\u{202f}'], " ");
    assert_eq!(plain, output.to_string().replace(['\u{a0}', '\u{202f}'], " "));
}

/// The answer does not depend on anything but the input (X-02): the same each time.
#[test]
fn the_same_input_gives_the_same_answer() {
    let input = &blocks()[0].to_string();
    assert_eq!(calc_deadlines(input, &law()).unwrap(), calc_deadlines(input, &law()).unwrap());
}

/// Strict: a key too many, at any depth, is refused; so is a value of the wrong type.
#[test]
fn unknown_keys_and_wrong_types_are_refused() {
    for (pointer, key) in
        [("", "demain"), ("/place", "pays"), ("/lease", "note"), ("/acts/0", "par")]
    {
        let mut input = blocks()[0].clone();
        input.pointer_mut(pointer).unwrap()[key] = json!("secret-value");
        let error = calc_deadlines(&input.to_string(), &law()).unwrap_err();
        assert!(matches!(error, CalcError::Json { .. }), "{pointer}/{key}");
        assert!(!error.to_string().contains("secret-value"), "I13: {error}");
    }
    for (pointer, wrong) in [
        ("/today", json!("2026-02-30")),
        ("/landlord", json!("ami")),
        ("/acts/0/on", json!(20260106)),
        ("/lease/monthly_rent", json!(650)),
    ] {
        let mut input = blocks()[0].clone();
        *input.pointer_mut(pointer).unwrap() = wrong;
        assert!(calc_deadlines(&input.to_string(), &law()).is_err(), "{pointer}");
    }
    assert!(calc_deadlines("", &law()).is_err());
    assert!(calc_deadlines(&"[".repeat(100_000), &law()).is_err());
}

/// All the faults at once, each with its act and its field (X-06, X-28), and no value (I13).
#[test]
fn every_fault_of_the_acts_is_told_at_once_x_06_x_28() {
    let input = json!({
        "today": "2026-02-01",
        "place": { "commune": "75056" },
        "acts": [
            { "kind": "commandement-payer", "on": "2026-03-06", "facts": { "bail_signe_le": "2020-01-01" } },
            { "kind": "jugement", "on": "2026-01-06", "facts": { "issue": "hors-liste" } },
            { "kind": "danse", "on": "2026-01-06" },
            { "kind": "impaye-constitue", "on": "2026-01-06", "facts": { "religion": "x" } }
        ]
    });
    let CalcError::Input(faults) = calc_deadlines(&input.to_string(), &law()).unwrap_err() else {
        panic!("refused for its acts")
    };
    let found: BTreeSet<(usize, &str, &str)> = faults
        .iter()
        .map(|f| (f.act, f.code.as_str(), f.field.as_deref().unwrap_or_default()))
        .collect();
    let expected = BTreeSet::from([
        (1, "date-future", "on"),
        (1, "manquant", "bailleur"),
        (2, "valeur-inconnue", "issue"),
        (3, "acte-inconnu", ""),
        (4, "champ-inconnu", ""),
    ]);
    assert_eq!(found, expected);
    assert!(!CalcError::Input(faults).to_string().contains("hors-liste"));
}

fn keys(value: &Json) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

/// The schemas say the keys that are read and written, and the register's acts.
#[test]
fn the_schemas_are_those_of_the_program() {
    let (input, output): (Json, Json) =
        (serde_json::from_str(IN).unwrap(), serde_json::from_str(OUT).unwrap());
    let answer = answer(&blocks()[0]);
    assert_eq!(keys(&answer), keys(&output["properties"]));
    for (list, def) in [("deadlines", "deadline"), ("flags", "flag")] {
        for item in answer[list].as_array().unwrap() {
            assert_eq!(keys(item), keys(&output["$defs"][def]["properties"]), "{def}");
        }
    }
    let kinds: BTreeSet<&str> = input["$defs"]["act"]["properties"]["kind"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|k| k.as_str().unwrap())
        .collect();
    let register = common::register();
    assert_eq!(kinds, register.acts.iter().map(|a| a.id.as_str()).collect());
    // Each key of the input's schema is accepted, and every object is closed.
    let all = json!({
        "today": "2026-02-01",
        "place": { "commune": "75056", "good_friday": false },
        "opened_on": "2026-01-01",
        "lease": { "signed_on": "2020-01-01", "renewed_on": "2023-01-01", "monthly_rent": "650" },
        "landlord": "personne_morale",
        "guarantors": 1,
        "acts": [{ "kind": "impaye-constitue", "on": "2026-01-01", "facts": {} }]
    });
    assert_eq!(keys(&all), keys(&input["properties"]));
    for object in ["place", "lease"] {
        assert_eq!(keys(&all[object]), keys(&input["$defs"][object]["properties"]));
        assert_eq!(input["$defs"][object]["additionalProperties"], json!(false));
    }
    assert!(calc_deadlines(&all.to_string(), &law()).is_ok());
}
