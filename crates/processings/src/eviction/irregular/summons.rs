//! The summons, its notice to the prefect, the social and financial survey.

use huis_dossier::Severity;
use huis_law::{Law, LawError, short_date};

use super::Remarks;
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
    terms::{ccapex, hearing, payment},
};

/// Loi n° 89-462 art. 24 I and II.
pub(super) fn summons(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let mut early = Ok(());
    match before.last(Kind::CommandementPayer) {
        None => out.say(
            "assignation-sans-commandement",
            Severity::Warning,
            "Aucun commandement de payer n'est au dossier : vérifiez que la clause résolutoire a joué.",
            "Loi n° 89-462 art. 24 I",
        ),
        Some(order) => {
            if before.next_of(&[Kind::Regularisation], order.no).is_some() {
                out.say(
                    "assignation-apres-reglement",
                    Severity::Serious,
                    "La dette a été réglée dans le délai du commandement : la clause résolutoire n'a pas joué.",
                    "Loi n° 89-462 art. 24 I",
                );
            }
            match payment::clause_effect(before, &order, law) {
                Some(Ok(end)) if act.on <= end.due => out.say(
                    "assignation-prematuree",
                    Severity::Serious,
                    format!(
                        "L'assignation est antérieure à la fin du délai du commandement de payer ({}).",
                        short_date(end.due)
                    ),
                    &end.article,
                ),
                Some(Err(error)) => early = Err(error),
                _ => {}
            }
        }
    }
    let legal_person =
        act.code("bailleur").map(|c| c == "personne_morale").or_else(|| before.legal_person());
    if legal_person == Some(true) {
        match before.last(Kind::SaisineCcapex) {
            None if before.has(Kind::SignalementCaf) => {}
            None => out.say(
                "assignation-sans-saisine-ccapex",
                Severity::Serious,
                "Le bailleur personne morale n'a pas saisi la CCAPEX : l'assignation est irrecevable.",
                "Loi n° 89-462 art. 24 II",
            ),
            Some(seizing) => {
                let from = ccapex::earliest_summons(before, &seizing, law)?;
                if act.on < from.due {
                    out.say(
                        "assignation-avant-delai-ccapex",
                        Severity::Serious,
                        format!(
                            "La CCAPEX a été saisie trop tard : aucune assignation n'est recevable avant le {}.",
                            short_date(from.due)
                        ),
                        &from.article,
                    );
                }
            }
        }
    }
    early
}

/// Loi n° 89-462 art. 24 III: irrecevable under six weeks before the hearing.
pub(super) fn notice(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let (Some(summons), Some(date)) = (before.last(Kind::Assignation), before.first_hearing())
    else {
        return Ok(());
    };
    let limit = hearing::notice_to_prefect(&summons, date, law)?;
    if act.on > limit.due {
        out.say(
            "assignation-tardive",
            Severity::Serious,
            format!(
                "Assignation reçue après le {} : elle est irrecevable.",
                short_date(limit.safe.unwrap_or(limit.due))
            ),
            &limit.article,
        );
    } else if limit.safe.is_some_and(|safe| act.on > safe) {
        out.say(
            "assignation-jour-limite",
            Severity::Serious,
            "Assignation reçue le jour où le délai a expiré à 0 h : elle est irrecevable selon l'avis de la Cour de cassation ; seule une lecture large la dirait dans les temps.",
            &limit.article,
        );
    }
    Ok(())
}

pub(super) fn survey(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    let Some(limit) = hearing::survey_due(before, law).transpose()? else { return Ok(()) };
    if act.on > limit.due {
        out.say(
            "dsf-tardif",
            Severity::Warning,
            format!("Diagnostic transmis après le {}.", short_date(limit.due)),
            &limit.article,
        );
    }
    Ok(())
}
