//! Doors from outside: every address for whom it is not, the limits of a request, what scanners find,
//! and planted names looked for everywhere they must not be.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    dead_code
)]

#[path = "../../src/answer.rs"]
mod answer;
#[path = "../common/mod.rs"]
mod common;
mod heard;
mod hostile;
mod household;
mod limits;
mod planted;
#[path = "../program/mod.rs"]
mod program;
mod routes;
mod scanners;
mod table;
mod talkative;
mod unknown;
mod wire;
