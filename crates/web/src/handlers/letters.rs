//! Letters: the day's batch from the list to the post, and the letters of one dossier.

mod batch;
mod dossier;
mod texts;

use axum::{
    Router,
    routing::{get, post},
};

use crate::{app::App, routes};

/// The routes.
pub fn routes() -> Router<App> {
    let of = |part: &str| format!("{}/{part}", routes::LETTERS);
    Router::new()
        .route(routes::LETTERS, get(batch::list))
        .route(&of("preparer"), post(batch::prepare))
        .route(&of("pdf"), post(batch::pdf))
        .route(&of("envoyer"), post(batch::send))
        .route(&of("annuler-envoi"), post(batch::unsend))
        .route(&of("revenue"), post(batch::returned))
        .route("/dossiers/{numero}/courriers", get(dossier::open))
        .route("/dossiers/{numero}/courriers/{no}", get(dossier::letter))
        .route(
            "/dossiers/{numero}/courriers/nouveau/{lettre}/{personne}",
            get(dossier::form).post(dossier::prepare),
        )
        .route(routes::LETTER_TEXTS, get(texts::list))
        .route(&format!("{}/{{lettre}}", routes::LETTER_TEXTS), get(texts::form).post(texts::save))
}
