//! The State's indemnity: settings, result line by line with each rule on demand, comparison.

use askama::Template;

use crate::{
    layout::Shell,
    pages::{Link, Pair, Remark},
};

/// The screen where a calculation is tried, and kept as an act.
#[derive(Template)]
#[template(path = "pages/indemnity.html")]
pub struct IndemnityPage {
    /// Shell.
    pub shell: Shell,
    /// The dossier's number.
    pub number: String,
    /// This page.
    pub here: String,
    /// The date asked for, as typed.
    pub as_of: String,
    /// Why that date does not read.
    pub as_of_fault: Option<String>,
    /// The choices.
    pub choices: Vec<ChoiceView>,
    /// What is missing, each with where to mend it.
    pub missing: Vec<String>,
    /// The form of the section that holds the amounts.
    pub section: Link,
    /// The result.
    pub result: Option<ResultView>,
    /// The other result, when two settings are compared: label, mine, theirs.
    pub versus: Vec<(String, String, String)>,
    /// What keeps the calculation: names and values of the act's form.
    pub keep: Vec<(String, String)>,
    /// Where it is posted.
    pub keep_action: String,
    /// Calculations kept.
    pub kept: Vec<Link>,
    /// The form that proposes the amount, once a calculation is kept.
    pub propose: Option<Link>,
}

/// A calculation that an act keeps.
#[derive(Template)]
#[template(path = "pages/indemnity_kept.html")]
pub struct IndemnityKept {
    /// Shell.
    pub shell: Shell,
    /// The dossier's number.
    pub number: String,
    /// The act's number.
    pub no: u32,
    /// The proposal as a file, when this server has a press.
    pub pdf: Option<String>,
    /// It replays to the cent.
    pub same: bool,
    /// The settings, in words.
    pub settings: Vec<Pair>,
    /// The result.
    pub result: ResultView,
}

/// One setting: its two choices when compared.
#[derive(Clone, Debug)]
pub struct ChoiceView {
    /// Its identifier in the register.
    pub id: String,
    /// Its name.
    pub label: String,
    /// Code, label, chosen, chosen in the comparison.
    pub options: Vec<(String, String, bool, bool)>,
}

/// A result.
#[derive(Clone, Debug, Default)]
pub struct ResultView {
    /// The days of liability, in words.
    pub period: String,
    /// How they were found.
    pub steps: Vec<(String, Option<String>)>,
    /// Totals.
    pub totals: Vec<Pair>,
    /// Loss, payments, limitation.
    pub lines: Vec<LineView>,
    /// Interest.
    pub interest: Vec<LineView>,
    /// What was left out: what, how much, why, by what rule.
    pub excluded: Vec<(String, String, String, String)>,
    /// Last days to claim, year by year.
    pub limitation: Vec<Pair>,
    /// What to look at.
    pub remarks: Vec<Remark>,
    /// False when a fact of the law is not verified.
    pub verified: bool,
}

/// A line of a result.
#[derive(Clone, Debug)]
pub struct LineView {
    /// What.
    pub label: String,
    /// For which days.
    pub period: String,
    /// How.
    pub formula: String,
    /// Article or decision.
    pub article: String,
    /// The setting used, by its name.
    pub setting: Option<String>,
    /// How much.
    pub amount: String,
}
