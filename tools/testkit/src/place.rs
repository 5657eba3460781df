//! Where things are: programs of the machine, packages that `cargo xtask setup` installed.

use std::path::{Path, PathBuf};

use crate::TestkitError;

/// `target/tools` of the workspace: what `tools/setup.sh` installs and git never sees.
pub(crate) fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools")
}

/// The first of these programs on the `PATH`, then in the given folders.
pub(crate) fn program(
    names: &[&str],
    folders: &[PathBuf],
    install: &'static str,
) -> Result<PathBuf, TestkitError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    names
        .iter()
        .flat_map(|name| {
            std::env::split_paths(&path)
                .chain(folders.iter().cloned())
                .map(move |folder| folder.join(name))
        })
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| TestkitError::Missing { what: names.join(" or "), install })
}

/// Debian keeps the server's programs off the `PATH`, by version: the newest first.
pub(crate) fn postgres_folders() -> Vec<PathBuf> {
    let mut folders: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    folders.sort();
    folders.into_iter().rev().map(|(_, folder)| folder).collect()
}
