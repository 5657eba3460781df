//! What a request must satisfy before a handler sees it: it comes from a page of ours (CSRF), it
//! is of a reasonable size, its form is readable.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use subtle::ConstantTimeEq;

use crate::{errors::PageError, forms::FormData};

/// Largest form, in bytes; uploads have their own route and limit.
pub const FORM_LIMIT: usize = 256 * 1024;

/// The token that this session's forms must carry; the session middleware puts it in the request.
#[derive(Clone)]
pub struct CsrfToken(pub String);

/// Middleware (`axum::middleware::from_fn`): refuses an unsafe request that a browser says comes
/// from another site.
///
/// A browser that sends `Sec-Fetch-Site` is believed. One that does not is judged on `Origin`;
/// our own `Referrer-Policy: no-referrer` makes it say `null`, and then the token alone decides.
pub async fn same_site(request: Request, next: Next) -> Response {
    if is_safe(request.method()) || from_here(request.headers()) {
        next.run(request).await
    } else {
        PageError::Forged.into_response()
    }
}

/// The names under which the server answers: the one it was declared under. Empty: any.
#[derive(Clone, Debug, Default)]
pub struct Hosts(pub std::sync::Arc<Vec<String>>);

/// Middleware (`axum::middleware::from_fn_with_state`): a request for another name than ours was led
/// here by someone else's (a name that an attacker points at us, a cache to poison): it gets no page.
/// The loopback by its number is this machine's own.
pub async fn our_name(
    axum::extract::State(hosts): axum::extract::State<Hosts>,
    request: Request,
    next: Next,
) -> Response {
    let named = request.headers().get(header::HOST).and_then(|v| v.to_str().ok());
    // Whoever asks whether the server lives asks it by its number, and reads a word.
    let health = [crate::health::ALIVE, crate::health::READY].contains(&request.uri().path());
    if hosts.0.is_empty() || health || named.is_some_and(|host| hosts.answers(host)) {
        next.run(request).await
    } else {
        axum::http::StatusCode::MISDIRECTED_REQUEST.into_response()
    }
}

impl Hosts {
    fn answers(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let bare = host.rsplit_once(':').map_or(host.as_str(), |(name, port)| {
            if port.bytes().all(|b| b.is_ascii_digit()) { name } else { &host }
        });
        self.0.iter().any(|ours| *ours == host || *ours == bare)
            || ["127.0.0.1", "[::1]"].contains(&bare)
    }
}

const fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (None | Some("null"), _) => true,
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority == host)
        }
        (Some(_), None) => false,
    }
}

/// What a page's forms carry: the session's token, and the processing that the page is of, so that
/// a form is recorded where it was filled whatever was opened since in another tab.
pub fn stamped(token: &str, processing: &str) -> String {
    format!("{token}.{processing}")
}

/// The token and the processing that a form carries.
pub fn unstamped(sent: &str) -> (&str, Option<&str>) {
    match sent.split_once('.') {
        Some((token, processing)) => (token, Some(processing)),
        None => (sent, None),
    }
}

/// The fields of a POST form, once its token was checked.
pub struct CheckedForm(pub FormData);

impl<S: Send + Sync> FromRequest<S> for CheckedForm {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &S) -> Result<Self, PageError> {
        let (parts, body) = request.into_parts();
        let expected = parts.extensions.get::<CsrfToken>().cloned().ok_or(PageError::Forged)?;
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        if !content_type.is_some_and(|t| t.starts_with("application/x-www-form-urlencoded")) {
            return Err(PageError::Unreadable);
        }
        let bytes =
            axum::body::to_bytes(body, FORM_LIMIT).await.map_err(|_| PageError::TooLarge)?;
        let form = FormData::decode(&bytes).ok_or(PageError::Unreadable)?;
        let (given, _) = unstamped(form.get("_csrf").unwrap_or_default());
        if bool::from(given.as_bytes().ct_eq(expected.0.as_bytes())) {
            Ok(Self(form))
        } else {
            Err(PageError::Forged)
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CsrfToken {
    type Rejection = PageError;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, PageError> {
        parts.extensions.get::<Self>().cloned().ok_or(PageError::Internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_name_than_ours_is_not_answered() {
        let hosts = Hosts(std::sync::Arc::new(vec!["huis.example.fr".to_owned()]));
        for (host, expect) in [
            ("huis.example.fr", true),
            ("HUIS.example.fr:443", true),
            ("127.0.0.1:8443", true),
            ("[::1]:8443", true),
            ("[::1]", true),
            ("huis.example.fr.evil.example", false),
            ("evil.example", false),
            ("evil.example:443", false),
            ("127.0.0.1.evil.example", false),
            ("", false),
        ] {
            assert_eq!(hosts.answers(host), expect, "{host}");
        }
    }

    #[test]
    fn a_browser_that_names_another_site_is_refused() {
        let check = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, axum::http::HeaderValue::from_static(value));
            }
            from_here(&headers)
        };
        for (pairs, expect) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "null")], false),
            (&[("origin", "https://huis.example"), ("host", "huis.example")], true),
            (&[("origin", "https://evil.example"), ("host", "huis.example")], false),
            (&[("origin", "https://huis.example.evil"), ("host", "huis.example")], false),
            (&[("origin", "https://huis.example")], false),
            (&[("origin", "null"), ("host", "huis.example")], true),
            (&[("host", "huis.example")], true),
        ] {
            assert_eq!(check(pairs), expect, "{pairs:?}");
        }
    }
}
