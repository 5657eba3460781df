//! Data and keys of two moments, put in agreement: what was erased since the backup is erased, an
//! act voided since is void, what was archived since opens again for its desk, which closes it once
//! more. And later, keys that nothing refers to any more are destroyed.

use huis_access::{KeySource, decide_job, unlock};
use huis_kernel::{CaseNumber, Instant};
use huis_store::restored::{Position, UnitKey};
use huis_vault::{ArchiveSecret, Keys, Slot, UnitState};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::{
    Huis, UseError,
    dossier::{Checked, changed},
    life::KEY_BACKUP_DAYS,
};

/// Dossiers looked at together.
const BATCH: u32 = 200;
/// The void reason of an act whose key was destroyed after the backup.
const SINCE: &str = "annule-avant-restauration";
/// Keys that nothing in the restored data refers to.
const ORPHANS: &str = "orphan-keys";

/// What was put in agreement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreed {
    /// Retention units erased since the backup, and now again.
    pub erased: u64,
    /// Acts voided since the backup, and now again.
    pub voided: u64,
    /// Dossiers archived since the backup: running again, to be closed again.
    pub reopened: Vec<CaseNumber>,
    /// The same, which open with the archive's passphrase only: it was not given.
    pub locked: u64,
    /// Retention units whose key is in neither of the key stores: lost.
    pub lost: u64,
}

/// When keys without data are destroyed: not at once, for a newer backup may still be restored.
#[derive(Serialize, Deserialize)]
struct Orphans {
    upto: i64,
    after: Instant,
}

impl Huis {
    pub(super) async fn agree(&self, archive: Option<&ArchiveSecret>) -> Result<Agreed, UseError> {
        let mut agreed = Agreed::default();
        let mut after: Option<Position> = None;
        loop {
            let units = self.store.unit_keys(after, BATCH).await?;
            let Some(last) = units.last() else { break };
            after = Some((last.office, last.dossier));
            let slots: Vec<Slot> = units.iter().map(|u| u.slot).collect();
            let keys = self.store.keys(&slots).await?;
            let mut dossiers = BTreeSet::new();
            for unit in &units {
                if self.agree_unit(unit, &keys, archive, &mut agreed).await? {
                    dossiers.insert((unit.office, unit.dossier));
                }
            }
            for at in dossiers {
                self.agree_acts(at, archive, &mut agreed).await?;
            }
        }
        agreed.reopened.sort_unstable();
        agreed.reopened.dedup();
        let upto = self.store.last_slot().await?;
        let after = self.now().plus_ms(i64::from(KEY_BACKUP_DAYS) * 86_400_000);
        let orphans = serde_json::to_string(&Orphans { upto, after }).unwrap_or_default();
        self.store.set_meta(ORPHANS, &orphans).await?;
        Ok(agreed)
    }

    /// True when the unit lives.
    async fn agree_unit(
        &self,
        unit: &UnitKey,
        keys: &Keys,
        archive: Option<&ArchiveSecret>,
        agreed: &mut Agreed,
    ) -> Result<bool, UseError> {
        let Some(blob) = keys.get(&unit.slot) else {
            agreed.lost += 1;
            return Ok(false);
        };
        if blob.is_destroyed() {
            self.erase_again(unit).await?;
            agreed.erased += 1;
            return Ok(false);
        }
        if unit.archived && !blob.is_archived() {
            let sealed = self.root.archive(unit.slot, blob, &self.archive, &*self.rng);
            let sealed = sealed.map_err(|_| UseError::Broken)?;
            self.store.replace_keys(&[(unit.slot, sealed)]).await?;
        } else if !unit.archived && blob.is_archived() {
            let Some(secret) = archive else {
                agreed.locked += 1;
                return Ok(true);
            };
            let key = self.root.unwrap(unit.slot, blob, Some(secret));
            let key = key.map_err(|_| UseError::Broken)?;
            let wrapped = self.root.wrap(unit.slot, &key, &*self.rng);
            self.store.replace_keys(&[(unit.slot, wrapped)]).await?;
            if let Some((card, _)) = self.store.dossier(unit.office, unit.dossier).await? {
                agreed.reopened.push(card.number);
            }
        }
        Ok(true)
    }

