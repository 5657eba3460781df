//! What stands around every request: headers, static files, forged forms, error pages.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the test’s")]

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
    middleware,
    routing::{get, post},
};
use huis_kernel::SeededRng;
use huis_web::{
    assets,
    errors::{self, PageError},
    guard::{self, CheckedForm, CsrfToken, FORM_LIMIT},
    headers::{self, Headers},
};
use std::sync::Arc;
use tower::ServiceExt;

fn app(tls: bool) -> Router {
    let token = |mut request: axum::extract::Request, next: middleware::Next| async move {
        request.extensions_mut().insert(CsrfToken("bon".into()));
        next.run(request).await
    };
    Router::new()
        .route("/page", get(|| async { "ok" }))
        .route("/refuse", get(|| async { StatusCode::FORBIDDEN }))
        .route("/conflit", get(|| async { PageError::Conflict }))
        .route("/api/v1/x", get(|| async { StatusCode::CONFLICT }))
        .route(
            "/acte",
            post(|CheckedForm(form): CheckedForm| async move {
                form.get("nom").unwrap_or("").to_owned()
            }),
        )
        .merge(huis_web::static_routes())
        .layer(middleware::from_fn(token))
        .layer(middleware::from_fn(guard::same_site))
        .layer(middleware::from_fn_with_state(true, errors::pages))
        .layer(middleware::from_fn_with_state(
            Headers { tls, rng: Arc::new(SeededRng::new(1)) },
            headers::strict,
        ))
}

async fn send(app: Router, request: Request<Body>) -> (Response<()>, String) {
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, 1 << 22).await.unwrap();
    (Response::from_parts(parts, ()), String::from_utf8_lossy(&bytes).into_owned())
}

fn get_request(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn form(body: impl Into<Body>) -> Request<Body> {
    Request::post("/acte")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(body.into())
        .unwrap()
}

#[tokio::test]
async fn every_answer_is_dressed() {
    for path in ["/page", "/nulle-part", "/refuse"] {
        let (answer, _) = send(app(false), get_request(path)).await;
        let value =
            |name: &str| answer.headers().get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
        let csp = value("content-security-policy");
        assert!(csp.starts_with("default-src 'none'") && csp.contains("frame-ancestors 'none'"));
        assert!(!csp.contains("unsafe"));
        assert_eq!(value("cache-control"), "no-store");
        assert_eq!(value("referrer-policy"), "no-referrer");
        assert_eq!(value("x-content-type-options"), "nosniff");
        assert_eq!(value("x-request-id").len(), 12);
        assert_eq!(value("strict-transport-security"), "", "not over loopback");
    }
    let (answer, _) = send(app(true), get_request("/page")).await;
    assert!(answer.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn static_files_are_kept_for_good_under_their_hash_only() {
    for name in ["huis.css", "huis.js", "huis.svg"] {
        let (answer, body) = send(app(false), get_request(assets::address(name))).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        assert!(!body.is_empty());
    }
    let (answer, _) = send(app(false), get_request("/static/0000000000000000/huis.css")).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

/// I13: what one may not see answers as what does not exist.
#[tokio::test]
async fn a_refusal_looks_like_nothing() {
    let cut = |(answer, body): (Response<()>, String)| {
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        (answer.status(), body.replace(&id, ""))
    };
    let refused = cut(send(app(false), get_request("/refuse")).await);
    assert_eq!(refused, cut(send(app(false), get_request("/nulle-part")).await));
    assert_eq!(refused.0, StatusCode::NOT_FOUND);
    assert!(refused.1.contains("Rien à cette adresse"));
}

#[tokio::test]
async fn errors_speak_the_readers_language_and_the_api_its_own() {
    let mut request = get_request("/conflit");
    request.headers_mut().insert(header::ACCEPT_LANGUAGE, "en".parse().unwrap());
    let (answer, body) = send(app(false), request).await;
    assert_eq!((answer.status(), body.contains("Someone changed")), (StatusCode::CONFLICT, true));
    let (answer, body) = send(app(false), get_request("/api/v1/x")).await;
    assert_eq!((answer.status(), body.as_str()), (StatusCode::CONFLICT, ""));
}

#[tokio::test]
async fn a_form_needs_its_token_and_a_reasonable_size() {
    let mut foreign = form("_csrf=bon&nom=a");
    foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    let mut json = form("{}");
    json.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    let large = format!("_csrf=bon&nom={}", "a".repeat(FORM_LIMIT));
    for (request, status, text) in [
        (form("_csrf=bon&nom=%C3%89mile"), StatusCode::OK, "Émile"),
        (form("nom=a"), StatusCode::BAD_REQUEST, "expiré"),
        (form("_csrf=mauvais&nom=a"), StatusCode::BAD_REQUEST, "expiré"),
        (foreign, StatusCode::BAD_REQUEST, "expiré"),
        (json, StatusCode::BAD_REQUEST, "n’a pas pu être lue"),
        (form("_csrf=bon&nom=%FF"), StatusCode::BAD_REQUEST, "n’a pas pu être lue"),
        (form(large), StatusCode::PAYLOAD_TOO_LARGE, "trop volumineux"),
    ] {
        let (answer, body) = send(app(false), request).await;
        assert_eq!(answer.status(), status, "{text}");
        assert!(body.contains(text), "{text}: {body}");
    }
}
