//! What stands before every operation: rates, the token, its scope, sizes and types, idempotency.

use axum::{
    Router,
    body::Bytes,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodFilter, get, on},
};
use futures_util::FutureExt;
use huis_documents::Document;
use huis_measures::Method;
use huis_usecases::{
    Caller, Huis, Limits, ONCE_LONGEST, Once, OnceKey, Opened, PersonCopy, UseError,
    accounts::{Next as Pending, TokenCaller},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Instant,
};

use crate::{
    ROOT,
    answer::Reply,
    http, openapi,
    operation::{Call, Operation, Takes},
    problem::{Addresses, FaultShape, KINDS, Problem},
    rate::{Buckets, Rates},
    table::operations,
};

/// Largest JSON body, in bytes.
const BODY: usize = 256 * 1024;
/// Longest idempotency key, in characters.
const KEY: usize = 128;

/// The processing that a request is about, when it is not the oldest grant's.
pub const PROCESSING: &str = "huis-traitement";

/// What sets a person's copy on paper, without the texts left out.
pub type CopyPaper =
    fn(&Arc<Huis>, &Caller, &str, &PersonCopy, &BTreeSet<String>) -> Option<Document>;

/// What sets on paper what a reader opened, in the screens' words: the program, who reads, the
/// processing, what they opened.
#[derive(Clone, Copy)]
pub struct Papers {
    /// A dossier.
    pub dossier: fn(&Arc<Huis>, &Caller, &str, &Opened) -> Option<Document>,
    /// The proposal of indemnity that an act of a dossier keeps.
    pub proposal: fn(&Arc<Huis>, &Caller, &str, &Opened, u32) -> Option<Document>,
    /// The copy of what is held about a person.
    pub copy: CopyPaper,
}

/// How the API is reached.
#[derive(Clone)]
pub struct Reach {
    /// Served over TLS, by us or by the proxy in front.
    pub tls: bool,
    /// The client's address.
    pub address: fn(&Request, bool) -> String,
    /// A declared proxy in front gives it.
    pub behind_proxy: bool,
    /// How much may be asked.
    pub rates: Rates,
    /// What sets on paper what is opened.
    pub papers: Papers,
}

struct Api {
    huis: Arc<Huis>,
    reach: Reach,
    buckets: Buckets,
    document: Bytes,
}

type Shared = Arc<Api>;

/// The API, at its place: to be merged with the screens.
pub fn router(huis: Arc<Huis>, reach: Reach) -> Router {
    let document = serde_json::to_vec(&openapi::document()).unwrap_or_default().into();
    let api = Arc::new(Api { huis, reach, buckets: Buckets::default(), document });
    let mut inner: Router<Shared> = Router::new()
        .route("/openapi.json", get(described))
        .route("/problemes", get(problems))
        .route("/problemes/{genre}", get(problem));
    for operation in operations() {
        let filter = match operation.method {
            "POST" => MethodFilter::POST,
            "PUT" => MethodFilter::PUT,
            "DELETE" => MethodFilter::DELETE,
            _ => MethodFilter::GET,
        };
        let path = operation.path;
        let operation = Arc::new(operation);
        let run = move |State(api): State<Shared>, request: Request| async move {
            serve(&api, &operation, request).await
        };
        inner = inner.route(path, on(filter, run));
    }
    let inner = inner
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::of("methode") })
        .layer(middleware::from_fn_with_state(Arc::clone(&api), dressed))
        .with_state(api);
    Router::new().nest(ROOT, inner)
}

async fn described(State(api): State<Shared>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], api.document.clone()).into_response()
}

async fn problems() -> Response {
    let kinds: Vec<_> = KINDS.iter().map(|k| Problem::of(k.0)).collect();
    axum::Json(kinds).into_response()
}

async fn problem(axum::extract::Path(kind): axum::extract::Path<String>) -> Response {
    if KINDS.iter().any(|k| k.0 == kind) {
        axum::Json(Problem::of(&kind)).into_response()
    } else {
        Problem::not_found().into_response()
    }
}

/// Around every address, those that do not exist included.
async fn dressed(State(api): State<Shared>, request: Request, next: Next) -> Response {
    let id = http::request_id();
    let started = Instant::now();
    // The template of the address, never the address (I13).
    let path = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let route = path.unwrap_or_else(|| "autre".to_owned());
    let method = Method::named(request.method().as_str());
    // A fault of the program is a problem as another, and its words tell nothing (I13).
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| Problem::of("interne").into_response());
    let (status, took) = (response.status().as_u16(), started.elapsed());
    api.huis.measures().request(&route, method, status, took);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::error!(id, methode = ?method, route, statut = status, ms, "requête");
    } else {
        tracing::info!(id, methode = ?method, route, statut = status, ms, "requête");
    }
    http::dress(response.headers_mut(), &id, api.reach.tls);
    response
}

