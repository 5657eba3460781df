//! A page that points at a file which is gone is worse than none: relative links must lead
//! somewhere.

use std::path::Path;

use anyhow::Result;

use crate::project::{root, sources};

/// The dead links of every Markdown page.
pub fn faults() -> Result<Vec<String>> {
    let root = root();
    let mut faults = Vec::new();
    for page in sources(|path| path.ends_with(".md"))? {
        let folder = root.join(&page.path).parent().map(Path::to_owned).unwrap_or_default();
        for target in targets(&page.text) {
            if !folder.join(target).exists() {
                faults.push(format!("{} : lien mort vers {target}", page.path));
            }
        }
    }
    Ok(faults)
}

/// The files that a page's links name, without their anchors.
fn targets(text: &str) -> Vec<&str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ', '#']).next())
        .filter(|target| !target.is_empty() && !target.contains(':'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_targets_are_followed() {
        let text =
            "[a](docs/a.md#titre) et [b](https://example.org) et [c](#ici), [d](x/y \"titre\")";
        assert_eq!(targets(text), ["docs/a.md", "x/y"]);
    }
}
