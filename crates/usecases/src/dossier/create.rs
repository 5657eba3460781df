use huis_access::{
    Edits, KeySource, NewAct, NewDossier, Plain, SealedChange, Sealing, SectionBody, SectionEdit,
    Want, create,
};
use huis_dossier::{Act, Author, Case, Draft, Facts, Fault, Standing};
use huis_kernel::{AgentId, CaseNumber, Date, DossierId, Instant};
use huis_register::Power;
use huis_store::dossiers::CardRow;
use huis_trace::{Line, Operation};
use huis_vault::{IndexKey, KeyBlob, SealedDossier, SealedUnit, Slot, UnitState};

use crate::{
    Caller, Huis, Processed, UseError,
    dossier::{next_rows, set_standing, standing},
    huis::place_of,
    imports::Stamp,
};

/// A dossier to open.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCase {
    /// Territorial unit.
    pub territory: String,
    /// First sections: id and fields.
    pub sections: Vec<(String, Facts)>,
    /// First acts, in order.
    pub acts: Vec<Draft>,
}

/// What was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The new number.
    pub number: CaseNumber,
    /// An archived file may exist for one of the occupants: ask an archivist.
    pub archived_match: bool,
}

/// A dossier as it is founded: now by an agent, or in the past by the demonstration's generator.
pub(crate) struct Founding {
    pub territory: String,
    pub opened_on: Date,
    pub sections: Vec<(String, u32, Facts)>,
    /// First acts, in order.
    pub acts: Vec<Told>,
}

/// An act of a founding.
pub(crate) struct Told {
    pub draft: Draft,
    pub recorded: Instant,
    /// The day of that instant in the office's zone, on which the act is judged: from midnight
    /// there to midnight in Greenwich the two differ.
    pub day: Date,
    pub by: AgentId,
}

/// A founded dossier, sealed and ready for the store.
pub(crate) struct Seal {
    pub card: CardRow,
    /// The dossier before: its units, and nothing in them.
    pub shell: SealedDossier,
    pub change: SealedChange,
    pub standing: Standing,
    pub line: Line,
}

impl Told {
    fn now(caller: &Caller, draft: Draft) -> Self {
        Self { draft, recorded: caller.now, day: caller.today, by: caller.actor.agent }
    }
}

impl Huis {
    /// Opens a dossier.
    pub async fn create_dossier(
        &self,
        caller: &Caller,
        processing: &str,
        new: NewCase,
    ) -> Result<Created, UseError> {
        self.create_stamped(caller, processing, new, None).await
    }

    /// Opens a dossier; one that comes from a row of a file leaves its mark in the same
    /// transaction.
    pub(crate) async fn create_stamped(
        &self,
        caller: &Caller,
        processing: &str,
        new: NewCase,
        stamp: Option<&Stamp>,
    ) -> Result<Created, UseError> {
        let processed = self.processed(processing)?;
        let register = &processed.register;
        if caller.office.rights_desk.trim().is_empty() {
            // no processing without a desk where people may use their rights.
            return Err(UseError::NoRightsDesk);
        }
        let territories = self.store.territories(caller.office.office).await?;
        // What is nowhere belongs to the whole office, and to no arrondissement of it.
        let known = territories.iter().any(|(code, _)| *code == new.territory);
        if known != register.placed() {
            return Err(UseError::Invalid(vec!["Choisissez l’arrondissement du logement.".into()]));
        }
        let founding = founded(caller, processed, new);
        let good_friday = caller.good_friday.clone();
        let slots = register.retentions.len() + founding.acts.len();
        let (mut work, fresh) = self.begin_with_slots(slots).await?;
        // Free in every processing of the office: a number alone says which dossier is meant.
        let ids: Vec<&String> = self.processed.keys().collect();
        let mut number = CaseNumber::random(&*self.rng);
        let mut at = 0;
        while let Some(id) = ids.get(at) {
            if work.number_is_free(caller.office.office, id, number.digits()).await? {
                at += 1;
            } else {
                number = CaseNumber::random(&*self.rng);
                at = 0;
            }
        }
        let card = blank(caller, processing, number, &founding, DossierId::random(&*self.rng));
        let proof = match caller.decide(register, &card, Want::Power(Power::Create)) {
            Ok(proof) => proof,
            Err(refusal) => {
                drop(work);
                return self.refuse(caller, processing, Operation::Create, None, refusal).await;
            }
        };
        let index = self.index_key(card.office, processing, false).await?;
        let mut sealed = self
            .seal_founding(
                processed,
                &proof,
                card,
                &founding,
                fresh,
                &good_friday,
                caller.today,
                (&index, None),
            )
            .map_err(|error| at_their_fields(error, processed))?;
        let next = next_rows(register, &sealed.card, &sealed.change.units, &[]);
        work.add_card(&sealed.card).await?;
        let Seal { card, change, standing, shell, .. } = &sealed;
        let mark = self.put(&mut work, shell, card, change, standing, &next).await?;
        if let Some(stamp) = stamp {
            stamp.put(&mut work, card.office, card.dossier).await?;
        }
        let entry = self.beside(&mut work, &mut sealed.line).await?;
        work.commit().await?;
        self.follow(vec![mark], vec![(entry, sealed.line)]).await;
        // The dossier is there whatever becomes of the hint.
        let hint = self.archived_match(caller, processing, &founding.sections).await;
        let archived_match = hint.unwrap_or(false);
        Ok(Created { number, archived_match })
    }

