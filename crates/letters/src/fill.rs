//! A template and what it may show → the letter, or all that is missing.

use huis_dossier::{Facts, Value};
use huis_kernel::{CaseNumber, Date};
use huis_law::{geo::Geo, long_date};
use huis_register::{Field, FieldKind, Letter as Entry, Register, french};
use std::collections::BTreeSet;

use crate::{
    Block, Letter, Placeholder, Template, mentions,
    placeholder::OfficeWord,
    template::{Node, Span},
};

/// What the office's settings say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Office {
    /// Name.
    pub name: String,
    /// Who answers for the processing.
    pub controller: String,
    /// The rights desk.
    pub rights_desk: String,
    /// The commission's secretariat.
    pub secretariat: String,
    /// The data-protection officer.
    pub officer: String,
    /// Head of the letters, a line each.
    pub head: Vec<String>,
    /// Where they are written.
    pub place: String,
    /// Who signs them, a line each.
    pub signature: Vec<String>,
}

/// What a letter is filled with: the reduced view of one dossier, and nothing else (I3).
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// The register.
    pub register: &'a Register,
    /// The office's settings.
    pub office: &'a Office,
    /// The dossier's number.
    pub number: CaseNumber,
    /// When the dossier was opened.
    pub opened_on: Date,
    /// The letter's date.
    pub today: Date,
    /// The recipient's own section occurrence.
    pub recipient: Option<&'a Facts>,
    /// The sections that do not repeat: id and fields.
    pub sections: &'a [(&'a str, &'a Facts)],
    /// The act that the letter follows: its date and content.
    pub act: Option<(Date, &'a Facts)>,
    /// What the agent says.
    pub inputs: &'a Facts,
}

impl Template {
    /// Fills the letter; what it shows and does not have is told, all at once.
    pub fn fill(&self, with: &Material<'_>) -> Result<Letter, Vec<String>> {
        let Some(entry) = with.register.letter(&self.letter) else {
            return Err(vec![french("Le registre n'a plus cette lettre.")]);
        };
        let mut filler = Filler { with, entry, missing: BTreeSet::new() };
        let subject = filler.line(&self.title);
        let mut body = Vec::new();
        filler.nodes(&self.nodes, &mut body);
        let recipient = filler.recipient();
        if filler.missing.is_empty() {
            Ok(Letter {
                sender: if with.office.head.is_empty() {
                    vec![with.office.name.clone()]
                } else {
                    with.office.head.clone()
                },
                recipient,
                place: with.office.place.clone(),
                date: with.today,
                reference: with.number.to_string(),
                subject,
                body,
                signature: with.office.signature.clone(),
            })
        } else {
            Err(filler.missing.into_iter().collect())
        }
    }
}

struct Filler<'a> {
    with: &'a Material<'a>,
    entry: &'a Entry,
    missing: BTreeSet<String>,
}

