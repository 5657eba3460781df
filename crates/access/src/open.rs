use huis_dossier::{Act, Author, Facts, Flag, Known};
use huis_kernel::{AgentId, Date, Instant};
use huis_register::Power;
use huis_trace::{Dossiers, Line, Operation, Outcome, SectionFields};
use huis_unseal::{Altered, unseal};
use huis_vault::{
    ArchiveSecret, Binding, DataKey, DigestError, Keys, RootKey, SealedAct, SealedDossier, Slot,
    Thing, VaultError,
};
use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Card, Pending, Proof, Restriction, SectionBody, WrittenBy,
    body::{ActBody, Contents},
};

/// Where keys come from.
#[derive(Clone, Copy, Debug)]
pub struct KeySource<'a> {
    /// The root key.
    pub root: &'a RootKey,
    /// The archive's secret half, when the session unlocked it.
    pub archive: Option<&'a ArchiveSecret>,
    /// The dossier's wrapped keys.
    pub keys: &'a Keys,
}

/// Why a dossier does not open.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpenError {
    /// A key is missing, destroyed, or locked in the archive.
    #[error(transparent)]
    Key(#[from] VaultError),
    /// Something sealed was changed, exchanged, removed or rolled back: an alert is due (I14).
    #[error("l'intégrité du dossier est rompue ({0})")]
    Broken(&'static str),
    /// The proof is for another dossier.
    #[error("la preuve d'accès vise un autre dossier")]
    WrongProof,
}

impl From<DigestError> for OpenError {
    fn from(error: DigestError) -> Self {
        Self::Broken(match error {
            DigestError::Altered => "empreinte du dossier",
            DigestError::RolledBack => "dossier ramené en arrière",
        })
    }
}

impl From<Altered> for OpenError {
    fn from(_: Altered) -> Self {
        Self::Broken("contenu altéré")
    }
}

/// One section as its reader may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct SectionView {
    /// Section id.
    pub section: String,
    /// Occurrence, from 1.
    pub occurrence: u32,
    /// Version, to send back with an edit.
    pub version: u64,
    /// The fields that the reader may see.
    pub facts: Facts,
    /// The person it speaks of.
    pub about: Option<u32>,
    /// Hidden from co-holders.
    pub restricted: Option<Restriction>,
    /// Who wrote it last, for a profile that follows the file.
    pub written: Option<WrittenBy>,
}

/// One act as its reader may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct ActView {
    /// Number.
    pub no: u32,
    /// Kind.
    pub kind: String,
    /// Legal date.
    pub on: Date,
    /// When it was recorded.
    pub recorded: Instant,
    /// By whom; `None` for a rule.
    pub agent: Option<AgentId>,
    /// The act it corrects.
    pub corrects: Option<u32>,
    /// Reason code when voided.
    pub voided: Option<String>,
    /// Its content; none when it was voided.
    pub facts: Option<Facts>,
    /// What was irregular when it was recorded.
    pub flags: Vec<Flag>,
}

/// A dossier as its reader may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct DossierView {
    /// Sections, in the register's order.
    pub sections: Vec<SectionView>,
    /// Acts, by number.
    pub acts: Vec<ActView>,
    /// Sections of which something was withheld (restricted), for the screen to say so.
    pub withheld: BTreeSet<String>,
}

/// Everything in the clear, for rules: it never leaves this crate but through a `Pending` result.
#[derive(Clone, Debug)]
pub struct Plain {
    /// Sections: id, occurrence, version, body.
    pub sections: Vec<(String, u32, u64, SectionBody)>,
    /// Acts.
    pub acts: Vec<Act>,
}

impl Plain {
    /// The facts of the sections, as rules read them.
    pub fn known(&self) -> Known {
        let mut known: BTreeMap<String, Vec<(u32, Facts)>> = BTreeMap::new();
        for (section, occurrence, _, body) in self.sections.iter().filter(|s| !s.3.removed) {
            known.entry(section.clone()).or_default().push((*occurrence, body.facts.clone()));
        }
        Known(known)
    }
    /// One section occurrence.
    pub fn section(&self, id: &str, occurrence: u32) -> Option<&SectionBody> {
        self.sections.iter().find(|(s, o, ..)| s == id && *o == occurrence).map(|s| &s.3)
    }
}

pub(crate) struct UnlockedUnit {
    pub key: DataKey,
    pub contents: Contents,
}

/// What a declared rule may answer: where a dossier stands, what may come, whether it matches, its
/// tokens. A closed list, so that no rule hands over its inputs (I2).
pub trait Answer: sealed::Sealed {}

mod sealed {
    pub trait Sealed {}
}

