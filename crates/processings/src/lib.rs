//! One module for each processing: its rules, pure. The engine knows none of them by name.

pub mod eviction;

use huis_dossier::Processing;

/// Every processing that Huis ships.
pub fn all() -> Vec<Box<dyn Processing>> {
    vec![Box::new(eviction::Eviction)]
}
