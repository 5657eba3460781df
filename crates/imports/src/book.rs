//! XLSX: the first visible sheet that holds something, cell by cell. Formulas give the value that
//! the spreadsheet kept; macros and links are not looked at.

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::{FileFault, Limits, Row, Shape, date, guard, table::Take};

pub(crate) fn rows(bytes: &[u8], limits: &Limits, take: Take<'_>) -> Result<Shape, FileFault> {
    guard::check(bytes, limits)?;
    // The library is well kept, and still not ours: a fault of its own is a file that is broken.
    catch_unwind(AssertUnwindSafe(|| sheets(bytes, limits, take))).unwrap_or(Err(FileFault::Broken))
}

fn sheets(bytes: &[u8], limits: &Limits, take: Take<'_>) -> Result<Shape, FileFault> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| FileFault::Broken)?;
    let names: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|s| s.visible == SheetVisible::Visible && s.typ == SheetType::WorkSheet)
        .map(|s| s.name.clone())
        .collect();
    for name in &names {
        if sheet(&mut book, name, limits, take)? {
            return Ok(Shape { kind: "XLSX", detail: format!("feuille « {} »", short(name)) });
        }
    }
    Err(FileFault::Empty)
}

/// The name of a sheet is the sender's: what is shown of it is bounded.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(31).collect()
}

/// Reads a sheet; false when it holds nothing.
fn sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    limits: &Limits,
    take: Take<'_>,
) -> Result<bool, FileFault> {
    let mut reader = book.worksheet_cells_reader(name).map_err(|_| FileFault::Broken)?;
    let mut row = Row::default();
    let mut some = false;
    while let Some(cell) = reader.next_cell().map_err(|_| FileFault::Broken)? {
        let text = written(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (at, column) = cell.get_position();
        let no = at.saturating_add(1);
        if no != row.no {
            if no < row.no {
                return Err(FileFault::Hostile("ses lignes ne sont pas dans l’ordre"));
            }
            if !row.cells.is_empty() {
                take(std::mem::take(&mut row))?;
            }
            row.no = no;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= limits.columns {
            return Err(FileFault::Columns(limits.columns));
        }
        while row.cells.len() <= column {
            row.cells.push(String::new());
        }
        if let Some(place) = row.cells.get_mut(column) {
            *place = text;
        }
        some = true;
    }
    if !row.cells.is_empty() {
        take(row)?;
    }
    Ok(some)
}

/// A cell as a person would have typed it.
fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(f) => number(*f),
        DataRef::String(s) => s.trim().to_owned(),
        DataRef::SharedString(s) => s.trim().to_owned(),
        DataRef::Bool(b) => if *b { "oui" } else { "non" }.to_owned(),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            date::civil(i64::from(year), i64::from(month), i64::from(day))
                .map_or_else(|| number(at.as_f64()), |d| d.to_string())
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        // Left for the reader of the cell to tell: a formula that failed is no value.
        DataRef::Error(_) => ERROR.to_owned(),
    }
}

/// How a formula that failed is written from here on.
pub(crate) const ERROR: &str = "#ERREUR";

/// Cents are what spreadsheets blur: 0.1 + 0.2 is thirty cents.
fn number(value: f64) -> String {
    let cents = (value * 100.0).round() / 100.0;
    if (value - cents).abs() < 1e-7 { format!("{cents}") } else { format!("{value}") }
}
