//! Files in: a landlord's statement, a bailiff's acts. A file is read into rows, sealed
//! under a key of its own; its columns are matched to fields; every row is tried; then each is
//! written as an act, in a transaction of its own, by a job that can be stopped, or die, anywhere.
//! A row that comes again is known by a keyed mark and written once.

mod command;
mod end;
mod find;
mod job;
mod look;
mod mark;
mod send;
mod settle;
mod stage;
mod write;

pub use command::Imported;
pub use look::{FaultLine, ImportContent, ImportLine, ImportPage, ImportState};
pub use send::Sent;
pub use settle::{Settled, Settling};

pub(crate) use mark::Stamp;

/// Rows of a batch: what is gone through between two looks at whether the import was stopped.
pub(crate) const BATCH: u32 = 50;
