//! What a restored store is asked, to put its data and its keys in agreement.

use huis_kernel::{DossierId, Instant, OfficeId};
use huis_vault::Slot;

use crate::{Store, StoreError, offices::OfficeRow, sql::params};

/// A retention unit with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitKey {
    /// Office.
    pub office: OfficeId,
    /// Dossier.
    pub dossier: DossierId,
    /// Retention unit.
    pub unit: String,
    /// Its key.
    pub slot: Slot,
    /// Is it in the archive, by the data?
    pub archived: bool,
}

/// An act that was not voided, with its own key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActKey {
    /// Office.
    pub office: OfficeId,
    /// Dossier.
    pub dossier: DossierId,
    /// Number.
    pub no: u32,
    /// Its key.
    pub slot: Slot,
}

/// The position of a unit or act in its pass.
pub type Position = (OfficeId, DossierId);

impl Store {
    /// The units of the dossiers that follow a position, dossier by dossier.
    pub async fn unit_keys(
        &self,
        after: Option<Position>,
        dossiers: u32,
    ) -> Result<Vec<UnitKey>, StoreError> {
        let (office, dossier) = start(after);
        let sql = "SELECT u.office, u.dossier, u.unit, u.slot, u.state FROM unit u
                   JOIN (SELECT DISTINCT office, dossier FROM unit
                         WHERE (office, dossier) > ($1, $2) ORDER BY office, dossier LIMIT $3) d
                   ON d.office = u.office AND d.dossier = u.dossier
                   ORDER BY u.office, u.dossier, u.unit";
        let rows = self.data.all(sql, params![office, dossier, dossiers]).await?;
        rows.iter()
            .map(|r| {
                Ok(UnitKey {
                    office: OfficeId::from_bytes(r.id16(0)?),
                    dossier: DossierId::from_bytes(r.id16(1)?),
                    unit: r.text(2)?,
                    slot: Slot(r.int(3)?),
                    archived: r.text(4)? == "archived",
                })
            })
            .collect()
    }

    /// The acts of a dossier that were not voided.
    pub async fn act_keys(&self, at: Position) -> Result<Vec<ActKey>, StoreError> {
        let sql = "SELECT no, slot FROM act WHERE office = $1 AND dossier = $2
                   AND voided IS NULL ORDER BY no";
        let rows = self.data.all(sql, params![at.0, at.1]).await?;
        rows.iter()
            .map(|r| {
                let (no, slot) = (r.small(0)?, Slot(r.int(1)?));
                Ok(ActKey { office: at.0, dossier: at.1, no, slot })
            })
            .collect()
    }

    /// No slot of the backup is taken any more: some were since, by what the backup does not hold.
    pub async fn forget_free_slots(&self) -> Result<u64, StoreError> {
        self.data.run("DELETE FROM free_slot", vec![]).await
    }

    /// Has the key store no named key, not even the one that tells its root?
    pub async fn is_empty_of_keys(&self) -> Result<bool, StoreError> {
        Ok(self.keys.one("SELECT 1 FROM named_key LIMIT 1", vec![]).await?.is_none())
    }

    /// The highest slot.
    pub async fn last_slot(&self) -> Result<i64, StoreError> {
        let row = self.keys.one("SELECT COALESCE(MAX(slot), 0) FROM key_slot", vec![]).await?;
        row.map_or(Ok(0), |r| r.int(0))
    }

