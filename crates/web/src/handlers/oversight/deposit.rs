//! Deposits to the public archives: what nears its term, taken out once, on record.

use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use huis_documents::File;
use huis_dossier::Facts;
use huis_kernel::CaseNumber;
use huis_register::{Field, FieldKind};
use huis_usecases::{
    Opened, UseError,
    oversight::{DepositCommand, MOST_DEPOSITED, PlannedCard, ahead},
};
use serde::Deserialize;

use super::{retention::date_asked, shell};
use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    forms::{FieldFault, FormContext, FormData, FormFaults, FormView, plain},
    guard::CheckedForm,
    handlers::exports,
    layout::{Crumb, Place},
    pages::deposit::{Deposit, DepositRow},
    routes,
};

/// Its page.
pub fn routes() -> Router<App> {
    Router::new().route(routes::DEPOSIT, get(open).post(make))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Until when, as typed or as an ISO date.
    au: String,
}

async fn open(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    show(&app, &me, &asked.au, None).await
}

fn fields() -> [Field; 2] {
    [
        plain("service", "Service d’archives qui reçoit", FieldKind::Text { max: 120 }, true),
        plain("visa", "Référence de son visa", FieldKind::Text { max: 120 }, true),
    ]
}

/// What was posted, and all that is wrong with it.
struct Refused<'a> {
    form: &'a FormData,
    faults: Vec<(&'static str, String)>,
}

async fn show(
    app: &App,
    me: &Me,
    typed: &str,
    refused: Option<Refused<'_>>,
) -> Result<Response, PageError> {
    let standard = ahead(me.caller.today).to_string();
    let typed = if typed.trim().is_empty() { standard.as_str() } else { typed };
    let (by, by_field) = date_asked(typed, me.caller.today)?;
    let cards = match app.huis.near_their_term(&me.caller, &me.processing, by).await {
        Ok(cards) => cards,
        // Closed meanwhile, or not open yet: open it first.
        Err(UseError::ArchiveLocked) => return Ok(Redirect::to(routes::ARCHIVE).into_response()),
        Err(error) => return Err(fail(error)),
    };
    let context = FormContext::default();
    let form = match &refused {
        None => FormView::from_facts(&fields(), &Facts::new(), &context),
        Some(refused) => {
            let value = |id: &str| refused.form.get(id).unwrap_or_default().to_owned();
            let faults = refused.faults.iter().filter(|(field, _)| *field != "dossier");
            let faults = FormFaults {
                faults: faults
                    .map(|(field, message)| FieldFault {
                        field: Some((*field).to_owned()),
                        message: message.clone(),
                        article: None,
                    })
                    .collect(),
                typed: ["service", "visa"].map(|id| (id.to_owned(), value(id))).into(),
            };
            FormView::refused(&fields(), &faults, &context)
        }
    };
    let chosen: Vec<&str> = refused.iter().flat_map(|r| r.form.all("dossier")).collect();
    let fault = refused.as_ref().and_then(|r| {
        r.faults.iter().find(|(field, _)| *field == "dossier").map(|(_, text)| text.clone())
    });
    let mut page_shell = shell(app, me, Place::Archive, "Versement").await?;
    page_shell.crumbs.insert(1, Crumb::link("Archives", routes::ARCHIVE));
    let mut answer = page(&Deposit {
        shell: page_shell,
        by: by_field,
        by_iso: by.to_string(),
        most: MOST_DEPOSITED,
        rows: cards.iter().map(|card| row(card, &chosen)).collect(),
        fields: form.fields,
        fault,
    });
    if refused.is_some() {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

fn row(card: &PlannedCard, chosen: &[&str]) -> DepositRow {
    let number = card.number.to_string();
    DepositRow {
        href: routes::dossier(card.number),
        on: fmt::date(card.on),
        chosen: chosen.contains(&number.as_str()),
        number,
    }
}

async fn make(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let mut numbers: Vec<CaseNumber> = form.all("dossier").filter_map(|n| n.parse().ok()).collect();
    numbers.sort_by_key(|n| n.digits());
    numbers.dedup();
    let command = DepositCommand {
        service: form.get("service").unwrap_or_default().trim().to_owned(),
        visa: form.get("visa").unwrap_or_default().trim().to_owned(),
        numbers,
    };
    let faults = command.faults();
    let by = form.get("au").unwrap_or_default();
    // Without a press nothing is opened in vain.
    if !app.huis.has_press() {
        return Err(PageError::NotFound.into_response());
    }
    if !faults.is_empty() {
        let refused = Refused { form: &form, faults };
        return show(&app, &me, by, Some(refused)).await.map_err(IntoResponse::into_response);
    }
    let paper = |opened: &Opened| exports::dossier_document(&me, opened).ok();
    match app.huis.deposit(&me.caller, &me.processing, &command, paper).await {
        Ok(file) => {
            let name = format!("versement-{}", me.caller.today);
            Ok(exports::file(File::new(&name, "zip", "application/zip", file)))
        }
        Err(UseError::ArchiveLocked) => Err(Redirect::to(routes::ARCHIVE).into_response()),
        Err(error) => Err(fail(error).into_response()),
    }
}
