//! What the sweep will erase by a date, and what it has. No personal datum.

use askama::Template;

use crate::{forms::FieldView, layout::Shell, pages::supervise::Counter};

/// The plan for a date.
#[derive(Template)]
#[template(path = "pages/retention.html")]
pub struct Retention {
    /// Shell.
    pub shell: Shell,
    /// The date asked for.
    pub on: String,
    /// Is it today?
    pub today: bool,
    /// Asks for another date.
    pub field: FieldView,
    /// One line a unit and step.
    pub lines: Vec<PlanLine>,
    /// Dossiers that a hold keeps.
    pub held: u64,
    /// Units without the event that starts their clock: alerts of I6.
    pub waiting: u64,
    /// The first of them.
    pub late: Vec<PlannedLine>,
    /// The first dossiers, by date.
    pub first: Vec<PlannedLine>,
    /// Past destructions.
    pub certificates: Vec<CertificateView>,
    /// Yearly counters without identity.
    pub counters: Vec<Counter>,
}

/// What one step of one retention unit will do.
#[derive(Clone, Debug)]
pub struct PlanLine {
    /// The unit, by its code.
    pub unit: String,
    /// The rule (« à la clôture », « 4 ans après la clôture »).
    pub rule: String,
    /// What it holds, by the labels of its sections.
    pub holds: String,
    /// Clause or article.
    pub source: String,
    /// The term is our own choice.
    pub ours: bool,
    /// What is done.
    pub does: String,
    /// It cannot be undone.
    pub final_step: bool,
    /// How many.
    pub count: String,
}

/// A dossier that a step awaits.
#[derive(Clone, Debug)]
pub struct PlannedLine {
    /// Number.
    pub number: String,
    /// Its traces, for whoever may read them.
    pub href: Option<String>,
    /// Unit.
    pub unit: String,
    /// What is done.
    pub does: String,
    /// The day.
    pub on: String,
}

/// A past destruction.
#[derive(Clone, Debug)]
pub struct CertificateView {
    /// When.
    pub at: String,
    /// What was destroyed: counts and rule names.
    pub text: String,
    /// When the last copies in backups of the keys are gone.
    pub final_on: Option<String>,
    /// Its place in the signed log.
    pub proof: String,
}
