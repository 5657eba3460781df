//! The eviction itself: day, hour, truce, delays (CPCE art. L. 141-1, L. 412-1 to L. 412-6, L. 153-1).

use huis_dossier::Severity;
use huis_law::{Law, LawError, ParameterValue, Roll, short_date};

use super::Remarks;
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
    terms::quit,
};

/// CPCE art. L. 141-1, L. 412-1 to L. 412-6, L. 153-1.
pub(super) fn eviction(
    before: &Course<'_>,
    act: &Recorded<'_>,
    law: &Law,
    out: &mut Remarks,
) -> Result<(), LawError> {
    const DAYS: &str = "CPCE art. L. 141-1";
    if act.on.weekday() == jiff::civil::Weekday::Sunday {
        out.say("expulsion-dimanche", Severity::Serious, "Aucune exécution un dimanche.", DAYS);
    }
    if let Some(name) = law.holiday(act.on, before.place) {
        let message = format!("Aucune exécution un jour férié ({name}).");
        out.say("expulsion-jour-ferie", Severity::Serious, message, DAYS);
    }
    if let Some(hour) = act.facts.get("heure").and_then(huis_dossier::Value::as_int) {
        let bound = |id| match law.parameter(id, act.on).map(|d| d.value) {
            Some(ParameterValue::Number(n)) => Ok(i64::from(n)),
            Some(_) => Err(LawError::Unit { id: id.to_owned(), expected: "un nombre" }),
            None => Err(LawError::NotInForce { id: id.to_owned(), on: act.on }),
        };
        let (from, to) = (bound("expulsion.heure-debut")?, bound("expulsion.heure-fin")?);
        if hour < from || hour >= to {
            let message = format!("Aucune exécution avant {from} heures ni après {to} heures.");
            out.say("expulsion-nuit", Severity::Serious, message, DAYS);
        }
    }
    if quit::truce_applies(before)
        && !act.yes("relogement")
        && let Some(truce) = law.truce(act.on)
    {
        out.say(
            "expulsion-pendant-treve",
            Severity::Serious,
            "Expulsion pendant la trêve hivernale, sans relogement assuré.",
            &truce.article,
        );
    }
    let Some(order) = before.last(Kind::CommandementQuitter) else { return Ok(()) };
    let delay = quit::quit_delay(before, &order, law)?;
    match delay.end() {
        None => out.say(
            "expulsion-delai-suspendu",
            Severity::Serious,
            "Le préfet n'a pas été saisi du commandement : le délai avant l'expulsion était suspendu.",
            "CPCE art. L. 412-5",
        ),
        Some(end) => {
            let prolonged = before
                .next_of(&[Kind::ProrogationDurete], order.no)
                .and_then(|p| p.date("fin"))
                .map_or(end.due, |until| until.max(end.due));
            let at_once = matches!(delay, quit::QuitDelay::None(_)) && prolonged == end.due;
            if act.on < prolonged || (act.on == prolonged && !at_once) {
                let message = format!(
                    "Expulsion avant la fin du délai du commandement de quitter les lieux ({}).",
                    short_date(prolonged)
                );
                out.say("expulsion-avant-delai", Severity::Serious, message, &end.article);
            }
        }
    }
    if let Some((_, until)) = quit::grace(before).filter(|(_, until)| act.on <= *until) {
        out.say(
            "expulsion-pendant-grace",
            Severity::Serious,
            format!(
                "Expulsion pendant un délai de grâce, qui court jusqu'au {}.",
                short_date(until)
            ),
            "CPCE art. L. 412-3",
        );
    }
    if before.protocol(act.on).is_some() {
        out.say(
            "expulsion-pendant-protocole",
            Severity::Serious,
            "Expulsion pendant un protocole de cohésion sociale.",
            "CCH art. L. 442-6-5",
        );
    }
    if let Some(title) = before.title() {
        let end =
            law.after(title.on, "expulsion.titre-executoire", title.on, before.place, Roll::None)?;
        if act.on > end.due {
            out.say(
                "titre-prescrit",
                Severity::Serious,
                "Le jugement n'est plus exécutoire.",
                &end.article,
            );
        }
    }
    Ok(())
}