    /// Judges and seals a founding, found again under the key of the active index, or of the
    /// archive's when it is given and the dossier is closed.
    ///
    /// # Errors
    /// All the faults of the first act that is refused: those after it would be for that alone.
    #[expect(clippy::too_many_arguments, reason = "one argument a word of the sentence")]
    pub(crate) fn seal_founding(
        &self,
        processed: &Processed,
        proof: &huis_access::Proof<'_>,
        mut card: CardRow,
        founding: &Founding,
        fresh: Vec<(Slot, KeyBlob)>,
        good_friday: &str,
        today: Date,
        (active, archived): (&IndexKey, Option<&IndexKey>),
    ) -> Result<Seal, UseError> {
        let register = &processed.register;
        let law = self.law();
        let (plain, acts, new_acts) = self.judged_in_order(processed, founding, good_friday)?;
        let standing = standing(processed, card.opened_on, &plain, &acts, good_friday, &law, today);
        set_standing(&mut card, &standing);
        card.version = acts.len() as u64;
        let edits = Edits {
            sections: founding
                .sections
                .iter()
                .map(|(section, occurrence, facts)| SectionEdit {
                    section: section.clone(),
                    occurrence: Some(*occurrence),
                    base_version: 0,
                    body: SectionBody { facts: facts.clone(), ..SectionBody::default() },
                })
                .collect(),
            acts: new_acts,
        };
        let keys = fresh.iter().cloned().collect();
        let source = KeySource { root: &self.root, archive: None, keys: &keys };
        let shell = shell(&card, register, &fresh);
        let index = archived.filter(|_| card.closed_on.is_some()).unwrap_or(active);
        let sealing = Sealing { rng: &*self.rng, index, fresh };
        let (change, line) =
            create(proof, &shell, source, self.now(), sealing, &NewDossier { edits })?;
        Ok(Seal { card, shell, change, standing, line })
    }

    /// The first acts judged in their order, each after those before it.
    ///
    /// # Errors
    /// All the faults of the first that is refused: those after it would be for that alone.
    fn judged_in_order(
        &self,
        processed: &Processed,
        founding: &Founding,
        good_friday: &str,
    ) -> Result<(Plain, Vec<Act>, Vec<NewAct>), UseError> {
        let law = self.law();
        let plain = Plain {
            sections: founding
                .sections
                .iter()
                .map(|(s, o, f)| {
                    (s.clone(), *o, 1, SectionBody { facts: f.clone(), ..SectionBody::default() })
                })
                .collect(),
            acts: Vec::new(),
        };
        let known = plain.known();
        let place = place_of(&processed.register, &known, good_friday);
        let mut acts: Vec<Act> = Vec::new();
        let mut new_acts = Vec::new();
        for Told { draft, recorded, day, by } in &founding.acts {
            let case =
                Case { opened_on: founding.opened_on, acts: &acts, known: &known, place: &place };
            // What the demonstration tells of the past is judged on the day it was recorded.
            let judged =
                processed.rules.judge(&case, draft, &law, *day).map_err(UseError::Faults)?;
            let mut facts = judged.used.clone();
            facts.extend(draft.facts.clone());
            acts.push(Act {
                no: acts.last().map_or(0, |a| a.no) + 1,
                kind: draft.kind.clone(),
                on: draft.on,
                recorded: *recorded,
                by: Author::Agent(*by),
                facts,
                corrects: draft.corrects,
                voided: false,
            });
            new_acts.push(NewAct {
                draft: draft.clone(),
                agent: Some(*by),
                recorded: *recorded,
                used: judged.used,
                flags: judged.flags,
            });
        }
        Ok((plain, acts, new_acts))
    }

