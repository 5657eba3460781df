//! What the tests of Huis stand on: a PostgreSQL, a browser, axe, a mail server, each started
//! by the test that needs it and gone with it.
//!
//! ```no_run
//! # fn main() -> Result<(), huis_testkit::TestkitError> {
//! let postgres = huis_testkit::Postgres::start()?;
//! let database = postgres.database("habilitations")?;
//! let browser = huis_testkit::Browser::start()?;
//! browser.goto("http://127.0.0.1:8080/connexion")?;
//! browser.fill("#identifiant", "a.martin")?;
//! browser.submit("form")?;
//! assert!(huis_testkit::axe(&browser)?.is_empty());
//! # let _ = database.url();
//! # Ok(())
//! # }
//! ```
//!
//! Everything here blocks: a test on a Tokio runtime that serves pages by itself takes
//! `#[tokio::test(flavor = "multi_thread")]`. A component that is missing is a failure that says
//! how to install it, never a test that is skipped.

mod axe;
mod browser;
mod child;
mod error;
mod fuzz;
mod guide;
mod http;
mod openid;
mod phone;
mod place;
mod postgres;
mod smtp;
mod webdriver;

pub use axe::{Violation, axe};
pub use browser::{Browser, Key};
pub use error::TestkitError;
pub use fuzz::{Fuzzed, fuzz};
pub use guide::{Block, blocks};
pub use openid::OpenIdProvider;
pub use phone::Phone;
pub use postgres::{Database, Postgres};
pub use smtp::{Mail, Smtp};
