//! One dossier: its page, its forms, what is decided on it.

mod act;
mod conflict;
mod context;
pub(super) mod copy;
mod create;
mod decide;
mod doorstep;
mod foresee;
mod hide;
mod hold;
pub(super) mod indemnity;
mod mandates;
mod receipt;
mod section;
mod sheet;
pub(super) mod view;
mod void;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use huis_kernel::CaseNumber;
use huis_usecases::{Opened, Reading, UseError};
use serde::Deserialize;

use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    layout::{Crumb, Place, Shell},
    pages::{
        Beside,
        dossier::{DossierLive, DossierPage},
        print::Print,
    },
    routes,
};

/// The routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route(routes::NEW, get(create::form).post(create::send))
        .route("/dossiers/{numero}", get(dossier))
        .route("/dossiers/{numero}/version", get(version))
        .route("/dossiers/{numero}/vif", get(live))
        .route("/dossiers/{numero}/imprimer", get(print))
        .route("/dossiers/{numero}/actes/{acte}", get(act::form).post(act::send))
        .route("/dossiers/{numero}/reprendre/{no}/{volet}", get(section::take_over))
        .route("/dossiers/{numero}/recus/{no}", get(receipt::show))
        .route("/dossiers/{numero}/partenaires", get(mandates::show).post(mandates::name))
        .route("/dossiers/{numero}/partenaires/{code}/retirer", post(mandates::end))
        .route("/dossiers/{numero}/annuler/{no}", get(void::form).post(void::send))
        .route(
            "/dossiers/{numero}/volets/{volet}/{occurrence}",
            get(section::form).post(section::send),
        )
        .route(
            "/dossiers/{numero}/volets/{volet}/{occurrence}/retirer",
            get(hide::remove_form).post(hide::remove),
        )
        .route(
            "/dossiers/{numero}/volets/{volet}/{occurrence}/masquer",
            get(hide::hide_form).post(hide::hide),
        )
        .route("/dossiers/{numero}/indemnite", get(indemnity::screen))
        .route("/dossiers/{numero}/indemnite/calcul/{no}", get(indemnity::sealed))
        .route("/dossiers/{numero}/copie", get(copy::show))
        .route("/dossiers/{numero}/copie/archives", post(copy::unlock))
        .route("/dossiers/{numero}/gel", get(hold::form).post(hold::send))
        .route("/dossiers/{numero}/gel/{gel}/lever", get(hold::lift_form).post(hold::lift))
}

/// A number in an address; what is not one leads nowhere.
pub(super) fn number(text: &str) -> Result<CaseNumber, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// Opens a dossier, or says where to go first: an archived one needs the archive open.
pub(super) async fn open(
    app: &App,
    me: &Me,
    number: CaseNumber,
    reading: Reading,
) -> Result<Opened, Response> {
    match app.huis.open_dossier(&me.caller, &me.processing, number, reading).await {
        Ok(opened) => Ok(opened),
        Err(UseError::ArchiveLocked) => Err(Redirect::to(routes::ARCHIVE).into_response()),
        Err(error) => Err(fail(error).into_response()),
    }
}

/// The shell of a page of a dossier, with the way back.
fn shell(me: &Me, number: CaseNumber, here: Option<&str>) -> Shell {
    let home = if me.can(huis_register::Power::Lists) {
        Crumb::link("Dossiers", routes::LIST)
    } else {
        Crumb::link("Ma journée", routes::DAY)
    };
    let crumbs = match here {
        None => vec![home, Crumb::here(number.to_string())],
        Some(here) => {
            vec![home, Crumb::link(number.to_string(), routes::dossier(number)), Crumb::here(here)]
        }
    };
    me.shell(Some(Place::List), crumbs)
}

/// The request of a person from which one comes to a dossier.
#[derive(Debug, Default, Deserialize)]
struct From {
    #[serde(default)]
    demande: String,
}

/// What the request says, when it is about this dossier and its reader is at a desk that answers
/// it: in any other case nothing, and the page is as ever.
async fn beside(app: &App, me: &Me, number: CaseNumber, from: &From) -> Option<Beside> {
    let request = from.demande.parse::<CaseNumber>().ok()?;
    let asked = app.huis.request(&me.caller, request).await.ok()?;
    let of = asked.processing == me.processing && asked.numbers.contains(&number);
    of.then(|| Beside {
        number: request.to_string(),
        href: routes::dossier(request),
        words: asked.words.clone(),
    })
}

/// An address within the work on a request: it keeps whose it is.
fn with_request(to: &str, beside: Option<&Beside>) -> String {
    match beside {
        Some(beside) => routes::with_query(to, &[("demande", &beside.number)]),
        None => to.to_owned(),
    }
}

async fn dossier(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
    Query(from): Query<From>,
) -> Result<Response, Response> {
    let number = number(&text).map_err(PageError::into_response)?;
    if !me.opens_dossiers() {
        return doorstep::page(&app, &me, number).await.map_err(PageError::into_response);
    }
    let opened = open(&app, &me, number, Reading::Screen).await?;
    let mut d = view::view(&me, &opened).map_err(PageError::into_response)?;
    let beside = beside(&app, &me, number, &from).await;
    for occurrence in d.sections.iter_mut().flat_map(|s| &mut s.occurrences) {
        if let Some(href) = &mut occurrence.edit_href {
            *href = with_request(href, beside.as_ref());
        }
    }
    let mut shell = shell(&me, number, None);
    if app.huis.has_press() {
        shell.exports = vec![("Dossier (PDF)", routes::dossier_part(number, "dossier.pdf"))];
    }
    Ok(page(&DossierPage { beside, shell, d }))
}

#[derive(Debug, Deserialize)]
struct Since {
    #[serde(default)]
    depuis: String,
}

/// What the page asks every few seconds: 204 when nothing changed, else the new revision. No
/// content, no trace.
async fn version(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
    Query(since): Query<Since>,
) -> Result<Response, PageError> {
    let number = number(&text)?;
    let revision =
        app.huis.revision(&me.caller, &me.processing, number).await.map_err(fail)?.to_string();
    if revision == since.depuis {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], revision).into_response())
}

/// What changed: a traced read.
async fn live(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
) -> Result<Response, Response> {
    let number = number(&text).map_err(PageError::into_response)?;
    let opened = open(&app, &me, number, Reading::Screen).await?;
    let d = view::view(&me, &opened).map_err(PageError::into_response)?;
    Ok(page(&DossierLive { csrf: me.csrf(), d }))
}

async fn print(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
) -> Result<Response, Response> {
    let number = number(&text).map_err(PageError::into_response)?;
    let opened = open(&app, &me, number, Reading::Print).await?;
    let mut d = view::view(&me, &opened).map_err(PageError::into_response)?;
    // On paper one reads in the order of the procedure, dates kept and passed together.
    d.acts.reverse();
    let done = std::mem::take(&mut d.done);
    d.terms.splice(0..0, done);
    d.terms.sort_by_key(|t| t.due);
    let at = fmt::instant(me.caller.now, &me.zone());
    let printed = format!("imprimé le {at} par {}", me.caller.agent.name);
    Ok(page(&Print { shell: shell(&me, number, Some("Imprimer")), d, printed }))
}
