//! From the order to leave (*commandement de quitter les lieux*) to the first day on which an
//! eviction is possible.

use huis_dossier::{Severity, Value};
use huis_kernel::{Date, Delay};
use huis_law::{Computed, Law, LawError, Place, Roll, long_date};

use super::{Done, Sheet, Spec, given, step};
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
};

const GONE: &[Kind] = &[Kind::Expulsion, Kind::DepartConstate];

/// The delay after the order to leave.
#[derive(Clone, Debug)]
pub(crate) enum QuitDelay {
    /// The judge removed it, or it does not apply: it ends the day of the order.
    None(Computed),
    /// The prefect is not seized: it does not run (CPCE art. L. 412-5).
    Suspended,
    /// It ends on a date.
    Ends(Computed),
}

impl QuitDelay {
    /// Its end, unless it does not run.
    pub(crate) const fn end(&self) -> Option<&Computed> {
        match self {
            Self::None(c) | Self::Ends(c) => Some(c),
            Self::Suspended => None,
        }
    }
}

/// The delay of two months after the order to leave: removed for bad faith or entry by *voie de
/// fait*, reduced or removed by the judge (CPCE art. L. 412-1); suspended until the prefect is
/// seized, so that it is counted from the day the prefect received the order (L. 412-5).
pub(crate) fn quit_delay(
    course: &Course<'_>,
    order: &Recorded<'_>,
    law: &Law,
) -> Result<QuitDelay, LawError> {
    const ID: &str = "expulsion.cql";
    let judgment = course.last(Kind::Jugement);
    let removed = judgment.and_then(|j| {
        if j.yes("mauvaise_foi") {
            Some("Mauvaise foi constatée par le juge : le délai ne s'applique pas")
        } else if j.yes("voie_de_fait") {
            Some("Entrée par manœuvres, menaces, voies de fait ou contrainte : le délai ne s'applique pas")
        } else if j.code("delai_cql") == Some("supprime") {
            Some("Le juge a supprimé le délai")
        } else {
            None
        }
    });
    if let Some(why) = removed {
        return Ok(QuitDelay::None(given(order.on, "CPCE art. L. 412-1", why)));
    }
    let Some(received) = course.next_of(&[Kind::CqlRecuPrefet], order.no) else {
        return Ok(QuitDelay::Suspended);
    };
    let start = received.on.max(order.on);
    let reduced = judgment
        .filter(|j| j.code("delai_cql") == Some("reduit"))
        .and_then(|j| j.facts.get("delai_cql_jours").and_then(Value::as_int));
    let mut computed = match reduced {
        Some(days) => shortened(start, days, course.place, law),
        None => law.after(start, ID, order.on, course.place, Roll::Cpc642)?,
    };
    if start > order.on {
        let text = format!(
            "Commandement du {}, suspendu jusqu'à sa réception par le préfet (CPCE, art. L. 412-5)",
            long_date(order.on)
        );
        computed.steps.insert(0, step(text, Some(start)));
    }
    Ok(QuitDelay::Ends(computed))
}

/// A delay that the judge shortened, in days.
fn shortened(start: Date, days: i64, place: &Place, law: &Law) -> Computed {
    let days = u32::try_from(days).unwrap_or(0);
    let plain = Delay { months: 0, days }.after(start);
    let mut due = plain;
    while !law.is_working_day(due, place) {
        let Ok(next) = due.tomorrow() else { break };
        due = next;
    }
    let mut steps = vec![
        step(format!("Le juge a réduit le délai à {days} jours (CPCE, art. L. 412-1)"), None),
        step("Jour de départ non compté (CPC, art. 641)", Some(start)),
        step(format!("Dernier jour : {}", long_date(plain)), Some(plain)),
    ];
    if due != plain {
        let text =
            format!("Ce jour n'est pas ouvrable : reporté au {} (CPC, art. 642)", long_date(due));
        steps.push(step(text, Some(due)));
    }
    Computed {
        due,
        safe: None,
        article: "CPCE art. L. 412-1 et L. 412-5 ; CPC art. 641 et 642".to_owned(),
        in_force_since: None,
        verified: true,
        steps,
    }
}

