//! One module a feature, named like its page and its use case: reads the request, calls the use
//! case, fills the view. No rule here, no store.

use axum::Router;

use crate::app::App;

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
