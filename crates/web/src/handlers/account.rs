//! One's own account: password, second factor, open sessions; and the page of help.

mod post;
mod tokens;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use huis_usecases::{
    UseError,
    accounts::{Duty, MustChange, Next, PasswordRule, Session as Opened},
    grants::{GrantLine, GrantState, scope_words},
};

use crate::{
    app::{AnySession, App, Me, Session, fail, flash, with_session},
    errors::{PageError, page},
    fmt,
    guard::CheckedForm,
    handlers::sign_in::{landing, refused},
    layout::{Crumb, Shell, Tone},
    pages::{Pair, accounts::MyAccount, auth, help::Help},
    routes,
};

pub fn routes() -> Router<App> {
    let at = |part: &str| format!("{}/{part}", routes::MY_ACCOUNT);
    Router::new()
        .route(routes::MY_ACCOUNT, get(mine))
        .route(routes::MY_PASSWORD, get(password_form).post(change_password))
        .route(routes::MY_FACTOR, get(enrol_form).post(enrol))
        .route(&at("codes-de-secours"), post(fresh_codes))
        .route(&at("fermer-les-autres"), post(close_others))
        .route(&at("pris-connaissance"), post(acknowledge))
        .merge(post::routes())
        .merge(tokens::routes())
        .route(routes::HELP, get(help))
}

/// A whole session, or what stands in its way: pages that serve both.
type Maybe = Result<Me, Response>;

/// The shell of a page that a session with something left to do opens too.
fn shell(me: Option<&Me>, any: &AnySession, title: &str) -> Shell {
    me.map_or_else(|| any.shell(), |me| me.shell(None, crumbs(me, title)))
}

fn crumbs(me: &Me, title: &str) -> Vec<Crumb> {
    vec![
        Crumb::link(me.locale.t("nav.day"), routes::DAY),
        Crumb::link(me.locale.t("shell.account"), routes::MY_ACCOUNT),
        Crumb::here(title),
    ]
}

/// The session behind the cookie, once its code was given.
fn known(any: &AnySession) -> Result<&Session, Redirect> {
    match &any.session {
        None => Err(Redirect::to(routes::SIGN_IN)),
        Some(s) if s.state.pending == Next::Totp => Err(Redirect::to(routes::TOTP)),
        Some(session) => Ok(session),
    }
}

async fn mine(State(app): State<App>, me: Maybe, any: AnySession) -> Result<Response, PageError> {
    let me = match (me, &any.session) {
        (Ok(me), _) => me,
        (Err(_), Some(session)) if session.state.pending != Next::Done => {
            return Ok(Redirect::to(&landing(session.state.pending, routes::DAY)).into_response());
        }
        (Err(elsewhere), _) => return Ok(elsewhere),
    };
    let account = app.huis.my_account(&me.caller).await.map_err(fail)?;
    let sessions = app.huis.my_sessions(&me.caller).await.map_err(fail)?;
    let grants = app.huis.my_grants(&me.caller).await.map_err(fail)?;
    let places = app.huis.territory_names(&me.caller).await.map_err(fail)?;
    let zone = me.zone();
    let day = |d: Option<_>| d.map_or_else(|| "pas encore".to_owned(), fmt::date);
    let facts = vec![
        Pair::new("Nom", account.name),
        Pair::new("Identifiant", account.login),
        Pair::new("Service", account.service),
        Pair::new("Adresse de service", account.email),
        Pair::new("Mot de passe changé le", fmt::date(account.password_on)),
        Pair::new("Informé du traitement et de la trace", day(account.duties.informed_on)),
        Pair::new("Procédure d’habilitation acceptée", day(account.duties.committed_on)),
        Pair::new("Formation suivie", day(account.duties.trained_on)),
    ];
    let scope = |grant: &GrantLine| scope_words(&grant.territories, &places);
    let term = |grant: &GrantLine| match &grant.state {
        GrantState::Withdrawn { at, .. } => format!("retirée le {}", fmt::instant(*at, &zone)),
        GrantState::Expired => format!("terminée le {}", fmt::date(grant.until)),
        GrantState::Coming => {
            format!("du {} au {}", fmt::date(grant.from), fmt::date(grant.until))
        }
        GrantState::InForce => format!("jusqu’au {}", fmt::date(grant.until)),
    };
    Ok(page(&MyAccount {
        shell: me.shell(
            None,
            vec![
                Crumb::link(me.locale.t("nav.day"), routes::DAY),
                Crumb::here(me.locale.t("shell.account")),
            ],
        ),
        facts,
        grants: grants
            .iter()
            .map(|g| Pair::new(format!("{}, {}", g.profile_label, scope(g)), term(g)))
            .collect(),
        second_factor: account.second_factor,
        provider: app.huis.provider_name().map(str::to_owned),
        linked: app.huis.identity_linked(me.caller.actor.agent).await.map_err(fail)?,
        duties_due: account.duties.informed_on.is_none() || account.duties.committed_on.is_none(),
        others: sessions.iter().any(|s| !s.current),
        sessions: sessions
            .iter()
            .map(|s| {
                let which = if s.current { "Cette session" } else { "Autre session" };
                let since = fmt::instant(s.since, &zone);
                Pair::new(format!("{which}, {}", s.address), format!("depuis le {since}"))
            })
            .collect(),
        mails: post::choices(&app, &me).await?,
        feed: post::feed(&app, &me).await?,
        tokens: tokens::in_force(&app, &me).await?,
    }))
}

