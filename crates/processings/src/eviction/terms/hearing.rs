//! From the summons to the hearing: the notice to the prefect and the social and financial survey.

use huis_kernel::Date;
use huis_law::{Computed, Law, LawError};

use super::{Done, Sheet, Spec, given};
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
};

const OVER: &[Kind] = &[Kind::Jugement, Kind::Expulsion, Kind::DepartConstate];

/// The last day on which the prefect may receive the summons: six weeks (two months until 28 July
/// 2023) counted backwards from the hearing, ending at 0 h and never extended (loi n° 89-462
/// art. 24 III; Cass. 3e civ., avis, 6 nov. 2025 n° 25-70.018). `safe` is the last good day.
pub(crate) fn notice_to_prefect(
    summons: &Recorded<'_>,
    hearing: Date,
    law: &Law,
) -> Result<Computed, LawError> {
    law.before(hearing, "expulsion.assignation-prefet", summons.on)
}

/// The last day to hand the survey to the judge and the commission (décret n° 2021-8; loi
/// n° 89-462 art. 24 III), by the hearing as it is fixed now.
pub(crate) fn survey_due(course: &Course<'_>, law: &Law) -> Option<Result<Computed, LawError>> {
    let hearing = course.hearing()?;
    Some(law.working_days_before(hearing, "expulsion.dsf-remise", hearing, course.place))
}

/// Deadlines of the summons, of the survey and of the hearing.
pub(crate) fn terms(sheet: &mut Sheet<'_>) {
    survey_interview(sheet);
    let course = sheet.course;
    let Some(summons) = course.last(Kind::Assignation) else { return };
    let over = sheet.since(OVER, summons.no);
    if let Some(hearing) = course.first_hearing() {
        let done = course.next_of(&[Kind::AssignationRecuePrefet], summons.no);
        let computed = notice_to_prefect(&summons, hearing, sheet.law);
        sheet.add(
            Spec {
                rule: "assignation-prefet",
                label: "Notifier l'assignation au préfet",
                from: Some(summons.no),
                done: Done::BySafeDay(done),
                over,
            },
            computed,
        );
        lodging(sheet, &summons, hearing, over);
    }
    let Some(hearing) = course.hearing() else { return };
    let done = course
        .acts()
        .iter()
        .rev()
        .find(|a| a.kind == Kind::DsfTransmis && asked_before(&course, a.no))
        .copied();
    if let Some(computed) = survey_due(&course, sheet.law) {
        sheet.add(
            Spec {
                rule: "dsf-remise",
                label: "Remettre le diagnostic social et financier au juge et à la CCAPEX",
                from: Some(summons.no),
                done: Done::By(done),
                over,
            },
            computed,
        );
    }
    let judged = course.next_of(&[Kind::Jugement], summons.no);
    sheet.add(
        Spec {
            rule: "audience",
            label: "Audience",
            from: Some(summons.no),
            done: Done::ReachedBy(judged),
            over,
        },
        Ok(given(hearing, "Loi n° 89-462 art. 24 III", "Date d'audience enregistrée")),
    );
}

fn asked_before(course: &Course<'_>, no: u32) -> bool {
    course.acts().iter().any(|a| a.kind == Kind::DsfDemande && a.no < no)
}

/// The copy lodged with the court (CPC art. 754), where the hearing was given early enough.
fn lodging(sheet: &mut Sheet<'_>, summons: &Recorded<'_>, hearing: Date, over: bool) {
    let computed = sheet.law.before(hearing, "expulsion.assignation-depot", summons.on);
    if computed.as_ref().is_ok_and(|c| c.due <= summons.on) {
        return;
    }
    sheet.add(
        Spec {
            rule: "assignation-depot",
            label: "Dépôt de l'assignation au greffe par le bailleur",
            from: Some(summons.no),
            done: Done::Reached,
            over,
        },
        computed,
    );
}

/// The organism offers an interview within working days of the prefect's request (décret
/// n° 2021-8). The survey handed in shows that it did.
fn survey_interview(sheet: &mut Sheet<'_>) {
    let course = sheet.course;
    let Some(asked) = course.last(Kind::DsfDemande) else { return };
    let done = course.next_of(&[Kind::DsfTransmis], asked.no);
    let computed =
        sheet.law.working_days_after(asked.on, "expulsion.dsf-entretien", asked.on, course.place);
    let over = sheet.since(OVER, asked.no);
    sheet.add(
        Spec {
            rule: "dsf-entretien",
            label: "Proposition d'entretien pour le diagnostic social et financier",
            from: Some(asked.no),
            done: Done::Once(done),
            over,
        },
        computed,
    );
}
