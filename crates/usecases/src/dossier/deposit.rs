//! What the screens and the API do alike before a write: the sections that an act brings, a deposit
//! on the doorstep, what a dossier is opened with.

use huis_dossier::{Draft, Facts, Value};
use huis_kernel::CaseNumber;
use huis_law::geo::Geo;
use huis_register::{FieldKind, Register, Section};
use huis_trace::Operation;

use crate::{ActCommand, ActRecorded, Caller, Huis, SectionCommand, UseError};

/// The section that names the agent who opens a dossier: a convention of the register files.
const REFERENT: &str = "referent";
/// How often a deposit made without reading starts over when the dossier moves under it.
const TRIES: u32 = 4;

impl Huis {
    /// Records an act with the sections that it brings. `version` is what its writer had read;
    /// none on the doorstep, where nothing was read and so nothing that was read can have
    /// moved.
    pub async fn deposit_act(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        draft: &Draft,
        version: Option<u64>,
        brought: &[(String, Facts)],
    ) -> Result<ActRecorded, UseError> {
        let sections: Vec<SectionCommand> = brought
            .iter()
            .map(|(section, facts)| SectionCommand {
                section: section.clone(),
                occurrence: None,
                base_version: 0,
                facts: facts.clone(),
                about: None,
                remove: false,
            })
            .collect();
        let found = self.card(caller, processing, number, Operation::Act).await?;
        let mut base_version = version.unwrap_or(found.version);
        let mut tries = 1;
        loop {
            let command = ActCommand { draft: draft.clone(), base_version };
            let (found, sections) = (found.clone(), sections.clone());
            match self.record_on(caller, processing, found, command, sections, None).await {
                Err(UseError::Moved { version: now }) if version.is_none() && tries < TRIES => {
                    base_version = now;
                    tries += 1;
                }
                done => return done,
            }
        }
    }
}

/// What a dossier is opened with: the sections by which it will be found, which the agent writes.
pub fn first_sections<'a>(caller: &Caller, register: &'a Register) -> Vec<&'a Section> {
    let found_by = |s: &&Section| {
        let searched = register.searches.iter().flat_map(|search| &search.of);
        searched.into_iter().any(|p| p.section == s.id)
            && caller.profiles(register).any(|p| p.may_write(&s.id))
    };
    register.sections.iter().filter(found_by).collect()
}

/// The agent who opens the dossier, where the register names one.
pub fn referent(caller: &Caller, register: &Register) -> Option<(String, Facts)> {
    let section = register.section(REFERENT)?;
    let may = caller.profiles(register).any(|p| p.may_write(&section.id));
    let (first, last) = caller.agent.name.split_once(' ').filter(|_| may)?;
    let facts: Facts = [("prenom", first), ("nom", last)]
        .into_iter()
        .filter(|(id, _)| section.field(id).is_some())
        .map(|(id, text)| (id.to_owned(), Value::Text(text.to_owned())))
        .collect();
    Some((section.id.clone(), facts))
}

/// The unit in which the dwelling's commune is, among those that one works in.
pub fn unit_of(
    register: &Register,
    territories: &[(String, String)],
    sections: &[(String, Facts)],
) -> Option<String> {
    if !register.placed() {
        // Nowhere: it belongs to the whole office.
        return Some(String::new());
    }
    if let [(only, _)] = territories {
        return Some(only.clone());
    }
    let communes = sections.iter().flat_map(|(section, facts)| {
        let fields = register.section(section).into_iter().flat_map(|s| &s.fields);
        let kind = |f: &&huis_register::Field| f.kind == FieldKind::Commune;
        fields.filter(kind).filter_map(|f| facts.get(&f.id)?.as_str())
    });
    let mut units = communes.filter_map(|code| Geo::embedded().commune(code)?.arrondissement);
    let unit = units.next()?;
    territories.iter().find(|(code, _)| code == unit).map(|(code, _)| code.clone())
}
