use serde::{Deserialize, Serialize};

/// Why a file is refused whole: what is wrong, then how to mend it. Nothing of its content (I13).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// More bytes than are taken.
    #[error("Le fichier est trop gros : {0} Mo au plus. Découpez-le en plusieurs envois.")]
    TooLarge(usize),
    /// No row.
    #[error("Le fichier est vide : aucune ligne n’y a été trouvée.")]
    Empty,
    /// Another kind of file.
    #[error(
        "Ce fichier n’est ni un tableau CSV ni un classeur XLSX ({0}). Dans votre tableur : Fichier, Enregistrer sous, « Classeur Excel (.xlsx) » ou « CSV UTF-8 »."
    )]
    Kind(&'static str),
    /// Encrypted, or the format before 2007: both look alike from outside.
    #[error(
        "Ce classeur est protégé par un mot de passe, ou dans l’ancien format .xls. Retirez le mot de passe et enregistrez-le au format .xlsx."
    )]
    Locked,
    /// Built to harm: too much once inflated, entities, too deep.
    #[error(
        "Ce classeur est refusé : {0}. Ouvrez-le dans votre tableur et enregistrez la feuille en CSV UTF-8."
    )]
    Hostile(&'static str),
    /// It does not read to its end.
    #[error(
        "Le fichier est abîmé ou incomplet : il ne se lit pas jusqu’au bout. Enregistrez-le à nouveau, puis renvoyez-le."
    )]
    Broken,
    /// Too many rows.
    #[error("Le fichier a trop de lignes : {0} au plus. Découpez-le en plusieurs envois.")]
    Rows(u32),
    /// Too many columns.
    #[error("Le fichier a trop de colonnes : {0} au plus. Gardez celles qui servent.")]
    Columns(usize),
    /// Too many sheets.
    #[error("Le classeur a trop de feuilles : {0} au plus. Gardez celle à importer.")]
    Sheets(usize),
    /// A cell that never ends: most often a quote that was not closed.
    #[error(
        "Ligne {row} : une cellule dépasse {max} caractères. Un guillemet ouvert n’y est sans doute pas refermé."
    )]
    Cell {
        /// Row of the file.
        row: u32,
        /// Most characters.
        max: usize,
    },
    /// Who receives the rows stopped.
    #[error("La lecture a été arrêtée.")]
    Stopped,
}

/// What is wrong with one row: the column, the fault and its mend. Never what was in the cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellFault {
    /// The column's header, or the field when no column is at fault.
    pub column: Option<String>,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl CellFault {
    /// A fault of the row as a whole.
    pub fn row(message: impl Into<String>) -> Self {
        Self { column: None, message: message.into() }
    }
    /// A fault of one column.
    pub fn at(column: impl Into<String>, message: impl Into<String>) -> Self {
        Self { column: Some(column.into()), message: message.into() }
    }
}
