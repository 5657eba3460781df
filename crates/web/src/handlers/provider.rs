//! Signing in by the organisation's identity provider (OpenID Connect): leaving for it, coming
//! back, linking one's identity to one's account.

use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use huis_usecases::{
    UseError,
    accounts::{Arrival, CallerState, Signed},
};
use serde::Deserialize;

use crate::{
    app::{AnySession, App, Me, baggage, fail, flash, with_baggage, without_baggage},
    errors::{PageError, page},
    guard::CheckedForm,
    handlers::sign_in::{Asked, arrive, back, refused, sign_in_page},
    layout::Tone,
    pages::auth,
    routes,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route(routes::PROVIDER, get(depart))
        .route(routes::PROVIDER_BACK, get(come_back))
        .route(routes::MY_IDENTITY, post(link))
        .route(&format!("{}/delier", routes::MY_IDENTITY), post(unlink))
}

async fn depart(
    State(app): State<App>,
    any: AnySession,
    Query(asked): Asked,
) -> Result<Response, PageError> {
    let back = back(&asked);
    match app.huis.provider_depart(None, &back).await {
        Ok(departure) => Ok(with_baggage(
            Redirect::to(&departure.address).into_response(),
            &departure.baggage,
            app.tls,
        )),
        // The provider does not answer: the password still does.
        Err(UseError::Invalid(why)) => {
            let fault = Some(why.join(" "));
            Ok(refused(sign_in_page(&app, &any, String::new(), back, fault).await?, None))
        }
        Err(error) => Err(fail(error)),
    }
}

async fn link(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let by = (&*me.session.state, form.get("actuel").unwrap_or_default());
    match app.huis.provider_depart(Some(by), routes::MY_ACCOUNT).await {
        // A form of ours leads to no other site (`form-action`): a page does.
        Ok(departure) => {
            let leave = auth::ComeBack { shell: me.shell(None, Vec::new()), to: departure.address };
            Ok(with_baggage(page(&leave), &departure.baggage, app.tls))
        }
        Err(UseError::Invalid(_)) => {
            Ok(flash(app.tls, routes::MY_ACCOUNT, Tone::Bad, "flash.identity_refused"))
        }
        Err(error) => Err(fail(error)),
    }
}

async fn unlink(State(app): State<App>, me: Me, _: CheckedForm) -> Result<Response, PageError> {
    app.huis.unlink_identity(&me.session.state).await.map_err(fail)?;
    Ok(flash(app.tls, routes::MY_ACCOUNT, Tone::Good, "flash.identity_unlinked"))
}

/// What the provider adds to the address.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    /// Set by our own page: the browser comes from this site, with its cookies.
    ici: Option<String>,
}

async fn come_back(
    State(app): State<App>,
    any: AnySession,
    headers: axum::http::HeaderMap,
    Query(answer): Query<Answer>,
) -> Result<Response, PageError> {
    // A browser that comes from another site brings no cookie of ours (SameSite=Strict), by
    // design: a page of this site brings it here once more.
    if answer.ici.is_none() {
        let query = [("state", &*answer.state), ("code", &*answer.code), ("ici", "1")];
        let mut shell = any.shell();
        routes::SIGN_IN.clone_into(&mut shell.path);
        let to = routes::with_query(routes::PROVIDER_BACK, &query);
        return Ok(page(&auth::ComeBack { shell, to }));
    }
    let carried = baggage(&headers, app.tls).unwrap_or_default();
    let given = (!answer.code.is_empty()).then_some((&*answer.state, &*answer.code));
    let whom: Option<&CallerState> = any.session.as_ref().map(|s| &*s.state);
    let arrival =
        app.huis.provider_arrive(&carried, given, whom, &any.address).await.map_err(fail)?;
    let mine = |tone, key| flash(app.tls, routes::MY_ACCOUNT, tone, key);
    let answer = match arrival {
        Arrival::Signed(Signed::Session(session), back) => {
            arrive(&session, routes::safe_return(&back), app.tls)
        }
        Arrival::Signed(Signed::Refused { message, wait_seconds }, _) => {
            let (login, back) = (String::new(), routes::DAY.to_owned());
            let answer = sign_in_page(&app, &any, login, back, Some(message)).await?;
            refused(answer, wait_seconds)
        }
        Arrival::Linked => mine(Tone::Good, "flash.identity_linked"),
        Arrival::NotLinked => mine(Tone::Bad, "flash.identity_not_linked"),
        Arrival::Taken => mine(Tone::Bad, "flash.identity_taken"),
    };
    Ok(without_baggage(answer, app.tls))
}
