//! The law as dated parameters, and the legal calendar. No legal number, date or list is in code:
//! they are in `parameters/`, each with its article and its source.
//!
//! - [`Law`]: the parameters in force on a date;
//! - counting delays (`after`, `before`, `working_days_after`, `working_days_before`), each with
//!   its steps in words;
//! - holidays by place, truces;
//! - [`geo`]: communes, arrondissements, départements.

mod computed;
mod count;
pub mod geo;
mod holiday;
mod law;
mod parameter;
mod read;
mod truce;
mod words;

pub use computed::{Computed, Place, Step};
pub use count::Roll;
pub use law::{Law, LawError};
pub use parameter::{Dated, ParameterValue, Rate};
pub use read::LawFault;
pub use truce::Truce;
pub use words::{instant_words, long_date, numeric_date, short_date};
