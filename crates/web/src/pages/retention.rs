//! What the sweep will erase on a date, and what it has. No personal datum.

use askama::Template;

use crate::{forms::FormView, layout::Shell, pages::Link};

/// The plan for a date.
#[derive(Template)]
#[template(path = "pages/retention.html")]
pub struct Retention {
    /// Shell.
    pub shell: Shell,
    /// The date asked for.
    pub on: String,
    /// Chooses the date.
    pub form: FormView,
    /// One line a rule and unit.
    pub lines: Vec<PlanLine>,
    /// Dossiers without the event that starts their clock: alerts of I6.
    pub waiting: Vec<WaitingLine>,
    /// Runs it now; none unless allowed and the date is today.
    pub run_action: Option<String>,
    /// Past runs.
    pub certificates: Vec<Certificate>,
}

/// What one rule will do.
#[derive(Clone, Debug)]
pub struct PlanLine {
    /// The rule (« Dossier, 4 ans après clôture »).
    pub rule: String,
    /// Clause or article.
    pub source: String,
    /// The term is our own choice.
    pub ours: bool,
    /// What it does (« archive », « détruit »).
    pub does: String,
    /// How many dossiers.
    pub count: String,
    /// Held back by a hold.
    pub held: u32,
    /// The first of them, by number.
    pub samples: Vec<Link>,
}

/// Dossiers that wait for an event.
#[derive(Clone, Debug)]
pub struct WaitingLine {
    /// What is awaited.
    pub text: String,
    /// How many.
    pub count: String,
    /// The list.
    pub href: String,
}

/// A past run.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// When.
    pub at: String,
    /// What was done: counts and rule names.
    pub text: String,
    /// When key-store backups die too.
    pub final_on: String,
    /// The certificate.
    pub href: String,
}
