//! Where a request stands, and what may come next.

use huis_dossier::{Facts, Offer, Standing, Value};
use huis_kernel::Date;
use huis_law::Law;

use super::{check, course::Course, kinds::Kind, labels, terms::Sheet};

/// Where the request stands on a day.
pub(crate) fn standing(course: &Course<'_>, law: &Law, today: Date) -> Standing {
    let sheet = Sheet::new(course, law, today);
    let (stage, step) = place(course);
    Standing {
        stage: stage.to_owned(),
        step: step.to_owned(),
        step_label: labels::step(step).to_owned(),
        closed_on: course.first(Kind::Cloture).map(|c| c.on),
        reopened: 0,
        terms: sheet.terms,
        flags: if course.has(Kind::Cloture) { Vec::new() } else { sheet.flags },
    }
}

fn place(course: &Course<'_>) -> (&'static str, &'static str) {
    if course.has(Kind::Cloture) {
        return ("reponse", "clos");
    }
    if let Some(answer) = course.last(Kind::Reponse) {
        let told = course.told(Course::ANSWERS, answer.no).is_some();
        return ("reponse", if told { "envoyee" } else { "repondue" });
    }
    if course.has(Kind::PieceDemandee) && !course.identified() {
        return ("instruction", "justificatif");
    }
    if course.awaits_officer() {
        return ("instruction", "a-decider");
    }
    if course.has(Kind::Prolongation) {
        return ("instruction", "prolongee");
    }
    if course.identified() || course.has(Kind::DecisionDelegue) {
        return ("instruction", "instruite");
    }
    ("reception", "recue")
}

/// The acts, those that the request awaits first.
pub(crate) fn offers(course: &Course<'_>) -> Vec<Offer> {
    let awaited = awaited(course);
    let mut offers: Vec<Offer> = Kind::ALL
        .iter()
        .map(|kind| {
            let refused = check::refused(course, *kind);
            Offer {
                kind: kind.id().to_owned(),
                expected: refused.is_none() && awaited.contains(kind),
                fields: kind.fields().iter().map(|f| (*f).to_owned()).collect(),
                prefill: prefill(course, *kind),
                refused,
            }
        })
        .collect();
    offers.sort_by_key(|o| (!o.expected, o.refused.is_some()));
    offers
}

fn awaited(course: &Course<'_>) -> Vec<Kind> {
    if course.has(Kind::Cloture) {
        return Vec::new();
    }
    if let Some(answer) = course.last(Kind::Reponse) {
        // What is left is a letter, on its own page.
        let told = course.told(Course::ANSWERS, answer.no).is_some();
        return if told { vec![Kind::Cloture] } else { Vec::new() };
    }
    let mut out = Vec::new();
    if !course.has(Kind::Transmission) {
        out.push(Kind::Transmission);
    }
    if course.ground().is_some() {
        // The register answers: nothing else is to be looked at.
        out.push(Kind::Reponse);
        return out;
    }
    if course.awaits_officer() {
        out.push(Kind::DecisionDelegue);
    }
    if !course.identified() {
        out.push(Kind::IdentiteVerifiee);
        return out;
    }
    if course.asked("droit") == "rectification" && !course.has(Kind::RectificationFaite) {
        out.push(Kind::RectificationFaite);
    } else if !course.awaits_officer() {
        out.push(Kind::Reponse);
    }
    out
}

/// What is already known of an act: the answer that the register, or the officer, gives.
fn prefill(course: &Course<'_>, kind: Kind) -> Facts {
    let mut facts = Facts::new();
    let mut put = |field: &str, value: Value| drop(facts.insert(field.to_owned(), value));
    match kind {
        Kind::Transmission => {
            let to = if course.asked("guichet") == "gestionnaire" {
                "secretariat"
            } else {
                "gestionnaire"
            };
            put("vers", Value::Choice(to.to_owned()));
        }
        Kind::Reponse => {
            let decided = course.last(Kind::DecisionDelegue);
            if let Some(ground) = course.ground() {
                put("sens", Value::Choice("refusee".to_owned()));
                put("motif", Value::Text(ground.to_owned()));
            } else if let Some(decided) = decided {
                for field in ["sens", "motif"] {
                    if let Some(value) = decided.facts.get(field) {
                        put(field, value.clone());
                    }
                }
            }
        }
        Kind::Cloture if course.has(Kind::Reponse) => {
            put("motif", Value::Choice("repondue".to_owned()));
        }
        _ => {}
    }
    facts
}
