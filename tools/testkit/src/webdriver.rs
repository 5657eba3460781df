//! One session with chromedriver.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{TestkitError, child::Supervised, http, place};

const INSTALL: &str = "apt-get install -y chromium chromium-driver";
/// The key under which the standard hides an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub(crate) struct Session {
    port: u16,
    id: String,
    // Dropped in this order: the browser ends, then its profile goes.
    _driver: Supervised,
    _profile: TempDir,
}

impl Session {
    pub(crate) fn start() -> Result<Self, TestkitError> {
        let chromium = place::program(&["chromium", "google-chrome"], &[], INSTALL)?;
        let chromedriver = place::program(&["chromedriver"], &[], INSTALL)?;
        let profile = tempfile::Builder::new()
            .prefix("huis-browser-")
            .tempdir()
            .map_err(TestkitError::io("profile of the browser"))?;
        let driver = Supervised::start(
            "chromedriver",
            &chromedriver,
            &["--port=0".to_owned()],
            "TERM",
            None,
            &profile.path().join("chromedriver.log"),
        )?;
        let port = driver.wait_ready(port_in)?;
        let started =
            http::call(port, "POST", "/session", Some(&wishes(&chromium, profile.path())))?;
        let value = answer(started)?;
        let id = value.get("sessionId").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self { port, id, _driver: driver, _profile: profile })
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, TestkitError> {
        answer(http::call(self.port, "POST", &self.path(path), Some(body))?)
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value, TestkitError> {
        answer(http::call(self.port, "GET", &self.path(path), None)?)
    }

    pub(crate) fn delete(&self, path: &str) -> Result<Value, TestkitError> {
        answer(http::call(self.port, "DELETE", &self.path(path), None)?)
    }

    /// The path of the first element that the selector finds.
    pub(crate) fn element(&self, css: &str) -> Result<String, TestkitError> {
        let found = self.post("element", &json!({ "using": "css selector", "value": css }))?;
        let id = found.get(ELEMENT).and_then(Value::as_str).unwrap_or_default();
        Ok(format!("element/{id}"))
    }

    fn path(&self, path: &str) -> String {
        format!("/session/{}/{path}", self.id)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Lets Chromium close its files; the supervisor ends it in any case.
        let _ = http::call(self.port, "DELETE", &format!("/session/{}", self.id), None);
    }
}

fn port_in(log: &str) -> Option<u16> {
    let rest = log.split("started successfully on port ").nth(1)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// A fresh, headless browser that speaks French and calls nobody by itself.
fn wishes(chromium: &Path, profile: &Path) -> Value {
    let user_data = format!("--user-data-dir={}", profile.join("user-data").display());
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "unhandledPromptBehavior": "ignore",
        "goog:loggingPrefs": { "browser": "ALL" },
        "goog:chromeOptions": {
            "binary": chromium,
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
                "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
                // A page that still scrolls is not where one clicks.
                "--force-prefers-reduced-motion",
                "--lang=fr-FR", "--accept-lang=fr-FR,fr", "--window-size=1280,900", user_data,
            ],
        },
    } } })
}

/// The `value` of an answer, or its error.
fn answer(mut answer: Value) -> Result<Value, TestkitError> {
    let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    match text("error") {
        Some(kind) => Err(TestkitError::Browser {
            kind: kind.to_owned(),
            message: text("message").and_then(|m| m.lines().next()).unwrap_or_default().to_owned(),
        }),
        None => Ok(value),
    }
}
