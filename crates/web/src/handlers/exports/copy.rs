//! The copy of what is held about one person, as the PDF that is given to them (RGPD art. 15 § 3).
//! Making it is recorded in the request, with what was left out and why.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::post,
};
use huis_documents::{Document, File, Table};
use huis_kernel::Instant;
use huis_usecases::{CopyCommand, CopyMade, Huis, PersonCopy, UseError};
use std::collections::BTreeSet;

use super::file;
use crate::{
    app::{App, Me, fail},
    errors::PageError,
    guard::CheckedForm,
    handlers::dossier::{
        copy::{Asked, screen, view},
        number,
    },
    pages::{
        Pair,
        copy::{CopyPart, CopyView},
    },
};

pub fn routes() -> Router<App> {
    Router::new().route("/dossiers/{numero}/copie.pdf", post(copy))
}

/// What stands in the place of a text that was left out.
const LEFT_OUT: &str =
    "Écarté de la copie : ce texte parle d’une autre personne (article 15, paragraphe 4).";

async fn copy(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let lost = |e: PageError| e.into_response();
    // Without a press nothing is opened in vain.
    if !app.huis.has_press() || !app.huis.takes_requests(&me.processing) {
        return Err(lost(PageError::NotFound));
    }
    let said = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let asked =
        Asked { dossier: said("dossier"), volet: said("volet"), occurrence: said("occurrence") };
    let (request, of) = (number(&text).map_err(lost)?, number(&asked.dossier).map_err(lost)?);
    let command = CopyCommand {
        number: of,
        which: asked.person(),
        left_out: form
            .pairs()
            .filter(|(n, _)| *n == "ecarter")
            .map(|(_, v)| v.to_owned())
            .collect(),
        why: said("pourquoi"),
    };
    let left_out = &command.left_out;
    let paper = |copy: &PersonCopy| document(&app.huis, &me, copy, left_out).ok();
    let bytes = match app.huis.make_copy(&me.caller, request, &command, paper).await {
        Ok(CopyMade::File(bytes)) => bytes,
        Err(UseError::Faults(faults)) => {
            let faults = faults.into_iter().map(|f| f.message).collect();
            return screen(&app, &me, &text, &asked, faults).await;
        }
        Ok(CopyMade::Not(_))
        | Err(UseError::ArchiveLocked | UseError::Refused(_) | UseError::NotFound) => {
            return screen(&app, &me, &text, &asked, Vec::new()).await;
        }
        Err(error) => return Err(lost(fail(error))),
    };
    let mut answer = file(File::pdf(&format!("copie-{of}"), bytes));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// The page on paper: nothing that the page does not show (I3).
pub(in crate::handlers) fn document(
    huis: &Huis,
    me: &Me,
    copy: &PersonCopy,
    left_out: &BTreeSet<String>,
) -> Result<Document, PageError> {
    let register = &huis.processed(&copy.processing).map_err(fail)?.register;
    let mut out = set(&view(me, register, copy), left_out, me.caller.now);
    out.author.clone_from(&me.caller.office.name);
    Ok(out)
}

fn set(c: &CopyView, left_out: &BTreeSet<String>, at: Instant) -> Document {
    let mut out = Document::new("Copie des données vous concernant", at);
    out.heading(1, "Copie des données vous concernant");
    out.paragraph("Ce document contient les données gardées à votre sujet dans le dossier ci-dessous, et rien de ce qui concerne une autre personne (règlement (UE) 2016/679, article 15).");
    pairs(&mut out, &c.card);
    out.heading(2, "Données");
    if c.sections.is_empty() {
        out.paragraph("Aucune donnée.");
    }
    c.sections.iter().for_each(|p| part(&mut out, p, left_out));
    if !c.acts.is_empty() {
        out.heading(2, "Étapes de la procédure");
        c.acts.iter().for_each(|p| part(&mut out, p, left_out));
    }
    out.heading(2, "Qui a consulté le dossier");
    out.paragraph(format!(
        "Depuis le {}. Les traces plus anciennes sont effacées à leur terme.",
        c.since
    ));
    if c.openings.is_empty() {
        out.paragraph("Aucune consultation.");
    } else {
        let mut table = Table::new(["Jour", "Service", "Finalité", "Opération", "Fois"])
            .width(1, 3)
            .width(2, 4)
            .width(3, 2);
        for (on, service, purpose, operation, times) in &c.openings {
            table.push([
                on.clone(),
                service.clone(),
                purpose.clone(),
                operation.clone(),
                times.to_string(),
            ]);
        }
        out.table(table);
    }
    for (title, texts) in &c.mentions {
        out.heading(2, title.as_str());
        texts.iter().for_each(|text| out.paragraph(text.as_str()));
    }
    out
}

fn part(out: &mut Document, part: &CopyPart, left_out: &BTreeSet<String>) {
    out.heading(3, part.title.as_str());
    pairs(out, &part.pairs);
    for (id, label, words) in &part.free {
        let words = if left_out.contains(id) { LEFT_OUT } else { words.as_str() };
        pairs(out, &[Pair::new(label.clone(), words)]);
    }
}

fn pairs(out: &mut Document, pairs: &[Pair]) {
    if !pairs.is_empty() {
        out.pairs(pairs.iter().map(|p| (p.label.as_str(), p.value.as_str())));
    }
}
