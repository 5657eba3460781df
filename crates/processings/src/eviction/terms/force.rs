//! The request for the police's help (*concours de la force publique*): silence, decision,
//! execution.

use huis_dossier::Severity;
use huis_kernel::Date;
use huis_law::{Computed, Law, LawError, Roll, long_date, short_date};

use super::{Done, Sheet, Spec, given, quit, step};
use crate::eviction::{
    course::{Course, Recorded},
    kinds::Kind,
};

const GONE: &[Kind] = &[Kind::Expulsion, Kind::DepartConstate];

/// When silence becomes a refusal: two months after the request (CPCE art. R. 153-1), with no
/// extension to a working day. A request made before the end of the order's delay, and not
/// expressly rejected, is deemed made at that end (CE 18 déc. 2013 n° 363126). `None` while that
/// delay does not run.
pub(crate) fn silence(
    course: &Course<'_>,
    request: &Recorded<'_>,
    law: &Law,
) -> Result<Option<Computed>, LawError> {
    const ID: &str = "expulsion.cfp-silence";
    let mut from = request.on;
    let mut steps = Vec::new();
    if let Some(order) = course
        .acts()
        .iter()
        .rev()
        .find(|a| a.kind == Kind::CommandementQuitter && a.no < request.no)
    {
        let delay = quit::quit_delay(course, order, law)?;
        let Some(end) = delay.end() else { return Ok(None) };
        if end.due > request.on {
            from = end.due;
            let text = format!(
                "Demande du {}, reçue avant la fin du délai du commandement de quitter les lieux : le préfet est réputé saisi à cette fin (CE, 18 déc. 2013, n° 363126)",
                long_date(request.on)
            );
            steps.push(step(text, Some(from)));
        }
    }
    // A protocol denounced after the request is a new one (CE 16 avr. 2008 n° 300268).
    if let Some(end) = course.next_of(&[Kind::ProtocoleDenonce], request.no).filter(|d| d.on > from)
    {
        from = end.on;
        steps.push(step(
            "Dénonciation du protocole, qui vaut nouvelle réquisition (CE, 16 avr. 2008, n° 300268)",
            Some(from),
        ));
    }
    let mut computed = law.after(from, ID, request.on, course.place, Roll::None)?;
    computed.steps.splice(0..0, steps);
    Ok(Some(computed))
}

/// The date of the refusal of a request, explicit or by silence, as of a day. A rejection as
/// premature is no refusal that binds the State: a new request is needed (CE 18 déc. 2013
/// n° 363126).
pub(crate) fn refusal(
    course: &Course<'_>,
    request: &Recorded<'_>,
    law: &Law,
    day: Date,
) -> Result<Option<Date>, LawError> {
    let decision = course.next_of(&[Kind::CfpAccorde, Kind::CfpRefuse], request.no);
    let implicit = silence(course, request, law)?
        .map(|c| c.due)
        .filter(|due| *due < day && decision.is_none_or(|d| d.on > *due));
    let explicit = decision
        .filter(|d| d.kind == Kind::CfpRefuse && d.code("motif") != Some("prematuree"))
        .map(|d| d.on)
        .filter(|on| *on <= day);
    Ok(match (implicit, explicit) {
        (Some(i), Some(e)) => Some(i.min(e)),
        (i, e) => i.or(e),
    })
}

/// Deadlines of the request.
pub(crate) fn terms(sheet: &mut Sheet<'_>) {
    let course = sheet.course;
    let Some(request) = course.last(Kind::DemandeCfp) else { return };
    let decision = course.next_of(&[Kind::CfpAccorde, Kind::CfpRefuse], request.no);
    let over = sheet.since(GONE, request.no);
    let computed = silence(&course, &request, sheet.law).transpose();
    let due = computed.as_ref().and_then(|c| c.as_ref().ok()).map(|c| c.due);
    if let Some(computed) = computed {
        sheet.add(
            Spec {
                rule: "cfp-silence",
                label: "Décider sur le concours de la force publique (le silence vaut refus)",
                from: Some(request.no),
                done: Done::By(decision),
                over,
            },
            computed,
        );
    } else if !over && decision.is_none() {
        sheet.remark(
            "cfp-sans-saisine-cql",
            Severity::Warning,
            "Le préfet n'a pas reçu le commandement de quitter les lieux : le délai de la demande de concours ne court pas.",
            "CPCE art. L. 412-5 et R. 153-1",
            Some(request.no),
        );
    }
    if let Some(due) = due.filter(|due| *due < sheet.today && decision.is_none() && !over) {
        let message = format!(
            "Le silence gardé jusqu'au {} vaut refus : la responsabilité de l'État peut être engagée.",
            short_date(due)
        );
        sheet.remark(
            "cfp-refus-implicite",
            Severity::Serious,
            message,
            "CPCE art. R. 153-1",
            Some(request.no),
        );
    }
    report(sheet, &request, due, over || decision.is_some());
    execution(sheet, &request);
}

/// The report that the prefect asked the police for: no text dates it, the decision does.
fn report(sheet: &mut Sheet<'_>, request: &Recorded<'_>, due: Option<Date>, over: bool) {
    let course = sheet.course;
    let asked = course.last(Kind::RapportPoliceDemande).filter(|a| a.no > request.no);
    let Some(asked) = asked else { return };
    let done = course.next_of(&[Kind::DeposerRapport], asked.no);
    let due = due.unwrap_or(asked.on).max(asked.on);
    sheet.add(
        Spec {
            rule: "rapport-police",
            label: "Rapport de police attendu",
            from: Some(asked.no),
            done: Done::Once(done),
            over,
        },
        Ok(given(
            due,
            "X-08 ; CPCE art. R. 153-1",
            "Aucun texte ne fixe de délai : le rapport est utile avant que le silence vaille refus",
        )),
    );
}

/// A grant that is not carried out in time leaves the State liable until it is (CPCE art. R. 154-4;
/// CE 27 nov. 2015 n° 377645).
fn execution(sheet: &mut Sheet<'_>, request: &Recorded<'_>) {
    let course = sheet.course;
    let granted =
        course.acts().iter().rev().find(|a| a.kind == Kind::CfpAccorde && a.no > request.no);
    let Some(granted) = granted.copied() else { return };
    let from = granted.date("effet_le").unwrap_or(granted.on).max(granted.on);
    let done = course.next_of(GONE, granted.no);
    let computed =
        sheet.law.after(from, "expulsion.cfp-execution", granted.on, course.place, Roll::None);
    sheet.add(
        Spec {
            rule: "cfp-execution",
            label: "Exécuter l'expulsion pour laquelle le concours est accordé",
            from: Some(granted.no),
            done: Done::By(done),
            over: false,
        },
        computed,
    );
}
