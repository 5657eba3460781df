use huis_kernel::Rng;
use sqlx::{
    Connection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use crate::{
    StoreError,
    schema::{Schema, columns},
    sql::Db,
    sqlite::{File, Opening},
};

/// Where the data are.
#[derive(Clone, Debug)]
pub enum Location {
    /// A folder of SQLite files.
    Folder(PathBuf),
    /// A PostgreSQL database by URL; its three stores are three schemas.
    Postgres(String),
}

/// The three stores.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) data: Db,
    pub(crate) keys: Db,
    pub(crate) trace: Db,
    /// Where the files are, on SQLite.
    pub(crate) folder: Option<PathBuf>,
    /// The second place of the keys, when there is one.
    pub(crate) copy: Option<Db>,
}

/// The steps of each store's schema, in order. A step that a database has taken is never edited:
/// what changes is a new step (expand, then contract).
pub(crate) const DATA: &[&str] = &[
    include_str!("../schema/data/1.sql"),
    include_str!("../schema/data/2.sql"),
    include_str!("../schema/data/3.sql"),
    include_str!("../schema/data/4.sql"),
    include_str!("../schema/data/5.sql"),
];
pub(crate) const KEYS: &[&str] = &[
    include_str!("../schema/keys/1.sql"),
    include_str!("../schema/keys/2.sql"),
    include_str!("../schema/keys/3.sql"),
];
pub(crate) const TRACE: &[&str] =
    &[include_str!("../schema/trace/1.sql"), include_str!("../schema/trace/2.sql")];

impl Store {
    /// Opens the stores, taking the steps of the schema that they miss.
    pub async fn open(location: &Location) -> Result<Self, StoreError> {
        let store = Self::connect(location).await?;
        store.migrate(Schema::of_this_program()).await?;
        store.spread_unasked().await?;
        Ok(store)
    }

    /// Opens the stores as they are, for whoever sees to their schema: a restore.
    pub async fn connect(location: &Location) -> Result<Self, StoreError> {
        Ok(match location {
            Location::Folder(folder) => {
                std::fs::create_dir_all(folder)
                    .map_err(|e| StoreError::Open(format!("dossier de données : {}", e.kind())))?;
                Self {
                    data: sqlite(&folder.join("data.db")).await?,
                    keys: sqlite(&folder.join("keys.db")).await?,
                    trace: sqlite(&folder.join("trace.db")).await?,
                    folder: Some(folder.clone()),
                    copy: None,
                }
            }
            Location::Postgres(url) => Self {
                data: postgres(url, "huis_data", 12).await?,
                keys: postgres(url, "huis_keys", 4).await?,
                trace: postgres(url, "huis_trace", 4).await?,
                folder: None,
                copy: None,
            },
        })
    }

    /// Closes every connection: the files may then be moved.
    pub async fn close(&self) {
        for db in [&self.data, &self.keys, &self.trace].into_iter().chain(&self.copy) {
            db.close().await;
        }
    }

    /// A value of the installation (demonstration mark, identifier…).
    pub async fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        let row = self
            .data
            .one("SELECT value FROM meta WHERE key = $1", crate::sql::params![key])
            .await?;
        row.map(|r| r.text(0)).transpose()
    }

    /// Sets a value of the installation.
    pub async fn set_meta(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.data
            .run(
                "INSERT INTO meta (key, value) VALUES ($1, $2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                crate::sql::params![key, value],
            )
            .await?;
        Ok(())
    }

    /// Tells how far the database's clock is from ours, in milliseconds (0 on SQLite, whose clock
    /// is the machine's).
    pub async fn clock_skew_ms(&self, now: huis_kernel::Instant) -> Result<i64, StoreError> {
        if !self.data.is_postgres() {
            return Ok(0);
        }
        let row = self
            .data
            .one("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)", vec![])
            .await?;
        Ok(row.map_or(Ok(0), |r| r.int(0))? - now.0)
    }

    /// Every column of the live schema, as (table, column), for the classification test (I1).
    pub async fn columns(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut out = Vec::new();
        for db in [&self.data, &self.keys, &self.trace] {
            out.extend(columns(db).await?);
        }
        Ok(out)
    }

    /// Leaves no erased byte on the disk: a truncating checkpoint on SQLite (pages are overwritten
    /// by `secure_delete`), a full vacuum of the key table on PostgreSQL.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        for db in [&self.data, &self.keys] {
            if db.is_postgres() {
                continue;
            }
            let mut busy = true;
            for _ in 0..50 {
                let row = db.written("PRAGMA wal_checkpoint(TRUNCATE)").await?;
                busy = row.map_or(Ok(true), |r| r.flag(0))?;
                if !busy {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            if busy {
                // A long reader holds the log: what was erased is still in it, and saying
                // otherwise would be false. The next sweep tries again.
                return Err(StoreError::Database("journal occupé".into()));
            }
        }
        if self.keys.is_postgres() {
            for table in ["key_slot", "index_key", "trace_key"] {
                self.keys.script(format!("VACUUM FULL {table}")).await?;
            }
            for table in ["token", "archive_token", "key_move"] {
                self.data.script(format!("VACUUM FULL {table}")).await?;
            }
        }
        Ok(())
    }
}

/// Each store, with the steps of its schema.
pub(crate) const fn steps(store: &Store) -> [(&Db, &'static [&'static str]); 3] {
    [(&store.data, DATA), (&store.keys, KEYS), (&store.trace, TRACE)]
}

async fn sqlite(file: &Path) -> Result<Db, StoreError> {
    let file = Some(file.to_owned());
    let file = File::new(Opening { file, journal: "WAL", create: true, aside: false }, 8);
    file.open().await?;
    Ok(Db::Sqlite(file))
}

/// The second place may be a network share, on which a write-ahead log does not work: its journal
/// is the plain one, emptied at each commit; and whoever uses it may have to wait.
pub(crate) fn sqlite_copy(file: &Path, create: bool) -> Db {
    let file = Some(file.to_owned());
    Db::Sqlite(File::new(Opening { file, journal: "TRUNCATE", create, aside: true }, 2))
}

/// How long after it answered a connection is believed to be there.
const TRUSTED: Duration = Duration::from_secs(2);

async fn postgres(url: &str, schema: &str, connections: u32) -> Result<Db, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| StoreError::Open("adresse de base illisible : postgres://…".into()))?
        .application_name("huis")
        .options([("search_path", schema)]);
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        // While the database is away a page says so soon, and is not kept waiting.
        .acquire_timeout(Duration::from_secs(5))
        // To ask a connection whether it lives is a round trip, at each statement. One that has just
        // answered is not asked; one that a restart of the database left behind is, and is dropped.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for >= TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await?;
    let db = Db::Postgres(pool);
    // Two servers may start at once: the loser of the race finds the schema made.
    let made = db.script(format!("CREATE SCHEMA IF NOT EXISTS {schema}")).await;
    if made.is_err() {
        db.script(format!("CREATE SCHEMA IF NOT EXISTS {schema}")).await?;
    }
    Ok(db)
}

/// A fresh writer name: one Merkle log a processing and writer.
pub fn writer_name(rng: &dyn Rng) -> String {
    let mut bytes = [0; 6];
    rng.fill(&mut bytes);
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
