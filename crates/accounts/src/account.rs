use huis_kernel::{AgentId, Date, Instant};

use crate::{Login, PasswordHash, PasswordRules, RecoveryHash, TotpSecret};

/// May the account sign in? Throttling is apart: see [`crate::Throttle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Yes.
    Active,
    /// Stopped by an administrator, for a time.
    Locked,
    /// The person has left.
    Closed,
}

/// Why a password must be changed before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MustChange {
    /// Given by someone else: at creation (« dès sa première connexion », X-18) or by an administrator.
    Given,
    /// After a reset link.
    Reset,
    /// Older than the rule allows (X-18: six months).
    Expired,
}

impl MustChange {
    /// What the person reads on the page.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Given => {
                "Ce mot de passe vous a été remis\u{a0}: choisissez le vôtre avant de continuer."
            }
            Self::Reset => "Choisissez un nouveau mot de passe.",
            Self::Expired => {
                "Votre mot de passe a atteint sa durée\u{a0}: choisissez-en un nouveau."
            }
        }
    }
}

/// The authenticator application of an account.
#[derive(Clone, Debug)]
pub struct SecondFactor {
    /// The shared secret.
    pub secret: TotpSecret,
    /// The last step used.
    pub last_step: Option<u64>,
    /// The recovery codes not used yet.
    pub recovery: Vec<RecoveryHash>,
}

/// A person's account. No account is shared.
#[derive(Clone, Debug)]
pub struct Account {
    /// Whose.
    pub agent: AgentId,
    /// Under which name.
    pub login: Login,
    /// May it sign in?
    pub state: AccountState,
    /// The present password.
    pub password: PasswordHash,
    /// The former ones, the latest first.
    pub former: Vec<PasswordHash>,
    /// When the present one was set.
    pub password_set_on: Date,
    /// Must it be changed, whatever its age?
    pub must_change: Option<MustChange>,
    /// The second factor, once enrolled.
    pub second_factor: Option<SecondFactor>,
    /// Sessions that began before are closed.
    pub sessions_from: Instant,
}

impl Account {
    /// A new account, with a password that someone else knows and that must be changed.
    pub const fn new(
        agent: AgentId,
        login: Login,
        given: PasswordHash,
        today: Date,
        now: Instant,
    ) -> Self {
        Self {
            agent,
            login,
            state: AccountState::Active,
            password: given,
            former: Vec::new(),
            password_set_on: today,
            must_change: Some(MustChange::Given),
            second_factor: None,
            sessions_from: now,
        }
    }

    /// The present hash and the former ones, for [`crate::Context::previous`].
    pub fn hashes(&self) -> Vec<PasswordHash> {
        std::iter::once(&self.password).chain(&self.former).cloned().collect()
    }

    /// Must the password be changed today, and why?
    pub fn change_due(
        &self,
        rules: &PasswordRules,
        administrator: bool,
        today: Date,
    ) -> Option<MustChange> {
        match self.must_change {
            Some(MustChange::Given) if rules.first_sign_in.is_none() => None,
            Some(why) => Some(why),
            None => {
                let expiry = rules.expires_on(administrator, self.password_set_on);
                expiry.is_some_and(|(day, _)| today >= day).then_some(MustChange::Expired)
            }
        }
    }

    /// The person chose a password that [`PasswordRules::check`] accepted. Every session closes;
    /// open the present one anew ([`crate::Session::raised`], same `now`).
    pub fn change_password(
        &mut self,
        new: PasswordHash,
        rules: &PasswordRules,
        today: Date,
        now: Instant,
    ) {
        let old = std::mem::replace(&mut self.password, new);
        self.former.insert(0, old);
        self.former.truncate(rules.former_kept());
        self.password_set_on = today;
        self.must_change = None;
        self.close_sessions(now);
    }

    /// The same password, hashed anew with the present cost or pepper.
    pub fn rehash(&mut self, same: PasswordHash) {
        self.password = same;
    }

    /// An administrator gives a password; the second factor stays.
    pub fn give_password(
        &mut self,
        given: PasswordHash,
        rules: &PasswordRules,
        today: Date,
        now: Instant,
    ) {
        self.change_password(given, rules, today, now);
        self.must_change = Some(MustChange::Given);
    }

    /// A reset link was used: the password must be changed, every other session closes, the second
    /// factor stays asked (S-11).
    pub fn reset(&mut self, now: Instant) {
        self.must_change = Some(MustChange::Reset);
        self.close_sessions(now);
    }

    /// Ends every session that began before.
    pub fn close_sessions(&mut self, now: Instant) {
        self.sessions_from = self.sessions_from.max(now);
    }

    /// The person leaves, or comes back.
    pub fn set_state(&mut self, state: AccountState, now: Instant) {
        self.state = state;
        if state != AccountState::Active {
            self.close_sessions(now);
        }
    }
}
