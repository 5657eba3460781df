//! Detectors of unusual reading (X-24: « détecter les comportements anormaux, assorti d'une levée
//! d'alerte »; A-20). Pure: lines go in one by one, drafts of alerts come out; someone must close
//! each of them.
//!
//! Nothing here decides that a reading was wrong. A draft says what was seen and why it stands
//! out, in numbers; the officer asks the agent.

mod baseline;
mod detector;
mod parameters;

pub use detector::{Context, Detector, Place};
pub use parameters::{Hours, Parameters};

use huis_kernel::{AgentId, Instant};

/// What stood out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// More dossiers opened in an hour than anyone should need.
    Volume,
    /// More than this agent ever needs.
    UnusualForAgent,
    /// More than the agents of this profile need.
    UnusualForProfile,
    /// Outside office hours.
    OutOfHours,
    /// A burst of refusals.
    Refusals,
    /// A burst of failed sign-ins.
    SignIns,
    /// One dossier after the other, down a list.
    Walk,
    /// A dossier that bears the agent's own name or address.
    OwnName,
    /// Several closed files.
    ClosedFiles,
}

impl Rule {
    /// The code kept with the alert.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::UnusualForAgent => "volume-agent",
            Self::UnusualForProfile => "volume-profil",
            Self::OutOfHours => "hors-horaires",
            Self::Refusals => "refus",
            Self::SignIns => "connexions",
            Self::Walk => "parcours",
            Self::OwnName => "propre-nom",
            Self::ClosedFiles => "dossiers-clos",
        }
    }
}

/// An alert to raise. It names the lines to look at, never what they show (I13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertDraft {
    /// What stood out.
    pub rule: Rule,
    /// Whose reading; none for failed sign-ins, which name nobody.
    pub agent: Option<AgentId>,
    /// From which network address, when that is what stood out.
    pub address: Option<String>,
    /// When it stood out.
    pub at: Instant,
    /// The first line to look at.
    pub first: Place,
    /// The last line to look at.
    pub last: Place,
    /// What was seen, in French and in numbers.
    pub summary: String,
}
