use huis_access::{
    Edits, KeySource, NewAct, Proof, Refusal, Sealing, Want, Written, decide_rule, unlock, write,
};
use huis_dossier::{Act, Author, Case, Draft, Facts, Fault, Flag, Standing};
use huis_kernel::{AgentId, CaseNumber, Instant};
use huis_register::Register;
use huis_store::dossiers::CardRow;
use huis_trace::Operation;
use huis_vault::{SealedDossier, UnitState};

use crate::{
    Caller, Huis, UseError,
    caller::card_of,
    dossier::{SectionCommand, next_rows, set_standing, standing},
    huis::place_of,
    imports::Stamp,
};

/// An act to record.
#[derive(Clone, Debug, PartialEq)]
pub struct ActCommand {
    /// The act.
    pub draft: Draft,
    /// The dossier's version that the writer had before them.
    pub base_version: u64,
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct ActRecorded {
    /// Number of the act.
    pub no: u32,
    /// What is irregular all the same.
    pub flags: Vec<Flag>,
    /// The dossier was closed by it, and is now in the archive.
    pub archived: bool,
}

/// What the rules judge of a draft: the act itself. What it proposes for a section binds nobody yet
///
pub(super) fn own_part(register: &Register, draft: &Draft) -> Draft {
    let mut own = draft.clone();
    if let Some(kind) = register.act(&draft.kind) {
        own.facts.retain(|field, _| register.proposed(kind, field).is_none());
    }
    own
}

/// Who files without reading corrects what they filed themselves, and nothing else.
pub(super) fn may_correct(
    proof: &Proof<'_>,
    draft: &Draft,
    sealed: &SealedDossier,
    agent: AgentId,
) -> bool {
    let own = |no| sealed.acts.iter().any(|a| a.no == no && a.agent == Some(agent));
    draft.corrects.is_none_or(|no| proof.sees_act(&draft.kind) || own(no))
}

/// The acts of a dossier with one more at their end, as the rules will read it.
pub(super) fn followed_by(
    acts: &[Act],
    draft: &Draft,
    used: &Facts,
    agent: AgentId,
    now: Instant,
) -> Vec<Act> {
    let mut acts = acts.to_vec();
    let mut facts = used.clone();
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
    acts
}

impl Huis {
    /// Records an act: the rules judge it on everything the dossier holds, then it is sealed,
    /// with the card, the deadlines and the trace, in one transaction.
    pub async fn record_act(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        command: ActCommand,
    ) -> Result<ActRecorded, UseError> {
        self.record_act_with(caller, processing, number, command, Vec::new()).await
    }

    /// Records an act together with the sections that it brings (a police report and its deposit,
    /// both or neither. Each section must be within the profile's reach.
    pub async fn record_act_with(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        command: ActCommand,
        sections: Vec<SectionCommand>,
    ) -> Result<ActRecorded, UseError> {
        let found = self.card(caller, processing, number, Operation::Act).await?;
        self.record_on(caller, processing, found, command, sections, None).await
    }

    /// Records an act on a dossier that was found; one that comes from a file leaves its mark in
    /// the same transaction.
    pub(crate) async fn record_on(
        &self,
        caller: &Caller,
        processing: &str,
        found: CardRow,
        command: ActCommand,
        sections: Vec<SectionCommand>,
        stamp: Option<&Stamp>,
    ) -> Result<ActRecorded, UseError> {
        let register = &self.processed(processing)?.register;
        let dossier = found.dossier;
        if let Err(refusal) = caller.decide(register, &found, Want::Act(&command.draft.kind)) {
            return self.refuse(caller, processing, Operation::Act, Some(dossier), refusal).await;
        }
        match self.record_found(caller, processing, found, command, sections, stamp).await {
            Ok(done) => Ok(done),
            Err(e) => Err(self.write_failed(caller, processing, Operation::Act, dossier, e).await),
        }
    }

