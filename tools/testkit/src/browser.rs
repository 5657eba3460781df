//! A headless Chromium, driven as a person would use it.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{TestkitError, webdriver::Session};

/// How long the wait helpers wait: generous, since a machine that runs two tests a core is slow.
const WAIT: Duration = Duration::from_secs(15);

/// A browser with a fresh profile. It ends with its handle.
pub struct Browser {
    session: Session,
}

/// A key that is not a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those on the keyboard")]
pub enum Key {
    Tab,
    ShiftTab,
    Enter,
    Space,
    Escape,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
}

impl Key {
    /// The code points of the WebDriver standard.
    const fn codes(self) -> &'static [char] {
        match self {
            Self::Tab => &['\u{E004}'],
            Self::ShiftTab => &['\u{E008}', '\u{E004}'],
            Self::Enter => &['\u{E007}'],
            Self::Space => &[' '],
            Self::Escape => &['\u{E00C}'],
            Self::Up => &['\u{E013}'],
            Self::Down => &['\u{E015}'],
            Self::Left => &['\u{E012}'],
            Self::Right => &['\u{E014}'],
            Self::Home => &['\u{E011}'],
            Self::End => &['\u{E010}'],
        }
    }
}

impl Browser {
    /// Starts a browser.
    pub fn start() -> Result<Self, TestkitError> {
        Ok(Self { session: Session::start()? })
    }

    /// Opens an address and waits until the page is loaded.
    pub fn goto(&self, url: &str) -> Result<(), TestkitError> {
        self.session.post("url", &json!({ "url": url })).map(drop)
    }

    /// The address of the page.
    pub fn current_url(&self) -> Result<String, TestkitError> {
        self.session.get("url").map(text_of)
    }

    /// The title of the page.
    pub fn title(&self) -> Result<String, TestkitError> {
        self.session.get("title").map(text_of)
    }

    /// The page as it stands, in HTML.
    pub fn source(&self) -> Result<String, TestkitError> {
        self.session.get("source").map(text_of)
    }

    /// Goes back one page, as the button does.
    pub fn back(&self) -> Result<(), TestkitError> {
        self.session.post("back", &json!({})).map(drop)
    }

    /// Loads the page again.
    pub fn reload(&self) -> Result<(), TestkitError> {
        self.session.post("refresh", &json!({})).map(drop)
    }

    /// Clicks on the first element that the selector finds.
    pub fn click(&self, css: &str) -> Result<(), TestkitError> {
        let element = self.session.element(css)?;
        self.session.post(&format!("{element}/click"), &json!({})).map(drop)
    }

    /// Clicks on the link of exactly this text.
    pub fn click_link(&self, text: &str) -> Result<(), TestkitError> {
        let clicked = self.execute(
            "const a = [...document.querySelectorAll('a')].find(a => a.innerText.trim() === arguments[0]);
             if (!a) return false; a.click(); return true;",
            &[json!(text)],
        )?;
        if clicked == Value::Bool(true) {
            return Ok(());
        }
        Err(TestkitError::Browser {
            kind: "no such element".to_owned(),
            message: format!("link « {text} »"),
        })
    }

    /// Replaces what a field holds. A date is given as `2026-03-01`; the option of a list by its
    /// value.
    pub fn fill(&self, css: &str, text: &str) -> Result<(), TestkitError> {
        let element = self.session.element(css)?;
        // The keys that type a date depend on the browser's language, and a list has none.
        let by_value = self.execute(
            "const e = document.querySelector(arguments[0]);
             if (e.tagName !== 'SELECT' && !['date', 'time', 'month'].includes(e.type)) return false;
             e.value = arguments[1];
             e.dispatchEvent(new Event('input', { bubbles: true }));
             e.dispatchEvent(new Event('change', { bubbles: true }));
             return e.value === arguments[1] ? true : 'refused';",
            &[json!(css), json!(text)],
        )?;
        match by_value {
            Value::Bool(true) => return Ok(()),
            Value::String(_) => {
                return Err(TestkitError::Browser {
                    kind: "invalid argument".to_owned(),
                    message: format!("{css} does not take « {text} »"),
                });
            }
            _ => {}
        }
        self.session.post(&format!("{element}/clear"), &json!({}))?;
        self.session.post(&format!("{element}/value"), &json!({ "text": text })).map(drop)
    }

    /// Gives a file to a file field.
    pub fn attach(&self, css: &str, file: &Path) -> Result<(), TestkitError> {
        let element = self.session.element(css)?;
        let path = file.display().to_string();
        self.session.post(&format!("{element}/value"), &json!({ "text": path })).map(drop)
    }

    /// Sends the form that the selector finds, or the form around what it finds, through its
    /// first button: what the browser checks is checked.
    pub fn submit(&self, css: &str) -> Result<(), TestkitError> {
        let sent = self.execute(
            "const e = document.querySelector(arguments[0]);
             const f = e && (e.form || e.closest('form'));
             if (!f) return false;
             f.requestSubmit(f.querySelector('button:not([type=button]), input[type=submit]'));
             return true;",
            &[json!(css)],
        )?;
        if sent == Value::Bool(true) {
            return Ok(());
        }
        Err(TestkitError::Browser {
            kind: "no such element".to_owned(),
            message: format!("form at {css}"),
        })
    }

    /// The visible text of the first element that the selector finds.
    pub fn text(&self, css: &str) -> Result<String, TestkitError> {
        let element = self.session.element(css)?;
        self.session.get(&format!("{element}/text")).map(text_of)
    }

