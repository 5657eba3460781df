//! Register files: the processing as data, readable by the officer who answers for it.

mod model;

pub use model::*;
