//! Grants: who may do what, where, until when, given by whom and why.

use askama::Template;

use crate::{forms::FormView, layout::Shell, pages::Filter, term::Chip};

/// The list of grants.
#[derive(Template)]
#[template(path = "pages/grants.html")]
pub struct Grants {
    /// Shell.
    pub shell: Shell,
    /// Filters.
    pub filters: Vec<Filter>,
    /// Rows.
    pub rows: Vec<GrantRow>,
    /// May give.
    pub can_give: bool,
    /// The review, for whoever leads it: when the last ended, when the next is due.
    pub review: Option<ReviewState>,
}

/// Where the periodic review stands.
#[derive(Clone, Debug, Default)]
pub struct ReviewState {
    /// « 12/03/2025 », or none.
    pub last: Option<String>,
    /// When the next is due.
    pub due: Option<Chip>,
    /// One runs: confirmed or withdrawn, of how many.
    pub progress: Option<(u32, u32)>,
}

/// A grant.
#[derive(Clone, Debug)]
pub struct GrantRow {
    /// HTML id.
    pub id: String,
    /// Agent.
    pub agent: String,
    /// Service.
    pub service: String,
    /// Profile.
    pub profile: String,
    /// Perimeter.
    pub perimeter: String,
    /// Given by, on, why; the head of service where one is named.
    pub given: String,
    /// Ends on.
    pub ends: String,
    /// How far the end is.
    pub chip: Chip,
    /// Withdrawn or ended: why.
    pub closed: Option<String>,
    /// Where withdrawing it is posted; none when not allowed.
    pub withdraw_action: Option<String>,
    /// Withdrawing was refused: the reason typed, and why.
    pub refused: Option<(String, String)>,
}

/// Giving a grant.
#[derive(Template)]
#[template(path = "pages/grant_form.html")]
pub struct GrantForm {
    /// Shell.
    pub shell: Shell,
    /// What each profile opens: label, what it sees, its longest term.
    pub profiles: Vec<ProfileHelp>,
    /// Inputs: agent, profile, units, from, to, reason, head of service.
    pub form: FormView,
    /// Units of the perimeter: (code, name, chosen).
    pub units: Vec<(String, String, bool)>,
    /// Is the whole territory chosen? `None` where dossiers are nowhere.
    pub whole: Option<bool>,
    /// Organisations that a partner's grant may name: (code, name, chosen).
    pub partners: Vec<(String, String, bool)>,
}

/// What a profile opens.
#[derive(Clone, Debug)]
pub struct ProfileHelp {
    /// Its name.
    pub label: String,
    /// What it sees and does.
    pub opens: String,
    /// Longest term.
    pub max_term: String,
}

/// The review: each grant confirmed or withdrawn.
#[derive(Template)]
#[template(path = "pages/review.html")]
pub struct Review {
    /// Shell.
    pub shell: Shell,
    /// Where it is posted.
    pub action: String,
    /// A campaign is under way.
    pub open: bool,
    /// Why the decisions, or the end, were refused.
    pub faults: Vec<String>,
    /// The reason of the withdrawals, as typed.
    pub reason: String,
    /// How far it is: done, of how many.
    pub done: u32,
    /// Of how many.
    pub total: u32,
    /// When it must be over.
    pub due: Chip,
    /// Those still to look at, with what helps to decide.
    pub rows: Vec<ReviewRow>,
}

/// A grant to look at.
#[derive(Clone, Debug)]
pub struct ReviewRow {
    /// Its id, in the input's name.
    pub id: String,
    /// The grant.
    pub grant: GrantRow,
    /// Last use (« il y a 4 mois », « jamais »).
    pub last_use: String,
    /// It is one's own: another must decide.
    pub own: bool,
    /// What was chosen when the decisions were refused: confirm, or withdraw.
    pub chosen: Option<bool>,
}
