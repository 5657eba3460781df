use huis_documents::File;
use huis_dossier::Facts;
use huis_kernel::CaseNumber;
use huis_register::{Field, Power, Section};
use huis_usecases::{
    HoldCommand, NewCase, Opened, Reading, SectionCommand, UseError, entry, entry::Known,
    first_sections, referent, unit_of,
};
use std::collections::BTreeMap;

use crate::{
    answer::{Done, Made, Pdf, Shown},
    facts::{self, Sent},
    operation::{Call, Json, Nothing},
    problem::{Clash, FaultShape, Problem, Side},
    shapes::{
        Day, NoParameter, OfCase, Reason,
        case::{CaseShape, HoldShape, hold},
        id, number,
        office::{MadeId, PartnerShape},
        write::{
            AtVersion, CreatedShape, Hide, MandateShape, Mandates, NewCaseShape, NewHold,
            NewMandate, OfAct, OfHold, OfMandate, OfOccurrence, OfSection, Revision, WriteSection,
        },
    },
};

/// Opens a dossier for this reader.
pub(super) async fn opened(
    call: &Call,
    number: CaseNumber,
    reading: Reading,
) -> Result<Opened, Problem> {
    let found = call.huis.open_dossier(&call.caller, &call.processing, number, reading).await;
    found.map_err(|e| call.fail(e))
}

pub async fn open(call: Call, of: OfCase, _: Nothing) -> Result<Shown<CaseShape>, Problem> {
    let opened = opened(&call, number(&of.numero)?, Reading::Screen).await?;
    Ok(Shown(CaseShape::new(call.processed()?, &opened)))
}

pub async fn revision(call: Call, of: OfCase, _: Nothing) -> Result<Shown<Revision>, Problem> {
    let number = number(&of.numero)?;
    let found = call.huis.revision(&call.caller, &call.processing, number).await;
    Ok(Shown(Revision { revision: found.map_err(|e| call.fail(e))? }))
}

pub async fn pdf(call: Call, of: OfCase, _: Nothing) -> Result<Pdf, Problem> {
    let number = number(&of.numero)?;
    // Without a press nothing is opened in vain.
    if !call.huis.has_press() {
        return Err(Problem::not_found());
    }
    let opened = opened(&call, number, Reading::Export).await?;
    let document = (call.papers.dossier)(&call.huis, &call.caller, &call.processing, &opened);
    let document = document.ok_or_else(|| Problem::of("interne"))?;
    let bytes = call.huis.pdf(document).await.map_err(|e| call.fail(e))?;
    Ok(Pdf(File::pdf(&format!("dossier-{number}"), bytes)))
}

pub async fn create(
    call: Call,
    _: NoParameter,
    Json(new): Json<NewCaseShape>,
) -> Result<Made<CreatedShape>, Problem> {
    let register = call.register()?;
    let territories = call.huis.territories(&call.caller, &call.processing, Power::Create).await;
    let territories = territories.map_err(|e| call.fail(e))?;
    let first = first_sections(&call.caller, register);
    let communes = entry::communes(&call.caller);
    let known = Known { communes: &communes, occurs: &|_, _| false };
    let mut faults = Vec::new();
    let mut sections: Vec<(String, Facts)> = Vec::new();
    for (rank, sent) in new.volets.iter().enumerate() {
        let at = format!("volets.{rank}.");
        let Some(section) = first.iter().find(|s| s.id == sent.volet) else {
            faults.push(FaultShape::of(
                format!("{at}volet"),
                "Un dossier ne s’ouvre pas avec ce volet.",
            ));
            continue;
        };
        if !section.repeats && sections.iter().any(|(id, _)| *id == section.id) {
            faults.push(FaultShape::of(format!("{at}volet"), "Ce volet ne se répète pas."));
        }
        let prefix = format!("{at}champs.");
        let read = facts::read(&section.fields, &prefix, &sent.champs, &known, &mut faults);
        sections.push((section.id.clone(), read));
    }
    for section in first.iter().filter(|s| s.fields.iter().any(|f| f.required)) {
        if !new.volets.iter().any(|v| v.volet == section.id) && needed(section) {
            let text = format!("Donnez le volet « {} ».", section.label);
            faults.push(FaultShape::of("volets", text));
        }
    }
    if let Some(code) = &new.secteur
        && !territories.iter().any(|(known, _)| known == code)
    {
        faults.push(FaultShape::of("secteur", "Ce n’est pas un de vos secteurs."));
    }
    let unit = new.secteur.or_else(|| unit_of(register, &territories, &sections));
    if unit.is_none() && faults.is_empty() {
        let text = "La ville du local n’est d’aucun de vos secteurs : choisissez le secteur.";
        faults.push(FaultShape::of("secteur", text));
    }
    let Some(territory) = unit.filter(|_| faults.is_empty()) else {
        return Err(Problem::faults(faults));
    };
    sections.extend(referent(&call.caller, register));
    let new = NewCase { territory, sections, acts: Vec::new() };
    let made = call.huis.create_dossier(&call.caller, &call.processing, new).await;
    let made = made.map_err(|e| call.fail(e))?;
    let shape =
        |archive_possible| CreatedShape { numero: made.number.to_string(), archive_possible };
    Ok(Made { body: shape(Some(made.archived_match)), ids: shape(None) })
}

