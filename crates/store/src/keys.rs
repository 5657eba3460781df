//! The key store: slots made ahead, destroyed by overwriting.

use huis_kernel::Instant;
use huis_vault::{KeyBlob, Keys, Slot};

use crate::{
    Store, StoreError,
    sql::params,
    work::{ids, places},
};

impl Store {
    /// How many slots are ready to be taken.
    pub async fn free_slots(&self) -> Result<u64, StoreError> {
        let row = self.data.one("SELECT COUNT(*) FROM free_slot", vec![]).await?;
        row.map_or(Ok(0), |r| r.count(0))
    }

    /// Begins a batch of keys: reserves its numbers.
    pub async fn next_slots(&self, n: u32) -> Result<(i64, Vec<Slot>), StoreError> {
        let row = self
            .keys
            .one("SELECT COALESCE(MAX(slot), 0), COALESCE(MAX(batch), 0) FROM key_slot", vec![])
            .await?
            .ok_or(StoreError::Corrupt("clés"))?;
        let first = row.int(0)? + 1;
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
        let rows = keys.iter().map(|(s, k)| params![*s, batch, &k.0]).collect();
        tx.insert("key_slot", "slot, batch, key", rows, "").await?;
        tx.commit().await
    }

    /// Puts a batch to service, once it is saved elsewhere.
    pub async fn serve_batch(&self, batch: i64, now: Instant) -> Result<(), StoreError> {
        self.keys
            .run("UPDATE key_batch SET saved_at = $2 WHERE batch = $1", params![batch, now])
            .await?;
        let rows = self
            .keys
            .all(
                "SELECT slot FROM key_slot WHERE batch = $1 AND destroyed_at IS NULL",
                params![batch],
            )
            .await?;
        let slots =
            rows.iter().map(|r| Ok(params![r.int(0)?])).collect::<Result<_, StoreError>>()?;
        let mut tx = self.data.begin().await?;
        tx.insert("free_slot", "slot", slots, "ON CONFLICT DO NOTHING").await?;
        tx.commit().await
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
                out.extend([(Slot(row.int(0)?), KeyBlob(row.bytes(1)?))]);
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

    /// Overwrites keys: they are gone. Idempotent. The slot numbers stay, as the list of what was
    /// destroyed.
    pub async fn destroy_keys(&self, slots: &[Slot], now: Instant) -> Result<(), StoreError> {
        let mut tx = self.keys.begin().await?;
        for chunk in slots.chunks(500) {
            let empty: Vec<u8> = Vec::new();
            let mut list = params![empty, now];
            list.extend(ids(chunk.iter().copied()));
            let sql = format!(
                "UPDATE key_slot SET key = $1, destroyed_at = $2
                 WHERE destroyed_at IS NULL AND slot IN ({})",
                places(3, chunk.len())
            );
            tx.run(&sql, list).await?;
            let sql = format!("DELETE FROM key_mark WHERE slot IN ({})", places(1, chunk.len()));
            tx.run(&sql, ids(chunk.iter().copied())).await?;
        }
        tx.commit().await
    }

    /// Replaces a key by its archived (or re-activated) form. A destroyed key stays destroyed.
    pub async fn replace_keys(&self, keys: &[(Slot, KeyBlob)]) -> Result<(), StoreError> {
        let mut tx = self.keys.begin().await?;
        for (slot, blob) in keys {
            tx.run(
                "UPDATE key_slot SET key = $2 WHERE slot = $1 AND destroyed_at IS NULL",
                params![*slot, &blob.0],
            )
            .await?;
        }
        tx.commit().await
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
        self.keys
            .run(
                "INSERT INTO named_key (name, key) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET key = excluded.key",
                params![name, key],
            )
            .await?;
        Ok(())
    }
}
