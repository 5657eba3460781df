//! What runs from the judgment: time to pay, appeal, life of the title.

use huis_law::{Computed, Law, LawError, Roll};

use super::{Done, Sheet, Spec, given};
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
};

/// Deadlines of the judgment.
pub(crate) fn terms(sheet: &mut Sheet<'_>) {
    erasure(sheet);
    let course = sheet.course;
    let Some(judgment) = course.last(Kind::Jugement) else { return };
    let gone = sheet.since(&[Kind::Expulsion, Kind::DepartConstate], judgment.no);
    if let Some(until) = judgment.date("delais_jusqu_au") {
        // Loi n° 89-462 art. 24 V: the clause is suspended while the delays are kept.
        let broken = sheet.since(&[Kind::DelaisNonTenus], judgment.no);
        sheet.add(
            Spec {
                rule: "delais-paiement",
                label: "Fin des délais de paiement accordés par le juge",
                from: Some(judgment.no),
                done: Done::Reached,
                over: gone || broken,
            },
            Ok(given(until, "Loi n° 89-462 art. 24 V", "Date fixée par le jugement")),
        );
    }
    if let Some(served) = course.next_of(&[Kind::SignificationJugement], judgment.no) {
        let appeal = course.next_of(&[Kind::Appel], judgment.no);
        let computed =
            sheet.law.after(served.on, "expulsion.appel", served.on, course.place, Roll::Cpc642);
        sheet.add(
            Spec {
                rule: "appel",
                label: "Fin du délai d'appel",
                from: Some(served.no),
                done: Done::ReachedBy(appeal),
                over: false,
            },
            computed,
        );
    }
    if course.title().is_some() {
        // CPCE art. L. 111-4.
        let computed = sheet.law.after(
            judgment.on,
            "expulsion.titre-executoire",
            judgment.on,
            course.place,
            Roll::None,
        );
        sheet.add(
            Spec {
                rule: "titre-executoire",
                label: "Fin de la force exécutoire du jugement",
                from: Some(judgment.no),
                done: Done::Reached,
                over: gone,
            },
            computed,
        );
    }
}

/// Loi n° 89-462 art. 24 VIII: once the debt is erased (rétablissement personnel sans liquidation),
/// the judge suspends the clause two years from the decision.
fn erasure(sheet: &mut Sheet<'_>) {
    let Some(decision) = erased(&sheet.course) else { return };
    let computed = suspended(&sheet.course, sheet.law, &decision);
    let over = sheet.since(&[Kind::Expulsion, Kind::DepartConstate], decision.no);
    sheet.add(
        Spec {
            rule: "suspension-effacement",
            label: "Fin de la suspension de la clause résolutoire après l'effacement de la dette",
            from: Some(decision.no),
            done: Done::Reached,
            over,
        },
        computed,
    );
}

/// The decision that erased the debt, when it is the commission's last word on it.
pub(crate) fn erased<'a>(course: &Course<'a>) -> Option<Recorded<'a>> {
    course.last(Kind::DecisionSurendettement).filter(|d| d.code("decision") == Some("effacement"))
}

/// When the suspension that follows an erasure ends.
pub(crate) fn suspended(
    course: &Course<'_>,
    law: &Law,
    decision: &Recorded<'_>,
) -> Result<Computed, LawError> {
    const RULE: &str = "expulsion.suspension-effacement";
    law.after(decision.on, RULE, decision.on, course.place, Roll::None)
}
