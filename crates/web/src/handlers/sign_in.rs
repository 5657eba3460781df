//! Signing in and out, the code, a forgotten password, the language.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use huis_usecases::{
    UseError,
    accounts::{Next, Session, Signed},
};
use std::collections::BTreeMap;

use crate::{
    app::{AnySession, App, Me, fail, flash, with_language, with_session, without_session},
    errors::{PageError, page},
    guard::CheckedForm,
    i18n::Locale,
    layout::{Flash, Tone},
    pages::auth,
    routes,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route(routes::SIGN_IN, get(form).post(sign_in))
        .route(routes::TOTP, get(code_form).post(code))
        .route(routes::RESET, get(reset_form).post(ask_reset))
        .route(routes::RESET_LINK, post(redeem))
        .route(&format!("{}/{{jeton}}", routes::RESET_LINK), get(link))
        .route(routes::SIGN_OUT, post(sign_out))
        .route(routes::LANGUAGE, post(language))
}

pub(super) type Asked = Query<BTreeMap<String, String>>;

/// Where to go after, from the address.
pub(super) fn back(asked: &BTreeMap<String, String>) -> String {
    let path = asked.get("retour").map_or(routes::DAY, String::as_str);
    routes::safe_return(path).to_owned()
}

/// A page that refuses what was sent; 429 with the wait when too much was tried.
pub(super) fn refused(answer: Response, wait_seconds: Option<u64>) -> Response {
    let mut answer = answer;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(seconds) = wait_seconds {
        *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            answer.headers_mut().insert(header::RETRY_AFTER, value);
        }
    }
    answer
}

/// Where a session goes first.
pub(super) fn landing(next: Next, back: &str) -> String {
    match next {
        Next::Done => back.to_owned(),
        Next::Totp => routes::with_return(routes::TOTP, back),
        Next::ChangePassword(_) => routes::MY_PASSWORD.to_owned(),
        Next::EnrolTotp => routes::MY_FACTOR.to_owned(),
        Next::ReadProcedure => routes::with_return(routes::PROCEDURE, back),
    }
}

/// Into the program, with the session's cookie.
pub(super) fn arrive(session: &Session, back: &str, tls: bool) -> Response {
    let to = landing(session.next, back);
    with_session(Redirect::to(&to).into_response(), &session.token, tls)
}

async fn home(_: Me) -> Redirect {
    Redirect::to(routes::DAY)
}

/// The page of sign-in, with what was refused.
pub(super) async fn sign_in_page(
    app: &App,
    any: &AnySession,
    login: String,
    back: String,
    fault: Option<String>,
) -> Result<Response, PageError> {
    let demo_accounts = app
        .huis
        .demo_logins()
        .await
        .map_err(fail)?
        .into_iter()
        .map(|d| auth::DemoAccount {
            // The profile names the account: no login in an address (I13).
            href: format!("{}?essai={}", routes::SIGN_IN, d.profile),
            profile: d.label,
            scope: d.scope.join(", "),
            login: d.login,
        })
        .collect();
    let mut shell = any.shell();
    routes::SIGN_IN.clone_into(&mut shell.path);
    if let Some(over) = &any.over
        && let Some(why) = app.huis.session_end(over).await.map_err(fail)?
    {
        shell.flashes.push(Flash { tone: Tone::Info, text: why, link: None });
    }
    let answer = page(&auth::SignIn {
        shell,
        login,
        fault,
        provider: app.huis.provider_name().map(|name| auth::ProviderLink {
            name: name.to_owned(),
            href: routes::with_return(routes::PROVIDER, &back),
        }),
        back,
        demo_accounts,
    });
    // Said once.
    Ok(if any.over.is_some() { without_session(answer, app.tls) } else { answer })
}

async fn form(
    State(app): State<App>,
    any: AnySession,
    Query(asked): Asked,
) -> Result<Response, PageError> {
    let back = back(&asked);
    if any.session.as_ref().is_some_and(|s| s.state.pending == Next::Done) {
        return Ok(Redirect::to(&back).into_response());
    }
    let login = match asked.get("essai") {
        Some(profile) => {
            let logins = app.huis.demo_logins().await.map_err(fail)?;
            logins.into_iter().find(|d| d.profile == *profile).map(|d| d.login)
        }
        None => None,
    };
    sign_in_page(&app, &any, login.unwrap_or_default(), back, None).await
}

