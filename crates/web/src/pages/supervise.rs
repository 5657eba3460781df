//! « Encadrement »: load and lateness by unit and agent, indicators on anonymous data.

use askama::Template;

use crate::{
    layout::Shell,
    pages::{CaseRow, Link},
};

/// The supervisor's page.
#[derive(Template)]
#[template(path = "pages/supervise.html")]
pub struct Supervise {
    /// Shell.
    pub shell: Shell,
    /// Units and the agents in them.
    pub loads: Vec<Load>,
    /// Indicators, anonymous; a hidden one says why.
    pub indicators: Vec<Indicator>,
    /// Longest late.
    pub stuck: Vec<CaseRow>,
    /// All the late ones.
    pub stuck_more: Option<Link>,
}

/// Work of an agent or of a unit.
#[derive(Clone, Debug)]
pub struct Load {
    /// Unit.
    pub unit: String,
    /// Agent; none for the unit's line.
    pub agent: Option<String>,
    /// Active dossiers.
    pub active: u32,
    /// Late.
    pub late: u32,
    /// Due within a week.
    pub soon: u32,
    /// Bar length, 0 to 100, against the largest of the table.
    pub bar: u32,
    /// Late part of the bar, 0 to 100.
    pub late_bar: u32,
    /// The list.
    pub href: String,
}

/// A figure.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// What it measures.
    pub label: String,
    /// The figure; none when it is withheld.
    pub value: Option<String>,
    /// How it is made, or why it is withheld.
    pub note: String,
}
