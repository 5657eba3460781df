//! One SQLite file: a connection that writes, and some that read. A statement runs where it is
//! asked, without a turn to another thread: a page asks some twenty of them, each of some ten
//! microseconds. What waits for the disk (a commit) or for a network share (the second place of
//! the keys) runs aside, on a thread that may wait (ADR 0030).

use rusqlite::{
    Connection, OpenFlags, Statement,
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};
use std::{
    cell::Cell,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{StoreError, sql::Param};

/// How long a statement waits for another program that holds the file.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a reader or a writer waits for its turn.
const TURN: Duration = Duration::from_secs(30);
/// Statements kept prepared, a connection.
const PREPARED: usize = 128;
/// A statement with more parameters (rows added by the hundred) is not kept.
const KEPT_UNDER: usize = 100;
/// Connections kept open when nobody uses them: each has its cache of pages.
const KEPT_IDLE: usize = 4;
/// From how long on a statement is told in the log: its text, never its values.
const SLOW: Duration = Duration::from_secs(1);

/// How a file is opened.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    /// The file; none for a database that goes with its connection.
    pub(crate) file: Option<PathBuf>,
    /// `WAL`, or `TRUNCATE` where a write-ahead log does not work.
    pub(crate) journal: &'static str,
    /// Is the file made when it is not there?
    pub(crate) create: bool,
    /// Does all that touches the file run aside?
    pub(crate) aside: bool,
}

impl Opening {
    fn connect(&self, reads: bool) -> Result<Connection, StoreError> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        flags.set(OpenFlags::SQLITE_OPEN_CREATE, self.create);
        let connection = match &self.file {
            Some(file) => Connection::open_with_flags(file, flags)?,
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        // A plan never depends on values: a statement is prepared once, and not at each execution.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // What a statement sorts or keeps aside goes to no file elsewhere on the machine.
        connection.execute_batch("PRAGMA temp_store = MEMORY")?;
        if reads {
            connection.execute_batch("PRAGMA query_only = ON")?;
        } else {
            // FULL: a receipt promises durability, the log is synced at each commit.
            connection.execute_batch(&format!(
                "PRAGMA page_size = 8192; PRAGMA journal_mode = {}; PRAGMA synchronous = FULL;
                 PRAGMA secure_delete = ON",
                self.journal
            ))?;
        }
        if !self.aside {
            // Where statements run, nobody sleeps: who finds the file held asks again (`Held::on`).
            connection.busy_timeout(Duration::ZERO)?;
        }
        Ok(connection)
    }
}

/// Connections of one kind to a file.
#[derive(Debug)]
struct Pool {
    opening: Opening,
    reads: bool,
    most: u32,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    fn new(opening: Opening, reads: bool, most: u32) -> Arc<Self> {
        let turns = Arc::new(Semaphore::new(most as usize));
        Arc::new(Self { opening, reads, most, turns, idle: Mutex::default() })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take(self: &Arc<Self>) -> Result<Held, StoreError> {
        let turn = match self.turns.clone().try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => tokio::time::timeout(TURN, self.turns.clone().acquire_owned())
                .await
                .map_err(|_| StoreError::Away("attente trop longue"))?
                .map_err(|_| StoreError::Away("entrée-sortie"))?,
        };
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None if self.opening.aside => {
                let pool = self.clone();
                aside(move || pool.opening.connect(pool.reads)).await?
            }
            None => self.opening.connect(self.reads)?,
        };
        let pool = self.clone();
        Ok(Held { connection: Some(connection), sound: Cell::new(true), pool, turn })
    }

    /// Waits until every connection is back, and closes them.
    async fn close(&self) {
        // An error says that it was closed before.
        if let Ok(all) = self.turns.acquire_many(self.most).await {
            all.forget();
        }
        self.turns.close();
        self.idle().clear();
    }

    /// Connections: open, of these unused, and the most there may be.
    fn counts(&self) -> (u32, u32, u32) {
        let idle = u32::try_from(self.idle().len()).unwrap_or(u32::MAX);
        let free = u32::try_from(self.turns.available_permits()).unwrap_or(u32::MAX);
        let used = if self.turns.is_closed() { 0 } else { self.most.saturating_sub(free) };
        (idle + used, idle, self.most)
    }
}

/// A connection in use. It goes back when dropped, with nothing left open on it.
#[derive(Debug)]
struct Held {
    connection: Option<Connection>,
    /// Has nothing failed on it, but for what was asked? A file that was away, and is back, is
    /// opened anew.
    sound: Cell<bool>,
    pool: Arc<Pool>,
    turn: OwnedSemaphorePermit,
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let clean = connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
        let open = !self.turn.semaphore().is_closed();
        let mut idle = self.pool.idle();
        if clean && open && self.sound.get() && idle.len() < KEPT_IDLE {
            idle.push(connection);
        }
    }
}

