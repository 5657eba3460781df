use serde::{Deserialize, Serialize};

use crate::{Limits, Row, Target, words::bare};

/// The row that names the columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its row of the file.
    pub no: u32,
    /// The columns, as written; one without a name gets its letter (« Colonne C »).
    pub columns: Vec<String>,
}

/// The header among the first rows: the one in which most columns are known, else the first with
/// two cells. A title or a logo's caption above it is passed over. `None` when there is none.
pub fn find_header(first: &[Row], targets: &[Target], limits: &Limits) -> Option<Header> {
    let known: Vec<Vec<String>> = targets.iter().map(Target::known_as).collect();
    let score = |row: &Row| {
        row.cells
            .iter()
            .filter(|c| {
                let cell = bare(c);
                !cell.is_empty() && known.iter().any(|names| names.contains(&cell))
            })
            .count()
    };
    let among = || first.iter().take(limits.header_rows);
    let best = among().rev().max_by_key(|r| score(r)).filter(|r| score(r) > 0);
    let row =
        best.or_else(|| among().find(|r| r.cells.iter().filter(|c| !c.is_empty()).count() > 1))?;
    let columns = row
        .cells
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
            if name.is_empty() { format!("Colonne {}", letters(at)) } else { name }
        })
        .collect();
    Some(Header { no: row.no, columns })
}

/// What two files of one sender have in common: their columns, whatever their case and accents.
pub fn unit_of_headers(columns: &[String]) -> String {
    columns.iter().map(|c| bare(c)).collect::<Vec<_>>().join("|")
}

/// `A`, `B`… `AA`, as a spreadsheet calls its columns.
fn letters(mut at: usize) -> String {
    let mut out = String::new();
    loop {
        let letter = u8::try_from(at % 26).unwrap_or(0) + b'A';
        out.insert(0, char::from(letter));
        if at < 26 {
            return out;
        }
        at = at / 26 - 1;
    }
}
