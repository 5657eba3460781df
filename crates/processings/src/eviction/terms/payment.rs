//! From the arrears to the effect of the *clause résolutoire*.

use huis_kernel::Date;
use huis_law::{Computed, Law, LawError, Roll};

use super::{Done, Sheet, Spec, step};
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
};

/// What ends the deadlines of prevention.
const OVER: &[Kind] =
    &[Kind::Jugement, Kind::Regularisation, Kind::Expulsion, Kind::DepartConstate];

/// The date of the lease that chooses the delay: its signature, or its last tacit renewal or
/// renewal (loi n° 2023-668; Cass. avis 13 juin 2024 n° 24-70.002).
pub(crate) fn lease_date(course: &Course<'_>, order: &Recorded<'_>) -> Option<Date> {
    let signed = order
        .date("bail_signe_le")
        .or_else(|| course.known.get("local", "date_bail").and_then(|v| v.as_date()));
    signed.max(order.date("bail_reconduit_le"))
}

/// When the clause takes effect: six weeks or two months after the *commandement de payer*, by the
/// date of the lease (loi n° 89-462 art. 24 I). `None` without that date.
pub(crate) fn clause_effect(
    course: &Course<'_>,
    order: &Recorded<'_>,
    law: &Law,
) -> Option<Result<Computed, LawError>> {
    const ID: &str = "expulsion.commandement-payer";
    let lease = lease_date(course, order)?;
    let counted = law.after(order.on, ID, lease, course.place, Roll::Cpc642).map(|mut computed| {
        let text = "Date du bail, ou de sa dernière reconduction ou de son dernier renouvellement, qui choisit le délai";
        computed.steps.insert(0, step(text, Some(lease)));
        // Whether CPC 642 carries the six weeks to a working day has not been judged: say so
        // where it changes the date.
        let plain = law.after(order.on, ID, lease, course.place, Roll::None);
        let weeks = law.delay(ID, lease).is_ok_and(|(delay, _)| delay.days > 0);
        if weeks && plain.is_ok_and(|p| p.due != computed.due) {
            computed.verified = false;
        }
        computed
    });
    Some(counted)
}

/// Deadlines of the arrears and of the *commandement de payer*.
pub(crate) fn terms(sheet: &mut Sheet<'_>) {
    let course = sheet.course;
    if let Some(arrears) = course.last(Kind::ImpayeConstitue).filter(|a| a.yes("tiers_payant")) {
        // CCH art. R. 824-4: the landlord who receives the aid tells the fund.
        let done = course.next_of(&[Kind::SignalementCaf], arrears.no);
        let computed = sheet.law.after(
            arrears.on,
            "expulsion.signalement-caf",
            arrears.on,
            course.place,
            Roll::None,
        );
        let over = sheet.since(OVER, arrears.no);
        sheet.add(
            Spec {
                rule: "signalement-caf",
                label: "Signaler l'impayé à la CAF ou à la MSA",
                from: Some(arrears.no),
                done: Done::By(done),
                over,
            },
            computed,
        );
    }
    let Some(order) = course.last(Kind::CommandementPayer) else { return };
    if let Some(computed) = clause_effect(&course, &order, sheet.law) {
        let paid = course.next_of(&[Kind::Regularisation], order.no);
        let over = sheet.since(OVER, order.no);
        sheet.add(
            Spec {
                rule: "cp-regularisation",
                label: "Fin du délai du commandement de payer",
                from: Some(order.no),
                done: Done::ReachedBy(paid),
                over,
            },
            computed,
        );
    }
    guarantor(sheet, &order);
}

/// The guarantor is served within a delay, or owes neither penalties nor late interest
/// (loi n° 89-462 art. 24 I).
fn guarantor(sheet: &mut Sheet<'_>, order: &Recorded<'_>) {
    let course = sheet.course;
    let done = course
        .acts()
        .iter()
        .find(|a| a.kind == Kind::NotificationCaution && a.no > order.no)
        .copied();
    let known = course.known.0.get("caution").is_some_and(|all| !all.is_empty());
    if done.is_none() && !known {
        return;
    }
    let computed =
        sheet.law.after(order.on, "expulsion.caution", order.on, course.place, Roll::Cpc642);
    let over = sheet.since(OVER, order.no);
    sheet.add(
        Spec {
            rule: "caution",
            label: "Signifier le commandement de payer à la caution",
            from: Some(order.no),
            done: Done::By(done),
            over,
        },
        computed,
    );
}
