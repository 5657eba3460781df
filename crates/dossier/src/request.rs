use huis_kernel::{CaseNumber, Date};
use std::fmt;

/// What a person asks of the data that a processing holds about them: what the copy of these data
/// is made from (RGPD art. 15, I12).
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The right, of the register's `[[droit]]`.
    pub right: String,
    /// The processing whose data they are.
    pub processing: String,
    /// The dossiers that the request names.
    pub numbers: Vec<CaseNumber>,
    /// Last name of the person concerned.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// Birth date, when they gave it: it tells namesakes of one dossier apart.
    pub born: Option<Date>,
    /// Was it made sure that it is they (art. 12 § 6)?
    pub identified: bool,
    /// Does it still wait for something? A closed request opens nothing.
    pub open: bool,
    /// What is asked, in their words.
    pub words: String,
}

impl fmt::Debug for Request {
    /// No personal datum reaches a log (I13).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("right", &self.right)
            .field("processing", &self.processing)
            .field("identified", &self.identified)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}
