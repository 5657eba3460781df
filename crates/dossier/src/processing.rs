use huis_kernel::Date;
use huis_law::{Computed, Law, Place};
use huis_register::Register;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::{Act, Draft, Facts, Letters, Request, Value};

/// What sections hold now, as a rule may read it: section id → occurrences (number, fields).
#[derive(Clone, Debug, Default)]
pub struct Known(pub BTreeMap<String, Vec<(u32, Facts)>>);

impl Known {
    /// The value of a field in the first occurrence of a section.
    pub fn get(&self, section: &str, field: &str) -> Option<&Value> {
        self.0.get(section)?.first()?.1.get(field)
    }
}

/// A dossier as a rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The day the dossier was opened.
    pub opened_on: Date,
    /// Its acts, by number.
    pub acts: &'a [Act],
    /// What its sections hold.
    pub known: &'a Known,
    /// Where the dwelling is: the holidays of the place count.
    pub place: &'a Place,
}

/// How serious a remark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// To know.
    Info,
    /// To look at: the act stands, but something may be irregular.
    Warning,
    /// The law says the act (or the procedure) is void or inadmissible.
    Serious,
}

/// Why an act is refused. All the faults of a draft are given at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The field at fault; `None` when it is the act itself. `"on"` is the act's date.
    pub field: Option<String>,
    /// Stable code, for tests and the API.
    pub code: String,
    /// What is wrong and how to mend it, in French, with no personal datum.
    pub message: String,
    /// Article or clause.
    pub article: String,
}

/// A remark on an act that is recorded all the same, or on the dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Stable code.
    pub code: String,
    /// How serious.
    pub severity: Severity,
    /// What is irregular and what to do, in French.
    pub message: String,
    /// Article or clause.
    pub article: String,
    /// The act it speaks of.
    pub act: Option<u32>,
}

/// The state of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TermState {
    /// Still to come, or overdue when its date is past.
    Running,
    /// Done in time, or reached when nothing was to be done.
    Met,
    /// Done late.
    Late,
    /// No longer of any use (the dossier closed, the act was voided).
    Dropped,
}

/// A deadline or an awaited event. The card keeps `rule`, `due`, `action` and `state`; the
/// explanation is computed again whenever the dossier is opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Stable code of the rule (`cp-regularisation`, `cfp-silence`): a case of the processing.
    pub rule: String,
    /// What it is, in French.
    pub label: String,
    /// The date.
    pub due: Date,
    /// True when someone must do something by then; false when it is a date to know.
    pub action: bool,
    /// State, as of the `today` of the computation.
    pub state: TermState,
    /// The act it comes from.
    pub act: Option<u32>,
    /// How it was found.
    pub explained: Explained,
}

impl Term {
    /// The day by which to have acted: where the law's own date comes a day too late (a delay that
    /// ends at 0 h), the last day on which the act is in time however one counts.
    pub fn by(&self) -> Date {
        self.explained.safe.unwrap_or(self.due)
    }
}

/// A date with its rule, its article, the version in force and the steps of the computation.
pub type Explained = Computed;

/// An act that may be recorded now, or why not.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Kind of act.
    pub kind: String,
    /// True for the act the procedure awaits next (shown first).
    pub expected: bool,
    /// Fields to ask now: those the guard needs and does not know yet, and those of the act.
    pub fields: Vec<String>,
    /// Values already known (from sections or earlier acts) to start the form with.
    pub prefill: Facts,
    /// Why it cannot be recorded now.
    pub refused: Option<Fault>,
}

/// A draft that is accepted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// What is irregular all the same.
    pub flags: Vec<Flag>,
    /// The facts that the rule used beside those typed, to seal with the act (I10).
    pub used: Facts,
    /// What the rule itself writes in the act, beside what was typed: a result and what it was
    /// computed from (I10). Read like the rest of the act.
    pub gives: Facts,
}

/// Where a dossier stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Stage, of the register's `[[etape]]`.
    pub stage: String,
    /// Finer step, a code of the processing.
    pub step: String,
    /// What the step is called, in French.
    pub step_label: String,
    /// The day it was closed, when it is.
    pub closed_on: Option<Date>,
    /// How many times it was reopened.
    pub reopened: u32,
    /// Deadlines and awaited events, by date.
    pub terms: Vec<Term>,
    /// Remarks on the dossier.
    pub flags: Vec<Flag>,
}

