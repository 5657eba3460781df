//! Every page with sample data, on loopback, to look at and to better:
//! `cargo run -p huis-web --example gallery -- 8099`.

#[path = "../tests/samples/mod.rs"]
mod samples;

use axum::{Router, extract::Path, http::StatusCode, middleware, response::Html, routing::get};
use huis_kernel::SystemRng;
use huis_web::{errors, headers, i18n::Locale};
use std::sync::Arc;

async fn index() -> Html<String> {
    let item = |n: &str| format!("<li><a href='/fr/{n}'>{n}</a> (<a href='/en/{n}'>en</a>)</li>");
    Html(samples::all(Locale::Fr).iter().map(|(name, _)| item(name)).collect())
}

async fn show(Path((code, name)): Path<(String, String)>) -> Result<Html<String>, StatusCode> {
    let locale = Locale::named(&code).ok_or(StatusCode::NOT_FOUND)?;
    let page = samples::all(locale).into_iter().find(|(n, _)| *n == name);
    page.map(|(_, html)| Html(html)).ok_or(StatusCode::NOT_FOUND)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "8099".into());
    let app = Router::new()
        .route("/", get(index))
        .route("/{locale}/{name}", get(show))
        .merge(huis_web::static_routes())
        .layer(middleware::from_fn_with_state(true, errors::pages))
        .layer(middleware::from_fn_with_state(
            headers::Headers { tls: false, rng: Arc::new(SystemRng) },
            headers::strict,
        ));
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    axum::serve(listener, app).await
}
