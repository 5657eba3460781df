//! Alerts raised on the trace: someone must close each, with a reason.

use askama::Template;

use crate::{
    forms::FormView,
    layout::{Shell, Tone},
    pages::{Link, Pair, Remark},
};

/// Alerts to close, and those closed lately.
#[derive(Template)]
#[template(path = "pages/alerts.html")]
pub struct Alerts {
    /// Shell.
    pub shell: Shell,
    /// What security still asks for.
    pub remarks: Vec<Remark>,
    /// To close.
    pub open: Vec<AlertView>,
    /// Closed lately.
    pub closed: Vec<ClosedAlert>,
}

/// An alert.
#[derive(Clone, Debug)]
pub struct AlertView {
    /// HTML id.
    pub id: String,
    /// What was seen (« 84 dossiers ouverts en une heure »).
    pub title: String,
    /// What was seen, in numbers.
    pub summary: String,
    /// How serious.
    pub tone: Tone,
    /// Agent, when.
    pub facts: Vec<Pair>,
    /// The trace lines that raised it.
    pub traces: Option<Link>,
    /// Closing it; none for the one it speaks of: someone else must.
    pub form: Option<FormView>,
}

/// A closed alert.
#[derive(Clone, Debug)]
pub struct ClosedAlert {
    /// What was seen.
    pub title: String,
    /// When it was raised.
    pub raised: String,
    /// By whom and when it was closed.
    pub closed: String,
    /// The finding.
    pub finding: String,
}
