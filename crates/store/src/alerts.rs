//! Alerts: raised on the trace, closed by someone.

use huis_kernel::{AgentId, AlertId, Instant, OfficeId};

use crate::{Store, StoreError, sql::params};

/// An alert as stored: references only, so that it dies with the lines it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRow {
    /// Office.
    pub office: OfficeId,
    /// Identifier.
    pub id: AlertId,
    /// Processing.
    pub processing: String,
    /// Detector.
    pub rule: String,
    /// Whose behaviour.
    pub agent: Option<AgentId>,
    /// When.
    pub raised_at: Instant,
    /// In words, without personal datum.
    pub summary: String,
    /// Closed at.
    pub closed_at: Option<Instant>,
    /// By whom.
    pub closed_by: Option<AgentId>,
    /// With which finding.
    pub closing: Option<String>,
}

impl Store {
    /// Keeps an alert.
    pub async fn add_alert(&self, a: &AlertRow) -> Result<(), StoreError> {
        self.data
            .run(
                "INSERT INTO alert (office, alert, processing, rule, agent, raised_at, summary)
                 VALUES ($1,$2,$3,$4,$5,$6,$7)",
                params![a.office, a.id, &a.processing, &a.rule, a.agent, a.raised_at, &a.summary],
            )
            .await?;
        Ok(())
    }

    /// Alerts, open ones first, newest first.
    pub async fn alerts(&self, office: OfficeId, limit: u32) -> Result<Vec<AlertRow>, StoreError> {
        let sql = "SELECT office, alert, processing, rule, agent, raised_at, summary, closed_at,
                   closed_by, closing FROM alert WHERE office = $1
                   ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, raised_at DESC LIMIT $2";
        let rows = self.data.all(sql, params![office, limit]).await?;
        rows.iter()
            .map(|r| {
                Ok(AlertRow {
                    office: OfficeId::from_bytes(r.id16(0)?),
                    id: AlertId::from_bytes(r.id16(1)?),
                    processing: r.text(2)?,
                    rule: r.text(3)?,
                    agent: r.opt_id16(4)?.map(AgentId::from_bytes),
                    raised_at: Instant(r.int(5)?),
                    summary: r.text(6)?,
                    closed_at: r.opt_int(7)?.map(Instant),
                    closed_by: r.opt_id16(8)?.map(AgentId::from_bytes),
                    closing: r.opt_text(9)?,
                })
            })
            .collect()
    }

    /// How many alerts are open.
    pub async fn open_alerts(&self, office: OfficeId) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM alert WHERE office = $1 AND closed_at IS NULL";
        let row = self.data.one(sql, params![office]).await?;
        row.map_or(Ok(0), |r| r.count(0))
    }

    /// Closes an alert with a finding. False when it was closed already.
    pub async fn close_alert(
        &self,
        office: OfficeId,
        id: AlertId,
        by: AgentId,
        closing: &str,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let n = self
            .data
            .run(
                "UPDATE alert SET closed_at = $3, closed_by = $4, closing = $5
                 WHERE office = $1 AND alert = $2 AND closed_at IS NULL",
                params![office, id, now, by, closing],
            )
            .await?;
        Ok(n == 1)
    }
}
