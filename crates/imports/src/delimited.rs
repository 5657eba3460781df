//! CSV as it is met: `;`, `,`, tabulation or `|`, quotes, lines of unequal length.

use std::io::Read;

use crate::{
    FileFault, Limits, Row, Shape,
    table::Take,
    text::{self, Decoding},
};

const SEPARATORS: [u8; 4] = *b";,\t|";
/// How much text is looked at to find the separator.
const SAMPLE: u64 = 64 * 1024;

pub(crate) fn rows(bytes: &[u8], limits: &Limits, take: Take<'_>) -> Result<Shape, FileFault> {
    let encoding = text::encoding(bytes)?;
    let mut sample = String::new();
    // A sample cut in the middle of a character is cut before it.
    let mut cut = Vec::new();
    Decoding::new(bytes, encoding)
        .take(SAMPLE)
        .read_to_end(&mut cut)
        .map_err(|_| FileFault::Broken)?;
    let valid = std::str::from_utf8(&cut).map_or_else(|e| e.valid_up_to(), str::len);
    sample.push_str(std::str::from_utf8(cut.get(..valid).unwrap_or_default()).unwrap_or_default());
    if sample.contains('\0') {
        return Err(FileFault::Kind("contenu binaire"));
    }
    if sample.trim_start().starts_with('<') {
        return Err(FileFault::Kind("page Web ou XML"));
    }
    let (separator, said) = separator(&sample);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(64 * 1024)
        .from_reader(Decoding::new(bytes, encoding));
    let mut record = csv::StringRecord::new();
    let mut first = said;
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(_) => return Err(FileFault::Broken),
        }
        if std::mem::take(&mut first) {
            continue; // « sep=; » is a word to the spreadsheet, not a row
        }
        // The line on which the row begins, counted from where it ends: the lines skipped before
        // it count too.
        let within = record.iter().map(|c| c.matches('\n').count()).sum::<usize>();
        let end = usize::try_from(reader.position().line()).unwrap_or(usize::MAX);
        let no = u32::try_from(end.saturating_sub(within + 1)).unwrap_or(u32::MAX);
        if record.len() > limits.columns.saturating_mul(10) {
            return Err(FileFault::Columns(limits.columns));
        }
        let cells = record.iter().map(|c| c.trim().to_owned()).collect();
        take(Row { no, cells })?;
    }
    Ok(Shape {
        kind: "CSV",
        detail: format!("{}, séparateur {}", text::name(encoding), said_as(separator)),
    })
}

fn said_as(separator: u8) -> &'static str {
    match separator {
        b',' => "virgule",
        b'\t' => "tabulation",
        b'|' => "barre verticale",
        _ => "point-virgule",
    }
}

/// The separator, and whether the first line says it (`sep=;`). Else the one that cuts the most
/// lines into the same number of cells.
fn separator(sample: &str) -> (u8, bool) {
    let first = sample.lines().next().unwrap_or_default().trim();
    if let Some([sep]) = first.strip_prefix("sep=").map(str::as_bytes)
        && SEPARATORS.contains(sep)
    {
        return (*sep, true);
    }
    let best = SEPARATORS.iter().rev().max_by_key(|s| score(sample, **s));
    (best.copied().unwrap_or(b';'), false)
}

fn score(sample: &str, separator: u8) -> (usize, usize) {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(sample.as_bytes());
    let mut widths: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    for record in reader.records().take(50).flatten() {
        if record.len() > 1 {
            *widths.entry(record.len()).or_default() += 1;
        }
    }
    widths.into_iter().map(|(width, lines)| (lines, width)).max().unwrap_or((0, 0))
}
