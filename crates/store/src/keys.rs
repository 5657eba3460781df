//! The key store: slots made ahead, destroyed by overwriting.

use huis_kernel::Instant;
use huis_vault::{KeyBlob, Keys, Slot};

use crate::{
    Store, StoreError,
    gone::overwrite,
    sql::params,
    work::{ids, places},
};

/// The last slot number that was put to service, as the data remember it.
const SERVED: &str = "slots-served";

impl Store {
    /// How many slots are ready to be taken.
    pub async fn free_slots(&self) -> Result<u64, StoreError> {
        let row = self.data.one("SELECT COUNT(*) FROM free_slot", vec![]).await?;
        row.map_or(Ok(0), |r| r.count(0))
    }

    /// Begins a batch of keys: reserves its numbers. A key store put back from an older state must
    /// not give a number twice: the data remember the last one that served.
    pub async fn next_slots(&self, n: u32) -> Result<(i64, Vec<Slot>), StoreError> {
        let row = self
            .keys
            .one(
                // Apart: each is then the end of an index, not a walk over every key.
                "SELECT COALESCE((SELECT MAX(slot) FROM key_slot), 0),
                 COALESCE((SELECT MAX(batch) FROM key_slot), 0)",
                vec![],
            )
            .await?
            .ok_or(StoreError::Corrupt("clés"))?;
        let served = self.meta(SERVED).await?.and_then(|s| s.parse::<i64>().ok()).unwrap_or(0);
        let first = row.int(0)?.max(served) + 1;
        Ok((row.int(1)? + 1, (first..first + i64::from(n)).map(Slot).collect()))
    }

    /// Keeps a batch of wrapped keys. A duplicate means that another server made a batch at the
    /// same time: try again.
    pub async fn keep_batch(
        &self,
        batch: i64,
        keys: &[(Slot, KeyBlob)],
        now: Instant,
    ) -> Result<(), StoreError> {
        let mut tx = self.keys.begin().await?;
        tx.run("INSERT INTO key_batch (batch, made_at) VALUES ($1, $2)", params![batch, now])
            .await?;
        let rows = keys.iter().map(|(s, k)| params![*s, batch, k.kept()]).collect();
        tx.insert("key_slot", "slot, batch, key", rows, "").await?;
        tx.commit().await
    }