/// Must a new dossier have this section? One that may be absent has nothing compulsory, or repeats
/// and is about persons who may not exist.
fn needed(section: &Section) -> bool {
    section.about.is_some() || !section.repeats
}

/// The fields of a section that this caller sees: those that they write.
fn visible(call: &Call, section: &Section) -> Result<Vec<Field>, Problem> {
    let register = call.register()?;
    let sees =
        |f: &&Field| call.caller.profiles(register).any(|p| p.sees_field(&section.id, &f.id));
    Ok(section.fields.iter().filter(sees).cloned().collect())
}

/// A section that may be written by itself: one that an act brings goes with its act.
fn writable<'r>(call: &'r Call, opened: &Opened, section: &str) -> Result<&'r Section, Problem> {
    let processed = call.processed()?;
    let section = processed.register.section(section).ok_or_else(Problem::not_found)?;
    let acts = &processed.register.acts;
    let brought = acts.iter().any(|a| processed.rules.brings(&a.id).contains(&section.id.as_str()));
    if brought || !opened.may.writes.contains(&section.id) {
        return Err(Problem::not_found());
    }
    Ok(section)
}

async fn write(
    call: &Call,
    number: CaseNumber,
    (section, occurrence): (&str, Option<u32>),
    sent: &WriteSection,
) -> Result<u32, Problem> {
    let opened = opened(call, number, Reading::Screen).await?;
    let section = writable(call, &opened, section)?;
    let seen = |o: &Opened| -> Vec<u32> {
        let of = o.view.sections.iter().filter(|s| s.section == section.id);
        of.map(|s| s.occurrence).collect()
    };
    let before = seen(&opened);
    match occurrence {
        Some(n) if !before.contains(&n) => return Err(Problem::not_found()),
        None if !section.repeats
            && (!before.is_empty() || opened.view.withheld.contains(&section.id)) =>
        {
            let text = "Ce volet ne se répète pas : modifiez celui qui existe.";
            return Err(Problem::faults(vec![FaultShape::of("volet", text)]));
        }
        _ => {}
    }
    let communes = entry::communes(&call.caller);
    let occurs = |of: &str, n: u32| {
        opened.view.sections.iter().any(|s| s.section == of && s.occurrence == n)
    };
    let known = Known { communes: &communes, occurs: &occurs };
    let fields = visible(call, section)?;
    let mut faults = Vec::new();
    let facts = facts::read(&fields, "champs.", &sent.champs, &known, &mut faults);
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    let command = SectionCommand {
        section: section.id.clone(),
        occurrence,
        base_version: sent.version,
        facts,
        about: None,
        remove: false,
    };
    match call.huis.write_section(&call.caller, &call.processing, number, command).await {
        Ok(()) => match occurrence {
            Some(n) => Ok(n),
            None => Ok(before.iter().max().map_or(1, |n| n + 1)),
        },
        Err(UseError::Conflict { .. }) => {
            Err(clash(call, number, &section.id, occurrence, &sent.champs).await)
        }
        Err(error) => Err(call.fail(error)),
    }
}

/// Mine and theirs, field by field: what is recorded is read again, and traced as a reading.
async fn clash(
    call: &Call,
    number: CaseNumber,
    section: &str,
    occurrence: Option<u32>,
    mine: &Sent,
) -> Problem {
    let theirs = match opened(call, number, Reading::Screen).await {
        Ok(opened) => opened,
        Err(problem) => return problem,
    };
    let found = theirs
        .view
        .sections
        .iter()
        .find(|s| s.section == section && occurrence.is_none_or(|n| s.occurrence == n));
    let (version, theirs) = found.map_or((0, Sent::new()), |s| (s.version, facts::shown(&s.facts)));
    let names = mine.keys().chain(theirs.keys());
    let champs: BTreeMap<String, Side> = names
        .filter(|name| mine.get(*name) != theirs.get(*name))
        .map(|name| {
            let side = Side { mien: mine.get(name).cloned(), leur: theirs.get(name).cloned() };
            (name.clone(), side)
        })
        .collect();
    Problem { conflit: Some(Box::new(Clash { version, champs })), ..Problem::of("conflit") }
}