    async fn record_found(
        &self,
        caller: &Caller,
        processing: &str,
        found: CardRow,
        command: ActCommand,
        sections: Vec<SectionCommand>,
        stamp: Option<&Stamp>,
    ) -> Result<ActRecorded, UseError> {
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let kind = command.draft.kind.clone();
        let want = Want::Act(&kind);
        let good_friday = caller.good_friday.clone();
        let law = self.law();
        let (mut work, fresh) = self.begin_with_slots(1).await?;
        let (mut card, mut sealed) =
            work.dossier(found.office, found.dossier).await?.ok_or(UseError::NotFound)?;
        // Decided again on the card that is now held: it may have been archived or moved.
        let holds = work.holds(found.office, found.dossier).await?;
        let proof = caller.decide(register, &card, want)?;
        if !may_correct(&proof, &command.draft, &sealed, caller.actor.agent) {
            return Err(UseError::NotFound);
        }
        if card.version != command.base_version {
            return Err(UseError::Moved { version: card.version });
        }
        let mut keys = self.keys_of(&sealed).await?;
        keys.extend(fresh.iter().cloned());
        let archive = self.archive_of(caller.actor.session);
        let was_archived = card.archived;
        if was_archived {
            // Only a reopening reaches here: the rules refuse anything else on a closed file. Its
            // units come back under the root key, and the archive's clock stops.
            let archive = archive.as_ref().ok_or(UseError::ArchiveLocked)?;
            self.root.check(&sealed, &keys).map_err(|_| UseError::Broken)?;
            let mut moved = Vec::new();
            for unit in &mut sealed.units {
                let blob = keys.get(&unit.slot).ok_or(UseError::NotFound)?;
                let key = self
                    .root
                    .unwrap(unit.slot, blob, Some(archive))
                    .map_err(|_| UseError::ArchiveLocked)?;
                moved.push((unit.slot, self.root.wrap(unit.slot, &key, &*self.rng)));
                unit.state = UnitState::Active;
            }
            keys.extend(moved.iter().cloned());
            // As it is about to be: it was checked as it was.
            sealed.digest = self.root.digest(&sealed);
        }
        let source = KeySource { root: &self.root, archive: archive.as_ref(), keys: &keys };
        let unlocked = unlock(&proof, &sealed, source)?;
        let index = self.index_key(card.office, processing, false).await?;
        let sealing = Sealing { rng: &*self.rng, index: &index, fresh };
        let mut after: Option<Standing> = None;
        let mut flags = Vec::new();
        let (agent, now, today) = (caller.actor.agent, caller.now, caller.today);
        let opened_on = card.opened_on;
        let mut tokens = None;
        let written = write(&unlocked, Operation::Act, now, sealing, |plain| {
            let known = plain.known();
            let place = place_of(register, &known, &good_friday);
            let case = Case { opened_on, acts: &plain.acts, known: &known, place: &place };
            for section in &sections {
                let may = processed.rules.may_write(&case, &section.section, &law, today);
                may.map_err(|fault| vec![fault])?;
            }
            let own = own_part(register, &command.draft);
            let judged = processed.rules.judge(&case, &own, &law, today)?;
            // What the rule itself writes is the act's as much as what was typed (I10).
            let mut draft = command.draft.clone();
            draft.facts.extend(judged.gives);
            let acts = followed_by(&plain.acts, &draft, &judged.used, agent, now);
            after = Some(standing(processed, opened_on, plain, &acts, &good_friday, &law, today));
            flags.clone_from(&judged.flags);
            if was_archived {
                tokens = Some(huis_access::search::tokens(register, plain, &index));
            }
            Ok::<_, Vec<Fault>>(Edits {
                sections: sections
                    .into_iter()
                    // A row of a file has seen nothing: it adds to what is there now.
                    .map(|s| if stamp.is_some() { s.onto(plain) } else { s })
                    .map(|s| s.edit(plain))
                    .collect(),
                acts: vec![NewAct {
                    draft,
                    agent: Some(agent),
                    recorded: now,
                    used: judged.used,
                    flags: judged.flags,
                }],
            })
        })?;
        let (mut change, line) = match written {
            Written::Done(change, line) => (change, line),
            Written::Refused(pending) => {
                drop(work);
                let receipt = self.trace(pending.line().clone()).await?;
                return Err(UseError::Faults(pending.release(&receipt)?));
            }
            Written::Conflict { .. } => return Err(UseError::Moved { version: card.version }),
        };
        let after = after.ok_or(UseError::Internal("situation"))?;
        if was_archived && after.closed_on.is_some() {
            // The correction of an act of a closed file does not bring it back.
            return Err(UseError::ArchiveLocked);
        }
        let was_closed = card.closed_on.is_some();
        set_standing(&mut card, &after);
        card.version += 1;
        card.changed_at = now;
        if was_archived {
            card.archived = false;
            change.tokens = tokens;
            // Every unit is active again, the ones this act did not touch included.
            for unit in &sealed.units {
                if !change.units.iter().any(|u| u.unit == unit.unit) {
                    change.units.push(unit.clone());
                }
            }
        }
        let mut units = sealed.units.clone();
        for unit in &change.units {
            units.retain(|u| u.unit != unit.unit);
            units.push(unit.clone());
        }
        let no = change.acts.first().map_or(0, |a| a.no);
        let next = next_rows(register, &card, &units, &holds);
        let mark = self.put(&mut work, &sealed, &card, &change, &after, &next).await?;
        work.set_card(&card);
        if was_closed && card.closed_on.is_none() {
            // the reopening feeds the yearly statistics, without identity.
            work.count(card.office, processing, today.year(), "reouverture").await?;
        }
        let mut line = *line;
        line.detail.insert("acte".to_owned(), kind.clone());
        if was_archived {
            line.operation = Operation::Reopen;
            let moved: Vec<_> = sealed
                .units
                .iter()
                .filter_map(|u| keys.get(&u.slot).map(|k| (u.slot, k.clone())))
                .collect();
            work.move_keys(card.office, card.dossier, &moved).await?;
        }
        if let Some(stamp) = stamp {
            stamp.put(&mut work, card.office, card.dossier).await?;
        }
        let entry = self.beside(&mut work, &mut line).await?;
        work.commit().await?;
        self.follow(vec![mark], vec![(entry, line)]).await;
        if was_archived {
            self.finish_moves(card.office, card.dossier).await?;
        }
        let closed_now = !was_closed && card.closed_on.is_some();
        if closed_now {
            // a closed file leaves the active environment at once.
            self.archive_now(processing, card.office, card.dossier).await?;
        }
        Ok(ActRecorded { no, flags, archived: closed_now })
    }

