use huis_dossier::{Draft, Facts};
use huis_kernel::CaseNumber;
use huis_register::ActKind;
use huis_usecases::{ActCommand, Opened, Reading, entry, entry::Known};

use super::cases::opened;
use crate::{
    answer::{Made, Shown},
    facts,
    operation::{Call, Json, Nothing},
    problem::{FaultShape, Problem},
    shapes::{
        OfCase,
        case::FlagShape,
        number,
        write::{ForeseenShape, NewActShape, RecordedShape},
    },
};

/// An act that was read: what to record, and with what.
struct Read {
    draft: Draft,
    version: Option<u64>,
    brought: Vec<(String, Facts)>,
}

/// The kinds of act that may be filed in a dossier: for who opens it, those of its page; on the
/// doorstep, those of the profile.
pub async fn kinds(call: Call, of: OfCase, _: Nothing) -> Result<Shown<Vec<String>>, Problem> {
    let number = number(&of.numero)?;
    if call.caller.opens_dossiers(call.register()?) {
        let opened = opened(&call, number, Reading::Screen).await?;
        return Ok(Shown(opened.may.acts.into_iter().collect()));
    }
    let found = call.huis.doorstep(&call.caller, &call.processing, number).await;
    Ok(Shown(found.map_err(|e| call.fail(e))?))
}

async fn read(call: &Call, number: CaseNumber, sent: &NewActShape) -> Result<Read, Problem> {
    let processed = call.processed()?;
    let register = &processed.register;
    let seen: Option<Opened> = if call.caller.opens_dossiers(register) {
        Some(opened(call, number, Reading::Screen).await?)
    } else {
        None
    };
    let may: Vec<String> = match &seen {
        Some(opened) => opened.may.acts.iter().cloned().collect(),
        None => {
            let found = call.huis.doorstep(&call.caller, &call.processing, number).await;
            found.map_err(|e| call.fail(e))?
        }
    };
    let kind: &ActKind = match register.act(&sent.acte).filter(|k| may.contains(&k.id)) {
        // What letters record has its own operations.
        Some(kind) if !processed.rules.by_letter(&kind.id) => kind,
        _ => {
            let text = "Ce n’est pas un acte que vous pouvez enregistrer dans ce dossier.";
            return Err(Problem::faults(vec![FaultShape::of("acte", text)]));
        }
    };
    let communes = entry::communes(&call.caller);
    let occurs = |of: &str, n: u32| {
        let sections = seen.iter().flat_map(|o| &o.view.sections);
        sections.into_iter().any(|s| s.section == of && s.occurrence == n)
    };
    let known = Known { communes: &communes, occurs: &occurs };
    let mut faults = Vec::new();
    let own = facts::read(&kind.fields, "champs.", &sent.champs, &known, &mut faults);
    let brings = processed.rules.brings(&kind.id);
    let mut brought = Vec::new();
    for section in brings.iter().filter_map(|id| register.section(id)) {
        let prefix = format!("volets.{}.", section.id);
        let empty = facts::Sent::new();
        let sent = sent.volets.get(&section.id).unwrap_or(&empty);
        let read = facts::read(&section.fields, &prefix, sent, &known, &mut faults);
        brought.push((section.id.clone(), read));
    }
    for id in sent.volets.keys().filter(|id| !brings.contains(&id.as_str())) {
        let id: String = id.chars().filter(|c| !c.is_control()).take(64).collect();
        let text = "Cet acte n’apporte pas ce volet.";
        faults.push(FaultShape::of(format!("volets.{id}"), text));
    }
    let version = match (&seen, sent.version) {
        (Some(_), None) => {
            faults
                .push(FaultShape::of("version", "Donnez la version du dossier que vous avez lue."));
            None
        }
        // On the doorstep nothing was read, so nothing that was read can have moved.
        (None, _) => None,
        (Some(_), given) => given,
    };
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    let draft = Draft { kind: kind.id.clone(), on: sent.le.0, facts: own, corrects: sent.corrige };
    Ok(Read { draft, version, brought })
}

pub async fn foresee(
    call: Call,
    of: OfCase,
    Json(sent): Json<NewActShape>,
) -> Result<Shown<ForeseenShape>, Problem> {
    let number = number(&of.numero)?;
    let read = read(&call, number, &sent).await?;
    let command = ActCommand { draft: read.draft, base_version: read.version.unwrap_or(0) };
    let sections: Vec<&str> = read.brought.iter().map(|(s, _)| s.as_str()).collect();
    let found = call
        .huis
        .preview_act(&call.caller, &call.processing, number, &command, &sections)
        .await
        .map_err(|e| call.fail(e))?;
    Ok(Shown(ForeseenShape::new(found.as_ref())))
}

pub async fn record(
    call: Call,
    of: OfCase,
    Json(sent): Json<NewActShape>,
) -> Result<Made<RecordedShape>, Problem> {
    let number = number(&of.numero)?;
    let Read { draft, version, brought } = read(&call, number, &sent).await?;
    let (caller, processing) = (&call.caller, &call.processing);
    let done = call.huis.deposit_act(caller, processing, number, &draft, version, &brought).await;
    let done = done.map_err(|e| call.fail(e))?;
    let ids =
        RecordedShape { numero: number.to_string(), acte: done.no, remarques: None, archive: None };
    // who files without following the procedure is not told what the rules remark.
    let follows = caller.can(call.register()?, huis_register::Power::Lists)
        || caller.can(call.register()?, huis_register::Power::Archive);
    let body = RecordedShape {
        remarques: follows.then(|| done.flags.iter().map(FlagShape::from).collect()),
        archive: follows.then_some(done.archived),
        ..ids.clone()
    };
    Ok(Made { body, ids })
}
