//! Register files: the processing as data, readable by the officer who answers for it.
//!
//! [`Register::parse`] reads one file and gives all its faults at once; [`diff`] says in plain
//! words what a change does; [`check_local`] lets a local register only be stricter (A-03, I11);
//! [`to_article30`] is the entry of the register of processing activities.

mod article30;
mod check;
mod diff;
mod fault;
mod letter;
mod load;
mod local;
mod model;
mod parts;
mod reader;
mod typography;
mod words;

pub use article30::to_article30;
pub use diff::{Change, ChangeKind, Erasure, diff};
pub use fault::RegisterFault;
pub use local::{LocalStatus, check_local};
pub use model::*;
pub use typography::french;
pub use words::{
    class_label, ending_label, field_type_label, mention_label, mention_named, mention_word,
    power_label, power_word, start_event_label,
};
