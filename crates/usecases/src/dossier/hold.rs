use huis_access::Want;
use huis_kernel::{CaseNumber, Date, Delay};
use huis_register::Power;
use huis_store::lifecycle::HoldRow;
use huis_trace::{Dossiers, Operation};

use crate::{
    Caller, Huis, UseError,
    dossier::{Checked, next_rows},
};

/// A hold to place on a dossier's life cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldCommand {
    /// Reason, of the closed list below.
    pub reason: String,
    /// Last day.
    pub until: Date,
}

/// The grounds on which a dossier may be held past its term: none without an end.
pub const GROUNDS: [(&str, &str); 3] = [
    ("contentieux", "Contentieux indemnitaire en cours"),
    ("demande-de-droits", "Demande d’exercice de droits en cours"),
    ("controle", "Contrôle d’une autorité"),
];

/// The longest hold. It can be placed again, each time with its reason: our choice, no text
/// gives a figure.
const LONGEST: Delay = Delay { months: 24, days: 0 };

impl Huis {
    /// Places a hold, with its reason and its end.
    pub async fn place_hold(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        command: HoldCommand,
    ) -> Result<(), UseError> {
        let mut wrong = Vec::new();
        if !GROUNDS.iter().any(|(code, _)| *code == command.reason) {
            wrong.push("Choisissez le motif du gel.".to_owned());
        }
        let longest = LONGEST.after(caller.today);
        if command.until <= caller.today || command.until > longest {
            wrong.push(format!(
                "La fin du gel doit être à venir, et au plus tard le {} : un gel a toujours une fin.",
                huis_law::short_date(longest)
            ));
        }
        if !wrong.is_empty() {
            return Err(UseError::Invalid(wrong));
        }
        let hold = HoldRow {
            hold: self.id16(),
            reason: command.reason,
            from: caller.today,
            until: command.until,
            ceiling: Some(command.until),
            by: caller.actor.agent,
            lifted: false,
        };
        self.change_holds(caller, processing, number, Operation::Hold, Some(hold), None).await
    }

    /// The holds on a dossier, for whoever places and lifts them without reading it.
    pub async fn holds(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
    ) -> Result<Vec<HoldRow>, UseError> {
        let register = &self.processed(processing)?.register;
        let found = self.card(caller, processing, number, Operation::Hold).await?;
        if let Err(refusal) = caller.decide(register, &found, Want::Power(Power::Hold)) {
            let id = Some(found.dossier);
            return self.refuse(caller, processing, Operation::Hold, id, refusal).await;
        }
        Ok(self.store.holds(found.office, found.dossier).await?)
    }

    /// Lifts a hold.
    pub async fn lift_hold(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        hold: [u8; 16],
    ) -> Result<(), UseError> {
        self.change_holds(caller, processing, number, Operation::HoldLifted, None, Some(hold)).await
    }

    async fn change_holds(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        operation: Operation,
        place: Option<HoldRow>,
        lift: Option<[u8; 16]>,
    ) -> Result<(), UseError> {
        let register = &self.processed(processing)?.register;
        let found = self.card(caller, processing, number, operation).await?;
        let want = Want::Power(Power::Hold);
        if let Err(refusal) = caller.decide(register, &found, want) {
            return self.refuse(caller, processing, operation, Some(found.dossier), refusal).await;
        }
        let mut work = self.store.begin().await?;
        let held = self.checked(&mut work, found.office, found.dossier).await;
        let Checked { mut card, sealed, mut holds, .. } = match held {
            Ok(held) => held.ok_or(UseError::NotFound)?,
            Err(error) => {
                drop(work);
                let dossier = found.dossier;
                return Err(self.write_failed(caller, processing, operation, dossier, error).await);
            }
        };
        if let Some(hold) = place {
            work.add_hold(card.office, card.dossier, &hold, caller.now).await?;
            holds.push(hold);
        }
        if let Some(id) = lift {
            let (agent, now) = (caller.actor.agent, caller.now);
            if !work.lift_hold(card.office, card.dossier, id, agent, now).await? {
                return Err(UseError::NotFound);
            }
            holds.retain(|h| h.hold != id);
        }
        let next = next_rows(register, &card, &sealed.units, &holds);
        work.set_next(card.office, card.dossier, &next).await?;
        card.changed_at = caller.now;
        work.set_card(&card);
        let mut line = self.line(caller, processing, operation);
        line.dossiers = Dossiers::one(card.dossier);
        let entry = self.beside(&mut work, &mut line).await?;
        work.commit().await?;
        self.follow(Vec::new(), vec![(entry, line)]).await;
        Ok(())
    }
}
