//! The procedure of grants, read by each agent before a grant opens anything.

use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use huis_usecases::{Caller, UseError, accounts::Next};
use std::collections::BTreeMap;

use crate::{
    app::{AnySession, App, fail, flash},
    errors::{PageError, page},
    fmt,
    guard::CheckedForm,
    layout::Tone,
    pages::security::{ProcedureView, ReadProcedure},
    routes,
};

/// Its page.
pub fn routes() -> Router<App> {
    Router::new().route(routes::PROCEDURE, get(read).post(acknowledge))
}

/// A version as it is read.
pub(super) fn view(procedure: huis_usecases::oversight::Procedure) -> ProcedureView {
    ProcedureView {
        version: procedure.version,
        approved: format!(
            "approuvée le {} par {}",
            fmt::date(procedure.approved_on),
            procedure.approver
        ),
        body: procedure.body,
        read_by: procedure.read_by,
    }
}

/// Who may read it: a session that has given all its proofs.
fn reader(any: &AnySession) -> Result<(&Caller, bool), Redirect> {
    let Some(session) = &any.session else { return Err(Redirect::to(routes::SIGN_IN)) };
    match session.state.pending {
        Next::Done => Ok((&session.state.caller, false)),
        Next::ReadProcedure => Ok((&session.state.caller, true)),
        _ => Err(Redirect::to(routes::MY_ACCOUNT)),
    }
}

async fn read(
    State(app): State<App>,
    any: AnySession,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let back = asked.get("retour").map_or(routes::DAY, String::as_str);
    show(&app, &any, routes::safe_return(back), None).await
}

async fn show(
    app: &App,
    any: &AnySession,
    back: &str,
    fault: Option<String>,
) -> Result<Response, PageError> {
    let (caller, due) = match reader(any) {
        Ok(reader) => reader,
        Err(elsewhere) => return Ok(elsewhere.into_response()),
    };
    let procedure = app.huis.procedure(caller).await.map_err(fail)?.ok_or(PageError::NotFound)?;
    Ok(page(&ReadProcedure {
        shell: any.shell(),
        procedure: view(procedure),
        back: back.to_owned(),
        due,
        fault,
    }))
}

async fn acknowledge(
    State(app): State<App>,
    any: AnySession,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let caller = match reader(&any) {
        Ok((caller, _)) => caller,
        Err(elsewhere) => return Ok(elsewhere.into_response()),
    };
    let version = form.get("version").and_then(|v| v.parse().ok()).ok_or(PageError::Unreadable)?;
    let back = routes::safe_return(form.get("retour").unwrap_or(routes::DAY));
    match app.huis.acknowledge_procedure(caller, version).await {
        Ok(()) => Ok(flash(app.tls, back, Tone::Good, "flash.procedure_read")),
        Err(UseError::Invalid(faults)) => show(&app, &any, back, Some(faults.join(" "))).await,
        Err(error) => Err(fail(error)),
    }
}
