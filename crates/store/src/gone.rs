//! What must not come back, as rows: the signed list beside the keys, and what is not on it yet.
//! The list's meaning and signatures are the trace's (`huis_trace::gone`).

use huis_kernel::{AgentId, GrantId, Instant};
use huis_vault::{KeyBlob, Slot};

use crate::{
    Store, StoreError,
    sql::{Db, Tx, params},
    work::{ids, places},
};

/// An entry of the list, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoneRow {
    /// Its place, from 1.
    pub no: u64,
    /// When.
    pub at: Instant,
    /// The signed text.
    pub note: String,
}

/// Withdrawn grants and closed accounts that the list does not hold yet.
pub type Unlisted = (Vec<GrantId>, Vec<AgentId>);

impl Store {
    /// The last entry of the list.
    pub async fn last_gone(&self) -> Result<Option<GoneRow>, StoreError> {
        last_gone(&self.keys).await
    }

    /// The whole list, in its order.
    pub async fn gone_list(&self) -> Result<Vec<GoneRow>, StoreError> {
        gone_after(&self.keys, 0).await
    }

    /// The whole list as the second place of the keys holds it.
    pub async fn gone_list_of_copy(&self) -> Result<Vec<GoneRow>, StoreError> {
        match &self.copy {
            Some(copy) => gone_after(copy, 0).await,
            None => Ok(Vec::new()),
        }
    }

    /// Which of these slots still hold a key.
    pub async fn alive_slots(&self, slots: &[Slot]) -> Result<Vec<Slot>, StoreError> {
        let mut out = Vec::new();
        for chunk in slots.chunks(500) {
            let sql = format!(
                "SELECT slot FROM key_slot WHERE destroyed_at IS NULL AND slot IN ({})
                 ORDER BY slot",
                places(1, chunk.len())
            );
            for row in self.keys.all(&sql, ids(chunk.iter().copied())).await? {
                out.push(Slot(row.int(0)?));
            }
        }
        Ok(out)
    }

    /// Overwrites keys and lists them as gone, in one transaction; `follow_gone` then tells the
    /// second place. A duplicate means that another server listed something first: try again.
    pub async fn destroy_listed(&self, slots: &[Slot], entry: &GoneRow) -> Result<(), StoreError> {
        let mut tx = self.keys.begin().await?;
        overwrite(&mut tx, slots, entry.at).await?;
        add_gone(&mut tx, entry).await?;
        tx.commit().await
    }

    /// Tells the second place what was listed since it last heard: keys are overwritten there too.
    pub async fn follow_gone(&self) -> Result<(), StoreError> {
        let Some(copy) = &self.copy else { return Ok(()) };
        let known = last_gone(copy).await?.map_or(0, |e| e.no);
        let entries = gone_after(&self.keys, known).await?;
        let Some(since) = entries.iter().map(|e| e.at).min() else { return Ok(()) };
        // Overwritten here: so it is there.
        let sql = "SELECT slot, destroyed_at FROM key_slot WHERE destroyed_at >= $1 ORDER BY slot";
        let slots: Vec<(i64, i64)> = self
            .keys
            .all(sql, params![since])
            .await?
            .iter()
            .map(|r| Ok((r.int(0)?, r.int(1)?)))
            .collect::<Result<_, StoreError>>()?;
        let mut tx = copy.begin().await?;
        for (slot, at) in slots {
            overwrite(&mut tx, &[Slot(slot)], Instant(at)).await?;
        }
        for entry in &entries {
            add_gone(&mut tx, entry).await?;
        }
        tx.commit().await
    }

    /// Withdrawn grants and closed accounts that are not on the list yet.
    pub async fn unlisted(&self) -> Result<Unlisted, StoreError> {
        let grants = "SELECT grant_id FROM habilitation
                      WHERE withdrawn_at IS NOT NULL AND withdrawn_listed IS NULL LIMIT 500";
        let agents = "SELECT agent FROM agent
                      WHERE state = 'closed' AND closed_listed IS NULL LIMIT 500";
        let grants = self.data.all(grants, vec![]).await?;
        let agents = self.data.all(agents, vec![]).await?;
        Ok((
            grants.iter().map(|r| r.id16(0).map(GrantId::from_bytes)).collect::<Result<_, _>>()?,
            agents.iter().map(|r| r.id16(0).map(AgentId::from_bytes)).collect::<Result<_, _>>()?,
        ))
    }

