//! Closed dossiers, apart: their own search, under their own grant and key.

use askama::Template;

use crate::{
    forms::FormView,
    layout::Shell,
    pages::{Pair, search::Way},
};

/// The archive.
#[derive(Template)]
#[template(path = "pages/archive.html")]
pub struct Archive {
    /// Shell.
    pub shell: Shell,
    /// It is locked: the form that unlocks it for this session.
    pub unlock: Option<FormView>,
    /// It is open: where the form that locks it again is posted.
    pub lock_action: Option<String>,
    /// The ways to search; empty while locked.
    pub ways: Vec<Way>,
    /// What a search found.
    pub found: Option<ArchiveFound>,
}

/// What a search of the archive found.
#[derive(Clone, Debug)]
pub struct ArchiveFound {
    /// The dossiers.
    pub rows: Vec<ArchiveRow>,
    /// Why the question could not be answered as it is.
    pub missing: Vec<String>,
    /// More were found than are shown.
    pub capped: bool,
}

/// A closed dossier: its card only; opening it is another step, and another trace.
#[derive(Clone, Debug)]
pub struct ArchiveRow {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// What its card says.
    pub facts: Vec<Pair>,
    /// The day its last key is destroyed.
    pub erased_on: Option<String>,
}
