use huis_dossier::{Draft, Facts, Flag};
use huis_kernel::{AgentId, Instant, Rng};
use huis_register::{Register, Section};
use huis_trace::{Authority, Line, Operation, Outcome, SectionFields};
use huis_vault::{
    IndexKey, KeyBlob, Padding, SealedAct, SealedDossier, SealedSection, SealedUnit, Slot, Thing,
    Token, UnitState, seal,
};
use std::collections::{BTreeMap, BTreeSet};

use crate::{
    KeySource, OpenError, Pending, Plain, Proof, SectionBody, Unlocked, WrittenBy,
    body::{ActBody, Contents},
    open::{act_thing, bind, key_of, place},
    search,
};

/// A section as it will be from now on: rectification overwrites.
#[derive(Clone, Debug, PartialEq)]
pub struct SectionEdit {
    /// Section id.
    pub section: String,
    /// Which occurrence; `None` adds one.
    pub occurrence: Option<u32>,
    /// The version the writer had before them; 0 for a new occurrence.
    pub base_version: u64,
    /// What it holds.
    pub body: SectionBody,
}

/// An act that was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAct {
    /// What was typed.
    pub draft: Draft,
    /// By whom; `None` for a rule.
    pub agent: Option<AgentId>,
    /// When.
    pub recorded: Instant,
    /// What the rule used beside it (I10).
    pub used: Facts,
    /// What is irregular all the same.
    pub flags: Vec<Flag>,
}

/// What changes in one dossier, all at once or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    /// Sections.
    pub sections: Vec<SectionEdit>,
    /// Acts.
    pub acts: Vec<NewAct>,
}

/// What sealing needs: randomness, the index key, and slots taken in the same transaction.
pub struct Sealing<'a> {
    /// Randomness for nonces.
    pub rng: &'a dyn Rng,
    /// The office's index key (the archive's, for an archived dossier).
    pub index: &'a IndexKey,
    /// Fresh slots with their wrapped keys, one an act (and one a unit at creation).
    pub fresh: Vec<(Slot, KeyBlob)>,
}

/// Sealed rows, ready for the store.
#[derive(Clone, Debug, PartialEq)]
pub struct SealedChange {
    /// Units whose contents list changed, with their new version.
    pub units: Vec<SealedUnit>,
    /// Sections written.
    pub sections: Vec<SealedSection>,
    /// Acts added.
    pub acts: Vec<SealedAct>,
    /// The whole set of tokens, by unit, when a searched section changed.
    pub tokens: Option<BTreeSet<(String, Token)>>,
}

/// A dossier about to be created.
#[derive(Clone, Debug)]
pub struct NewDossier {
    /// Its first sections and acts.
    pub edits: Edits,
}

/// How a write ends.
#[derive(Debug)]
pub enum Written<E> {
    /// Sealed rows and the line to commit beside them.
    Done(Box<SealedChange>, Box<Line>),
    /// The rule refused; its faults wait for the trace of the refusal.
    Refused(Box<Pending<E>>),
    /// Someone else wrote this section meanwhile: show mine and theirs.
    Conflict {
        /// Section.
        section: String,
        /// Occurrence.
        occurrence: u32,
    },
}

/// Why a write cannot be sealed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WriteError {
    /// The dossier does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The register does not name this section, field or act: it cannot be collected.
    #[error("le registre ne prévoit pas « {0} »")]
    NotInRegister(String),
    /// The profile may not write it.
    #[error("le profil ne permet pas d'écrire « {0} »")]
    NotAllowed(String),
    /// Too few slots were taken: a fault of the program.
    #[error("pas assez de clés prêtes")]
    NoSlot,
    /// The unit is archived or gone.
    #[error("le dossier est archivé")]
    Archived,
}

