//! The board: stages by units.

use askama::Template;

use crate::layout::Shell;

/// The board.
#[derive(Template)]
#[template(path = "pages/board.html")]
pub struct Board {
    /// Shell.
    pub shell: Shell,
    /// Stages, in the register's order.
    pub stages: Vec<String>,
    /// One row a unit.
    pub rows: Vec<BoardRow>,
    /// Totals by stage, then of all.
    pub totals: Vec<Cell>,
}

/// A unit.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// Its name.
    pub unit: String,
    /// One cell a stage, then the total.
    pub cells: Vec<Cell>,
}

/// Dossiers of one unit at one stage.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// How many.
    pub count: u32,
    /// Of which late.
    pub late: u32,
    /// The list of them.
    pub href: String,
    /// The list of the late ones.
    pub late_href: String,
}

impl Cell {
    /// Share of the late ones, in hundredths of the bar's width.
    pub fn late_share(&self) -> u32 {
        (self.late.min(self.count) * 100).checked_div(self.count).unwrap_or(0)
    }
}
