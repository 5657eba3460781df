//! One module for each processing: its rules, pure. The engine knows none of them by name.

mod acts;
pub mod eviction;
pub mod rights;

use huis_dossier::Processing;

/// Every processing that Huis ships.
pub fn all() -> Vec<Box<dyn Processing>> {
    vec![Box::new(eviction::Eviction), Box::new(rights::Rights::default())]
}
