//! Accessibility as a machine can see it (RGAA, WCAG 2.2 level AA): axe-core in the page.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use crate::{Browser, TestkitError, place};

/// A rule of axe that the page breaks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Violation {
    /// The rule: `label`, `color-contrast`.
    pub id: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    #[serde(default)]
    pub impact: Option<String>,
    /// What is wrong, in words.
    pub help: String,
    /// Where: the selector and the markup of each element.
    pub nodes: Vec<String>,
}

const RUN: &str = "
const done = arguments[arguments.length - 1];
axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
}).then(
  found => done(found.violations.map(v => ({
    id: v.id, impact: v.impact, help: v.help,
    nodes: v.nodes.map(n => n.target.join(' ') + ' : ' + n.html + ' : ' + (n.failureSummary || '')),
  }))),
  error => done(String(error)),
);";

/// Checks the page that the browser shows.
pub fn axe(browser: &Browser) -> Result<Vec<Violation>, TestkitError> {
    let file = std::env::var_os("HUIS_AXE")
        .map(PathBuf::from)
        .unwrap_or_else(|| place::tools().join("node_modules/axe-core/axe.min.js"));
    let library = std::fs::read_to_string(&file).map_err(|_| TestkitError::Missing {
        what: "axe-core".to_owned(),
        install: "npm install --prefix target/tools axe-core@4",
    })?;
    browser.execute(&library, &[])?;
    let found: Value = browser.execute_async(RUN, &[])?;
    serde_json::from_value(found.clone())
        .map_err(|_| TestkitError::Refused { what: "axe", message: found.to_string() })
}
