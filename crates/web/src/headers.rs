//! The headers of every answer, and the request's number.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use huis_kernel::Rng;
use std::{fmt, sync::Arc};

/// What the headers depend on.
#[derive(Clone)]
pub struct Headers {
    /// Served over TLS: browsers are told never to come back without it.
    pub tls: bool,
    /// Where request numbers come from (I9).
    pub rng: Arc<dyn Rng>,
}

/// The number of a request: on the error page and in the log, so that one leads to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

impl RequestId {
    fn random(rng: &dyn Rng) -> Self {
        let mut bytes = [0; 6];
        rng.fill(&mut bytes);
        Self(bytes.iter().map(|b| format!("{b:02x}")).collect())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Scripts, styles and images come from here alone, and nothing is inline; no other site frames a
/// page, gets a form of it, or learns its address.
const FIXED: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    ),
];

const HSTS: &str = "max-age=63072000; includeSubDomains";

/// Middleware (`axum::middleware::from_fn_with_state`): numbers the request and dresses the answer.
/// What does not say otherwise is never stored by a browser or a proxy: a page of a dossier must
/// not come back with the « back » key once the session is over.
pub async fn strict(State(config): State<Headers>, mut request: Request, next: Next) -> Response {
    let id = RequestId::random(config.rng.as_ref());
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    dress(response.headers_mut(), &id, config.tls);
    response
}

fn dress(headers: &mut HeaderMap, id: &RequestId, tls: bool) {
    for (name, value) in FIXED {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert("x-request-id", value);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
}
