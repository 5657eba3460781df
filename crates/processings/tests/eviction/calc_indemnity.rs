//! The indemnity alone (`huis calc indemnity`, X-05): the documented example, and how strict it is.

use huis_law::Law;
use huis_processings::eviction::indemnity::calc_indemnity;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

const DOC: &str = include_str!("../../../../docs/calc-indemnity.md");
const IN: &str = include_str!("../../../../docs/schemas/calc-indemnity.in.json");
const OUT: &str = include_str!("../../../../docs/schemas/calc-indemnity.out.json");

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
    serde_json::from_str(&calc_indemnity(&input.to_string(), &law()).unwrap()).unwrap()
}

fn keys(value: &Json) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

/// X-05: the documentation shows what the program answers, and not something else.
#[test]
fn the_documented_indemnity_is_the_answer_x_05() {
    let [input, output] = blocks().try_into().unwrap();
    let plain = |text: String| text.replace(['\u{a0}', '\u{202f}'], " ");
    assert_eq!(plain(answer(&input).to_string()), plain(output.to_string()));
}

/// Strict: a key too many at any depth and a value of the wrong type are refused, and no message
/// repeats a value (I13).
#[test]
fn unknown_keys_of_an_indemnity_are_refused() {
    for pointer in ["", "/procedure", "/procedure/requests/0", "/rents/0", "/payments/0"] {
        let mut input = blocks()[0].clone();
        input.pointer_mut(pointer).unwrap()["secret-key"] = json!("secret-value");
        let error = calc_indemnity(&input.to_string(), &law()).unwrap_err().to_string();
        assert!(error.contains("entrée illisible") && !error.contains("secret"), "{error}");
    }
    for text in ["", "[]", "{", "null"] {
        assert!(calc_indemnity(text, &law()).is_err(), "{text}");
    }
    assert!(calc_indemnity(&"[".repeat(100_000), &law()).is_err());
}

/// X-05: all the faulty values at once, each with its path, none repeated (I13).
#[test]
fn every_fault_of_an_indemnity_is_told_at_once_x_05() {
    let input = json!({
        "as_of": "2026-02-30",
        "beneficiary": "ami-secret",
        "procedure": {
            "requests": [{ "on": "hier-secret" }],
            "endings": { "fuite-secret": ["2026-01-01"], "depart": ["1900-01-01"] },
            "agreements": [{ "on": "2026-02-01", "until": "2026-01-01" }]
        },
        "rents": [{ "from": "2025-01-01", "rent": "-5" }, { "from": "2025-01-01", "rent": "beaucoup-secret" }],
        "losses": [{ "kind": "chagrin-secret", "on": "2026-01-01", "amount": "" }],
        "payments": [{ "on": "2026-01-01", "amount": "99999999999", "by": "oncle-secret", "imputation": "2026-13" }],
        "settings": { "prorata": "pouce-secret", "secret": "x" }
    });
    let error = calc_indemnity(&input.to_string(), &law()).unwrap_err();
    let found: BTreeSet<&str> =
        error.faults().iter().map(|f| f.field.as_deref().unwrap_or_default()).collect();
    let expected = BTreeSet::from([
        "as_of",
        "beneficiary",
        "procedure.requests[0].on",
        "procedure.endings",
        "procedure.endings.depart[0]",
        "procedure.agreements[0].until",
        "rents[0].rent",
        "rents[1].rent",
        "rents[1].from",
        "losses[0].kind",
        "losses[0].amount",
        "payments[0].amount",
        "payments[0].by",
        "payments[0].imputation",
        "settings.prorata",
        "settings",
        "procedure.endings.?[0]",
    ]);
    let expected: BTreeSet<&str> =
        expected.into_iter().filter(|p| *p != "procedure.endings.?[0]").collect();
    assert_eq!(found, expected);
    assert!(!error.to_string().contains("secret"), "{error}");
}

/// The schemas say the keys that are read and written.
#[test]
fn the_schemas_of_the_indemnity_are_those_of_the_program() {
    let (input, output): (Json, Json) =
        (serde_json::from_str(IN).unwrap(), serde_json::from_str(OUT).unwrap());
    let answer = answer(&blocks()[0]);
    assert_eq!(keys(&answer), keys(&output["properties"]));
    for (list, def) in [
        ("periods", "period"),
        ("steps", "step"),
        ("lines", "line"),
        ("interest", "line"),
        ("excluded", "excluded"),
        ("rates", "rate"),
        ("limitation", "limitation"),
    ] {
        assert!(!answer[list].as_array().unwrap().is_empty(), "{list}");
        for item in answer[list].as_array().unwrap() {
            assert_eq!(keys(item), keys(&output["$defs"][def]["properties"]), "{def}");
        }
    }
    for def in ["totals", "settings"] {
        assert_eq!(keys(&answer[def]), keys(&output["$defs"][def]["properties"]), "{def}");
    }
    // Every key of the input's schema is accepted, with a value of its kind.
    let value = |schema: &Json| match (schema["enum"][0].as_str(), schema["type"].as_str()) {
        (Some(code), _) => json!(code),
        (_, Some("boolean")) => json!(true),
        _ if schema["format"] == json!("date") => json!("2025-03-01"),
        _ if schema["description"].as_str().is_some_and(|d| d.starts_with("Choix")) => {
            json!("periode")
        }
        _ => json!("10,00"),
    };
    let object = |def: &str| {
        let props = input["$defs"][def]["properties"].as_object().unwrap();
        Json::Object(props.iter().map(|(k, s)| (k.clone(), value(s))).collect())
    };
    for def in input["$defs"].as_object().unwrap().values() {
        assert_eq!(def["additionalProperties"], json!(false));
    }
    let endings = input["$defs"]["procedure"]["properties"]["endings"]["properties"].as_object();
    let endings: Json =
        endings.unwrap().keys().map(|k| (k.clone(), json!(["2025-03-01"]))).collect();
    let day = "2025-03-01";
    let procedure = json!({
        "requests": [object("request")], "refusals": [day], "premature": [day],
        "grants": [object("grant")], "graces": [object("grace")],
        "agreements": [object("agreement")], "protocols": [object("protocol")],
        "endings": endings, "truce_set_aside": true, "late_excused": true, "not_all_bound": true
    });
    assert_eq!(keys(&procedure), keys(&input["$defs"]["procedure"]["properties"]));
    let all = json!({
        "as_of": day, "beneficiary": "autre", "procedure": procedure, "rents": [object("rent")],
        "waste_tax": object("waste_tax"), "losses": [object("loss")],
        "payments": [object("payment")], "prior_debt": "1", "demand_on": day, "court_on": day,
        "enforceable_on": day, "capitalisation_on": day, "settings": object("settings")
    });
    assert_eq!(keys(&all), keys(&input["properties"]));
    calc_indemnity(&all.to_string(), &law()).unwrap();
}
