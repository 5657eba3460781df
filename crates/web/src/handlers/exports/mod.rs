//! What may be taken away as a file: lists as sheets, a dossier and the register as documents.
//! Each use case behind has read what its page reads, and traced it as an export (I3, X-23).

pub(super) mod copy;
pub(super) mod dossier;
pub(super) mod indemnity;
mod lists;
mod register;
mod watch;

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
};
use huis_documents::{Document, File, Format, Sheet};
use huis_usecases::{Opened, sheet_file};
use serde::Deserialize;

use crate::{
    app::{App, Me, fail},
    errors::PageError,
};

/// A dossier's page on paper.
pub(super) fn dossier_document(me: &Me, opened: &Opened) -> Result<Document, PageError> {
    Ok(dossier::document(me, super::dossier::view::view(me, opened)?))
}

/// The routes.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(lists::routes())
        .merge(watch::routes())
        .merge(dossier::routes())
        .merge(copy::routes())
        .merge(indemnity::routes())
        .merge(register::routes())
}

/// The files that a list's page may be taken away as, for the menu « Exporter »: its address with
/// its filters, `query` beginning with `?` or empty.
pub(super) fn sheets(path: &str, query: &str) -> Vec<(&'static str, String)> {
    let sign = if query.is_empty() { '?' } else { '&' };
    [("Tableur (ODS)", "ods"), ("Texte (CSV)", "csv")]
        .map(|(label, format)| (label, format!("{path}{query}{sign}format={format}")))
        .into()
}

/// The format in an address.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    #[serde(deserialize_with = "format")]
    format: Format,
}

fn format<'de, D: serde::Deserializer<'de>>(of: D) -> Result<Format, D::Error> {
    let code = String::deserialize(of)?;
    Format::of(&code).ok_or_else(|| serde::de::Error::custom("format"))
}

/// A sheet as an answer; its file is named after the list and the day: nothing personal (I13).
fn sheet(me: &Me, sheet: &Sheet, wanted: Wanted) -> Result<Response, PageError> {
    Ok(file(sheet_file(&me.caller, sheet, wanted.format).map_err(fail)?))
}

/// A document as an answer.
async fn pdf(app: &App, name: &str, document: Document) -> Result<Response, PageError> {
    Ok(file(File::pdf(name, app.huis.pdf(document).await.map_err(fail)?)))
}

pub(super) fn file(file: File) -> Response {
    let headers = [
        (header::CONTENT_TYPE, file.media.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
    ];
    (headers, file.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_file_keeps_the_filters() {
        assert_eq!(
            sheets("/dossiers/export", "?etape=cfp")[1].1,
            "/dossiers/export?etape=cfp&format=csv"
        );
        assert_eq!(sheets("/tableau/export", "")[0].1, "/tableau/export?format=ods");
    }
}
