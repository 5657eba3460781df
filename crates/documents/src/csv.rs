//! CSV as French spreadsheet programs read it.

use std::io::Write;

use ::csv::{Terminator, Writer, WriterBuilder};
use huis_kernel::{Date, Money};

use crate::clean::{printable, unformulated};
use crate::sheet::{Cell, Column, SheetError, check};

/// Does the file begin with the mark by which Excel knows UTF-8?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bom {
    /// Yes: for people, whose programs guess the encoding otherwise.
    #[default]
    Yes,
    /// No: for programs.
    No,
}

/// Writes CSV row by row: UTF-8, `;` between cells, quotes as in RFC 4180, dates `31/12/2025`,
/// amounts `1234,56`. A text that begins like a formula gets an apostrophe before it.
pub struct Csv<W: Write> {
    out: Writer<W>,
    columns: Vec<Column>,
    rows: usize,
}

impl<W: Write> Csv<W> {
    /// Begins the file with its header row.
    pub fn new(mut out: W, columns: &[Column], bom: Bom) -> Result<Self, SheetError> {
        if bom == Bom::Yes {
            out.write_all(b"\xef\xbb\xbf")?;
        }
        let mut out = WriterBuilder::new()
            .delimiter(b';')
            .terminator(Terminator::CRLF)
            .has_headers(false)
            .from_writer(out);
        out.write_record(columns.iter().map(|c| text(&c.title))).map_err(write)?;
        Ok(Self { out, columns: columns.to_vec(), rows: 0 })
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), SheetError> {
        self.rows += 1;
        check(&self.columns, cells, self.rows)?;
        self.out.write_record(cells.iter().map(cell)).map_err(write)
    }

    /// Ends the file and gives back what it was written to.
    pub fn finish(self) -> Result<W, SheetError> {
        self.out.into_inner().map_err(|e| SheetError::Write(e.into_error()))
    }
}

fn write(error: ::csv::Error) -> SheetError {
    match error.into_kind() {
        ::csv::ErrorKind::Io(e) => SheetError::Write(e),
        _ => SheetError::Write(std::io::Error::other("csv")),
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(words) => text(words),
        Cell::Date(d) => date(*d),
        Cell::Money(m) => money(*m),
        Cell::Number(n) => n.to_string(),
    }
}

/// A first sign that is dropped must not uncover a formula: the apostrophe is set on what is kept
/// as on what was given.
fn text(given: &str) -> String {
    let kept = printable(given);
    if matches!(unformulated(given), std::borrow::Cow::Owned(_)) {
        return format!("'{kept}");
    }
    unformulated(&kept).into_owned()
}

fn date(d: Date) -> String {
    format!("{:02}/{:02}/{:04}", d.day(), d.month(), d.year())
}

fn money(m: Money) -> String {
    let sign = if m.0 < 0 { "-" } else { "" };
    format!("{sign}{},{:02}", m.0.unsigned_abs() / 100, m.0.unsigned_abs() % 100)
}
