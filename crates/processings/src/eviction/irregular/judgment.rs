//! What the judge grants, the appeal, the protocol.

use huis_dossier::Severity;
use huis_kernel::Date;
use huis_law::{Law, LawError, Roll, short_date};

use super::Remarks;
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
    terms::{self, quit},
};

/// Loi n° 89-462 art. 24 V; CPCE art. L. 412-3 and L. 412-4.
pub(super) fn judgment(act: &Recorded<'_>, law: &Law, out: &mut Remarks) -> Result<(), LawError> {
    if let Some(until) = act.date("delais_jusqu_au") {
        let (longest, dated) = law.delay("expulsion.delais-paiement-max", act.on)?;
        if until > longest.after(act.on) {
            out.say(
                "delais-trop-longs",
                Severity::Warning,
                format!("Les délais de paiement dépassent {longest} : vérifiez la date."),
                &dated.article,
            );
        }
    }
    if let Some(until) = act.date("grace_jusqu_au") {
        bounds_of_grace(act, until, law, out)?;
        if act.yes("mauvaise_foi") || act.yes("voie_de_fait") {
            excluded_grace(out);
        }
    }
    Ok(())
}

fn bounds_of_grace(
    act: &Recorded<'_>,
    until: Date,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let (shortest, dated) = law.delay("expulsion.grace-min", act.on)?;
    let (longest, _) = law.delay("expulsion.grace-max", act.on)?;
    if until < shortest.after(act.on) || until > longest.after(act.on) {
        out.say(
            "grace-hors-bornes",
            Severity::Warning,
            format!("Le délai de grâce va de {shortest} à {longest} : vérifiez la date."),
            &dated.article,
        );
    }
    Ok(())
}

fn excluded_grace(out: &mut Remarks) {
    out.say(
        "grace-exclue",
        Severity::Serious,
        "Aucun délai de grâce n'est ouvert en cas de mauvaise foi ou d'entrée par voie de fait.",
        "CPCE art. L. 412-3",
    );
}

pub(super) fn grace(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let barred = |j: Recorded<'_>| j.yes("mauvaise_foi") || j.yes("voie_de_fait");
    if before.last(Kind::Jugement).is_some_and(barred) {
        excluded_grace(out);
    }
    act.date("fin").map_or(Ok(()), |until| bounds_of_grace(act, until, law, out))
}

/// CPC art. 538.
pub(super) fn appeal(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let Some(served) = before.last(Kind::SignificationJugement) else { return Ok(()) };
    let end = law.after(served.on, "expulsion.appel", served.on, before.place, Roll::Cpc642)?;
    if act.on > end.due {
        out.say(
            "appel-tardif",
            Severity::Serious,
            format!("Appel formé après le {} : il est irrecevable.", short_date(end.due)),
            &end.article,
        );
    }
    Ok(())
}

/// CPCE art. L. 412-2.
pub(super) fn prolongation(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let (Some(order), Some(until)) = (before.last(Kind::CommandementQuitter), act.date("fin"))
    else {
        return Ok(());
    };
    let delay = quit::quit_delay(before, &order, law)?;
    let (longest, dated) = law.delay("expulsion.prorogation-durete-max", act.on)?;
    if delay.end().is_some_and(|end| until > longest.after(end.due)) {
        out.say(
            "prorogation-trop-longue",
            Severity::Warning,
            format!("La prorogation dépasse {longest} après la fin du délai : vérifiez la date."),
            &dated.article,
        );
    }
    Ok(())
}

/// CCH art. L. 442-6-5: between the social landlord and the occupants.
pub(super) fn protocol(before: &Course<'_>, act: &Recorded<'_>, law: &Law, out: &mut Remarks) {
    const ARTICLE: &str = "CCH art. L. 442-6-5";
    if before.social() == Some(false) {
        out.say(
            "protocole-bailleur-prive",
            Severity::Serious,
            "Le protocole de cohésion sociale est propre aux bailleurs sociaux.",
            ARTICLE,
        );
    }
    if let (Some(until), Ok((longest, dated))) =
        (act.date("fin"), law.delay("expulsion.protocole-max", act.on))
        && until > longest.after(act.on)
    {
        out.say(
            "protocole-trop-long",
            Severity::Warning,
            format!("Le protocole dépasse {longest} : un avenant est nécessaire."),
            &dated.article,
        );
    }
}

/// Loi n° 89-462 art. 24 VIII: while the clause is suspended after the debt was erased, nothing
/// follows from it, unless the tenant stops paying the current rent.
pub(super) fn during_erasure(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let Some(decision) = terms::judgment::erased(before) else { return Ok(()) };
    let until = terms::judgment::suspended(before, law, &decision)?;
    if act.on <= until.due {
        let message = format!(
            "La dette a été effacée : la clause résolutoire est suspendue jusqu'au {}, si le loyer courant est payé.",
            short_date(until.due)
        );
        out.say("suspension-effacement", Severity::Serious, message, &until.article);
    }
    Ok(())
}
