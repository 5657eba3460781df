//! What the binary is made of, as a CycloneDX bill of materials: each package with its version, its
//! licence, its checksum of the lock file, and what it depends on. The same sources give the same
//! bytes: no date, no serial number.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::project::root;

/// The package whose binary is released.
const BINARY: &str = "huis";

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// The bill of materials of the binary for a target, and how many packages it names.
pub fn bill(target: &str) -> Result<(String, usize)> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--locked".to_owned(), format!("--filter-platform={target}")])
        .exec()
        .context("cargo metadata")?;
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock")?;
    let lock: Lock = toml::from_str(&lock).context("Cargo.lock")?;
    let checksums =
        lock.package.into_iter().filter_map(|p| Some(((p.name, p.version), p.checksum?))).collect();
    let edges = reached(&metadata)?;
    let packages: BTreeMap<&PackageId, &Package> =
        metadata.packages.iter().map(|p| (&p.id, p)).collect();
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    let mut itself = Value::Null;
    for (id, uses) in &edges {
        let package = packages.get(id).copied().context("un paquet sans description")?;
        let described = component(package, &checksums);
        if package.name == BINARY {
            itself = described;
        } else {
            components.push(described);
        }
        let uses = uses.iter().filter_map(|used| packages.get(used)).map(|p| reference(p));
        dependencies
            .push(json!({ "ref": reference(package), "dependsOn": uses.collect::<BTreeSet<_>>() }));
    }
    components.sort_by_key(|c: &Value| named(c, "bom-ref"));
    dependencies.sort_by_key(|d: &Value| named(d, "ref"));
    let count = components.len();
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": itself, "properties": [
            { "name": "cargo:target", "value": target },
        ] },
        "components": components,
        "dependencies": dependencies,
    });
    Ok((format!("{}\n", serde_json::to_string_pretty(&bill)?), count))
}

/// What the binary is linked from or built with, and what each uses; tests bring in nothing.
fn reached(metadata: &Metadata) -> Result<BTreeMap<&PackageId, Vec<&PackageId>>> {
    let graph = metadata.resolve.as_ref().context("cargo metadata sans graphe")?;
    let nodes: BTreeMap<&PackageId, _> = graph.nodes.iter().map(|n| (&n.id, n)).collect();
    let binary = metadata.packages.iter().find(|p| p.name == BINARY).context("le paquet huis")?;
    let mut edges = BTreeMap::new();
    let mut waiting = vec![&binary.id];
    while let Some(id) = waiting.pop() {
        if edges.contains_key(id) {
            continue;
        }
        let node = nodes.get(id).context("un paquet hors du graphe")?;
        let uses: Vec<&PackageId> = node
            .deps
            .iter()
            .filter(|d| d.dep_kinds.iter().any(|k| k.kind != DependencyKind::Development))
            .map(|d| &d.pkg)
            .collect();
        waiting.extend(&uses);
        edges.insert(id, uses);
    }
    Ok(edges)
}

fn named(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

fn reference(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version)
}

fn component(package: &Package, checksums: &BTreeMap<(String, String), String>) -> Value {
    let kind = if package.name == BINARY { "application" } else { "library" };
    let reference = reference(package);
    let mut out = serde_json::Map::new();
    let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    put("type", json!(kind));
    put("bom-ref", json!(reference));
    put("name", json!(package.name.to_string()));
    put("version", json!(package.version.to_string()));
    put("purl", json!(reference));
    if let Some(licence) = &package.license {
        // Old manifests write « MIT/Apache-2.0 ».
        put("licenses", json!([{ "expression": licence.replace('/', " OR ") }]));
    }
    if let Some(description) = &package.description {
        put("description", json!(description.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    if let Some(sum) = checksums.get(&(package.name.to_string(), package.version.to_string())) {
        put("hashes", json!([{ "alg": "SHA-256", "content": sum }]));
    }
    if let Some(repository) = &package.repository {
        put("externalReferences", json!([{ "type": "vcs", "url": repository }]));
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::Write,
        process::{Command, Stdio},
    };

    /// Judged by the validator of CycloneDX itself, strictly.
    const JUDGE: &str = "
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
sys.exit(str(fault) if fault else 0)";

    fn judged(text: &str) -> (bool, String) {
        let mut judge = Command::new(root().join("target/tools/checks/bin/python"))
            .args(["-c", JUDGE])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cargo xtask setup");
        judge.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let out = judge.wait_with_output().unwrap();
        (out.status.success(), String::from_utf8_lossy(&out.stderr).into_owned())
    }

    #[test]
    fn the_bill_is_a_cyclonedx_document_that_names_what_is_linked_and_no_test_tool() {
        let (text, count) = bill("x86_64-unknown-linux-gnu").unwrap();
        let (good, fault) = judged(&text);
        assert!(good, "{fault}");
        assert!(!judged(&text.replace("\"library\"", "\"bibliotheque\"")).0, "the judge judges");
        let bill: Value = serde_json::from_str(&text).unwrap();
        let names: BTreeSet<&str> = bill["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["name"].as_str().unwrap())
            .collect();
        assert!(
            count > 100 && names.contains("rustls") && names.contains("huis-access"),
            "{count}"
        );
        for tool in ["huis-testkit", "xtask", "rcgen", "proptest"] {
            assert!(!names.contains(tool), "{tool}");
        }
        let unknown =
            bill["components"].as_array().unwrap().iter().filter(|c| {
                c["hashes"].is_null() && !c["name"].as_str().unwrap().starts_with("huis")
            });
        assert_eq!(unknown.count(), 0, "each package of a registry has its checksum");
    }
}
