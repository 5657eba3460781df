//! The second place of the keys: the same tables in a SQLite file that stands elsewhere, whatever
//! the engine of the installation. Nothing in it is clear: every key is wrapped under the root or
//! sealed to the archive. A batch of keys serves only once it was read back from there (so that no
//! dossier is lost with the key store), and a key destroyed here is overwritten there (I7, X-22).
//!
//! Of two key stores of one installation the one that has lived longer is right: what is missing
//! in the other is put back, what either has destroyed is destroyed in both.

use huis_kernel::Instant;
use huis_vault::Slot;
use std::path::Path;

use crate::{
    Store, StoreError,
    dump::{Cell, Shape, page, shapes},
    gone::{add_gone, gone_after, last_gone, overwrite},
    open::{KEYS, sqlite_copy},
    schema::{bring_up, is_made},
    sql::{Db, Tx, params},
};

/// What putting the two key stores together did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopyReport {
    /// Keys that the copy lacked.
    pub copied: u64,
    /// Keys that the installation lacked: it had been restored from an older state.
    pub recovered: u64,
    /// Keys that one of the two had destroyed and not the other.
    pub destroyed: u64,
    /// Keys that were in another form in the copy (archived since).
    pub renewed: u64,
}

/// How the copy stands, by counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyState {
    /// No second place was named.
    None,
    /// Named, and out of reach.
    Away,
    /// Keys of the installation that it lacks, and the reverse, by count.
    Lags(u64),
    /// The same keys, the same destructions.
    Same,
}

/// How many of the counts only grow.
const GROWING: usize = 4;
/// How many keys are compared at a time.
const KEYS_AT_A_TIME: usize = 500;

impl Store {
    /// Names the second place of the keys: a folder. It must hold the copy already, unless
    /// `create` says that it is to be made: a share that is not mounted is not an empty copy.
    pub async fn with_keys_copy(mut self, folder: &Path, create: bool) -> Result<Self, StoreError> {
        let copy = sqlite_copy(&folder.join("keys.db"), create);
        if create {
            std::fs::create_dir_all(folder)
                .map_err(|e| StoreError::Open(format!("copie des clés : {}", e.kind())))?;
            bring_up(&copy, KEYS).await.map_err(|_| {
                StoreError::Open("la copie des clés ne s’écrit pas : vérifiez ce dossier".into())
            })?;
        }
        // Out of reach for now: what needs it will say so, and it comes back by itself.
        if is_made(&copy).await.is_ok_and(|made| made) {
            bring_up(&copy, KEYS).await?;
        }
        let mine = self.named_key("root-check").await?;
        let there = named(&copy).await.ok().flatten();
        if let (Some(mine), Some(there)) = (mine, there)
            && mine != there
        {
            return Err(StoreError::Open(
                "cette copie des clés est celle d’une autre installation".into(),
            ));
        }
        self.copy = Some(copy);
        Ok(self)
    }

    /// Is there a second place of the keys?
    pub const fn has_keys_copy(&self) -> bool {
        self.copy.is_some()
    }

