//! The texts of the letters: shipped, adapted by an office, checked in both cases.

use huis_dossier::{Facts, Value};
use huis_kernel::{CaseNumber, Instant};
use huis_letters::{Letter, Material, Office, Template, TemplateFault};
use huis_register::{Field, FieldKind, Letter as Entry, Power, Register};
use huis_store::letters::LetterTextRow;
use huis_trace::Operation;
use std::collections::{BTreeMap, BTreeSet};

use crate::{Caller, Huis, UseError};

/// The files of `letters/`.
const SHIPPED: &[(&str, &str)] = &[
    ("information-occupant.toml", include_str!("../../../../letters/information-occupant.toml")),
    (
        "information-autre-occupant.toml",
        include_str!("../../../../letters/information-autre-occupant.toml"),
    ),
    ("information-caution.toml", include_str!("../../../../letters/information-caution.toml")),
    ("convocation-ccapex.toml", include_str!("../../../../letters/convocation-ccapex.toml")),
    (
        "ccapex-commandement-payer.toml",
        include_str!("../../../../letters/ccapex-commandement-payer.toml"),
    ),
    (
        "ccapex-commandement-quitter.toml",
        include_str!("../../../../letters/ccapex-commandement-quitter.toml"),
    ),
    ("cfp-accorde.toml", include_str!("../../../../letters/cfp-accorde.toml")),
    ("cfp-accorde-occupant.toml", include_str!("../../../../letters/cfp-accorde-occupant.toml")),
    ("cfp-refuse.toml", include_str!("../../../../letters/cfp-refuse.toml")),
    ("accuse-indemnite.toml", include_str!("../../../../letters/accuse-indemnite.toml")),
    ("proposition-indemnite.toml", include_str!("../../../../letters/proposition-indemnite.toml")),
    ("droits-accuse.toml", include_str!("../../../../letters/droits-accuse.toml")),
    ("droits-piece.toml", include_str!("../../../../letters/droits-piece.toml")),
    ("droits-prolongation.toml", include_str!("../../../../letters/droits-prolongation.toml")),
    ("droits-acces.toml", include_str!("../../../../letters/droits-acces.toml")),
    ("droits-rectification.toml", include_str!("../../../../letters/droits-rectification.toml")),
    ("droits-accord.toml", include_str!("../../../../letters/droits-accord.toml")),
    ("droits-opposition.toml", include_str!("../../../../letters/droits-opposition.toml")),
    ("droits-refus.toml", include_str!("../../../../letters/droits-refus.toml")),
];

/// The shipped text of each letter of a register, or every fault with its file and line.
pub(crate) fn shipped(register: &Register) -> Result<BTreeMap<String, Template>, Vec<String>> {
    let (mut out, mut faults) = (BTreeMap::new(), Vec::new());
    for (name, file) in SHIPPED {
        let id = name.trim_end_matches(".toml");
        if register.letter(id).is_none() {
            continue;
        }
        match Template::read(register, file) {
            Ok(template) => drop(out.insert(template.letter.clone(), template)),
            Err(found) => faults.extend(found.iter().map(|f| format!("{name}, {f}"))),
        }
    }
    if faults.is_empty() { Ok(out) } else { Err(faults) }
}

/// A letter on the settings page.
#[derive(Clone, Debug, PartialEq)]
pub struct LetterText {
    /// Its entry in the register.
    pub entry: Entry,
    /// Subject in force.
    pub subject: String,
    /// Text in force.
    pub text: String,
    /// Is it adapted by the office?
    pub adapted: bool,
    /// An adapted text that the register accepts no more: the shipped one serves meanwhile.
    pub faults: Vec<TemplateFault>,
    /// Versions of the office, newest first.
    pub versions: Vec<TextVersion>,
}

/// A version of an adapted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextVersion {
    /// From 1.
    pub version: u64,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// Back to the shipped text.
    pub shipped: bool,
}

/// A text tried on a made-up person.
#[derive(Clone, Debug, PartialEq)]
pub enum Preview {
    /// The letter as it would be.
    Letter(Box<Letter>),
    /// What is wrong with the text.
    Faults(Vec<TemplateFault>),
}

