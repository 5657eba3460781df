//! The desk's lists as sheets: dossiers with the filters kept, the day's deadlines, the board.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};

use super::{Wanted, sheet};
use crate::{
    app::{App, Me, fail, flash},
    errors::PageError,
    handlers::lists::Asked,
    layout::Tone,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/dossiers/export", get(dossiers))
        .route("/journee/export", get(day))
        .route("/tableau/export", get(board))
}

async fn dossiers(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<Asked>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let found = app.huis.export_list(&me.caller, &me.processing, &asked.query()).await;
    let Some(out) = found.map_err(fail)? else {
        return Ok(flash(app.tls, &asked.href(), Tone::Warning, "flash.export_too_long"));
    };
    sheet(&me, &out, wanted)
}

async fn day(
    State(app): State<App>,
    me: Me,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let out = app.huis.export_day(&me.caller, &me.processing).await.map_err(fail)?;
    sheet(&me, &out, wanted)
}

async fn board(
    State(app): State<App>,
    me: Me,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let out = app.huis.export_board(&me.caller, &me.processing).await.map_err(fail)?;
    sheet(&me, &out, wanted)
}