macro_rules! answers {
    ($($t:ty),* $(,)?) => {$( impl sealed::Sealed for $t {} impl Answer for $t {} )*};
}
answers!(
    (),
    bool,
    huis_dossier::Standing,
    (huis_dossier::Standing, Vec<huis_dossier::Offer>),
    Result<Foreseen, Vec<huis_dossier::Fault>>,
    Vec<Result<huis_dossier::Judgement, Vec<huis_dossier::Fault>>>,
    huis_dossier::Letters,
    BTreeSet<(String, huis_vault::Token)>,
    Vec<huis_dossier::Fault>,
);

/// What an act would do, were it recorded: what is irregular, where the dossier stands and where it
/// would stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreseen {
    /// What is irregular in the act itself.
    pub flags: Vec<Flag>,
    /// Where the dossier stands.
    pub before: huis_dossier::Standing,
    /// Where it would stand.
    pub after: huis_dossier::Standing,
}

/// The answer of a rule on one dossier of a pass, before its trace.
#[derive(Debug)]
pub struct Held<T> {
    dossier: huis_kernel::DossierId,
    value: T,
}

/// Puts the answers of a pass under one line, which lists every dossier that was opened; or, for
/// a job, the rule that chose them with their count and digest.
pub fn gather<T: Answer>(
    held: Vec<Held<T>>,
    mut line: Line,
    selection: Option<&str>,
) -> Pending<Vec<(huis_kernel::DossierId, T)>> {
    let ids = held.iter().map(|h| h.dossier);
    line.dossiers = match selection {
        None => Dossiers::List(ids.collect()),
        Some(rule) => Dossiers::selection(rule, ids),
    };
    Pending::new(held.into_iter().map(|h| (h.dossier, h.value)).collect(), line)
}

/// A dossier whose units' keys are at hand and whose contents lists were checked.
pub struct Unlocked<'p, 'r> {
    pub(crate) proof: &'p Proof<'r>,
    pub(crate) sealed: &'p SealedDossier,
    pub(crate) source: KeySource<'p>,
    pub(crate) units: BTreeMap<String, UnlockedUnit>,
}

/// Opens the units of a dossier and checks that nothing was removed, exchanged or rolled back.
pub fn unlock<'p, 'r>(
    proof: &'p Proof<'r>,
    sealed: &'p SealedDossier,
    source: KeySource<'p>,
) -> Result<Unlocked<'p, 'r>, OpenError> {
    if proof.office != sealed.office || proof.dossier.is_some_and(|d| d != sealed.dossier) {
        return Err(OpenError::WrongProof);
    }
    // The whole before its parts: an older whole has parts that fit each other (I14).
    source.root.check(sealed, source.keys)?;
    let mut units = BTreeMap::new();
    for unit in &sealed.units {
        let key = key_of(source, unit.slot)?;
        let thing = Thing::Contents { unit: &unit.unit };
        let plain = unseal(&key, &bind(sealed, thing, unit.version), &unit.contents)?;
        let contents: Contents =
            serde_json::from_slice(&plain).map_err(|_| OpenError::Broken("liste illisible"))?;
        units.insert(unit.unit.clone(), UnlockedUnit { key, contents });
    }
    let unlocked = Unlocked { proof, sealed, source, units };
    unlocked.check()?;
    Ok(unlocked)
}

pub(crate) fn key_of(source: KeySource<'_>, slot: Slot) -> Result<DataKey, OpenError> {
    let blob = source.keys.get(&slot).ok_or(VaultError::Destroyed)?;
    Ok(source.root.unwrap(slot, blob, source.archive)?)
}

pub(crate) const fn bind<'a>(
    sealed: &'a SealedDossier,
    thing: Thing<'a>,
    version: u64,
) -> Binding<'a> {
    Binding {
        processing: sealed.processing.as_str(),
        office: sealed.office,
        dossier: sealed.dossier,
        thing,
        version,
    }
}

/// The place under which a section occurrence is stored: it does not say what it is.
pub(crate) fn place(key: &DataKey, section: &str, occurrence: u32) -> [u8; 16] {
    let hash = key.hmac(b"place", format!("{section}#{occurrence}").as_bytes());
    let mut out = [0; 16];
    out.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    out
}

impl Unlocked<'_, '_> {
    fn check(&self) -> Result<(), OpenError> {
        let mut expected = 0;
        for (name, unit) in &self.units {
            for (section, occurrence, version) in &unit.contents.sections {
                let at = place(&unit.key, section, *occurrence);
                let row = self.sealed.sections.iter().find(|r| r.place == at && r.unit == *name);
                if row.is_none_or(|r| r.version != *version) {
                    return Err(OpenError::Broken("volet retiré ou ramené en arrière"));
                }
                expected += 1;
            }
        }
        if expected != self.sealed.sections.len() {
            return Err(OpenError::Broken("volet ajouté"));
        }
        let listed: BTreeSet<i64> =
            self.units.values().flat_map(|u| u.contents.acts.iter().copied()).collect();
        let present: BTreeSet<i64> = self
            .sealed
            .acts
            .iter()
            .map(|a| if a.voided.is_some() { -i64::from(a.no) } else { i64::from(a.no) })
            .collect();
        if listed == present { Ok(()) } else { Err(OpenError::Broken("acte ajouté ou retiré")) }
    }

