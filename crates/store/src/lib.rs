//! The only crate with SQL. SQLite by default, PostgreSQL by URL; nothing of either is visible
//! outside. Three stores that no transaction spans: data, keys, trace.

mod copy;
mod distribution;
mod keys;
mod open;
mod sql;
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
pub mod traces;
pub mod work;

pub use copy::{CopyReport, CopyState};
pub use distribution::Distribution;
pub use open::{Location, Store, writer_name};
pub use work::Work;
pub use writers::Claim;

/// Why the store fails. Never a personal datum: database messages are dropped but for their code.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or is out of reach.
    #[error("la base de données a refusé l'opération ({0})")]
    Database(String),
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

impl StoreError {
    /// Was it a row that already exists?
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(code) if code == "unique")
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // A database message may quote values: the kind and code alone are kept (I13).
        match &error {
            sqlx::Error::Database(e) if e.is_unique_violation() => Self::Database("unique".into()),
            sqlx::Error::Database(e) => {
                Self::Database(format!("code {}", e.code().unwrap_or_default()))
            }
            sqlx::Error::PoolTimedOut => Self::Database("attente trop longue".into()),
            sqlx::Error::Io(_) => Self::Database("entrée-sortie".into()),
            sqlx::Error::ColumnDecode { index, .. } => Self::Database(format!("colonne {index}")),
            _ => Self::Database("interne".into()),
        }
    }
}
