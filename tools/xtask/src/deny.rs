//! `cargo xtask deny`: cargo-deny on the whole graph, by `deny.toml`. Licences, bans and sources need
//! the lock file alone and run in `ci`; advisories need the RustSec database, a git repository of its
//! own, and run where it can be had.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::project::root;

/// The folder of a copy of the database, where the network does not give it.
const COPY: &str = "HUIS_ADVISORIES";
const DATABASE: &str = "https://github.com/RustSec/advisory-db";

/// Licences, bans and sources.
pub fn graph() -> Result<()> {
    check(&["bans", "licenses", "sources"], &[])
}

/// Everything. Without the database, the rest is checked, and what was not is said, as a failure: an
/// advisory that nobody looked for is not an advisory that does not exist.
pub fn all() -> Result<()> {
    graph()?;
    let copy = env::var_os(COPY).map(PathBuf::from);
    let instead = copy.as_ref().map(|folder| format!("url.file://{}.insteadOf", folder.display()));
    let mut environment = vec![("GIT_TERMINAL_PROMPT", "0")];
    if let Some(key) = &instead {
        environment.extend([
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", key.as_str()),
            ("GIT_CONFIG_VALUE_0", DATABASE),
        ]);
    }
    check(&["advisories"], &environment).with_context(|| {
        format!(
            "les avis de sécurité ne sont pas vérifiés, ou l'un d'eux nous touche (voir plus haut). \
             Sans accès à {DATABASE}, donner dans {COPY} le dossier d'une copie de ce dépôt"
        )
    })
}

fn check(which: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let program = program();
    let status = Command::new(&program)
        .args(["--locked", "--log-level", "error", "check", "--hide-inclusion-graph"])
        .args(which)
        .envs(environment.iter().copied())
        .current_dir(root())
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("{} : lancer `cargo xtask setup`", program.display()))?;
    if !status.success() {
        bail!("cargo deny check {} : {status}", which.join(" "));
    }
    Ok(())
}

/// The one that `setup` installs, else the machine's.
fn program() -> PathBuf {
    let ours = root().join("target/tools/checks/bin/cargo-deny");
    if ours.is_file() { ours } else { PathBuf::from("cargo-deny") }
}