/// What a processing adds to the engine: pure rules. The engine knows no processing by name.
pub trait Processing: Send + Sync {
    /// The register's id.
    fn id(&self) -> &'static str;
    /// What the registers of this installation say, its own among them: a processing may answer
    /// for others (the rights that each opens or not). Told once, before anything is judged.
    fn learn(&mut self, registers: &[&Register]) {
        let _ = registers;
    }
    /// The acts that opening a dossier records by itself, from what its first sections say.
    fn opens_with(&self, known: &Known, today: Date) -> Vec<Draft> {
        let _ = (known, today);
        Vec::new()
    }
    /// The field of a first section, `section.field`, from which comes what is wrong with an act of
    /// [`Self::opens_with`].
    fn opening_field(&self, fault: &Fault) -> Option<&'static str> {
        let _ = fault;
        None
    }
    /// Are its dossiers requests of persons about their own data?
    fn takes_requests(&self) -> bool {
        false
    }
    /// What a person asks of the data about them, when the dossier is such a request (RGPD art. 15).
    fn request(&self, case: &Case<'_>) -> Option<Request> {
        let _ = case;
        None
    }
    /// Which acts may come now, what each needs, and why the others may not.
    fn offers(&self, case: &Case<'_>, law: &Law, today: Date) -> Vec<Offer>;
    /// Accepts a draft, or gives all its faults.
    fn judge(
        &self,
        case: &Case<'_>,
        draft: &Draft,
        law: &Law,
        today: Date,
    ) -> Result<Judgement, Vec<Fault>>;
    /// May this section be written now? A section that goes with an act may not come without it
    /// the police report).
    fn may_write(
        &self,
        case: &Case<'_>,
        section: &str,
        law: &Law,
        today: Date,
    ) -> Result<(), Fault> {
        let _ = (case, section, law, today);
        Ok(())
    }
    /// Where the dossier stands on a day.
    fn standing(&self, case: &Case<'_>, law: &Law, today: Date) -> Standing;
    /// What lists call the rules of deadlines: code and label. A card holds the code alone.
    fn term_labels(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
    /// What lists call the steps, in the order of the procedure: code and label.
    fn step_labels(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
    /// The acts that would answer a deadline of this rule: what is awaited from who may file them.
    fn answers(&self, rule: &str) -> &'static [&'static str] {
        let _ = rule;
        &[]
    }
    /// The acts of which one must be in the dossier before this one may be; none where nothing is
    /// asked. What is awaited of who reads nothing stands on it: the rules would refuse the rest.
    fn after(&self, act: &str) -> Vec<&'static str> {
        let _ = act;
        Vec::new()
    }
    /// What a rule of a deadline is called; its code when it has no name.
    fn term_label<'a>(&self, rule: &'a str) -> &'a str {
        label(self.term_labels(), rule)
    }
    /// What a step is called; its code when it has no name.
    fn step_label<'a>(&self, step: &'a str) -> &'a str {
        label(self.step_labels(), step)
    }
    /// The letters that are due and those that were prepared.
    fn letters(&self, case: &Case<'_>, law: &Law, today: Date) -> Letters {
        let _ = (case, law, today);
        Letters::default()
    }
    /// The rules of deadlines that a letter answers: what the list of letters shows.
    fn letter_terms(&self) -> &'static [&'static str] {
        &[]
    }
    /// Acts that the letters' pages record: they have no form of their own.
    fn by_letter(&self, act: &str) -> bool {
        let _ = act;
        false
    }
    /// The sections that come with an act, in one form and one writing (X-08: the police report
    /// and its deposit); elsewhere they are read only.
    fn brings(&self, act: &str) -> &'static [&'static str] {
        let _ = act;
        &[]
    }
}

fn label<'a>(labels: &[(&'static str, &'static str)], code: &'a str) -> &'a str {
    labels.iter().find(|(known, _)| *known == code).map_or(code, |(_, label)| label)
}