/// Lets a rule decide on everything the dossier holds, then seals what it decided.
pub fn write<E>(
    unlocked: &Unlocked<'_, '_>,
    operation: Operation,
    at: Instant,
    sealing: Sealing<'_>,
    decide: impl FnOnce(&Plain) -> Result<Edits, E>,
) -> Result<Written<E>, WriteError> {
    let mut plain = unlocked.plain()?;
    let edits = match decide(&plain) {
        Ok(edits) => edits,
        Err(faults) => {
            let outcome = Outcome::Refused { rule: "regle".to_owned() };
            let line = unlocked.line(operation, at, Vec::new(), outcome);
            return Ok(Written::Refused(Box::new(Pending::new(faults, line))));
        }
    };
    for edit in &edits.sections {
        if let Some(occurrence) = edit.occurrence
            && version_of(&plain, &edit.section, occurrence) != edit.base_version
        {
            return Ok(Written::Conflict { section: edit.section.clone(), occurrence });
        }
    }
    let mut units: BTreeMap<String, (SealedUnit, Contents)> = BTreeMap::new();
    for unit in &unlocked.sealed.units {
        if let Some(open) = unlocked.units.get(&unit.unit) {
            units.insert(unit.unit.clone(), (unit.clone(), open.contents.clone()));
        }
    }
    let mut writer = Writer {
        proof: unlocked.proof,
        sealed: unlocked.sealed,
        source: unlocked.source,
        rng: sealing.rng,
        fresh: sealing.fresh.into_iter(),
        units,
        touched: BTreeSet::new(),
        sections: Vec::new(),
        acts: Vec::new(),
        at,
        brought: edits.acts.first().map(|_| unlocked.sealed.acts.last().map_or(0, |a| a.no) + 1),
    };
    let seen = writer.apply(&edits, &mut plain)?;
    let searched =
        edits.sections.iter().any(|e| search::searched(unlocked.proof.register, &e.section));
    let tokens = searched.then(|| search::tokens(unlocked.proof.register, &plain, sealing.index));
    let line = unlocked.line(operation, at, seen, Outcome::Done);
    Ok(Written::Done(Box::new(writer.finish(tokens)?), Box::new(line)))
}

/// Seals a new dossier: its units, first sections and acts.
pub fn create(
    proof: &Proof<'_>,
    shell: &SealedDossier,
    source: KeySource<'_>,
    at: Instant,
    sealing: Sealing<'_>,
    new: &NewDossier,
) -> Result<(SealedChange, Line), WriteError> {
    let mut fresh = sealing.fresh.into_iter();
    let mut units = BTreeMap::new();
    for retention in &proof.register.retentions {
        let (slot, _) = fresh.next().ok_or(WriteError::NoSlot)?;
        let unit = SealedUnit {
            unit: retention.id.clone(),
            slot,
            state: UnitState::Active,
            version: 0,
            contents: Vec::new(),
        };
        units.insert(retention.id.clone(), (unit, Contents::default()));
    }
    let mut plain = Plain { sections: Vec::new(), acts: Vec::new() };
    let touched = units.keys().cloned().collect();
    let mut writer = Writer {
        proof,
        sealed: shell,
        source,
        rng: sealing.rng,
        fresh,
        units,
        touched,
        sections: Vec::new(),
        acts: Vec::new(),
        at,
        // The first sections are the file's own, whatever its first act.
        brought: None,
    };
    let seen = writer.apply(&new.edits, &mut plain)?;
    let tokens = search::tokens(proof.register, &plain, sealing.index);
    let line = proof.line(
        Operation::Create,
        at,
        huis_trace::Dossiers::List(vec![shell.dossier]),
        seen,
        Outcome::Done,
    );
    Ok((writer.finish(Some(tokens))?, line))
}

fn version_of(plain: &Plain, section: &str, occurrence: u32) -> u64 {
    plain
        .sections
        .iter()
        .find(|(s, o, ..)| s == section && *o == occurrence)
        .map_or(0, |(_, _, v, _)| *v)
}

struct Writer<'a, 'r> {
    proof: &'a Proof<'r>,
    sealed: &'a SealedDossier,
    source: KeySource<'a>,
    rng: &'a dyn Rng,
    fresh: std::vec::IntoIter<(Slot, KeyBlob)>,
    units: BTreeMap<String, (SealedUnit, Contents)>,
    touched: BTreeSet<String>,
    sections: Vec<SealedSection>,
    acts: Vec<SealedAct>,
    at: Instant,
    /// The act that brings the sections, when one does.
    brought: Option<u32>,
}

impl Writer<'_, '_> {
    fn apply(
        &mut self,
        edits: &Edits,
        plain: &mut Plain,
    ) -> Result<Vec<SectionFields>, WriteError> {
        let mut seen = Vec::new();
        for edit in &edits.sections {
            seen.push(self.section(edit, plain)?);
        }
        for act in &edits.acts {
            self.act(act)?;
        }
        Ok(seen)
    }

