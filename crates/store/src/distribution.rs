//! A PostgreSQL that has the Citus extension: tables spread over its servers, by office (ADR 0027).
//!
//! Not a step of the schema, which is the same on both engines, but something done after the steps,
//! for every table that is not spread yet, new ones included. What is spread is read from the schema
//! itself: the tables of the data whose key begins with `office` and goes on, and the trace's by log.
//! Accounts, grants, sessions, leases and what waits for the trace stay on the coordinator, and the
//! key store whole.

use crate::{
    Store, StoreError,
    sql::{Db, params},
};

/// Looked up by account at each request, of whatever office: they stay beside the accounts.
const BESIDE_ACCOUNTS: &str = "habilitation";

/// The full names of the tables that are spread.
const SPREAD: &str = "(n.nspname || '.' || c.relname)::text FROM pg_dist_partition p
    JOIN pg_class c ON c.oid = p.logicalrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE p.partmethod = 'h' AND n.nspname IN ('huis_data', 'huis_trace')";

/// How the tables stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// SQLite, or a PostgreSQL without the extension.
    Alone,
    /// The extension is there; these tables hold rows and are not spread.
    Waits(Vec<String>),
    /// Everything that is to be spread is.
    Spread {
        /// The tables.
        tables: Vec<String>,
        /// The servers that hold their rows.
        servers: u64,
    },
}

/// A table to spread.
struct Table {
    schema: &'static str,
    name: String,
    /// The column that says where a row stands.
    by: &'static str,
    /// The table whose rows stand with its own.
    with: &'static str,
}

impl Table {
    fn full(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
}

impl Store {
    /// How the tables stand.
    pub async fn distribution(&self) -> Result<Distribution, StoreError> {
        if !self.has_citus().await? {
            return Ok(Distribution::Alone);
        }
        let waiting: Vec<String> = self.unspread().await?.iter().map(Table::full).collect();
        if !waiting.is_empty() {
            return Ok(Distribution::Waits(waiting));
        }
        let tables = names(&self.trace, &format!("SELECT {SPREAD} ORDER BY 1")).await?;
        let sql = "SELECT COUNT(DISTINCT l.groupid) FROM pg_dist_placement l
                   JOIN pg_dist_shard s ON s.shardid = l.shardid
                   JOIN pg_class c ON c.oid = s.logicalrelid
                   JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname IN ('huis_data', 'huis_trace')";
        let servers = self.trace.one(sql, vec![]).await?.map_or(Ok(0), |r| r.count(0))?;
        Ok(Distribution::Spread { tables, servers })
    }

    /// After the steps of the schema: spreads what is not spread yet, when nothing is lost by doing it
    /// unasked. A filled database that moves to Citus waits for `huis scale distribute`: it takes long,
    /// and the servers must be stopped.
    pub async fn spread_unasked(&self) -> Result<(), StoreError> {
        if !self.has_citus().await? || (self.is_filled().await? && !self.is_spread().await?) {
            return Ok(());
        }
        self.spread().await.map(|_| ())
    }

    /// Spreads every table that is not, and leaves no clear copy of its rows on the coordinator. It
    /// can be stopped anywhere and taken up again. Gives the tables that it spread.
    pub async fn spread(&self) -> Result<Vec<String>, StoreError> {
        let tables = self.unspread().await?;
        for table in &tables {
            let (name, by) = (table.full(), table.by);
            let first = table.name == table.with;
            let with =
                if first { "none".into() } else { format!("{}.{}", table.schema, table.with) };
            let sql = format!(
                "SELECT create_distributed_table('{name}', '{by}', colocate_with => '{with}')"
            );
            // Two servers may start at once: what the other has just spread is spread.
            if let Err(error) = self.trace.script(sql).await
                && self.unspread().await?.iter().any(|t| t.full() == name)
            {
                return Err(error);
            }
        }
        self.leave_no_copy().await?;
        Ok(tables.iter().map(Table::full).collect())
    }

    /// The rows that a table had before it was spread stay behind it, out of sight: they go. A
    /// destroyed file must not live on there (I7).
    async fn leave_no_copy(&self) -> Result<(), StoreError> {
        let sql = format!("SELECT {SPREAD} AND pg_relation_size(c.oid) > 0 ORDER BY 1");
        for name in names(&self.trace, &sql).await? {
            let sql = format!("SELECT truncate_local_data_after_distributing_table('{name}')");
            self.trace.script(sql).await?;
        }
        Ok(())
    }

    async fn has_citus(&self) -> Result<bool, StoreError> {
        if !self.data.is_postgres() {
            return Ok(false);
        }
        let sql = "SELECT COUNT(*) FROM pg_extension WHERE extname = 'citus'";
        Ok(self.data.one(sql, vec![]).await?.map_or(Ok(0), |r| r.int(0))? == 1)
    }

    async fn is_filled(&self) -> Result<bool, StoreError> {
        Ok(self.meta("installation").await?.is_some())
    }

    async fn is_spread(&self) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM pg_dist_partition
                   WHERE logicalrelid = 'huis_data.dossier'::regclass";
        Ok(self.data.one(sql, vec![]).await?.map_or(Ok(0), |r| r.int(0))? == 1)
    }

    /// The tables to spread that are not yet, those that the others stand with first.
    async fn unspread(&self) -> Result<Vec<Table>, StoreError> {
        let sql = "SELECT c.relname::text FROM pg_constraint k
                   JOIN pg_class c ON c.oid = k.conrelid
                   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
                   WHERE c.relnamespace = 'huis_data'::regnamespace AND k.contype = 'p'
                   AND a.attname = 'office' AND cardinality(k.conkey) > 1 AND c.relname <> $1
                   AND c.oid NOT IN (SELECT logicalrelid FROM pg_dist_partition)
                   ORDER BY c.relname <> 'dossier', c.relname";
        let data = self.data.all(sql, params![BESIDE_ACCOUNTS]).await?;
        let sql = "SELECT c.relname::text FROM pg_class c
                   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'log'
                   WHERE c.relnamespace = 'huis_trace'::regnamespace AND c.relkind = 'r'
                   AND c.oid NOT IN (SELECT logicalrelid FROM pg_dist_partition)
                   ORDER BY c.relname <> 'trace_log', c.relname";
        let trace = self.trace.all(sql, vec![]).await?;
        let mut out = Vec::new();
        for (rows, schema, by, with) in
            [(data, "huis_data", "office", "dossier"), (trace, "huis_trace", "log", "trace_log")]
        {
            for row in rows {
                out.push(Table { schema, name: row.text(0)?, by, with });
            }
        }
        Ok(out)
    }

    /// How many connections other programs of Huis have to the database: a table is not spread under
    /// their hands. To be asked of a store that was just opened, alone in its process.
    pub async fn others_at_work(&self) -> Result<u64, StoreError> {
        if !self.data.is_postgres() {
            return Ok(0);
        }
        let sql = "SELECT COUNT(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND application_name = 'huis'";
        let all = self.data.one(sql, vec![]).await?.map_or(Ok(0), |r| r.count(0))?;
        let ours: u64 = self.connections().iter().map(|c| u64::from(c.open)).sum();
        Ok(all.saturating_sub(ours))
    }
}

async fn names(db: &Db, sql: &str) -> Result<Vec<String>, StoreError> {
    db.all(sql, vec![]).await?.iter().map(|r| r.text(0)).collect()
}
