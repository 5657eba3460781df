use super::*;
use huis_dossier::{Facts, Value};
use huis_kernel::{Date, Money};
use huis_register::Choice;
use jiff::civil::date;
use proptest::prelude::*;

fn context() -> FormContext {
    let commune = |code: &str, name: &str| Commune { code: code.into(), name: name.into() };
    FormContext {
        communes: [
            commune("68224", "Mulhouse"),
            commune("68066", "Colmar"),
            commune("14001", "Saint-Martin"),
            commune("62002", "Saint-Martin"),
        ]
        .into(),
        occurrences: [(
            "occupant".to_owned(),
            vec![
                Occurrence { number: 1, label: "Occupant 1".into() },
                Occurrence { number: 4, label: "Occupant 4".into() },
            ],
        )]
        .into(),
        prefix: String::new(),
    }
}

fn list(n: usize) -> FieldKind {
    FieldKind::Choice(
        (0..n).map(|i| Choice { code: format!("c{i}"), label: format!("Choix {i}") }).collect(),
    )
}

fn kinds() -> Vec<FieldKind> {
    vec![
        FieldKind::Text { max: 40 },
        FieldKind::LongText { max: 400 },
        FieldKind::Name,
        FieldKind::Date,
        FieldKind::Money,
        FieldKind::Integer,
        FieldKind::Bool,
        list(3),
        list(9),
        FieldKind::Phone,
        FieldKind::Email,
        FieldKind::Commune,
        FieldKind::Reference { section: "occupant".into() },
    ]
}

fn fields(required: bool) -> Vec<Field> {
    kinds()
        .into_iter()
        .enumerate()
        .map(|(i, k)| plain(&format!("f{i}"), "Champ", k, required))
        .collect()
}

fn one(kind: FieldKind, text: &str) -> Result<Option<Value>, String> {
    let form = FormData::from_pairs([("x", text)]);
    parse(&[plain("x", "X", kind, false)], &form, &context())
        .map(|mut facts| facts.remove("x"))
        .map_err(|e| e.faults[0].message.clone())
}

#[test]
fn each_kind_reads_what_a_clerk_types() {
    let text = |s: &str| Some(Value::Text(s.into()));
    let day = Some(Value::Date(date(2025, 12, 31)));
    for (kind, typed, expect) in [
        (FieldKind::Date, "31/12/2025", day.clone()),
        (FieldKind::Date, "31.12.2025", day.clone()),
        (FieldKind::Date, " 31 12 2025 ", day.clone()),
        (FieldKind::Date, "31122025", day.clone()),
        (FieldKind::Date, "2025-12-31", day),
        (FieldKind::Date, "1/2/2025", Some(Value::Date(date(2025, 2, 1)))),
        (FieldKind::Money, "1 234,56 €", Some(Value::Money(Money(123_456)))),
        (FieldKind::Integer, "1 200", Some(Value::Int(1200))),
        (FieldKind::Phone, "+33 1 99 00 12 34", text("01 99 00 12 34")),
        (FieldKind::Phone, "0199001234", text("01 99 00 12 34")),
        (FieldKind::Phone, "+49 30 1234567", text("+49301234567")),
        (FieldKind::Email, "a.b@example.org", text("a.b@example.org")),
        (FieldKind::Commune, "68224", text("68224")),
        (FieldKind::Commune, "2a004", text("2A004")),
        (FieldKind::Commune, "Mulhouse (68224)", text("68224")),
        (FieldKind::Commune, "colmar", text("68066")),
        (FieldKind::Name, "d’Été-Müller", text("d’Été-Müller")),
        (FieldKind::LongText { max: 9 }, "a\r\nb", text("a\nb")),
        (FieldKind::Bool, "non", Some(Value::Bool(false))),
        (FieldKind::Bool, "", None),
        (FieldKind::Reference { section: "occupant".into() }, "4", Some(Value::Reference(4))),
    ] {
        assert_eq!(one(kind, typed), Ok(expect), "{typed}");
    }
}

#[test]
fn each_kind_says_what_is_wrong() {
    for (kind, typed, says) in [
        (FieldKind::Date, "31/02/2025", "n’existe pas"),
        (FieldKind::Date, "31/12/25", "quatre chiffres"),
        (FieldKind::Date, "hier", "jour/mois/année"),
        (FieldKind::Date, "+1/+2/2025", "jour/mois/année"),
        (FieldKind::Money, "douze", "euros"),
        (FieldKind::Money, "-12", "moins"),
        (FieldKind::Integer, "-1", "entier"),
        (FieldKind::Integer, "99999999999999", "entier"),
        (FieldKind::Phone, "12", "dix chiffres"),
        (FieldKind::Email, "a@b", "adresse"),
        (FieldKind::Email, "a@b.fr, c@d.fr", "adresse"),
        (FieldKind::Commune, "Saint-Martin", "Plusieurs"),
        (FieldKind::Commune, "Atlantide", "inconnue"),
        (FieldKind::Name, "42", "lettre"),
        (FieldKind::Name, "R2D2", "chiffre"),
        (FieldKind::Text { max: 3 }, "abcd", "Trop long de 1"),
        (FieldKind::Text { max: 30 }, "a\nb", "une ligne"),
        // the lists are national.
        (list(3), "local", "de la liste"),
        (FieldKind::Reference { section: "occupant".into() }, "2", "liste"),
    ] {
        let message = one(kind, typed).unwrap_err();
        assert!(message.contains(says), "{typed}: {message}");
    }
}