async fn sign_in(
    State(app): State<App>,
    any: AnySession,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let login = form.get("identifiant").unwrap_or_default();
    let password = form.get("mot_de_passe").unwrap_or_default();
    let back = routes::safe_return(form.get("retour").unwrap_or_default());
    match app.huis.sign_in(login, password, &any.address).await.map_err(fail)? {
        Signed::Session(session) => Ok(arrive(&session, back, app.tls)),
        Signed::Refused { message, wait_seconds } => {
            let answer =
                sign_in_page(&app, &any, login.to_owned(), back.to_owned(), Some(message)).await?;
            Ok(refused(answer, wait_seconds))
        }
    }
}

async fn code_form(any: AnySession, Query(asked): Asked) -> Response {
    let back = back(&asked);
    match any.session.as_ref().map(|s| s.state.pending) {
        None => Redirect::to(&routes::with_return(routes::SIGN_IN, &back)).into_response(),
        Some(Next::Totp) => page(&auth::Totp { shell: any.shell(), fault: None, back }),
        Some(next) => Redirect::to(&landing(next, &back)).into_response(),
    }
}

async fn code(
    State(app): State<App>,
    any: AnySession,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let back = routes::safe_return(form.get("retour").unwrap_or_default());
    let Some(session) = &any.session else {
        return Ok(Redirect::to(routes::SIGN_IN).into_response());
    };
    let code = form.get("code").unwrap_or_default();
    match app.huis.second_factor(&session.token, code, &any.address).await.map_err(fail)? {
        Signed::Session(session) => Ok(arrive(&session, back, app.tls)),
        Signed::Refused { message, wait_seconds } => {
            let (shell, back) = (any.shell(), back.to_owned());
            let answer = page(&auth::Totp { shell, fault: Some(message), back });
            Ok(refused(answer, wait_seconds))
        }
    }
}

fn reset_page(
    app: &App,
    any: &AnySession,
    sent: Option<String>,
    login: &str,
    fault: Option<String>,
) -> Response {
    page(&auth::Reset {
        shell: any.shell(),
        sent,
        no_mail: !app.huis.mail_ready(),
        login: login.to_owned(),
        fault,
    })
}

async fn reset_form(State(app): State<App>, any: AnySession) -> Response {
    reset_page(&app, &any, None, "", None)
}

async fn ask_reset(
    State(app): State<App>,
    any: AnySession,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let login = form.get("identifiant").unwrap_or_default();
    match app.huis.ask_reset(login, &any.address).await {
        Ok(answer) => Ok(reset_page(&app, &any, Some(answer), "", None)),
        Err(UseError::Invalid(why)) => {
            Ok(refused(reset_page(&app, &any, None, login, Some(why.join(" "))), None))
        }
        Err(error) => Err(fail(error)),
    }
}

async fn link(any: AnySession, Path(token): Path<String>) -> Response {
    let mut shell = any.shell();
    // The language switch comes back elsewhere: the token stays out of its form.
    routes::SIGN_IN.clone_into(&mut shell.path);
    page(&auth::ResetLink { shell, token, fault: None })
}

async fn redeem(
    State(app): State<App>,
    any: AnySession,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let token = form.get("jeton").unwrap_or_default();
    match app.huis.redeem_reset(token, &any.address).await.map_err(fail)? {
        Signed::Session(session) => Ok(arrive(&session, routes::DAY, app.tls)),
        Signed::Refused { message, wait_seconds } => {
            let (shell, token) = (any.shell(), String::new());
            let answer = page(&auth::ResetLink { shell, token, fault: Some(message) });
            Ok(refused(answer, wait_seconds))
        }
    }
}

async fn sign_out(
    State(app): State<App>,
    any: AnySession,
    _: CheckedForm,
) -> Result<Response, PageError> {
    if let Some(session) = &any.session {
        app.huis.sign_out(&session.token, &any.address).await.map_err(fail)?;
    }
    let answer = flash(app.tls, routes::SIGN_IN, Tone::Good, "flash.signed_out");
    Ok(without_session(answer, app.tls))
}

async fn language(State(app): State<App>, CheckedForm(form): CheckedForm) -> Response {
    let to = routes::safe_return(form.get("retour").unwrap_or_default());
    let chosen = form.get("langue").and_then(Locale::named).unwrap_or_default();
    with_language(Redirect::to(to).into_response(), chosen, app.tls)
}
