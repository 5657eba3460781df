use huis_kernel::Date;
use serde::{Deserialize, Serialize};

use crate::Facts;

/// A letter that the processing wants sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterDue {
    /// The register's `[[lettre]]`.
    pub letter: String,
    /// The person it goes to: section and occurrence; `None` for an organisation.
    pub to: Option<(String, u32)>,
    /// The act it follows.
    pub act: Option<u32>,
    /// Since when it is due.
    pub since: Date,
    /// What the act of sending holds beside the mode and the letter's number.
    pub sent_as: Facts,
    /// The act `courrier` that waits to be sent, when it was prepared.
    pub prepared: Option<u32>,
    /// An earlier one came back.
    pub returned: bool,
}

/// A letter that was prepared, with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterWritten {
    /// Number of the act that holds it.
    pub no: u32,
    /// The register's `[[lettre]]`.
    pub letter: String,
    /// The person it goes to.
    pub to: Option<(String, u32)>,
    /// The act it follows.
    pub act: Option<u32>,
    /// Its date.
    pub on: Date,
    /// The last sending, if any.
    pub sent: Option<Sent>,
    /// When it came back, and why (a code), if it did since.
    pub returned: Option<(Date, String)>,
    /// What the act of sending holds beside the mode and the letter's number.
    pub sent_as: Facts,
}

/// A sending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Number of the act that counts now (the sending, or its last correction).
    pub act: u32,
    /// Kind of that act.
    pub kind: String,
    /// When.
    pub on: Date,
    /// How, a code.
    pub mode: String,
}

/// The letters of a dossier: no text and no name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    /// Those to send.
    pub due: Vec<LetterDue>,
    /// Those that were prepared, by number.
    pub written: Vec<LetterWritten>,
}
