//! One module a feature: reads what was sent, calls the use case, fills the shape. No rule here, no
//! store.

pub mod acts;
pub mod cases;
pub mod daily;
pub mod files;
pub mod letters;
pub mod office;
pub mod watch;
