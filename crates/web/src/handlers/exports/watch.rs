//! The lists of those who watch, as sheets: the retention plan, the grants, the traces.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use serde::Deserialize;

use super::{Wanted, sheet};
use crate::{
    app::{App, Me, fail},
    errors::PageError,
    handlers::oversight::traces,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/conservation/export", get(plan))
        .route("/habilitations/export", get(grants))
        .route("/traces/tableur", get(lines))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Until {
    /// ISO date, as the page's link has it.
    au: String,
}

async fn plan(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<Until>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let at = asked.au.parse().unwrap_or(me.caller.today).max(me.caller.today);
    let out = app.huis.export_plan(&me.caller, &me.processing, at).await.map_err(fail)?;
    sheet(&me, &out, wanted)
}

async fn grants(
    State(app): State<App>,
    me: Me,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let out = app.huis.export_grants(&me.caller, &me.processing).await.map_err(fail)?;
    sheet(&me, &out, wanted)
}

async fn lines(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<traces::Asked>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let query = asked.query(&me.caller.zone())?;
    let out = app.huis.export_traces(&me.caller, &me.processing, &query).await.map_err(fail)?;
    sheet(&me, &out, wanted)
}
