//! A decision that needs a second look: what it does, a reason, one button.

use askama::Template;

use crate::{forms::FormView, layout::Shell, pages::Pair};

/// The decision.
#[derive(Template)]
#[template(path = "pages/decide.html")]
pub struct Decide {
    /// Shell.
    pub shell: Shell,
    /// What is decided.
    pub title: String,
    /// The dossier's number.
    pub number: String,
    /// What will happen, in plain words.
    pub warning: String,
    /// What it bears on.
    pub facts: Vec<Pair>,
    /// Reason and button.
    pub form: FormView,
}
