//! Who is at the keyboard: signing in, the second factor, passwords, sessions, and the accounts
//! themselves. The rules are `huis-accounts`'s; here they meet the store, the
//! clock and the trace.

mod admin;
mod first;
mod mail;
mod password;
mod present;
mod provider;
mod second;
mod sign_in;
mod state;
mod tokens;
mod traces;

pub use admin::{AgentLine, AgentMade, NewAgent};
pub use huis_accounts::{AccountState, Cost, MustChange, Password, PasswordHash};
pub use huis_store::accounts::{Duty, DutyDates};
pub use mail::{Letter, Mailer, NotSent, Sending};
pub use password::PasswordRule;
pub use present::{CallerState, SessionLine};
pub use provider::{Arrival, Asked, Departure, Identity, Journey, Provider, ProviderError};
pub use second::{Enrolled, Enrolment};
pub use tokens::{NewToken, Scope, TokenCaller, TokenLine, TokenState};

use huis_accounts::{HashError, Hasher, PasswordRules, Pepper, RuleBook, RuleBookFault};
use huis_kernel::{Date, Rng};
use huis_vault::RootKey;
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

use crate::{Huis, UseError};

/// Where a reset link is opened: its token comes after.
pub const RESET_PLACE: &str = "/connexion/lien";

/// How many passwords are hashed at once: each takes some 20 MiB for a moment, and a crowd at the
/// door must not exhaust the server.
const HASHES_AT_ONCE: usize = 4;

/// What sign-in needs beyond the store: the hasher with its pepper, the rules, the mail.
pub struct SignIn {
    hasher: Arc<Hasher>,
    book: RuleBook,
    /// The rules of a day, by set: each request asks for them.
    rules: RwLock<BTreeMap<String, (Date, PasswordRules)>>,
    mailer: OnceLock<Box<dyn Mailer>>,
    provider: OnceLock<Box<dyn Provider>>,
    gate: tokio::sync::Semaphore,
}

/// Why sign-in cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The file of password rules is faulty.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ; "))]
    Rules(Vec<RuleBookFault>),
    /// The hasher refuses its cost.
    #[error(transparent)]
    Hash(#[from] HashError),
}

impl SignIn {
    /// Sets sign-in up. The pepper is derived from the root key: a stolen database alone lets
    /// nobody try passwords. No mail server
    /// yet: see [`Huis::declare_mail_server`].
    pub fn new(
        root: &RootKey,
        rules: &str,
        cost: Cost,
        rng: &dyn Rng,
    ) -> Result<Self, SignInError> {
        let book = RuleBook::parse(rules).map_err(SignInError::Rules)?;
        let pepper = Pepper::from_bytes(*root.derive("pepper").expose());
        Ok(Self {
            hasher: Arc::new(Hasher::new(pepper, Vec::new(), cost, rng)?),
            book,
            rules: RwLock::default(),
            mailer: OnceLock::new(),
            provider: OnceLock::new(),
            gate: tokio::sync::Semaphore::new(HASHES_AT_ONCE),
        })
    }

    /// The rules of a set on a day; `None` when the file has no such set.
    fn rules(&self, set: &str, on: Date) -> Option<PasswordRules> {
        let known = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rules)) = known.get(set).filter(|(day, _)| *day == on) {
            return Some(rules.clone());
        }
        drop(known);
        let rules = self.book.rules(set, on)?;
        let mut known = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(set.to_owned(), (on, rules.clone()));
        Some(rules)
    }

    fn mailer(&self) -> Option<&dyn Mailer> {
        self.mailer.get().map(AsRef::as_ref)
    }

    /// Hashes a password, off the threads that serve. For the loader of the demonstration too,
    /// which makes one hash for its forty agents.
    pub async fn hash(
        &self,
        password: &Password,
        rng: &Arc<dyn Rng>,
    ) -> Result<PasswordHash, UseError> {
        let (password, rng) = (password.clone(), Arc::clone(rng));
        self.blocking(move |hasher| hasher.hash(&password, &*rng))
            .await?
            .map_err(|_| UseError::Internal("hachage"))
    }

    /// How many password hashes were asked since the start.
    pub(crate) fn hashes(&self) -> u64 {
        self.hasher.computed()
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Hasher) -> T + Send + 'static,
    ) -> Result<T, UseError> {
        let stopped = || UseError::Internal("hachage");
        let _pass = self.gate.acquire().await.map_err(|_| stopped())?;
        let hasher = Arc::clone(&self.hasher);
        tokio::task::spawn_blocking(move || work(&hasher)).await.map_err(|_| stopped())
    }
}

impl Huis {
    /// Declares the mail server, once, at start.
    pub fn declare_mail_server(&self, mailer: Box<dyn Mailer>) {
        // A second declaration changes nothing: the first may be at work.
        let _ = self.sign_in.mailer.set(mailer);
    }

    /// Sends a letter, once, through the mail server; none when there is no such server.
    pub(crate) fn sending(&self, letter: Letter) -> Option<Sending> {
        Some(self.sign_in.mailer()?.send(letter))
    }

    /// Can letters leave? When not, the settings say so, and an administrator hands reset links
    /// over.
    pub fn mail_ready(&self) -> bool {
        self.sign_in.mailer().is_some()
    }
}

/// What comes of an attempt to sign in.
#[derive(Clone, Debug)]
pub enum Signed {
    /// A session, whole or with something left to do.
    Session(Session),
    /// No, or not yet.
    Refused {
        /// What the person reads: the same whether the login exists or not (I13).
        message: String,
        /// How long nothing will be judged, when too many attempts were made.
        wait_seconds: Option<u64>,
    },
}

/// A session that was opened.
#[derive(Clone, Debug)]
pub struct Session {
    /// What goes into the cookie, and nowhere else.
    pub token: String,
    /// What is left to do.
    pub next: Next,
}

/// What is left to do before the session is whole, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Done,
    /// Give the code of the application, or a recovery code.
    Totp,
    /// Choose a new password, for this reason.
    ChangePassword(MustChange),
    /// Enrol an application: a profile asks for it.
    EnrolTotp,
    /// Read the procedure of grants in force.
    ReadProcedure,
}