    /// Copies a batch of keys and reads it back. True when there is a second place.
    pub async fn copy_batch(&self, batch: i64) -> Result<bool, StoreError> {
        let Some(copy) = &self.copy else { return Ok(false) };
        self.copy_follows(copy).await?;
        let sql = "SELECT slot, key FROM key_slot WHERE batch = $1 ORDER BY slot";
        let made = self.keys.one("SELECT made_at FROM key_batch WHERE batch = $1", params![batch]);
        let made = made.await?.ok_or(StoreError::Corrupt("lot de clés"))?.int(0)?;
        let read = async |db: &Db| -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
            let rows = db.all(sql, params![batch]).await?;
            rows.iter().map(|r| Ok((r.int(0)?, r.bytes(1)?))).collect()
        };
        let keys = read(&self.keys).await?;
        let mut tx = copy.begin().await?;
        tx.run(
            "INSERT INTO key_batch (batch, made_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            params![batch, made],
        )
        .await?;
        let rows = keys.iter().map(|(slot, key)| params![*slot, batch, key]).collect();
        let tail = "ON CONFLICT (slot) DO UPDATE SET key = excluded.key";
        tx.insert("key_slot", "slot, batch, key", rows, tail).await?;
        tx.commit().await?;
        if read(copy).await? == keys && !keys.is_empty() {
            Ok(true)
        } else {
            Err(StoreError::Open("la copie des clés ne se relit pas".into()))
        }
    }

    /// A copy that was out of reach while the program was renewed takes the steps it missed.
    async fn copy_follows(&self, copy: &Db) -> Result<(), StoreError> {
        if is_made(copy).await? {
            bring_up(copy, KEYS).await
        } else {
            Err(StoreError::Open("la copie des clés est vide".into()))
        }
    }

    /// Compares the two key stores by counts: quick, whatever their size.
    pub async fn copy_state(&self) -> Result<CopyState, StoreError> {
        let Some(copy) = &self.copy else { return Ok(CopyState::None) };
        let here = counts(&self.keys).await?;
        Ok(match counts(copy).await {
            Err(_) => CopyState::Away,
            Ok(there) if there == here => CopyState::Same,
            Ok(there) => {
                let apart = here.iter().zip(there).map(|(a, b)| a.abs_diff(b)).max();
                CopyState::Lags(apart.unwrap_or(1))
            }
        })
    }

    /// Puts the two key stores together, key by key.
    pub async fn reconcile_copy(&self, now: Instant) -> Result<CopyReport, StoreError> {
        let Some(copy) = &self.copy else { return Ok(CopyReport::default()) };
        self.copy_follows(copy).await?;
        let mut report = CopyReport::default();
        let (here, there) = (counts(&self.keys).await?, counts(copy).await?);
        // The key store that has made or destroyed more has lived longer.
        let behind = there.iter().zip(&here).take(GROWING).any(|(t, h)| t > h);
        self.join_lists(copy).await?;
        for shape in shapes(&self.keys).await? {
            match shape.name.as_str() {
                "migration" | "gone" | "key_mark" => {}
                "key_slot" => self.join_keys(copy, now, &mut report).await?,
                _ if behind => mirror(copy, &self.keys, &shape).await?,
                _ => mirror(&self.keys, copy, &shape).await?,
            }
        }
        if report.recovered > 0 {
            self.all_batches_served().await?;
        }
        Ok(report)
    }

    /// Both lists of what must not come back are one: the shorter is the other's beginning.
    async fn join_lists(&self, copy: &Db) -> Result<(), StoreError> {
        let no = |row: Option<crate::gone::GoneRow>| row.map_or(0, |r| r.no);
        let (here, there) = (no(last_gone(&self.keys).await?), no(last_gone(copy).await?));
        let shared = here.min(there);
        if shared > 0 {
            let sql = "SELECT note FROM gone WHERE no = $1";
            let note = async |db: &Db| -> Result<Option<String>, StoreError> {
                db.one(sql, params![shared]).await?.map(|r| r.text(0)).transpose()
            };
            if note(&self.keys).await? != note(copy).await? {
                return Err(StoreError::Corrupt("liste des effacements"));
            }
        }
        let (from, to) = if here > there { (&self.keys, copy) } else { (copy, &self.keys) };
        let entries = gone_after(from, shared).await?;
        let mut tx = to.begin().await?;
        for entry in &entries {
            add_gone(&mut tx, entry).await?;
        }
        tx.commit().await
    }

    async fn join_keys(
        &self,
        copy: &Db,
        now: Instant,
        report: &mut CopyReport,
    ) -> Result<(), StoreError> {
        let mut after = 0_i64;
        loop {
            let here = slots(&self.keys, after, None).await?;
            let full = here.len() == KEYS_AT_A_TIME;
            let upto = if full { here.last().map(|k| k.slot) } else { None };
            let there = slots(copy, after, upto).await?;
            let missing = |from: &[Key], of: &[Key]| -> Vec<Key> {
                let known: std::collections::BTreeSet<i64> = of.iter().map(|k| k.slot).collect();
                from.iter().filter(|k| !known.contains(&k.slot)).cloned().collect()
            };
            let (to_copy, to_main) = (missing(&here, &there), missing(&there, &here));
            let (mut dead_here, mut dead_there, mut renewed) = (Vec::new(), Vec::new(), Vec::new());
            let by_slot: std::collections::BTreeMap<i64, &Key> =
                there.iter().map(|k| (k.slot, k)).collect();
            for key in &here {
                let Some(other) = by_slot.get(&key.slot) else { continue };
                match (key.destroyed, other.destroyed) {
                    (Some(_), None) => dead_there.push(Slot(key.slot)),
                    (None, Some(_)) => dead_here.push(Slot(key.slot)),
                    (None, None) if key.key != other.key => renewed.push(key.clone()),
                    _ => {}
                }
            }
            report.copied += to_copy.len() as u64;
            report.recovered += to_main.len() as u64;
            report.destroyed += (dead_here.len() + dead_there.len()) as u64;
            report.renewed += renewed.len() as u64;
            if !(to_copy.is_empty() && dead_there.is_empty() && renewed.is_empty()) {
                let mut tx = copy.begin().await?;
                add(&mut tx, to_copy).await?;
                overwrite(&mut tx, &dead_there, now).await?;
                for key in renewed {
                    let sql = "UPDATE key_slot SET key = $2
                               WHERE slot = $1 AND destroyed_at IS NULL";
                    tx.run(sql, params![key.slot, key.key]).await?;
                }
                tx.commit().await?;
            }
            if !(to_main.is_empty() && dead_here.is_empty()) {
                let mut tx = self.keys.begin().await?;
                add(&mut tx, to_main).await?;
                overwrite(&mut tx, &dead_here, now).await?;
                tx.commit().await?;
            }
            match upto {
                Some(last) => after = last,
                // What the copy holds beyond, a page at a time.
                None if there.len() == KEYS_AT_A_TIME => {
                    after = there.last().map_or(after, |k| k.slot);
                }
                None => break,
            }
        }
        Ok(())
    }
}

