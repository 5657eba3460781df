//! Sealed things as the store keeps them: opaque bytes and the closed list of clear columns.

use huis_kernel::{AgentId, CaseNumber, Date, DossierId, Instant, OfficeId};
use std::collections::BTreeMap;

use crate::KeyBlob;

/// A key slot's number. It says nothing but its own rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub i64);

/// The keys of a dossier, by slot, still wrapped; and the number below which its digest was brought
/// back from the past.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    blobs: BTreeMap<Slot, KeyBlob>,
    least: u64,
}

impl Keys {
    /// The wrapped key of a slot; empty when it was destroyed.
    pub fn get(&self, slot: &Slot) -> Option<&KeyBlob> {
        self.blobs.get(slot)
    }
    /// The lowest number that the dossier's digest may bear (0: the key store was told none).
    pub const fn least(&self) -> u64 {
        self.least
    }
    /// The key store was told of this number.
    pub fn not_below(&mut self, seals: u64) {
        self.least = self.least.max(seals);
    }
}

impl FromIterator<(Slot, KeyBlob)> for Keys {
    fn from_iter<I: IntoIterator<Item = (Slot, KeyBlob)>>(keys: I) -> Self {
        Self { blobs: keys.into_iter().collect(), least: 0 }
    }
}

impl Extend<(Slot, KeyBlob)> for Keys {
    fn extend<I: IntoIterator<Item = (Slot, KeyBlob)>>(&mut self, keys: I) {
        self.blobs.extend(keys);
    }
}

impl IntoIterator for Keys {
    type Item = (Slot, KeyBlob);
    type IntoIter = std::collections::btree_map::IntoIter<Slot, KeyBlob>;
    fn into_iter(self) -> Self::IntoIter {
        self.blobs.into_iter()
    }
}

/// The stage of a retention unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitState {
    /// In the active file.
    Active,
    /// In the archive (*archivage intermédiaire*), under its own key pair and grant.
    Archived,
}

/// A retention unit of a dossier: what one key seals, and its contents list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedUnit {
    /// The `[[duree]]` that governs it.
    pub unit: String,
    /// Its key.
    pub slot: Slot,
    /// Active or archived.
    pub state: UnitState,
    /// Counts every change of its contents.
    pub version: u64,
    /// The sealed list of its sections (with versions) and acts.
    pub contents: Vec<u8>,
}

/// One section occurrence, under a place that does not say what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSection {
    /// Retention unit.
    pub unit: String,
    /// Keyed hash of section and occurrence.
    pub place: [u8; 16],
    /// Its own version, for conflicts.
    pub version: u64,
    /// The sealed body.
    pub body: Vec<u8>,
}

/// One act: what stands in the clear, and its sealed payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedAct {
    /// Number within the dossier.
    pub no: u32,
    /// Retention unit.
    pub unit: String,
    /// Kind.
    pub kind: String,
    /// Legal date.
    pub on: Date,
    /// When it was recorded.
    pub recorded: Instant,
    /// Who recorded it; `None` for a rule.
    pub agent: Option<AgentId>,
    /// The act it corrects.
    pub corrects: Option<u32>,
    /// Reason code when it was voided: then its own key is gone.
    pub voided: Option<String>,
    /// Its own key.
    pub slot: Slot,
    /// The sealed payload.
    pub body: Vec<u8>,
}

/// A whole dossier as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedDossier {
    /// Office.
    pub office: OfficeId,
    /// Dossier.
    pub dossier: DossierId,
    /// Processing.
    pub processing: String,
    /// Its number.
    pub number: CaseNumber,
    /// Territorial unit: who may open it hangs on it.
    pub territory: String,
    /// Opened on: its terms hang on it.
    pub opened_on: Date,
    /// Closed on.
    pub closed_on: Option<Date>,
    /// Version of its acts.
    pub version: u64,
    /// Counts every change of what is sealed; bound in the digest, and marked in the key store.
    pub seals: u64,
    /// Keyed digest of all of the above and below (I14).
    pub digest: Vec<u8>,
    /// Retention units still alive.
    pub units: Vec<SealedUnit>,
    /// Sections.
    pub sections: Vec<SealedSection>,
    /// Acts, by number.
    pub acts: Vec<SealedAct>,
}
