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
    /// The organisation's identity provider, when there is one.
    pub provider: Option<ProviderLink>,
    /// Accounts of the demonstration; in a demonstration only.
    pub demo_accounts: Vec<DemoAccount>,
}

/// The way in by the identity provider.
#[derive(Clone, Debug)]
pub struct ProviderLink {
    /// Its name.
    pub name: String,
    /// Leaves for it.
    pub href: String,
}

/// Back from the provider: one more step, from this site.
#[derive(Template)]
#[template(path = "pages/come_back.html")]
pub struct ComeBack {
    /// Shell.
    pub shell: Shell,
    /// Where the browser goes at once.
    pub to: String,
}

/// An account to try the demonstration with.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// The profile's name.
    pub profile: String,
    /// Where it works.
    pub scope: String,
    /// Its login.
    pub login: String,
    /// Puts the login into the form.
    pub href: String,
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
    /// There is one already, which this one replaces.
    pub replaces: bool,
    /// Why it was refused.
    pub fault: Option<String>,
}

/// The recovery codes, shown once.
#[derive(Template)]
#[template(path = "pages/recovery.html")]
pub struct Recovery {
    /// Shell.
    pub shell: Shell,
    /// The codes.
    pub codes: Vec<String>,
    /// Where to go next.
    pub next: String,
}

/// A new password: at first sign-in, at its term, by choice, or after a reset.
#[derive(Template)]
#[template(path = "pages/password.html")]
pub struct Password {
    /// Shell.
    pub shell: Shell,
    /// Why it must change now; none when by choice.
    pub because: Option<String>,
    /// Asks for the present one (not after a reset).
    pub asks_present: bool,
    /// The rules, each with its source.
    pub rules: Vec<Pair>,
    /// Every rule that refused.
    pub faults: Vec<String>,
}

/// A forgotten password.
#[derive(Template)]
#[template(path = "pages/reset.html")]
pub struct Reset {
    /// Shell.
    pub shell: Shell,
    /// The answer once it was asked: the same whether the login is known or not.
    pub sent: Option<String>,
    /// No mail server is declared: an administrator hands the link over.
    pub no_mail: bool,
    /// What was typed.
    pub login: String,
    /// Too many were asked.
    pub fault: Option<String>,
}

/// What a reset link opens: nothing is used up before the button, so that a mail reader which
/// looks at links in advance spoils none.
#[derive(Template)]
#[template(path = "pages/reset_link.html")]
pub struct ResetLink {
    /// Shell.
    pub shell: Shell,
    /// The link's token, carried by the form.
    pub token: String,
    /// It does not count, or no longer.
    pub fault: Option<String>,
}
