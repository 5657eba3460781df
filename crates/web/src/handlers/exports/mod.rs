//! What may be taken away as a file: lists as sheets, a dossier and the register as documents.
//! Each use case behind has read what its page reads, and traced it as an export (I3, X-23).

mod copy;
pub(super) mod dossier;
mod indemnity;
mod lists;
mod register;
mod watch;

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
};
use huis_documents::{Bom, Document, Sheet, Written, ods};
use huis_usecases::{Opened, UseError};
use serde::Deserialize;

use crate::{
    app::{App, Me, fail},
    errors::PageError,
    fmt,
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

/// The format of a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Ods,
    Csv,
}

/// The format in an address.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    format: Format,
}

/// A sheet as an answer; its file is named after the list and the day: nothing personal (I13).
fn sheet(me: &Me, sheet: &Sheet, format: Format) -> Result<Response, PageError> {
    let name = format!("{}-{}", slug(&sheet.name), me.caller.today);
    let made = match format {
        Format::Csv => sheet.csv(Bom::Yes).map(|b| ("text/csv; charset=utf-8", "csv", b)),
        Format::Ods => {
            let written = Written {
                title: sheet.name.clone(),
                author: me.caller.office.name.clone(),
                at: me.caller.now,
            };
            let bytes = ods(&written, std::slice::from_ref(sheet));
            bytes.map(|b| ("application/vnd.oasis.opendocument.spreadsheet", "ods", b))
        }
    };
    let (kind, ending, bytes) = made.map_err(|e| fail(UseError::from(e)))?;
    Ok(file(kind, &format!("{name}.{ending}"), bytes))
}

/// A document as an answer.
async fn pdf(app: &App, name: &str, document: Document) -> Result<Response, PageError> {
    let bytes = app.huis.pdf(document).await.map_err(fail)?;
    Ok(file("application/pdf", &format!("{}.pdf", slug(name)), bytes))
}

pub(super) fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}

/// Letters, digits and dashes.
fn slug(name: &str) -> String {
    let plain = |c: char| match c.to_ascii_lowercase() {
        'à' | 'â' => 'a',
        'é' | 'è' | 'ê' | 'É' => 'e',
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    };
    name.chars().map(plain).collect()
}

/// At the foot of each page: who took the file out, when, and that it is now theirs to keep safe.
fn footer(me: &Me) -> Vec<String> {
    let at = fmt::instant(me.caller.now, &me.zone());
    let who = if me.caller.agent.service.is_empty() {
        me.caller.agent.name.clone()
    } else {
        format!("{}, {}", me.caller.agent.name, me.caller.agent.service)
    };
    vec![
        format!("Exporté le {at} par {who} ({}).", me.caller.office.name),
        "Cet export est inscrit au journal des accès. À détruire dès qu’il a servi.".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_list_and_its_address_keeps_the_filters() {
        assert_eq!(slug("Échéances du jour"), "echeances-du-jour");
        assert_eq!(slug("4821-7730-K"), "4821-7730-k");
        assert_eq!(
            sheets("/dossiers/export", "?etape=cfp")[1].1,
            "/dossiers/export?etape=cfp&format=csv"
        );
        assert_eq!(sheets("/tableau/export", "")[0].1, "/tableau/export?format=ods");
    }
}
