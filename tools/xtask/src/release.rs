//! `cargo xtask release`: the binary, what it is made of, and the sums to check both by, in
//! `target/livraison`.

use std::{
    fs,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{deny, project::root, sbom};

/// Builds the release. What could not be checked is said last, and the release fails for it.
pub fn run() -> Result<()> {
    let status = Command::new("cargo")
        .args(["build", "--release", "--locked", "--package", "huis"])
        .current_dir(root())
        .stdin(Stdio::null())
        .status()
        .context("cargo build")?;
    if !status.success() {
        bail!("cargo build --release : {status}");
    }
    let target = host()?;
    let version = env!("CARGO_PKG_VERSION");
    let folder = root().join("target/livraison");
    fs::create_dir_all(&folder).context("target/livraison")?;
    let (bill, count) = sbom::bill(&target)?;
    let binary = format!("huis-{version}-{target}");
    let materials = format!("huis-{version}-{target}.cdx.json");
    fs::copy(root().join("target/release/huis"), folder.join(&binary)).context("le binaire")?;
    fs::write(folder.join(&materials), bill).context("la nomenclature")?;
    let mut sums = String::new();
    for name in [&binary, &materials] {
        let bytes = fs::read(folder.join(name)).with_context(|| name.clone())?;
        let sum: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        sums += &format!("{sum}  {name}\n");
        println!("{name} : {} octets", bytes.len());
    }
    fs::write(folder.join("SHA256SUMS"), sums).context("SHA256SUMS")?;
    println!("{count} composants nommés ; sommes dans target/livraison/SHA256SUMS");
    deny::all()
}

/// The target of this machine, as `rustc` names it.
fn host() -> Result<String> {
    let out = Command::new("rustc").arg("-vV").output().context("rustc")?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV")?;
    Ok(host.to_owned())
}
