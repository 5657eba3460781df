//! The screens: server-rendered pages that work without JavaScript, and what every page shares
//! (layout, forms, headers, errors, static files).
//!
//! - [`layout`]: the shell around each page; [`i18n`]: its texts, French and English.
//! - [`forms`]: fields of the register → inputs, and inputs → typed facts with every fault at once.
//! - [`pages`]: one module a screen, holding its view struct; the template has the same name.
//! - [`term`] and [`timeline`]: deadlines and acts made readable at a glance.
//! - [`headers`], [`guard`], [`errors`]: what stands around every request.
//!
//! A view holds what may be shown and nothing else (I3): it is filled from the reduced view that
//! the guarded read gives, never from the store.

pub mod app;
pub mod assets;
mod cite;
pub mod errors;
pub mod fmt;
pub mod forms;
pub mod guard;
mod handlers;
pub mod headers;
pub mod health;
pub mod i18n;
pub mod kept;
pub mod layout;
pub mod observe;
pub mod pages;
pub mod routes;
pub mod term;
pub mod timeline;

pub use app::{app, client_address};
pub use assets::static_routes;
pub use handlers::{copy_paper, dossier_paper, proposal_paper};
