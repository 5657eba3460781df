//! The request for the police's help, and its decision.

use huis_dossier::Severity;
use huis_law::{Law, LawError, short_date};

use super::Remarks;
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
    terms::{force, quit},
};

/// CPCE art. R. 153-1; CE 18 déc. 2013 n° 363126.
pub(super) fn request(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    if act.facts.get("diligences_jointes").is_some() && !act.yes("diligences_jointes") {
        out.say(
            "demande-incomplete",
            Severity::Warning,
            "La demande ne contient pas le dispositif du titre et l'exposé des diligences.",
            "CPCE art. R. 153-1",
        );
    }
    if before.protocol(act.on).is_some() {
        out.say(
            "demande-pendant-protocole",
            Severity::Warning,
            "Un protocole de cohésion sociale est en cours : sa dénonciation vaudra nouvelle réquisition.",
            "CE 16 avr. 2008 n° 300268",
        );
    }
    let Some(order) = before.last(Kind::CommandementQuitter) else { return Ok(()) };
    let delay = quit::quit_delay(before, &order, law)?;
    if delay.end().is_none_or(|end| act.on < end.due) {
        out.say(
            "demande-prematuree",
            Severity::Warning,
            "Demande reçue avant la fin du délai du commandement de quitter les lieux : elle peut être rejetée comme prématurée ; sinon, le préfet est réputé saisi à cette fin.",
            "CE 18 déc. 2013 n° 363126",
        );
    }
    Ok(())
}

pub(super) fn granted(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    late_decision(before, act, law, out)?;
    let Some(order) = before.last(Kind::CommandementQuitter) else { return Ok(()) };
    let from = act.date("effet_le").unwrap_or(act.on);
    let first = quit::first_possible_day(before, &order, law)?;
    if let Some(first) = first.filter(|first| from < first.due) {
        out.say(
            "concours-avant-terme",
            Severity::Info,
            format!("Aucune expulsion n'est possible avant le {}.", short_date(first.due)),
            &first.article,
        );
    }
    Ok(())
}

pub(super) fn refused(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    late_decision(before, act, law, out)
}

fn late_decision(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let Some(request) = before.last(Kind::DemandeCfp) else { return Ok(()) };
    let explicit = before.next_of(&[Kind::CfpRefuse], request.no).is_some();
    let due = force::silence(before, &request, law)?;
    if let Some(due) = due.filter(|due| act.on > due.due && !explicit) {
        out.say(
            "decision-apres-silence",
            Severity::Warning,
            format!("Le silence a valu refus le {}.", short_date(due.due)),
            &due.article,
        );
    }
    Ok(())
}
