//! A sheet: typed columns and rows.

use huis_kernel::{Date, Money};

use crate::csv::{Bom, Csv};

/// What a column holds; it decides how a cell is written and aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words, references, identifiers.
    Text,
    /// Civil dates: `31/12/2025` in CSV, a true date in ODS.
    Date,
    /// Amounts in euro cents: `1234,56` in CSV, a true amount in ODS.
    Money,
    /// Whole numbers.
    Number,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its title in the first row.
    pub title: String,
    /// What it holds.
    pub kind: Kind,
}

impl Column {
    /// A column.
    pub fn new(title: impl Into<String>, kind: Kind) -> Self {
        Self { title: title.into(), kind }
    }
}

/// One cell. In a column of another kind a text is written as it is and anything else is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing known.
    #[default]
    Empty,
    /// Words; never a formula.
    Text(String),
    /// A civil date.
    Date(Date),
    /// Euro cents.
    Money(Money),
    /// A whole number.
    Number(i64),
}

impl Cell {
    /// May the cell stand in a column of this kind? Words may stand anywhere: « inconnu ».
    pub(crate) const fn fits(&self, kind: Kind) -> bool {
        matches!(
            (self, kind),
            (Self::Empty | Self::Text(_), _)
                | (Self::Date(_), Kind::Date)
                | (Self::Money(_), Kind::Money)
                | (Self::Number(_), Kind::Number)
        )
    }
}

macro_rules! cell_from {
    ($($from:ty => $make:expr),+ $(,)?) => {$(
        impl From<$from> for Cell {
            fn from(value: $from) -> Self { $make(value) }
        }
    )+};
}
cell_from! {
    String => Cell::Text,
    &str => |t: &str| Cell::Text(t.to_owned()),
    Date => Cell::Date,
    Money => Cell::Money,
    i64 => Cell::Number,
    u32 => |n| Cell::Number(i64::from(n)),
    usize => |n| Cell::Number(i64::try_from(n).unwrap_or(i64::MAX)),
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// Why a sheet was not written. Says nothing of what stands in it.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// A row has more or fewer cells than there are columns.
    #[error("la ligne {row} a {cells} cases pour {columns} colonnes")]
    Width {
        /// Its number, from 1.
        row: usize,
        /// Its cells.
        cells: usize,
        /// The columns.
        columns: usize,
    },
    /// A cell is not of its column's kind.
    #[error("la case {column} de la ligne {row} n'est pas du type de sa colonne")]
    Kind {
        /// The row, from 1.
        row: usize,
        /// The column, from 1.
        column: usize,
    },
    /// More rows than a spreadsheet program reads.
    #[error("la feuille dépasse 1 048 575 lignes")]
    Rows,
    /// A row before the first sheet of an ODS file.
    #[error("une ligne sans feuille")]
    NoSheet,
    /// The file could not be written.
    #[error("le fichier n'a pas pu être écrit")]
    Write(#[from] std::io::Error),
}

/// The most rows under the header that spreadsheet programs read.
pub(crate) const MAX_ROWS: usize = 1_048_575;

/// Checks one row against its columns; `row` counts from 1.
pub(crate) fn check(columns: &[Column], cells: &[Cell], row: usize) -> Result<(), SheetError> {
    if row > MAX_ROWS {
        return Err(SheetError::Rows);
    }
    if cells.len() != columns.len() {
        return Err(SheetError::Width { row, cells: cells.len(), columns: columns.len() });
    }
    match columns.iter().zip(cells).position(|(column, cell)| !cell.fits(column.kind)) {
        Some(i) => Err(SheetError::Kind { row, column: i + 1 }),
        None => Ok(()),
    }
}

/// A whole sheet in memory. For one too long to hold, write rows as they come with [`Csv`] or
/// [`crate::Ods`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name: the tab in ODS.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// An empty sheet.
    pub fn new(name: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        Self { name: name.into(), columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The sheet as CSV.
    pub fn csv(&self, bom: Bom) -> Result<Vec<u8>, SheetError> {
        let mut csv = Csv::new(Vec::new(), &self.columns, bom)?;
        for row in &self.rows {
            csv.row(row)?;
        }
        csv.finish()
    }
}
