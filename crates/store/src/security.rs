//! What is kept about the security of the installation itself: reviews of the risks, the
//! procedure by which grants are given, and who has read which version of it.

use huis_kernel::{AgentId, Date, Instant, OfficeId};

use crate::{Store, StoreError, Work, sql::params};

/// A review of the risks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskReviewRow {
    /// Its id.
    pub review: [u8; 16],
    /// When it was held.
    pub held_on: Date,
    /// When the next one is due.
    pub next_on: Date,
    /// What it found and decided.
    pub summary: String,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// By whom.
    pub recorded_by: AgentId,
}

/// A version of the procedure of grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcedureRow {
    /// From 1.
    pub version: u64,
    /// When it was approved.
    pub approved_on: Date,
    /// By whom, in words: name and office.
    pub approver: String,
    /// Its text.
    pub body: String,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// By whom.
    pub recorded_by: AgentId,
}

impl Store {
    /// The reviews of the risks, the last held first.
    pub async fn risk_reviews(&self, office: OfficeId) -> Result<Vec<RiskReviewRow>, StoreError> {
        let sql = "SELECT review, held_on, next_on, summary, recorded_at, recorded_by
                   FROM risk_review WHERE office = $1 ORDER BY held_on DESC, recorded_at DESC";
        let rows = self.data.all(sql, params![office]).await?;
        rows.iter()
            .map(|r| {
                Ok(RiskReviewRow {
                    review: r.id16(0)?,
                    held_on: r.date(1)?,
                    next_on: r.date(2)?,
                    summary: r.text(3)?,
                    recorded_at: Instant(r.int(4)?),
                    recorded_by: AgentId::from_bytes(r.id16(5)?),
                })
            })
            .collect()
    }

    /// The versions of the procedure, the newest first.
    pub async fn procedures(&self, office: OfficeId) -> Result<Vec<ProcedureRow>, StoreError> {
        let sql = "SELECT version, approved_on, approver, body, recorded_at, recorded_by
                   FROM access_procedure WHERE office = $1 ORDER BY version DESC";
        let rows = self.data.all(sql, params![office]).await?;
        rows.iter()
            .map(|r| {
                Ok(ProcedureRow {
                    version: r.count(0)?,
                    approved_on: r.date(1)?,
                    approver: r.text(2)?,
                    body: r.text(3)?,
                    recorded_at: Instant(r.int(4)?),
                    recorded_by: AgentId::from_bytes(r.id16(5)?),
                })
            })
            .collect()
    }

    /// The version in force (0: none), and the last that an agent has acknowledged (0: none).
    pub async fn procedure_read(
        &self,
        office: OfficeId,
        agent: AgentId,
    ) -> Result<(u64, u64), StoreError> {
        let sql = "SELECT
                   (SELECT COALESCE(MAX(version), 0) FROM access_procedure WHERE office = $1),
                   (SELECT COALESCE(MAX(version), 0) FROM acknowledgement
                    WHERE office = $1 AND agent = $2)";
        let row = self.data.one(sql, params![office, agent]).await?;
        row.map_or(Ok((0, 0)), |r| Ok((r.count(0)?, r.count(1)?)))
    }

    /// How many agents have acknowledged a version.
    pub async fn acknowledged(&self, office: OfficeId, version: u64) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM acknowledgement WHERE office = $1 AND version = $2";
        let row = self.data.one(sql, params![office, version]).await?;
        row.map_or(Ok(0), |r| r.count(0))
    }
}

impl Work {
    /// Records a review of the risks.
    pub async fn add_risk_review(
        &mut self,
        office: OfficeId,
        row: &RiskReviewRow,
    ) -> Result<(), StoreError> {
        let columns = "office, review, held_on, next_on, summary, recorded_at, recorded_by";
        let values = params![
            office,
            row.review,
            row.held_on,
            row.next_on,
            &row.summary,
            row.recorded_at,
            row.recorded_by
        ];
        self.0.insert("risk_review", columns, vec![values], "").await
    }

    /// Records a version of the procedure; refused as a duplicate when someone else just did.
    pub async fn add_procedure(
        &mut self,
        office: OfficeId,
        row: &ProcedureRow,
    ) -> Result<(), StoreError> {
        let columns = "office, version, approved_on, approver, body, recorded_at, recorded_by";
        let values = params![
            office,
            row.version,
            row.approved_on,
            &row.approver,
            &row.body,
            row.recorded_at,
            row.recorded_by
        ];
        self.0.insert("access_procedure", columns, vec![values], "").await
    }

    /// Notes that an agent has read a version.
    pub async fn acknowledge(
        &mut self,
        office: OfficeId,
        agent: AgentId,
        version: u64,
        at: Instant,
    ) -> Result<(), StoreError> {
        let values = params![office, agent, version, at];
        let known = " ON CONFLICT (office, agent, version) DO NOTHING";
        self.0.insert("acknowledgement", "office, agent, version, at", vec![values], known).await
    }
}
