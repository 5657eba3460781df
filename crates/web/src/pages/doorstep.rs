//! The doorstep of a dossier: what a profile that may not open it may do there.

use askama::Template;

use crate::{layout::Shell, pages::Link};

/// The page.
#[derive(Template)]
#[template(path = "pages/doorstep.html")]
pub struct Doorstep {
    /// Shell.
    pub shell: Shell,
    /// The number, as given by whoever reads the page: it does not say that the dossier exists.
    pub number: String,
    /// What may be deposited.
    pub deposits: Vec<Deposit>,
    /// Holds in force; each leads to the form that lifts it.
    pub holds: Vec<Link>,
    /// What else may be done.
    pub tools: Vec<Link>,
}

/// An act that may be deposited.
#[derive(Clone, Debug)]
pub struct Deposit {
    /// What it is called.
    pub label: String,
    /// Its form.
    pub href: String,
    /// Article.
    pub article: String,
}
