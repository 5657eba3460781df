//! The register's entry of article 30 as a document to sign and as a sheet to sort.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use huis_usecases::oversight::By;

use super::{Wanted, pdf, sheet};
use crate::{
    app::{App, Me, fail},
    errors::PageError,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/registre/article-30/export", get(entry))
        .route("/registre/article-30.pdf", get(document))
}

async fn entry(
    State(app): State<App>,
    me: Me,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let by = By::Caller(&me.caller);
    let entry = app.huis.register_file(by, &me.processing).await.map_err(fail)?;
    sheet(&me, &entry.sheet, wanted)
}

async fn document(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    if !app.huis.has_press() {
        return Err(PageError::NotFound);
    }
    let by = By::Caller(&me.caller);
    let entry = app.huis.register_file(by, &me.processing).await.map_err(fail)?;
    pdf(&app, "registre-article-30", entry.document).await
}
