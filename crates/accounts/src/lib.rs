//! Sign-in as pure rules: passwords, second factor, throttling, sessions, resets.
//!
//! Nothing here reads a clock, a database or the network: the caller gives the instant, the
//! randomness and the rows, and stores what comes back. Clauses and S-11; the numbers
//! are in `parameters/passwords.toml`.
//!
//! How a sign-in goes:
//!
//! 1. [`Throttle::admit`], for the address and for the password of that login, *counts the attempt
//!    before it is judged* and must be stored first, so that a hundred parallel attempts are a
//!    hundred;
//! 2. [`prove`] checks the password, at the same cost when the login is unknown;
//! 3. [`attempt`] says what follows: refused, a code to give, a password to change, a second factor
//!    to enrol, signed in; [`Outcome`] says what becomes of the throttles;
//! 4. a code goes the same way, with its own throttle and [`Account::prove_second`];
//! 5. each step that proves more gives a session with a new token ([`Session::raised`]).

mod account;
mod book;
mod check;
mod common;
mod hash;
mod mac;
mod recovery;
mod reset;
mod rules;
mod secret;
mod session;
mod sign_in;
mod strength;
mod throttle;
mod token;
mod totp;

pub use account::{Account, AccountState, MustChange, SecondFactor};
pub use book::{RuleBook, RuleBookFault, SignInRules};
pub use check::{Context, PasswordFault};
pub use hash::{Cost, HashError, Hasher, PasswordHash};
pub use recovery::{RecoveryCode, RecoveryHash};
pub use reset::{ResetRefused, ResetRequest, request_reset, reset_answer};
pub use rules::{PasswordRules, Rule, RuleKind, strictest};
pub use secret::{Login, Password, Pepper, ThrottleKey};
pub use session::{Level, Session, SessionEnd, SessionLimits};
pub use sign_in::{Cause, Duties, First, Outcome, Proofs, Second, Step, attempt, prove};
pub use strength::{Measure, Strength};
pub use throttle::{Limits, Throttle, Wait};
pub use token::{Token, TokenHash, TokenUse, check_csrf, csrf_token};
pub use totp::{CodeRefused, TotpSecret};
