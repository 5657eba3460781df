//! Which crate may use which: the arrows of the architecture go one way.

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::project::root;

/// A crate of the workspace, the crates of the workspace that it may use, and why no other.
struct Rule {
    name: &'static str,
    may: &'static [&'static str],
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule { name: "huis-kernel", may: &[], why: "everything stands on it" },
    Rule { name: "huis-law", may: &["huis-kernel"], why: "the law knows no register" },
    Rule { name: "huis-register", may: &["huis-kernel"], why: "a register is data" },
    Rule {
        name: "huis-press",
        may: &["huis-kernel", "huis-documents"],
        why: "it sets pages and knows no case",
    },
    Rule { name: "huis-documents", may: &["huis-kernel"], why: "a document is plain data" },
    Rule {
        name: "huis-dossier",
        may: &["huis-kernel", "huis-law", "huis-register"],
        why: "the engine is pure: no store, no keys, no processing",
    },
    Rule {
        name: "huis-letters",
        may: &["huis-kernel", "huis-law", "huis-register", "huis-documents", "huis-dossier"],
        why: "a letter is its text and what it is given: it opens nothing",
    },
    Rule { name: "huis-vault", may: &["huis-kernel"], why: "it seals bytes and knows no case" },
    Rule { name: "huis-unseal", may: &["huis-kernel", "huis-vault"], why: "it does one thing" },
    Rule { name: "huis-trace", may: &["huis-kernel"], why: "the verifier works without the rest" },
    Rule { name: "huis-measures", may: &[], why: "a figure knows no case" },
    Rule {
        name: "huis-access",
        may: &[
            "huis-kernel",
            "huis-law",
            "huis-register",
            "huis-dossier",
            "huis-trace",
            "huis-vault",
            "huis-unseal",
        ],
        why: "it decides and opens; it reaches the store through ports (I2)",
    },
    Rule {
        name: "huis-accounts",
        may: &["huis-kernel", "huis-law", "huis-register"],
        why: "who signs in says nothing of what is opened",
    },
    Rule {
        name: "huis-processings",
        may: &["huis-kernel", "huis-law", "huis-register", "huis-documents", "huis-dossier"],
        why: "a processing adds pure rules",
    },
    Rule {
        name: "huis-imports",
        may: &["huis-kernel", "huis-register", "huis-dossier"],
        why: "it reads bytes into values, and knows neither store nor people",
    },
    Rule {
        name: "huis-store",
        may: &["huis-kernel", "huis-trace", "huis-vault"],
        why: "it keeps sealed bytes and cannot open them",
    },
    Rule {
        name: "huis-demo",
        may: &[
            "huis-kernel",
            "huis-law",
            "huis-register",
            "huis-dossier",
            "huis-processings",
            "huis-accounts",
        ],
        why: "it makes people up and gives them to the use cases as any client would",
    },
    Rule {
        name: "huis-usecases",
        may: &[
            "huis-kernel",
            "huis-law",
            "huis-register",
            "huis-documents",
            "huis-dossier",
            "huis-letters",
            "huis-processings",
            "huis-accounts",
            "huis-access",
            "huis-imports",
            "huis-measures",
            "huis-store",
            "huis-trace",
            "huis-vault",
            "huis-demo",
        ],
        why: "where the parts meet, the demonstration's people included; it never unseals by itself",
    },
    Rule {
        name: "huis-web",
        may: &[
            "huis-kernel",
            "huis-law",
            "huis-register",
            "huis-documents",
            "huis-dossier",
            "huis-letters",
            "huis-accounts",
            "huis-access",
            "huis-measures",
            "huis-usecases",
        ],
        why: "a page is fed by the view that access gives: no store, no keys (I3)",
    },
    Rule {
        name: "huis-api",
        may: &[
            "huis-kernel",
            "huis-law",
            "huis-register",
            "huis-documents",
            "huis-dossier",
            "huis-access",
            "huis-measures",
            "huis-usecases",
        ],
        why: "an answer is fed by the view that access gives, as a page is: no store, no keys (I3)",
    },
    Rule {
        name: "huis",
        may: &[
            "huis-kernel",
            "huis-law",
            "huis-register",
            "huis-documents",
            "huis-press",
            "huis-dossier",
            "huis-processings",
            "huis-accounts",
            "huis-store",
            "huis-trace",
            "huis-vault",
            "huis-demo",
            "huis-measures",
            "huis-usecases",
            "huis-web",
            "huis-api",
        ],
        why: "the binary puts the parts together",
    },
    Rule { name: "huis-testkit", may: &[], why: "it tests any crate and knows none" },
    Rule {
        name: "huis-loadgen",
        may: &[
            "huis-kernel",
            "huis-law",
            "huis-accounts",
            "huis-dossier",
            "huis-store",
            "huis-trace",
            "huis-usecases",
            "huis-vault",
            "huis-web",
        ],
        why: "it measures from outside, and is never shipped",
    },
    Rule {
        name: "xtask",
        may: &["huis-kernel", "huis-law", "huis-register", "huis-access", "huis-testkit"],
        why: "it writes documents from data, asks who may do what, and runs the tests",
    },
];