    fn section(
        &mut self,
        edit: &SectionEdit,
        plain: &mut Plain,
    ) -> Result<SectionFields, WriteError> {
        let register: &Register = self.proof.register;
        let unknown = || WriteError::NotInRegister(edit.section.clone());
        let section = register.section(&edit.section).ok_or_else(unknown)?;
        let allowed = self.proof.may_write(&section.id) || self.restricting(section, edit, plain);
        if !self.proof.everything && !allowed {
            return Err(WriteError::NotAllowed(section.id.clone()));
        }
        let unit = register.unit_of_section(&section.id).ok_or_else(unknown)?.id.clone();
        let occurrence = self.occurrence(section, edit, plain)?;
        let old = plain.section(&section.id, occurrence).cloned();
        self.may_replace(section, edit, old.as_ref())?;
        let mut body = edit.body.clone();
        body.facts = merged(self.proof, section, old.as_ref(), &edit.body.facts)?;
        body.written = match self.proof.authority {
            Authority::Agent { agent, .. } => Some(WrittenBy { agent, at: self.at }),
            _ => old.as_ref().and_then(|b| b.written),
        };
        body.brought = self.brought.or_else(|| old.as_ref().and_then(|b| b.brought));
        let version = version_of(plain, &section.id, occurrence) + 1;
        let thing = Thing::Section { section: &section.id, occurrence };
        let (row, contents) = self.units.get_mut(&unit).ok_or_else(unknown)?;
        if row.state == UnitState::Archived {
            return Err(WriteError::Archived);
        }
        let key = key_of(self.source, row.slot)?;
        let bytes = serde_json::to_vec(&body).map_err(|_| OpenError::Broken("corps"))?;
        let padding =
            if section.class.sensitive() { Padding::Sensitive } else { Padding::Ordinary };
        let sealed = seal(&key, &bind(self.sealed, thing, version), &bytes, padding, self.rng);
        contents.sections.retain(|(s, o, _)| !(s == &section.id && *o == occurrence));
        contents.sections.push((section.id.clone(), occurrence, version));
        self.sections.retain(|s| s.place != place(&key, &section.id, occurrence));
        self.sections.push(SealedSection {
            unit: unit.clone(),
            place: place(&key, &section.id, occurrence),
            version,
            body: sealed,
        });
        self.touched.insert(unit);
        plain.sections.retain(|(s, o, ..)| !(s == &section.id && *o == occurrence));
        let fields = body.facts.keys().cloned().collect();
        plain.sections.push((section.id.clone(), occurrence, version, body));
        Ok(SectionFields {
            section: section.id.clone(),
            occurrence: section.repeats.then_some(occurrence),
            fields,
        })
    }

    /// Hiding a section or showing it again, its fields untouched, is a power of its own.
    fn restricting(&self, section: &Section, edit: &SectionEdit, plain: &Plain) -> bool {
        let old = edit.occurrence.and_then(|o| plain.section(&section.id, o));
        self.proof.sees_restricted()
            && old.is_some_and(|b| b.facts == edit.body.facts && b.removed == edit.body.removed)
    }

    /// Which occurrence is written: one that exists, or the next. At the founding of a dossier
    /// (nothing there yet) they are numbered by the caller.
    fn occurrence(
        &self,
        section: &Section,
        edit: &SectionEdit,
        plain: &Plain,
    ) -> Result<u32, WriteError> {
        let emptied = plain.section(&section.id, 1).is_some_and(|b| b.removed);
        let next = match next_occurrence(plain, &section.id) {
            // What was emptied is written anew in its place.
            2 if emptied && !section.repeats => 1,
            next => next,
        };
        let occurrence = edit.occurrence.unwrap_or(next);
        let known = plain.section(&section.id, occurrence).is_some();
        let free = self.proof.everything && occurrence > 0 && occurrence < 1_000;
        if !known && !free && (occurrence != next || (next > 1 && !section.repeats)) {
            return Err(WriteError::NotInRegister(format!("{} {occurrence}", section.id)));
        }
        Ok(occurrence)
    }

    /// Who writes without seeing (a partner, the police) adds, and neither removes nor overwrites;
    /// what is hidden from co-holders is changed by who may see it.
    fn may_replace(
        &self,
        section: &Section,
        edit: &SectionEdit,
        old: Option<&SectionBody>,
    ) -> Result<(), WriteError> {
        let Some(old) = old.filter(|_| !self.proof.everything) else { return Ok(()) };
        let blind = section.fields.iter().any(|f| {
            !self.proof.sees(&section.id, &f.id)
                && (edit.body.removed || edit.body.facts.contains_key(&f.id))
                && old.facts.contains_key(&f.id)
        });
        let hidden = (old.restricted.is_some() || edit.body.restricted.is_some())
            && !self.proof.sees_restricted();
        if blind || hidden { Err(WriteError::NotAllowed(section.id.clone())) } else { Ok(()) }
    }

