use huis_kernel::Date;
use serde::{Deserialize, Serialize};

/// Where holidays are looked up: a commune, by its INSEE code (`68224`), which says the
/// département or overseas territory. `good_friday` is the office's own knowledge of the commune
/// (a Protestant temple or a mixed church, code du travail L. 3134-13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// INSEE code of the commune.
    pub commune: String,
    /// Is Good Friday a holiday in this commune?
    pub good_friday: bool,
}

/// One step of a computation, in words that a clerk can check by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What was done, in French.
    pub text: String,
    /// The date reached, if any.
    pub date: Option<Date>,
}

/// A date with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Computed {
    /// The date at which the delay ends.
    pub due: Date,
    /// The safe last day to act, where it differs from `due` (42 days backwards: the day before).
    pub safe: Option<Date>,
    /// The rule's article(s).
    pub article: String,
    /// Since when the version applied has been in force.
    pub in_force_since: Option<Date>,
    /// False when a fact used is not verified: shown as such.
    pub verified: bool,
    /// The steps, in order.
    pub steps: Vec<Step>,
}
