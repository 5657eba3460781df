//! One bare durable transaction: so many bytes in one row, on the same disk, with the settings of
//! the stores. What a commit costs on this machine at this moment.

use anyhow::Result;
use sqlx::{AssertSqlSafe, Connection, postgres::PgConnection};
use std::time::{Duration, Instant};

use crate::place::Place;

/// A connection to measure commits on.
pub enum Bare {
    /// A file beside those of the stores.
    Sqlite(Box<rusqlite::Connection>),
    /// A table of its own in the same database.
    Postgres(Box<PgConnection>),
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS bare_commit (body BYTEA NOT NULL)";
const INSERT: &str = "INSERT INTO bare_commit (body) VALUES ($1)";

impl Bare {
    /// Opens it.
    pub async fn open(place: &Place) -> Result<Self> {
        Ok(match &place.database {
            None => {
                let connection = rusqlite::Connection::open(place.folder.join("bare.db"))?;
                connection.execute_batch(
                    "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;
                     PRAGMA synchronous = FULL; PRAGMA secure_delete = ON",
                )?;
                connection.execute_batch(TABLE)?;
                Self::Sqlite(Box::new(connection))
            }
            Some(url) => {
                let mut connection = PgConnection::connect(url).await?;
                sqlx::raw_sql(AssertSqlSafe(TABLE.to_owned())).execute(&mut connection).await?;
                Self::Postgres(Box::new(connection))
            }
        })
    }

    /// Commits so many bytes; how long it took.
    pub async fn commit(&mut self, bytes: usize) -> Result<Duration> {
        let body = vec![0xa5_u8; bytes];
        let started = Instant::now();
        match self {
            Self::Sqlite(connection) => {
                connection.execute_batch("BEGIN IMMEDIATE")?;
                connection.prepare_cached(INSERT)?.execute([body])?;
                connection.execute_batch("COMMIT")?;
            }
            Self::Postgres(connection) => {
                let mut tx = connection.begin().await?;
                sqlx::query(INSERT).bind(body).execute(&mut *tx).await?;
                tx.commit().await?;
            }
        }
        Ok(started.elapsed())
    }
}
