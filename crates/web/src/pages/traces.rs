//! Who opened what, when and for which purpose; whether the log still verifies.

use askama::Template;

use crate::{
    layout::{Shell, Tone},
    pages::{Filter, Link, Pair},
};

/// Traces of a dossier, or of an office.
#[derive(Template)]
#[template(path = "pages/traces.html")]
pub struct Traces {
    /// Shell.
    pub shell: Shell,
    /// What they are traces of (« Dossier 4821-7730-K »).
    pub of: String,
    /// How long they are kept, with the clause.
    pub kept: String,
    /// Verifying them; none on the traces of one dossier.
    pub evidence: Option<Evidence>,
    /// Filters.
    pub filters: Vec<Filter>,
    /// What is typed beside them.
    pub typed: Vec<TypedFilter>,
    /// One agent only: the name, and the way back to all.
    pub only: Option<Link>,
    /// Lines, the latest first.
    pub lines: Vec<TraceLine>,
    /// Next page.
    pub next: Option<String>,
    /// First page, when this is another.
    pub first: Option<String>,
}

impl Traces {
    /// A filter that is typed does not read: nothing was looked for.
    fn unreadable(&self) -> bool {
        self.typed.iter().any(|t| t.fault.is_some())
    }
}

/// A filter that is typed.
#[derive(Clone, Debug)]
pub struct TypedFilter {
    /// HTML name.
    pub name: String,
    /// Label.
    pub label: String,
    /// What was typed.
    pub value: String,
    /// It is a day.
    pub date: bool,
    /// What is wrong with it.
    pub fault: Option<String>,
}

/// A line.
#[derive(Clone, Debug)]
pub struct TraceLine {
    /// Instant.
    pub at: String,
    /// Agent, or on what ground.
    pub who: String,
    /// That agent's lines.
    pub who_href: Option<String>,
    /// Service.
    pub role: String,
    /// Operation.
    pub operation: String,
    /// The first dossiers, each with its own traces.
    pub dossiers: Vec<Link>,
    /// How many others.
    pub others: String,
    /// The sections opened or written.
    pub sections: String,
    /// Their fields, and what else the line says.
    pub what: Vec<Pair>,
    /// Purpose.
    pub purpose: String,
    /// Outcome.
    pub outcome: String,
    /// It was refused.
    pub refused: bool,
}

/// What lets the log be verified, and what the verification said.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The public key.
    pub key: String,
    /// The logs, each with the address of its export.
    pub logs: Vec<Link>,
    /// Where a verification is asked for.
    pub action: String,
    /// What it said, when it was just done.
    pub verified: Option<Verified>,
}

/// The result of a verification.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Good or bad.
    pub tone: Tone,
    /// In words.
    pub text: String,
    /// Log by log: what is told of it, or what is wrong with it.
    pub logs: Vec<Pair>,
}
