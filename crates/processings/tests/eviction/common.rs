//! Case files as a lawyer reads them, made into dossiers by the types of the register.

use huis_dossier::{Act, Author, Draft, Facts, Known, Value};
use huis_kernel::{Date, Instant, Money};
use huis_register::{Field, FieldKind, Register};
use std::collections::BTreeMap;
use toml::{Table, Value as Toml};

/// The register as shipped.
pub fn register() -> Register {
    let text = include_str!("../../../../registers/expulsion.toml");
    Register::parse("expulsion.toml", text).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The register of requests as shipped.
pub fn rights_register() -> Register {
    let text = include_str!("../../../../registers/droits.toml");
    Register::parse("droits.toml", text).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

pub fn date(value: &Toml) -> Date {
    let text = value.as_datetime().map(ToString::to_string);
    let text = text.or_else(|| value.as_str().map(str::to_owned)).expect("a date");
    text.parse().expect("a date as 2026-01-31")
}

fn value(field: &Field, given: &Toml) -> Value {
    let wrong = || panic!("« {} » : {given} n'est pas du type {:?}", field.id, field.kind);
    match &field.kind {
        FieldKind::Date => Value::Date(date(given)),
        FieldKind::Money => {
            given.as_str().and_then(|t| Money::parse(t).ok()).map_or_else(wrong, Value::Money)
        }
        FieldKind::Integer => given.as_integer().map_or_else(wrong, Value::Int),
        FieldKind::Bool => given.as_bool().map_or_else(wrong, Value::Bool),
        FieldKind::Choice(_) => given.as_str().map_or_else(wrong, |t| Value::Choice(t.to_owned())),
        FieldKind::Reference { .. } => given
            .as_integer()
            .and_then(|n| u32::try_from(n).ok())
            .map_or_else(wrong, Value::Reference),
        _ => given.as_str().map_or_else(wrong, |t| Value::Text(t.to_owned())),
    }
}

/// A draft from `{ acte = "…", le = …, corrige = n, champ = … }`.
pub fn draft(register: &Register, given: &Table) -> Draft {
    let kind = given["acte"].as_str().expect("acte").to_owned();
    let known = register.act(&kind);
    let facts = given
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "acte" | "le" | "corrige" | "annule"))
        .map(|(key, v)| {
            let field = known.and_then(|k| k.fields.iter().find(|f| f.id == *key));
            let value = field.map_or_else(|| Value::Text(v.to_string()), |f| value(f, v));
            (key.clone(), value)
        })
        .collect();
    let corrects = given.get("corrige").and_then(Toml::as_integer);
    let corrects = corrects.map(|n| u32::try_from(n).expect("a number"));
    Draft { kind, on: date(&given["le"]), facts, corrects }
}

/// The sections, from `[cas.volets]`: a table a section, or a number of empty occurrences.
pub fn known(register: &Register, given: Option<&Toml>) -> Known {
    let mut sections = BTreeMap::new();
    for (id, content) in given.and_then(Toml::as_table).into_iter().flatten() {
        let section = register.section(id).unwrap_or_else(|| panic!("volet inconnu : {id}"));
        let occurrences: Vec<(u32, Facts)> = match content {
            Toml::Integer(n) => {
                (1..=u32::try_from(*n).unwrap()).map(|i| (i, Facts::new())).collect()
            }
            Toml::Table(fields) => {
                let facts = fields
                    .iter()
                    .map(|(f, v)| (f.clone(), value(section.field(f).expect("un champ"), v)))
                    .collect();
                vec![(1, facts)]
            }
            _ => panic!("volet {id} : une table ou un nombre"),
        };
        sections.insert(id.clone(), occurrences);
    }
    Known(sections)
}

/// The act that an accepted draft becomes.
pub fn recorded(no: u32, draft: Draft, used: Facts) -> Act {
    let mut facts = used;
    facts.extend(draft.facts);
    Act {
        no,
        kind: draft.kind,
        on: draft.on,
        recorded: Instant(0),
        by: Author::Rule,
        facts,
        corrects: draft.corrects,
        voided: false,
    }
}
