//! The thin layer over the two engines: parameters, rows, transactions. SQL is written once in the
//! common dialect (`$1`, `ON CONFLICT`, `RETURNING`); nothing of this leaves the crate.

use huis_kernel::Date;
use sqlx::{AssertSqlSafe, Row as _, postgres::PgRow};

use crate::{
    StoreError,
    sqlite::{File, Opening, Transaction, Value},
};

/// A parameter, typed also when null (PostgreSQL wants to know).
#[derive(Clone, Debug)]
pub(crate) enum Param {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! param_from {
    ($($t:ty => |$v:ident| $e:expr;)*) => {$(
        impl From<$t> for Param { fn from($v: $t) -> Self { $e } }
    )*};
}
param_from! {
    i64 => |v| Self::Int(Some(v));
    u32 => |v| Self::Int(Some(i64::from(v)));
    usize => |v| Self::Int(i64::try_from(v).ok());
    u64 => |v| Self::Int(i64::try_from(v).ok());
    bool => |v| Self::Int(Some(i64::from(v)));
    Option<i64> => |v| Self::Int(v);
    Option<u32> => |v| Self::Int(v.map(i64::from));
    huis_kernel::Instant => |v| Self::Int(Some(v.0));
    Option<huis_kernel::Instant> => |v| Self::Int(v.map(|i| i.0));
    huis_vault::Slot => |v| Self::Int(Some(v.0));
    huis_vault::Token => |v| Self::Int(Some(v.0));
    &str => |v| Self::Text(Some(v.to_owned()));
    String => |v| Self::Text(Some(v));
    &String => |v| Self::Text(Some(v.clone()));
    Option<String> => |v| Self::Text(v);
    Option<&str> => |v| Self::Text(v.map(str::to_owned));
    Date => |v| Self::Text(Some(v.to_string()));
    Option<Date> => |v| Self::Text(v.map(|d| d.to_string()));
    &[u8] => |v| Self::Bytes(Some(v.to_vec()));
    Vec<u8> => |v| Self::Bytes(Some(v));
    &Vec<u8> => |v| Self::Bytes(Some(v.clone()));
    Option<Vec<u8>> => |v| Self::Bytes(v);
    [u8; 32] => |v| Self::Bytes(Some(v.to_vec()));
    [u8; 16] => |v| Self::Bytes(Some(v.to_vec()));
    huis_kernel::OfficeId => |v| Self::Bytes(Some(v.as_bytes().to_vec()));
    huis_kernel::DossierId => |v| Self::Bytes(Some(v.as_bytes().to_vec()));
    huis_kernel::AgentId => |v| Self::Bytes(Some(v.as_bytes().to_vec()));
    Option<huis_kernel::AgentId> => |v| Self::Bytes(v.map(|a| a.as_bytes().to_vec()));
    huis_kernel::GrantId => |v| Self::Bytes(Some(v.as_bytes().to_vec()));
    huis_kernel::SessionId => |v| Self::Bytes(Some(v.as_bytes().to_vec()));
    huis_kernel::AlertId => |v| Self::Bytes(Some(v.as_bytes().to_vec()));
}

/// Shorthand for a parameter list.
macro_rules! params {
    ($($v:expr),* $(,)?) => { vec![$($crate::sql::Param::from($v)),*] };
}
pub(crate) use params;

/// A row of either engine.
pub(crate) enum Row {
    Sqlite(Vec<Value>),
    Postgres(PgRow),
}

macro_rules! getter {
    ($name:ident, $opt:ident, $kind:ident, $t:ty) => {
        pub(crate) fn $name(&self, column: usize) -> Result<$t, StoreError> {
            match self {
                Self::Sqlite(_) => self.$opt(column)?.ok_or(StoreError::Corrupt("vide")),
                Self::Postgres(row) => Ok(row.try_get_unchecked(column)?),
            }
        }
        pub(crate) fn $opt(&self, column: usize) -> Result<Option<$t>, StoreError> {
            match self {
                Self::Sqlite(values) => match values.get(column) {
                    Some(Value::Null) => Ok(None),
                    Some(Value::$kind(value)) => Ok(Some(value.clone())),
                    _ => Err(StoreError::Corrupt("nature")),
                },
                Self::Postgres(row) => Ok(row.try_get_unchecked(column)?),
            }
        }
    };
}

impl Row {
    getter!(int, opt_int, Int, i64);
    getter!(text, opt_text, Text, String);
    getter!(bytes, opt_bytes, Bytes, Vec<u8>);

