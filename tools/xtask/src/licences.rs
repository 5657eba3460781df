//! Every package that the binary holds has a licence that the EUPL can live with: the list and
//! its reasons are in `deny.toml`, which cargo-deny reads too. Every library that we name ourselves has
//! the reason why it is here (ADR 0032).

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;
use serde::Deserialize;
use spdx::Expression;

use crate::project::root;

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

/// Where the reasons stand.
const REASONS: &str = "docs/adr/0032-what-each-library-is-for.md";

/// Every package whose licence is not in the list, every library without a reason.
pub fn faults() -> Result<Vec<String>> {
    let text = fs::read_to_string(root().join("deny.toml")).context("deny.toml")?;
    let deny: Deny = toml::from_str(&text).context("deny.toml")?;
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .exec()
        .context("cargo metadata")?;
    let mut faults = Vec::new();
    for package in &metadata.packages {
        let licence = package.license.as_deref().unwrap_or_default();
        if !allowed(&deny.licenses, &package.name, licence) {
            faults.push(format!(
                "{} {} : licence « {licence} » absente de deny.toml",
                package.name, package.version
            ));
        }
    }
    let ours = metadata.workspace_packages();
    let named = ours.iter().flat_map(|p| &p.dependencies).filter(|d| d.path.is_none());
    let named: BTreeSet<&str> = named.map(|d| d.name.as_str()).collect();
    let reasons = fs::read_to_string(root().join(REASONS)).context(REASONS)?;
    faults.extend(unreasoned(&named, &reasons));
    Ok(faults)
}

/// The libraries without a line in the table, and the lines without a library.
fn unreasoned(named: &BTreeSet<&str>, reasons: &str) -> Vec<String> {
    let told = reasons.lines().filter_map(|l| l.strip_prefix("| `")?.split_once("` | "));
    let told: BTreeSet<&str> =
        told.filter(|(_, why)| !why.starts_with('|')).map(|(name, _)| name).collect();
    let missing =
        named.difference(&told).map(|name| format!("{name} : sans raison dans {REASONS}"));
    let left = told.difference(named).map(|name| format!("{name} : n’est plus là ({REASONS})"));
    missing.chain(left).collect()
}

fn allowed(licenses: &Licenses, package: &str, licence: &str) -> bool {
    let more = licenses.exceptions.iter().filter(|e| e.name == package).flat_map(|e| &e.allow);
    let allow: Vec<&String> = licenses.allow.iter().chain(more).collect();
    // Old manifests write « MIT/Apache-2.0 ».
    Expression::parse_mode(licence, spdx::ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|wanted| allow.iter().any(|name| **name == wanted.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_has_its_reason_and_a_reason_its_library() {
        let table =
            "| library | for |\n|---|---|\n| `one` | this | |\n| `two` | | |\n| `old` | that |";
        let faults = unreasoned(&BTreeSet::from(["one", "two", "three"]), table);
        let about: Vec<&str> = faults.iter().filter_map(|f| f.split(" : ").next()).collect();
        assert_eq!(about, ["three", "two", "old"]);
    }

    #[test]
    fn a_choice_needs_one_allowed_licence_and_a_sum_needs_all() {
        let licenses = Licenses {
            allow: vec!["MIT".to_owned(), "Apache-2.0".to_owned()],
            exceptions: vec![Exception { name: "one".to_owned(), allow: vec!["Zlib".to_owned()] }],
        };
        let check = |package: &str, licence: &str, good: bool| {
            assert_eq!(allowed(&licenses, package, licence), good, "{package} {licence}");
        };
        check("any", "MIT", true);
        check("any", "MIT/Apache-2.0", true);
        check("any", "GPL-3.0-only OR MIT", true);
        check("any", "GPL-3.0-only AND MIT", false);
        check("any", "Zlib", false);
        check("one", "Zlib", true);
        check("any", "", false);
    }
}
