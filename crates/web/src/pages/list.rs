//! The list of active dossiers, filtered and sorted by card columns only (I4, X-12: closed files
//! are never in it).

use askama::Template;

use crate::{
    layout::Shell,
    pages::{CaseRow, Filter},
};

/// The list.
#[derive(Template)]
#[template(path = "pages/list.html")]
pub struct List {
    /// Shell.
    pub shell: Shell,
    /// Filters, kept in the address: codes and units, nothing personal.
    pub filters: Vec<Filter>,
    /// Is any filter set?
    pub filtered: bool,
    /// « 12 dossiers », or how they are ordered when there are more than a page.
    pub count: String,
    /// Rows.
    pub rows: Vec<CaseRow>,
    /// Address of the next page.
    pub next: Option<String>,
    /// Address of the first page, when this is another.
    pub first: Option<String>,
    /// What its cases are called while they run.
    pub title: String,
    /// May open one: what that is called.
    pub create: Option<String>,
}