    pub(crate) fn date(&self, column: usize) -> Result<Date, StoreError> {
        self.text(column)?.parse().map_err(|_| StoreError::Corrupt("date"))
    }
    pub(crate) fn opt_date(&self, column: usize) -> Result<Option<Date>, StoreError> {
        let text = self.opt_text(column)?;
        text.map(|t| t.parse().map_err(|_| StoreError::Corrupt("date"))).transpose()
    }
    pub(crate) fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }
    pub(crate) fn id16(&self, column: usize) -> Result<[u8; 16], StoreError> {
        self.bytes(column)?.try_into().map_err(|_| StoreError::Corrupt("identifiant"))
    }
    pub(crate) fn opt_id16(&self, column: usize) -> Result<Option<[u8; 16]>, StoreError> {
        let bytes = self.opt_bytes(column)?;
        bytes.map(|b| b.try_into().map_err(|_| StoreError::Corrupt("identifiant"))).transpose()
    }
    pub(crate) fn small(&self, column: usize) -> Result<u32, StoreError> {
        u32::try_from(self.int(column)?).map_err(|_| StoreError::Corrupt("nombre"))
    }
    pub(crate) fn count(&self, column: usize) -> Result<u64, StoreError> {
        u64::try_from(self.int(column)?).map_err(|_| StoreError::Corrupt("nombre"))
    }
}

/// One database of either engine.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    Sqlite(File),
    Postgres(sqlx::PgPool),
}

/// A connection of its own, for a lock that lives as long as it.
#[derive(Debug)]
pub(crate) struct Session {
    connection: sqlx::PgConnection,
}

impl Session {
    pub(crate) async fn is_alive(&mut self) -> bool {
        sqlx::Connection::ping(&mut self.connection).await.is_ok()
    }
}

/// A transaction of either engine.
pub(crate) enum Tx {
    Sqlite(Transaction),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

macro_rules! bound {
    ($sql:expr, $params:expr) => {{
        let params: Vec<Param> = $params;
        crate::measure::note($sql, &params);
        let mut query = sqlx::query(AssertSqlSafe($sql.to_owned()));
        for param in params {
            query = match param {
                Param::Int(v) => query.bind(v),
                Param::Text(v) => query.bind(v),
                Param::Bytes(v) => query.bind(v),
            };
        }
        query
    }};
}

impl Db {
    /// An empty SQLite database that goes with its handle.
    pub(crate) fn in_memory() -> Self {
        let opening = Opening { file: None, journal: "MEMORY", create: true, aside: false };
        Self::Sqlite(File::new(opening, 1))
    }

    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite(file) => Tx::Sqlite(file.begin().await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A read-only view of one instant, over several queries.
    pub(crate) async fn snapshot(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite(file) => Tx::Sqlite(file.snapshot().await?),
            Self::Postgres(pool) => {
                // Where tables are spread, one connection to each of their servers: one instant
                // there, for all the rows of an office. Means nothing elsewhere. One round trip.
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
                             SET LOCAL citus.max_adaptive_executor_pool_size = 1";
                Tx::Postgres(pool.begin_with(begin).await?)
            }
        })
    }

