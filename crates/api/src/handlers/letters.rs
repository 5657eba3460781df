use huis_documents::{Document, File};
use huis_kernel::CaseNumber;
use huis_usecases::{
    entry,
    entry::Known,
    letters::{Batch, LetterFault, MOST, SendCommand, SendReport},
};

use crate::{
    answer::{Made, Pdf, Shown},
    facts,
    operation::{Call, Json, Nothing},
    problem::{FaultShape, Problem},
    shapes::{
        Day, NoParameter, OfCase,
        daily::DueShape,
        files::{
            CaseFaults, CaseLetters, CaseNumbers, LetterDayShape, LetterDueShape, LetterRef,
            LetterRefs, LetterWrittenShape, NewLetter, Report, Returned, SendLetters,
        },
        number,
        write::OfAct,
    },
};

pub async fn due(
    call: Call,
    _: NoParameter,
    _: Nothing,
) -> Result<Shown<Vec<LetterDayShape>>, Problem> {
    let found = call.huis.letters_due(&call.caller, &call.processing).await;
    let processed = call.processed()?;
    let shape = |day: huis_usecases::letters::LetterDay| LetterDayShape {
        numero: day.line.number.to_string(),
        secteur: day.line.territory,
        echeances: day.rules.iter().map(|(r, on)| DueShape::new(processed, r, *on)).collect(),
    };
    Ok(Shown(found.map_err(|e| call.fail(e))?.into_iter().map(shape).collect()))
}

pub async fn of_case(call: Call, of: OfCase, _: Nothing) -> Result<Shown<CaseLetters>, Problem> {
    let number = number(&of.numero)?;
    let found = call.huis.dossier_letters(&call.caller, &call.processing, number).await;
    let (_, letters) = found.map_err(|e| call.fail(e))?;
    Ok(Shown(CaseLetters {
        dus: letters
            .due
            .iter()
            .map(|d| LetterDueShape {
                lettre: d.letter.clone(),
                destinataire: d.to.as_ref().map(|to| to.1),
                depuis: Day(d.since),
                prepare: d.prepared,
            })
            .collect(),
        prepares: letters
            .written
            .iter()
            .map(|w| LetterWrittenShape {
                acte: w.no,
                lettre: w.letter.clone(),
                destinataire: w.to.as_ref().map(|to| to.1),
                le: Day(w.on),
                partie_le: w.sent.as_ref().map(|s| Day(s.on)),
                mode: w.sent.as_ref().map(|s| s.mode.clone()),
                revenue_le: w.returned.as_ref().map(|r| Day(r.0)),
                motif: w.returned.as_ref().map(|r| r.1.clone()),
            })
            .collect(),
    }))
}

pub async fn prepare_one(
    call: Call,
    of: OfCase,
    Json(new): Json<NewLetter>,
) -> Result<Made<LetterRef>, Problem> {
    let number = number(&of.numero)?;
    let register = call.register()?;
    let may = call.caller.writes_letters(register);
    if !may {
        return Err(Problem::not_found());
    }
    let Some(letter) = register.letter(&new.lettre) else {
        let text = "Ce n’est pas une lettre que vous pouvez préparer.";
        return Err(Problem::faults(vec![FaultShape::of("lettre", text)]));
    };
    let communes = entry::communes(&call.caller);
    let known = Known { communes: &communes, occurs: &|_, _| false };
    let mut faults = Vec::new();
    let inputs = facts::read(&letter.fields, "champs.", &new.champs, &known, &mut faults);
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    let (caller, processing) = (&call.caller, &call.processing);
    let done = call
        .huis
        .prepare_letter(caller, processing, number, &letter.id, new.destinataire, &inputs)
        .await
        .map_err(|e| call.fail(e))?;
    Ok(Made::ids(LetterRef { numero: number.to_string(), acte: done.written.no }))
}

fn fault(fault: LetterFault) -> CaseFaults {
    CaseFaults { numero: fault.number.to_string(), messages: fault.messages }
}

fn report(done: Vec<(CaseNumber, u32)>, faults: Vec<LetterFault>) -> Made<Report> {
    let faits: Vec<LetterRef> = done
        .into_iter()
        .map(|(number, acte)| LetterRef { numero: number.to_string(), acte })
        .collect();
    let fautes = Some(faults.into_iter().map(fault).collect());
    Made { ids: Report { faits: faits.clone(), fautes: None }, body: Report { faits, fautes } }
}

