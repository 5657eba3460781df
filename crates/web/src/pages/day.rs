//! « Ma journée »: what is due, what came in, what is stuck.

use askama::Template;

use crate::{
    layout::{Shell, Tone},
    pages::{CaseRow, Link},
    term::Chip,
};

/// The day page.
#[derive(Template)]
#[template(path = "pages/day.html")]
pub struct Day {
    /// Shell.
    pub shell: Shell,
    /// `mercredi 31 décembre 2025`
    pub today: String,
    /// Counts that lead to their group.
    pub counts: Vec<Count>,
    /// Groups, the most pressing first.
    pub groups: Vec<Group>,
    /// Nothing waits: what to do then.
    pub idle: Vec<Link>,
    /// Letters wait: the way to their batch.
    pub letters: bool,
    /// No list for this profile: a dossier is reached by the number that came with the request.
    pub by_number: Option<ByNumber>,
    /// A partner, and the office lets none in yet.
    pub shut: bool,
}

/// The field of a number.
#[derive(Clone, Debug, Default)]
pub struct ByNumber {
    /// As typed.
    pub value: String,
    /// Why it is no number.
    pub fault: Option<String>,
    /// What this profile does with it.
    pub lead: String,
    /// What is awaited, by number only; `None` for whoever files nothing.
    pub awaited: Option<Vec<AwaitedRow>>,
    /// What was deposited, newest first.
    pub deposits: Vec<DepositRow>,
    /// Those before them.
    pub older: Option<String>,
    /// The newest, when these are not.
    pub newest: Option<String>,
}

/// Something that is asked for.
#[derive(Clone, Debug)]
pub struct AwaitedRow {
    /// Number of the dossier.
    pub number: String,
    /// Where it is done.
    pub href: String,
    /// What is asked.
    pub what: String,
    /// `31/12/2025`
    pub due: String,
    /// How far it is.
    pub chip: Chip,
}

/// A deposit.
#[derive(Clone, Debug)]
pub struct DepositRow {
    /// Number of the dossier.
    pub number: String,
    /// Its receipt.
    pub href: String,
    /// What was deposited.
    pub what: String,
    /// The date that the law looks at.
    pub on: String,
    /// When it came.
    pub recorded: String,
}

/// A count at the top of the page.
#[derive(Clone, Debug)]
pub struct Count {
    /// « 12 », « 99+ ».
    pub number: String,
    /// What is counted.
    pub label: String,
    /// The group, or the list.
    pub href: String,
    /// Kind.
    pub tone: Tone,
}

/// Dossiers that ask for the same kind of attention.
#[derive(Clone, Debug)]
pub struct Group {
    /// HTML id.
    pub id: String,
    /// « En retard », « Arrivé depuis hier », « Bloqué ».
    pub title: String,
    /// Why they are together, in a line.
    pub hint: String,
    /// Rows.
    pub rows: Vec<CaseRow>,
    /// How many there are in all, where that is more.
    pub total: Option<String>,
    /// « Voir les 37 autres ».
    pub more: Option<Link>,
}