impl Filler<'_> {
    fn nodes(&mut self, nodes: &[Node], out: &mut Vec<Block>) {
        for node in nodes {
            match node {
                Node::Heading(spans) => out.push(Block::Heading(self.line(spans))),
                Node::Paragraph(spans) => out.push(Block::Paragraph(self.line(spans))),
                Node::List(items) => {
                    out.push(Block::List(items.iter().map(|i| self.line(i)).collect()));
                }
                Node::If(what, nodes) => {
                    if self.value(what).is_some() {
                        self.nodes(nodes, out);
                    }
                }
                Node::Mention(which) => {
                    // What the register holds of such a recipient, not what this letter prints.
                    let about: BTreeSet<String> = self
                        .with
                        .register
                        .sections
                        .iter()
                        .filter(|s| self.concerns(s))
                        .map(|s| s.id.clone())
                        .collect();
                    match mentions::mention(self.with.register, &about, self.with.office, *which) {
                        Ok(blocks) => out.extend(blocks),
                        Err(missing) => {
                            self.missing.insert(missing);
                        }
                    }
                }
            }
        }
    }

    /// Does a section hold data about the recipient? Their own, and what the household shares.
    fn concerns(&self, section: &huis_register::Section) -> bool {
        let own = self.entry.to.as_deref() == Some(&section.id);
        let household =
            self.entry.to.as_ref().is_some_and(|to| {
                self.with.register.section(to).is_some_and(|s| s.about.is_some())
            });
        own || section.id == "local" || (household && !section.repeats && section.id != "referent")
    }

    fn line(&mut self, spans: &[Span]) -> String {
        let mut out = String::new();
        for span in spans {
            match span {
                Span::Text(words) => out.push_str(words),
                Span::Value(what) => match self.value(what) {
                    Some(value) => out.push_str(&value.replace(['\n', '\r'], " ")),
                    None => {
                        let name = self.name(what);
                        self.missing.insert(french(&format!("Il manque : {name}.")));
                    }
                },
            }
        }
        french(&out)
    }

    /// What a missing placeholder is called.
    fn name(&self, what: &Placeholder) -> String {
        match what {
            Placeholder::Field { section, field } => {
                let section = self.with.register.section(section);
                let field = section.and_then(|s| s.field(field)).map_or("", |f| &f.label);
                format!("{field} ({})", section.map_or("", |s| &s.label))
            }
            Placeholder::Input(id) | Placeholder::ActField(id) => {
                let fields = self.entry.fields.iter().chain(self.act_fields());
                fields.filter(|f| f.id == *id).map(|f| f.label.clone()).next().unwrap_or_default()
            }
            Placeholder::Office(_) => "un réglage de l'organisation".to_owned(),
            Placeholder::ActDate => "l'acte auquel la lettre fait suite".to_owned(),
            _ => "l'adresse du logement".to_owned(),
        }
    }

    fn act_fields(&self) -> &[Field] {
        let act = self.entry.act.as_deref().and_then(|a| self.with.register.act(a));
        act.map(|a| a.fields.as_slice()).unwrap_or_default()
    }

    fn value(&self, what: &Placeholder) -> Option<String> {
        let with = self.with;
        let found = match what {
            Placeholder::Field { section, field } => {
                let kind = with.register.section(section)?.field(field)?;
                shown(kind, self.facts(section)?.get(field)?)
            }
            Placeholder::Number => with.number.to_string(),
            Placeholder::OpenedOn => long_date(with.opened_on),
            Placeholder::Today => long_date(with.today),
            Placeholder::Civility => civility(with.recipient).to_owned(),
            Placeholder::Dwelling => dwelling(self.facts("local")?, true).join(", "),
            Placeholder::ActDate => long_date(with.act?.0),
            Placeholder::ActField(id) => {
                let kind = self.act_fields().iter().find(|f| f.id == *id)?;
                shown(kind, with.act?.1.get(id)?)
            }
            Placeholder::Input(id) => {
                let kind = self.entry.fields.iter().find(|f| f.id == *id)?;
                shown(kind, with.inputs.get(id)?)
            }
            Placeholder::Office(word) => match word {
                OfficeWord::Name => &with.office.name,
                OfficeWord::Controller => &with.office.controller,
                OfficeWord::RightsDesk => &with.office.rights_desk,
                OfficeWord::Secretariat => &with.office.secretariat,
                OfficeWord::Officer => &with.office.officer,
            }
            .clone(),
            Placeholder::Mention(_) => return None,
        };
        let found = found.trim().to_owned();
        (!found.is_empty()).then_some(found)
    }

    fn facts(&self, section: &str) -> Option<&Facts> {
        if self.entry.to.as_deref() == Some(section) {
            return self.with.recipient;
        }
        self.with.sections.iter().find(|(id, _)| *id == section).map(|(_, facts)| *facts)
    }

    /// The lines of the address: the recipient's own when they gave one, else the dwelling's.
    fn recipient(&mut self) -> Vec<String> {
        if self.entry.to.is_none() {
            let typed = self.with.inputs.get("adresse").and_then(Value::as_str).unwrap_or_default();
            let lines: Vec<String> =
                typed.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect();
            return if lines.is_empty() {
                self.entry.organisation.iter().map(|o| french(o)).collect()
            } else {
                lines
            };
        }
        let text = |facts: &Facts, field: &str| {
            facts.get(field).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
        };
        let Some(own) = self.with.recipient else {
            self.missing
                .insert(french("Le destinataire n'est plus au dossier, ou vous est masqué."));
            return Vec::new();
        };
        let title = match own.get("sexe").and_then(Value::as_str) {
            Some("f") => "Madame ",
            Some("m") => "Monsieur ",
            _ => "",
        };
        let name = format!("{title}{} {}", text(own, "prenom"), text(own, "nom"));
        let mut lines = vec![name.split_whitespace().collect::<Vec<_>>().join(" ")];
        let street = [text(own, "contact_voie"), text(own, "voie")].join("");
        let code = [text(own, "contact_code_postal"), text(own, "code_postal")].join("");
        let town = [text(own, "contact_ville"), text(own, "ville")].join("");
        if street.is_empty() && town.is_empty() {
            match self.facts("local") {
                Some(home) => lines.extend(dwelling(home, false)),
                // Without a dwelling in the register, a letter without an address is handed over,
                // unless the post is what was asked for.
                None if self.with.register.section("local").is_none() => {
                    if text(own, "repondre") == "courrier" {
                        self.missing.insert(french("Il manque : l'adresse où répondre."));
                    }
                }
                None => drop(self.missing.insert(french("Il manque : l'adresse du logement."))),
            }
        } else {
            lines.push(street);
            lines.push(format!("{code} {town}").trim().to_owned());
        }
        lines.retain(|l| !l.is_empty());
        lines
    }
}