    fn section(
        &self,
        unit: &str,
        id: &str,
        occurrence: u32,
    ) -> Result<(u64, SectionBody), OpenError> {
        let unlocked = self.units.get(unit).ok_or(OpenError::Broken("unité absente"))?;
        let at = place(&unlocked.key, id, occurrence);
        let row = self.sealed.sections.iter().find(|r| r.place == at);
        let row = row.ok_or(OpenError::Broken("volet absent"))?;
        let thing = Thing::Section { section: id, occurrence };
        let plain = unseal(&unlocked.key, &bind(self.sealed, thing, row.version), &row.body)?;
        let body =
            serde_json::from_slice(&plain).map_err(|_| OpenError::Broken("volet illisible"))?;
        Ok((row.version, body))
    }

    pub(crate) fn act(&self, act: &SealedAct) -> Result<ActBody, OpenError> {
        if act.voided.is_some() {
            return Ok(ActBody::default());
        }
        let unit = self.units.get(&act.unit).ok_or(OpenError::Broken("unité absente"))?;
        let key = unit.key.of_act(&key_of(self.source, act.slot)?);
        let plain = unseal(&key, &bind(self.sealed, act_thing(act), 1), &act.body)?;
        serde_json::from_slice(&plain).map_err(|_| OpenError::Broken("acte illisible"))
    }

    fn all_sections(&self) -> impl Iterator<Item = (&str, &str, u32)> {
        self.units.iter().flat_map(|(unit, u)| {
            u.contents.sections.iter().map(move |(s, o, _)| (unit.as_str(), s.as_str(), *o))
        })
    }

    /// What each act of the dossier holds, in their order.
    pub(crate) fn bodies(&self) -> Result<Vec<ActBody>, OpenError> {
        self.sealed.acts.iter().map(|act| self.act(act)).collect()
    }

    /// Everything in the clear, for a rule.
    pub(crate) fn plain(&self) -> Result<Plain, OpenError> {
        self.plain_of(self.bodies()?)
    }

    /// The same, of acts that were opened already.
    pub(crate) fn plain_of(&self, bodies: Vec<ActBody>) -> Result<Plain, OpenError> {
        let mut sections = Vec::new();
        for (unit, id, occurrence) in self.all_sections() {
            let (version, body) = self.section(unit, id, occurrence)?;
            sections.push((id.to_owned(), occurrence, version, body));
        }
        sections.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        let mut acts = Vec::new();
        for (act, body) in self.sealed.acts.iter().zip(bodies) {
            let mut facts = body.used;
            facts.extend(body.facts);
            acts.push(Act {
                no: act.no,
                kind: act.kind.clone(),
                on: act.on,
                recorded: act.recorded,
                by: act.agent.map_or(Author::Rule, Author::Agent),
                facts,
                corrects: act.corrects,
                voided: act.voided.is_some(),
            });
        }
        Ok(Plain { sections, acts })
    }

    /// Runs a declared rule on everything; its result waits for the trace, its inputs stay here.
    pub fn compute<T: Answer>(
        &self,
        operation: Operation,
        at: Instant,
        rule: impl FnOnce(&Plain) -> T,
    ) -> Result<Pending<T>, OpenError> {
        if !self.proof.everything {
            return Err(OpenError::WrongProof);
        }
        let value = rule(&self.plain()?);
        Ok(Pending::new(value, self.line(operation, at, Vec::new(), Outcome::Done)))
    }

    /// Runs a declared rule of a pass over many dossiers: `gather` releases all the results
    /// against one line.
    pub fn answer<T: Answer>(&self, rule: impl FnOnce(&Plain) -> T) -> Result<Held<T>, OpenError> {
        if !self.proof.everything {
            return Err(OpenError::WrongProof);
        }
        Ok(Held { dossier: self.sealed.dossier, value: rule(&self.plain()?) })
    }

    /// Judges an act before it is recorded, for who may record it: what follows from it is shown,
    /// nothing of what the rule read. A refusal is traced as that of the act itself.
    pub fn foresee(
        &self,
        at: Instant,
        kind: &str,
        rule: impl FnOnce(&Plain) -> Result<Foreseen, Vec<huis_dossier::Fault>>,
    ) -> Result<Pending<Result<Foreseen, Vec<huis_dossier::Fault>>>, OpenError> {
        if self.proof.everything || !self.proof.may_act(kind) {
            return Err(OpenError::WrongProof);
        }
        let told = rule(&self.plain()?);
        let (operation, outcome) = match &told {
            Ok(_) => (Operation::Read, Outcome::Done),
            Err(_) => (Operation::Act, Outcome::Refused { rule: "regle".to_owned() }),
        };
        let mut line = self.line(operation, at, Vec::new(), outcome);
        line.detail.insert("apercu".to_owned(), kind.to_owned());
        Ok(Pending::new(told, line))
    }

