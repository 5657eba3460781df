//! When the liability starts: an explicit refusal, else two months of silence (CPCE art. R. 153-1
//! and R. 154-1), put off by the winter truce and by a delay of grace (art. R. 154-5).

use huis_kernel::Date;
use huis_law::{Law, LawError, Roll, Step, long_date, short_date};

use super::{AnswerKind, GraceEnd, Procedure, Request, Settings, anywhere};
use crate::eviction::terms::step;

/// How a request ends up.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// The first day of liability, the day itself included; `None` when none is born.
    pub on: Option<Date>,
    /// How it was found.
    pub steps: Vec<Step>,
    /// False when a fact used is not verified.
    pub verified: bool,
}

/// The start for one request.
pub(crate) fn start(
    request: &Request,
    procedure: &Procedure,
    settings: &Settings,
    law: &Law,
) -> Result<Start, LawError> {
    let mut out = Start { on: None, steps: Vec::new(), verified: true };
    let mut say = |text: String, date: Option<Date>| out.steps.push(step(text, date));
    say(format!("Demande de concours reçue le {}", long_date(request.on)), Some(request.on));
    if request.not_seized {
        say("Le préfet n'a pas reçu le commandement de quitter les lieux : aucun délai ne court (CPCE, art. L. 412-5)".to_owned(), None);
        return Ok(out);
    }
    let deemed = request.delay_ends.map_or(request.on, |end| end.max(request.on));
    if deemed > request.on {
        say(
            format!(
                "Demande antérieure à la fin du délai du commandement de quitter les lieux : le préfet est réputé saisi le {} (CE, 18 déc. 2013, n° 363126)",
                long_date(deemed)
            ),
            Some(deemed),
        );
    }
    let silence =
        law.after(deemed, "expulsion.cfp-silence", request.on, &anywhere(), Roll::None)?;
    let answer = procedure.answers.iter().filter(|a| a.on >= request.on).min_by_key(|a| a.on);
    let refused = match answer.filter(|a| a.on <= silence.due) {
        Some(a) => match a.kind {
            AnswerKind::Refused { premature: true } => {
                say(
                    format!(
                        "Rejetée comme prématurée le {} : une nouvelle demande est nécessaire (CE, 18 déc. 2013, n° 363126)",
                        short_date(a.on)
                    ),
                    Some(a.on),
                );
                return Ok(out);
            }
            AnswerKind::Refused { premature: false } => {
                say(
                    format!("Refus exprès le {} (CPCE, art. R. 154-1)", long_date(a.on)),
                    Some(a.on),
                );
                a.on
            }
            AnswerKind::Granted { .. } => {
                say(
                    format!(
                        "Concours accordé le {}, avant tout refus : aucune responsabilité ne naît de cette demande",
                        long_date(a.on)
                    ),
                    Some(a.on),
                );
                return Ok(out);
            }
        },
        None => {
            say(format!("Silence gardé deux mois, de quantième à quantième, sans report : refus né le {} (CPCE, art. R. 153-1 et R. 154-1)", long_date(silence.due)).replace("deux mois", &silence_length(law, request.on)), Some(silence.due));
            out.verified &= silence.verified;
            silence.due
        }
    };
    let on = put_off(refused, procedure, settings, law, &mut out);
    out.on = Some(on);
    out.steps.push(step(
        format!("La responsabilité de l'État part du {} inclus", long_date(on)),
        Some(on),
    ));
    Ok(out)
}

/// « 2 mois », as the parameter in force says it.
fn silence_length(law: &Law, on: Date) -> String {
    law.parameter("expulsion.cfp-silence", on).map_or_else(String::new, |d| d.value.to_string())
}

/// A refusal born within the truce or a delay of grace binds the State from its end only (CPCE
/// art. R. 154-5); a delay of grace granted after the liability began does not stop it (CE 9 Nov.
/// 2018 n° 412696).
fn put_off(
    refused: Date,
    procedure: &Procedure,
    settings: &Settings,
    law: &Law,
    out: &mut Start,
) -> Date {
    let mut on = refused;
    let truce = |on: &mut Date, out: &mut Start| {
        let until = law.liability_deferred_until(*on);
        let Some(until) = until else { return };
        if procedure.truce_set_aside {
            out.steps.push(step(
                "Trêve hivernale écartée par le juge pour ces occupants (CPCE, art. L. 412-6)",
                None,
            ));
            return;
        }
        out.verified &= law.truce(*on).is_none_or(|t| t.verified);
        *on = until.tomorrow().unwrap_or(until);
        out.steps.push(step(
            format!("Le refus tombe dans la trêve, qui dure jusqu'au {} : la responsabilité n'est engagée qu'à sa fin (CPCE, art. R. 154-5)", long_date(until)),
            Some(*on),
        ));
    };
    truce(&mut on, out);
    let mut graces = procedure.graces.clone();
    graces.sort_by_key(|g| (g.granted_on, g.until));
    for _ in 0..=graces.len() {
        let before = on;
        for grace in &graces {
            let covers = grace.granted_on <= on && on <= grace.until;
            if covers && grace.granted_on < on {
                on = grace.until.tomorrow().unwrap_or(grace.until);
                out.steps.push(step(
                    format!("Délai de grâce accordé le {} jusqu'au {}, avant que la responsabilité ne commence : elle n'est engagée qu'à sa fin (CPCE, art. R. 154-5)", short_date(grace.granted_on), short_date(grace.until)),
                    Some(on),
                ));
            }
        }
        if on == before {
            break;
        }
        if settings.grace_end == GraceEnd::AfterTruce {
            truce(&mut on, out);
        }
    }
    for late in graces.iter().filter(|g| g.granted_on >= on) {
        out.steps.push(step(
            format!("Délai de grâce accordé le {}, après le début de la responsabilité : il ne l'arrête pas (CE, 9 nov. 2018, n° 412696)", short_date(late.granted_on)),
            None,
        ));
    }
    on
}