    /// Voids an act recorded on the wrong dossier: its own key is destroyed; its kind, date and
    /// reason stay.
    pub async fn void_act(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        no: u32,
        reason: &str,
    ) -> Result<(), UseError> {
        if !["autre-dossier", "doublon", "erreur-de-saisie"].contains(&reason) {
            return Err(UseError::Invalid(vec!["Choisissez le motif de l’annulation.".into()]));
        }
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let found = self.card(caller, processing, number, Operation::Void).await?;
        let want = Want::Power(huis_register::Power::Void);
        if let Err(refusal) = caller.decide(register, &found, want) {
            return self
                .refuse(caller, processing, Operation::Void, Some(found.dossier), refusal)
                .await;
        }
        let good_friday = caller.good_friday.clone();
        let law = self.law();
        let mut work = self.store.begin().await?;
        let (mut card, sealed) =
            work.dossier(found.office, found.dossier).await?.ok_or(UseError::NotFound)?;
        if card.archived {
            return Err(Refusal::Archived.into());
        }
        let holds = work.holds(found.office, found.dossier).await?;
        let proof = caller.decide(register, &card, want)?;
        let keys = self.keys_of(&sealed).await?;
        let source = KeySource { root: &self.root, archive: None, keys: &keys };
        let unlocked = unlock(&proof, &sealed, source)?;
        let rule = decide_rule(register, "situation", &card_of(&card));
        let kind = sealed.acts.iter().find(|a| a.no == no).map_or("", |a| a.kind.as_str());
        let brings = processed.rules.brings(kind);
        let Some(voided) = huis_access::void(&unlocked, no, brings, caller.now, &*self.rng)? else {
            return Err(UseError::Invalid(vec!["Cet acte est déjà annulé.".into()]));
        };
        let after =
            unlock(&rule, &sealed, source)?.compute(Operation::Compute, caller.now, |plain| {
                let acts: Vec<Act> = plain
                    .acts
                    .iter()
                    .cloned()
                    .map(|mut a| {
                        a.voided |= a.no == no;
                        a
                    })
                    .collect();
                let mut plain = plain.clone();
                for (section, occurrence, _, body) in &mut plain.sections {
                    body.removed |= voided.emptied.contains(&(section.clone(), *occurrence));
                }
                standing(processed, card.opened_on, &plain, &acts, &good_friday, &law, caller.today)
            })?;
        let receipt = self.receipt(after.line().clone()).await?;
        let after = after.release(&receipt)?;
        set_standing(&mut card, &after);
        card.version += 1;
        card.changed_at = caller.now;
        let mut sealed_after = super::changed(&sealed, &voided.units, &[]);
        for act in sealed_after.acts.iter_mut().filter(|a| a.no == no) {
            act.voided = Some(reason.to_owned());
        }
        work.put_units(card.office, card.dossier, &voided.units).await?;
        work.put_sections(card.office, card.dossier, &voided.sections).await?;
        let mark = self.seal_digest(&mut work, &card, sealed_after);
        work.void_act(card.office, card.dossier, no, reason).await?;
        work.ask_destruction(
            card.office,
            card.dossier,
            "acte",
            voided.slot,
            "annulation",
            caller.now,
        )
        .await?;
        work.set_terms(card.office, card.dossier, &super::term_rows(&after)).await?;
        work.set_next(
            card.office,
            card.dossier,
            &next_rows(register, &card, &sealed.units, &holds),
        )
        .await?;
        work.set_card(&card);
        let mut line = voided.line;
        line.detail.insert("acte".to_owned(), no.to_string());
        for (section, _) in &voided.emptied {
            line.detail.insert("volet".to_owned(), section.clone());
        }
        line.detail.insert("motif".to_owned(), reason.to_owned());
        let entry = self.beside(&mut work, &mut line).await?;
        work.commit().await?;
        self.follow(vec![mark], vec![(entry, line)]).await;
        self.finish_destructions().await?;
        self.store.scrub().await?;
        Ok(())
    }
}
