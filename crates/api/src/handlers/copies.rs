//! What is taken out for good: the copy of a person's data, deposits to the public archives.

use huis_documents::File;
use huis_kernel::CaseNumber;
use huis_register::Power;
use huis_usecases::{
    Copied, CopyCommand, CopyMade, Opening, Person, PersonCopy, UseError,
    oversight::{DepositCommand, ahead},
};

use crate::{
    answer::{Pdf, Shown, Zip},
    facts,
    operation::{Call, Json, Nothing},
    problem::{FaultShape, Problem},
    shapes::{
        Day, NoParameter, OfCase,
        case::SectionShape,
        copy::{
            CopiedAct, CopyAnswer, CopyShape, MentionShape, NearTerm, NewCopy, NewDeposit, OfCopy,
            OpeningShape, PlaceShape,
        },
        number,
        texts::BlockShape,
        watch::AtDay,
    },
};

fn place(person: &Person) -> PlaceShape {
    PlaceShape { volet: person.section.clone(), occurrence: person.occurrence }
}

fn shape(call: &Call, copy: &PersonCopy) -> Result<CopyShape, Problem> {
    let processed = call.huis.processed(&copy.processing).map_err(|e| call.fail(e))?;
    let act = |a: &huis_access::ActView| {
        let champs = facts::shown(a.facts.as_ref()?);
        Some(CopiedAct { numero: a.no, genre: a.kind.clone(), le: Day(a.on), champs })
    };
    let opening = |o: &Opening| OpeningShape {
        le: Day(o.on),
        service: o.service.clone(),
        finalite: o.purpose.clone(),
        operation: o.operation.to_owned(),
        fois: o.times,
    };
    Ok(CopyShape {
        traitement: copy.processing.clone(),
        dossier: copy.number.to_string(),
        ouvert_le: Day(copy.opened_on),
        clos_le: copy.closed_on.map(Day),
        archive: copy.archived,
        personne: place(&copy.person),
        nom: copy.name.0.clone(),
        prenom: copy.name.1.clone(),
        volets: copy.sections.iter().map(SectionShape::from).collect(),
        actes: copy.acts.iter().filter_map(act).collect(),
        ecartables: copy.free_texts(&processed.register).into_iter().collect(),
        non_attribues: copy.unattributed.iter().cloned().collect(),
        consultations: copy.openings.iter().map(opening).collect(),
        consultations_depuis: Day(copy.since),
        mentions: copy
            .mentions
            .iter()
            .map(|(title, blocks)| MentionShape {
                titre: title.clone(),
                texte: blocks.iter().cloned().map(BlockShape::from).collect(),
            })
            .collect(),
    })
}

fn answer(call: &Call, found: &Copied) -> Result<CopyAnswer, Problem> {
    let (etat, copie, places) = match found {
        Copied::Whole(copy) => ("copie", Some(shape(call, copy)?), Vec::new()),
        Copied::Nobody => ("personne", None, Vec::new()),
        Copied::Several(places) => ("plusieurs", None, places.iter().map(place).collect()),
    };
    Ok(CopyAnswer { etat: etat.to_owned(), copie, places })
}

/// What stands in the way, as the desk is told it on its page.
fn stopped(call: &Call, error: UseError) -> Problem {
    let desk = call.register().is_ok_and(|register| call.caller.can(register, Power::Copy));
    match error {
        UseError::Refused(_) if desk => {
            let text = "L’identité de la personne n’est pas encore vérifiée : enregistrez d’abord comment elle l’a été.";
            Problem::faults(vec![FaultShape::whole(text)])
        }
        UseError::ArchiveLocked if desk => Problem::of("archive-fermee"),
        other => call.fail(other),
    }
}

/// The request and the dossier; elsewhere than where requests are taken there is nothing (I13).
fn pair(call: &Call, request: &str, of: &str) -> Result<(CaseNumber, CaseNumber), Problem> {
    if !call.huis.takes_requests(&call.processing) {
        return Err(Problem::not_found());
    }
    Ok((number(request)?, number(of)?))
}

