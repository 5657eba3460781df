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
    /// How many grants are in force.
    pub grants: usize,
    /// What is still to be told or signed before a grant, in a word.
    pub missing: Option<String>,
    /// Its page.
    pub href: String,
}

/// An account, and what may be done with it.
#[derive(Template)]
#[template(path = "pages/account.html")]
pub struct Account {
    /// Shell.
    pub shell: Shell,
    /// Name.
    pub name: String,
    /// State, in a word.
    pub state: String,
    /// Kind of state.
    pub tone: Tone,
    /// Login, service, last sign-in…
    pub facts: Vec<Pair>,
    /// Its grants: profile and perimeter, state.
    pub grants: Vec<Pair>,
    /// Gives it a grant; none when not allowed.
    pub give: Option<String>,
    /// Recording what the person was told, has signed, has learnt; none for a closed account.
    pub duties: Option<FormView>,
    /// Closing it, with a reason; none when it is closed or one's own.
    pub closing: Option<FormView>,
    /// What else may be done.
    pub actions: Vec<AccountAction>,
    /// A reset link to hand over, shown once.
    pub link: Option<String>,
    /// Why the last thing was refused.
    pub fault: Option<String>,
}

/// Something to do with an account.
#[derive(Clone, Debug)]
pub struct AccountAction {
    /// Button.
    pub label: String,
    /// What it does.
    pub hint: String,
    /// Where it is posted.
    pub action: String,
    /// Asks again.
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
    /// Name of the identity provider, when there is one.
    pub provider: Option<String>,
    /// An identity at the provider opens this account.
    pub linked: bool,
    /// The notice or the commitment is still to be acknowledged.
    pub duties_due: bool,
    /// There are other sessions to close.
    pub others: bool,
    /// Open sessions: where from, since when.
    pub sessions: Vec<Pair>,
    /// What one is told by mail; empty when nothing would be.
    pub mails: Vec<MailRow>,
    /// The calendar link: since when, last read; none when there is none.
    pub feed: Option<String>,
    /// How many personal tokens are in force.
    pub tokens: usize,
}

/// One's own tokens.
#[derive(Template)]
#[template(path = "pages/tokens.html")]
pub struct Tokens {
    /// Shell.
    pub shell: Shell,
    /// The token just made, shown once: its name, and itself.
    pub made: Option<Pair>,
    /// Rows.
    pub rows: Vec<TokenRow>,
    /// Name and end of a new one.
    pub form: FormView,
    /// An identity at the provider opens this account.
    pub linked: bool,
    /// What is wrong with the password.
    pub password_fault: Option<String>,
    /// Scopes offered.
    pub scopes: Vec<ScopeChoice>,
    /// No scope was chosen, or none may be.
    pub scope_fault: Option<String>,
}

/// A token.
#[derive(Clone, Debug)]
pub struct TokenRow {
    /// HTML id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: String,
    /// When it was made.
    pub made: String,
    /// Its last day.
    pub until: String,
    /// Its last use.
    pub seen: String,
    /// Where it stands.
    pub state: &'static str,
    /// Kind of state.
    pub tone: Tone,
    /// Where revoking is posted; none when it is over.
    pub revoke: Option<String>,
}

/// A scope that may be given.
#[derive(Clone, Debug)]
pub struct ScopeChoice {
    /// Its code.
    pub code: &'static str,
    /// What it allows.
    pub label: &'static str,
    /// Was it chosen?
    pub on: bool,
}

/// A kind of mail.
#[derive(Clone, Debug)]
pub struct MailRow {
    /// Its code.
    pub code: &'static str,
    /// What it tells of.
    pub label: String,
    /// Is it sent?
    pub on: bool,
    /// The clause by which it stays on.
    pub required: Option<&'static str>,
}

/// The calendar link, told once.
#[derive(Template)]
#[template(path = "pages/feed.html")]
pub struct FeedLink {
    /// Shell.
    pub shell: Shell,
    /// The whole address.
    pub url: String,
}

/// Where mail stands, for the administrator.
#[derive(Template)]
#[template(path = "pages/mails.html")]
pub struct Mails {
    /// Shell.
    pub shell: Shell,
    /// A mail server is declared.
    pub ready: bool,
    /// Nothing leaves for now.
    pub paused: bool,
    /// How many wait.
    pub waiting: u64,
    /// Given up: to whom, about what, when, why.
    pub dead: Vec<(String, &'static str, String, &'static str)>,
}
