use huis_access::{DossierView, KeySource, Want, unlock};
use huis_dossier::{Case, Offer, Standing};
use huis_kernel::{AgentId, CaseNumber};
use huis_register::Power;
use huis_store::{dossiers::CardRow, lifecycle::HoldRow};
use huis_trace::Operation;
use std::collections::{BTreeMap, BTreeSet};

use crate::{Caller, Huis, UseError, dossier::standing, huis::place_of};

/// For what a dossier is opened: it is written in the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// On a screen.
    Screen,
    /// To be printed.
    Print,
    /// To be taken away as a file.
    Export,
}

/// What the caller may do with the dossier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Kinds of act they may record.
    pub acts: BTreeSet<String>,
    /// Sections they may write.
    pub writes: BTreeSet<String>,
    /// Powers they have on it.
    pub powers: BTreeSet<Power>,
}

/// A dossier as the caller may see it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The card.
    pub card: CardRow,
    /// Sections and acts, reduced.
    pub view: DossierView,
    /// Where it stands: emptied for a profile without lists (police, partners).
    pub standing: Standing,
    /// Which acts may come: those the caller may record.
    pub offers: Vec<Offer>,
    /// What else the caller may do.
    pub may: Capabilities,
    /// Holds on its life cycle.
    pub holds: Vec<HoldRow>,
    /// When each retention unit takes its next step: (unit, date, step).
    pub next: Vec<(String, huis_kernel::Date, String)>,
    /// Names of the agents who acted.
    pub agents: BTreeMap<AgentId, String>,
    /// The territory's name.
    pub territory: String,
}

