//! Partners: the organisations, those mandated for a dossier, and a deposit's receipt.

use askama::Template;

use crate::{forms::FormView, layout::Shell, pages::Pair};

/// The organisations whose agents file acts.
#[derive(Template)]
#[template(path = "pages/partners.html")]
pub struct Partners {
    /// Shell.
    pub shell: Shell,
    /// Partners are on: the installation named its authorisation.
    pub on: bool,
    /// The partners, closed ones last.
    pub rows: Vec<PartnerRow>,
    /// Adding one.
    pub form: FormView,
}

/// A partner of the list.
#[derive(Clone, Debug)]
pub struct PartnerRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The profile of its agents.
    pub profile: String,
    /// Since when it is closed.
    pub closed: Option<String>,
    /// Where closing it is posted.
    pub close_action: Option<String>,
}

/// The partners of one dossier.
#[derive(Template)]
#[template(path = "pages/mandates.html")]
pub struct Mandates {
    /// Shell.
    pub shell: Shell,
    /// The dossier's number.
    pub number: String,
    /// Its page.
    pub back: String,
    /// Partners are on.
    pub on: bool,
    /// Those mandated.
    pub rows: Vec<MandateRow>,
    /// Naming another; none when there is no other.
    pub form: Option<FormView>,
}

/// A mandate.
#[derive(Clone, Debug)]
pub struct MandateRow {
    /// The partner's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The profile of its agents.
    pub profile: String,
    /// Since when.
    pub since: String,
    /// What it may file.
    pub files: String,
    /// Where ending it is posted.
    pub end_action: String,
}

/// The receipt of a deposit: number, kind and dates, nothing of what was deposited.
#[derive(Template)]
#[template(path = "pages/receipt.html")]
pub struct Receipt {
    /// Shell.
    pub shell: Shell,
    /// What it says.
    pub facts: Vec<Pair>,
    /// The act was voided since: on the wrong dossier.
    pub voided: bool,
    /// Where one may correct it; none when it cannot be.
    pub correct_href: Option<String>,
}