impl Held {
    fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, StoreError> {
        let connection = self.connection.as_ref().ok_or(StoreError::Away("connexion"))?;
        work(connection).map_err(|error| {
            let error = StoreError::from(error);
            if !(error.is_duplicate() || error.is_busy()) {
                self.sound.set(false);
            }
            error
        })
    }

    /// Does something that may find the file held by another program: asks again for a while.
    async fn on<T: Send + 'static>(
        self,
        work: impl Fn(&Connection) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<(Self, Result<T, StoreError>), StoreError> {
        if self.pool.opening.aside {
            return aside(move || {
                let done = self.with(work);
                Ok((self, done))
            })
            .await;
        }
        let since = Instant::now();
        loop {
            let done = self.with(&work);
            match done {
                Err(error) if error.is_busy() && since.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                done => return Ok((self, done)),
            }
        }
    }
}

/// Runs what waits on a thread that may.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    // Only a process that stops, or a panic, ends it before its end.
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Away("arrêt"))?
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// One SQLite file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    writer: Arc<Pool>,
    readers: Arc<Pool>,
}

impl File {
    /// Names a file; it is opened when it is first asked for something.
    pub(crate) fn new(opening: Opening, readers: u32) -> Self {
        let writer = Pool::new(opening.clone(), false, 1);
        // A database that goes with its connection has only that one.
        let alone = opening.file.is_none();
        let readers = if alone { writer.clone() } else { Pool::new(opening, true, readers) };
        Self { writer, readers }
    }

    /// Opens it now, and puts its journal as it must be.
    pub(crate) async fn open(&self) -> Result<(), StoreError> {
        self.writer.take().await.map(drop)
    }

    pub(crate) async fn all(
        &self,
        sql: &str,
        params: Vec<Param>,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let asked = Asked::new(sql, params);
        let (_held, rows) = self.readers.take().await?.on(move |c| asked.rows(c)).await?;
        rows
    }

    /// One statement in a transaction of its own, durable when it returns; the rows touched.
    pub(crate) async fn run(&self, sql: &str, params: Vec<Param>) -> Result<u64, StoreError> {
        let asked = Asked::new(sql, params);
        let tx = self.begin().await?;
        tx.last(move |c| {
            asked.rows(c)?;
            let touched = c.changes();
            c.execute_batch("COMMIT")?;
            Ok(touched)
        })
        .await
    }

    /// Statements outside any transaction, on the writing connection; the rows of the last one.
    pub(crate) async fn plain(&self, sql: &str) -> Result<Vec<Vec<Value>>, StoreError> {
        let asked = Asked::new(sql, Vec::new());
        let held = self.writer.take().await?;
        aside(move || {
            held.with(|c| {
                c.busy_timeout(PATIENCE)?;
                let rows = asked.rows(c);
                if !held.pool.opening.aside {
                    c.busy_timeout(Duration::ZERO)?;
                }
                rows
            })
        })
        .await
    }

    /// Several statements at once, all or nothing.
    pub(crate) async fn script(&self, sql: String) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        tx.last(move |c| c.execute_batch(&format!("{sql}\n;COMMIT"))).await
    }

    /// A transaction that writes. The write lock is taken at once: none fails half-way for it.
    pub(crate) async fn begin(&self) -> Result<Transaction, StoreError> {
        let held = self.writer.take().await?;
        let (held, begun) = held.on(|c| prepared(c, "BEGIN IMMEDIATE")).await?;
        begun.map(|()| Transaction(Some(held)))
    }

    /// A read-only view of one instant, that of its first reading.
    pub(crate) async fn snapshot(&self) -> Result<Transaction, StoreError> {
        let held = self.readers.take().await?;
        let (held, begun) = held.on(|c| prepared(c, "BEGIN")).await?;
        begun.map(|()| Transaction(Some(held)))
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Connections: open, of these unused, and the most there may be.
    pub(crate) fn counts(&self) -> (u32, u32, u32) {
        let (w, r) = (self.writer.counts(), self.readers.counts());
        (w.0 + r.0, w.1 + r.1, w.2 + r.2)
    }
}

/// A transaction; undone when dropped before its commit.
#[derive(Debug)]
pub(crate) struct Transaction(Option<Held>);

impl Transaction {
    pub(crate) async fn all(
        &mut self,
        sql: &str,
        params: Vec<Param>,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let asked = Asked::new(sql, params);
        self.on(move |c| asked.rows(c)).await
    }

    /// The rows touched.
    pub(crate) async fn run(&mut self, sql: &str, params: Vec<Param>) -> Result<u64, StoreError> {
        let asked = Asked::new(sql, params);
        self.on(move |c| asked.rows(c).map(|_| c.changes())).await
    }

