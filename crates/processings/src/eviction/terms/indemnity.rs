//! The State's indemnity: the prefect's silence, the way to the administrative court.

use huis_kernel::Date;
use huis_law::{Computed, Law, LawError, Roll};

use super::{Done, Sheet, Spec};
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
};

/// When silence on the demand becomes a refusal (CPCE art. R. 154-3; CRPA art. L. 231-4, 3°).
pub(crate) fn silence(
    course: &Course<'_>,
    demand: &Recorded<'_>,
    law: &Law,
) -> Result<Computed, LawError> {
    law.after(demand.on, "expulsion.indemnite-silence", demand.on, course.place, Roll::None)
}

/// The last day to seize the court: two months after the refusal, explicit or by silence (CJA
/// art. R. 421-1 and R. 421-2). The earliest date is given: whether the delay is *franc* is not
/// verified.
pub(crate) fn to_court(
    course: &Course<'_>,
    refused_on: Date,
    law: &Law,
) -> Result<Computed, LawError> {
    law.after(refused_on, "expulsion.recours-ta", refused_on, course.place, Roll::None)
}

/// The refusal that opens the way to the court: the rejection, else the silence's end.
pub(crate) fn refused_on(
    course: &Course<'_>,
    demand: &Recorded<'_>,
    law: &Law,
) -> Result<Option<Date>, LawError> {
    match course.next_of(&[Kind::DecisionIndemnite], demand.no) {
        Some(d) if d.code("sens") == Some("transaction") => Ok(None),
        Some(d) => Ok(Some(d.on)),
        None => silence(course, demand, law).map(|c| Some(c.due)),
    }
}

/// Deadlines of the indemnity.
pub(crate) fn terms(sheet: &mut Sheet<'_>) {
    let course = sheet.course;
    let Some(demand) = course.last(Kind::DemandeIndemnite) else { return };
    let decision = course.next_of(&[Kind::DecisionIndemnite], demand.no);
    let court = course.next_of(&[Kind::RecoursContentieux], demand.no);
    let computed = silence(&course, &demand, sheet.law);
    sheet.add(
        Spec {
            rule: "indemnite-silence",
            label: "Décider sur la demande d'indemnité (le silence vaut refus)",
            from: Some(demand.no),
            done: Done::By(decision),
            over: court.is_some(),
        },
        computed,
    );
    let refused = refused_on(&course, &demand, sheet.law);
    let computed = match refused {
        Ok(None) => return,
        Ok(Some(day)) => to_court(&course, day, sheet.law),
        Err(error) => Err(error),
    };
    sheet.add(
        Spec {
            rule: "recours-ta",
            label: "Fin du délai de recours devant le tribunal administratif",
            from: Some(demand.no),
            done: Done::ReachedBy(court),
            over: false,
        },
        computed,
    );
}
