//! Static files, held by the binary and served under a name that carries their content's hash,
//! so that a browser keeps them for good and a new version is never mixed with an old one.

use axum::{
    Router,
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

struct Asset {
    name: &'static str,
    mime: &'static str,
    bytes: &'static [u8],
}

static ASSETS: [Asset; 3] = [
    Asset {
        name: "huis.css",
        mime: "text/css; charset=utf-8",
        bytes: include_bytes!("../static/huis.css"),
    },
    Asset {
        name: "huis.js",
        mime: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/huis.js"),
    },
    Asset { name: "huis.svg", mime: "image/svg+xml", bytes: include_bytes!("../static/huis.svg") },
];

/// Address of each asset, with the first 16 hexadecimal digits of its SHA-256.
static ADDRESSES: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    ASSETS
        .iter()
        .map(|a| {
            let hash: String =
                Sha256::digest(a.bytes).iter().take(8).map(|b| format!("{b:02x}")).collect();
            (a.name, format!("/static/{hash}/{}", a.name))
        })
        .collect()
});

/// The address of a static file; empty for a name that is not one (a test renders every page).
pub fn address(name: &str) -> &'static str {
    ADDRESSES.iter().find(|(n, _)| *n == name).map_or("", |(_, address)| address.as_str())
}

/// `/static/<hash>/<name>` and `/favicon.ico`. They need no session and hold no personal datum.
pub fn static_routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/static/{hash}/{name}", get(serve))
        .route("/favicon.ico", get(|| async { found("huis.svg", "public, max-age=86400") }))
}

async fn serve(Path((hash, name)): Path<(String, String)>) -> Response {
    // Another hash is another version: answering it with this one would be kept for good.
    if address(&name) == format!("/static/{hash}/{name}") {
        found(&name, "public, max-age=31536000, immutable")
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

fn found(name: &str, cache: &'static str) -> Response {
    match ASSETS.iter().find(|a| a.name == name) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, HeaderValue::from_static(asset.mime)),
                (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
            ],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