    /// A batch that was made and serves not yet: its copy failed, or a server stopped there.
    pub async fn waiting_batch(&self) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT batch FROM key_batch WHERE served_at IS NULL ORDER BY batch LIMIT 1";
        self.keys.one(sql, vec![]).await?.map(|r| r.int(0)).transpose()
    }

    /// Puts a batch to service, once: `saved` says that it was read back from the second place.
    pub async fn serve_batch(
        &self,
        batch: i64,
        saved: bool,
        now: Instant,
    ) -> Result<(), StoreError> {
        let claimed = self
            .keys
            .run(
                "UPDATE key_batch SET served_at = $2, saved_at = $3
                 WHERE batch = $1 AND served_at IS NULL",
                params![batch, now, saved.then_some(now)],
            )
            .await?;
        if claimed == 0 {
            return Ok(()); // another server put it to service
        }
        let rows = self
            .keys
            .all(
                "SELECT slot FROM key_slot WHERE batch = $1 AND destroyed_at IS NULL",
                params![batch],
            )
            .await?;
        let slots = rows.iter().map(|r| r.int(0)).collect::<Result<Vec<_>, _>>()?;
        let mut tx = self.data.begin().await?;
        // A slot never serves twice: not even when a key store that was put back from an older
        // state does not know any more that its batch did.
        let sql = "SELECT value FROM meta WHERE key = $1";
        let served = tx.one(sql, params![SERVED]).await?.map(|r| r.text(0)).transpose()?;
        let served = served.and_then(|s| s.parse::<i64>().ok()).unwrap_or(0);
        let slots: Vec<i64> = slots.into_iter().filter(|s| *s > served).collect();
        let last = slots.iter().max().copied().unwrap_or(served);
        let free = slots.into_iter().map(|s| params![s]).collect();
        tx.insert("free_slot", "slot", free, "ON CONFLICT DO NOTHING").await?;
        tx.run(
            "INSERT INTO meta (key, value) VALUES ($1, $2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            params![SERVED, last.to_string()],
        )
        .await?;
        tx.commit().await
    }

    /// Every batch of a key store that was put together again has served, as far as anyone knows.
    pub async fn all_batches_served(&self) -> Result<(), StoreError> {
        self.keys
            .run("UPDATE key_batch SET served_at = made_at WHERE served_at IS NULL", vec![])
            .await?;
        Ok(())
    }

    /// The wrapped keys of some slots.
    pub async fn keys(&self, slots: &[Slot]) -> Result<Keys, StoreError> {
        let mut out = Keys::default();
        for chunk in slots.chunks(500) {
            let sql = format!(
                "SELECT k.slot, k.key, m.seals FROM key_slot k
                 LEFT JOIN key_mark m ON m.slot = k.slot WHERE k.slot IN ({})",
                places(1, chunk.len())
            );
            for row in self.keys.all(&sql, ids(chunk.iter().copied())).await? {
                out.extend([(Slot(row.int(0)?), KeyBlob::from_kept(row.bytes(1)?))]);
                out.not_below(row.opt_int(2)?.and_then(|n| u64::try_from(n).ok()).unwrap_or(0));
            }
        }
        Ok(out)
    }

    /// Marks, beside the keys of dossiers' units, the number that their digest bears. It never
    /// goes down.
    pub async fn mark_slots(&self, marks: &[(Slot, u64)]) -> Result<(), StoreError> {
        let rows = marks.iter().map(|(slot, seals)| params![*slot, *seals]).collect();
        let mut tx = self.keys.begin().await?;
        let tail = "ON CONFLICT (slot) DO UPDATE SET seals = excluded.seals
                    WHERE key_mark.seals < excluded.seals";
        tx.insert("key_mark", "slot, seals", rows, tail).await?;
        tx.commit().await
    }

    /// Forgets every mark: for a restore alone, which brings the data back to an older state on
    /// purpose.
    pub async fn forget_marks(&self) -> Result<(), StoreError> {
        self.keys.run("DELETE FROM key_mark", vec![]).await?;
        Ok(())
    }

    /// Overwrites keys: they are gone, here and in the second place. Idempotent. The slot numbers
    /// stay. What the program destroys goes by `destroy_listed`, which also lists it.
    pub async fn destroy_keys(&self, slots: &[Slot], now: Instant) -> Result<(), StoreError> {
        for db in [Some(&self.keys), self.copy.as_ref()].into_iter().flatten() {
            let mut tx = db.begin().await?;
            overwrite(&mut tx, slots, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Replaces a key by its archived (or re-activated) form. A destroyed key stays destroyed.
    pub async fn replace_keys(&self, keys: &[(Slot, KeyBlob)]) -> Result<(), StoreError> {
        for db in [Some(&self.keys), self.copy.as_ref()].into_iter().flatten() {
            let mut tx = db.begin().await?;
            for (slot, blob) in keys {
                tx.run(
                    "UPDATE key_slot SET key = $2 WHERE slot = $1 AND destroyed_at IS NULL",
                    params![*slot, blob.kept()],
                )
                .await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Every destroyed slot: what `restore` replays before it opens anything.
    pub async fn destroyed_slots(&self) -> Result<Vec<(Slot, Instant)>, StoreError> {
        let sql = "SELECT slot, destroyed_at FROM key_slot WHERE destroyed_at IS NOT NULL
                   ORDER BY slot";
        let rows = self.keys.all(sql, vec![]).await?;
        rows.iter().map(|r| Ok((Slot(r.int(0)?), Instant(r.int(1)?)))).collect()
    }

    /// A key or public half kept under a name (archive pair, trace signer).
    pub async fn named_key(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.keys.one("SELECT key FROM named_key WHERE name = $1", params![name]).await?;
        row.map(|r| r.bytes(0)).transpose()
    }

    /// Keeps a key under a name.
    pub async fn keep_named_key(&self, name: &str, key: &[u8]) -> Result<(), StoreError> {
        for db in [Some(&self.keys), self.copy.as_ref()].into_iter().flatten() {
            db.run(
                "INSERT INTO named_key (name, key) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET key = excluded.key",
                params![name, key],
            )
            .await?;
        }
        Ok(())
    }
}