#[derive(Clone)]
struct Key {
    slot: i64,
    batch: i64,
    key: Vec<u8>,
    destroyed: Option<i64>,
}

async fn slots(db: &Db, after: i64, upto: Option<i64>) -> Result<Vec<Key>, StoreError> {
    let sql = format!(
        "SELECT slot, batch, key, destroyed_at FROM key_slot WHERE slot > $1 AND slot <= $2
         ORDER BY slot LIMIT {KEYS_AT_A_TIME}"
    );
    let rows = db.all(&sql, params![after, upto.unwrap_or(i64::MAX)]).await?;
    rows.iter()
        .map(|r| {
            let (slot, batch) = (r.int(0)?, r.int(1)?);
            Ok(Key { slot, batch, key: r.bytes(2)?, destroyed: r.opt_int(3)? })
        })
        .collect()
}

async fn add(tx: &mut Tx, keys: Vec<Key>) -> Result<(), StoreError> {
    let rows = keys.into_iter().map(|k| params![k.slot, k.batch, k.key, k.destroyed]).collect();
    tx.insert("key_slot", "slot, batch, key, destroyed_at", rows, "ON CONFLICT DO NOTHING").await
}

async fn named(db: &Db) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT key FROM named_key WHERE name = 'root-check'";
    db.one(sql, vec![]).await?.map(|r| r.bytes(0)).transpose()
}

/// Keys made, keys destroyed, the last slot, entries of the list: what only grows; and named keys.
async fn counts(db: &Db) -> Result<[u64; 5], StoreError> {
    let sql = "SELECT COUNT(*), COUNT(destroyed_at), COALESCE(MAX(slot), 0),
               (SELECT COALESCE(MAX(no), 0) FROM gone), (SELECT COUNT(*) FROM named_key)
               FROM key_slot";
    let row = db.one(sql, vec![]).await?.ok_or(StoreError::Corrupt("clés"))?;
    Ok([row.count(0)?, row.count(1)?, row.count(2)?, row.count(3)?, row.count(4)?])
}

/// Makes a small table the same as another: what is no longer there goes too (a key destroyed by
/// its removal must not live on in the copy).
async fn mirror(from: &Db, to: &Db, shape: &Shape) -> Result<(), StoreError> {
    let rows = async |db: &Db| -> Result<Vec<Vec<Cell>>, StoreError> {
        let mut tx = db.snapshot().await?;
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let rows = page(&mut tx, shape, after.as_deref(), KEYS_AT_A_TIME).await?;
            let full = rows.len() == KEYS_AT_A_TIME;
            after = rows.last().map(|r| shape.key_of(r));
            all.extend(rows);
            if !full {
                return Ok(all);
            }
        }
    };
    let (wanted, held) = (rows(from).await?, rows(to).await?);
    let stale: Vec<&Vec<Cell>> = held.iter().filter(|r| !wanted.contains(r)).collect();
    let fresh: Vec<&Vec<Cell>> = wanted.iter().filter(|r| !held.contains(r)).collect();
    if stale.is_empty() && fresh.is_empty() {
        return Ok(());
    }
    let mut tx = to.begin().await?;
    for row in stale {
        let (sql, list) = shape.delete(row)?;
        tx.run(&sql, list).await?;
    }
    let columns: Vec<&str> = shape.columns.iter().map(|(c, _)| c.as_str()).collect();
    let fresh = fresh.into_iter().map(|r| shape.params(r.clone())).collect::<Result<_, _>>()?;
    tx.insert(&shape.name, &columns.join(", "), fresh, "").await?;
    tx.commit().await
}