    /// Living keys within `(after, upto]` that nothing in the data refers to, the first of them;
    /// with the last slot looked at.
    pub async fn orphan_slots(
        &self,
        after: i64,
        upto: i64,
    ) -> Result<(Vec<Slot>, Option<i64>), StoreError> {
        let sql = "SELECT slot FROM key_slot WHERE slot > $1 AND slot <= $2
                   AND destroyed_at IS NULL ORDER BY slot LIMIT 500";
        let rows = self.keys.all(sql, params![after, upto]).await?;
        let alive = rows.iter().map(|r| r.int(0)).collect::<Result<Vec<_>, _>>()?;
        let Some(last) = alive.last().copied() else { return Ok((Vec::new(), None)) };
        let mut used = std::collections::BTreeSet::new();
        // Free ones first: a slot that is taken meanwhile is then seen where it went.
        let mut tables = crate::dump::shapes(&self.data).await?;
        tables.retain(|t| t.columns.iter().any(|(column, _)| column == "slot"));
        tables.sort_by_key(|t| t.name != "free_slot");
        for table in tables {
            let name = table.name;
            let sql = format!("SELECT slot FROM {name} WHERE slot > $1 AND slot <= $2");
            for row in self.data.all(&sql, params![after, last]).await? {
                used.insert(row.int(0)?);
            }
        }
        Ok((alive.into_iter().filter(|s| !used.contains(s)).map(Slot).collect(), Some(last)))
    }

    /// The first office, and when it was founded.
    pub async fn first_office(&self) -> Result<Option<(OfficeRow, Instant)>, StoreError> {
        let Some(office) = self.offices().await?.into_iter().next() else { return Ok(None) };
        let sql = "SELECT created_at FROM office WHERE office = $1";
        let row = self.data.one(sql, params![office.office]).await?;
        row.map(|r| Ok((office, Instant(r.int(0)?)))).transpose()
    }

    /// Removes a value of the installation.
    pub async fn drop_meta(&self, key: &str) -> Result<(), StoreError> {
        self.data.run("DELETE FROM meta WHERE key = $1", params![key]).await?;
        Ok(())
    }

    /// Has the database emptied the index? PostgreSQL empties an unlogged table after a crash, and
    /// what is written since makes it look alive: a row of ours that is no longer there tells.
    pub async fn index_is_lost(&self) -> Result<bool, StoreError> {
        if !self.data.is_postgres() {
            let sql = "SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM dossier)
                       AND NOT EXISTS (SELECT 1 FROM token)
                       AND NOT EXISTS (SELECT 1 FROM archive_token) THEN 1 ELSE 0 END AS BIGINT)";
            return self.data.one(sql, vec![]).await?.map_or(Ok(false), |r| r.flag(0));
        }
        let (office, token, unit, dossier) = whole();
        let sql = "SELECT CASE WHEN EXISTS (SELECT 1 FROM token WHERE office = $1 AND token = $2
                   AND unit = $3 AND dossier = $4) THEN 0::bigint
                   WHEN EXISTS (SELECT 1 FROM dossier) THEN 1::bigint ELSE 0::bigint END";
        let row = self.data.one(sql, params![office, token, unit, dossier]).await?;
        row.map_or(Ok(false), |r| r.flag(0))
    }

    /// The index holds every dossier that opens, from now on: it was made again, or there is none.
    pub async fn index_is_whole(&self) -> Result<(), StoreError> {
        if self.data.is_postgres() {
            let (office, token, unit, dossier) = whole();
            let sql = "INSERT INTO token (office, token, unit, dossier) VALUES ($1, $2, $3, $4)
                       ON CONFLICT DO NOTHING";
            self.data.run(sql, params![office, token, unit, dossier]).await?;
        }
        Ok(())
    }

    /// An installation without a dossier has a whole index.
    pub async fn empty_index_is_whole(&self) -> Result<(), StoreError> {
        if self.data.is_postgres()
            && self.data.one("SELECT 1 FROM dossier LIMIT 1", vec![]).await?.is_none()
        {
            self.index_is_whole().await?;
        }
        Ok(())
    }
}

/// The row that tells that the index was not emptied: of no office, past every generation.
const fn whole() -> (Vec<u8>, i64, &'static str, Vec<u8>) {
    (Vec::new(), i64::MAX, "", Vec::new())
}

fn start(after: Option<Position>) -> (Vec<u8>, Vec<u8>) {
    after.map_or((Vec::new(), Vec::new()), |(o, d)| (o.as_bytes().to_vec(), d.as_bytes().to_vec()))
}
