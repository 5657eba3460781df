//! The JSON API under `/api/v1`: the use cases of the screens for a program, by a personal token.
//!
//! - [`operations`]: the one table; the router and the OpenAPI document are both made from it.
//! - `serve`: what stands before every operation: token, scope, rates, sizes, idempotency.
//! - `handlers`: one module a feature, named as its page; `shapes`: what goes in and out.
//! - `problem`: what is answered when something is wrong (RFC 9457).
//!
//! An answer is filled from the reduced view that the guarded read gives, never from the store (I3).

mod answer;
mod cursor;
mod depth;
mod facts;
mod handlers;
mod http;
mod openapi;
mod operation;
mod problem;
mod rate;
mod serve;
mod shape;
mod shapes;
mod table;
mod told;

pub use openapi::document;
pub use operation::Operation;
pub use problem::KINDS;
pub use rate::Rates;
pub use serve::{CopyPaper, PROCESSING, Papers, Reach, router};
pub use table::operations;

/// Where the API is.
pub const ROOT: &str = "/api/v1";
