//! A form that came too late, offered again.

use askama::Template;

use crate::layout::Shell;

/// The offer.
#[derive(Template)]
#[template(path = "pages/kept.html")]
pub struct Kept {
    /// Shell.
    pub shell: Shell,
    /// When it was sent, as read.
    pub at: String,
    /// The dossier's number; empty when it is about none.
    pub number: String,
    /// Where it was sent to.
    pub action: String,
    /// Where it is forgotten (POST).
    pub forget: String,
    /// All that was typed, carried along.
    pub hidden: Vec<(String, String)>,
}
