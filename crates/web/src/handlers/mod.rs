//! One module a feature, named like its page and its use case: reads the request, calls the use
//! case, fills the view. No rule here, no store.

use axum::Router;
use huis_documents::Document;
use huis_usecases::{Caller, Huis, Opened, PersonCopy};
use std::{collections::BTreeSet, sync::Arc};

use crate::app::{App, Me};

mod account;
mod admin;
mod dossier;
mod exports;
mod imports;
mod information;
mod kept;
mod letters;
mod lists;
mod oversight;
mod procedure;
mod provider;
mod search;
mod sign_in;
mod ways;

/// A dossier on paper, in the words of its page, for a reader who is at no screen.
pub fn dossier_paper(
    huis: &Arc<Huis>,
    caller: &Caller,
    processing: &str,
    opened: &Opened,
) -> Option<Document> {
    exports::dossier_document(&Me::reading(huis, caller, processing), opened).ok()
}

/// The proposal of indemnity that an act of a dossier keeps, likewise.
pub fn proposal_paper(
    huis: &Arc<Huis>,
    caller: &Caller,
    processing: &str,
    opened: &Opened,
    no: u32,
) -> Option<Document> {
    exports::indemnity::document(huis, &Me::reading(huis, caller, processing), opened, no).ok()
}

/// The copy of what is held about a person, without the texts left out, likewise.
pub fn copy_paper(
    huis: &Arc<Huis>,
    caller: &Caller,
    processing: &str,
    copy: &PersonCopy,
    left_out: &BTreeSet<String>,
) -> Option<Document> {
    exports::copy::document(huis, &Me::reading(huis, caller, processing), copy, left_out).ok()
}

/// Every page of the application.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(sign_in::routes())
        .merge(provider::routes())
        .merge(account::routes())
        .merge(admin::routes())
        .merge(imports::routes())
        .merge(information::routes())
        .merge(letters::routes())
        .merge(lists::routes())
        .merge(search::routes())
        .merge(dossier::routes())
        .merge(kept::routes())
        .merge(oversight::routes())
        .merge(exports::routes())
        .merge(procedure::routes())
}
