//! For which days the State is liable: each request from its start to its end, less the days that
//! an agreement to leave suspends.

use huis_dossier::{Flag, Severity};
use huis_kernel::{Date, Period};
use huis_law::{Law, LawError, Step, long_date, short_date};

use super::{Claim, DenouncedProtocol, EndDay, Procedure, Request, Span, end::end, start::start};
use crate::eviction::{irregular::flag, terms::step};

/// The days of liability, and how they were found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Liability {
    pub spans: Vec<Span>,
    pub open: bool,
    pub steps: Vec<Step>,
    pub remarks: Vec<Flag>,
    pub verified: bool,
}

/// The requests, with the denunciations that are worth one (CE 16 Apr. 2008 n° 300268).
fn requests(claim: &Claim) -> Vec<Request> {
    let procedure = &claim.procedure;
    let mut all = procedure.requests.clone();
    let worth = claim.settings.denounced_protocol == DenouncedProtocol::NewRequest;
    for protocol in procedure.protocols.iter().filter(|_| worth) {
        let requested = procedure.requests.iter().any(|r| r.on <= protocol.signed_on);
        if let Some(on) = protocol.denounced_on.filter(|_| requested) {
            all.push(Request { on, delay_ends: None, not_seized: false });
        }
    }
    all.retain(|r| r.on <= claim.as_of);
    all.sort_by_key(|r| r.on);
    all.dedup_by_key(|r| r.on);
    all
}

/// The liability of a claim.
pub(crate) fn liability(claim: &Claim, law: &Law) -> Result<Liability, LawError> {
    let mut out = Liability { verified: true, ..Liability::default() };
    let known = known(&claim.procedure, claim.as_of);
    // Up to when the request before this one still speaks.
    let mut busy: Option<Date> = None;
    for request in requests(claim) {
        if busy.is_some_and(|until| request.on <= until) {
            out.steps.push(step(
                format!(
                    "Demande du {} : la précédente produisait déjà ses effets",
                    short_date(request.on)
                ),
                None,
            ));
            continue;
        }
        let begun = start(&request, &known, &claim.settings, law)?;
        out.steps.extend(begun.steps);
        let Some(from) = begun.on else { continue };
        let ended = end(&request, &known, law, claim.as_of)?;
        busy = Some(ended.as_ref().map_or(claim.as_of, |e| e.on));
        if from > claim.as_of && ended.is_none() {
            out.steps.push(step(
                format!("Au {}, elle n'est pas encore engagée", long_date(claim.as_of)),
                None,
            ));
            continue;
        }
        let to = match &ended {
            None => claim.as_of,
            Some(e) if claim.settings.end_day == EndDay::NotCounted => {
                e.on.yesterday().unwrap_or(e.on)
            }
            Some(e) => e.on,
        };
        let none = to < from || ended.as_ref().is_some_and(|e| e.granted && e.on <= from);
        out.verified &= begun.verified && ended.as_ref().is_none_or(|e| e.verified);
        out.open = ended.is_none();
        match ended {
            Some(e) => out.steps.push(e.why),
            None => out.steps.push(step(
                format!("Rien n'y a mis fin : calcul arrêté au {}", long_date(claim.as_of)),
                Some(claim.as_of),
            )),
        }
        if none {
            out.steps.push(step("Aucun jour de responsabilité pour cette demande", None));
        } else {
            out.spans.push(Span { from, to });
        }
    }
    suspend(&mut out, &claim.procedure.agreements);
    remarks(claim, &mut out);
    Ok(out)
}

/// What had happened on the day of the calculation.
fn known(procedure: &Procedure, as_of: Date) -> Procedure {
    let mut known = procedure.clone();
    known.answers.retain(|a| a.on <= as_of);
    known.endings.retain(|e| e.on <= as_of);
    known.protocols.retain(|p| p.signed_on <= as_of);
    known
}

/// Takes the days of short agreements to leave out (CE 4 Feb. 2015 n° 369224).
fn suspend(out: &mut Liability, agreements: &[Period]) {
    let mut agreements = agreements.to_vec();
    agreements.sort_by_key(|p| (p.from, p.to));
    for agreement in agreements {
        let mut kept = Vec::new();
        let mut touched = false;
        for span in out.spans.drain(..) {
            if agreement.to < span.from || agreement.from > span.to {
                kept.push(span);
                continue;
            }
            touched = true;
            if let Some(to) = agreement.from.yesterday().ok().filter(|to| *to >= span.from) {
                kept.push(Span { from: span.from, to });
            }
            if let Some(from) = agreement.to.tomorrow().ok().filter(|from| *from <= span.to) {
                kept.push(Span { from, to: span.to });
            }
        }
        out.spans = kept;
        if touched {
            out.steps.push(step(
                format!(
                    "Accord de départ du {} au {} : la responsabilité est suspendue (CE, 4 févr. 2015, n° 369224)",
                    short_date(agreement.from),
                    short_date(agreement.to)
                ),
                None,
            ));
        }
    }
}

fn remarks(claim: &Claim, out: &mut Liability) {
    let procedure = &claim.procedure;
    let mut say = |code: &str, severity, message: &str, article: &str| {
        out.remarks.push(flag(code, severity, message, article, None));
    };
    if procedure.not_all_bound {
        say(
            "titre-incomplet",
            Severity::Serious,
            "Le jugement ne vise pas tous les occupants : l'expulsion n'aurait pas libéré le local, et le préjudice n'est pas certain.",
            "CE, 30 août 2006 ; CPCE, art. R. 154-2",
        );
    }
    if out.spans.is_empty() {
        say(
            "sans-responsabilite",
            Severity::Warning,
            "Aucun jour n'engage la responsabilité de l'État à la date du calcul.",
            "CPCE, art. L. 153-1 et R. 154-1",
        );
    }
    if !procedure.protocols.is_empty() {
        say(
            "protocole",
            Severity::Info,
            "Effet du protocole de cohésion sociale : la rédaction de l'article R. 154-6 n'a pas été vérifiée.",
            "CPCE, art. R. 154-6",
        );
    }
}