    pub(crate) async fn all(&self, sql: &str, params: Vec<Param>) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(file) => {
                file.all(sql, params).await?.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(pool) => {
                let rows = bound!(sql, params).fetch_all(pool).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) async fn one(
        &self,
        sql: &str,
        params: Vec<Param>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(file) => file.all(sql, params).await?.into_iter().next().map(Row::Sqlite),
            Self::Postgres(pool) => {
                bound!(sql, params).fetch_optional(pool).await?.map(Row::Postgres)
            }
        })
    }

    /// One statement in a transaction of its own; the number of rows touched.
    pub(crate) async fn run(&self, sql: &str, params: Vec<Param>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(file) => file.run(sql, params).await?,
            Self::Postgres(pool) => bound!(sql, params).execute(pool).await?.rows_affected(),
        })
    }

    /// One row of a statement that must run on the writing connection, outside any transaction.
    pub(crate) async fn written(&self, sql: &str) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(file) => file.plain(sql).await?.into_iter().next().map(Row::Sqlite),
            Self::Postgres(pool) => {
                bound!(sql, Vec::new()).fetch_optional(pool).await?.map(Row::Postgres)
            }
        })
    }

    /// Takes a named lock for the life of a connection of its own; `None` when another holds it, or
    /// on SQLite, which has none.
    pub(crate) async fn session_lock(&self, name: &str) -> Result<Option<Session>, StoreError> {
        let Self::Postgres(pool) = self else { return Ok(None) };
        let mut connection = pool.acquire().await?.detach();
        let sql = "SELECT CASE WHEN pg_try_advisory_lock(hashtextextended($1, 0)) THEN 1::bigint
                   ELSE 0::bigint END";
        let row = bound!(sql, params![name]).fetch_one(&mut connection).await?;
        let taken = Row::Postgres(row).flag(0)?;
        Ok(taken.then_some(Session { connection }))
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(file) => file.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// Connections: open, of these unused, and the most there may be.
    pub(crate) fn connections(&self) -> (u32, u32, u32) {
        match self {
            Self::Sqlite(file) => file.counts(),
            Self::Postgres(pool) => {
                let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
                (pool.size(), idle, pool.options().get_max_connections())
            }
        }
    }

    pub(crate) const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// By which index SQLite reads a table, where it would choose another: its plans are made
    /// without the values (ADR 0030). PostgreSQL sees it by itself.
    pub(crate) fn by_index(&self, index: &str) -> String {
        if self.is_postgres() { String::new() } else { format!("INDEXED BY {index}") }
    }

    /// Several statements at once.
    pub(crate) async fn script(&self, sql: String) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(file) => file.script(sql).await?,
            Self::Postgres(pool) => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await?;
            }
        }
        Ok(())
    }
}

impl Tx {
    pub(crate) async fn run(&mut self, sql: &str, params: Vec<Param>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => tx.run(sql, params).await?,
            Self::Postgres(tx) => bound!(sql, params).execute(&mut **tx).await?.rows_affected(),
        })
    }

    pub(crate) async fn all(
        &mut self,
        sql: &str,
        params: Vec<Param>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => tx.all(sql, params).await?.into_iter().map(Row::Sqlite).collect(),
            Self::Postgres(tx) => {
                let rows = bound!(sql, params).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) async fn one(
        &mut self,
        sql: &str,
        params: Vec<Param>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.all(sql, params).await?.into_iter().next())
    }

    /// Several statements at once, for a step of the schema.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.script(sql).await?,
            Self::Postgres(tx) => {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// Holds a named lock until the end of the transaction; on SQLite it holds the only one.
    pub(crate) async fn alone(&mut self, name: &str) -> Result<(), StoreError> {
        if matches!(self, Self::Postgres(_)) {
            // As a row of text: a value of type void has no reading.
            let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text";
            self.all(sql, params![name]).await?;
        }
        Ok(())
    }

    /// Inserts many rows.
    pub(crate) async fn insert(
        &mut self,
        table: &str,
        columns: &str,
        rows: Vec<Vec<Param>>,
        tail: &str,
    ) -> Result<(), StoreError> {
        /// Parameters a statement, at most.
        const CHUNK: usize = 2_000;
        let Some(width) = rows.first().map(Vec::len) else { return Ok(()) };
        let sql = |count: usize| {
            let mut sql = format!("INSERT INTO {table} ({columns}) VALUES ");
            for row in 0..count {
                let places = (1..=width).map(|n| format!("${}", row * width + n));
                let places = places.collect::<Vec<_>>().join(",");
                sql.push_str(if row == 0 { "(" } else { ",(" });
                sql.push_str(&places);
                sql.push(')');
            }
            sql.push(' ');
            sql.push_str(tail);
            sql
        };
        if let Self::Sqlite(tx) = self {
            // One text whatever the number of rows, prepared once: there is no way to go and back.
            return tx.each(&sql(1), rows).await;
        }
        let per = (CHUNK / width.max(1)).max(1);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let batch: Vec<Vec<Param>> = rows.by_ref().take(per).collect();
            self.run(&sql(batch.len()), batch.into_iter().flatten().collect()).await?;
        }
        Ok(())
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// The aggregate that puts texts one after the other, in no order.
    pub(crate) const fn gather(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "group_concat",
            Self::Postgres(_) => "string_agg",
        }
    }

    /// `FOR UPDATE` where rows can be locked; on SQLite the transaction holds the write lock.
    pub(crate) const fn for_update(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => "FOR UPDATE",
        }
    }
}
