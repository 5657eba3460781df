use std::{future::Future, pin::Pin};

/// A letter about an account. It holds the address that it goes to and a link, no name (I13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Letter {
    /// A link to choose a new password.
    Reset {
        /// Where to.
        to: String,
        /// What the link ends with.
        token: String,
        /// How long it is good, in minutes.
        minutes: i64,
    },
    /// A notice about one's work: numbers, dates and a link, no name.
    Notice {
        /// Where to.
        to: String,
        /// The same at each attempt: a mail server that took it once knows it again.
        id: String,
        /// Its subject, the same for everybody.
        subject: &'static str,
        /// What it says.
        text: String,
        /// Path of the page it leads to.
        path: String,
    },
}

/// Why a letter did not leave. It names neither the address nor what the mail server said of it
/// (I13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The mail server does not answer, or not now: to be tried again.
    #[error("le serveur de courriel ne prend pas la lettre pour le moment")]
    Later,
    /// The mail server refuses this letter for good.
    #[error("le serveur de courriel refuse la lettre")]
    Refused,
}

/// A letter on its way: ready when the mail server has taken or refused it.
pub type Sending = Pin<Box<dyn Future<Output = Result<(), NotSent>> + Send>>;

/// Where letters leave by. The server writes them with its own address.
pub trait Mailer: Send + Sync {
    /// Takes a letter and returns at once, so that an unknown login costs the same as a known one
    /// (I13); tries again by itself while the letter may still serve.
    fn post(&self, letter: Letter);

    /// Sends a letter, once, and tells what came of it: for what keeps its letters and tries them
    /// again itself.
    fn send(&self, letter: Letter) -> Sending;
}
