//! Prevention and procedures of eviction (*expulsion locative*, EXPLOC): the five stages of X-06,
//! what each act needs, what the law makes of it, and the deadlines that follow.
//!
//! - [`kinds`]: the acts;
//! - [`course`]: the history as the rules read it;
//! - [`order`]: which act may follow which;
//! - [`check`]: what is wrong with one act (refused);
//! - [`irregular`]: what the law says of an act that stands all the same (flagged);
//! - [`terms`]: the deadlines, one file a subject;
//! - [`letters`]: the letters that are due, and those that were prepared;
//! - [`labels`]: what lists call deadlines and steps;
//! - [`standing`], [`offers`]: where the dossier stands, and what may come next;
//! - [`indemnity`]: what the State owes for a refused concours, its own folder;
//! - [`calc`]: the same answers alone, JSON in and JSON out.

mod calc;
mod check;
mod course;
pub mod indemnity;
mod irregular;
mod kinds;
mod labels;
mod letters;
mod offers;
mod order;
mod standing;
mod terms;
mod typography;

pub use calc::{CalcError, CalcFault, calc_deadlines};
pub use kinds::Kind;

use huis_dossier::{Case, Draft, Fault, Judgement, Letters, Offer, Processing, Standing};
use huis_kernel::Date;
use huis_law::Law;

/// The processing `expulsion` of the register of the same name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Eviction;

impl Processing for Eviction {
    fn id(&self) -> &'static str {
        "expulsion"
    }
    fn offers(&self, case: &Case<'_>, law: &Law, today: Date) -> Vec<Offer> {
        offers::offers(case, law, today)
    }
    fn judge(
        &self,
        case: &Case<'_>,
        draft: &Draft,
        law: &Law,
        today: Date,
    ) -> Result<Judgement, Vec<Fault>> {
        check::judge(case, draft, law, today)
    }
    /// The police report is written on the prefect's request only, at the stage of the request
    /// for the police's help.
    fn may_write(&self, case: &Case<'_>, section: &str, _: &Law, _: Date) -> Result<(), Fault> {
        if section != "rapport_police" {
            return Ok(());
        }
        let history = course::recorded(case.acts);
        order::answered(&course::Course::new(case, &history), Kind::DeposerRapport).map(|_| ())
    }
    fn standing(&self, case: &Case<'_>, law: &Law, today: Date) -> Standing {
        standing::standing(case, law, today)
    }
    fn term_labels(&self) -> &'static [(&'static str, &'static str)] {
        labels::TERMS
    }
    fn step_labels(&self) -> &'static [(&'static str, &'static str)] {
        labels::STEPS
    }
    fn answers(&self, rule: &str) -> &'static [&'static str] {
        labels::answers(rule)
    }
    fn after(&self, act: &str) -> Vec<&'static str> {
        order::after(act)
    }
    fn letters(&self, case: &Case<'_>, law: &Law, today: Date) -> Letters {
        letters::letters(case, law, today)
    }
    fn letter_terms(&self) -> &'static [&'static str] {
        letters::TERMS
    }
    fn by_letter(&self, act: &str) -> bool {
        [Kind::Courrier, Kind::EnvoiCourrier, Kind::CourrierRevenu].iter().any(|k| k.id() == act)
    }
    /// The report is deposited as it is written.
    fn brings(&self, act: &str) -> &'static [&'static str] {
        if act == Kind::DeposerRapport.id() { &["rapport_police"] } else { &[] }
    }
}
