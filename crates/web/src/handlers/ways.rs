//! The ways to search, of the register's `[[recherche]]`: one form each, and back to a question.
//! The fields of a way are asked together, so all of them must be given (I4: compound tokens).

use huis_dossier::{Facts, Value};
use huis_register::{Field, FieldKind, Register, Search};
pub use huis_usecases::entry::communes;
use huis_usecases::{Caller, Question};

use crate::{
    forms::{self, Commune, FieldFault, FormContext, FormData, FormFaults, FormView, plain},
    pages::search::Way,
};

/// The hidden value that names the way that was filled.
const CHOSEN: &str = "_voie";
/// The way that is not of the register: by number.
const NUMBER: &str = "numero";

/// A form that was sent and refused.
pub struct Refused {
    way: String,
    faults: FormFaults,
}

/// Every way to search, by number first; a question refills them, a refusal says what is wrong.
pub fn ways(
    register: &Register,
    caller: &Caller,
    action: &str,
    question: &Question,
    refused: Option<&Refused>,
) -> Vec<Way> {
    ways_among(register, &communes(caller), action, question, refused)
}

fn ways_among(
    register: &Register,
    communes: &[Commune],
    action: &str,
    question: &Question,
    refused: Option<&Refused>,
) -> Vec<Way> {
    let number = number_field();
    let mut facts = Facts::new();
    if !question.number.is_empty() {
        facts.insert(NUMBER.to_owned(), Value::Text(question.number.clone()));
    }
    let of_number = way(NUMBER, "Numéro de dossier", false, &[number], &facts, communes, refused);
    std::iter::once(of_number)
        .chain(register.searches.iter().map(|search| {
            let fields = fields(register, search);
            let facts = refill(search, question);
            way(&search.id, &search.label, search.near, &fields, &facts, communes, refused)
        }))
        .map(|mut way| {
            action.clone_into(&mut way.form.action);
            way
        })
        .collect()
}

/// The question of a form that was sent.
///
/// # Errors
/// All the faults of the way that was filled.
pub fn question(
    register: &Register,
    caller: &Caller,
    form: &FormData,
    archive: bool,
) -> Result<Question, Refused> {
    question_among(register, &communes(caller), form, archive)
}

fn question_among(
    register: &Register,
    communes: &[Commune],
    form: &FormData,
    archive: bool,
) -> Result<Question, Refused> {
    let chosen = form.get(CHOSEN).unwrap_or(NUMBER);
    let refused = |faults| Refused { way: chosen.to_owned(), faults };
    let Some(search) = register.searches.iter().find(|s| s.id == chosen) else {
        let facts =
            forms::parse(&[number_field()], form, &context(NUMBER, communes)).map_err(refused)?;
        let number = facts.get(NUMBER).and_then(Value::as_str).unwrap_or_default().to_owned();
        return Ok(Question { number, archive, ..Question::default() });
    };
    let fields = fields(register, search);
    let mut facts = forms::parse(&fields, form, &context(&search.id, communes)).map_err(refused)?;
    years(register, search, &mut facts).map_err(refused)?;
    let paths = search.of.iter().filter_map(|p| Some((p, p.field.as_ref()?)));
    let fields = paths
        .filter_map(|(p, field)| {
            let text = match facts.get(field)? {
                Value::Text(t) | Value::Choice(t) => t.clone(),
                Value::Int(n) => n.to_string(),
                Value::Date(d) => d.year().to_string(),
                Value::Money(_) | Value::Bool(_) | Value::Reference(_) => return None,
            };
            Some((format!("{}.{field}", p.section), text))
        })
        .collect();
    Ok(Question { fields, archive, ..Question::default() })
}

