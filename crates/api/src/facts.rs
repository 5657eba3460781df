//! The fields of the register as JSON, both ways. Strict: a date is `2026-12-31`, an amount
//! `"1234.56"` in euros, and what the register does not name is refused. Every fault at once.

use huis_dossier::{Facts, Value as Fact};
use huis_kernel::Date;
use huis_register::{Field, FieldKind};
use huis_usecases::entry::{self, Known};
use std::collections::BTreeMap;

use crate::{problem::FaultShape, shapes::Value};

/// Fields by their id, as they are sent and shown.
pub type Sent = BTreeMap<String, Value>;

/// Facts as JSON.
pub fn shown(facts: &Facts) -> Sent {
    facts.iter().map(|(id, fact)| (id.clone(), value(fact))).collect()
}

/// One fact.
pub fn value(fact: &Fact) -> Value {
    match fact {
        Fact::Text(text) | Fact::Choice(text) => Value::Text(text.clone()),
        Fact::Date(day) => Value::Text(day.to_string()),
        Fact::Money(amount) => Value::Text(money(*amount)),
        Fact::Int(n) => Value::Int(*n),
        Fact::Bool(yes) => Value::Bool(*yes),
        Fact::Reference(n) => Value::Int(i64::from(*n)),
    }
}

/// An amount: `"1234.56"`.
pub fn money(amount: huis_kernel::Money) -> String {
    let sign = if amount.0 < 0 { "-" } else { "" };
    let cents = amount.0.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// JSON as facts; faults are added under `prefix`.
pub fn read(
    fields: &[Field],
    prefix: &str,
    sent: &Sent,
    known: &Known<'_>,
    faults: &mut Vec<FaultShape>,
) -> Facts {
    let mut facts = Facts::new();
    for field in fields {
        let name = format!("{prefix}{}", field.id);
        match sent.get(&field.id) {
            None => {}
            Some(value) => match one(field, value, known) {
                Ok(fact) => drop(facts.insert(field.id.clone(), fact)),
                Err(message) => faults.push(FaultShape::of(name, message)),
            },
        }
    }
    for (field, message) in entry::missing(fields, &facts) {
        if !sent.contains_key(&field.id) {
            faults.push(FaultShape::of(format!("{prefix}{}", field.id), message));
        }
    }
    for id in sent.keys().filter(|id| !fields.iter().any(|f| f.id == **id)) {
        let id: String = id.chars().filter(|c| !c.is_control()).take(64).collect();
        faults.push(FaultShape::of(
            format!("{prefix}{id}"),
            "Le registre ne prévoit pas ce champ ici (X-07).",
        ));
    }
    facts
}

fn one(field: &Field, value: &Value, known: &Known<'_>) -> Result<Fact, String> {
    let wrong = |what: &str| Err(format!("Attendu : {what}."));
    let text = match (&field.kind, value) {
        (FieldKind::Bool, Value::Bool(yes)) => return Ok(Fact::Bool(*yes)),
        (FieldKind::Bool, _) => return wrong("true ou false"),
        (FieldKind::Integer | FieldKind::Reference { .. }, Value::Int(n)) => n.to_string(),
        (FieldKind::Integer | FieldKind::Reference { .. }, _) => return wrong("un nombre entier"),
        (FieldKind::Date, Value::Text(text)) => match date(text) {
            Some(_) => text.clone(),
            None => return wrong("une date AAAA-MM-JJ"),
        },
        (FieldKind::Money, Value::Text(text)) if amount(text) => text.clone(),
        (FieldKind::Money, _) => return wrong("un montant en euros, comme \"1234.56\""),
        (_, Value::Text(text)) => text.clone(),
        (_, _) => return wrong("un texte"),
    };
    match text.trim() {
        "" => Err("Laissez le champ absent plutôt que vide.".to_owned()),
        trimmed => entry::read(&field.kind, trimmed, known),
    }
}

/// `2026-12-31` and nothing else.
pub fn date(text: &str) -> Option<Date> {
    let shape = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    text.parse().ok().filter(|_| shape)
}

fn amount(text: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let (euros, cents) = text.split_once('.').unwrap_or((text, "00"));
    digits(euros) && euros.len() <= 12 && digits(cents) && cents.len() == 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_kernel::Money;

    fn field(kind: FieldKind) -> Field {
        Field {
            id: "x".into(),
            label: "X".into(),
            kind,
            required: false,
            required_if: None,
            why: String::new(),
            source: String::new(),
            help: None,
        }
    }

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn each_kind_reads_one_writing_and_shows_the_same() {
        let occurs = |_: &str, n: u32| n == 2;
        let known = Known { communes: &[], occurs: &occurs };
        let reference = || FieldKind::Reference { section: "occupant".into() };
        for (kind, sent, expect) in [
            (FieldKind::Date, text("2026-12-31"), Some(Fact::Date(jiff_date("2026-12-31")))),
            (FieldKind::Date, text("31/12/2026"), None),
            (FieldKind::Date, text("2026-02-30"), None),
            (FieldKind::Money, text("1234.56"), Some(Fact::Money(Money(123_456)))),
            (FieldKind::Money, text("680"), Some(Fact::Money(Money(68_000)))),
            (FieldKind::Money, text("1234,5"), None),
            (FieldKind::Money, text("-1.00"), None),
            (FieldKind::Money, Value::Int(12), None),
            (FieldKind::Integer, Value::Int(3), Some(Fact::Int(3))),
            (FieldKind::Integer, Value::Int(-3), None),
            (FieldKind::Integer, text("3"), None),
            (FieldKind::Bool, Value::Bool(false), Some(Fact::Bool(false))),
            (FieldKind::Bool, text("oui"), None),
            (reference(), Value::Int(2), Some(Fact::Reference(2))),
            (reference(), Value::Int(3), None),
            (FieldKind::Commune, text("68224"), Some(Fact::Text("68224".into()))),
            (FieldKind::Text { max: 3 }, text("abcd"), None),
            (FieldKind::Text { max: 3 }, text(" "), None),
        ] {
            let mut faults = Vec::new();
            let sent = Sent::from([("x".to_owned(), sent)]);
            let facts = read(&[field(kind)], "champs.", &sent, &known, &mut faults);
            match expect {
                Some(fact) => {
                    assert_eq!((facts.get("x"), faults.len()), (Some(&fact), 0));
                    let again = read(
                        &[field(match fact {
                            Fact::Date(_) => FieldKind::Date,
                            Fact::Money(_) => FieldKind::Money,
                            Fact::Int(_) => FieldKind::Integer,
                            Fact::Bool(_) => FieldKind::Bool,
                            Fact::Reference(_) => reference(),
                            _ => FieldKind::Text { max: 9 },
                        })],
                        "",
                        &shown(&facts),
                        &known,
                        &mut faults,
                    );
                    assert_eq!(again, facts);
                }
                None => assert_eq!(faults[0].champ.as_deref(), Some("champs.x")),
            }
        }
    }

    fn jiff_date(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// those fields and no others; all that is wrong is told together.
    #[test]
    fn what_the_register_does_not_name_is_refused_x_07() {
        let occurs = |_: &str, _: u32| true;
        let known = Known { communes: &[], occurs: &occurs };
        let fields = [Field { required: true, ..field(FieldKind::Date) }];
        let sent = Sent::from([("religion".to_owned(), text("x")), ("nir".to_owned(), text("1"))]);
        let mut faults = Vec::new();
        read(&fields, "", &sent, &known, &mut faults);
        let named: Vec<_> = faults.iter().filter_map(|f| f.champ.as_deref()).collect();
        assert_eq!(named, ["x", "nir", "religion"]);
    }
}
