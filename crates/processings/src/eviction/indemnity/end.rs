//! When the liability ends (CPCE art. R. 154-4): the help granted, or its execution when it comes
//! too late; departure, sale, death, giving up; a *protocole de cohésion sociale*.

use huis_kernel::Date;
use huis_law::{Law, LawError, Roll, long_date, short_date};

use super::{AnswerKind, EndingKind, Procedure, Request, anywhere};
use crate::eviction::terms::step;

/// What ends a liability.
#[derive(Clone, Debug)]
pub(crate) struct End {
    /// The day of the event.
    pub on: Date,
    /// The help available that day: no loss on a first day that is the last.
    pub granted: bool,
    /// In words.
    pub why: huis_law::Step,
    /// False when a fact used is not verified.
    pub verified: bool,
}

/// The first event that ends the liability of a request, as of a day; `None`: it still runs.
pub(crate) fn end(
    request: &Request,
    procedure: &Procedure,
    law: &Law,
    as_of: Date,
) -> Result<Option<End>, LawError> {
    let mut ends = Vec::new();
    if let Some(end) = grant(request, procedure, law, as_of)? {
        ends.push(end);
    }
    for e in procedure.endings.iter().filter(|e| e.on >= request.on) {
        let label = EndingKind::ALL.iter().find(|(k, ..)| *k == e.kind).map_or("", |k| k.2);
        let note = match e.kind {
            EndingKind::Reversal => {
                " : fin de la période ; le détail de l'article n'a pas été vérifié"
            }
            _ => "",
        };
        ends.push(End {
            on: e.on,
            granted: false,
            why: step(
                format!("{label}, le {}{note} (CPCE, art. R. 154-4)", long_date(e.on)),
                Some(e.on),
            ),
            verified: e.kind != EndingKind::Reversal,
        });
    }
    for p in procedure.protocols.iter().filter(|p| p.signed_on >= request.on) {
        ends.push(End {
            on: p.signed_on,
            granted: false,
            why: step(
                format!("Protocole de cohésion sociale signé le {} : la responsabilité prend fin (CE, 16 avr. 2008, n° 300268)", long_date(p.signed_on)),
                Some(p.signed_on),
            ),
            // The wording of R. 154-6 has not been read.
            verified: false,
        });
    }
    ends.retain(|e| e.on <= as_of);
    // On one day, the help granted speaks first.
    ends.sort_by_key(|e| (e.on, !e.granted));
    Ok(ends.into_iter().next())
}

/// The help granted ends the period; carried out too late, its execution does, unless the delay is
/// the owner's or is due to special circumstances (CPCE art. R. 154-4; CE 27 Nov. 2015 n° 377645).
fn grant(
    request: &Request,
    procedure: &Procedure,
    law: &Law,
    as_of: Date,
) -> Result<Option<End>, LawError> {
    let granted = procedure
        .answers
        .iter()
        .filter(|a| a.on >= request.on && a.on <= as_of)
        .filter_map(|a| match a.kind {
            AnswerKind::Granted { effective } => Some((a.on, effective.max(a.on))),
            AnswerKind::Refused { .. } => None,
        })
        .min();
    let Some((decided, effective)) = granted else { return Ok(None) };
    let limit =
        law.after(effective, "expulsion.cfp-execution", decided, &anywhere(), Roll::None)?;
    let executed = procedure
        .endings
        .iter()
        .filter(|e| e.kind == EndingKind::Eviction && e.on >= effective && e.on <= as_of)
        .map(|e| e.on)
        .min();
    let late = executed.unwrap_or(as_of) > limit.due;
    let until = short_date(limit.due);
    let text = match (late, executed) {
        (true, _) if procedure.late_excused => format!(
            "Concours accordé à compter du {} ; exécution au-delà du {until} imputable au bénéficiaire ou à des circonstances particulières : la période s'arrête à l'octroi (CPCE, art. R. 154-4)",
            long_date(effective)
        ),
        // The execution, or the day of the calculation, ends the period.
        (true, _) => return Ok(None),
        (false, Some(day)) => format!(
            "Concours accordé à compter du {}, exécuté le {}, au plus tard le {until} : la période s'arrête à l'octroi (CPCE, art. R. 154-4)",
            long_date(effective),
            short_date(day)
        ),
        (false, None) => format!(
            "Concours accordé à compter du {} : la période s'arrête à l'octroi s'il est exécuté au plus tard le {until} (CPCE, art. R. 154-4)",
            long_date(effective)
        ),
    };
    Ok(Some(End {
        on: effective,
        granted: true,
        why: step(text, Some(effective)),
        verified: limit.verified,
    }))
}