pub async fn look(call: Call, of: OfCopy, _: Nothing) -> Result<Shown<CopyAnswer>, Problem> {
    let (request, dossier) = pair(&call, &of.numero, &of.dossier)?;
    let which = match (of.volet, of.occurrence) {
        (None, None) => None,
        (Some(section), Some(occurrence)) => Some(Person { section, occurrence }),
        _ => {
            let fault = FaultShape::of("volet", "Donnez le volet et l’occurrence ensemble.");
            return Err(Problem::of("illisible").with(vec![fault]));
        }
    };
    let found = call.huis.copy_for(&call.caller, request, dossier, which.as_ref()).await;
    Ok(Shown(answer(&call, &found.map_err(|e| stopped(&call, e))?)?))
}

pub async fn make(call: Call, of: OfCase, Json(new): Json<NewCopy>) -> Result<Pdf, Problem> {
    let (request, dossier) = pair(&call, &of.numero, &new.dossier)?;
    let which = new.personne.map(|p| Person { section: p.volet, occurrence: p.occurrence });
    let left_out = new.ecarter.into_iter().collect();
    let command = CopyCommand { number: dossier, which, left_out, why: new.pourquoi };
    let paper = |copy: &PersonCopy| {
        let processing = &call.processing;
        (call.papers.copy)(&call.huis, &call.caller, processing, copy, &command.left_out)
    };
    match call.huis.make_copy(&call.caller, request, &command, paper).await {
        Ok(CopyMade::File(bytes)) => Ok(Pdf(File::pdf(&format!("copie-{dossier}"), bytes))),
        Ok(CopyMade::Not(Copied::Several(_))) => {
            let text = "Plusieurs personnes portent ce nom : donnez la place de l’une d’elles.";
            Err(Problem::faults(vec![FaultShape::of("personne", text)]))
        }
        Ok(CopyMade::Not(_)) => {
            let text = "Personne de ce nom n’est dans ce dossier.";
            Err(Problem::faults(vec![FaultShape::of("dossier", text)]))
        }
        Err(error) => Err(stopped(&call, error)),
    }
}

pub async fn near(call: Call, asked: AtDay, _: Nothing) -> Result<Shown<Vec<NearTerm>>, Problem> {
    let by = match &asked.au {
        Some(text) => call.day("au", text)?,
        None => ahead(call.caller.today),
    };
    let found = call.huis.near_their_term(&call.caller, &call.processing, by).await;
    let line = |c: huis_usecases::oversight::PlannedCard| NearTerm {
        numero: c.number.to_string(),
        le: Day(c.on),
    };
    Ok(Shown(found.map_err(|e| call.fail(e))?.into_iter().map(line).collect()))
}

pub async fn deposit(
    call: Call,
    _: NoParameter,
    Json(new): Json<NewDeposit>,
) -> Result<Zip, Problem> {
    let mut numbers = Vec::new();
    for text in &new.dossiers {
        // What is no number is no dossier.
        numbers.push(number(text)?);
    }
    numbers.sort_by_key(|n: &CaseNumber| n.digits());
    numbers.dedup();
    let command = DepositCommand {
        service: new.service.trim().to_owned(),
        visa: new.visa.trim().to_owned(),
        numbers,
    };
    let paper = |opened: &huis_usecases::Opened| {
        (call.papers.dossier)(&call.huis, &call.caller, &call.processing, opened)
    };
    let made = call.huis.deposit(&call.caller, &call.processing, &command, paper).await;
    let bytes = made.map_err(|error| match error {
        // On the screen each dossier is a box of one name.
        UseError::Faults(faults) => {
            let mut faults: Vec<FaultShape> = faults.into_iter().map(FaultShape::from).collect();
            for fault in &mut faults {
                fault.champ = fault.champ.take().map(|f| f.replace("dossier", "dossiers"));
            }
            Problem::faults(faults)
        }
        other => call.fail(other),
    })?;
    let name = format!("versement-{}", call.caller.today);
    Ok(Zip(File::new(&name, "zip", "application/zip", bytes)))
}
