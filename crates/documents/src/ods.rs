//! OpenDocument spreadsheets (ISO/IEC 26300), the State's own format (RGI), written row by row: no
//! more than a row is held in memory.
//!
//! No cell is a formula: words are of the type `string`, which a spreadsheet program shows as they
//! are.

mod parts;

use std::io::{Cursor, Seek, Write};

use huis_kernel::{Instant, Money};
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use crate::clean::printable;
use crate::sheet::{Cell, Column, Kind, Sheet, SheetError, check};

/// What the file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its title.
    pub title: String,
    /// Which organisation made it.
    pub author: String,
    /// When, from the clock (I9).
    pub at: Instant,
}

/// Writes an ODS file: [`Ods::sheet`], its rows, the next sheet, [`Ods::finish`].
pub struct Ods<W: Write + Seek> {
    zip: ZipWriter<W>,
    sheets: Vec<Open>,
}

/// A sheet begun: what is needed to end it and to name its range.
struct Open {
    name: String,
    columns: Vec<Column>,
    rows: usize,
}

impl<W: Write + Seek> Ods<W> {
    /// Begins the file.
    pub fn new(out: W, written: &Written) -> Result<Self, SheetError> {
        let mut zip = ZipWriter::new(out);
        // The type comes first and uncompressed, so that a program may read it without unzipping.
        file(&mut zip, "mimetype", CompressionMethod::Stored)?;
        zip.write_all(parts::MIMETYPE.as_bytes())?;
        for (name, text) in [
            ("META-INF/manifest.xml", parts::MANIFEST.to_owned()),
            ("meta.xml", parts::meta(written)),
            ("styles.xml", parts::STYLES.to_owned()),
        ] {
            file(&mut zip, name, CompressionMethod::Deflated)?;
            zip.write_all(text.as_bytes())?;
        }
        file(&mut zip, "content.xml", CompressionMethod::Deflated)?;
        zip.write_all(parts::CONTENT_BEGIN.as_bytes())?;
        Ok(Self { zip, sheets: Vec::new() })
    }

    /// Begins a sheet with its header row. Its name is cut and made unlike the others' as
    /// spreadsheet programs need.
    pub fn sheet(&mut self, name: &str, columns: &[Column]) -> Result<(), SheetError> {
        self.end_sheet()?;
        let name = tab(name, self.sheets.iter().map(|s| s.name.as_str()));
        let mut xml = format!(r#"<table:table table:name="{}">"#, escape(&name));
        for column in columns {
            let style = parts::cell_style(column.kind);
            xml += &format!(
                r#"<table:table-column table:style-name="{}" table:default-cell-style-name="{style}"/>"#,
                if column.kind == Kind::Text { "wide" } else { "narrow" },
            );
        }
        xml += "<table:table-header-rows><table:table-row>";
        for column in columns {
            xml += &words(&column.title, "head");
        }
        xml += "</table:table-row></table:table-header-rows>";
        self.zip.write_all(xml.as_bytes())?;
        self.sheets.push(Open { name, columns: columns.to_vec(), rows: 0 });
        Ok(())
    }

    /// Adds a row to the sheet begun last.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), SheetError> {
        let open = self.sheets.last_mut().ok_or(SheetError::NoSheet)?;
        open.rows += 1;
        check(&open.columns, cells, open.rows)?;
        let mut xml = String::from("<table:table-row>");
        for each in cells {
            xml += &cell(each);
        }
        xml += "</table:table-row>";
        Ok(self.zip.write_all(xml.as_bytes())?)
    }

    /// Ends the file and gives back what it was written to.
    pub fn finish(mut self) -> Result<W, SheetError> {
        self.end_sheet()?;
        let mut xml = String::from("<table:database-ranges>");
        for (i, sheet) in self.sheets.iter().enumerate().filter(|(_, s)| !s.columns.is_empty()) {
            xml += &format!(
                r#"<table:database-range table:name="liste{}" table:target-range-address="{}" table:display-filter-buttons="true"/>"#,
                i + 1,
                escape(&range(sheet)),
            );
        }
        xml +=
            "</table:database-ranges></office:spreadsheet></office:body></office:document-content>";
        self.zip.write_all(xml.as_bytes())?;
        file(&mut self.zip, "settings.xml", CompressionMethod::Deflated)?;
        let names: Vec<&str> = self.sheets.iter().map(|s| s.name.as_str()).collect();
        self.zip.write_all(parts::settings(&names).as_bytes())?;
        Ok(self.zip.finish().map_err(std::io::Error::from)?)
    }

