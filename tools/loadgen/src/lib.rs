//! Measures: an HTTP client that keeps many readers busy, a baseline that reads the same rows
//! without the guard, and the points of `cargo xtask bench`. Every figure is a ratio within one run:
//! two things are measured in turn, in short rounds, and the medians compared.

pub mod bare;
pub mod bench;
pub mod client;
pub mod figures;
pub mod load;
pub mod place;
pub mod postgres;
pub mod process;
pub mod raw;
pub mod replay;