fn refs(courriers: &[LetterRef]) -> Result<Vec<(CaseNumber, u32)>, Problem> {
    let mut faults = Vec::new();
    if courriers.is_empty() || courriers.len() > 500 {
        faults.push(FaultShape::of("courriers", "De 1 à 500 courriers."));
    }
    let mut out = Vec::new();
    for (rank, one) in courriers.iter().enumerate() {
        match one.numero.parse() {
            Ok(number) => out.push((number, one.acte)),
            Err(_) => {
                let at = format!("courriers.{rank}.numero");
                faults.push(FaultShape::of(at, "Ce n’est pas un numéro de dossier."));
            }
        }
    }
    if faults.is_empty() { Ok(out) } else { Err(Problem::faults(faults)) }
}

pub async fn prepare(
    call: Call,
    _: NoParameter,
    Json(sent): Json<CaseNumbers>,
) -> Result<Made<Report>, Problem> {
    let numbers: Option<Vec<CaseNumber>> = sent.dossiers.iter().map(|n| n.parse().ok()).collect();
    let numbers = numbers.filter(|n| !n.is_empty() && n.len() <= MOST).ok_or_else(|| {
        let text = format!("De 1 à {MOST} numéros de dossier.");
        Problem::faults(vec![FaultShape::of("dossiers", text)])
    })?;
    let found = call.huis.prepare_letters(&call.caller, &call.processing, &numbers).await;
    let Batch { letters, faults } = found.map_err(|e| call.fail(e))?;
    let done = letters.iter().map(|l| (l.number, l.written.no)).collect();
    Ok(report(done, faults))
}

pub async fn pdf(call: Call, of: OfAct, _: Nothing) -> Result<Pdf, Problem> {
    let number = number(&of.numero)?;
    if !call.huis.has_press() {
        return Err(Problem::not_found());
    }
    let asked = [(number, of.acte)];
    let found = call.huis.open_letters(&call.caller, &call.processing, &asked).await;
    let found = found.map_err(|e| call.fail(e))?;
    let first = found.letters.first().ok_or_else(Problem::not_found)?;
    let mut document = Document::new(first.label.clone(), call.caller.now);
    document.author.clone_from(&call.caller.office.name);
    first.letter.set(&mut document);
    let bytes = call.huis.pdf(document).await.map_err(|e| call.fail(e))?;
    Ok(Pdf(File::pdf(&format!("courrier-{number}-{}", of.acte), bytes)))
}

/// Several letters in one file, as they are printed together.
pub async fn print(
    call: Call,
    _: NoParameter,
    Json(sent): Json<LetterRefs>,
) -> Result<Pdf, Problem> {
    let asked = refs(&sent.courriers)?;
    if !call.huis.has_press() {
        return Err(Problem::not_found());
    }
    let found = call.huis.open_letters(&call.caller, &call.processing, &asked).await;
    let found = found.map_err(|e| call.fail(e))?;
    // What is not one's to open is not there: the others are printed.
    if found.letters.is_empty() {
        return Err(Problem::not_found());
    }
    let mut document = Document::new("Courriers", call.caller.now);
    document.author.clone_from(&call.caller.office.name);
    found.letters.iter().for_each(|printed| printed.letter.set(&mut document));
    let bytes = call.huis.pdf(document).await.map_err(|e| call.fail(e))?;
    Ok(Pdf(File::pdf("courriers", bytes)))
}

fn told(done: SendReport) -> Made<Report> {
    report(done.done, done.faults)
}

pub async fn send(
    call: Call,
    _: NoParameter,
    Json(sent): Json<SendLetters>,
) -> Result<Made<Report>, Problem> {
    let command = SendCommand { letters: refs(&sent.courriers)?, mode: sent.mode, on: sent.le.0 };
    let done = call.huis.send_letters(&call.caller, &call.processing, &command).await;
    Ok(told(done.map_err(|e| call.fail(e))?))
}

pub async fn unsend(
    call: Call,
    _: NoParameter,
    Json(sent): Json<LetterRefs>,
) -> Result<Made<Report>, Problem> {
    let letters = refs(&sent.courriers)?;
    let done = call.huis.unsend_letters(&call.caller, &call.processing, &letters).await;
    Ok(told(done.map_err(|e| call.fail(e))?))
}

pub async fn returned(
    call: Call,
    of: OfAct,
    Json(sent): Json<Returned>,
) -> Result<Made<Report>, Problem> {
    let number = number(&of.numero)?;
    let (caller, processing) = (&call.caller, &call.processing);
    let done = call
        .huis
        .letter_returned(caller, processing, number, of.acte, &sent.motif, sent.le.0)
        .await;
    Ok(told(done.map_err(|e| call.fail(e))?))
}
