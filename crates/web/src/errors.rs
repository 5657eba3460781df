//! Error pages: what is wrong, and what to do, in plain words. No personal datum (I13).

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use crate::{headers::RequestId, i18n::Locale, layout::Shell};

/// Why a page could not be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// The form could not be read.
    #[error("unreadable request")]
    Unreadable,
    /// It does not carry this session's token, or comes from another site.
    #[error("the form does not come from this session")]
    Forged,
    /// There is nothing here, or nothing that this agent may see: one answer for both (I13).
    #[error("not found")]
    NotFound,
    /// Someone else changed the same thing meanwhile.
    #[error("changed meanwhile")]
    Conflict,
    /// The request is too large.
    #[error("too large")]
    TooLarge,
    /// Too many tries.
    #[error("too many requests")]
    TooMany,
    /// Our fault.
    #[error("internal error")]
    Internal,
    /// Not able to serve now (starting, the trace cannot be written).
    #[error("unavailable")]
    Unavailable,
    /// No room left to write, not even the trace.
    #[error("no room left")]
    NoRoom,
}

impl PageError {
    /// The status of the answer.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Unreadable | Self::Forged => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable | Self::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
    /// The keys of its texts begin so.
    const fn key(self) -> &'static str {
        match self {
            Self::Unreadable => "error.unreadable",
            Self::Forged => "error.forged",
            Self::NotFound => "error.not_found",
            Self::Conflict => "error.conflict",
            Self::TooLarge => "error.too_large",
            Self::TooMany => "error.too_many",
            Self::Internal => "error.internal",
            Self::Unavailable => "error.unavailable",
            Self::NoRoom => "error.no_room",
        }
    }
    /// What an error status set elsewhere (the router, an extractor) means for the reader. A
    /// refusal answers as if there were nothing (I13).
    fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::METHOD_NOT_ALLOWED => {
                Self::NotFound
            }
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            s if s.is_client_error() => Self::Unreadable,
            _ => Self::Internal,
        }
    }
}

impl IntoResponse for PageError {
    /// A bare status; [`pages`] writes the page, in the reader's language.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The page of an error.
#[derive(Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    /// The shell, without an agent: the error may be of the session itself.
    pub shell: Shell,
    /// Status.
    pub code: u16,
    /// What is wrong.
    pub title: String,
    /// Why, in a sentence.
    pub text: String,
    /// What to do.
    pub advice: String,
    /// The request's number, to quote to the help desk.
    pub request: Option<String>,
}

impl ErrorPage {
    /// The page of this error in this language.
    ///
    /// A demonstration says so on its error pages too.
    pub fn new(error: PageError, locale: Locale, demo: bool, request: Option<&RequestId>) -> Self {
        let text = |part: &str| locale.t(&format!("{}_{part}", error.key()));
        Self {
            shell: Shell { locale, demo, ..Shell::default() },
            code: error.status().as_u16(),
            title: text("title"),
            text: text("text"),
            advice: text("advice"),
            request: request.map(ToString::to_string),
        }
    }
}

/// Middleware (`axum::middleware::from_fn_with_state`: is it a demonstration?), inside
/// [`crate::headers::strict`]: gives a page to every error that has none. Answers of the API keep
/// their own form.
pub async fn pages(State(demo): State<bool>, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let api = request.uri().path().starts_with("/api/");
    let locale = crate::app::locale(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
    if api || is_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let error =
        response.extensions().get::<PageError>().copied().unwrap_or_else(|| PageError::of(status));
    if error == PageError::Internal {
        tracing::error!(request = id.as_ref().map_or("", |r| r.0.as_str()), "internal error");
    }
    let page = ErrorPage::new(error, locale, demo, id.as_ref());
    let mut out = match page.render() {
        Ok(html) => (error.status(), Html(html)).into_response(),
        Err(_) => error.status().into_response(),
    };
    if let Some(wait) = response.headers().get(header::RETRY_AFTER) {
        out.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    out.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(locale.code()));
    out
}

/// A page as an answer: rendered, or the error page.
pub fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => PageError::Internal.into_response(),
    }
}
