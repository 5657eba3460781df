//! The trace store: Merkle logs, their lines, their closed days; and the outbox beside the data.

use huis_kernel::{AgentId, Date, DossierId, Instant};
use huis_trace::{Batch, LineStore, LogState, Origin};

use crate::{
    Store, StoreError,
    sql::params,
    work::{ids, places},
};

/// A stored line, to show or export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRow {
    /// Log.
    pub log: String,
    /// Index in the log.
    pub index: u64,
    /// Leaf bytes.
    pub leaf: Vec<u8>,
}

impl LineStore for Store {
    type Error = StoreError;

    async fn persist(&self, batches: &[Batch]) -> Result<(), StoreError> {
        let mut tx = self.trace.begin().await?;
        for batch in batches {
            let log = batch.origin().to_string();
            let mut lines = Vec::new();
            let mut dossiers = Vec::new();
            for row in batch.rows() {
                lines.push(params![
                    &log,
                    row.index,
                    row.line.at,
                    row.day,
                    row.line.authority.agent(),
                    row.line.operation.code(),
                    row.leaf.bytes().to_vec(),
                    row.leaf.hash().0,
                ]);
                for id in row.line.dossiers.listed() {
                    dossiers.push(params![*id, row.line.at, &log, row.index]);
                }
            }
            tx.insert("trace_line", "log, idx, at, day, agent, operation, leaf, hash", lines, "")
                .await?;
            tx.insert("trace_dossier", "dossier, at, log, idx", dossiers, "ON CONFLICT DO NOTHING")
                .await?;
            for day in batch.closures() {
                tx.run(
                    "INSERT INTO trace_day (log, day, closure) VALUES ($1,$2,$3)",
                    params![&log, day.closure.day, day.note.to_string()],
                )
                .await?;
            }
            let head = batch.after().head().map(ToString::to_string).unwrap_or_default();
            let changed = tx
                .run(
                    "INSERT INTO trace_log (log, processing, writer, state, head)
                     VALUES ($1,$2,$3,$4,$5) ON CONFLICT (log) DO UPDATE
                     SET state = excluded.state, head = excluded.head",
                    params![
                        &log,
                        batch.origin().processing(),
                        batch.origin().writer(),
                        batch.after().to_text().into_bytes(),
                        head,
                    ],
                )
                .await?;
            if changed != 1 {
                return Err(StoreError::Conflict);
            }
        }
        tx.commit().await
    }

    async fn state(&self, origin: &Origin) -> Result<LogState, StoreError> {
        let sql = "SELECT state FROM trace_log WHERE log = $1";
        match self.trace.one(sql, params![origin.to_string()]).await? {
            None => Ok(LogState::empty()),
            Some(row) => {
                let text = String::from_utf8(row.bytes(0)?)
                    .map_err(|_| StoreError::Corrupt("état du journal"))?;
                LogState::from_text(&text).map_err(|_| StoreError::Corrupt("état du journal"))
            }
        }
    }
}

impl Store {
    /// Lines waiting to be chained: (entry, line bytes), oldest first.
    pub async fn outbox(&self, limit: u32) -> Result<Vec<([u8; 16], Vec<u8>)>, StoreError> {
        let sql = format!("SELECT entry, line FROM trace_outbox ORDER BY at, entry LIMIT {limit}");
        let rows = self.data.all(&sql, vec![]).await?;
        rows.iter().map(|r| Ok((r.id16(0)?, r.bytes(1)?))).collect()
    }

    /// Claims one waiting line: true for the one server that then chains it.
    pub async fn take_from_outbox(&self, entries: &[[u8; 16]]) -> Result<(), StoreError> {
        for chunk in entries.chunks(500) {
            let sql =
                format!("DELETE FROM trace_outbox WHERE entry IN ({})", places(1, chunk.len()));
            self.data.run(&sql, ids(chunk.iter().copied())).await?;
        }
        Ok(())
    }

    /// The lines of one dossier, newest first.
    pub async fn lines_of_dossier(
        &self,
        dossier: DossierId,
        limit: u32,
    ) -> Result<Vec<LineRow>, StoreError> {
        let sql = "SELECT l.log, l.idx, l.leaf FROM trace_dossier d
                   JOIN trace_line l ON l.log = d.log AND l.idx = d.idx
                   WHERE d.dossier = $1 ORDER BY d.at DESC, l.idx DESC LIMIT $2";
        let rows = self.trace.all(sql, params![dossier, limit]).await?;
        rows.iter()
            .map(|r| Ok(LineRow { log: r.text(0)?, index: r.count(1)?, leaf: r.bytes(2)? }))
            .collect()
    }

    /// The last lines, of an agent or of all, newest first, before an instant.
    pub async fn last_lines(
        &self,
        agent: Option<AgentId>,
        before: Instant,
        limit: u32,
    ) -> Result<Vec<LineRow>, StoreError> {
        let (sql, list) = match agent {
            Some(agent) => (
                "SELECT log, idx, leaf FROM trace_line WHERE at < $1 AND agent = $3
                 ORDER BY at DESC, idx DESC LIMIT $2",
                params![before, limit, agent],
            ),
            None => (
                "SELECT log, idx, leaf FROM trace_line WHERE at < $1
                 ORDER BY at DESC, idx DESC LIMIT $2",
                params![before, limit],
            ),
        };
        let rows = self.trace.all(sql, list).await?;
        rows.iter()
            .map(|r| Ok(LineRow { log: r.text(0)?, index: r.count(1)?, leaf: r.bytes(2)? }))
            .collect()
    }

    /// Every log: (log, signed head).
    pub async fn logs(&self) -> Result<Vec<(String, String)>, StoreError> {
        let rows = self.trace.all("SELECT log, head FROM trace_log ORDER BY log", vec![]).await?;
        rows.iter().map(|r| Ok((r.text(0)?, r.text(1)?))).collect()
    }

    /// The leaves of a log from an index on.
    pub async fn leaves(
        &self,
        log: &str,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let sql = "SELECT idx, leaf FROM trace_line WHERE log = $1 AND idx >= $2
                   ORDER BY idx LIMIT $3";
        let rows = self.trace.all(sql, params![log, from, limit]).await?;
        rows.iter().map(|r| Ok((r.count(0)?, r.bytes(1)?))).collect()
    }

    /// The closed days of a log: (day, signed closure, purged?).
    pub async fn days(&self, log: &str) -> Result<Vec<(Date, String, bool)>, StoreError> {
        let sql = "SELECT day, closure, purged_at FROM trace_day WHERE log = $1 ORDER BY day";
        let rows = self.trace.all(sql, params![log]).await?;
        rows.iter().map(|r| Ok((r.date(0)?, r.text(1)?, r.opt_int(2)?.is_some()))).collect()
    }

    /// Removes the lines of a closed day at its term; its closure stays and the log still
    /// verifies. Which days may go is the trace's to say.
    pub async fn purge_day(&self, log: &str, day: Date, now: Instant) -> Result<u64, StoreError> {
        let mut tx = self.trace.begin().await?;
        tx.run(
            "DELETE FROM trace_dossier WHERE log = $1 AND idx IN
             (SELECT idx FROM trace_line WHERE log = $1 AND day = $2)",
            params![log, day],
        )
        .await?;
        let n =
            tx.run("DELETE FROM trace_line WHERE log = $1 AND day = $2", params![log, day]).await?;
        tx.run(
            "UPDATE trace_day SET purged_at = $3 WHERE log = $1 AND day = $2",
            params![log, day, now],
        )
        .await?;
        tx.commit().await?;
        Ok(n)
    }
}
