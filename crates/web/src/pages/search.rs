//! Searching the active dossiers. Posted, then shown under an opaque id: no name is in a URL.

use askama::Template;

use crate::{forms::FormView, layout::Shell, pages::CaseRow};

/// The search form.
#[derive(Template)]
#[template(path = "pages/search.html")]
pub struct Search {
    /// Shell.
    pub shell: Shell,
    /// The ways to search: by number, then those of the register's `[[recherche]]`.
    pub ways: Vec<Way>,
}

/// One way to search: the fields that must be given together.
#[derive(Clone, Debug)]
pub struct Way {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// « Approche les orthographes voisines. »
    pub near: bool,
    /// Its form.
    pub form: FormView,
}

/// What was found.
#[derive(Template)]
#[template(path = "pages/search_results.html")]
pub struct SearchResults {
    /// Shell.
    pub shell: Shell,
    /// What was searched, in words that name no one (« nom et prénom »).
    pub way: String,
    /// The form again, with what was asked.
    pub again: String,
    /// Why the question could not be answered as it is.
    pub missing: Vec<String>,
    /// Rows.
    pub rows: Vec<CaseRow>,
    /// More were found than are shown.
    pub capped: bool,
    /// An archived dossier may exist: whom to ask; only to profiles that may learn it.
    pub archive_hint: Option<String>,
    /// May create a dossier.
    pub create: bool,
}