    /// The same statement for each list of parameters.
    pub(crate) async fn each(
        &mut self,
        sql: &str,
        lists: Vec<Vec<Param>>,
    ) -> Result<(), StoreError> {
        let text = text(sql);
        let asked = |params: Vec<Param>| {
            crate::measure::note(sql, &params);
            Asked { sql: text.clone(), params }
        };
        let asked: Vec<Asked> = lists.into_iter().map(asked).collect();
        self.on(move |c| asked.iter().try_for_each(|one| one.rows(c).map(drop))).await
    }

    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        let sql = sql.to_owned();
        self.on(move |c| c.execute_batch(&sql)).await
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        if self.0.as_ref().is_some_and(|held| held.pool.reads) {
            return Ok(()); // nothing was written
        }
        self.last(|c| prepared(c, "COMMIT")).await
    }

    async fn on<T: Send + 'static>(
        &mut self,
        work: impl Fn(&Connection) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        let held = self.0.take().ok_or(ENDED)?;
        let (held, done) = held.on(move |c| going_on(c, &work)).await?;
        self.0 = Some(held);
        done?.ok_or(ENDED)
    }

    /// The last thing done in it, with the commit: aside, for it waits for the disk. Once begun it
    /// ends, even when nobody waits for it any more.
    async fn last<T: Send + 'static>(
        mut self,
        work: impl FnOnce(&Connection) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        let held = self.0.take().ok_or(ENDED)?;
        aside(move || held.with(|c| going_on(c, work))?.ok_or(ENDED)).await
    }
}

/// After some failures (a full disk) SQLite ends a transaction by itself: what came next would stand
/// alone.
const ENDED: StoreError = StoreError::Away("transaction");

/// What is done in a transaction, unless the engine has ended it.
fn going_on<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
) -> Result<Option<T>, rusqlite::Error> {
    (!connection.is_autocommit()).then(|| work(connection)).transpose()
}

/// A statement and its values.
struct Asked {
    sql: Arc<str>,
    params: Vec<Param>,
}

impl Asked {
    fn new(sql: &str, params: Vec<Param>) -> Self {
        crate::measure::note(sql, &params);
        Self { sql: text(sql), params }
    }

    fn rows(&self, connection: &Connection) -> Result<Vec<Vec<Value>>, rusqlite::Error> {
        let since = Instant::now();
        let rows = if self.params.len() < KEPT_UNDER {
            let mut kept = connection.prepare_cached(&self.sql)?;
            self.gather(&mut kept)?
        } else {
            self.gather(&mut connection.prepare(&self.sql)?)?
        };
        tracing::trace!(target: "huis_store::sql", rows_returned = rows.len() as u64);
        let elapsed = since.elapsed();
        if elapsed > SLOW {
            let seconds = elapsed.as_secs_f64();
            tracing::warn!(target: "huis_store::sql", seconds, sql = &*self.sql, "slow statement");
        }
        Ok(rows)
    }

    fn gather(&self, statement: &mut Statement<'_>) -> Result<Vec<Vec<Value>>, rusqlite::Error> {
        for (place, param) in (1..).zip(&self.params) {
            statement.raw_bind_parameter(place, param)?;
        }
        let width = statement.column_count();
        let mut out = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let value = |column| {
                Ok(match row.get_ref(column)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(n) => Value::Int(n),
                    ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                    ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
                    // No column of ours holds one.
                    ValueRef::Real(_) => return Err(rusqlite::Error::InvalidQuery),
                })
            };
            out.push((0..width).map(value).collect::<Result<_, rusqlite::Error>>()?);
        }
        Ok(out)
    }
}

/// A statement in this engine's words: `$3` is a name to SQLite, `?3` a place. No text of ours has
/// either sign for itself.
fn text(sql: &str) -> Arc<str> {
    sql.replace('$', "?").into()
}

impl rusqlite::ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(Some(n)) => ValueRef::Integer(*n),
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Self::Int(None) | Self::Text(None) | Self::Bytes(None) => ValueRef::Null,
        }))
    }
}

/// A statement that gives nothing.
fn prepared(connection: &Connection, sql: &str) -> Result<(), rusqlite::Error> {
    let mut statement = connection.prepare_cached(sql)?;
    statement.raw_query().next()?;
    Ok(())
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        // A database message may quote values: the code alone is kept (I13).
        match error.sqlite_error().map(|e| e.extended_code) {
            // SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY.
            Some(2067 | 1555) => Self::Database("unique".into()),
            Some(code) => Self::of_code(&code.to_string()),
            None => Self::Database("interne".into()),
        }
    }
}

#[cfg(test)]
#[path = "sqlite_tests.rs"]
mod tests;
