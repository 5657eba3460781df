//! Files that partners and desks send: a table is read as text, its headers are understood,
//! its cells become the typed values that the register names, and every fault says its row, its
//! column and how to mend it.
//!
//! Nothing here does I/O: [`read`] takes bytes and gives rows one by one, so memory follows the
//! [`Limits`] and not the file. A hostile file is refused, never obeyed: no macro, no formula, no
//! entity, no archive within the archive is looked at.

mod book;
mod cell;
mod correct;
mod date;
mod delimited;
mod fault;
mod guard;
mod header;
mod limits;
mod mapping;
mod money;
mod table;
mod target;
mod text;
mod words;

pub use cell::{Towns, value};
pub use correct::{FAULT_COLUMN, faults_file};
pub use fault::{CellFault, FileFault};
pub use header::{Header, find_header, unit_of_headers};
pub use limits::Limits;
pub use mapping::{Entry, Mapping, Source, propose};
pub use table::{Row, Shape, read};
pub use target::{Part, Target, targets};
pub use words::fold;