    fn act(&mut self, new: &NewAct) -> Result<(), WriteError> {
        let register = self.proof.register;
        let unknown = || WriteError::NotInRegister(new.draft.kind.clone());
        let kind = register.act(&new.draft.kind).ok_or_else(unknown)?;
        if !self.proof.everything && !self.proof.may_act(&kind.id) {
            return Err(WriteError::NotAllowed(kind.id.clone()));
        }
        if let Some(field) =
            new.draft.facts.keys().find(|f| !kind.fields.iter().any(|k| k.id == **f))
        {
            return Err(WriteError::NotInRegister(format!("{}.{field}", kind.id)));
        }
        let unit = register.unit_of_act(&kind.id).ok_or_else(unknown)?.id.clone();
        let (slot, blob) = self.fresh.next().ok_or(WriteError::NoSlot)?;
        let last = self.sealed.acts.last().map_or(0, |a| a.no);
        let no = self.acts.last().map_or(last, |a| a.no) + 1;
        let (row, contents) = self.units.get_mut(&unit).ok_or_else(unknown)?;
        if row.state == UnitState::Archived {
            return Err(WriteError::Archived);
        }
        let own = self.source.root.unwrap(slot, &blob, None).map_err(OpenError::from)?;
        let key = key_of(self.source, row.slot)?.of_act(&own);
        let body = ActBody {
            facts: new.draft.facts.clone(),
            used: new.used.clone(),
            flags: new.flags.clone(),
        };
        let bytes = serde_json::to_vec(&body).map_err(|_| OpenError::Broken("corps"))?;
        let mut act = SealedAct {
            no,
            unit: unit.clone(),
            kind: kind.id.clone(),
            on: new.draft.on,
            recorded: new.recorded,
            agent: new.agent,
            corrects: new.draft.corrects,
            voided: None,
            slot,
            body: Vec::new(),
        };
        act.body =
            seal(&key, &bind(self.sealed, act_thing(&act), 1), &bytes, Padding::Ordinary, self.rng);
        contents.acts.push(i64::from(no));
        self.touched.insert(unit);
        self.acts.push(act);
        Ok(())
    }

    fn finish(self, tokens: Option<BTreeSet<(String, Token)>>) -> Result<SealedChange, WriteError> {
        let mut units = Vec::new();
        for (name, (mut row, contents)) in self.units {
            if !self.touched.contains(&name) {
                continue;
            }
            row.version += 1;
            let key = key_of(self.source, row.slot)?;
            row.contents = seal_contents(&key, self.sealed, &row, &contents, self.rng)?;
            units.push(row);
        }
        Ok(SealedChange { units, sections: self.sections, acts: self.acts, tokens })
    }
}

pub(crate) fn seal_contents(
    key: &huis_vault::DataKey,
    sealed: &SealedDossier,
    row: &SealedUnit,
    contents: &Contents,
    rng: &dyn Rng,
) -> Result<Vec<u8>, OpenError> {
    let bytes = serde_json::to_vec(contents).map_err(|_| OpenError::Broken("liste"))?;
    let thing = Thing::Contents { unit: &row.unit };
    Ok(seal(key, &bind(sealed, thing, row.version), &bytes, Padding::Ordinary, rng))
}

fn next_occurrence(plain: &Plain, section: &str) -> u32 {
    plain.sections.iter().filter(|(s, ..)| s == section).map(|(_, o, ..)| *o).max().unwrap_or(0) + 1
}

/// The fields that the writer sees are replaced; those they do not see keep their value. A field
/// that the register does not name is refused.
fn merged(
    proof: &Proof<'_>,
    section: &Section,
    old: Option<&SectionBody>,
    typed: &Facts,
) -> Result<Facts, WriteError> {
    if let Some(field) = typed.keys().find(|f| section.field(f).is_none()) {
        return Err(WriteError::NotInRegister(format!("{}.{field}", section.id)));
    }
    let Some(old) = old.filter(|_| !proof.everything) else { return Ok(typed.clone()) };
    let mut facts: Facts = old
        .facts
        .iter()
        .filter(|(f, _)| !proof.sees(&section.id, f))
        .map(|(f, v)| (f.clone(), v.clone()))
        .collect();
    facts.extend(
        typed
            .iter()
            .filter(|(f, _)| proof.sees(&section.id, f) || !old.facts.contains_key(*f))
            .map(|(f, v)| (f.clone(), v.clone())),
    );
    Ok(facts)
}