pub async fn write_section(
    call: Call,
    of: OfOccurrence,
    Json(sent): Json<WriteSection>,
) -> Result<Done, Problem> {
    let number = number(&of.numero)?;
    write(&call, number, (&of.volet, Some(of.occurrence)), &sent).await?;
    Ok(Done)
}

pub async fn add_section(
    call: Call,
    of: OfSection,
    Json(sent): Json<WriteSection>,
) -> Result<Made<MadeId>, Problem> {
    let number = number(&of.numero)?;
    let occurrence = write(&call, number, (&of.volet, None), &sent).await?;
    Ok(Made::ids(MadeId { id: occurrence.to_string() }))
}

pub async fn remove_section(
    call: Call,
    of: OfOccurrence,
    Json(sent): Json<AtVersion>,
) -> Result<Done, Problem> {
    let number = number(&of.numero)?;
    let opened = opened(&call, number, Reading::Screen).await?;
    let section = writable(&call, &opened, &of.volet)?;
    let found = opened.view.sections.iter();
    let mut found = found.filter(|s| s.section == section.id && s.occurrence == of.occurrence);
    let seen = found.next().filter(|_| section.repeats).ok_or_else(Problem::not_found)?;
    let command = SectionCommand {
        section: section.id.clone(),
        occurrence: Some(of.occurrence),
        base_version: sent.version,
        facts: seen.facts.clone(),
        about: None,
        remove: true,
    };
    let done = call.huis.write_section(&call.caller, &call.processing, number, command).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn hide_section(
    call: Call,
    of: OfOccurrence,
    Json(sent): Json<Hide>,
) -> Result<Done, Problem> {
    let number = number(&of.numero)?;
    let (section, reason) = (of.volet.as_str(), sent.motif.as_deref());
    let register = call.register()?;
    if register.section(section).is_none_or(|s| s.about.is_none()) {
        return Err(Problem::not_found());
    }
    let (caller, processing) = (&call.caller, &call.processing);
    let done = call
        .huis
        .restrict_section(caller, processing, number, section, of.occurrence, sent.version, reason)
        .await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn void(call: Call, of: OfAct, Json(why): Json<Reason>) -> Result<Done, Problem> {
    let number = number(&of.numero)?;
    let done =
        call.huis.void_act(&call.caller, &call.processing, number, of.acte, &why.motif).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn holds(call: Call, of: OfCase, _: Nothing) -> Result<Shown<Vec<HoldShape>>, Problem> {
    let number = number(&of.numero)?;
    let found = call.huis.holds(&call.caller, &call.processing, number).await;
    Ok(Shown(found.map_err(|e| call.fail(e))?.iter().map(hold).collect()))
}

pub async fn place_hold(call: Call, of: OfCase, Json(new): Json<NewHold>) -> Result<Done, Problem> {
    let number = number(&of.numero)?;
    let command = HoldCommand { reason: new.motif, until: new.jusqu_au.0 };
    let done = call.huis.place_hold(&call.caller, &call.processing, number, command).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn lift_hold(call: Call, of: OfHold, _: Nothing) -> Result<Done, Problem> {
    let number = number(&of.numero)?;
    // A hold's id is written as a session's is: 32 hexadecimal digits.
    let hold: huis_kernel::SessionId = id(&of.id)?;
    let done = call.huis.lift_hold(&call.caller, &call.processing, number, *hold.as_bytes()).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn mandates(call: Call, of: OfCase, _: Nothing) -> Result<Shown<Mandates>, Problem> {
    let number = number(&of.numero)?;
    let found = call.huis.mandates(&call.caller, &call.processing, number).await;
    let (held, others) = found.map_err(|e| call.fail(e))?;
    Ok(Shown(Mandates {
        designes: held
            .iter()
            .map(|m| MandateShape {
                partenaire: PartnerShape::from(&m.partner),
                depuis: Day(m.since),
            })
            .collect(),
        autres: others.iter().map(PartnerShape::from).collect(),
    }))
}

pub async fn mandate(call: Call, of: OfCase, Json(new): Json<NewMandate>) -> Result<Done, Problem> {
    let number = number(&of.numero)?;
    let done = call.huis.mandate(&call.caller, &call.processing, number, &new.code).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}

pub async fn end_mandate(call: Call, of: OfMandate, _: Nothing) -> Result<Done, Problem> {
    let number = number(&of.numero)?;
    let done = call.huis.end_mandate(&call.caller, &call.processing, number, &of.code).await;
    done.map_err(|e| call.fail(e))?;
    Ok(Done)
}