/// The rules as pairs: what is asked, and its source.
fn rule_pairs(rules: Vec<PasswordRule>) -> Vec<Pair> {
    let source = |r: &PasswordRule| {
        if r.verified { r.article.clone() } else { format!("{} (à vérifier)", r.article) }
    };
    rules.into_iter().map(|r| Pair::new(r.text.clone(), source(&r))).collect()
}

async fn password_page(
    app: &App,
    me: Option<&Me>,
    any: &AnySession,
    session: &Session,
    faults: Vec<String>,
) -> Result<Response, PageError> {
    let caller = &session.state.caller;
    let rules = app.huis.password_rules(caller).await.map_err(fail)?;
    let why = match session.state.pending {
        Next::ChangePassword(why) => Some(why),
        _ => None,
    };
    let title = any.locale.t("password.title");
    Ok(page(&auth::Password {
        shell: shell(me, any, &title),
        because: why.map(|w| w.message().to_owned()),
        asks_present: why != Some(MustChange::Reset),
        rules: rule_pairs(rules),
        faults,
    }))
}

async fn password_form(
    State(app): State<App>,
    me: Maybe,
    any: AnySession,
) -> Result<Response, PageError> {
    let me = me.ok();
    match known(&any) {
        Ok(session) => password_page(&app, me.as_ref(), &any, session, Vec::new()).await,
        Err(elsewhere) => Ok(elsewhere.into_response()),
    }
}

async fn change_password(
    State(app): State<App>,
    me: Maybe,
    any: AnySession,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let me = me.ok();
    let session = match known(&any) {
        Ok(session) => session,
        Err(elsewhere) => return Ok(elsewhere.into_response()),
    };
    let typed = |name| form.get(name).unwrap_or_default();
    let new = typed("nouveau");
    if new != typed("encore") {
        let faults = vec![any.locale.t("password.mismatch")];
        return Ok(refused(password_page(&app, me.as_ref(), &any, session, faults).await?, None));
    }
    match app.huis.change_password(&session.state, typed("actuel"), new).await {
        Ok(opened) => {
            Ok(renewed(&app, &opened, routes::MY_ACCOUNT, Some("flash.password_changed")))
        }
        Err(UseError::Invalid(faults)) => {
            Ok(refused(password_page(&app, me.as_ref(), &any, session, faults).await?, None))
        }
        Err(error) => Err(fail(error)),
    }
}

/// A change closed every session and opened this one.
fn renewed(app: &App, opened: &Opened, to: &str, message: Option<&str>) -> Response {
    let to = landing(opened.next, to);
    let answer = match message {
        Some(key) => flash(app.tls, &to, Tone::Good, key),
        None => Redirect::to(&to).into_response(),
    };
    with_session(answer, &opened.token, app.tls)
}