    /// They are on it now.
    pub async fn listed(&self, what: &Unlisted, now: Instant) -> Result<(), StoreError> {
        let mut tx = self.data.begin().await?;
        for id in &what.0 {
            let sql = "UPDATE habilitation SET withdrawn_listed = $2 WHERE grant_id = $1";
            tx.run(sql, params![*id, now]).await?;
        }
        for id in &what.1 {
            let sql = "UPDATE agent SET closed_listed = $2 WHERE agent = $1";
            tx.run(sql, params![*id, now]).await?;
        }
        tx.commit().await
    }

    /// Replays the list in a restored store: keys are overwritten, slots are not taken any more,
    /// grants are withdrawn, accounts closed. Tells how many of each were alive.
    pub async fn replay_gone(
        &self,
        slots: &[Slot],
        what: &Unlisted,
        now: Instant,
    ) -> Result<(u64, u64, u64), StoreError> {
        let mut tx = self.keys.begin().await?;
        let destroyed = overwrite(&mut tx, slots, now).await?;
        tx.commit().await?;
        let mut tx = self.data.begin().await?;
        for chunk in slots.chunks(500) {
            let sql = format!("DELETE FROM free_slot WHERE slot IN ({})", places(1, chunk.len()));
            tx.run(&sql, ids(chunk.iter().copied())).await?;
        }
        let (mut grants, mut agents) = (0, 0);
        for id in &what.0 {
            grants += tx
                .run(
                    "UPDATE habilitation SET withdrawn_at = $2, withdrawn_listed = $2,
                     withdrawn_reason = 'retirée avant la restauration'
                     WHERE grant_id = $1 AND withdrawn_at IS NULL",
                    params![*id, now],
                )
                .await?;
        }
        for id in &what.1 {
            agents += tx
                .run(
                    "UPDATE agent SET state = 'closed', closed_at = $2, closed_listed = $2,
                     sessions_from = $2 WHERE agent = $1 AND state <> 'closed'",
                    params![*id, now],
                )
                .await?;
        }
        tx.commit().await?;
        Ok((destroyed, grants, agents))
    }
}

/// In how many bytes SQLite keeps an instant of our days: with it, a row whose key is destroyed has the
/// size that it had, and is overwritten where it stands.
const AN_INSTANT: usize = 6;

/// Overwrites the keys of some slots, but for those that were before, and forgets what marked them.
/// How many there were.
pub(crate) async fn overwrite(tx: &mut Tx, slots: &[Slot], at: Instant) -> Result<u64, StoreError> {
    let mut n = 0;
    for chunk in slots.chunks(500) {
        let mut list = params![vec![0; KeyBlob::KEPT - AN_INSTANT], at];
        list.extend(ids(chunk.iter().copied()));
        let sql = format!(
            "UPDATE key_slot SET key = $1, destroyed_at = $2
             WHERE destroyed_at IS NULL AND slot IN ({})",
            places(3, chunk.len())
        );
        n += tx.run(&sql, list).await?;
        let sql = format!("DELETE FROM key_mark WHERE slot IN ({})", places(1, chunk.len()));
        tx.run(&sql, ids(chunk.iter().copied())).await?;
    }
    Ok(n)
}

pub(crate) async fn add_gone(tx: &mut Tx, entry: &GoneRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO gone (no, at, note) VALUES ($1, $2, $3)";
    tx.run(sql, params![entry.no, entry.at, &entry.note]).await?;
    Ok(())
}

pub(crate) async fn last_gone(db: &Db) -> Result<Option<GoneRow>, StoreError> {
    let sql = "SELECT no, at, note FROM gone ORDER BY no DESC LIMIT 1";
    let row = db.one(sql, vec![]).await?;
    row.map(|r| Ok(GoneRow { no: r.count(0)?, at: Instant(r.int(1)?), note: r.text(2)? }))
        .transpose()
}

pub(crate) async fn gone_after(db: &Db, no: u64) -> Result<Vec<GoneRow>, StoreError> {
    let rows =
        db.all("SELECT no, at, note FROM gone WHERE no > $1 ORDER BY no", params![no]).await?;
    rows.iter()
        .map(|r| Ok(GoneRow { no: r.count(0)?, at: Instant(r.int(1)?), note: r.text(2)? }))
        .collect()
}