impl Huis {
    /// Opens a dossier.
    pub async fn open_dossier(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        reading: Reading,
    ) -> Result<Opened, UseError> {
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let asked = match reading {
            Reading::Screen => Operation::Read,
            Reading::Print => Operation::Print,
            Reading::Export => Operation::Export,
        };
        let found = self.card(caller, processing, number, asked).await?;
        let operation = match (reading, found.archived) {
            (Reading::Print, _) => Operation::Print,
            (Reading::Export, _) => Operation::Export,
            (Reading::Screen, true) => Operation::ArchiveRead,
            (Reading::Screen, false) => Operation::Read,
        };
        let proof = match caller.decide(register, &found, Want::Read) {
            Ok(proof) => proof,
            Err(refusal) => {
                return self
                    .refuse(caller, processing, operation, Some(found.dossier), refusal)
                    .await;
            }
        };
        let (mut card, sealed, keys) = self
            .rows_and_keys(found.office, found.dossier)
            .await?
            .filter(|(now, ..)| now.archived == found.archived)
            .ok_or(UseError::NotFound)?;
        let archive = self.archive_of(caller.actor.session);
        let source = KeySource { root: &self.root, archive: archive.as_ref(), keys: &keys };
        let good_friday = caller.good_friday.clone();
        let law = self.law();
        let pending = match unlock(&proof, &sealed, source).and_then(|unlocked| {
            unlocked.view(&super::super::caller::card_of(&card), operation, caller.now, |plain| {
                let known = plain.known();
                let place = place_of(register, &known, &good_friday);
                let case = Case {
                    opened_on: card.opened_on,
                    acts: &plain.acts,
                    known: &known,
                    place: &place,
                };
                let standing = standing(
                    processed,
                    card.opened_on,
                    plain,
                    &plain.acts,
                    &good_friday,
                    &law,
                    caller.today,
                );
                (standing, processed.rules.offers(&case, &law, caller.today))
            })
        }) {
            Ok(pending) => pending,
            // What does not open (the archive is shut, a key is gone, something was altered) leaves
            // the trace that a number without a dossier leaves (I13).
            Err(error) => {
                let (dossier, error) = (card.dossier, UseError::from(error));
                return Err(self.write_failed(caller, processing, operation, dossier, error).await);
            }
        };
        self.mark_again(&sealed, &keys).await;
        // The commit of the trace is waited for together with what else the page needs.
        let (receipt, holds, territories) = tokio::join!(
            self.trace(pending.line().clone()),
            self.store.holds(card.office, card.dossier),
            self.store.territories(card.office),
        );
        let (mut holds, territories) = (holds?, territories?);
        let (mut view, (mut standing, mut offers)) = pending.release(&receipt?)?;
        offers.retain(|o| proof.may_act(&o.kind) && !card.archived || reopening(&o.kind, &card));
        offers.retain(|o| proof.may_act(&o.kind));
        for offer in &mut offers {
            // A value known from a section is shown to who may read the act that holds it.
            if !proof.sees_act(&offer.kind) {
                offer.prefill.clear();
            }
        }
        if !proof.can(Power::Lists) {
            // number, date, occupants, premises; not where the procedure stands.
            standing.terms.clear();
            standing.flags.clear();
            standing.step_label.clear();
            if !proof.can(Power::Archive) {
                for text in
                    [&mut standing.stage, &mut standing.step, &mut card.stage, &mut card.step]
                {
                    text.clear();
                }
                (standing.reopened, standing.closed_on) = (0, None);
                (card.reopened, card.severity) = (0, 0);
            }
            // Kind and date of an act tell the stage as well.
            view.acts.retain(|act| act.facts.is_some());
        }
        let life = proof.can(Power::Lists) || proof.can(Power::Archive);
        let next = super::next_rows(register, &card, &sealed.units, &holds)
            .into_iter()
            .filter(|_| life)
            .map(|n| (n.unit, n.on, n.step))
            .collect();
        if !life {
            holds.clear();
        }
        let writers = view.sections.iter().filter_map(|s| Some(s.written?.agent));
        let authors: BTreeSet<AgentId> =
            view.acts.iter().filter_map(|a| a.agent).chain(writers).collect();
        let agents = self.names_of(&authors).await?;
        let named = territories.into_iter().find(|(code, _)| *code == card.territory);
        let territory = match named {
            Some((_, name)) => name,
            None if card.territory.is_empty() => crate::lists::NOWHERE.to_owned(),
            None => card.territory.clone(),
        };
        let may = Capabilities {
            acts: register
                .acts
                .iter()
                .filter(|a| proof.may_act(&a.id))
                .map(|a| a.id.clone())
                .collect(),
            writes: register
                .sections
                .iter()
                .filter(|s| proof.may_write(&s.id) && !card.archived)
                .map(|s| s.id.clone())
                .collect(),
            powers: [
                Power::Archive,
                Power::Reopen,
                Power::Hold,
                Power::Restrict,
                Power::Void,
                Power::Traces,
                Power::Lists,
                Power::Search,
                Power::Mandate,
                Power::Copy,
            ]
            .into_iter()
            .filter(|p| proof.can(*p))
            .collect(),
        };
        Ok(Opened { card, view, standing, offers, may, holds, next, agents, territory })
    }

    /// The revision of a dossier: all that a live update says. No personal datum, no trace line.
    pub async fn revision(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
    ) -> Result<u64, UseError> {
        let register = &self.processed(processing)?.register;
        let card = self.card(caller, processing, number, Operation::Read).await?;
        if let Err(refusal) = caller.decide(register, &card, Want::Read) {
            let dossier = Some(card.dossier);
            return self.refuse(caller, processing, Operation::Read, dossier, refusal).await;
        }
        // with the archive shut, a number of the archive is one that nobody has.
        if card.archived && self.archive_of(caller.actor.session).is_none() {
            let (dossier, shut) = (card.dossier, UseError::ArchiveLocked);
            let operation = Operation::ArchiveRead;
            return Err(self.write_failed(caller, processing, operation, dossier, shut).await);
        }
        Ok(card.revision)
    }

    /// The names of agents, for « par qui ».
    pub(crate) async fn names_of(
        &self,
        agents: &BTreeSet<AgentId>,
    ) -> Result<BTreeMap<AgentId, String>, UseError> {
        Ok(self.store.agent_names(agents).await?)
    }
}

/// Is it one of the acts that an archived dossier may still receive?
fn reopening(kind: &str, card: &CardRow) -> bool {
    card.archived && kind == "reouverture"
}
