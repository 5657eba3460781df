//! The rows to correct, as a file to send again.

use crate::{CellFault, Header, Row, words::bare};

/// The column that says what to mend; left out when the corrected file comes back.
pub const FAULT_COLUMN: &str = "Faute";

/// The faulty rows with the same columns and what to mend, as a CSV that a French spreadsheet
/// opens at once (UTF-8 with its mark, semicolons). What a cell holds came from outside: a
/// spreadsheet must not run it.
///
/// # Errors
/// When the text cannot be written: a fault of the program.
pub fn faults_file<'a>(
    header: &Header,
    rows: impl Iterator<Item = (&'a Row, &'a [CellFault])>,
) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::WriterBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .from_writer(b"\xEF\xBB\xBF".to_vec());
    // A corrected file that has faults still comes back with one such column, not two.
    let kept: Vec<usize> = (0..header.columns.len())
        .filter(|at| header.columns.get(*at).is_some_and(|c| bare(c) != bare(FAULT_COLUMN)))
        .collect();
    let columns = kept.iter().filter_map(|at| header.columns.get(*at)).map(|c| safe(c));
    out.write_record(columns.chain(std::iter::once(FAULT_COLUMN.to_owned())))?;
    for (row, faults) in rows {
        let cells = kept.iter().map(|at| safe(row.cells.get(*at).map_or("", String::as_str)));
        let told: Vec<String> = faults
            .iter()
            .map(|f| match &f.column {
                Some(column) => format!("{column}\u{a0}: {}", f.message),
                None => f.message.clone(),
            })
            .collect();
        out.write_record(cells.chain(std::iter::once(safe(&told.join(" | ")))))?;
    }
    out.into_inner().map_err(|e| csv::Error::from(std::io::Error::other(e.to_string())))
}

/// A cell that a spreadsheet would take for a formula begins with an apostrophe, which it shows as
/// text. A plain negative number stays one.
fn safe(text: &str) -> String {
    let starts = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let number = text.strip_prefix(['-', '+']).is_some_and(|rest| {
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | ' '))
    });
    if starts && !number { format!("'{text}") } else { text.to_owned() }
}

/// An apostrophe that [`faults_file`] put before a formula is taken away when the file comes back.
pub(crate) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => text,
    }
}
