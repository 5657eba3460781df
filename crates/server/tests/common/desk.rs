//! An agent before a browser: signs in, fills forms as they stand, reads pages.

use huis_testkit::Browser;
use serde_json::{Value, json};
use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use super::{House, PASSWORD, squeeze};

pub struct Desk<'a> {
    pub house: &'a House,
    pub browser: Browser,
}

impl<'a> Desk<'a> {
    pub fn new(house: &'a House) -> Self {
        Self { house, browser: Browser::start().unwrap() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.house.address)
    }

    pub fn go(&self, path: &str) {
        self.browser.goto(&self.url(path)).unwrap();
    }

    /// The path where the browser stands.
    pub fn path(&self) -> String {
        let url = self.browser.current_url().unwrap();
        url.strip_prefix(&self.url("")).unwrap_or(&url).to_owned()
    }

    /// A newcomer at this desk: whoever sat there is forgotten.
    pub fn sign_in(&self, login: &str) {
        self.go("/connexion");
        self.browser.forget_cookies().unwrap();
        self.go("/connexion");
        self.fill(&[("identifiant", login), ("mot_de_passe", PASSWORD)]);
        self.leave(|| self.browser.click("main form button.primary").unwrap());
        assert_eq!(self.path(), "/journee", "{login} signs in: {}", self.main());
    }

    /// Does something that leads to another page, and waits until it is there.
    pub fn leave(&self, act: impl FnOnce()) {
        self.script("window.heretofore = true;", &[]);
        act();
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            let there = "return !window.heretofore && document.readyState === 'complete';";
            // Between two pages there is no document to ask.
            if self.browser.execute(there, &[]).is_ok_and(|v| v == Value::Bool(true)) {
                return;
            }
            sleep(Duration::from_millis(30));
        }
        panic!("no other page came: {}", self.main());
    }

    pub fn script(&self, script: &str, arguments: &[Value]) -> Value {
        self.browser.execute(script, arguments).unwrap()
    }

    /// Fills fields of the page's forms by name: a choice by its value, the rest as typed.
    pub fn fill(&self, fields: &[(&str, &str)]) {
        for (name, value) in fields {
            let kind = self.script(
                "const e = document.querySelector(`main [name='${arguments[0]}']`);
                 if (!e) return 'missing';
                 for (let d = e.closest('details'); d; d = d.parentElement.closest('details')) d.open = true;
                 return e.type;",
                &[json!(name)],
            );
            assert_ne!(kind, "missing", "no field « {name} » in {}", self.main());
            if kind == "radio" {
                self.browser.click(&format!("main [name='{name}'][value='{value}']")).unwrap();
            } else {
                self.browser.fill(&format!("main [name='{name}']"), value).unwrap();
            }
        }
    }

    /// Sends the form of the page by its first button, as one clicks it.
    pub fn send(&self) {
        self.leave(|| self.browser.click("main form.sheet-form button.primary").unwrap());
    }

    /// Records an act through its form; looks a second time when the page asks. Gives the page.
    pub fn record(&self, dossier: &str, kind: &str, on: &str, fields: &[(&str, &str)]) -> String {
        self.go(&format!("{dossier}/actes/{kind}"));
        self.fill(&[("on", on)]);
        self.fill(fields);
        self.send();
        if self.browser.count("main [name='_etape']").unwrap() > 0 {
            assert!(self.main().contains("Rien n'est encore enregistré"), "{kind}");
            self.leave(|| self.browser.click("main [value='confirmer']").unwrap());
        }
        let page = self.main();
        assert_eq!(self.browser.count("main .summary").unwrap(), 0, "{kind} refused: {page}");
        assert!(self.note().contains("enregistré") || kind == "cloture", "{kind}: {page}");
        page
    }

    /// What the page says just once on top.
    pub fn note(&self) -> String {
        squeeze(&self.browser.texts("#messages").unwrap().join(" "))
    }

    /// All that the page says, folded parts included.
    pub fn main(&self) -> String {
        let text = "return document.querySelector('main').textContent;";
        squeeze(self.script(text, &[]).as_str().unwrap_or_default())
    }

    /// Texts of all that a selector finds, folded or not.
    pub fn all(&self, css: &str) -> Vec<String> {
        let texts = self.script(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent);",
            &[json!(css)],
        );
        texts.as_array().unwrap().iter().map(|t| squeeze(t.as_str().unwrap())).collect()
    }

    /// The paths that the links a selector finds lead to.
    pub fn all_links(&self, css: &str) -> Vec<String> {
        let found = self.script(
            "return [...document.querySelectorAll(arguments[0])].map(a => a.getAttribute('href'));",
            &[json!(css)],
        );
        found.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
    }

    /// Is this the page of what does not exist, or may not be known (I13)?
    pub fn nothing_here(&self) -> bool {
        self.browser.texts("h1").unwrap() == ["Rien à cette adresse"]
    }

    pub fn says(&self, part: &str) {
        let page = self.main();
        assert!(page.contains(part), "« {part} » is not in: {page}");
    }
}
