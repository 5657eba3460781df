//! One module a feature: reads what was sent, calls the use case, fills the shape. No rule here, no
//! store.

pub mod acts;
pub mod cases;
pub mod copies;
pub mod daily;
pub mod exports;
pub mod files;
pub mod indemnity;
pub mod letters;
pub mod office;
pub mod own;
pub mod security;
pub mod texts;
pub mod watch;
