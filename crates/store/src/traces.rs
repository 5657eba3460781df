//! The trace store: Merkle logs, their lines, their closed days; and the outbox beside the data.

use huis_kernel::{AgentId, Date, DossierId, Instant};
use huis_trace::{Batch, LineStore, LogState, Origin, purge::PurgeableDay};
use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Store, StoreError,
    sql::{Param, Tx, params},
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

    fn no_room(error: &StoreError) -> bool {
        matches!(error, StoreError::NoRoom)
    }

    async fn persist(&self, batches: &[Batch]) -> Result<(), StoreError> {
        let mut tx = self.trace.begin().await?;
        for batch in batches {
            let log = batch.origin().to_string();
            follow(&mut tx, &log, batch).await?;
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
            if let Some(row) = batch.rows().first().filter(|_| dossiers.is_empty()) {
                // I13: the line of a number that nobody has costs what that of a dossier costs: one
                // place of the same tree.
                let nobody = DossierId::from_bytes([0; 16]);
                let nothing = "DELETE FROM trace_dossier
                               WHERE dossier = $1 AND at = $2 AND log = $3 AND idx = $4";
                tx.run(nothing, params![nobody, row.line.at, &log, row.index]).await?;
            }
            tx.insert("trace_dossier", "dossier, at, log, idx", dossiers, "ON CONFLICT DO NOTHING")
                .await?;
            for day in batch.closures() {
                tx.run(
                    "INSERT INTO trace_day (log, day, closure) VALUES ($1,$2,$3)",
                    params![&log, day.closure.day, day.note.to_string()],
                )
                .await?;
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

/// Moves a log on, from the very head that the batch follows: two writers under one name (a server
/// started twice, a store brought back under a living server) do not interleave, the second is
/// refused (I8).
async fn follow(tx: &mut Tx, log: &str, batch: &Batch) -> Result<(), StoreError> {
    let head = batch.after().head().map(ToString::to_string).unwrap_or_default();
    let state = batch.after().to_text().into_bytes();
    let moved = match batch.before() {
        None => {
            let (processing, writer) = (batch.origin().processing(), batch.origin().writer());
            tx.run(
                "INSERT INTO trace_log (log, processing, writer, state, head)
                 VALUES ($1,$2,$3,$4,$5) ON CONFLICT (log) DO NOTHING",
                params![log, processing, writer, state, head],
            )
            .await?
        }
        Some(before) => {
            tx.run(
                "UPDATE trace_log SET state = $2, head = $3 WHERE log = $1 AND head = $4",
                params![log, state, head, before.to_string()],
            )
            .await?
        }
    };
    if moved == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Takes entries out of the outbox, some at a time.
pub(crate) fn removals(entries: &[[u8; 16]]) -> impl Iterator<Item = (String, Vec<Param>)> {
    entries.chunks(500).map(|chunk| {
        let sql = format!("DELETE FROM trace_outbox WHERE entry IN ({})", places(1, chunk.len()));
        (sql, ids(chunk.iter().copied()))
    })
}

impl Store {
    /// Lines waiting to be chained: (entry, line bytes), oldest first.
    pub async fn outbox(
        &self,
        before: Instant,
        limit: u32,
    ) -> Result<Vec<([u8; 16], Vec<u8>)>, StoreError> {
        let sql = format!(
            "SELECT entry, line FROM trace_outbox WHERE at <= $1 ORDER BY at, entry LIMIT {limit}"
        );
        let rows = self.data.all(&sql, params![before]).await?;
        rows.iter().map(|r| Ok((r.id16(0)?, r.bytes(1)?))).collect()
    }

    /// The lines of an instant, whatever their log.
    pub async fn leaves_at(&self, at: Instant) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows = self.trace.all("SELECT leaf FROM trace_line WHERE at = $1", params![at]).await?;
        rows.iter().map(|r| r.bytes(0)).collect()
    }

    /// Removes waiting lines, once they are chained.
    pub async fn take_from_outbox(&self, entries: &[[u8; 16]]) -> Result<(), StoreError> {
        for (sql, entries) in removals(entries) {
            self.data.run(&sql, entries).await?;
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

    /// Removes the lines of a day past its term; its closure stays and the log still verifies
    /// . The type is the proof that the term has passed.
    pub async fn purge_day(&self, day: &PurgeableDay, now: Instant) -> Result<u64, StoreError> {
        let log = day.origin().to_string();
        let mut tx = self.trace.begin().await?;
        for table in ["trace_dossier", "trace_line"] {
            let sql = format!("DELETE FROM {table} WHERE log = $1 AND idx >= $2 AND idx < $3");
            tx.run(&sql, params![&log, day.first(), day.end()]).await?;
        }
        tx.run(
            "UPDATE trace_day SET purged_at = $3 WHERE log = $1 AND day = $2",
            params![&log, day.day(), now],
        )
        .await?;
        tx.commit().await?;
        Ok(day.end() - day.first())
    }
}

/// Where a line stands among all lines, the newest first: where the next page starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracePlace {
    /// Its instant.
    pub at: Instant,
    /// Its log.
    pub log: String,
    /// Its index in the log.
    pub index: u64,
}

/// Which lines to find.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceFilter {
    /// Of these processings.
    pub processings: Vec<String>,
    /// Of this agent.
    pub agent: Option<AgentId>,
    /// Of this operation, by its code.
    pub operation: Option<String>,
    /// Older than this line.
    pub before: Option<TracePlace>,
    /// Not older than this instant.
    pub since: Option<Instant>,
}

/// A line found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceRow {
    /// Where it stands.
    pub place: TracePlace,
    /// Leaf bytes.
    pub leaf: Vec<u8>,
}

/// A line to export: index, leaf bytes, and the hash that is stored beside.
pub type ExportRow = (u64, Vec<u8>, [u8; 32]);

/// The trace store as of one instant: an export is of a whole, whatever is written or purged
/// meanwhile.
pub struct TraceSnapshot(Tx);

impl TraceSnapshot {
    /// The last signed head of a log; `None` for a log that is not there.
    pub async fn head(&mut self, log: &str) -> Result<Option<String>, StoreError> {
        let row = self.0.one("SELECT head FROM trace_log WHERE log = $1", params![log]).await?;
        row.map(|r| r.text(0)).transpose()
    }

    /// The closed days of a log: (day, signed closure, purged?).
    pub async fn days(&mut self, log: &str) -> Result<Vec<(Date, String, bool)>, StoreError> {
        let sql = "SELECT day, closure, purged_at FROM trace_day WHERE log = $1 ORDER BY day";
        let rows = self.0.all(sql, params![log]).await?;
        rows.iter().map(|r| Ok((r.date(0)?, r.text(1)?, r.opt_int(2)?.is_some()))).collect()
    }

    /// Lines of a log within `from..end`, the first `limit` of them.
    pub async fn lines(
        &mut self,
        log: &str,
        from: u64,
        end: u64,
        limit: u32,
    ) -> Result<Vec<ExportRow>, StoreError> {
        let sql = "SELECT idx, leaf, hash FROM trace_line WHERE log = $1 AND idx >= $2 AND idx < $3
                   ORDER BY idx LIMIT $4";
        // An index is at most what the database can hold.
        let end = end.min(i64::MAX.unsigned_abs());
        let rows = self.0.all(sql, params![log, from, end, limit]).await?;
        rows.iter()
            .map(|r| {
                let hash = r.bytes(2)?.try_into().map_err(|_| StoreError::Corrupt("empreinte"))?;
                Ok((r.count(0)?, r.bytes(1)?, hash))
            })
            .collect()
    }
}

impl Store {
    /// The trace store as of now.
    pub async fn trace_snapshot(&self) -> Result<TraceSnapshot, StoreError> {
        Ok(TraceSnapshot(self.trace.snapshot().await?))
    }

    /// Lines by filter, newest first.
    pub async fn trace_page(
        &self,
        filter: &TraceFilter,
        limit: u32,
    ) -> Result<Vec<TraceRow>, StoreError> {
        if filter.processings.is_empty() {
            return Ok(Vec::new());
        }
        let mut list = ids(filter.processings.iter().map(String::as_str));
        let mut wheres = format!("g.processing IN ({})", places(1, list.len()));
        let mut and = |list: &mut Vec<Param>, sql: &str, value: Param| {
            list.push(value);
            wheres.push_str(&format!(" AND {sql} ${}", list.len()));
        };
        if let Some(agent) = filter.agent {
            and(&mut list, "l.agent =", agent.into());
        }
        if let Some(operation) = &filter.operation {
            and(&mut list, "l.operation =", operation.into());
        }
        if let Some(since) = filter.since {
            and(&mut list, "l.at >=", since.into());
        }
        if let Some(before) = &filter.before {
            list.extend(params![before.at, &before.log, before.index]);
            let (at, log, idx) = (list.len() - 2, list.len() - 1, list.len());
            wheres.push_str(&format!(
                " AND (l.at < ${at} OR (l.at = ${at} AND (l.log < ${log}
                  OR (l.log = ${log} AND l.idx < ${idx}))))"
            ));
        }
        let sql = format!(
            "SELECT l.at, l.log, l.idx, l.leaf FROM trace_line l
             JOIN trace_log g ON g.log = l.log WHERE {wheres}
             ORDER BY l.at DESC, l.log DESC, l.idx DESC LIMIT {limit}"
        );
        let rows = self.trace.all(&sql, list).await?;
        rows.iter()
            .map(|r| {
                let place =
                    TracePlace { at: Instant(r.int(0)?), log: r.text(1)?, index: r.count(2)? };
                Ok(TraceRow { place, leaf: r.bytes(3)? })
            })
            .collect()
    }

    /// How often each agent did each operation since an instant: counts, no dossier.
    pub async fn activity(
        &self,
        processing: &str,
        since: Instant,
    ) -> Result<Vec<(AgentId, String, u64)>, StoreError> {
        let sql = "SELECT l.agent, l.operation, COUNT(*) FROM trace_line l
                   JOIN trace_log g ON g.log = l.log
                   WHERE g.processing = $1 AND l.at >= $2 AND l.agent IS NOT NULL
                   GROUP BY l.agent, l.operation";
        let rows = self.trace.all(sql, params![processing, since]).await?;
        rows.iter()
            .map(|r| Ok((AgentId::from_bytes(r.id16(0)?), r.text(1)?, r.count(2)?)))
            .collect()
    }

    /// Who agents are, for a reader of the trace: name and service.
    pub async fn who(
        &self,
        agents: &BTreeSet<AgentId>,
    ) -> Result<BTreeMap<AgentId, (String, String)>, StoreError> {
        let mut out = BTreeMap::new();
        for chunk in agents.iter().copied().collect::<Vec<_>>().chunks(500) {
            let sql = format!(
                "SELECT agent, first_name, last_name, service FROM agent WHERE agent IN ({})",
                places(1, chunk.len())
            );
            for r in self.data.all(&sql, ids(chunk.iter().copied())).await? {
                let name = format!("{} {}", r.text(1)?, r.text(2)?);
                out.insert(AgentId::from_bytes(r.id16(0)?), (name, r.text(3)?));
            }
        }
        Ok(out)
    }
}
