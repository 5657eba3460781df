//! Every package that the binary holds has a licence that the EUPL can live with: the list and
//! its reasons are in `deny.toml`, which cargo-deny reads too.

use std::fs;

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

/// Every package whose licence is not in the list.
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
    Ok(faults)
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
