use serde::{Deserialize, Serialize};

use crate::{FileFault, Limits, book, correct::unguarded, delimited};

/// A row as text, with its place in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Line of the file, or row of the sheet, from 1: what a person sees in the margin.
    pub no: u32,
    /// Its cells, without the empty ones at its end.
    pub cells: Vec<String>,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// `CSV` or `XLSX`.
    pub kind: &'static str,
    /// Encoding and separator, or the sheet.
    pub detail: String,
}

/// Who receives the rows.
pub(crate) type Take<'a> = &'a mut dyn FnMut(Row) -> Result<(), FileFault>;

/// Reads a table from its bytes, whatever its name says: the content tells the kind. Rows come one
/// by one; empty ones are left out.
///
/// # Errors
/// The file is refused whole; rows given before are to be dropped.
pub fn read(
    bytes: &[u8],
    limits: &Limits,
    mut take: impl FnMut(Row) -> Result<(), FileFault>,
) -> Result<Shape, FileFault> {
    if bytes.len() > limits.file_bytes {
        return Err(FileFault::TooLarge(limits.file_bytes / (1024 * 1024)));
    }
    let mut rows = 0u32;
    let mut checked = |mut row: Row| {
        while row.cells.last().is_some_and(String::is_empty) {
            row.cells.pop();
        }
        if row.cells.is_empty() {
            return Ok(());
        }
        for cell in &mut row.cells {
            if unguarded(cell).len() < cell.len() {
                cell.remove(0);
            }
        }
        if row.cells.len() > limits.columns {
            return Err(FileFault::Columns(limits.columns));
        }
        if row.cells.iter().any(|c| c.chars().count() > limits.cell_chars) {
            return Err(FileFault::Cell { row: row.no, max: limits.cell_chars });
        }
        rows += 1;
        if rows > limits.rows {
            return Err(FileFault::Rows(limits.rows));
        }
        take(row)
    };
    let shape = match kind(bytes)? {
        Kind::Book => book::rows(bytes, limits, &mut checked)?,
        Kind::Delimited => delimited::rows(bytes, limits, &mut checked)?,
    };
    if rows == 0 { Err(FileFault::Empty) } else { Ok(shape) }
}

enum Kind {
    Book,
    Delimited,
}

/// What the content is, by its first bytes: a name and a declared type can say anything.
fn kind(bytes: &[u8]) -> Result<Kind, FileFault> {
    const KNOWN: [(&[u8], &str); 8] = [
        (b"%PDF", "fichier PDF"),
        (b"{\\rtf", "document RTF"),
        (b"\x89PNG", "image"),
        (b"\xFF\xD8\xFF", "image"),
        (b"GIF8", "image"),
        (b"\x1F\x8B", "archive"),
        (b"Rar!", "archive"),
        (b"7z\xBC\xAF", "archive"),
    ];
    if bytes.is_empty() {
        return Err(FileFault::Empty);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(FileFault::Locked);
    }
    if bytes.starts_with(b"PK") {
        return Ok(Kind::Book);
    }
    match KNOWN.iter().find(|(start, _)| bytes.starts_with(start)) {
        Some((_, what)) => Err(FileFault::Kind(what)),
        None => Ok(Kind::Delimited),
    }
}
