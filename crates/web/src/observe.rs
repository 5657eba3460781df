//! Around every request: its line in the log, its figures, and what a panic becomes. The template of
//! the address stands there, never the address (I13).

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use huis_measures::Method;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};
use tracing::Instrument;

use crate::{errors::PageError, headers::RequestId};

/// The route of an address that is none of ours.
const ELSEWHERE: &str = "autre";

/// Middleware (`axum::middleware::from_fn_with_state`), inside [`crate::headers::strict`].
pub async fn every(
    State(huis): State<Arc<huis_usecases::Huis>>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let route = path.as_ref().map_or(ELSEWHERE, MatchedPath::as_str).to_owned();
    let id = request.extensions().get::<RequestId>().map(ToString::to_string);
    // What a client wrote as a method is not ours to write.
    let method = Method::named(request.method().as_str());
    let span = tracing::info_span!("requete", id = id.as_deref(), methode = ?method, route);
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone());
    // The hook of the program tells where; the page and the log have the same number.
    let response = answered.await.unwrap_or_else(|_| PageError::Internal.into_response());
    let (status, took) = (response.status().as_u16(), started.elapsed());
    huis.measures().request(&route, method, status, took);
    // The API numbers its requests itself, and says the number in its answer.
    if let Some(id) = response.headers().get("x-request-id").and_then(|v| v.to_str().ok()) {
        span.record("id", id);
    }
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| match route.as_str() {
        _ if status >= 500 => tracing::error!(statut = status, ms, "requête"),
        // What comes with each page.
        "/static/{hash}/{name}" | "/favicon.ico" => tracing::debug!(statut = status, ms, "requête"),
        _ => tracing::info!(statut = status, ms, "requête"),
    });
    response
}
