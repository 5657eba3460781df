//! The headers of every answer, and the request's number: as on the screens, for a program.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use huis_kernel::{Rng, SystemRng};

/// Nothing of an answer is kept, shown in a page, or guessed at.
const FIXED: [(&str, &str); 5] = [
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
];
const HSTS: &str = "max-age=63072000; includeSubDomains";

/// A request's number: in the answer and in the log, so that one leads to the other.
pub fn request_id() -> String {
    let mut bytes = [0; 6];
    SystemRng.fill(&mut bytes);
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Dresses an answer.
pub fn dress(headers: &mut HeaderMap, id: &str, tls: bool) {
    for (name, value) in FIXED {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", value);
    }
    if tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
}
