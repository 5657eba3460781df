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
    /// Until when it is unlocked.
    pub until: Option<String>,
    /// The ways to search; empty while locked.
    pub ways: Vec<Way>,
    /// What a search found.
    pub rows: Option<Vec<ArchiveRow>>,
}

/// A closed dossier.
#[derive(Clone, Debug)]
pub struct ArchiveRow {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// What its closing says.
    pub facts: Vec<Pair>,
    /// The day it will be erased.
    pub erased_on: String,
    /// The form that reopens it, when one of the two grounds may apply.
    pub reopen_href: Option<String>,
}
