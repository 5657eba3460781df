//! The digest of a whole dossier (I14). Each sealed thing is bound to its place and version, and
//! each retention unit lists what it holds; what binds the units to each other, to the void marks of
//! acts, and to what stands of the dossier in the clear is one keyed digest over them all, with a
//! number that only grows. The key store keeps the highest number it was told of: rows brought back
//! with their own old digest, one unit or all of them, are below it.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use crate::{Keys, RootKey, SealedDossier, UnitState};

/// What is stored of a dossier is not what was written last (I14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// A row was changed, added, removed, exchanged or brought back alone.
    #[error("le dossier ne correspond plus à son empreinte")]
    Altered,
    /// The whole dossier was brought back to an older state.
    #[error("le dossier a été ramené en arrière")]
    RolledBack,
}

impl RootKey {
    /// The digest of a dossier, under a key of this use alone. It holds nothing personal: names of
    /// units, numbers, dates, codes, and hashes of what is sealed.
    pub fn digest(&self, sealed: &SealedDossier) -> Vec<u8> {
        self.derive("dossier digest").hmac(b"dossier", &bytes(sealed)).to_vec()
    }

    /// Is the dossier what was written last?
    pub fn check(&self, sealed: &SealedDossier, keys: &Keys) -> Result<(), DigestError> {
        if !bool::from(self.digest(sealed).ct_eq(&sealed.digest)) {
            return Err(DigestError::Altered);
        }
        // Ahead of the key store is no fault: its mark follows the commit, and a key store brought
        // back from a backup holds an older one. Nobody without the root key makes a digest ahead.
        if sealed.seals < keys.least() { Err(DigestError::RolledBack) } else { Ok(()) }
    }
}

