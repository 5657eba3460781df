//! Texts of the shell, one file a language: `locales/fr.toml`, `locales/en.toml`.
//!
//! The shell is in French and in English; the working screens, the letters and the words of the
//! law are in French (design, "Words").

use std::{collections::BTreeMap, sync::LazyLock};

/// A language of the shell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// French: the default.
    #[default]
    Fr,
    /// English.
    En,
}

type Catalogue = BTreeMap<String, String>;

static FR: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("../locales/fr.toml")));
static EN: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("../locales/en.toml")));

/// Flattens `[nav] day = "…"` to `nav.day`. The files are part of the binary and the tests read
/// them, so a fault in one is found before it ships; here it leaves the key visible.
fn read(text: &str) -> Catalogue {
    let mut out = Catalogue::new();
    if let Ok(table) = text.parse::<toml::Table>() {
        for (group, entries) in table {
            for (key, value) in entries.as_table().into_iter().flatten() {
                if let Some(text) = value.as_str() {
                    out.insert(format!("{group}.{key}"), text.to_owned());
                }
            }
        }
    }
    out
}

impl Locale {
    /// The language of that code.
    pub fn named(code: &str) -> Option<Self> {
        match code {
            "fr" => Some(Self::Fr),
            "en" => Some(Self::En),
            _ => None,
        }
    }
    /// Its BCP 47 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
    /// The other one, for the switch.
    pub const fn other(self) -> Self {
        match self {
            Self::Fr => Self::En,
            Self::En => Self::Fr,
        }
    }
    /// The first of the browser's languages that the shell speaks; French otherwise.
    pub fn accepted(header: &str) -> Self {
        header
            .split(',')
            .filter_map(|part| part.split([';', '-']).next())
            .find_map(|code| Self::named(code.trim()))
            .unwrap_or_default()
    }
    fn catalogue(self) -> &'static Catalogue {
        match self {
            Self::Fr => &FR,
            Self::En => &EN,
        }
    }
    /// The text of a key; the key itself when there is none (a test proves there is).
    pub fn t(self, key: &str) -> String {
        self.catalogue().get(key).cloned().unwrap_or_else(|| key.to_owned())
    }
    /// The text of a key, with `{name}` replaced.
    pub fn with(self, key: &str, name: &str, value: &str) -> String {
        self.t(key).replace(&format!("{{{name}}}"), value)
    }
    /// Does the catalogue hold this key?
    pub fn has(self, key: &str) -> bool {
        self.catalogue().contains_key(key)
    }
    /// All keys, in order.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        self.catalogue().keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn both_languages_have_the_same_keys_and_the_same_parameters() {
        let parameters = |text: &str| -> BTreeSet<String> {
            text.split('{').skip(1).filter_map(|p| p.split_once('}')).map(|p| p.0.into()).collect()
        };
        assert!(Locale::Fr.keys().count() > 50);
        assert_eq!(Locale::Fr.keys().collect::<Vec<_>>(), Locale::En.keys().collect::<Vec<_>>());
        for key in Locale::Fr.keys() {
            let (fr, en) = (Locale::Fr.t(key), Locale::En.t(key));
            assert!(!fr.trim().is_empty() && !en.trim().is_empty(), "{key}");
            assert_eq!(parameters(&fr), parameters(&en), "{key}");
        }
    }

    fn files(dir: &Path, out: &mut Vec<std::path::PathBuf>) {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            if entry.path().is_dir() { files(&entry.path(), out) } else { out.push(entry.path()) }
        }
    }

    /// Every `t("…")` and `with("…"` of a template or source names a key, and no key is idle.
    #[test]
    fn screens_use_known_keys_only_and_all_of_them() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (mut paths, mut used) = (Vec::new(), BTreeSet::new());
        files(&root.join("templates"), &mut paths);
        files(&root.join("src"), &mut paths);
        for path in paths {
            let text = fs::read_to_string(&path).unwrap();
            for call in [".t(\"", ".with(\""] {
                for rest in text.split(call).skip(1) {
                    let key = rest.split('"').next().unwrap();
                    if key.contains('.') && key.len() < 60 {
                        assert!(Locale::Fr.has(key), "{key} in {}", path.display());
                        used.insert(key.to_owned());
                    }
                }
            }
            // Messages travel by their key.
            for rest in text.split("\"flash.").skip(1) {
                let name = rest.split('"').next().unwrap();
                if !name.is_empty() && !name.contains('{') {
                    let key = format!("flash.{name}");
                    assert!(Locale::Fr.has(&key), "{key} in {}", path.display());
                    used.insert(key);
                }
            }
        }
        // Built from a code at run time: the navigation and the error pages.
        let dynamic = |k: &&str| k.starts_with("nav.") || k.starts_with("error.");
        let idle: Vec<_> =
            Locale::Fr.keys().filter(|k| !used.contains(*k)).filter(|k| !dynamic(k)).collect();
        assert!(idle.is_empty(), "unused keys: {idle:?}");
    }

    #[test]
    fn the_browsers_languages_are_heard() {
        for (header, expect) in [
            ("fr-FR,fr;q=0.9,en;q=0.8", Locale::Fr),
            ("en-GB,fr;q=0.5", Locale::En),
            ("de,en;q=0.3", Locale::En),
            ("de", Locale::Fr),
            ("", Locale::Fr),
        ] {
            assert_eq!(Locale::accepted(header), expect, "{header}");
        }
    }
}
