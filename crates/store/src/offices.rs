//! Offices, their territories, settings and the registers in force.

use huis_kernel::{AgentId, Date, Instant, OfficeId};

use crate::{Store, StoreError, Work, sql::params};

/// An office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeRow {
    /// Identifier.
    pub office: OfficeId,
    /// Name.
    pub name: String,
    /// Département code.
    pub departement: String,
    /// IANA time zone.
    pub zone: String,
    /// The rights desk; empty: the processing does not open.
    pub rights_desk: String,
}

/// A version of a register, as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterRow {
    /// Processing.
    pub processing: String,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// From when it counts.
    pub in_force: Date,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The file.
    pub body: String,
}

const SET_SETTING: &str = "INSERT INTO setting (office, key, value, changed_at, changed_by)
     VALUES ($1,$2,$3,$4,$5) ON CONFLICT (office, key) DO UPDATE SET value = excluded.value,
     changed_at = excluded.changed_at, changed_by = excluded.changed_by";

impl Store {
    /// Adds an office with its territories.
    pub async fn add_office(
        &self,
        office: &OfficeRow,
        territories: &[(String, String)],
        now: Instant,
    ) -> Result<(), StoreError> {
        let mut tx = self.data.begin().await?;
        tx.run(
            "INSERT INTO office (office, name, departement, zone, rights_desk, created_at)
             VALUES ($1,$2,$3,$4,$5,$6)",
            params![
                office.office,
                &office.name,
                &office.departement,
                &office.zone,
                &office.rights_desk,
                now
            ],
        )
        .await?;
        let rows =
            territories.iter().map(|(code, name)| params![office.office, code, name]).collect();
        tx.insert("territory", "office, code, name", rows, "").await?;
        tx.commit().await
    }

    /// Every office.
    pub async fn offices(&self) -> Result<Vec<OfficeRow>, StoreError> {
        let sql = "SELECT office, name, departement, zone, rights_desk FROM office ORDER BY name";
        let rows = self.data.all(sql, vec![]).await?;
        rows.iter()
            .map(|r| {
                Ok(OfficeRow {
                    office: OfficeId::from_bytes(r.id16(0)?),
                    name: r.text(1)?,
                    departement: r.text(2)?,
                    zone: r.text(3)?,
                    rights_desk: r.text(4)?,
                })
            })
            .collect()
    }

    /// The territories of an office: (code, name).
    pub async fn territories(&self, office: OfficeId) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT code, name FROM territory WHERE office = $1 ORDER BY name";
        let rows = self.data.all(sql, params![office]).await?;
        rows.iter().map(|r| Ok((r.text(0)?, r.text(1)?))).collect()
    }

    /// The settings of an office: (key, value).
    pub async fn settings(&self, office: OfficeId) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT key, value FROM setting WHERE office = $1 ORDER BY key";
        let rows = self.data.all(sql, params![office]).await?;
        rows.iter().map(|r| Ok((r.text(0)?, r.text(1)?))).collect()
    }

    /// Changes a setting.
    pub async fn set_setting(
        &self,
        office: OfficeId,
        key: &str,
        value: &str,
        by: Option<AgentId>,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.data.run(SET_SETTING, params![office, key, value, now, by]).await?;
        Ok(())
    }

    /// Records a version of a register. Idempotent.
    pub async fn record_register(&self, row: &RegisterRow) -> Result<(), StoreError> {
        self.data
            .run(
                "INSERT INTO register_version (processing, sha256, in_force, recorded_at, body)
                 VALUES ($1,$2,$3,$4,$5) ON CONFLICT (processing, sha256) DO NOTHING",
                params![&row.processing, row.sha256, row.in_force, row.recorded_at, &row.body],
            )
            .await?;
        Ok(())
    }

    /// The versions of a register, newest first.
    pub async fn register_versions(
        &self,
        processing: &str,
    ) -> Result<Vec<RegisterRow>, StoreError> {
        let sql = "SELECT processing, sha256, in_force, recorded_at, body FROM register_version
                   WHERE processing = $1 ORDER BY recorded_at DESC, in_force DESC";
        let rows = self.data.all(sql, params![processing]).await?;
        rows.iter()
            .map(|r| {
                Ok(RegisterRow {
                    processing: r.text(0)?,
                    sha256: r.bytes(1)?.try_into().map_err(|_| StoreError::Corrupt("empreinte"))?,
                    in_force: r.date(2)?,
                    recorded_at: Instant(r.int(3)?),
                    body: r.text(4)?,
                })
            })
            .collect()
    }
}

impl Work {
    /// Changes a setting.
    pub async fn set_setting(
        &mut self,
        office: OfficeId,
        key: &str,
        value: &str,
        by: Option<AgentId>,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.0.run(SET_SETTING, params![office, key, value, now, by]).await?;
        Ok(())
    }

    /// Names the rights desk.
    pub async fn set_rights_desk(
        &mut self,
        office: OfficeId,
        desk: &str,
    ) -> Result<(), StoreError> {
        self.0
            .run("UPDATE office SET rights_desk = $2 WHERE office = $1", params![office, desk])
            .await?;
        Ok(())
    }
}
