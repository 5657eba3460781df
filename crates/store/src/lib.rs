//! The only crate with SQL. SQLite by default, PostgreSQL by URL; nothing of either is visible
//! outside. Three stores that no transaction spans: data, keys, trace.

mod copy;
mod distribution;
mod keys;
mod open;
mod rows;
mod schema;
mod sql;
mod sqlite;
mod tally;
mod writers;

pub mod accounts;
pub mod alerts;
pub mod dossiers;
pub mod drafts;
pub mod dump;
pub mod figures;
pub mod gone;
pub mod grants;
pub mod imports;
pub mod index;
pub mod index_keys;
pub mod letters;
pub mod lifecycle;
pub mod lists;
pub mod mail;
pub mod measure;
pub mod offices;
pub mod oversight;
pub mod partners;
pub mod restored;
pub mod security;
pub mod tokens;
pub mod traces;
pub mod work;

pub use copy::{CopyReport, CopyState};
pub use distribution::Distribution;
pub use open::{Location, Store, writer_name};
pub use schema::Schema;
pub use work::Work;
pub use writers::Claim;

/// Why the store fails. Never a personal datum: database messages are dropped but for their code.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or is out of reach.
    #[error("la base de données a refusé l'opération ({0})")]
    Database(String),
    /// There is no room left to write: nothing was written, and what is there stays.
    #[error("plus de place pour écrire : libérez de l’espace sur le disque des données")]
    NoRoom,
    /// The database does not answer, or not yet, or is too busy: what was asked may be asked again.
    #[error("la base de données ne répond pas ({0})")]
    Away(&'static str),
    /// A row does not hold what it must.
    #[error("une ligne de la base est illisible ({0})")]
    Corrupt(&'static str),
    /// Someone else changed the same thing first.
    #[error("modifié entre-temps")]
    Conflict,
    /// The folder or database cannot be opened.
    #[error("{0}")]
    Open(String),
}

/// What `Away` says when another program holds the file.
const BUSY: &str = "occupée";

impl StoreError {
    /// Was it a row that already exists?
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(code) if code == "unique")
    }

    /// Does another program hold the file just now?
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Away(why) if *why == BUSY)
    }

    /// Is it for what the machine lacks just now, and not for what was asked?
    pub const fn passes(&self) -> bool {
        matches!(self, Self::NoRoom | Self::Away(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // A database message may quote values: the kind and code alone are kept (I13).
        match &error {
            sqlx::Error::Database(e) if e.is_unique_violation() => Self::Database("unique".into()),
            sqlx::Error::Database(e) => Self::of_code(&e.code().unwrap_or_default()),
            sqlx::Error::PoolTimedOut => Self::Away("attente trop longue"),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolClosed => Self::Away("entrée-sortie"),
            sqlx::Error::ColumnDecode { index, .. } => Self::Database(format!("colonne {index}")),
            sqlx::Error::BeginFailed => Self::Away("transaction"),
            _ => Self::Database("interne".into()),
        }
    }
}

impl StoreError {
    /// By the code of the engine: a number on SQLite, five characters on PostgreSQL.
    fn of_code(code: &str) -> Self {
        match code {
            // SQLITE_FULL, and the shared memory of its log that cannot grow; disk_full.
            "13" | "4874" | "53100" => Self::NoRoom,
            // SQLITE_BUSY and its kin.
            "5" | "6" | "261" | "517" => Self::Away(BUSY),
            // SQLITE_READONLY and its kin, SQLITE_CANTOPEN; read_only_sql_transaction.
            "8" | "264" | "520" | "776" | "1032" | "1288" | "1544" | "14" | "25006" => {
                Self::Away("le compte de ce programme ne peut pas l’écrire")
            }
            // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections.
            "57P01" | "57P02" | "57P03" | "53300" => Self::Away("connexion"),
            code if code.len() == 5 && code.starts_with("08") => Self::Away("connexion"),
            code => Self::Database(format!("code {code}")),
        }
    }
}