async fn serve(api: &Api, operation: &Operation, request: Request) -> Response {
    match answer(api, operation, request).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

fn too_often(wait: u32) -> Problem {
    Problem { wait: Some(wait), ..Problem::of("debit") }
}

/// The token of a request: in its header, and nowhere else.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn known(api: &Api, address: &str, token: Option<&str>) -> Result<TokenCaller, Problem> {
    let (rates, now) = (api.reach.rates, api.huis.now());
    let of_address = format!("a {address}");
    api.buckets.take(&of_address, rates.address, 1, now).map_err(too_often)?;
    let found = match token {
        Some(token) => api.huis.token_caller(token, address).await,
        None => Ok(None),
    };
    match found {
        Ok(Some(found)) => {
            if let Some(id) = found.caller.actor.session {
                let key = format!("j {id}");
                api.buckets.take(&key, rates.token, 1, now).map_err(too_often)?;
            }
            Ok(found)
        }
        Ok(None) => {
            // Trying tokens costs more: what is left of it answers everyone at this address later.
            api.buckets.spend(&of_address, rates.failure);
            Err(Problem::of("jeton"))
        }
        Err(UseError::Trace(_)) => Err(Problem::of("indisponible")),
        Err(error) => {
            tracing::error!(%error, "API : jeton");
            Err(Problem::of("interne"))
        }
    }
}

async fn answer(api: &Api, operation: &Operation, request: Request) -> Result<Response, Problem> {
    let address = (api.reach.address)(&request, api.reach.behind_proxy);
    let (parts, body) = request.into_parts();
    let found = known(api, &address, bearer(&parts.headers)).await?;
    let reading = found.pending == Pending::ReadProcedure && operation.before_procedure();
    if found.pending != Pending::Done && !reading {
        return Err(Problem::of("compte"));
    }
    if !found.scopes.contains(&operation.scope) {
        return Err(Problem::of("portee"));
    }
    let caller = found.caller;
    let named = named(&parts.headers)?;
    let processing = match processing(&api.huis, &caller, named) {
        Some(id) => id,
        // Nothing is granted yet: what is read is the office's.
        None if reading && named.is_none() => String::new(),
        None => return Err(Problem::not_found()),
    };
    let limit = accepted(operation, &parts.headers)?;
    let bytes = axum::body::to_bytes(body, limit).await.map_err(|_| Problem::of("trop-grand"))?;
    let text = parameters(operation, parts.uri.path(), parts.uri.query())?;
    let key = once_key(operation, &parts.headers)?;
    let call = Call {
        huis: Arc::clone(&api.huis),
        caller: caller.clone(),
        scopes: found.scopes,
        token: (found.until, found.name),
        processing,
        papers: api.reach.papers,
    };
    let Some(key) = key else {
        return Ok((operation.run)(call, text, bytes).await?.into_response());
    };
    let mut asked = vec![operation.id.as_bytes(), text.as_bytes(), bytes.as_ref()];
    asked.extend(named.map(str::as_bytes));
    let taken = match api.huis.once(&caller, &key, &asked).await.map_err(|e| call.fail(e))? {
        Once::New(taken) => taken,
        Once::Done(status, ids) => return Ok(Reply::again(status, &ids)),
        Once::UnderWay => return Err(Problem::of("idempotence-en-cours")),
        Once::Lost => {
            let told = operation.told_at(parts.uri.path());
            let verifier = (!told.is_empty()).then(|| Box::new(Addresses(told)));
            return Err(Problem { verifier, ..Problem::of("idempotence-perdue") });
        }
        Once::Other => return Err(Problem::of("idempotence")),
    };
    once(&api.huis, &caller, taken, (operation.run)(call, text, bytes)).await
}

