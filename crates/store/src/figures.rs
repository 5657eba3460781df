//! How the stores stand, in counts: for the figures and for « is this server ready? ». Numbers alone
//! leave here, over all offices (I13).

use huis_kernel::{Date, Instant};

use crate::{Store, StoreError, open::steps, sql::params};

/// What waits, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Lines that wait for the trace.
    pub outbox: u64,
    /// Retention units past their term.
    pub sweep_due: u64,
    /// Mails on their way.
    pub mails_waiting: u64,
    /// Mails given up.
    pub mails_dead: u64,
    /// Imports under way.
    pub imports: u64,
    /// Their rows.
    pub import_rows: u64,
    /// Their batches behind.
    pub import_batches: u64,
    /// Alerts to close.
    pub alerts: u64,
    /// Sessions that neither idleness nor age has ended.
    pub sessions: u64,
}

/// The connections to one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Which store.
    pub store: &'static str,
    /// Open.
    pub open: u32,
    /// Of these, unused.
    pub idle: u32,
    /// At most.
    pub most: u32,
}

impl Store {
    /// What waits now.
    pub async fn waiting(&self, now: Instant, today: Date) -> Result<Waiting, StoreError> {
        let count = async |sql: &str, with: Vec<crate::sql::Param>| -> Result<u64, StoreError> {
            self.data.one(sql, with).await?.map_or(Ok(0), |r| r.count(0))
        };
        let mails = "SELECT COUNT(*) FROM mail WHERE sent_at IS NULL AND dead_at IS";
        let imports = self
            .data
            .one(
                "SELECT COUNT(*), CAST(COALESCE(SUM(lines), 0) AS BIGINT),
                 CAST(COALESCE(SUM(done), 0) AS BIGINT)
                 FROM import WHERE state IN ('essai', 'cours')",
                vec![],
            )
            .await?;
        let import = |at| imports.as_ref().map_or(Ok(0), |r| r.count(at));
        Ok(Waiting {
            outbox: count("SELECT COUNT(*) FROM trace_outbox", vec![]).await?,
            sweep_due: count(
                "SELECT COUNT(*) FROM unit WHERE next_on <= $1 AND next_step <> 'alert'",
                params![today],
            )
            .await?,
            mails_waiting: count(&format!("{mails} NULL"), vec![]).await?,
            mails_dead: count(&format!("{mails} NOT NULL"), vec![]).await?,
            imports: import(0)?,
            import_rows: import(1)?,
            import_batches: import(2)?,
            alerts: count("SELECT COUNT(*) FROM alert WHERE closed_at IS NULL", vec![]).await?,
            sessions: count(
                "SELECT COUNT(*) FROM session WHERE ended_at IS NULL
                 AND seen_at + idle_ms > $1 AND created_at + absolute_ms > $1",
                params![now],
            )
            .await?,
        })
    }

    /// Do the three stores answer?
    pub async fn answers(&self) -> Result<(), StoreError> {
        for db in [&self.data, &self.keys, &self.trace] {
            db.one("SELECT COUNT(*) FROM migration", vec![]).await?;
        }
        Ok(())
    }

    /// Is the schema of the three stores that of this program? It is not once a newer program has
    /// taken a step beside a server that still runs.
    pub async fn schema_is_ours(&self) -> Result<bool, StoreError> {
        for (db, steps) in steps(self) {
            let row = db.one("SELECT COALESCE(MAX(version), 0) FROM migration", vec![]).await?;
            let taken = row.map_or(Ok(0), |r| r.count(0))?;
            if usize::try_from(taken).ok() != Some(steps.len()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The connections to each store.
    pub fn connections(&self) -> Vec<Connections> {
        [("data", &self.data), ("keys", &self.keys), ("trace", &self.trace)]
            .into_iter()
            .map(|(store, db)| {
                let (open, idle, most) = db.connections();
                Connections { store, open, idle, most }
            })
            .collect()
    }

    /// The name of the engine.
    pub const fn engine(&self) -> &'static str {
        if self.data.is_postgres() { "postgresql" } else { "sqlite" }
    }

    /// Lets go all the leases of a server that stops: another takes its works over at once.
    pub async fn release_all(&self, holder: &str) -> Result<u64, StoreError> {
        self.data.run("DELETE FROM lease WHERE holder = $1", params![holder]).await
    }
}
