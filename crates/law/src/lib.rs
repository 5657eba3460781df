//! The law as dated parameters, and the legal calendar. No legal number, date or list is in code.

mod computed;

pub use computed::{Computed, Law, Place, Step};
