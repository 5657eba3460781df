/// A letter about an account. It holds the address that it goes to and a link, no name (I13).
#[derive(Clone)]
pub enum Letter {
    /// A link to choose a new password.
    Reset {
        /// Where to.
        to: String,
        /// What the link ends with.
        token: String,
        /// How long it is good.
        minutes: i64,
    },
}

/// Where letters leave by. The server writes them with its own address, and sends them later:
/// posting returns at once, so that an unknown login costs the same as a known one.
pub trait Mailer: Send + Sync {
    /// Takes a letter.
    fn post(&self, letter: Letter);
}