    fn end_sheet(&mut self) -> Result<(), SheetError> {
        if !self.sheets.is_empty() {
            self.zip.write_all(b"</table:table>")?;
        }
        Ok(())
    }
}

/// Whole sheets as one ODS file.
pub fn ods(written: &Written, sheets: &[Sheet]) -> Result<Vec<u8>, SheetError> {
    let mut out = Ods::new(Cursor::new(Vec::new()), written)?;
    for sheet in sheets {
        out.sheet(&sheet.name, &sheet.columns)?;
        for row in &sheet.rows {
            out.row(row)?;
        }
    }
    Ok(out.finish()?.into_inner())
}

/// Begins a file of the archive; its date is the format's first, so that the same sheet gives the
/// same bytes.
/// Begins a file of an archive, dated of no day so that the same content gives the same bytes.
pub(crate) fn file<W: Write + Seek>(
    zip: &mut ZipWriter<W>,
    name: &str,
    method: CompressionMethod,
) -> Result<(), SheetError> {
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(DateTime::default());
    Ok(zip.start_file(name, options).map_err(std::io::Error::from)?)
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => "<table:table-cell/>".to_owned(),
        Cell::Text(text) => words(text, "text"),
        Cell::Date(d) => format!(
            r#"<table:table-cell table:style-name="date" office:value-type="date" office:date-value="{d}"/>"#
        ),
        Cell::Money(m) => format!(
            r#"<table:table-cell table:style-name="money" office:value-type="currency" office:currency="EUR" office:value="{}"/>"#,
            amount(*m)
        ),
        Cell::Number(n) => format!(
            r#"<table:table-cell table:style-name="number" office:value-type="float" office:value="{n}"/>"#
        ),
    }
}

/// A cell of words, one paragraph a line.
fn words(text: &str, style: &str) -> String {
    let mut xml =
        format!(r#"<table:table-cell table:style-name="{style}" office:value-type="string">"#);
    for line in printable(text).split('\n') {
        xml += "<text:p>";
        let mut before = None;
        for (i, c) in line.char_indices() {
            // XML readers drop a space at an edge and the second of two; the format spells those.
            let spelt = before.is_none_or(|b| b == ' ') || i + 1 == line.len();
            match c {
                ' ' if spelt => xml += "<text:s/>",
                '\t' => xml += "<text:tab/>",
                c => xml += &escape(c.encode_utf8(&mut [0; 4])),
            }
            before = Some(c);
        }
        xml += "</text:p>";
    }
    xml + "</table:table-cell>"
}

fn amount(m: Money) -> String {
    let sign = if m.0 < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", m.0.unsigned_abs() / 100, m.0.unsigned_abs() % 100)
}

fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

/// A name that every spreadsheet program takes for a tab: no sign that it refuses, 31 letters at
/// most, none like another.
fn tab<'a>(name: &str, taken: impl Iterator<Item = &'a str> + Clone) -> String {
    let clean =
        printable(name).replace(['[', ']', '*', '?', ':', '/', '\\', '\'', '\n', '\t'], " ");
    let base = match clean.trim() {
        "" => "Feuille",
        some => some,
    };
    let cut = |most: usize| base.chars().take(most).collect::<String>().trim_end().to_owned();
    let mut tab = cut(31);
    let mut n = 2;
    while taken.clone().any(|other| other.to_lowercase() == tab.to_lowercase()) {
        tab = format!("{} {n}", cut(27));
        n += 1;
    }
    tab
}

/// `'Dossiers'.A1:'Dossiers'.D10`
fn range(sheet: &Open) -> String {
    let mut last = String::new();
    let mut n = sheet.columns.len();
    while n > 0 {
        n -= 1;
        let letter = u8::try_from(n % 26).map_or('A', |i| char::from(b'A' + i));
        last.insert(0, letter);
        n /= 26;
    }
    let name = &sheet.name;
    format!("'{name}'.A1:'{name}'.{last}{}", sheet.rows + 1)
}
