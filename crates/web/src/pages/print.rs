//! A dossier on paper: who printed it and when is on each sheet.

use askama::Template;

use crate::{layout::Shell, pages::dossier::DossierView};

/// The printed dossier.
#[derive(Template)]
#[template(path = "pages/print.html")]
pub struct Print {
    /// Shell: locale, office, demonstration.
    pub shell: Shell,
    /// The dossier.
    pub d: DossierView,
    /// « Imprimé le 31/12/2025 à 14 h 05 par … ».
    pub printed: String,
}