    /// What would be refused of a dossier to open, with nothing written.
    pub fn try_new(
        &self,
        caller: &Caller,
        processing: &str,
        new: &NewCase,
    ) -> Result<(), UseError> {
        let processed = self.processed(processing)?;
        let founding = founded(caller, processed, new.clone());
        let judged = self.judged_in_order(processed, &founding, &caller.good_friday);
        judged.map(drop).map_err(|error| at_their_fields(error, processed))
    }
}

/// What opening a dossier writes: the acts that come of its first sections, then those asked for.
fn founded(caller: &Caller, processed: &Processed, new: NewCase) -> Founding {
    let sections = numbered(new.sections);
    let mut acts = processed.rules.opens_with(&known_of(&sections), caller.today);
    acts.extend(new.acts);
    Founding {
        territory: new.territory,
        opened_on: caller.today,
        sections,
        acts: acts.into_iter().map(|draft| Told::now(caller, draft)).collect(),
    }
}

/// Whoever opens a dossier typed the fields of its sections, and none of the acts that come of it.
fn at_their_fields(error: UseError, processed: &Processed) -> UseError {
    let UseError::Faults(faults) = error else { return error };
    let moved = faults.into_iter().map(|fault| match processed.rules.opening_field(&fault) {
        Some(field) => Fault { field: Some(field.to_owned()), ..fault },
        None => fault,
    });
    UseError::Faults(moved.collect())
}

/// The first sections, as a rule reads them.
fn known_of(sections: &[(String, u32, Facts)]) -> huis_dossier::Known {
    let mut known = huis_dossier::Known::default();
    for (section, no, facts) in sections {
        known.0.entry(section.clone()).or_default().push((*no, facts.clone()));
    }
    known
}

fn numbered(sections: Vec<(String, Facts)>) -> Vec<(String, u32, Facts)> {
    let mut out: Vec<(String, u32, Facts)> = Vec::new();
    for (section, facts) in sections {
        let occurrence = out.iter().filter(|(s, ..)| *s == section).count();
        let occurrence = u32::try_from(occurrence).unwrap_or(0) + 1;
        out.push((section, occurrence, facts));
    }
    out
}

fn blank(
    caller: &Caller,
    processing: &str,
    number: CaseNumber,
    founding: &Founding,
    dossier: DossierId,
) -> CardRow {
    CardRow {
        office: caller.office.office,
        dossier,
        processing: processing.to_owned(),
        number,
        territory: founding.territory.clone(),
        stage: String::new(),
        step: String::new(),
        opened_on: founding.opened_on,
        closed_on: None,
        archived: false,
        reopened: 0,
        severity: 0,
        version: 0,
        revision: 1,
        changed_at: caller.now,
        mandates: Vec::new(),
    }
}

fn shell(
    card: &CardRow,
    register: &huis_register::Register,
    fresh: &[(Slot, KeyBlob)],
) -> SealedDossier {
    SealedDossier {
        office: card.office,
        dossier: card.dossier,
        processing: card.processing.clone(),
        number: card.number,
        territory: card.territory.clone(),
        opened_on: card.opened_on,
        closed_on: card.closed_on,
        version: 0,
        seals: 0,
        digest: Vec::new(),
        units: register
            .retentions
            .iter()
            .zip(fresh)
            .map(|(r, (slot, _))| SealedUnit {
                unit: r.id.clone(),
                slot: *slot,
                state: UnitState::Active,
                version: 0,
                contents: Vec::new(),
            })
            .collect(),
        sections: Vec::new(),
        acts: Vec::new(),
    }
}