/// « Madame » or « Monsieur », or both when it is not known.
pub fn civility(recipient: Option<&Facts>) -> &'static str {
    match recipient.and_then(|f| f.get("sexe")).and_then(Value::as_str) {
        Some("f") => "Madame",
        Some("m") => "Monsieur",
        _ => "Madame, Monsieur",
    }
}

/// A value as a letter says it.
fn shown(field: &Field, value: &Value) -> String {
    match (value, &field.kind) {
        (Value::Choice(code), FieldKind::Choice(choices)) => {
            choices.iter().find(|c| &c.code == code).map_or(code, |c| &c.label).clone()
        }
        (Value::Text(code), FieldKind::Commune) => commune(code),
        (Value::Text(text) | Value::Choice(text), _) => text.clone(),
        (Value::Date(day), _) => long_date(*day),
        (Value::Money(amount), _) => amount.to_string(),
        (Value::Int(n), _) => n.to_string(),
        (Value::Bool(true), _) => "oui".to_owned(),
        (Value::Bool(false), _) => "non".to_owned(),
        (Value::Reference(n), _) => n.to_string(),
    }
}

fn commune(code: &str) -> String {
    Geo::embedded().commune(code).map_or_else(|| code.to_owned(), |c| c.name.to_owned())
}

/// The lines of the dwelling: what helps to find it first, then street, then town.
fn dwelling(home: &Facts, short: bool) -> Vec<String> {
    let text = |field: &str| home.get(field).and_then(Value::as_str).unwrap_or_default().trim();
    let way = match text("type_voie") {
        "" | "autre" => String::new(),
        "allee" => "allée".to_owned(),
        "cite" => "cité".to_owned(),
        "residence" => "résidence".to_owned(),
        other => other.to_owned(),
    };
    let street = [text("numero"), text("complement"), &way, text("nom_voie")];
    let street: Vec<&str> = street.into_iter().filter(|p| !p.is_empty()).collect();
    let inside: Vec<String> = [("Appartement", "appartement"), ("étage", "etage")]
        .into_iter()
        .filter(|(_, f)| !text(f).is_empty())
        .map(|(name, f)| format!("{name} {}", text(f)))
        .collect();
    let around: Vec<&str> =
        ["residence", "immeuble"].into_iter().map(text).filter(|t| !t.is_empty()).collect();
    let town = format!("{} {}", text("code_postal"), commune(text("commune")));
    let mut lines = vec![inside.join(", "), around.join(", "), street.join(" ")];
    if short {
        lines.drain(..1);
    }
    lines.push(text("lieu_dit").to_owned());
    lines.push(town.trim().to_owned());
    lines.retain(|l| !l.is_empty());
    lines
}
