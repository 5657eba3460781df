//! One module a screen, with its view struct; its template is `templates/pages/<same name>.html`.

use huis_kernel::Date;

use crate::{fmt, layout::Tone, term::Chip};

pub mod accounts;
pub mod act_form;
pub mod alerts;
pub mod archive;
pub mod auth;
pub mod board;
pub mod conflict;
pub mod copy;
pub mod day;
pub mod decide;
pub mod deposit;
pub mod doorstep;
pub mod dossier;
pub mod grants;
pub mod help;
pub mod imports;
pub mod indemnity;
pub mod information;
pub mod kept;
pub mod letter_texts;
pub mod letters;
pub mod list;
pub mod new_dossier;
pub mod partners;
pub mod print;
pub mod register;
pub mod retention;
pub mod search;
pub mod section_form;
pub mod security;
pub mod settings;
pub mod supervise;
pub mod traces;

/// A dossier in a table: its card, and nothing that is sealed (I1).
#[derive(Clone, Debug)]
pub struct CaseRow {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// What is due or what happened.
    pub what: String,
    /// The date that counts.
    pub due: Option<Date>,
    /// How far it is.
    pub chip: Option<Chip>,
    /// Stage.
    pub stage: String,
    /// Finer step, in words; empty when it says no more than the stage.
    pub step: String,
    /// Unit (arrondissement).
    pub unit: String,
    /// The worst remark on it, when there is one to look at.
    pub mark: Option<(Tone, &'static str)>,
}

impl CaseRow {
    /// The date, or nothing.
    pub fn due_text(&self) -> String {
        self.due.map(fmt::date).unwrap_or_default()
    }
}

/// What a person asks, beside the dossier that it would rectify (RGPD art. 16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The request's number.
    pub number: String,
    /// The request.
    pub href: String,
    /// What is asked, in the person's words.
    pub words: String,
}

/// Label and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Label.
    pub label: String,
    /// Value, as read.
    pub value: String,
}

impl Pair {
    /// A pair.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}

/// A remark, with the article it rests on.
#[derive(Clone, Debug)]
pub struct Remark {
    /// How serious.
    pub tone: Tone,
    /// What and what to do.
    pub text: String,
    /// Article or clause.
    pub article: String,
}

impl Remark {
    /// Something of backups, drills or the copy of the keys asks for attention.
    pub fn continuity(text: String) -> Self {
        Self { tone: Tone::Bad, text, article: "X-20".to_owned() }
    }
}

/// A link with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Text.
    pub label: String,
    /// Address.
    pub href: String,
}

impl Link {
    /// A link.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// A choice among a few (a filter, a sort), shown as a select.
#[derive(Clone, Debug)]
pub struct Filter {
    /// HTML name: a code of the register, never a datum.
    pub name: String,
    /// Label.
    pub label: String,
    /// Code, label, chosen.
    pub options: Vec<(String, String, bool)>,
}