/// What only the named crates may use, in their tests included, and why.
const DOORS: &[(&str, &[&str], &str)] = &[
    ("huis-unseal", &["huis-access"], "there is one way to open a section (I2)"),
    (
        "sqlx",
        &["huis-store", "huis-loadgen"],
        "SQL lives in one crate, and in what it is measured by",
    ),
    (
        "rusqlite",
        &["huis-store", "huis-loadgen"],
        "SQL lives in one crate, and in what it is measured by",
    ),
    ("aes-gcm-siv", &["huis-vault", "huis-unseal"], "sealing lives in one place"),
    ("getrandom", &["huis-kernel"], "randomness is a parameter (I9)"),
    ("age", &["huis-usecases"], "backups are encrypted in one place"),
    (
        "axum",
        &["huis-web", "huis-api", "huis", "huis-loadgen"],
        "only the edges speak HTTP, and what they are measured by",
    ),
    ("huis-press", &["huis"], "typst is built by the binary alone"),
    ("typst", &["huis-press"], "one crate sets pages"),
    ("askama", &["huis-web"], "only the edges write pages"),
];

/// Every forbidden arrow.
pub fn faults() -> Result<Vec<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo metadata")?;
    let edges: Vec<Edge> = metadata
        .packages
        .iter()
        .flat_map(|package| {
            package.dependencies.iter().map(move |dependency| Edge {
                from: package.name.to_string(),
                to: dependency.name.clone(),
                test: dependency.kind == DependencyKind::Development,
            })
        })
        .collect();
    let crates: Vec<String> = metadata.packages.iter().map(|p| p.name.to_string()).collect();
    Ok(judge(&crates, &edges))
}

struct Edge {
    from: String,
    to: String,
    test: bool,
}

fn judge(crates: &[String], edges: &[Edge]) -> Vec<String> {
    let mut faults = Vec::new();
    let rule = |name: &str| RULES.iter().find(|rule| rule.name == name);
    for name in crates.iter().filter(|name| rule(name).is_none()) {
        faults.push(format!("{name} : crate sans règle dans tools/xtask/src/arrows.rs"));
    }
    for Edge { from, to, test } in edges {
        if let Some((_, may, why)) = DOORS.iter().find(|(door, ..)| door == to)
            && !may.contains(&from.as_str())
        {
            faults.push(format!("{from} → {to} : réservé à {} : {why}", may.join(", ")));
        }
        // A test may bring in whatever shows its crate at work; the doors stay shut to it.
        if !test
            && crates.contains(to)
            && let Some(rule) = rule(from)
            && !rule.may.contains(&to.as_str())
        {
            faults.push(format!("{from} → {to} : interdit : {}", rule.why));
        }
    }
    faults.sort();
    faults.dedup();
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrows_between_crates_go_one_way() {
        assert_eq!(faults().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_forbidden_arrow_is_seen() {
        let check = |from: &str, to: &str, test: bool, faults: usize| {
            let crates = ["huis-web", "huis-store", "huis-access", "huis-unseal", "huis-testkit"];
            let crates: Vec<String> = crates.map(str::to_owned).into();
            let edges = [Edge { from: from.to_owned(), to: to.to_owned(), test }];
            assert_eq!(judge(&crates, &edges).len(), faults, "{from} → {to}");
        };
        check("huis-access", "huis-unseal", false, 0);
        check("huis-web", "huis-access", false, 0);
        check("huis-web", "huis-store", false, 1);
        check("huis-web", "huis-store", true, 0);
        // Forbidden twice: by the layers and by the door.
        check("huis-web", "huis-unseal", false, 2);
        check("huis-web", "huis-unseal", true, 1);
        check("huis-web", "sqlx", true, 1);
        check("huis-usecases", "rusqlite", true, 1);
        check("huis-store", "sqlx", false, 0);
        check("huis-store", "huis-testkit", false, 1);
        check("huis-store", "huis-testkit", true, 0);
    }

    #[test]
    fn the_table_itself_has_no_cycle() {
        // Each crate may only use those that stand before it, once those are placed.
        let mut placed: Vec<&str> = Vec::new();
        while placed.len() < RULES.len() {
            let next = RULES.iter().find(|rule| {
                !placed.contains(&rule.name) && rule.may.iter().all(|name| placed.contains(name))
            });
            placed.push(next.expect("a cycle").name);
        }
    }
}
