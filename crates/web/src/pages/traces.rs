//! Who opened what, when and for which purpose; whether the log still verifies.

use askama::Template;

use crate::{
    layout::{Shell, Tone},
    pages::Filter,
};

/// Traces of a dossier, or of an office on a day.
#[derive(Template)]
#[template(path = "pages/traces.html")]
pub struct Traces {
    /// Shell.
    pub shell: Shell,
    /// What they are traces of (« Dossier 4821-7730-K »).
    pub of: String,
    /// Filters.
    pub filters: Vec<Filter>,
    /// Lines, the latest first.
    pub lines: Vec<TraceLine>,
    /// How long they are kept, with the clause.
    pub kept: String,
    /// The last verification.
    pub verified: Verified,
    /// Next page.
    pub next: Option<String>,
}

/// A line.
#[derive(Clone, Debug)]
pub struct TraceLine {
    /// Instant.
    pub at: String,
    /// Agent, or the authority.
    pub who: String,
    /// Profile and service.
    pub role: String,
    /// Operation.
    pub operation: String,
    /// Dossiers (numbers) and sections.
    pub what: String,
    /// Purpose.
    pub purpose: String,
    /// Outcome.
    pub outcome: String,
    /// It was refused.
    pub refused: bool,
}

/// The result of a verification.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Good or bad.
    pub tone: Tone,
    /// In words.
    pub text: String,
    /// May ask for one now: where it is posted.
    pub action: Option<String>,
}