/// The end of the delays of grace: by the judgment, or by a later decision (CPCE art. L. 412-3
/// and L. 412-4).
pub(crate) fn grace<'a>(course: &Course<'a>) -> Option<(Recorded<'a>, Date)> {
    course
        .acts()
        .iter()
        .filter_map(|a| {
            let end = match a.kind {
                Kind::Jugement => a.date("grace_jusqu_au"),
                Kind::DelaiGrace => a.date("fin"),
                _ => None,
            }?;
            Some((*a, end))
        })
        .max_by_key(|(_, end)| *end)
}

/// Does the winter truce protect these occupants? The judge may have set it aside (L. 412-6).
pub(crate) fn truce_applies(course: &Course<'_>) -> bool {
    !course.last(Kind::Jugement).is_some_and(|j| j.yes("treve_ecartee"))
}

/// The first day on which an eviction is possible: after the delay of the order, its
/// prolongation, the delays of grace, the protocol and the truce. `None` while the delay does not
/// run.
pub(crate) fn first_possible_day(
    course: &Course<'_>,
    order: &Recorded<'_>,
    law: &Law,
) -> Result<Option<Computed>, LawError> {
    let delay = quit_delay(course, order, law)?;
    let Some(end) = delay.end() else { return Ok(None) };
    let after = |day: Date| day.tomorrow().unwrap_or(day);
    let mut found = end.clone();
    found.safe = None;
    found.due = if matches!(delay, QuitDelay::None(_)) { end.due } else { after(end.due) };
    found.steps.push(step("Au plus tôt le lendemain du délai", Some(found.due)));
    let mut wait = |until: Date, article: &str, text: &str| {
        if after(until) > found.due {
            found.due = after(until);
            found.article = format!("{} ; {article}", found.article);
            found.steps.push(step(text, Some(found.due)));
        }
    };
    if let Some(until) =
        course.next_of(&[Kind::ProrogationDurete], order.no).and_then(|p| p.date("fin"))
    {
        wait(until, "CPCE art. L. 412-2", "Prorogation pour dureté exceptionnelle");
    }
    if let Some((_, until)) = grace(course) {
        wait(until, "CPCE art. L. 412-3", "Délai de grâce accordé par le juge");
    }
    let protocol = course
        .last(Kind::Protocole)
        .filter(|p| course.next_of(&[Kind::ProtocoleDenonce], p.no).is_none());
    if let Some(until) = protocol.and_then(|p| p.date("fin")) {
        wait(until, "CCH art. L. 442-6-5", "Protocole de cohésion sociale en cours");
    }
    if truce_applies(course) {
        if let Some(until) = law.eviction_barred_until(found.due) {
            let truce = law.truce(found.due);
            let article = truce.as_ref().map_or("CPCE art. L. 412-6", |t| t.article.as_str());
            found.verified &= truce.as_ref().is_none_or(|t| t.verified);
            found.due = after(until);
            found.article = format!("{} ; {article}", found.article);
            found
                .steps
                .push(step("Trêve hivernale : pas d'expulsion avant sa fin", Some(found.due)));
        }
    } else {
        found.steps.push(step("Trêve hivernale écartée par le juge", None));
    }
    Ok(Some(found))
}

