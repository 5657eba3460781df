//! The deadlines, one file a subject. Each is a date with its rule, its article, the
//! version in force and the steps; none holds a number of the law, which are all in `parameters/`.

pub(crate) mod ccapex;
pub(crate) mod eviction;
pub(crate) mod force;
pub(crate) mod hearing;
pub(crate) mod indemnity;
pub(crate) mod information;
pub(crate) mod judgment;
pub(crate) mod payment;
pub(crate) mod quit;

use huis_dossier::{Flag, Severity, Term, TermState};
use huis_kernel::Date;
use huis_law::{Computed, Law, LawError, Step};

use super::{
    course::{Course, Recorded},
    irregular::{flag, unavailable},
    kinds::Kind,
    typography::french,
};

/// The terms and the remarks of a dossier, as they are gathered.
pub(crate) struct Sheet<'a> {
    pub course: Course<'a>,
    pub law: &'a Law,
    pub today: Date,
    pub terms: Vec<Term>,
    pub flags: Vec<Flag>,
}

/// What a term is, beside its date.
pub(crate) struct Spec<'a> {
    /// Stable code.
    pub rule: &'static str,
    /// In French.
    pub label: &'static str,
    /// The act it comes from.
    pub from: Option<u32>,
    /// What becomes of it.
    pub done: Done<'a>,
    /// True when something since has made it pointless.
    pub over: bool,
}

/// How a term ends.
pub(crate) enum Done<'a> {
    /// Someone must act: the act that did, if any; in time up to the term's date.
    By(Option<Recorded<'a>>),
    /// Someone must act, and no text dates it (« dès… »): done is done in time.
    Once(Option<Recorded<'a>>),
    /// As `By`, in time up to the safe day only (backward delays that end at 0 h).
    BySafeDay(Option<Recorded<'a>>),
    /// A date to know: met once it is past.
    Reached,
    /// A date to know that an act has made use of, or that has come.
    ReachedBy(Option<Recorded<'a>>),
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(course: Course<'a>, law: &'a Law, today: Date) -> Self {
        let mut sheet = Self { course, law, today, terms: Vec::new(), flags: Vec::new() };
        information::terms(&mut sheet);
        payment::terms(&mut sheet);
        ccapex::terms(&mut sheet);
        hearing::terms(&mut sheet);
        judgment::terms(&mut sheet);
        quit::terms(&mut sheet);
        force::terms(&mut sheet);
        eviction::terms(&mut sheet);
        indemnity::terms(&mut sheet);
        sheet.terms.sort_by(|a, b| (a.due, &a.rule).cmp(&(b.due, &b.rule)));
        sheet
    }

    /// Adds a term; a parameter that is missing is said, never passed over.
    pub(crate) fn add(&mut self, spec: Spec<'a>, computed: Result<Computed, LawError>) {
        let explained = match computed {
            Ok(mut explained) => {
                explained.article = french(&explained.article);
                explained
            }
            Err(error) => {
                self.flags.push(unavailable(spec.rule, &error, spec.from));
                return;
            }
        };
        let in_time = |a: Recorded<'_>, limit: Date| {
            if a.on <= limit { TermState::Met } else { TermState::Late }
        };
        let waiting = if spec.over { TermState::Dropped } else { TermState::Running };
        let state = match spec.done {
            Done::By(Some(a)) => in_time(a, explained.due),
            Done::BySafeDay(Some(a)) => in_time(a, explained.safe.unwrap_or(explained.due)),
            Done::By(None) | Done::BySafeDay(None) | Done::Once(None) => waiting,
            Done::Once(Some(_)) | Done::ReachedBy(Some(_)) => TermState::Met,
            Done::Reached | Done::ReachedBy(None) if self.today > explained.due => TermState::Met,
            Done::Reached | Done::ReachedBy(None) => waiting,
        };
        self.terms.push(Term {
            rule: spec.rule.to_owned(),
            label: french(spec.label),
            due: explained.due,
            action: !matches!(spec.done, Done::Reached | Done::ReachedBy(_)),
            state,
            act: spec.from,
            explained,
        });
    }

    pub(crate) fn remark(
        &mut self,
        code: &str,
        severity: Severity,
        message: impl Into<String>,
        article: &str,
        act: Option<u32>,
    ) {
        self.flags.push(flag(code, severity, message, article, act));
    }

    /// Has one of these kinds of act been recorded after act `no`?
    pub(crate) fn since(&self, kinds: &[Kind], no: u32) -> bool {
        self.course.next_of(kinds, no).is_some()
    }
}

/// A step of a computation.
pub(crate) fn step(text: impl Into<String>, date: Option<Date>) -> Step {
    Step { text: french(&text.into()), date }
}

/// A date that an act or a judge gives, with no delay to count.
pub(crate) fn given(due: Date, article: &str, text: &str) -> Computed {
    Computed {
        due,
        safe: None,
        article: french(article),
        in_force_since: None,
        verified: true,
        steps: vec![step(text, Some(due))],
    }
}
