//! « Encadrement »: load and lateness by territory, what is awaited, the activity of agents in
//! numbers, what is stuck. Counts and cards; no section is opened.

use askama::Template;

use crate::{
    layout::Shell,
    pages::{CaseRow, Link, Remark},
};

/// The supervisor's page.
#[derive(Template)]
#[template(path = "pages/supervise.html")]
pub struct Supervise {
    /// Shell.
    pub shell: Shell,
    /// The copy of the keys, backups, drills, the review of the risks: what is missing or overdue
    ///
    pub health: Vec<Remark>,
    /// What asks for attention, in figures.
    pub figures: Vec<Figure>,
    /// Territories, each followed by its stages.
    pub loads: Vec<Load>,
    /// What is awaited, the latest first.
    pub awaited: Vec<Awaited>,
    /// What agents did.
    pub agents: Vec<Activity>,
    /// Where nothing moves, the longest first.
    pub stuck: Vec<CaseRow>,
    /// Yearly counters without identity.
    pub counters: Vec<Counter>,
}

/// A figure that leads to what it counts.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The figure.
    pub value: String,
    /// What it counts.
    pub label: String,
    /// Does it ask for something?
    pub hot: bool,
    /// Where it leads.
    pub link: Option<Link>,
}

/// Running dossiers of a territory, or of one of its stages.
#[derive(Clone, Debug)]
pub struct Load {
    /// Territory.
    pub unit: String,
    /// Stage; none for the territory's line.
    pub stage: Option<String>,
    /// Active dossiers.
    pub active: u64,
    /// Late.
    pub late: u64,
    /// Bar length, 0 to 1000, against the largest of the table.
    pub bar: u64,
    /// Late part of the bar, 0 to 1000.
    pub late_bar: u64,
    /// The list of them, for whoever may read it.
    pub href: Option<String>,
    /// The list of those that are late.
    pub late_href: Option<String>,
}

/// What one rule awaits.
#[derive(Clone, Debug)]
pub struct Awaited {
    /// The rule, in words.
    pub label: String,
    /// Actions to do.
    pub running: u64,
    /// Of which past their date.
    pub late: u64,
}

/// What an agent did in thirty days, by the trace.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Name.
    pub name: String,
    /// Service.
    pub service: String,
    /// Dossiers opened.
    pub opened: u64,
    /// Dossiers created.
    pub created: u64,
    /// Acts recorded.
    pub acts: u64,
    /// Sections written.
    pub written: u64,
    /// Searches.
    pub searches: u64,
}

/// The counters alone, for whom the rest is closed.
#[derive(Template)]
#[template(path = "pages/counters.html")]
pub struct Counters {
    /// Shell.
    pub shell: Shell,
    /// Yearly counters without identity.
    pub counters: Vec<Counter>,
}

/// A figure of a year, without identity.
#[derive(Clone, Debug)]
pub struct Counter {
    /// Year.
    pub year: String,
    /// What is counted.
    pub label: String,
    /// How many.
    pub count: String,
}
