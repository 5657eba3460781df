//! One dossier: open it, record an act, write a section, create, void, hold, reopen.

mod act;
mod create;
mod deposit;
mod digest;
mod hold;
mod indemnity;
mod preview;
mod read;
mod section;

pub use act::{ActCommand, ActRecorded};
pub use create::{Created, NewCase};
pub(crate) use create::{Founding, Told};
pub use deposit::{first_sections, referent, unit_of};
pub(crate) use digest::{Checked, Mark};
pub use hold::{GROUNDS as HOLD_GROUNDS, HoldCommand};
pub use huis_access::Foreseen;
pub use indemnity::{CALCULATION, Tried};
pub use read::{Capabilities, Opened, Reading};
pub use section::SectionCommand;

use huis_access::{Plain, Refusal, SealedChange};
use huis_dossier::{Act, Case, Hold, LifeFacts, Next, Standing, Step, TermState, UnitStage, plan};
use huis_kernel::{CaseNumber, Date, DossierId};
use huis_law::Law;
use huis_register::Register;
use huis_store::{
    Work,
    dossiers::CardRow,
    lifecycle::HoldRow,
    work::{NextRow, TermRow},
};
use huis_trace::{Dossiers, Operation, Outcome};
use huis_vault::{SealedAct, SealedDossier, SealedUnit, UnitState};

use crate::{Caller, Huis, Processed, UseError, huis::place_of};

/// The setting that lists the communes where Good Friday is a holiday.
pub(crate) const GOOD_FRIDAY: &str = "feries.vendredi_saint";

impl Huis {
    /// The card of a number that the caller may know of: any other is answered as if it did not
    /// exist (I13).
    pub(crate) async fn card(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        operation: Operation,
    ) -> Result<CardRow, UseError> {
        let found = self.store.card_by_number(caller.office.office, processing, number).await?;
        match found {
            Some(card) => Ok(card),
            // I13: a number that does not exist costs, traces and answers as one that is hidden;
            // and whoever tries numbers one after the other is seen doing it.
            None => self.refuse(caller, processing, operation, None, Refusal::OutOfPerimeter).await,
        }
    }

    /// What a write that failed leaves in the trace: a refusal by its code; an alert when what is
    /// stored was altered. Gives the error back.
    pub(crate) async fn write_failed(
        &self,
        caller: &Caller,
        processing: &str,
        operation: Operation,
        dossier: DossierId,
        error: UseError,
    ) -> UseError {
        let code = match &error {
            UseError::Broken => {
                return match self.raise_broken(caller, processing, dossier).await {
                    Ok(()) => error,
                    Err(other) => other,
                };
            }
            UseError::Moved { .. } | UseError::Conflict { .. } => "modifie-entre-temps",
            UseError::Refused(_) => "hors-profil",
            UseError::Invalid(_) => "hors-registre",
            UseError::NotFound => "introuvable",
            UseError::ArchiveLocked => "archive-fermee",
            // Faults were traced with their receipt; the store's own failures are in the log.
            _ => return error,
        };
        let mut line = self.line(caller, processing, operation);
        line.dossiers = Dossiers::one(dossier);
        line.outcome = Outcome::Refused { rule: code.to_owned() };
        match self.trace(line).await {
            Ok(_) => error,
            Err(other) => other,
        }
    }
}

/// What a rule says of a dossier on a day.
pub(crate) fn standing(
    processed: &Processed,
    opened_on: Date,
    plain: &Plain,
    acts: &[Act],
    good_friday: &str,
    law: &Law,
    today: Date,
) -> Standing {
    let known = plain.known();
    let place = place_of(&processed.register, &known, good_friday);
    let case = Case { opened_on, acts, known: &known, place: &place };
    processed.rules.standing(&case, law, today)
}

/// Puts on the card what stands in the clear of a standing.
pub(crate) fn set_standing(card: &mut CardRow, standing: &Standing) {
    card.stage.clone_from(&standing.stage);
    card.step.clone_from(&standing.step);
    card.closed_on = standing.closed_on;
    card.reopened = standing.reopened;
    card.severity = standing
        .flags
        .iter()
        .map(|f| match f.severity {
            huis_dossier::Severity::Info => 1,
            huis_dossier::Severity::Warning => 2,
            huis_dossier::Severity::Serious => 3,
        })
        .max()
        .unwrap_or(0);
}

pub(crate) fn term_rows(standing: &Standing) -> Vec<TermRow> {
    standing
        .terms
        .iter()
        .map(|t| TermRow {
            rule: t.rule.clone(),
            due: t.by(),
            action: t.action,
            state: match t.state {
                TermState::Running => "running",
                TermState::Met => "met",
                TermState::Late => "late",
                TermState::Dropped => "dropped",
            }
            .to_owned(),
            act: t.act,
        })
        .collect()
}

/// The next step of each unit still alive (I6).
pub(crate) fn next_rows(
    register: &Register,
    card: &CardRow,
    units: &[SealedUnit],
    holds: &[HoldRow],
) -> Vec<NextRow> {
    let life = LifeFacts {
        opened_on: card.opened_on,
        closed_on: card.closed_on,
        holds: holds
            .iter()
            .filter(|h| !h.lifted)
            .map(|h| Hold { reason: h.reason.clone(), until: h.until, ceiling: h.ceiling })
            .collect(),
    };
    let stages = units
        .iter()
        .map(|u| {
            let stage = match u.state {
                UnitState::Active => UnitStage::Active,
                UnitState::Archived => UnitStage::Archived,
            };
            (u.unit.clone(), stage)
        })
        .collect();
    plan(register, &life, &stages)
        .into_iter()
        .filter(|(unit, _)| units.iter().any(|u| u.unit == *unit))
        .filter_map(|(unit, next)| match next {
            Next::At { on, step, .. } => {
                let step = match step {
                    Step::Archive => "archive",
                    Step::Destroy => "destroy",
                };
                Some(NextRow { unit, on, step: step.to_owned() })
            }
            Next::Await { alert_on, .. } => {
                Some(NextRow { unit, on: alert_on, step: "alert".to_owned() })
            }
            Next::Gone => None,
        })
        .collect()
}

impl Huis {
    /// Writes a sealed change with its digest, deadlines and next steps, in the caller's
    /// transaction; `before` is the dossier that was opened. The mark is for after the commit.
    pub(crate) async fn put(
        &self,
        work: &mut Work,
        before: &SealedDossier,
        card: &CardRow,
        change: &SealedChange,
        standing: &Standing,
        next: &[NextRow],
    ) -> Result<Mark, UseError> {
        let (office, dossier) = (card.office, card.dossier);
        work.put_units(office, dossier, &change.units).await?;
        work.put_sections(office, dossier, &change.sections).await?;
        work.add_acts(office, dossier, &change.acts).await?;
        work.set_terms(office, dossier, &term_rows(standing)).await?;
        work.set_next(office, dossier, next).await?;
        if let Some(tokens) = &change.tokens {
            let tokens: Vec<_> = tokens.iter().cloned().collect();
            work.set_tokens(office, dossier, &tokens, false).await?;
        }
        Ok(self.seal_digest(work, card, changed(before, &change.units, &change.acts)))
    }
}

/// A dossier once these units and acts are written.
pub(crate) fn changed(
    before: &SealedDossier,
    units: &[SealedUnit],
    acts: &[SealedAct],
) -> SealedDossier {
    let mut after = before.clone();
    for unit in units {
        after.units.retain(|u| u.unit != unit.unit);
        after.units.push(unit.clone());
    }
    after.acts.extend(acts.iter().cloned());
    after
}
