//! Facts → text: for reading ([`show`]) and for typing again ([`typed_text`]).

use huis_dossier::Value;
use huis_register::{Field, FieldKind};

use super::FormContext;
use crate::fmt;

/// A value as it is read on a page.
pub fn show(field: &Field, value: &Value, context: &FormContext) -> String {
    match (value, &field.kind) {
        (Value::Choice(code), FieldKind::Choice(choices)) => {
            choices.iter().find(|c| &c.code == code).map_or(code, |c| &c.label).clone()
        }
        (Value::Reference(n), FieldKind::Reference { section }) => context
            .occurrence(section, *n)
            .map_or_else(|| format!("n°\u{a0}{n}"), |o| o.label.clone()),
        (Value::Text(code), FieldKind::Commune) => {
            context.commune(code).map_or(code, |c| &c.name).clone()
        }
        (Value::Text(text) | Value::Choice(text), _) => text.clone(),
        (Value::Date(day), _) => fmt::date(*day),
        (Value::Money(amount), _) => amount.to_string(),
        (Value::Int(n), _) => n.to_string(),
        (Value::Bool(true), _) => "oui".to_owned(),
        (Value::Bool(false), _) => "non".to_owned(),
        (Value::Reference(n), _) => format!("n°\u{a0}{n}"),
    }
}

/// A value as it would be typed: [`super::parse`] reads it back the same.
pub fn typed_text(value: &Value, context: &FormContext, kind: &FieldKind) -> String {
    match value {
        Value::Money(amount) => {
            amount.to_string().trim_end_matches(['€', '\u{a0}']).replace('\u{202f}', " ")
        }
        Value::Text(code) if *kind == FieldKind::Commune => context
            .commune(code)
            .map_or_else(|| code.clone(), |c| format!("{} ({})", c.name, c.code)),
        Value::Text(text) | Value::Choice(text) => text.clone(),
        Value::Date(day) => fmt::date(*day),
        Value::Int(n) => n.to_string(),
        Value::Bool(true) => "oui".to_owned(),
        Value::Bool(false) => "non".to_owned(),
        Value::Reference(n) => n.to_string(),
    }
}
