//! Accounts: personal, never shared.

use askama::Template;

use crate::{
    forms::FormView,
    layout::{Shell, Tone},
    pages::{Filter, Pair},
};

/// The accounts.
#[derive(Template)]
#[template(path = "pages/accounts.html")]
pub struct Accounts {
    /// Shell.
    pub shell: Shell,
    /// Filters.
    pub filters: Vec<Filter>,
    /// Rows.
    pub rows: Vec<AccountRow>,
    /// A new account.
    pub form: FormView,
    /// Opened by the page when the form was refused.
    pub form_open: bool,
    /// A provisional password to hand over, shown once: login, password.
    pub provisional: Option<Pair>,
}

/// An account.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// HTML id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Login.
    pub login: String,
    /// Service.
    pub service: String,
    /// State, in a word.
    pub state: String,
    /// Kind of state.
    pub tone: Tone,
    /// Last sign-in.
    pub last: String,
    /// Second factor is set up.
    pub second_factor: bool,
    /// What may be done: (label, where it is posted, dangerous).
    pub actions: Vec<AccountAction>,
}

/// Something to do with an account.
#[derive(Clone, Debug)]
pub struct AccountAction {
    /// Button.
    pub label: String,
    /// Where it is posted.
    pub action: String,
    /// Cannot be undone: asks again.
    pub danger: bool,
}

/// One's own account.
#[derive(Template)]
#[template(path = "pages/my_account.html")]
pub struct MyAccount {
    /// Shell.
    pub shell: Shell,
    /// Name, login, service, password set on…
    pub facts: Vec<Pair>,
    /// Own grants: profile, perimeter, end.
    pub grants: Vec<Pair>,
    /// Second factor is set up.
    pub second_factor: bool,
    /// Open sessions: where from, since when.
    pub sessions: Vec<Pair>,
}
