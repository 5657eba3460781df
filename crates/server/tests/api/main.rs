//! The JSON API on the program as it is served: real HTTP, real tokens made on their page.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../program/mod.rs"]
mod program;

mod access;
mod client;
mod daily;
mod document;
mod guide;
mod hostile;
mod office;
mod papers;
mod partners;
mod processings;
mod samples;
mod tokens;
