//! Rows as bytes. A reader takes nothing for granted: lengths are checked against what is there.

use crate::StoreError;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// Integer.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// Some rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The table's number in the backup.
    pub table: usize,
    /// Rows, each with one cell a column.
    pub rows: Vec<Vec<Cell>>,
}

/// A chunk as bytes: table, number of rows, width, then each cell by a letter and its content.
pub fn encode(chunk: &Chunk) -> Vec<u8> {
    let mut out = Vec::new();
    let width = chunk.rows.first().map_or(0, Vec::len);
    for n in [chunk.table, chunk.rows.len(), width] {
        out.extend(u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes());
    }
    for cell in chunk.rows.iter().flatten() {
        let bytes = match cell {
            Cell::Null => {
                out.push(b'-');
                continue;
            }
            Cell::Int(v) => {
                out.push(b'i');
                out.extend(v.to_be_bytes());
                continue;
            }
            Cell::Text(t) => {
                out.push(b't');
                t.as_bytes()
            }
            Cell::Bytes(b) => {
                out.push(b'b');
                b.as_slice()
            }
        };
        out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend(bytes);
    }
    out
}

/// Reads a chunk back.
pub fn decode(bytes: &[u8]) -> Result<Chunk, StoreError> {
    read(bytes).ok_or(StoreError::Corrupt("sauvegarde"))
}

fn read(mut bytes: &[u8]) -> Option<Chunk> {
    let table = length(&mut bytes)?;
    let (count, width) = (length(&mut bytes)?, length(&mut bytes)?);
    // Every cell takes a byte at least: a lie about their number is seen before any is read.
    if count.checked_mul(width)? > bytes.len() || (width == 0 && count > 0) {
        return None;
    }
    let mut rows = Vec::with_capacity(count);
    for _ in 0..count {
        let mut row = Vec::with_capacity(width);
        for _ in 0..width {
            row.push(cell(&mut bytes)?);
        }
        rows.push(row);
    }
    bytes.is_empty().then_some(Chunk { table, rows })
}

fn cell(bytes: &mut &[u8]) -> Option<Cell> {
    let (letter, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(match letter {
        b'-' => Cell::Null,
        b'i' => {
            let (number, rest) = bytes.split_first_chunk::<8>()?;
            *bytes = rest;
            Cell::Int(i64::from_be_bytes(*number))
        }
        b't' => Cell::Text(String::from_utf8(content(bytes)?).ok()?),
        b'b' => Cell::Bytes(content(bytes)?),
        _ => return None,
    })
}

fn content(bytes: &mut &[u8]) -> Option<Vec<u8>> {
    let n = length(bytes)?;
    let (content, rest) = bytes.split_at_checked(n)?;
    *bytes = rest;
    Some(content.to_vec())
}

fn length(bytes: &mut &[u8]) -> Option<usize> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    usize::try_from(u32::from_be_bytes(*number)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells() -> impl Strategy<Value = Cell> {
        prop_oneof![
            Just(Cell::Null),
            any::<i64>().prop_map(Cell::Int),
            ".{0,20}".prop_map(Cell::Text),
            proptest::collection::vec(any::<u8>(), 0..40).prop_map(Cell::Bytes),
        ]
    }

    proptest! {
        #[test]
        fn rows_read_back_as_they_were(
            table in 0usize..40,
            rows in (1usize..6).prop_flat_map(|w| proptest::collection::vec(
                proptest::collection::vec(cells(), w), 1..8))
        ) {
            let chunk = Chunk { table, rows };
            prop_assert_eq!(decode(&encode(&chunk)).unwrap(), chunk);
        }

        #[test]
        fn a_hostile_file_is_refused_and_harms_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn a_chunk_cut_short_or_followed_by_more_is_refused(cut in 1usize..12) {
            let chunk = Chunk { table: 1, rows: vec![vec![Cell::Text("abc".into()), Cell::Int(4)]] };
            let mut bytes = encode(&chunk);
            bytes.truncate(bytes.len() - cut);
            prop_assert!(decode(&bytes).is_err());
            let mut more = encode(&chunk);
            more.push(b'-');
            prop_assert!(decode(&more).is_err());
        }
    }
}
