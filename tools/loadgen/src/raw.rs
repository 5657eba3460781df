//! The baseline of a reading: a server that finds session and grants as Huis does, reads the same
//! rows of the same database, and sends as many bytes; without opening, reducing, or trace. It shows
//! nobody's data: the rows stay sealed, and the page is one that Huis made for the same number. It
//! exists in this tool only.

use anyhow::{Context, Result};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use huis_kernel::CaseNumber;
use huis_usecases::Huis;
use std::{
    collections::{BTreeSet, HashMap},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
};
use tokio::net::TcpListener;

use crate::place::PROCESSING;

#[derive(Clone)]
struct Raw {
    huis: Arc<Huis>,
    pages: Arc<HashMap<String, Bytes>>,
}

/// Serves until the process ends.
pub async fn serve(huis: Arc<Huis>, pages: &PathBuf, listen: SocketAddr) -> Result<()> {
    let mut known = HashMap::new();
    for entry in std::fs::read_dir(pages)? {
        let entry = entry?;
        let number = entry.file_name().to_string_lossy().into_owned();
        known.insert(number, Bytes::from(std::fs::read(entry.path())?));
    }
    let state = Raw { huis, pages: Arc::new(known) };
    let app = Router::new()
        .route("/connexion", get(async || "prêt"))
        .route("/dossiers/{number}", get(dossier))
        .with_state(state);
    let listener = TcpListener::bind(listen).await?;
    Ok(axum::serve(listener, app).await?)
}

async fn dossier(
    State(raw): State<Raw>,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Response {
    match read(&raw, &headers, &number).await {
        Ok(page) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn read(raw: &Raw, headers: &HeaderMap, number: &str) -> Result<Bytes> {
    let cookies = headers.get(header::COOKIE).and_then(|v| v.to_str().ok()).context("cookie")?;
    let token = cookies
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == "huis_session")
        .context("cookie")?
        .1;
    let state = raw.huis.caller(token, "127.0.0.1").await?.context("session")?;
    let caller = state.caller;
    caller.grants(PROCESSING).next().context("habilitation")?;
    let store = raw.huis.store();
    let office = caller.office.office;
    let wanted: CaseNumber = number.parse().ok().context("numéro")?;
    let found = store.card_by_number(office, PROCESSING, wanted).await?.context("dossier")?;
    let (card, rows) = store.dossier(office, found.dossier).await?.context("dossier")?;
    store.holds(office, card.dossier).await?;
    let authors: BTreeSet<_> = rows.acts.iter().filter_map(|a| a.agent).collect();
    store.agent_names(&authors).await?;
    store.territories(office).await?;
    raw.pages.get(number).cloned().context("page")
}