#[test]
fn a_refused_form_gives_every_fault_and_loses_nothing() {
    let fields = fields(true);
    let form = FormData::from_pairs([("f3", "demain"), ("f4", "cher"), ("f0", "bon")]);
    let refusal = parse(&fields, &form, &context()).unwrap_err();
    assert_eq!(refusal.faults.len(), fields.len() - 1);
    let view = FormView::refused(&fields, &refusal, &context());
    assert_eq!(view.summary.len(), fields.len() - 1);
    assert_eq!(view.fields[3].value, "demain");
    assert_eq!(view.fields[0].value, "bon");
    assert!(view.fields[0].fault.is_none() && view.fields[4].fault.is_some());
    assert_eq!(view.summary[2].target, view.fields[3].id);
    assert!(!format!("{refusal:?}").contains("demain"), "I13: nothing typed in a log");
}

/// those fields and no others.
#[test]
fn a_field_that_the_register_does_not_name_is_refused() {
    let fields = [plain("nom", "Nom", FieldKind::Name, false)];
    let sent = |name: &str| FormData::from_pairs([(name, "x"), ("_csrf", "t")]);
    assert!(parse(&fields, &sent("religion"), &FormContext::default()).is_err());
    assert!(parse(&fields, &sent("nom"), &FormContext::default()).is_ok());
    let group = FormContext { prefix: "occupant.".into(), ..FormContext::default() };
    assert!(parse(&fields, &sent("occupant.religion"), &group).is_err());
    assert!(parse(&fields, &sent("local.rue"), &group).is_ok(), "another group of the same form");
}

/// What a browser would send back for these inputs, untouched.
fn sent(views: &[FieldView]) -> FormData {
    FormData::from_pairs(views.iter().map(|v| {
        let chosen = v.options.iter().find(|o| o.selected).map(|o| o.value.clone());
        let value = if v.options.is_empty() { v.value.clone() } else { chosen.unwrap_or_default() };
        (v.name.clone(), value)
    }))
}

fn any_value(kind: &FieldKind) -> BoxedStrategy<Value> {
    let text = |pattern: &'static str| pattern.prop_map(Value::Text).boxed();
    match kind {
        FieldKind::Text { .. } => text("[a-zé]{1,20}( [a-z&<>\"']{1,9})?"),
        FieldKind::LongText { .. } => text("[a-z]{1,9}\n[a-z<>&]{1,9}"),
        FieldKind::Name => text("[A-ZÉ][a-zïç]{1,9}(-[A-Z][a-z]{2,5})?"),
        FieldKind::Date => (1_i16..200, 1_i8..13, 1_i8..29)
            .prop_map(|(y, m, d)| Value::Date(Date::new(1900 + y, m, d).unwrap()))
            .boxed(),
        FieldKind::Money => (0_i64..1_000_000_000).prop_map(|n| Value::Money(Money(n))).boxed(),
        FieldKind::Integer => (0_i64..999_999_999).prop_map(Value::Int).boxed(),
        FieldKind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        FieldKind::Choice(c) => (0..c.len()).prop_map(|i| Value::Choice(format!("c{i}"))).boxed(),
        FieldKind::Phone => text("0[1-9]( [0-9]{2}){4}"),
        FieldKind::Email => text("[a-z.+]{1,9}@[a-z]{1,9}\\.org"),
        FieldKind::Commune => text("(68224|68066|2A004|97411)"),
        FieldKind::Reference { .. } => {
            prop_oneof![Just(Value::Reference(1)), Just(Value::Reference(4))].boxed()
        }
    }
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let each: Vec<_> = kinds().iter().map(|k| proptest::option::of(any_value(k))).collect();
    each.prop_map(|values| {
        values
            .into_iter()
            .enumerate()
            .filter_map(|(i, v)| v.map(|v| (format!("f{i}"), v)))
            .collect()
    })
}

proptest! {
    /// A form sent back untouched changes nothing.
    #[test]
    fn facts_survive_the_form(facts in any_facts()) {
        let view = FormView::from_facts(&fields(false), &facts, &context());
        prop_assert_eq!(parse(&fields(false), &sent(&view.fields), &context()), Ok(facts));
    }

    /// Whatever is sent, the answer is facts or faults, and what was typed stays.
    #[test]
    fn hostile_input_never_panics(
        values in proptest::collection::vec(any::<String>(), 13),
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let form = FormData::from_pairs(values.iter().enumerate().map(|(i, v)| (format!("f{i}"), v.clone())));
        if let Err(refusal) = parse(&fields(true), &form, &context()) {
            prop_assert_eq!(refusal.typed.len(), 13);
            let view = FormView::refused(&fields(true), &refusal, &context());
            prop_assert!(view.fields.iter().zip(&values).all(|(f, v)| &f.value == v));
        }
        drop(FormData::decode(&body));
    }

    #[test]
    fn a_form_decodes_what_a_browser_encodes(name in "[a-z.]{1,9}", value in any::<String>()) {
        let encoded: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
        let form = FormData::decode(format!("{name}={encoded}&0=a+b").as_bytes()).unwrap();
        prop_assert_eq!(form.get(&name), Some(value.as_str()));
        prop_assert_eq!(form.get("0"), Some("a b"));
    }
}