    /// The rows of a unit whose key is gone: removed as the sweep had removed them.
    async fn erase_again(&self, unit: &UnitKey) -> Result<(), UseError> {
        let (office, dossier) = (unit.office, unit.dossier);
        let mut work = self.store.begin().await?;
        let Some(Checked { card, mut sealed, .. }) =
            self.checked(&mut work, office, dossier).await?
        else {
            return Ok(());
        };
        let last = work.remove_unit(office, dossier, &unit.unit).await?;
        let mut mark = None;
        if !last {
            sealed.units.retain(|u| u.unit != unit.unit);
            sealed.acts.retain(|a| a.unit != unit.unit);
            mark = Some(self.seal_digest(&mut work, &card, sealed));
        }
        work.commit().await?;
        self.mark(mark).await;
        Ok(())
    }

    /// Acts of which the own key was destroyed since.
    async fn agree_acts(
        &self,
        at: Position,
        archive: Option<&ArchiveSecret>,
        agreed: &mut Agreed,
    ) -> Result<(), UseError> {
        let acts = self.store.act_keys(at).await?;
        let slots: Vec<Slot> = acts.iter().map(|a| a.slot).collect();
        let keys = self.store.keys(&slots).await?;
        for act in acts {
            if !keys.get(&act.slot).is_some_and(huis_vault::KeyBlob::is_destroyed) {
                continue;
            }
            let mut work = self.store.begin().await?;
            let Some((mut card, sealed)) = work.dossier(at.0, at.1).await? else { return Ok(()) };
            let register = &self.processed(&card.processing)?.register;
            if sealed.units.iter().any(|u| u.state == UnitState::Archived) && archive.is_none() {
                return Ok(()); // nobody opens it before the archive does, and then it is void too
            }
            let keys = self.keys_of(&sealed).await?;
            let source = KeySource { root: &self.root, archive, keys: &keys };
            let proof = decide_job(register, "restauration", at.0);
            let unlocked = unlock(&proof, &sealed, source)?;
            // What the act had brought was emptied with it then: it is again.
            let kind = sealed.acts.iter().find(|a| a.no == act.no).map_or("", |a| a.kind.as_str());
            let brings = self.processed(&card.processing)?.rules.brings(kind);
            let voided = huis_access::void(&unlocked, act.no, brings, self.now(), &*self.rng)?;
            let Some(voided) = voided else { continue };
            card.version += 1;
            card.changed_at = self.now();
            let mut after = changed(&sealed, &voided.units, &[]);
            for row in after.acts.iter_mut().filter(|a| a.no == act.no) {
                row.voided = Some(SINCE.to_owned());
            }
            work.put_units(at.0, at.1, &voided.units).await?;
            work.put_sections(at.0, at.1, &voided.sections).await?;
            let mark = self.seal_digest(&mut work, &card, after);
            work.void_act(at.0, at.1, act.no, SINCE).await?;
            work.set_card(&card);
            let mut line = voided.line;
            line.detail.insert("acte".to_owned(), act.no.to_string());
            line.detail.insert("motif".to_owned(), SINCE.to_owned());
            let entry = self.beside(&mut work, &mut line).await?;
            work.commit().await?;
            self.mark([mark]).await;
            self.chain(vec![(entry, line)]).await;
            agreed.voided += 1;
        }
        Ok(())
    }

    /// Destroys the keys that a restore left without data, when their time has come: else a backup
    /// in between would keep what nobody erases any more.
    pub(crate) async fn destroy_orphans(&self) -> Result<u64, UseError> {
        let Some(text) = self.store.meta(ORPHANS).await? else { return Ok(0) };
        let orphans: Orphans =
            serde_json::from_str(&text).map_err(|_| UseError::Internal("clés sans dossier"))?;
        if self.now() < orphans.after {
            return Ok(0);
        }
        let (mut done, mut after) = (0, 0);
        loop {
            let (slots, last) = self.store.orphan_slots(after, orphans.upto).await?;
            let Some(last) = last else { break };
            after = last;
            if !slots.is_empty() && !self.destroy(&slots).await? {
                return Ok(done);
            }
            done += slots.len() as u64;
        }
        if done > 0 {
            self.store.scrub().await?;
        }
        self.store.drop_meta(ORPHANS).await?;
        Ok(done)
    }
}
