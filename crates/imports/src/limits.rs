/// What a file may be. Past one of these it is refused whole, before anything of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: usize,
    /// Bytes of everything in a workbook once inflated (XLSX is an archive).
    pub inflated_bytes: u64,
    /// How many times larger than its compressed form a part of a workbook may be.
    pub ratio: u64,
    /// Parts of a workbook.
    pub parts: usize,
    /// Sheets of a workbook.
    pub sheets: usize,
    /// Depth of the elements of a part of a workbook.
    pub depth: usize,
    /// Rows that hold something.
    pub rows: u32,
    /// Columns.
    pub columns: usize,
    /// Characters of one cell.
    pub cell_chars: usize,
    /// Rows among which the header is looked for.
    pub header_rows: usize,
}

impl Limits {
    /// What Huis takes: a landlord's statement of a whole département, and no more.
    pub const DEFAULT: Self = Self {
        file_bytes: 20 * 1024 * 1024,
        inflated_bytes: 160 * 1024 * 1024,
        ratio: 150,
        parts: 500,
        sheets: 30,
        depth: 64,
        rows: 20_000,
        columns: 100,
        cell_chars: 2_000,
        header_rows: 20,
    };
}
