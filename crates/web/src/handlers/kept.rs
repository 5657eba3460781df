//! A kept form, offered again to the account that sent it.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};

use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    guard::CheckedForm,
    kept::AGAIN,
    layout::{Crumb, Tone},
    pages::kept::Kept,
    routes,
};

/// The routes.
pub fn routes() -> Router<App> {
    Router::new().route(&format!("{}/{{saisie}}", routes::KEPT), get(offer).post(forget))
}

async fn offer(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let kept = app.huis.kept_form(&me.caller, &me.processing, &id).await;
    let (form, at) = kept.map_err(fail)?;
    let mut hidden = form.fields;
    hidden.push((AGAIN.to_owned(), id.clone()));
    let crumbs = vec![Crumb::link("Ma journée", routes::DAY), Crumb::here("Saisie gardée")];
    Ok(page(&Kept {
        shell: me.shell(None, crumbs),
        at: fmt::instant(at, &me.zone()),
        number: form.number.unwrap_or_default(),
        action: form.path,
        forget: format!("{}/{id}", routes::KEPT),
        hidden,
    }))
}

async fn forget(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    CheckedForm(_): CheckedForm,
) -> Result<Response, PageError> {
    app.huis.forget_form(&me.caller, &id).await.map_err(fail)?;
    Ok(flash(app.tls, routes::DAY, Tone::Good, "flash.form_forgotten"))
}