/// A date is looked for by its year: it was typed whole, or as the year alone.
fn years(register: &Register, search: &Search, facts: &mut Facts) -> Result<(), FormFaults> {
    let mut faults = Vec::new();
    for path in &search.of {
        let Some(id) = path.field.as_ref() else { continue };
        let field = register.section(&path.section).and_then(|s| s.field(id));
        if field.is_none_or(|f| f.kind != FieldKind::Date) {
            continue;
        }
        let Some(text) = facts.get(id).and_then(Value::as_str) else { continue };
        let text = text.trim();
        let year = text.parse().ok().filter(|year: &i16| (1850..=2100).contains(year));
        match year.or_else(|| forms::parse_date(text).map(huis_kernel::Date::year)) {
            Some(year) => drop(facts.insert(id.clone(), Value::Text(year.to_string()))),
            None => faults.push(FieldFault {
                field: Some(id.clone()),
                message: "Écrivez une date ou une année, par exemple 02/05/1964 ou 1964."
                    .to_owned(),
                article: None,
            }),
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    let typed = |(id, value): (&String, &Value)| Some((id.clone(), value.as_str()?.to_owned()));
    Err(FormFaults { faults, typed: facts.iter().filter_map(typed).collect() })
}

impl Refused {
    /// A fault that the use case found, beside the field of the number.
    pub fn number(number: &str, message: &str) -> Self {
        let fault = FieldFault {
            field: Some(NUMBER.to_owned()),
            message: message.to_owned(),
            article: None,
        };
        let typed = [(NUMBER.to_owned(), number.to_owned())].into();
        Self { way: NUMBER.to_owned(), faults: FormFaults { faults: vec![fault], typed } }
    }
}

fn number_field() -> Field {
    let mut field = plain(NUMBER, "Numéro de dossier", FieldKind::Text { max: 20 }, true);
    field.help = Some("Huit chiffres et une lettre, par exemple 4821-7730-Y.".to_owned());
    field
}

fn context(way: &str, communes: &[Commune]) -> FormContext {
    FormContext { communes: communes.into(), prefix: format!("{way}."), ..FormContext::default() }
}

fn way(
    id: &str,
    label: &str,
    near: bool,
    fields: &[Field],
    facts: &Facts,
    communes: &[Commune],
    refused: Option<&Refused>,
) -> Way {
    let context = context(id, communes);
    let form = match refused.filter(|r| r.way == id) {
        Some(refused) => FormView::refused(fields, &refused.faults, &context),
        None => FormView::from_facts(fields, facts, &context),
    };
    let form = form.posts("", "Chercher").hides(CHOSEN, id);
    Way { id: id.to_owned(), label: label.to_owned(), near, form }
}

/// The fields of a search: all asked, and a date by its year, which is all that the index knows.
fn fields(register: &Register, search: &Search) -> Vec<Field> {
    search
        .of
        .iter()
        .filter_map(|p| register.section(&p.section)?.field(p.field.as_deref()?))
        .map(|field| {
            // The help of the entry form speaks of what one enters.
            let mut field =
                Field { required: true, why: String::new(), help: None, ..field.clone() };
            if field.kind == FieldKind::Date {
                field.kind = FieldKind::Text { max: 10 };
                field.help = Some("L’année suffit, par exemple 1980.".to_owned());
            }
            field
        })
        .collect()
}

/// What the question says, as this way would have it typed.
fn refill(search: &Search, question: &Question) -> Facts {
    let fields = search.of.iter().filter_map(|p| {
        let field = p.field.clone()?;
        let text = question.fields.get(&format!("{}.{field}", p.section))?;
        Some((field, Value::Text(text.clone())))
    });
    let facts: Facts = fields.collect();
    // A question of another way is not half of this one.
    if facts.len() == search.of.len() { facts } else { Facts::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register() -> Register {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../registers/expulsion.toml");
        Register::parse("expulsion.toml", &std::fs::read_to_string(file).unwrap()).unwrap()
    }

    fn communes() -> Vec<Commune> {
        vec![Commune { code: "68224".into(), name: "Mulhouse".into() }]
    }

    fn asked(pairs: &[(&str, &str)]) -> Result<Question, Vec<Option<String>>> {
        let form = FormData::from_pairs(pairs.iter().copied());
        question_among(&register(), &communes(), &form, true)
            .map_err(|r| r.faults.faults.into_iter().map(|f| f.field).collect())
    }

    /// what each declared way asks, and what the index is then asked.
    #[test]
    fn each_way_is_asked_whole() {
        for (pairs, expect) in [
            (
                &[
                    ("_voie", "personne"),
                    ("personne.nom", "Schmitt"),
                    ("personne.prenom", "Mireille"),
                ][..],
                Ok(vec![("occupant.nom", "Schmitt"), ("occupant.prenom", "Mireille")]),
            ),
            (
                &[
                    ("_voie", "adresse"),
                    ("adresse.nom_voie", "Franklin"),
                    ("adresse.numero", "12"),
                    ("adresse.commune", "Mulhouse"),
                ],
                Ok(vec![
                    ("local.commune", "68224"),
                    ("local.nom_voie", "Franklin"),
                    ("local.numero", "12"),
                ]),
            ),
            (
                &[
                    ("_voie", "naissance"),
                    ("naissance.nom", "Schmitt"),
                    ("naissance.date_naissance", "1980"),
                ],
                Ok(vec![("occupant.date_naissance", "1980"), ("occupant.nom", "Schmitt")]),
            ),
            // A date of birth as it is written on a paper, of which the year is looked for.
            (
                &[
                    ("_voie", "naissance"),
                    ("naissance.nom", "Schmitt"),
                    ("naissance.date_naissance", "02/05/1980"),
                ],
                Ok(vec![("occupant.date_naissance", "1980"), ("occupant.nom", "Schmitt")]),
            ),
            (
                &[
                    ("_voie", "naissance"),
                    ("naissance.nom", "Schmitt"),
                    ("naissance.date_naissance", "80"),
                ],
                Err(vec![Some("date_naissance".to_owned())]),
            ),
            (
                &[("_voie", "personne"), ("personne.nom", "Schmitt")],
                Err(vec![Some("prenom".to_owned())]),
            ),
            (&[("_voie", "numero")], Err(vec![Some(NUMBER.to_owned())])),
        ] {
            let found = asked(pairs).map(|q| {
                assert!(q.archive);
                q.fields.into_iter().collect::<Vec<_>>()
            });
            let expect = expect.map(|e: Vec<(&str, &str)>| {
                e.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
            });
            assert_eq!(found, expect, "{pairs:?}");
        }
    }

    /// What was asked comes back in its own way, and only there; asking it again asks the same.
    #[test]
    fn a_question_refills_its_way_and_reads_back() {
        let pairs = [
            ("_voie", "adresse"),
            ("adresse.nom_voie", "Franklin"),
            ("adresse.numero", "12"),
            ("adresse.commune", "68224"),
        ];
        let question = asked(&pairs).unwrap();
        let ways = ways_among(&register(), &communes(), "/archives", &question, None);
        assert_eq!(ways.len(), register().searches.len() + 1);
        for way in &ways {
            let filled = way.form.fields.iter().filter(|f| !f.value.is_empty()).count();
            assert_eq!(filled, if way.id == "adresse" { 3 } else { 0 }, "{}", way.id);
        }
        let adresse = ways.iter().find(|w| w.id == "adresse").unwrap();
        let again: Vec<(&str, &str)> = adresse
            .form
            .fields
            .iter()
            .map(|f| (f.name.as_str(), f.value.as_str()))
            .chain([("_voie", "adresse")])
            .collect();
        assert_eq!(asked(&again).unwrap(), question);
    }
}
