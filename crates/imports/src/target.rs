//! What a row may give: derived from the register, so that a new field is imported the day it is
//! declared.

use huis_register::{FieldKind, Import, Register};

use crate::words::bare;

/// Where a value goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The dossier's number: how a row finds it.
    Number,
    /// The sender's own reference: how a row finds it again, once matched.
    Reference,
    /// The date of the act.
    On,
    /// A field of the act.
    Act,
    /// A field of a section that the row writes.
    Section(String),
    /// A field of a section that only helps to find the dossier, or to open one.
    Person(String),
}

/// One thing that a column may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `numero`, `reference`, `date`, `acte.montant_dette`, `dette.montant`.
    pub key: String,
    /// Field id of the register, or the key.
    pub field: String,
    /// What it is called.
    pub label: String,
    /// Where it goes.
    pub part: Part,
    /// Its type; `None` for a number or a reference.
    pub kind: Option<FieldKind>,
    /// Must each row give it?
    pub required: bool,
    /// The other names that the register declares for it.
    pub synonyms: Vec<String>,
}

impl Target {
    /// Every name under which a column is known to be this, compared bare.
    pub(crate) fn known_as(&self) -> Vec<String> {
        let mut names = vec![bare(&self.label), bare(&self.field.replace('_', " "))];
        names.extend(self.synonyms.iter().map(|s| bare(s)));
        names
    }
}

/// What the rows of a declared import may give, to someone who may write those sections and,
/// perhaps, open dossiers.
pub fn targets(
    register: &Register,
    import: &Import,
    may_write: impl Fn(&str) -> bool,
    may_open: bool,
) -> Vec<Target> {
    let synonyms = |key: &str, field: &str| -> Vec<String> {
        let said = |to: &str| to.split(' ').any(|k| k == key || k == field);
        import.synonyms.iter().filter(|(_, to)| said(to)).map(|(name, _)| name.clone()).collect()
    };
    let mut out = vec![
        own(Part::Number, "numero", "Numéro de dossier", synonyms("numero", "numero")),
        own(
            Part::Reference,
            "reference",
            "Votre référence (locataire, compte)",
            synonyms("reference", "reference"),
        ),
    ];
    let mut date = own(Part::On, "date", "Date de l’acte", synonyms("date", "date"));
    date.kind = Some(FieldKind::Date);
    date.required = true;
    out.push(date);
    if let Some(act) = register.act(&import.act) {
        for field in &act.fields {
            let key = format!("acte.{}", field.id);
            out.push(Target {
                synonyms: synonyms(&key, &field.id),
                key,
                field: field.id.clone(),
                label: field.label.clone(),
                part: Part::Act,
                kind: Some(field.kind.clone()),
                required: field.required,
            });
        }
    }
    let written = import.sections.iter().filter(|s| may_write(s));
    let found: Vec<&String> = if may_open { import.opens.iter().collect() } else { Vec::new() };
    for section in &register.sections {
        let writes = written.clone().any(|s| *s == section.id);
        let opens = found.iter().any(|s| **s == section.id);
        for field in &section.fields {
            let searched = register.searches.iter().any(|s| {
                s.of.iter().any(|p| p.section == section.id && p.field.as_ref() == Some(&field.id))
            });
            if !(writes || opens || searched) {
                continue;
            }
            let key = format!("{}.{}", section.id, field.id);
            let part = if writes {
                Part::Section(section.id.clone())
            } else {
                Part::Person(section.id.clone())
            };
            out.push(Target {
                synonyms: synonyms(&key, &key),
                key,
                field: field.id.clone(),
                label: format!("{}\u{a0}: {}", section.label, lower(&field.label)),
                part,
                kind: Some(field.kind.clone()),
                required: false,
            });
        }
    }
    out.retain(|t| !matches!(t.kind, Some(FieldKind::Reference { .. })));
    out
}

fn own(part: Part, key: &str, label: &str, synonyms: Vec<String>) -> Target {
    Target {
        key: key.to_owned(),
        field: key.to_owned(),
        label: label.to_owned(),
        part,
        kind: None,
        required: false,
        synonyms,
    }
}

/// A label in the middle of a phrase; a sigle keeps its capitals.
fn lower(label: &str) -> String {
    let mut chars = label.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(std::iter::once(second)).chain(chars).collect()
        }
        _ => label.to_owned(),
    }
}