/// Runs a request that took a key. What it gave is kept by ids; a request that was refused gives
/// its key back; one that failed keeps it, as nobody can say whether it was done.
async fn once(
    huis: &Arc<Huis>,
    caller: &Caller,
    taken: OnceKey,
    run: impl Future<Output = Result<Reply, Problem>> + Send + 'static,
) -> Result<Response, Problem> {
    let (huis, caller) = (Arc::clone(huis), caller.clone());
    // On a task of its own: a client that hangs up leaves no key half-way.
    let task = tokio::spawn(async move {
        // Past this, whoever asks again is told that it is lost: so it goes no further.
        let run = tokio::time::timeout(ONCE_LONGEST, run);
        match run.await.unwrap_or_else(|_| Err(Problem::of("interne"))) {
            Ok(reply) => {
                let kept = huis.once_done(&caller, taken, reply.status, &reply.ids).await;
                if let Err(error) = kept {
                    tracing::error!(%error, "API : clé d’idempotence");
                }
                Ok(reply.into_response())
            }
            Err(problem) => {
                if problem.changed_nothing() {
                    let _ = huis.once_refused(&caller, taken).await;
                }
                Err(problem)
            }
        }
    });
    task.await.unwrap_or_else(|_| Err(Problem::of("interne")))
}

/// The processing that a request names.
fn named(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut all = headers.get_all(PROCESSING).iter();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => {
            // What is no text names nothing.
            one.to_str().map(|t| Some(t.trim())).map_err(|_| Problem::not_found())
        }
        (Some(_), Some(_)) => {
            let fault = FaultShape::of("Huis-Traitement", "Nommez un seul traitement.");
            Err(Problem::of("illisible").with(vec![fault]))
        }
    }
}

/// The processing that is worked in: the one that is named, among those of the caller, else that of
/// the oldest grant. One that is not theirs is as one that does not exist (I13).
fn processing(huis: &Huis, caller: &Caller, named: Option<&str>) -> Option<String> {
    let mine = huis.processings_of(caller);
    let mut ids = mine.iter().map(|p| p.register.id.as_str());
    match named {
        Some(name) => ids.find(|id| *id == name),
        None => ids.next(),
    }
    .map(str::to_owned)
}

/// The largest body that the operation takes, once its type was looked at.
fn accepted(operation: &Operation, headers: &HeaderMap) -> Result<usize, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let base = kind.split(';').next().unwrap_or_default().trim();
    match operation.takes {
        Takes::Json if !base.eq_ignore_ascii_case("application/json") => Err(Problem::of("format")),
        Takes::Json => Ok(BODY),
        Takes::Nothing => Ok(BODY),
        Takes::File if base.is_empty() || base.eq_ignore_ascii_case("application/json") => {
            Err(Problem::of("format"))
        }
        Takes::File => Ok(Limits::DEFAULT.file_bytes),
    }
}

/// The parameters of the path and of the query, as one encoded text. One that is in the path is not
/// taken from the query.
fn parameters(operation: &Operation, path: &str, query: Option<&str>) -> Result<String, Problem> {
    // Within the nest, the path is the rest after the root.
    let path = path.strip_prefix(ROOT).unwrap_or(path);
    let mut out = Vec::new();
    let mut named = BTreeMap::new();
    for (pattern, given) in operation.path.split('/').zip(path.split('/')) {
        let name = pattern.strip_prefix('{').and_then(|p| p.strip_suffix('}'));
        if let Some(name) = name {
            named.insert(name, given);
            // A segment is encoded already; a plus sign is itself there and a space in a query.
            out.push(format!("{name}={}", given.replace('+', "%2B").replace('&', "%26")));
        }
    }
    for pair in query.unwrap_or_default().split('&').filter(|p| !p.is_empty()) {
        let name = pair.split('=').next().unwrap_or_default();
        if named.contains_key(name) {
            let text = "Ce paramètre est celui de l’adresse.";
            return Err(Problem::of("illisible").with(vec![FaultShape::of(name, text)]));
        }
        out.push(pair.to_owned());
    }
    Ok(out.join("&"))
}

fn once_key(operation: &Operation, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let visible = |v: &HeaderValue| {
        let text = v.to_str().ok()?;
        let good =
            !text.is_empty() && text.len() <= KEY && text.bytes().all(|b| b.is_ascii_graphic());
        good.then(|| text.to_owned())
    };
    match visible(value) {
        // A key gives ids again, never a file: it would promise what it does not do.
        Some(_) if operation.method == "POST" && operation.file => {
            let text = "Cette opération rend un fichier : elle ne prend pas de clé.";
            let fault = FaultShape::of("Idempotency-Key", text);
            Err(Problem::of("illisible").with(vec![fault]))
        }
        // Where nothing is written, a key has nothing to do.
        Some(_) if !operation.once() => Ok(None),
        Some(key) => Ok(Some(key)),
        None => {
            let text = format!("De 1 à {KEY} caractères visibles, sans espace.");
            let fault = FaultShape::of("Idempotency-Key", text);
            Err(Problem::of("illisible").with(vec![fault]))
        }
    }
}
