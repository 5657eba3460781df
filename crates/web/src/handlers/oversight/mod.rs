//! Those who watch: supervisor, archive, alerts, traces, retention, register.

mod alerts;
mod archive;
mod deposit;
mod export;
mod register;
mod retention;
mod security;
mod supervise;
pub(super) mod traces;

use axum::Router;
use huis_kernel::Instant;

use crate::{
    app::{App, Me},
    errors::PageError,
    fmt,
    layout::{Crumb, Place, Shell},
    routes,
};

/// Their pages.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(supervise::routes())
        .merge(archive::routes())
        .merge(deposit::routes())
        .merge(alerts::routes())
        .merge(traces::routes())
        .merge(export::routes())
        .merge(retention::routes())
        .merge(security::routes())
        .merge(register::routes())
}

/// The shell of one of these pages: under the day page.
async fn shell(_: &App, me: &Me, place: Place, label: &str) -> Result<Shell, PageError> {
    let crumbs = vec![Crumb::link("Ma journée", routes::DAY), Crumb::here(label)];
    Ok(me.shell(Some(place), crumbs))
}

/// An instant as read in the office.
fn when(me: &Me, at: Instant) -> String {
    fmt::instant(at, &me.zone())
}