/// Everything that is bound, each part with its length, so that no two dossiers read alike. What a
/// section or an act's payload holds is bound by its own seal to the version listed in its unit.
fn bytes(sealed: &SealedDossier) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    let mut part = |bytes: &[u8]| {
        out.extend((bytes.len() as u64).to_be_bytes());
        out.extend(bytes);
    };
    part(sealed.processing.as_bytes());
    part(sealed.office.as_bytes());
    part(sealed.dossier.as_bytes());
    part(&sealed.seals.to_be_bytes());
    part(&sealed.number.digits().to_be_bytes());
    part(sealed.territory.as_bytes());
    part(sealed.opened_on.to_string().as_bytes());
    part(sealed.closed_on.map(|d| d.to_string()).unwrap_or_default().as_bytes());
    part(&(sealed.units.len() as u64).to_be_bytes());
    let mut units: Vec<_> = sealed.units.iter().collect();
    units.sort_unstable_by(|a, b| a.unit.cmp(&b.unit));
    for unit in units {
        part(unit.unit.as_bytes());
        part(&unit.slot.0.to_be_bytes());
        part(match unit.state {
            UnitState::Active => b"active",
            UnitState::Archived => b"archived",
        });
        part(&unit.version.to_be_bytes());
        part(&Sha256::digest(&unit.contents));
    }
    part(&(sealed.acts.len() as u64).to_be_bytes());
    for act in &sealed.acts {
        part(&act.no.to_be_bytes());
        part(act.unit.as_bytes());
        part(&act.slot.0.to_be_bytes());
        // « Not voided » and « voided for no reason » are not the same.
        part(&[u8::from(act.voided.is_some())]);
        part(act.voided.as_deref().unwrap_or_default().as_bytes());
        part(act.kind.as_bytes());
        part(act.on.to_string().as_bytes());
        part(&act.corrects.unwrap_or(0).to_be_bytes());
        part(&act.recorded.0.to_be_bytes());
        part(act.agent.as_ref().map_or(&[][..], |a| a.as_bytes()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyBlob, SealedAct, SealedUnit, Slot};
    use huis_kernel::{AgentId, CaseNumber, DossierId, Instant, OfficeId, SeededRng};

    fn date(year: i16, month: i8, day: i8) -> huis_kernel::Date {
        huis_kernel::Date::new(year, month, day).unwrap()
    }

    fn unit(name: &str, slot: i64, version: u64) -> SealedUnit {
        SealedUnit {
            unit: name.into(),
            slot: Slot(slot),
            state: UnitState::Active,
            version,
            contents: vec![u8::try_from(version).unwrap(); 40],
        }
    }

    fn act(no: u32, slot: i64) -> SealedAct {
        SealedAct {
            no,
            unit: "procedure".into(),
            kind: "assignation".into(),
            on: date(2026, 3, 2),
            recorded: Instant(5),
            agent: Some(AgentId::from_bytes([4; 16])),
            corrects: None,
            voided: None,
            slot: Slot(slot),
            body: vec![1, 2, 3],
        }
    }

    fn dossier(root: &RootKey) -> SealedDossier {
        let mut sealed = SealedDossier {
            office: OfficeId::from_bytes([1; 16]),
            dossier: DossierId::from_bytes([2; 16]),
            processing: "expulsion".into(),
            number: CaseNumber::random(&SeededRng::new(1)),
            territory: "681".into(),
            opened_on: date(2026, 3, 1),
            closed_on: None,
            version: 2,
            seals: 7,
            digest: Vec::new(),
            units: vec![unit("identite", 1, 3), unit("procedure", 2, 4)],
            sections: Vec::new(),
            acts: vec![act(1, 10), act(2, 11)],
        };
        sealed.digest = root.digest(&sealed);
        sealed
    }

    fn keys(least: u64) -> Keys {
        let mut keys = Keys::from_iter([(Slot(1), KeyBlob(vec![1]))]);
        keys.not_below(least);
        keys
    }

    /// Every single thing that someone with the database and without the root key can change.
    #[test]
    fn whatever_is_changed_in_a_dossier_is_noticed_i14() {
        let root = RootKey::generate(&SeededRng::new(9));
        let good = dossier(&root);
        assert_eq!(root.check(&good, &keys(7)), Ok(()));
        type Change = (&'static str, fn(&mut SealedDossier));
        let changes: &[Change] = &[
            ("another place", |d| d.territory = "684".into()),
            ("another number", |d| d.number = CaseNumber::random(&SeededRng::new(2))),
            ("a later term", |d| d.opened_on = date(2027, 3, 1)),
            ("closed", |d| d.closed_on = Some(date(2026, 4, 1))),
            ("a unit removed", |d| drop(d.units.pop())),
            ("a unit added", |d| d.units.push(unit("autre", 3, 1))),
            ("a unit brought back", |d| d.units[1] = unit("procedure", 2, 3)),
            ("a unit archived", |d| d.units[0].state = UnitState::Archived),
            ("another's key", |d| d.units[0].slot = Slot(99)),
            ("keys exchanged", |d| {
                d.units[0].slot = Slot(2);
                d.units[1].slot = Slot(1);
            }),
            ("an act removed", |d| drop(d.acts.pop())),
            ("acts exchanged", |d| d.acts.swap(0, 1)),
            ("an act voided", |d| d.acts[0].voided = Some("doublon".into())),
            ("an act voided for nothing", |d| d.acts[0].voided = Some(String::new())),
            ("an act's key", |d| d.acts[0].slot = Slot(12)),
            ("an act's author", |d| d.acts[0].agent = None),
            ("an act's date", |d| d.acts[0].on = date(2026, 3, 3)),
            ("a higher number", |d| d.seals = 8),
            ("no digest", |d| d.digest.clear()),
            ("one bit", |d| d.digest[31] ^= 1),
        ];
        for (what, change) in changes {
            let mut bad = good.clone();
            change(&mut bad);
            assert_eq!(root.check(&bad, &keys(7)), Err(DigestError::Altered), "{what}");
        }
        let other = RootKey::generate(&SeededRng::new(10));
        assert_eq!(other.check(&good, &keys(7)), Err(DigestError::Altered), "another root");
    }

    #[test]
    fn a_dossier_below_the_mark_of_the_key_store_was_rolled_back_i14() {
        let root = RootKey::generate(&SeededRng::new(9));
        let good = dossier(&root);
        for (least, expected) in
            [(0, Ok(())), (6, Ok(())), (7, Ok(())), (8, Err(DigestError::RolledBack))]
        {
            assert_eq!(root.check(&good, &keys(least)), expected, "{least}");
        }
    }
}