/// A text in force, with the words that name its version in the act (I10).
pub(super) struct InForce {
    pub template: Template,
    pub version: String,
}

impl Huis {
    /// The office as its letters name it.
    pub(crate) async fn letter_office(&self, caller: &Caller) -> Result<Office, UseError> {
        let settings = self.store.settings(caller.office.office).await?;
        let said = |key: &str| {
            settings.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone()).unwrap_or_default()
        };
        let lines = |key: &str| -> Vec<String> {
            let text = said(key);
            text.split('|').map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect()
        };
        Ok(Office {
            name: caller.office.name.clone(),
            controller: said("organisation.responsable"),
            rights_desk: caller.office.rights_desk.clone(),
            secretariat: said("organisation.secretariat"),
            officer: said("organisation.dpd"),
            head: lines("courrier.entete"),
            place: said("courrier.lieu"),
            signature: lines("courrier.signature"),
        })
    }

    /// The texts in force in the caller's office, by letter.
    pub(super) async fn texts(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<BTreeMap<String, InForce>, UseError> {
        let processed = self.processed(processing)?;
        let rows = self.store.letter_texts(caller.office.office, processing).await?;
        let mut out = BTreeMap::new();
        for (id, shipped) in &processed.letters {
            let own = rows.iter().find(|r| r.letter == *id).filter(|r| !r.body.is_empty());
            let adapted = own.and_then(|row| {
                let entry = processed.register.letter(id)?;
                let read = Template::parse(&processed.register, entry, &row.subject, &row.body);
                Some((read.ok()?, row.version))
            });
            let (template, version) = match adapted {
                Some((template, n)) => {
                    let version = format!("organisation {n} ({})", template.version());
                    (template, version)
                }
                None => (shipped.clone(), format!("livré ({})", shipped.version())),
            };
            out.insert(id.clone(), InForce { template, version });
        }
        Ok(out)
    }

    /// The letters of the register with their texts, for who keeps the settings.
    pub async fn letter_texts(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<LetterText>, UseError> {
        self.allowed(caller, processing, &[Power::Settings], Operation::SettingChanged).await?;
        let processed = self.processed(processing)?;
        let rows = self.store.letter_texts(caller.office.office, processing).await?;
        let authors: BTreeSet<_> = rows.iter().map(|r| r.changed_by).collect();
        let names = self.names_of(&authors).await?;
        let mut out = Vec::new();
        for entry in &processed.register.letters {
            let Some(shipped) = processed.letters.get(&entry.id) else { continue };
            let own: Vec<&LetterTextRow> = rows.iter().filter(|r| r.letter == entry.id).collect();
            let last = own.first().filter(|r| !r.body.is_empty());
            let (subject, text) = last.map_or_else(
                || (shipped.subject.clone(), shipped.text.clone()),
                |r| (r.subject.clone(), r.body.clone()),
            );
            let faults = Template::parse(&processed.register, entry, &subject, &text);
            out.push(LetterText {
                entry: entry.clone(),
                subject,
                text,
                adapted: last.is_some(),
                faults: faults.err().unwrap_or_default(),
                versions: own
                    .iter()
                    .map(|r| TextVersion {
                        version: r.version,
                        at: r.changed_at,
                        by: names.get(&r.changed_by).cloned().unwrap_or_default(),
                        shipped: r.body.is_empty(),
                    })
                    .collect(),
            });
        }
        Ok(out)
    }

    /// Tries a text on a made-up person: nobody's data are opened.
    pub async fn preview_letter(
        &self,
        caller: &Caller,
        processing: &str,
        letter: &str,
        subject: &str,
        text: &str,
    ) -> Result<Preview, UseError> {
        self.allowed(caller, processing, &[Power::Settings], Operation::SettingChanged).await?;
        let register = &self.processed(processing)?.register;
        let entry = register.letter(letter).ok_or(UseError::NotFound)?;
        let template = match Template::parse(register, entry, subject, text) {
            Ok(template) => template,
            Err(faults) => return Ok(Preview::Faults(faults)),
        };
        let office = self.letter_office(caller).await?;
        let made_up = |fields: &[Field]| -> Facts {
            fields.iter().filter_map(|f| Some((f.id.clone(), example(f)?))).collect()
        };
        let sections: Vec<(&str, Facts)> =
            register.sections.iter().map(|s| (s.id.as_str(), made_up(&s.fields))).collect();
        let own = entry.to.as_deref().and_then(|to| sections.iter().find(|(id, _)| *id == to));
        let act = entry.act.as_deref().and_then(|a| register.act(a));
        let (act, inputs) = (act.map(|a| made_up(&a.fields)), made_up(&entry.fields));
        let shared: Vec<(&str, &Facts)> = sections.iter().map(|(id, f)| (*id, f)).collect();
        let filled = template.fill(&Material {
            register,
            office: &office,
            number: CaseNumber::random(&*self.rng),
            opened_on: caller.today,
            today: caller.today,
            recipient: own.map(|(_, facts)| facts),
            sections: &shared,
            act: act.as_ref().map(|facts| (caller.today, facts)),
            inputs: &inputs,
        });
        Ok(match filled {
            Ok(letter) => Preview::Letter(Box::new(letter)),
            Err(missing) => Preview::Faults(
                missing
                    .into_iter()
                    .map(|message| TemplateFault { line: 0, message, mend: String::new() })
                    .collect(),
            ),
        })
    }

    /// Adapts a text (I11: its mandatory mentions stay), or goes back to the shipped one when both
    /// are empty. Traced; every version is kept.
    pub async fn adapt_letter(
        &self,
        caller: &Caller,
        processing: &str,
        letter: &str,
        text: Option<(&str, &str)>,
    ) -> Result<Vec<TemplateFault>, UseError> {
        self.allowed(caller, processing, &[Power::Settings], Operation::SettingChanged).await?;
        let processed = self.processed(processing)?;
        let entry = processed.register.letter(letter).ok_or(UseError::NotFound)?;
        if !processed.letters.contains_key(letter) {
            return Err(UseError::NotFound);
        }
        let (subject, body) = match text {
            None => (String::new(), String::new()),
            Some((subject, text)) => {
                match Template::parse(&processed.register, entry, subject, text) {
                    Ok(template) => (template.subject, template.text),
                    Err(faults) => return Ok(faults),
                }
            }
        };
        let office = caller.office.office;
        let rows = self.store.letter_texts(office, processing).await?;
        let last = rows.iter().filter(|r| r.letter == letter).map(|r| r.version).max();
        let version = last.unwrap_or(0) + 1;
        let mut line = self.line(caller, processing, Operation::SettingChanged);
        line.detail.insert("lettre".to_owned(), letter.to_owned());
        line.detail.insert("version".to_owned(), version.to_string());
        self.trace(line).await?;
        let row = LetterTextRow {
            letter: letter.to_owned(),
            version,
            subject,
            body,
            changed_at: caller.now,
            changed_by: caller.actor.agent,
        };
        if self.store.add_letter_text(office, processing, &row).await? {
            Ok(Vec::new())
        } else {
            Err(UseError::Moved { version })
        }
    }
}

/// A value of nobody, for a preview.
fn example(field: &Field) -> Option<Value> {
    let text = |t: &str| Some(Value::Text(t.to_owned()));
    match (&field.kind, field.id.as_str()) {
        (FieldKind::Name, "prenom") => text("Camille"),
        (FieldKind::Name, _) => text("EXEMPLE"),
        (FieldKind::Text { .. }, "numero") => text("12"),
        (FieldKind::Text { .. }, "nom_voie") => text("des Lilas"),
        (FieldKind::Text { .. }, "code_postal") => text("75019"),
        (FieldKind::Text { .. }, "heure") => text("14 h 30"),
        (FieldKind::Text { .. }, "lieu") => text("salle 12, 1 place de la Préfecture"),
        (FieldKind::Commune, _) => text("75119"),
        (FieldKind::Date, _) => Some(Value::Date(jiff::civil::date(2030, 3, 1))),
        (FieldKind::Money, _) => Some(Value::Money(huis_kernel::Money(123_456))),
        (FieldKind::Choice(choices), _) => choices.first().map(|c| Value::Choice(c.code.clone())),
        _ => None,
    }
}
