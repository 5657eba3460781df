//! Backup, restore, drill (X-20, X-10, I7). A backup is two encrypted files, data and keys, that
//! may go to two places: the data alone open nothing. One form for both engines: a backup of an
//! office on SQLite restores into PostgreSQL, and the reverse.
//!
//! The data are read as of one instant while others go on writing; the keys are read after them,
//! so that every key the data need is there. Restoring does not revive the past: the list of what
//! is gone is replayed before anything opens, sessions are closed, the index is made again.

mod continuity;
mod drill;
mod file;
mod lock;
mod prune;
mod rebuild;
mod restore;
mod revive;
mod take;

pub use continuity::{Continuity, Done};
pub use drill::{DrillPlan, DrillReport, TableCount};
pub use file::Header;
pub use lock::{Sealing, Unsealing};
pub use prune::{Found, newest};
pub use rebuild::Rebuilt;
pub use restore::{RestorePlan, RestoreReport, restore};
pub use take::{BackupPlan, BackupReport, take};

use huis_store::{Schema, StoreError};

use crate::{StartError, UseError};

/// Why a backup is not made or not restored. No personal datum in any of them (I13).
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file cannot be written or read.
    #[error("{0} : {1}")]
    File(String, std::io::ErrorKind),
    /// The passphrase or the identity does not open the file.
    #[error("la phrase secrète ou l’identité n’ouvre pas cette sauvegarde")]
    Locked,
    /// A recipient is not an age public key.
    #[error("« {0} » n’est pas une clé publique age (age1…)")]
    Recipient(String),
    /// The file is cut short, altered, or not a backup.
    #[error("cette sauvegarde est coupée, altérée, ou n’en est pas une ({0})")]
    Damaged(&'static str),
    /// The file was made by a version with tables that this one does not know.
    #[error("cette sauvegarde vient d’une autre version de Huis (« {0} » y est inconnu)")]
    OtherVersion(String),
    /// The file was made by a newer program.
    #[error(
        "cette sauvegarde vient d’une version plus récente de Huis (son schéma : {0}) : restaurez-la avec cette version du programme, ou une plus récente"
    )]
    Newer(Schema),
    /// The two files are not of one installation.
    #[error("les données et les clés ne sont pas de la même installation")]
    Apart,
    /// No backup there.
    #[error("aucune sauvegarde complète dans ce dossier")]
    Nothing,
    /// Neither a file of keys nor their second place was given.
    #[error(
        "il faut les clés : le fichier « …-cles.age » (--keys) ou la copie des clés (--keys-copy)"
    )]
    NoKeys,
    /// The list of what is gone does not verify.
    #[error(transparent)]
    Gone(#[from] huis_trace::GoneError),
    /// The installation does not open.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A use case failed.
    #[error(transparent)]
    Use(#[from] UseError),
}

impl BackupError {
    fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::File(path.display().to_string(), error.kind())
    }
}
