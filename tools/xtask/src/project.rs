//! The project's files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// The root of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// A file that git knows or would take, by its path from the root.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// The text files whose path `wanted` accepts, by path.
pub fn sources(wanted: impl Fn(&str) -> bool) -> Result<Vec<Source>> {
    let root = root();
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .context("git ls-files")?;
    if !listed.status.success() {
        bail!("git ls-files : {}", String::from_utf8_lossy(&listed.stderr));
    }
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let mut paths: Vec<&str> = listed.split('\0').filter(|p| !p.is_empty() && wanted(p)).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut sources = Vec::new();
    for path in paths {
        // A file that was removed and not yet committed is still listed.
        if let Ok(text) = fs::read_to_string(root.join(path)) {
            sources.push(Source { path: path.to_owned(), text });
        }
    }
    Ok(sources)
}

/// Ends with all the faults, or well when there is none.
pub fn verdict(what: &str, faults: &[String]) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{what} :\n{}", faults.join("\n"))
}
