//! What one is told by mail, and one's calendar link; where mail stands, for the administrator.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use huis_usecases::agenda::{self, Agenda};

use crate::{
    app::{AnySession, App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    guard::CheckedForm,
    layout::{Crumb, Place, Tone},
    pages::accounts::{FeedLink, MailRow, Mails},
    routes,
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(routes::MY_MAILS, post(choose))
        .route(routes::MY_FEED, post(make))
        .route(&format!("{}/retirer", routes::MY_FEED), post(end))
        .route(routes::MAILS, get(state).post(hold))
        .route(&format!("{}/{{lien}}", agenda::PLACE), get(calendar))
}

pub(super) async fn choices(app: &App, me: &Me) -> Result<Vec<MailRow>, PageError> {
    let mine = app.huis.mail_choices(&me.caller).await.map_err(fail)?;
    let row = |c: huis_usecases::mail::MailChoice| MailRow {
        code: c.kind.code(),
        label: c.kind.label().to_owned(),
        on: c.on,
        required: c.kind.required(),
    };
    Ok(mine.into_iter().map(row).collect())
}

pub(super) async fn feed(app: &App, me: &Me) -> Result<Option<String>, PageError> {
    let found = app.huis.my_feed(&me.caller).await.map_err(fail)?;
    let zone = me.zone();
    Ok(found.map(|f| {
        let made = fmt::date(f.made.date_in(&zone));
        match f.read {
            Some(at) => format!("Lien fait le {made}, lu le {}.", fmt::instant(at, &zone)),
            None => format!("Lien fait le {made}, jamais lu."),
        }
    }))
}

async fn choose(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let wanted: Vec<String> = form.all("courriel").map(str::to_owned).collect();
    app.huis.choose_mails(&me.caller, &wanted).await.map_err(fail)?;
    Ok(flash(app.tls, routes::MY_ACCOUNT, Tone::Good, "flash.mails_saved"))
}

async fn make(
    State(app): State<App>,
    me: Me,
    headers: HeaderMap,
    _: CheckedForm,
) -> Result<Response, PageError> {
    let token = app.huis.make_feed(&me.caller).await.map_err(fail)?;
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let scheme = if app.tls { "https" } else { "http" };
    let crumbs = vec![
        Crumb::link(me.locale.t("nav.day"), routes::DAY),
        Crumb::link(me.locale.t("shell.account"), routes::MY_ACCOUNT),
        Crumb::here("Lien d’agenda"),
    ];
    let url = format!("{scheme}://{host}{}", agenda::path(&token));
    let shell =
        crate::layout::Shell { path: routes::MY_ACCOUNT.to_owned(), ..me.shell(None, crumbs) };
    Ok(page(&FeedLink { shell, url }))
}

async fn end(State(app): State<App>, me: Me, _: CheckedForm) -> Result<Response, PageError> {
    app.huis.end_feed(&me.caller).await.map_err(fail)?;
    Ok(flash(app.tls, routes::MY_ACCOUNT, Tone::Good, "flash.feed_ended"))
}

/// The calendar behind a link: no session, as calendars have none.
async fn calendar(
    State(app): State<App>,
    any: AnySession,
    Path(link): Path<String>,
) -> Result<Response, PageError> {
    let token = link.strip_suffix(".ics").ok_or(PageError::NotFound)?;
    match app.huis.agenda(token, &any.address).await.map_err(fail)? {
        Agenda::Calendar(text) => {
            let kind = (header::CONTENT_TYPE, "text/calendar; charset=utf-8");
            Ok(([kind, (header::CACHE_CONTROL, "private, no-store")], text).into_response())
        }
        Agenda::TooOften => {
            Ok((StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "3600")]).into_response())
        }
        Agenda::Nothing => Err(PageError::NotFound),
    }
}

async fn state(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    let state = app.huis.mail_state(&me.caller).await.map_err(fail)?;
    let zone = me.zone();
    let why = |code: &str| match code {
        "compte" => "le compte n’est plus actif",
        "refus" => "le serveur de courriel a refusé l’adresse",
        "restauration" => "il attendait lors d’une restauration : il était peut-être déjà parti",
        "serveur" => "le serveur de courriel n’a pas répondu pendant trois jours",
        _ => "le courriel ne se lit plus",
    };
    let crumbs = vec![
        Crumb::link(me.locale.t("nav.day"), routes::DAY),
        Crumb::link(me.locale.t("nav.settings"), routes::SETTINGS),
        Crumb::here("Courriels"),
    ];
    let dead = state
        .dead
        .into_iter()
        .map(|(name, kind, at, code)| (name, kind.label(), fmt::instant(at, &zone), why(&code)));
    Ok(page(&Mails {
        shell: me.shell(Some(Place::Settings), crumbs),
        ready: state.ready,
        paused: state.paused,
        waiting: state.waiting,
        dead: dead.collect(),
    }))
}

async fn hold(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let paused = form.get("suspendre") == Some("oui");
    app.huis.hold_mails(&me.caller, paused).await.map_err(fail)?;
    Ok(flash(app.tls, routes::MAILS, Tone::Good, "flash.settings_saved"))
}
