//! The demand for an indemnity, and the way to the court.

use huis_dossier::Severity;
use huis_law::{Law, LawError, short_date};

use super::Remarks;
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
    terms::{force, indemnity},
};

/// CPCE art. R. 154-1 and R. 154-2.
pub(super) fn demand(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let Some(request) = before.last(Kind::DemandeCfp) else { return Ok(()) };
    if force::refusal(before, &request, law, act.on)?.is_none() {
        out.say(
            "indemnite-sans-refus",
            Severity::Serious,
            "Le concours de la force publique n'a pas été refusé, ni expressément ni par silence : aucune responsabilité n'est née.",
            "CPCE art. R. 154-1",
        );
    }
    Ok(())
}

/// CJA art. R. 421-1 and R. 421-2.
pub(super) fn court(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let Some(demand) = before.last(Kind::DemandeIndemnite) else { return Ok(()) };
    let Some(refused) = indemnity::refused_on(before, &demand, law)? else {
        out.say(
            "recours-apres-transaction",
            Severity::Warning,
            "Une transaction a été signée : le recours est sans objet.",
            "CPCE art. R. 154-3",
        );
        return Ok(());
    };
    if act.on < refused {
        out.say(
            "recours-premature",
            Severity::Warning,
            format!("Aucun refus n'est né avant le {}.", short_date(refused)),
            "CJA art. R. 421-1",
        );
        return Ok(());
    }
    let limit = indemnity::to_court(before, refused, law)?;
    if act.on > limit.due {
        out.say(
            "recours-tardif",
            Severity::Serious,
            format!("Recours formé après le {}.", short_date(limit.due)),
            &limit.article,
        );
    }
    Ok(())
}
