//! What the eviction-prevention commission (CCAPEX) is told, and when.

use huis_dossier::{Severity, Value};
use huis_kernel::Date;
use huis_law::{Computed, Law, LawError, ParameterValue, Roll};

use super::{Done, Sheet, Spec, given, step};
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
};

const OVER: &[Kind] =
    &[Kind::Jugement, Kind::Regularisation, Kind::Expulsion, Kind::DepartConstate];

/// Deadlines of the notices to the commission.
pub(crate) fn terms(sheet: &mut Sheet<'_>) {
    let course = sheet.course;
    if let Some(order) = course.last(Kind::CommandementPayer) {
        match course.legal_person() {
            Some(true) => {}
            Some(false) => signalling(sheet, &order),
            None => sheet.remark(
                "bailleur-inconnu",
                Severity::Info,
                "Indiquez la qualité du bailleur : elle dit qui doit signaler ou saisir la CCAPEX.",
                "Loi n° 89-462 art. 24 I et II",
                Some(order.no),
            ),
        }
    }
    if let Some(seizing) = course.last(Kind::SaisineCcapex) {
        let over = sheet.since(OVER, seizing.no);
        let used = course.next_of(&[Kind::Assignation], seizing.no);
        let computed = earliest_summons(&course, &seizing, sheet.law);
        sheet.add(
            Spec {
                rule: "ccapex-saisine",
                label: "Fin du délai entre la saisine de la CCAPEX et l'assignation",
                from: Some(seizing.no),
                done: Done::ReachedBy(used),
                over,
            },
            computed,
        );
    }
    order_to_leave(sheet);
}

/// A summons by a *personne morale* is inadmissible before this date (loi n° 89-462 art. 24 II).
pub(crate) fn earliest_summons(
    course: &Course<'_>,
    seizing: &Recorded<'_>,
    law: &Law,
) -> Result<Computed, LawError> {
    law.after(seizing.on, "expulsion.ccapex-saisine", seizing.on, course.place, Roll::Cpc642)
}

/// The *commandement de payer* of a natural person or a family company is signalled when the
/// arrears have lasted or grown enough (loi n° 89-462 art. 24 I): no later than that day.
fn signalling(sheet: &mut Sheet<'_>, order: &Recorded<'_>) {
    let course = sheet.course;
    let done =
        course.next_of(&[Kind::SignalementCcapex], order.no).or_else(|| notice(&course, order));
    let Some(computed) = threshold(&course, order, sheet.law) else {
        if done.is_none() {
            sheet.remark(
                "seuil-ccapex-inconnu",
                Severity::Info,
                "Indiquez depuis quand le loyer est impayé, ou le montant de la dette et du loyer : ils disent si le commandement doit être signalé à la CCAPEX.",
                "Loi n° 89-462 art. 24 I ; X-27",
                Some(order.no),
            );
        }
        return;
    };
    let over = sheet.since(OVER, order.no);
    let today = sheet.today;
    if let (Ok(found), None, false) = (&computed, done, over)
        && found.due <= today
    {
        sheet.remark(
            "cp-sans-signalement-ccapex",
            Severity::Warning,
            "Le commandement de payer n'a pas été signalé à la CCAPEX : demandez-le au commissaire de justice.",
            "Loi n° 89-462 art. 24 I ; X-27",
            Some(order.no),
        );
    }
    sheet.add(
        Spec {
            rule: "signalement-ccapex",
            label: "Signaler le commandement de payer à la CCAPEX",
            from: Some(order.no),
            done: Done::Once(done),
            over,
        },
        computed,
    );
}

/// The notice to the commission about this *commandement de payer*.
fn notice<'a>(course: &Course<'a>, order: &Recorded<'_>) -> Option<Recorded<'a>> {
    course
        .acts()
        .iter()
        .find(|a| {
            a.no > order.no
                && a.kind == Kind::InformationCcapex
                && a.code("objet") == Some("commandement_payer")
        })
        .copied()
}

/// The day on which one of the two thresholds is reached; `None` when neither can be known.
fn threshold(
    course: &Course<'_>,
    order: &Recorded<'_>,
    law: &Law,
) -> Option<Result<Computed, LawError>> {
    let amount = by_amount(course, order, law);
    if let Some(Ok((true, computed))) = amount {
        return Some(Ok(computed));
    }
    let Some(unpaid_since) = order.date("impaye_depuis") else {
        // Below the amount, with the duration unknown: nothing can be said but the error, if any.
        return amount.and_then(Result::err).map(Err);
    };
    const ID: &str = "expulsion.signalement-ccapex-anciennete";
    let lasted = law.after(unpaid_since, ID, order.on, course.place, Roll::None).map(|mut c| {
        if c.due < order.on {
            c.due = order.on;
            c.steps.push(step("Seuil déjà atteint le jour du commandement", Some(order.on)));
        }
        c
    });
    Some(lasted)
}

/// Does the debt reach the multiple of the rent without charges? `None` when either is unknown.
fn by_amount(
    course: &Course<'_>,
    order: &Recorded<'_>,
    law: &Law,
) -> Option<Result<(bool, Computed), LawError>> {
    const ID: &str = "expulsion.signalement-ccapex-montant";
    let debt = order.facts.get("montant_dette").and_then(Value::as_money)?;
    let rent = order
        .facts
        .get("loyer")
        .or_else(|| course.known.get("local", "loyer"))
        .and_then(Value::as_money)?;
    let Some(dated) = law.parameter(ID, order.on) else {
        return Some(Err(LawError::NotInForce { id: ID.to_owned(), on: order.on }));
    };
    let ParameterValue::Number(times) = dated.value else {
        return Some(Err(LawError::Unit { id: ID.to_owned(), expected: "un nombre" }));
    };
    let threshold = i64::from(times).saturating_mul(rent.0);
    let text = format!("La dette atteint {times} loyers mensuels hors charges");
    let computed = Computed {
        due: order.on,
        safe: None,
        article: dated.article.clone(),
        in_force_since: dated.from,
        verified: dated.verified,
        steps: vec![step(text, Some(order.on))],
    };
    Some(Ok((debt.0 >= threshold, computed)))
}

/// The prefect, told of the order to leave, informs the commission (CPCE art. L. 412-5; X-27).
fn order_to_leave(sheet: &mut Sheet<'_>) {
    let course = sheet.course;
    let Some(received) = course.last(Kind::CqlRecuPrefet) else { return };
    let done = course
        .acts()
        .iter()
        .find(|a| {
            a.no > received.no
                && a.kind == Kind::InformationCcapex
                && a.code("objet") == Some("commandement_quitter")
        })
        .copied();
    let over = sheet.since(&[Kind::Expulsion, Kind::DepartConstate], received.no);
    let since: Date = received.on;
    if done.is_none() && !over {
        sheet.remark(
            "cql-sans-information-ccapex",
            Severity::Warning,
            "La CCAPEX n'a pas été informée du commandement de quitter les lieux : informez-la.",
            "CPCE art. L. 412-5 ; X-27",
            Some(received.no),
        );
    }
    sheet.add(
        Spec {
            rule: "information-ccapex",
            label: "Informer la CCAPEX du commandement de quitter les lieux",
            from: Some(received.no),
            done: Done::Once(done),
            over,
        },
        Ok(given(
            since,
            "CPCE art. L. 412-5 ; X-27",
            "Le préfet, saisi du commandement, en informe la commission sans délai fixé",
        )),
    );
}
