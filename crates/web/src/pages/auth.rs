//! Sign-in, second factor, password, reset. Nothing here says whether an account
//! exists.

use askama::Template;

use crate::{layout::Shell, pages::Pair};

/// Login and password.
#[derive(Template)]
#[template(path = "pages/sign_in.html")]
pub struct SignIn {
    /// Shell.
    pub shell: Shell,
    /// The login, kept when refused.
    pub login: String,
    /// Why it was refused: one wording whatever the cause.
    pub fault: Option<String>,
    /// Where to go after.
    pub back: String,
    /// Accounts of the demonstration: profile, login; shown in a demonstration only.
    pub demo_accounts: Vec<Pair>,
}

/// The code of the second factor, or a recovery code.
#[derive(Template)]
#[template(path = "pages/totp.html")]
pub struct Totp {
    /// Shell.
    pub shell: Shell,
    /// Why it was refused.
    pub fault: Option<String>,
    /// Where to go after.
    pub back: String,
}

/// Setting up the second factor.
#[derive(Template)]
#[template(path = "pages/totp_enrol.html")]
pub struct TotpEnrol {
    /// Shell.
    pub shell: Shell,
    /// The QR code, as SVG made by the server.
    pub qr_svg: String,
    /// The secret, for typing.
    pub secret: String,
    /// Recovery codes, shown once.
    pub recovery: Vec<String>,
    /// Why it was refused.
    pub fault: Option<String>,
}

/// A new password: at first sign-in, at its term, by choice, or after a reset.
#[derive(Template)]
#[template(path = "pages/password.html")]
pub struct Password {
    /// Shell.
    pub shell: Shell,
    /// Where it is posted.
    pub action: String,
    /// Why it must change now; none when by choice.
    pub because: Option<String>,
    /// Asks for the present one (not after a reset).
    pub asks_present: bool,
    /// The rules, each with its source.
    pub rules: Vec<Pair>,
    /// Every rule that refused.
    pub faults: Vec<String>,
    /// The token of a reset, carried by the form.
    pub token: Option<String>,
}

/// A forgotten password.
#[derive(Template)]
#[template(path = "pages/reset.html")]
pub struct Reset {
    /// Shell.
    pub shell: Shell,
    /// It was asked: the same answer whether the login is known or not.
    pub sent: bool,
}
