//! Is this server alive, is it ready? For whoever starts servers and shares requests between them:
//! no session, a word, and nothing of what is inside. The log says what is missing.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::app::App;

/// Alive: else it is started again.
pub const ALIVE: &str = "/sante/vivant";
/// Ready: else it is sent no request.
pub const READY: &str = "/sante/pret";

/// The two addresses.
pub fn routes() -> Router<App> {
    Router::new().route(ALIVE, get(alive)).route(READY, get(ready))
}

async fn alive(State(app): State<App>) -> Response {
    say(app.huis.is_alive(), "vivant")
}

async fn ready(State(app): State<App>) -> Response {
    say(app.huis.is_ready().await, "pret")
}

fn say(well: bool, word: &'static str) -> Response {
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, if well { word } else { "non" }).into_response()
}
