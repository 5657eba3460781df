//! The rights of the persons concerned (*exercice des droits*, RGPD art. 12 to 22): a request is a
//! dossier like any other, at two desks under one clock (X-16, D-25).
//!
//! - [`kinds`]: the acts;
//! - [`said`]: what the registers of the installation say of each right;
//! - [`course`]: the history as the rules read it, and the clock;
//! - [`check`]: what is wrong with an act (refused);
//! - [`terms`], [`standing`]: deadlines, remarks, where it stands, what may come next;
//! - [`letters`], [`labels`].

mod check;
mod course;
mod kinds;
mod labels;
mod letters;
mod said;
mod standing;
mod terms;

pub use kinds::Kind;

use huis_dossier::{
    Case, Draft, Facts, Fault, Judgement, Known, Letters, Offer, Processing, Request, Standing,
    Value,
};
use huis_kernel::Date;
use huis_law::Law;
use huis_register::Register;

use course::Course;
use said::Registers;

/// The processing `droits` of the register of the same name.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    registers: Registers,
}

impl Processing for Rights {
    fn id(&self) -> &'static str {
        "droits"
    }
    fn learn(&mut self, registers: &[&Register]) {
        self.registers = Registers::of(registers);
    }
    /// The receipt and the other desk's copy of it are recorded as the request is: both desks see
    /// it from the first minute.
    fn opens_with(&self, known: &Known, today: Date) -> Vec<Draft> {
        let Some(received) = known.get("demande", "recue_le").and_then(Value::as_date) else {
            return Vec::new();
        };
        let desk = known.get("demande", "guichet").and_then(Value::as_str);
        let to = if desk == Some("gestionnaire") { "secretariat" } else { "gestionnaire" };
        let draft =
            |kind: Kind, on, facts| Draft { kind: kind.id().to_owned(), on, facts, corrects: None };
        let to = Facts::from([("vers".to_owned(), Value::Choice(to.to_owned()))]);
        vec![
            draft(Kind::DemandeRecue, received, Facts::new()),
            draft(Kind::Transmission, today, to),
        ]
    }
    fn opening_field(&self, fault: &Fault) -> Option<&'static str> {
        match fault.code.as_str() {
            "date-future" => Some("demande.recue_le"),
            "numero-illisible" => Some("demande.numeros"),
            _ => None,
        }
    }
    fn takes_requests(&self) -> bool {
        true
    }
    fn request(&self, case: &Case<'_>) -> Option<Request> {
        let course = Course::new(case, &self.registers);
        let (_, who) = case.known.0.get("demandeur")?.first()?;
        let text = |field: &str| who.get(field).and_then(Value::as_str).unwrap_or("").to_owned();
        Some(Request {
            right: course.asked("droit").to_owned(),
            processing: course.asked("traitement").to_owned(),
            numbers: course.numbers().unwrap_or_default(),
            last_name: text("nom"),
            first_name: text("prenom"),
            born: who.get("date_naissance").and_then(Value::as_date),
            identified: course.identified(),
            open: course.has(Kind::DemandeRecue) && !course.has(Kind::Cloture),
            words: course.asked("precisions").to_owned(),
        })
    }
    fn offers(&self, case: &Case<'_>, _: &Law, _: Date) -> Vec<Offer> {
        standing::offers(&Course::new(case, &self.registers))
    }
    fn judge(
        &self,
        case: &Case<'_>,
        draft: &Draft,
        law: &Law,
        today: Date,
    ) -> Result<Judgement, Vec<Fault>> {
        check::judge(&Course::new(case, &self.registers), draft, law, today)
    }
    fn standing(&self, case: &Case<'_>, law: &Law, today: Date) -> Standing {
        standing::standing(&Course::new(case, &self.registers), law, today)
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
    fn letters(&self, case: &Case<'_>, _: &Law, _: Date) -> Letters {
        letters::letters(&Course::new(case, &self.registers))
    }
    fn letter_terms(&self) -> &'static [&'static str] {
        letters::TERMS
    }
    fn by_letter(&self, act: &str) -> bool {
        Kind::from_id(act).is_some_and(Kind::by_letter)
    }
}