    /// What the proof's profiles may see, and what a declared rule says of the whole (where the
    /// dossier stands, which deadlines run), in one opening and one line.
    pub fn view<T: Answer>(
        &self,
        card: &Card,
        operation: Operation,
        at: Instant,
        rule: impl FnOnce(&Plain) -> T,
    ) -> Result<Pending<(DossierView, T)>, OpenError> {
        if card.dossier != self.sealed.dossier || self.proof.everything {
            return Err(OpenError::WrongProof);
        }
        let bodies = self.bodies()?;
        let plain = self.plain_of(bodies.clone())?;
        let mut seen = Vec::new();
        let mut view =
            DossierView { sections: Vec::new(), acts: Vec::new(), withheld: BTreeSet::new() };
        for section in &self.proof.register.sections {
            for (_, occurrence, version, body) in
                plain.sections.iter().filter(|(s, _, _, b)| *s == section.id && !b.removed)
            {
                let facts: Facts = body
                    .facts
                    .iter()
                    .filter(|(f, _)| self.proof.sees(&section.id, f))
                    .map(|(f, v)| (f.clone(), v.clone()))
                    .collect();
                let sees_any = section.fields.iter().any(|f| self.proof.sees(&section.id, &f.id));
                if !sees_any {
                    continue;
                }
                if body.restricted.is_some() && !self.proof.sees_restricted() {
                    view.withheld.insert(section.id.clone());
                    continue;
                }
                seen.push(SectionFields {
                    section: section.id.clone(),
                    occurrence: section.repeats.then_some(*occurrence),
                    fields: facts.keys().cloned().collect(),
                });
                view.sections.push(SectionView {
                    section: section.id.clone(),
                    occurrence: *occurrence,
                    version: *version,
                    facts,
                    about: body.about,
                    restricted: body.restricted.clone(),
                    written: body.written.filter(|_| self.proof.can(Power::Lists)),
                });
            }
        }
        // an act whose content one may not read is not even listed.
        let acts = self.sealed.acts.iter().zip(bodies);
        for (act, mut body) in acts.filter(|(a, _)| self.proof.sees_act(&a.kind)) {
            // What an act proposes for a section is seen by whom the section is.
            let register = self.proof.register;
            if let Some(kind) = register.act(&act.kind).filter(|k| !k.proposes.is_empty()) {
                body.facts.retain(|field, _| {
                    let section = register.proposed(kind, field);
                    section.is_none_or(|s| self.proof.sees(&s.id, field))
                });
            }
            view.acts.push(ActView {
                no: act.no,
                kind: act.kind.clone(),
                on: act.on,
                recorded: act.recorded,
                agent: act.agent,
                corrects: act.corrects,
                voided: act.voided.clone(),
                flags: body.flags,
                facts: act.voided.is_none().then_some(body.facts),
            });
        }
        if view.acts.iter().any(|a| a.facts.is_some()) {
            seen.push(SectionFields {
                section: "actes".to_owned(),
                occurrence: None,
                fields: Vec::new(),
            });
        }
        let told = rule(&plain);
        Ok(Pending::new((view, told), self.line(operation, at, seen, Outcome::Done)))
    }

    /// The line of what was done with this dossier.
    pub(crate) fn line(
        &self,
        operation: Operation,
        at: Instant,
        sections: Vec<SectionFields>,
        outcome: Outcome,
    ) -> Line {
        self.proof.line(operation, at, Dossiers::List(vec![self.sealed.dossier]), sections, outcome)
    }
}

impl Proof<'_> {
    pub(crate) fn line(
        &self,
        operation: Operation,
        at: Instant,
        dossiers: Dossiers,
        sections: Vec<SectionFields>,
        outcome: Outcome,
    ) -> Line {
        Line {
            at,
            authority: self.authority.clone(),
            session: self.session,
            address: self.address.clone(),
            processing: self.register.id.clone(),
            purpose: self.purpose.clone(),
            operation,
            dossiers,
            sections,
            outcome,
            detail: BTreeMap::new(),
        }
    }
}

pub(crate) fn act_thing(act: &SealedAct) -> Thing<'_> {
    Thing::Act {
        no: act.no,
        kind: &act.kind,
        on: act.on,
        corrects: act.corrects.unwrap_or(0),
        recorded: act.recorded,
        agent: act.agent,
    }
}
