//! Several acts of one dossier in one transaction: each is judged on the ones before it.

use huis_access::{Edits, KeySource, NewAct, Sealing, Want, Written, unlock, write};
use huis_dossier::{Act, Author, Case, Draft, Fault, Letters, Standing};
use huis_store::dossiers::CardRow;
use huis_trace::Operation;

use crate::{
    Caller, Huis, UseError,
    dossier::{next_rows, set_standing, standing},
    huis::place_of,
};

impl Huis {
    /// Records what `decide` makes of the dossier's letters, all of it or nothing; gives the
    /// numbers of the acts. `most` is how many acts there may be; `base`, the version that was read.
    pub(super) async fn record_letters(
        &self,
        caller: &Caller,
        processing: &str,
        found: &CardRow,
        most: usize,
        base: Option<u64>,
        decide: impl FnOnce(&Letters, &[Act]) -> Result<Vec<Draft>, Vec<Fault>>,
    ) -> Result<Vec<u32>, UseError> {
        let dossier = found.dossier;
        match self.record_all(caller, processing, found, most, base, decide).await {
            Ok(done) => Ok(done),
            Err(e) => Err(self.write_failed(caller, processing, Operation::Act, dossier, e).await),
        }
    }

    async fn record_all(
        &self,
        caller: &Caller,
        processing: &str,
        found: &CardRow,
        most: usize,
        base: Option<u64>,
        decide: impl FnOnce(&Letters, &[Act]) -> Result<Vec<Draft>, Vec<Fault>>,
    ) -> Result<Vec<u32>, UseError> {
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let good_friday = caller.good_friday.clone();
        let law = self.law();
        let (mut work, fresh) = self.begin_with_slots(most).await?;
        let (mut card, sealed) =
            work.dossier(found.office, found.dossier).await?.ok_or(UseError::NotFound)?;
        if base.is_some_and(|version| version != card.version) {
            return Err(UseError::Moved { version: card.version });
        }
        let holds = work.holds(found.office, found.dossier).await?;
        let proof = caller.decide(register, &card, Want::Act("courrier"))?;
        let mut keys = self.keys_of(&sealed).await?;
        keys.extend(fresh.iter().cloned());
        let source = KeySource { root: &self.root, archive: None, keys: &keys };
        let unlocked = unlock(&proof, &sealed, source)?;
        let index = self.index_key(card.office, processing, false).await?;
        let sealing = Sealing { rng: &*self.rng, index: &index, fresh };
        let mut after: Option<Standing> = None;
        let (agent, now, today) = (caller.actor.agent, caller.now, caller.today);
        let opened_on = card.opened_on;
        let written = write(&unlocked, Operation::Act, now, sealing, |plain| {
            let known = plain.known();
            let place = place_of(register, &known, &good_friday);
            let case = Case { opened_on, acts: &plain.acts, known: &known, place: &place };
            let letters = processed.rules.letters(&case, &law, today);
            let drafts = decide(&letters, &plain.acts)?;
            let mut acts = plain.acts.clone();
            let (mut new_acts, mut faults) = (Vec::new(), Vec::new());
            for draft in drafts {
                let case = Case { opened_on, acts: &acts, known: &known, place: &place };
                let judged = processed.rules.judge(&case, &draft, &law, today);
                match judged {
                    Err(more) => faults.extend(more),
                    Ok(judged) => {
                        let mut facts = judged.used.clone();
                        facts.extend(draft.facts.clone());
                        acts.push(Act {
                            no: acts.last().map_or(0, |a| a.no) + 1,
                            kind: draft.kind.clone(),
                            on: draft.on,
                            recorded: now,
                            by: Author::Agent(agent),
                            facts,
                            corrects: draft.corrects,
                            voided: false,
                        });
                        new_acts.push(NewAct {
                            draft,
                            agent: Some(agent),
                            recorded: now,
                            used: judged.used,
                            flags: judged.flags,
                        });
                    }
                }
            }
            if !faults.is_empty() {
                return Err(faults);
            }
            after = Some(standing(processed, opened_on, plain, &acts, &good_friday, &law, today));
            Ok::<_, Vec<Fault>>(Edits { sections: Vec::new(), acts: new_acts })
        })?;
        let (change, line) = match written {
            Written::Done(change, line) => (change, *line),
            Written::Refused(pending) => {
                drop(work);
                let receipt = self.trace(pending.line().clone()).await?;
                return Err(UseError::Faults(pending.release(&receipt)?));
            }
            Written::Conflict { .. } => return Err(UseError::Moved { version: card.version }),
        };
        let numbers: Vec<u32> = change.acts.iter().map(|a| a.no).collect();
        if numbers.is_empty() {
            return Ok(numbers);
        }
        let after = after.ok_or(UseError::Internal("situation"))?;
        set_standing(&mut card, &after);
        card.version += numbers.len() as u64;
        card.changed_at = now;
        let mut units = sealed.units.clone();
        for unit in &change.units {
            units.retain(|u| u.unit != unit.unit);
            units.push(unit.clone());
        }
        let next = next_rows(register, &card, &units, &holds);
        let mark = self.put(&mut work, &sealed, &card, &change, &after, &next).await?;
        work.set_card(&card);
        let mut line = line;
        let kind = change.acts.first().map_or_else(String::new, |a| a.kind.clone());
        line.detail.insert("acte".to_owned(), kind);
        let entry = self.beside(&mut work, &mut line).await?;
        work.commit().await?;
        self.follow(vec![mark], vec![(entry, line)]).await;
        Ok(numbers)
    }
}
