//! The State's indemnity on a dossier: a calculation tried by the rules on everything that
//! the dossier holds, without recording anything; and one that an act sealed, replayed.

use huis_access::{KeySource, Want, decide_rule, unlock};
use huis_dossier::{Case, Draft, Facts, Fault, Judgement};
use huis_kernel::CaseNumber;
use huis_processings::eviction::indemnity::{Replay, replay};
use huis_trace::Operation;

use crate::{Caller, Huis, Opened, UseError, caller::card_of, huis::place_of};

/// The act that seals a calculation.
pub const CALCULATION: &str = "calcul-indemnite";

/// What a calculation tried gives, or what is missing for it.
pub type Tried = Result<Replay, Vec<Fault>>;

impl Huis {
    /// Tries calculations with several settings, in one opening by declared rule and one line of
    /// trace. Only for whom may record the calculation.
    pub async fn try_indemnity(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        typed: Vec<Facts>,
    ) -> Result<Vec<Tried>, UseError> {
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let found = self.card(caller, processing, number, Operation::Compute).await?;
        if let Err(refusal) = caller.decide(register, &found, Want::Act(CALCULATION)) {
            let dossier = Some(found.dossier);
            return self.refuse(caller, processing, Operation::Compute, dossier, refusal).await;
        }
        let (card, sealed, keys) = self
            .rows_and_keys(found.office, found.dossier)
            .await?
            .filter(|(now, ..)| !now.archived)
            .ok_or(UseError::NotFound)?;
        let source = KeySource { root: &self.root, archive: None, keys: &keys };
        let good_friday = caller.good_friday.clone();
        let law = self.law();
        let rule = decide_rule(register, "indemnite", &card_of(&card));
        let pending =
            unlock(&rule, &sealed, source)?.compute(Operation::Compute, caller.now, |plain| {
                let known = plain.known();
                let place = place_of(register, &known, &good_friday);
                let acts = &plain.acts;
                let case = Case { opened_on: card.opened_on, acts, known: &known, place: &place };
                let judge = |facts: Facts| -> Result<Judgement, Vec<Fault>> {
                    let kind = CALCULATION.to_owned();
                    let draft = Draft { kind, on: caller.today, facts, corrects: None };
                    processed.rules.judge(&case, &draft, &law, caller.today)
                };
                typed.into_iter().map(judge).collect::<Vec<_>>()
            })?;
        let receipt = self.trace(pending.line().clone()).await?;
        let judged = pending.release(&receipt)?;
        judged
            .into_iter()
            .map(|one| match one {
                Err(faults) => Ok(Err(faults)),
                Ok(judged) => {
                    let done = replay(&judged.gives, &law);
                    done.map(Ok).ok_or(UseError::Internal("indemnité"))
                }
            })
            .collect()
    }

    /// The calculation that an act of an opened dossier sealed, replayed from its own facts, as far
    /// as its reader sees them (I3, I10).
    pub fn kept_indemnity(&self, opened: &Opened, no: u32) -> Option<Replay> {
        let act = opened.view.acts.iter().find(|a| a.no == no && a.kind == CALCULATION)?;
        self.replay_indemnity(act.facts.as_ref()?)
    }

    /// A calculation that an act sealed, replayed from its own facts.
    pub fn replay_indemnity(&self, facts: &Facts) -> Option<Replay> {
        replay(facts, &self.law())
    }
}
