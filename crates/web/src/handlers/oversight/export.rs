//! The export of a log: with the public key, all that an outsider needs to verify it.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::stream;
use huis_usecases::oversight::By;
use std::io::{self, BufWriter, Seek};
use tokio::io::AsyncReadExt;

use crate::{
    app::{App, Me, fail},
    errors::PageError,
};

/// Its route.
pub fn routes() -> Router<App> {
    Router::new().route("/traces/export/{*log}", get(export))
}

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// A log may be long: it is written whole into a file without a name, which goes with the answer,
/// then sent at the reader's pace. A log that fails half-way is an error, not half an export.
async fn export(
    State(app): State<App>,
    me: Me,
    Path(log): Path<String>,
) -> Result<Response, PageError> {
    let mut out = BufWriter::new(tempfile::tempfile().map_err(|_| PageError::Internal)?);
    app.huis
        .export_trace(By::Caller(&me.caller), &me.processing, &log, &mut out)
        .await
        .map_err(fail)?;
    let mut file = out.into_inner().map_err(|_| PageError::Internal)?;
    file.rewind().map_err(|_| PageError::Internal)?;
    let name: String =
        log.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.jsonl\"")),
    ];
    let file = tokio::fs::File::from_std(file);
    Ok((headers, Body::from_stream(stream::unfold(file, next))).into_response())
}

async fn next(mut file: tokio::fs::File) -> Option<(io::Result<Bytes>, tokio::fs::File)> {
    let mut chunk = Vec::with_capacity(CHUNK);
    match (&mut file).take(CHUNK as u64).read_to_end(&mut chunk).await {
        Ok(0) => None,
        Ok(_) => Some((Ok(Bytes::from(chunk)), file)),
        Err(error) => Some((Err(error), file)),
    }
}
