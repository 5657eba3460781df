use huis_access::{Foreseen, KeySource, Want, unlock};
use huis_dossier::Case;
use huis_kernel::CaseNumber;
use huis_register::Power;
use huis_trace::Operation;

use crate::{
    ActCommand, Caller, Huis, UseError,
    dossier::{
        act::{followed_by, may_correct, own_part},
        standing,
    },
    huis::place_of,
};

impl Huis {
    /// What recording this act would do: its remarks, the deadlines that it would set or move, the
    /// stage that would follow. The same judgement as [`Huis::record_act`], and nothing is written;
    /// traced as a reading. A profile that is not told where the procedure stands gets the
    /// judgement alone: `None`, or the faults. `sections` are those that the act brings.
    pub async fn preview_act(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        command: &ActCommand,
        sections: &[&str],
    ) -> Result<Option<Foreseen>, UseError> {
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let draft = &command.draft;
        let found = self.card(caller, processing, number, Operation::Act).await?;
        let proof = match caller.decide(register, &found, Want::Act(&draft.kind)) {
            Ok(proof) => proof,
            Err(refusal) => {
                let dossier = Some(found.dossier);
                return self.refuse(caller, processing, Operation::Act, dossier, refusal).await;
            }
        };
        let told = proof.can(Power::Lists) || proof.can(Power::Archive);
        let (card, sealed, keys) = self
            .rows_and_keys(found.office, found.dossier)
            .await?
            .filter(|(now, ..)| now.archived == found.archived)
            .ok_or(UseError::NotFound)?;
        if !may_correct(&proof, draft, &sealed, caller.actor.agent) {
            let (operation, dossier) = (Operation::Act, card.dossier);
            let error = UseError::NotFound;
            return Err(self.write_failed(caller, processing, operation, dossier, error).await);
        }
        // Who reads nothing has nothing that can have moved.
        if told && card.version != command.base_version {
            return Err(UseError::Moved { version: card.version });
        }
        let archive = self.archive_of(caller.actor.session);
        let source = KeySource { root: &self.root, archive: archive.as_ref(), keys: &keys };
        let good_friday = caller.good_friday.clone();
        let (law, today, opened_on) = (self.law(), caller.today, card.opened_on);
        let foreseen = unlock(&proof, &sealed, source).and_then(|unlocked| {
            unlocked.foresee(caller.now, &draft.kind, |plain| {
                let known = plain.known();
                let place = place_of(register, &known, &good_friday);
                let case = Case { opened_on, acts: &plain.acts, known: &known, place: &place };
                for section in sections {
                    let may = processed.rules.may_write(&case, section, &law, today);
                    may.map_err(|fault| vec![fault])?;
                }
                let judged =
                    processed.rules.judge(&case, &own_part(register, draft), &law, today)?;
                let agent = caller.actor.agent;
                let acts = followed_by(&plain.acts, draft, &judged.used, agent, caller.now);
                let on = |acts: &[huis_dossier::Act]| {
                    standing(processed, opened_on, plain, acts, &good_friday, &law, today)
                };
                Ok(Foreseen { flags: judged.flags, before: on(&plain.acts), after: on(&acts) })
            })
        });
        let pending = match foreseen.map_err(UseError::from) {
            Ok(pending) => pending,
            Err(error) => {
                let (operation, dossier) = (Operation::Act, card.dossier);
                return Err(self.write_failed(caller, processing, operation, dossier, error).await);
            }
        };
        let receipt = self.trace(pending.line().clone()).await?;
        let foreseen = pending.release(&receipt)?.map_err(UseError::Faults)?;
        Ok(told.then_some(foreseen))
    }
}
