//! Deposits to the public archives.

use askama::Template;

use crate::{forms::FieldView, layout::Shell};

/// What nears its term, and what to take out of it.
#[derive(Template)]
#[template(path = "pages/deposit.html")]
pub struct Deposit {
    /// Shell.
    pub shell: Shell,
    /// Until when terms are looked at.
    pub by: FieldView,
    /// That date, as an address carries it.
    pub by_iso: String,
    /// Most dossiers of one deposit.
    pub most: usize,
    /// The dossiers, nearest term first.
    pub rows: Vec<DepositRow>,
    /// Service and visa.
    pub fields: Vec<FieldView>,
    /// What is wrong with the choice of dossiers.
    pub fault: Option<String>,
}

/// A closed dossier near its term: its number and its day only.
#[derive(Clone, Debug)]
pub struct DepositRow {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// The day its last key is destroyed.
    pub on: String,
    /// Is it chosen?
    pub chosen: bool,
}