    /// The visible text of all the elements that the selector finds.
    pub fn texts(&self, css: &str) -> Result<Vec<String>, TestkitError> {
        let texts = self.execute(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText.trim());",
            &[json!(css)],
        )?;
        Ok(texts.as_array().into_iter().flatten().cloned().map(text_of).collect())
    }

    /// How many elements the selector finds.
    pub fn count(&self, css: &str) -> Result<usize, TestkitError> {
        self.texts(css).map(|texts| texts.len())
    }

    /// A property of the first element that the selector finds: `value`, `checked`, `href`.
    pub fn property(&self, css: &str, name: &str) -> Result<Value, TestkitError> {
        let element = self.session.element(css)?;
        self.session.get(&format!("{element}/property/{name}"))
    }

    /// Presses keys one after the other, on what has the focus.
    pub fn press(&self, keys: &[Key]) -> Result<(), TestkitError> {
        let mut moves = Vec::new();
        for key in keys {
            let codes = key.codes();
            moves.extend(codes.iter().map(|c| json!({ "type": "keyDown", "value": c })));
            moves.extend(codes.iter().rev().map(|c| json!({ "type": "keyUp", "value": c })));
        }
        self.act(&moves)
    }

    /// Types on what has the focus.
    pub fn type_text(&self, text: &str) -> Result<(), TestkitError> {
        let moves: Vec<Value> = text
            .chars()
            .flat_map(|c| {
                [json!({ "type": "keyDown", "value": c }), json!({ "type": "keyUp", "value": c })]
            })
            .collect();
        self.act(&moves)
    }

    fn act(&self, moves: &[Value]) -> Result<(), TestkitError> {
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": moves }] });
        self.session.post("actions", &actions).map(drop)
    }

    /// Runs a script in the page; `arguments` and `return` as in a function.
    pub fn execute(&self, script: &str, arguments: &[Value]) -> Result<Value, TestkitError> {
        self.session.post("execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// As [`Self::execute`], for a script that ends by calling its last argument.
    pub fn execute_async(&self, script: &str, arguments: &[Value]) -> Result<Value, TestkitError> {
        self.session.post("execute/async", &json!({ "script": script, "args": arguments }))
    }

    /// What the browser wrote in its console since the last call: a breach of the content
    /// security policy, a script that failed, a file that is missing.
    pub fn console(&self) -> Result<Vec<String>, TestkitError> {
        let lines = self.session.post("se/log", &json!({ "type": "browser" }))?;
        let message = |line: &Value| line.get("message").cloned().map(text_of);
        Ok(lines.as_array().into_iter().flatten().filter_map(message).collect())
    }

    /// Sets the size of the window, in pixels.
    pub fn resize(&self, width: u32, height: u32) -> Result<(), TestkitError> {
        self.session.post("window/rect", &json!({ "width": width, "height": height })).map(drop)
    }

    /// Forgets the cookies of the page's site: the session of a visitor who comes back.
    pub fn forget_cookies(&self) -> Result<(), TestkitError> {
        self.session.delete("cookie").map(drop)
    }

    /// Writes what the window shows into a PNG file.
    pub fn screenshot(&self, path: &Path) -> Result<(), TestkitError> {
        self.write_encoded(&self.session.get("screenshot")?, path)
    }

    /// Writes the page as printed on A4 paper into a PDF file.
    pub fn print(&self, path: &Path) -> Result<(), TestkitError> {
        let a4 = json!({ "page": { "width": 21.0, "height": 29.7 }, "background": true });
        self.write_encoded(&self.session.post("print", &a4)?, path)
    }

    fn write_encoded(&self, encoded: &Value, path: &Path) -> Result<(), TestkitError> {
        let bytes = STANDARD.decode(encoded.as_str().unwrap_or_default()).map_err(|error| {
            TestkitError::Refused { what: "browser", message: error.to_string() }
        })?;
        std::fs::write(path, bytes).map_err(TestkitError::io(path.display().to_string()))
    }

    /// Waits until the selector finds something.
    pub fn wait_for(&self, css: &str) -> Result<(), TestkitError> {
        self.wait(&format!("an element {css}"), || {
            Ok((self.count(css)? > 0).then_some(()).ok_or_else(|| String::from("no such element")))
        })
    }

    /// Waits until the text of what the selector finds contains `part`.
    pub fn wait_text(&self, css: &str, part: &str) -> Result<(), TestkitError> {
        self.wait(&format!("« {part} » in {css}"), || {
            let texts = self.texts(css)?.join("\n");
            Ok(if texts.contains(part) { Ok(()) } else { Err(texts) })
        })
    }

    /// Waits until the address contains `part`.
    pub fn wait_url(&self, part: &str) -> Result<(), TestkitError> {
        self.wait(&format!("an address with {part}"), || {
            let url = self.current_url()?;
            Ok(if url.contains(part) { Ok(()) } else { Err(url) })
        })
    }

    fn wait(
        &self,
        what: &str,
        mut look: impl FnMut() -> Result<Result<(), String>, TestkitError>,
    ) -> Result<(), TestkitError> {
        let started = Instant::now();
        loop {
            let seen = match look() {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(seen)) => seen,
                // Between two pages there is no document to ask: ask again.
                Err(error @ TestkitError::Browser { .. }) => error.to_string(),
                Err(error) => return Err(error),
            };
            if started.elapsed() > WAIT {
                let what = what.to_owned();
                return Err(TestkitError::Waited { what, seconds: WAIT.as_secs(), seen });
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
