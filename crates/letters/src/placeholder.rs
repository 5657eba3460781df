//! The closed list of what a letter may hold in braces: it follows from the letter's own entry in
//! the register, so that a text cannot show more than the register lets it.

use huis_register::{Letter, Mention, Register, mention_label, mention_named, mention_word};

/// A placeholder of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// `{occupant.nom}`: a field that the letter may show.
    Field {
        /// Section.
        section: String,
        /// Field.
        field: String,
    },
    /// `{dossier.numero}`
    Number,
    /// `{dossier.ouvert_le}`
    OpenedOn,
    /// `{lettre.date}`
    Today,
    /// `{lettre.civilite}`: « Madame », « Monsieur », or both when it is not known.
    Civility,
    /// `{local.adresse}`: the dwelling on one line, from the fields that the letter may show.
    Dwelling,
    /// `{acte.date}`: the date of the act that the letter follows.
    ActDate,
    /// `{acte.motif}`: a field of that act.
    ActField(String),
    /// `{saisie.lieu}`: what the agent says when preparing the letter.
    Input(String),
    /// `{organisation.nom}` and the other settings of the office.
    Office(OfficeWord),
    /// `{mention.duree}`, alone in its paragraph.
    Mention(Mention),
}

/// A setting of the office that a letter may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficeWord {
    /// `nom`
    Name,
    /// `responsable`
    Controller,
    /// `service_droits`
    RightsDesk,
    /// `secretariat`
    Secretariat,
    /// `dpd`
    Officer,
}

const OFFICE: &[(&str, OfficeWord, &str)] = &[
    ("nom", OfficeWord::Name, "Nom de l’organisation"),
    ("responsable", OfficeWord::Controller, "Responsable du traitement"),
    ("service_droits", OfficeWord::RightsDesk, "Service des droits"),
    ("secretariat", OfficeWord::Secretariat, "Secrétariat de la commission"),
    ("dpd", OfficeWord::Officer, "Délégué à la protection des données"),
];

/// The placeholder of that name in this letter.
pub(crate) fn named(register: &Register, letter: &Letter, name: &str) -> Option<Placeholder> {
    let (of, what) = name.split_once('.')?;
    let found = match (of, what) {
        ("dossier", "numero") => Placeholder::Number,
        ("dossier", "ouvert_le") => Placeholder::OpenedOn,
        ("lettre", "date") => Placeholder::Today,
        ("lettre", "civilite") => letter.to.as_ref().map(|_| Placeholder::Civility)?,
        ("local", "adresse") => {
            letter.may_show("local", "nom_voie").then_some(Placeholder::Dwelling)?
        }
        ("acte", "date") => letter.act.as_ref().map(|_| Placeholder::ActDate)?,
        ("acte", field) => {
            let act = register.act(letter.act.as_deref()?)?;
            act.fields.iter().any(|f| f.id == field).then(|| field.to_owned())?;
            Placeholder::ActField(field.to_owned())
        }
        ("saisie", field) => {
            letter.fields.iter().any(|f| f.id == field).then_some(())?;
            Placeholder::Input(field.to_owned())
        }
        ("organisation", word) => Placeholder::Office(OFFICE.iter().find(|(w, ..)| *w == word)?.1),
        ("mention", word) => Placeholder::Mention(mention_named(word)?),
        (section, field) => {
            register.section(section)?.field(field)?;
            letter.may_show(section, field).then_some(())?;
            Placeholder::Field { section: section.to_owned(), field: field.to_owned() }
        }
    };
    Some(found)
}

/// Every placeholder of a letter with what it says: the list that the screen offers.
pub fn placeholders(register: &Register, letter: &Letter) -> Vec<(String, String)> {
    let mut out = vec![
        ("dossier.numero".to_owned(), "Numéro du dossier".to_owned()),
        ("dossier.ouvert_le".to_owned(), "Date de création du dossier".to_owned()),
        ("lettre.date".to_owned(), "Date de la lettre".to_owned()),
    ];
    if letter.to.is_some() {
        out.push(("lettre.civilite".to_owned(), "Madame, Monsieur".to_owned()));
    }
    if letter.may_show("local", "nom_voie") {
        out.push(("local.adresse".to_owned(), "Adresse du logement, en une ligne".to_owned()));
    }
    for section in &register.sections {
        for field in section.fields.iter().filter(|f| letter.may_show(&section.id, &f.id)) {
            let says = format!("{}\u{a0}: {}", section.label, field.label);
            out.push((format!("{}.{}", section.id, field.id), says));
        }
    }
    if let Some(act) = letter.act.as_deref().and_then(|a| register.act(a)) {
        out.push(("acte.date".to_owned(), format!("{}\u{a0}: date", act.label)));
        for field in &act.fields {
            let says = format!("{}\u{a0}: {}", act.label, field.label);
            out.push((format!("acte.{}", field.id), says));
        }
    }
    for field in &letter.fields {
        out.push((format!("saisie.{}", field.id), field.label.clone()));
    }
    for (word, _, label) in OFFICE {
        out.push((format!("organisation.{word}"), (*label).to_owned()));
    }
    for mention in &letter.mentions {
        let says = format!("Mention obligatoire\u{a0}: {}", mention_label(*mention));
        out.push((format!("mention.{}", mention_word(*mention)), says));
    }
    out
}