async fn enrol_page(
    app: &App,
    me: Option<&Me>,
    any: &AnySession,
    session: &Session,
    fault: Option<String>,
) -> Result<Response, PageError> {
    let enrolment = app.huis.enrol_begin(&session.state).await.map_err(fail)?;
    let account = app.huis.my_account(&session.state.caller).await.map_err(fail)?;
    let title = any.locale.t("totp.enrol_title");
    Ok(page(&auth::TotpEnrol {
        shell: shell(me, any, &title),
        qr_svg: enrolment.qr_svg,
        secret: enrolment.secret,
        replaces: account.second_factor,
        fault,
    }))
}

async fn enrol_form(
    State(app): State<App>,
    me: Maybe,
    any: AnySession,
) -> Result<Response, PageError> {
    let me = me.ok();
    let session = match known(&any) {
        Ok(session) => session,
        Err(elsewhere) => return Ok(elsewhere.into_response()),
    };
    if matches!(session.state.pending, Next::ChangePassword(_)) {
        return Ok(Redirect::to(routes::MY_PASSWORD).into_response());
    }
    enrol_page(&app, me.as_ref(), &any, session, None).await
}

async fn enrol(
    State(app): State<App>,
    me: Maybe,
    any: AnySession,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let me = me.ok();
    let session = match known(&any) {
        Ok(session) => session,
        Err(elsewhere) => return Ok(elsewhere.into_response()),
    };
    let code = form.get("code").unwrap_or_default();
    let password = form.get("actuel").unwrap_or_default();
    match app.huis.enrol_confirm(&session.state, code, password).await {
        Ok(enrolled) => {
            // The page is outside: its forms would bear the token of the session that was closed.
            let next = landing(enrolled.session.next, routes::DAY);
            let codes = enrolled.recovery;
            let answer = page(&auth::Recovery { shell: any.shell(), codes, next });
            Ok(with_session(answer, &enrolled.session.token, app.tls))
        }
        Err(UseError::Invalid(why)) => {
            let page = enrol_page(&app, me.as_ref(), &any, session, Some(why.join(" "))).await?;
            Ok(refused(page, None))
        }
        Err(error) => Err(fail(error)),
    }
}

async fn fresh_codes(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let password = form.get("actuel").unwrap_or_default();
    let codes = match app.huis.new_recovery_codes(&me.session.state, password).await {
        Ok(codes) => codes,
        Err(UseError::Invalid(_)) => {
            return Ok(flash(app.tls, routes::MY_ACCOUNT, Tone::Bad, "flash.codes_refused"));
        }
        Err(error) => return Err(fail(error)),
    };
    let title = me.locale.t("totp.codes_title");
    let next = routes::MY_ACCOUNT.to_owned();
    Ok(page(&auth::Recovery { shell: me.shell(None, crumbs(&me, &title)), codes, next }))
}

async fn close_others(
    State(app): State<App>,
    me: Me,
    _: CheckedForm,
) -> Result<Response, PageError> {
    app.huis.close_other_sessions(&me.caller).await.map_err(fail)?;
    Ok(flash(app.tls, routes::MY_ACCOUNT, Tone::Good, "flash.others_closed"))
}

/// The agent says themself that they were informed and keep to the procedure.
async fn acknowledge(
    State(app): State<App>,
    me: Me,
    _: CheckedForm,
) -> Result<Response, PageError> {
    let done = app.huis.my_account(&me.caller).await.map_err(fail)?.duties;
    for (duty, on) in [(Duty::Informed, done.informed_on), (Duty::Committed, done.committed_on)] {
        if on.is_none() {
            app.huis.acknowledge(&me.caller, duty).await.map_err(fail)?;
        }
    }
    Ok(flash(app.tls, routes::MY_ACCOUNT, Tone::Good, "flash.acknowledged"))
}

async fn help(me: Maybe, any: AnySession) -> Response {
    let shell = match &me {
        Ok(me) => me.shell(
            None,
            vec![
                Crumb::link(me.locale.t("nav.day"), routes::DAY),
                Crumb::here(me.locale.t("shell.help")),
            ],
        ),
        Err(_) => any.shell(),
    };
    page(&Help { shell })
}