/// Deadlines of the order to leave.
pub(crate) fn terms(sheet: &mut Sheet<'_>) {
    protection(sheet);
    let course = sheet.course;
    let Some(order) = course.last(Kind::CommandementQuitter) else { return };
    let over = sheet.since(GONE, order.no);
    let received = course.next_of(&[Kind::CqlRecuPrefet], order.no);
    sheet.add(
        Spec {
            rule: "cql-prefet",
            label: "Saisir le préfet du commandement de quitter les lieux",
            from: Some(order.no),
            done: Done::Once(received),
            over,
        },
        Ok(given(
            order.on,
            "CPCE art. L. 412-5 et R. 412-2",
            "Dès le commandement, sans délai fixé : tant que le préfet n'est pas saisi, le délai avant l'expulsion est suspendu",
        )),
    );
    match quit_delay(&course, &order, sheet.law) {
        Ok(QuitDelay::Suspended) if !over => sheet.remark(
            "cql-suspendu",
            Severity::Warning,
            "Le préfet n'a pas reçu le commandement de quitter les lieux : le délai avant l'expulsion est suspendu.",
            "CPCE art. L. 412-5",
            Some(order.no),
        ),
        Ok(QuitDelay::Suspended) => {}
        Ok(QuitDelay::None(c) | QuitDelay::Ends(c)) => delay_term(sheet, &order, over, Ok(c)),
        Err(error) => delay_term(sheet, &order, over, Err(error)),
    }
    if let Some(longer) = course.next_of(&[Kind::ProrogationDurete], order.no)
        && let Some(until) = longer.date("fin")
    {
        sheet.add(
            Spec {
                rule: "prorogation-durete",
                label: "Fin de la prorogation pour dureté exceptionnelle",
                from: Some(longer.no),
                done: Done::Reached,
                over: sheet.since(GONE, longer.no),
            },
            Ok(given(until, "CPCE art. L. 412-2", "Date fixée par le juge")),
        );
    }
    if let Some(first) = first_possible_day(&course, &order, sheet.law).transpose() {
        sheet.add(
            Spec {
                rule: "expulsion-possible",
                label: "Premier jour où l'expulsion est possible",
                from: Some(order.no),
                done: Done::Reached,
                over,
            },
            first,
        );
    }
}

fn delay_term(
    sheet: &mut Sheet<'_>,
    order: &Recorded<'_>,
    over: bool,
    computed: Result<Computed, LawError>,
) {
    sheet.add(
        Spec {
            rule: "cql-delai",
            label: "Fin du délai du commandement de quitter les lieux",
            from: Some(order.no),
            done: Done::Reached,
            over,
        },
        computed,
    );
}

/// Delays of grace, protocol and truce, which protect the occupants whatever the order.
fn protection(sheet: &mut Sheet<'_>) {
    let course = sheet.course;
    if let Some((act, until)) = grace(&course) {
        let over = sheet.since(GONE, act.no);
        sheet.add(
            Spec {
                rule: "delai-grace",
                label: "Fin du délai de grâce",
                from: Some(act.no),
                done: Done::Reached,
                over,
            },
            Ok(given(until, "CPCE art. L. 412-3 et L. 412-4", "Date fixée par le juge")),
        );
    }
    if let Some(protocol) = course.last(Kind::Protocole)
        && let Some(until) = protocol.date("fin")
    {
        let ended = sheet.since(&[Kind::ProtocoleDenonce], protocol.no);
        let over = ended || sheet.since(GONE, protocol.no);
        sheet.add(
            Spec {
                rule: "protocole",
                label: "Fin du protocole de cohésion sociale",
                from: Some(protocol.no),
                done: Done::Reached,
                over,
            },
            Ok(given(until, "CCH art. L. 442-6-5", "Date fixée par le protocole")),
        );
    }
    let Some(order) = course.last(Kind::CommandementQuitter) else { return };
    let Some(truce) = sheet.law.truce(sheet.today).filter(|_| truce_applies(&course)) else {
        return;
    };
    let until = sheet.law.eviction_barred_until(sheet.today).unwrap_or(truce.period.to);
    let text = format!("Aucune expulsion jusqu'au {} inclus", long_date(until));
    let mut computed = given(until, &truce.article, &text);
    computed.verified = truce.verified;
    let over = sheet.since(GONE, order.no);
    sheet.add(
        Spec {
            rule: "treve-hivernale",
            label: "Fin de la trêve hivernale",
            from: Some(order.no),
            done: Done::Reached,
            over,
        },
        Ok(computed),
    );
}
