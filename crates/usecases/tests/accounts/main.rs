//! Accounts and grants, as people use them, on a real store.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod grants;
mod office;
mod sign_in;
mod stolen;
