//! The day's letters: list, choose, prepare, read, print, mark as sent, take back.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use huis_documents::Document;
use huis_kernel::{CaseNumber, Date};
use huis_usecases::{
    UseError,
    letters::{Batch, Block, LetterFault, MODES, MOST, Printed, SendCommand, SendReport},
};

use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    forms::FormData,
    guard::CheckedForm,
    layout::{Crumb, Place},
    pages::letters::{LetterBatch, LetterRow, LetterSheet, Letters, LettersSent, Part},
    routes,
};

pub(super) async fn list(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    show(&app, &me, None).await
}

async fn show(app: &App, me: &Me, fault: Option<String>) -> Result<Response, PageError> {
    let processed = me.processed()?;
    let due = app.huis.letters_due(&me.caller, &me.processing).await.map_err(fail)?;
    let writes = me.caller.writes_letters(&processed.register);
    let rows = due
        .into_iter()
        .enumerate()
        .map(|(at, day)| {
            let labels: Vec<&str> =
                day.rules.iter().map(|(rule, _)| processed.rules.term_label(rule)).collect();
            let first = day.rules.iter().map(|(_, due)| *due).min();
            LetterRow {
                number: day.line.number.to_string(),
                href: if writes {
                    routes::dossier_part(day.line.number, "courriers")
                } else {
                    routes::dossier(day.line.number)
                },
                what: labels.join(" ; "),
                due: first.map(fmt::date).unwrap_or_default(),
                late: first.is_some_and(|d| d < me.caller.today),
                unit: day.line.territory,
                chosen: at < MOST,
            }
        })
        .map(|row| LetterRow { what: fmt::french(&row.what), ..row })
        .collect();
    let refused = fault.is_some();
    let mut answer = page(&Letters {
        shell: me.shell(Some(Place::Letters), vec![Crumb::here("Courriers")]),
        rows,
        most: MOST,
        writes,
        fault,
    });
    if refused {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

pub(super) async fn prepare(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let numbers: Vec<CaseNumber> = form.all("dossier").filter_map(|n| n.parse().ok()).collect();
    if numbers.is_empty() || numbers.len() > MOST {
        let text = if numbers.is_empty() {
            "Cochez au moins un dossier.".to_owned()
        } else {
            format!("Cochez {MOST} dossiers au plus : le reste se prépare ensuite.")
        };
        return show(&app, &me, Some(fmt::french(&text))).await;
    }
    let found = app.huis.prepare_letters(&me.caller, &me.processing, &numbers).await;
    Ok(sheets(&app, &me, found.map_err(fail)?))
}

/// The letters as they are printed, with what to do once they are posted.
pub(super) fn sheets(app: &App, me: &Me, batch: Batch) -> Response {
    let letters: Vec<LetterSheet> = batch.letters.iter().map(sheet).collect();
    let mut numbers: Vec<&str> = letters.iter().map(|l| l.number.as_str()).collect();
    numbers.dedup();
    let (n, d) = (letters.len() as u64, numbers.len() as u64);
    page(&LetterBatch {
        shell: me.shell(
            Some(Place::Letters),
            vec![Crumb::link("Courriers", routes::LETTERS), Crumb::here("À imprimer")],
        ),
        title: format!("{n} lettre{} de {d} dossier{}", fmt::s(n), fmt::s(d)),
        to_send: letters.iter().any(|l| !l.sent),
        letters,
        faults: faults(batch.faults),
        modes: MODES.iter().map(|(c, l)| ((*c).to_owned(), (*l).to_owned())).collect(),
        today: fmt::date(me.caller.today),
        pdf: app.huis.has_press(),
    })
}

fn sheet(printed: &Printed) -> LetterSheet {
    let letter = &printed.letter;
    LetterSheet {
        key: format!("{}.{}", printed.number, printed.written.no),
        number: printed.number.to_string(),
        label: fmt::french(&printed.label),
        sent: printed.written.sent.is_some() && printed.written.returned.is_none(),
        sender: letter.sender.clone(),
        recipient: letter.recipient.clone(),
        place_and_date: letter.place_and_date(),
        subject: letter.subject.clone(),
        body: parts(&letter.body),
        signature: letter.signature.clone(),
    }
}

/// The body, as a page shows it.
pub(super) fn parts(body: &[Block]) -> Vec<Part> {
    body.iter()
        .map(|block| match block {
            Block::Heading(text) => Part::Heading(text.clone()),
            Block::Paragraph(text) => Part::Paragraph(text.clone()),
            Block::List(items) => Part::List(items.clone()),
        })
        .collect()
}

fn faults(faults: Vec<LetterFault>) -> Vec<(String, String, String)> {
    faults
        .into_iter()
        .map(|f| {
            let href = routes::dossier_part(f.number, "courriers");
            (f.number.to_string(), href, fmt::french(&f.messages.join(" ")))
        })
        .collect()
}

/// `NUMBER.no`, as often as there are letters.
fn chosen(form: &FormData) -> Vec<(CaseNumber, u32)> {
    form.all("lettre")
        .filter_map(|key| {
            let (number, no) = key.rsplit_once('.')?;
            Some((number.parse().ok()?, no.parse().ok()?))
        })
        .collect()
}

pub(super) async fn pdf(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let asked = chosen(&form);
    let found = app.huis.open_letters(&me.caller, &me.processing, &asked).await.map_err(fail)?;
    let mut document = Document::new("Courriers", me.caller.now);
    document.author.clone_from(&me.caller.office.name);
    for printed in &found.letters {
        printed.letter.set(&mut document);
    }
    if found.letters.is_empty() {
        return Err(PageError::NotFound);
    }
    file(&app, document, "courriers.pdf").await
}

/// A document as a file to keep.
pub(super) async fn file(app: &App, document: Document, name: &str) -> Result<Response, PageError> {
    let bytes = app.huis.pdf(document).await.map_err(fail)?;
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}

/// `31/12/2025`, or the day itself when the field is empty.
fn day(form: &FormData, today: Date) -> Option<Date> {
    let text = form.get("le").unwrap_or_default().trim();
    if text.is_empty() {
        return Some(today);
    }
    let field = crate::forms::plain("le", "Date", huis_register::FieldKind::Date, true);
    let typed = FormData::from_pairs([("le", text)]);
    let facts =
        crate::forms::parse(&[field], &typed, &crate::forms::FormContext::default()).ok()?;
    facts.get("le")?.as_date()
}

pub(super) async fn send(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let letters = chosen(&form);
    let Some(on) = day(&form, me.caller.today) else {
        let text = "La date d’envoi n’est pas une date : écrivez-la comme 31/12/2025.";
        return show(&app, &me, Some(fmt::french(text))).await;
    };
    if letters.is_empty() {
        return show(&app, &me, Some("Cochez au moins une lettre.".to_owned())).await;
    }
    let mode = form.get("mode").unwrap_or("courrier").to_owned();
    let command = SendCommand { letters, mode, on };
    match app.huis.send_letters(&me.caller, &me.processing, &command).await {
        Ok(report) => Ok(told(&me, report, "marquée", "comme envoyée", true)),
        Err(UseError::Invalid(texts)) => show(&app, &me, Some(texts.join(" "))).await,
        Err(other) => Err(fail(other)),
    }
}

pub(super) async fn unsend(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let letters = chosen(&form);
    if letters.is_empty() {
        return show(&app, &me, Some("Cochez au moins une lettre.".to_owned())).await;
    }
    let done = app.huis.unsend_letters(&me.caller, &me.processing, &letters).await;
    Ok(told(&me, done.map_err(fail)?, "reprise", "à envoyer", false))
}

pub(super) async fn returned(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let (number, no) = chosen(&form).into_iter().next().ok_or(PageError::NotFound)?;
    let on = day(&form, me.caller.today).unwrap_or(me.caller.today);
    let reason = form.get("motif").unwrap_or_default();
    let huis = &app.huis;
    match huis.letter_returned(&me.caller, &me.processing, number, no, reason, on).await {
        Ok(report) => Ok(told(&me, report, "notée", "comme revenue", false)),
        Err(UseError::Invalid(_)) => Err(PageError::Unreadable),
        Err(other) => Err(fail(other)),
    }
}

fn told(me: &Me, report: SendReport, verb: &str, what: &str, undo: bool) -> Response {
    let n = report.done.len() as u64;
    let s = fmt::s(n);
    let title = match n {
        0 => "Rien n’a été enregistré".to_owned(),
        n => format!("{n} lettre{s} {verb}{s} {what}"),
    };
    page(&LettersSent {
        shell: me.shell(
            Some(Place::Letters),
            vec![Crumb::link("Courriers", routes::LETTERS), Crumb::here("Enregistré")],
        ),
        title,
        keys: report.done.iter().map(|(number, no)| format!("{number}.{no}")).collect(),
        faults: faults(report.faults),
        undo,
    })
}
