use huis_kernel::{Date, Instant};

use crate::{
    Account, AccountState, CodeRefused, Hasher, MustChange, Password, PasswordRules, Pepper,
    Throttle, recovery,
};

/// What was proved first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// Nothing: a wrong password, or an unknown login.
    Wrong,
    /// The password.
    Password,
    /// A reset link.
    ResetLink,
    /// The organisation's identity provider, by OpenID Connect.
    Provider {
        /// Did it say that it asked for two factors itself?
        strong: bool,
    },
}

/// What was proved second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// No code was given.
    NotGiven,
    /// Not a code of this account, or one that was used.
    Refused(CodeRefused),
    /// The code of this step: store it as `last_step`.
    Totp(u64),
    /// The recovery code of this rank: remove it.
    Recovery(usize),
}

/// Both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proofs {
    /// First factor.
    pub first: First,
    /// Second factor.
    pub second: Second,
}

/// What the account owes, by its profiles and processings.
#[derive(Clone, Copy, Debug)]
pub struct Duties<'a> {
    /// The strictest rules: [`crate::strictest`].
    pub rules: &'a PasswordRules,
    /// Does it hold an administrator's profile?
    pub administrator: bool,
    /// Does one of its profiles ask for a second factor?
    pub second_factor: bool,
}

/// Why an attempt was refused: for the trace and its alerts, never for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No such login.
    UnknownLogin,
    /// Wrong password.
    WrongPassword,
    /// Locked by an administrator.
    Locked,
    /// Closed.
    Closed,
    /// Wrong code.
    WrongCode,
    /// A code that was used.
    ReplayedCode,
}

impl Cause {
    /// The code written in the trace.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownLogin => "identifiant-inconnu",
            Self::WrongPassword => "mot-de-passe",
            Self::Locked => "compte-bloque",
            Self::Closed => "compte-ferme",
            Self::WrongCode => "code",
            Self::ReplayedCode => "code-rejoue",
        }
    }
}

/// What is to be done before the session is whole, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Give the code of the application, or a recovery code.
    GiveCode,
    /// Choose a new password.
    ChangePassword(MustChange),
    /// Enrol an application: a profile asks for it and there is none.
    EnrolSecondFactor,
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No.
    Refused(Cause),
    /// Right so far.
    Continue(Step),
    /// Signed in.
    SignedIn,
}

impl Outcome {
    /// What the person reads: one text for an unknown login, a wrong password, a locked and a
    /// closed account (I13).
    pub const fn message(&self) -> Option<&'static str> {
        match self {
            Self::Refused(Cause::WrongCode | Cause::ReplayedCode) => Some(
                "Code refusé. Attendez le code suivant de votre application, ou prenez un code de secours.",
            ),
            Self::Refused(_) => Some(
                "Identifiant ou mot de passe refusé. Vérifiez les majuscules\u{a0}; si l’accès reste refusé, \
                 réinitialisez votre mot de passe ou voyez l’administrateur de votre service.",
            ),
            Self::Continue(_) | Self::SignedIn => None,
        }
    }

    /// What becomes of the password's throttle, as [`Throttle::admit`] counted it: all is forgotten
    /// once the password was right, whatever the code.
    #[must_use]
    pub const fn password_throttle(&self, counted: Throttle) -> Throttle {
        match self {
            Self::Refused(Cause::WrongCode | Cause::ReplayedCode) => Throttle::CLEAR,
            Self::Refused(_) => counted,
            Self::Continue(_) | Self::SignedIn => Throttle::CLEAR,
        }
    }
    /// What becomes of the code's throttle, when a code was given.
    #[must_use]
    pub const fn code_throttle(&self, counted: Throttle) -> Throttle {
        match self {
            Self::Refused(_) => counted,
            Self::Continue(_) | Self::SignedIn => Throttle::CLEAR,
        }
    }
    /// What becomes of the address's throttle: a success takes back its own attempt only, since
    /// signing in to one's own account must not pay for tries at others'.
    #[must_use]
    pub const fn address_throttle(&self, counted: Throttle) -> Throttle {
        match self {
            Self::Refused(_) => counted,
            Self::Continue(_) | Self::SignedIn => counted.refunded(),
        }
    }
}

/// Checks the password, at the same cost for an unknown login. On a thread that may block.
pub fn prove(account: Option<&Account>, typed: &Password, hasher: &Hasher) -> First {
    if hasher.verify(typed, account.map(|a| &a.password)) { First::Password } else { First::Wrong }
}

impl Account {
    /// Checks a code: six digits of the application, or a recovery code.
    pub fn prove_second(&self, typed: &str, pepper: &Pepper, now: Instant) -> Second {
        let Some(factor) = &self.second_factor else { return Second::NotGiven };
        if typed.trim().is_empty() {
            return Second::NotGiven;
        }
        // Both are tried, so that a refusal costs the same.
        let recovery = recovery::find(typed, &factor.recovery, pepper);
        match (factor.secret.verify(typed, now, factor.last_step), recovery) {
            (Ok(step), _) => Second::Totp(step),
            (Err(_), Some(rank)) => Second::Recovery(rank),
            (Err(refused), None) => Second::Refused(refused),
        }
    }

    /// Uses up the code that was accepted. Store it in the transaction that opens the session, and
    /// only if the row has not changed since: a code counts once.
    pub fn use_up(&mut self, second: Second) {
        let Some(factor) = &mut self.second_factor else { return };
        match second {
            Second::Totp(step) => factor.last_step = factor.last_step.max(Some(step)),
            Second::Recovery(rank) if rank < factor.recovery.len() => {
                factor.recovery.remove(rank);
            }
            Second::Recovery(_) | Second::NotGiven | Second::Refused(_) => {}
        }
    }
}

/// What follows from these proofs. The throttles have admitted the attempt already.
pub fn attempt(
    account: Option<&Account>,
    proofs: &Proofs,
    duties: &Duties<'_>,
    today: Date,
) -> Outcome {
    let Some(account) = account else { return Outcome::Refused(Cause::UnknownLogin) };
    // A wrong password is said to the trace before the account's state: someone who tries
    // passwords on a closed account is not its holder.
    if proofs.first == First::Wrong {
        return Outcome::Refused(Cause::WrongPassword);
    }
    match account.state {
        AccountState::Active => {}
        AccountState::Locked => return Outcome::Refused(Cause::Locked),
        AccountState::Closed => return Outcome::Refused(Cause::Closed),
    }
    // A provider that asked for two factors leaves nothing to prove here.
    let strong = proofs.first == (First::Provider { strong: true });
    if account.second_factor.is_some() && !strong {
        match proofs.second {
            Second::NotGiven => return Outcome::Continue(Step::GiveCode),
            Second::Refused(CodeRefused::Wrong) => return Outcome::Refused(Cause::WrongCode),
            Second::Refused(CodeRefused::Replayed) => return Outcome::Refused(Cause::ReplayedCode),
            Second::Totp(_) | Second::Recovery(_) => {}
        }
    }
    let change = match proofs.first {
        First::ResetLink => Some(MustChange::Reset),
        // No password was used: its age is of no matter.
        First::Provider { .. } => None,
        First::Password | First::Wrong => {
            account.change_due(duties.rules, duties.administrator, today)
        }
    };
    if let Some(why) = change {
        return Outcome::Continue(Step::ChangePassword(why));
    }
    if duties.second_factor && account.second_factor.is_none() && !strong {
        return Outcome::Continue(Step::EnrolSecondFactor);
    }
    Outcome::SignedIn
}
