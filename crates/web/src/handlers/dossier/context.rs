//! What the forms and pages of a dossier know beside the fields: communes by name, and how the
//! occurrences of a repeated section are named for this reader.

use huis_access::SectionView;
use huis_dossier::{Facts, Value};
use huis_register::{Class, FieldKind, Register, Section};
use huis_usecases::Opened;

use crate::{
    app::Me,
    fmt,
    forms::{FormContext, Occurrence, show},
    handlers::ways,
    pages::Pair,
};

/// The fields that make an address, in the order in which one writes it: a convention of the
/// register files, which the declared searches follow too.
pub(super) const ADDRESS: [&str; 6] =
    ["numero", "complement", "type_voie", "nom_voie", "code_postal", "commune"];

/// The context of a form or page of this dossier; without one, of a form that opens nothing.
pub(super) fn context(me: &Me, register: &Register, opened: Option<&Opened>) -> FormContext {
    let mut context =
        FormContext { communes: ways::communes(&me.caller), ..FormContext::default() };
    for seen in opened.iter().flat_map(|o| &o.view.sections) {
        if let Some(section) = register.section(&seen.section).filter(|s| s.repeats) {
            let label = title(section, seen);
            let occurrences = context.occurrences.entry(section.id.clone()).or_default();
            occurrences.push(Occurrence { number: seen.occurrence, label });
        }
    }
    context
}

/// « Occupant 2 : Schmitt Mireille »; without the name for whom may not see it.
pub(super) fn title(section: &Section, seen: &SectionView) -> String {
    let name = name(section, &seen.facts);
    let number = format!("{} {}", section.label, seen.occurrence);
    if name.is_empty() { number } else { format!("{number}\u{a0}: {name}") }
}

/// The names that a section holds, in its order.
fn name(section: &Section, facts: &Facts) -> String {
    let names = section.fields.iter().filter(|f| f.kind == FieldKind::Name);
    names.filter_map(|f| facts.get(&f.id)?.as_str()).collect::<Vec<_>>().join(" ")
}

/// The address that a section holds, on one line: « 8 rue du Moulin, 68100 Mulhouse ».
fn address(section: &Section, facts: &Facts, context: &FormContext) -> String {
    let part = |ids: &[&str]| {
        // « Autre » is a way of saying that the name says all.
        let said = |id: &&&str| {
            **id != "type_voie" || facts.get(**id).and_then(Value::as_str) != Some("autre")
        };
        let known = ids.iter().filter(said).filter_map(|id| {
            let text = show(section.field(id)?, facts.get(*id)?, context);
            Some(if *id == "type_voie" { text.to_lowercase() } else { text })
        });
        known.collect::<Vec<_>>().join(" ")
    };
    let (street, town) = ADDRESS.split_at(4);
    let parts = [part(street), part(town)];
    parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Whom and what a dossier concerns, in a few pairs, as far as the reader sees.
pub(super) fn identity(
    register: &Register,
    opened: &Opened,
    context: &FormContext,
    follows: bool,
) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut debt = None;
    for section in &register.sections {
        let seen: Vec<&SectionView> =
            opened.view.sections.iter().filter(|s| s.section == section.id).collect();
        let texts: Vec<String> = match section.class {
            Class::Identite => seen.iter().map(|s| name(section, &s.facts)).collect(),
            Class::Logement => seen.iter().map(|s| address(section, &s.facts, context)).collect(),
            Class::Ressources if debt.is_none() => {
                debt = seen.iter().find_map(|s| first_amount(section, &s.facts));
                debt.iter().for_each(|pair| pairs.push(pair.clone()));
                continue;
            }
            _ => continue,
        };
        let texts: Vec<String> = texts.into_iter().filter(|t| !t.is_empty()).collect();
        if !texts.is_empty() {
            let label = format!("{}{}", section.label, fmt::s(texts.len() as u64));
            pairs.push(Pair::new(label, texts.join(", ")));
        }
    }
    pairs.push(Pair::new("Secteur", opened.territory.clone()));
    pairs.push(Pair::new("Ouvert le", fmt::date(opened.card.opened_on)));
    if follows && opened.card.reopened > 0 {
        pairs.push(Pair::new("Rouvert", format!("{} fois", opened.card.reopened)));
    }
    pairs
}

fn first_amount(section: &Section, facts: &Facts) -> Option<Pair> {
    let field = section.fields.iter().find(|f| f.kind == FieldKind::Money)?;
    match facts.get(&field.id)? {
        Value::Money(amount) => Some(Pair::new(field.label.clone(), amount.to_string())),
        _ => None,
    }
}

/// Facts as pairs, in the order of their fields.
pub(super) fn pairs<'f>(
    fields: impl IntoIterator<Item = &'f huis_register::Field>,
    facts: &Facts,
    context: &FormContext,
) -> Vec<Pair> {
    fields
        .into_iter()
        .filter_map(|f| Some(Pair::new(f.label.clone(), show(f, facts.get(&f.id)?, context))))
        .collect()
}
