//! One bare durable transaction: so many bytes in one row, on the same disk, with the settings of
//! the stores. What a commit costs on this machine at this moment.

use anyhow::Result;
use sqlx::{
    AssertSqlSafe, Connection,
    postgres::PgConnection,
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous},
};
use std::time::{Duration, Instant};

use crate::place::Place;

/// A connection to measure commits on.
pub enum Bare {
    /// A file beside those of the stores.
    Sqlite(Box<SqliteConnection>),
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
                let options = SqliteConnectOptions::new()
                    .filename(place.folder.join("bare.db"))
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .page_size(16 * 1024)
                    .pragma("secure_delete", "ON");
                let mut connection = SqliteConnection::connect_with(&options).await?;
                sqlx::raw_sql(AssertSqlSafe(TABLE.to_owned())).execute(&mut connection).await?;
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
                let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
                sqlx::query(INSERT).bind(body).execute(&mut *tx).await?;
                tx.commit().await?;
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
