//! The shell around each page: who one is, where one is, where one may go.

use huis_register::Power;
use std::collections::BTreeSet;

use crate::{assets, i18n::Locale, routes};

/// What every page knows.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// Language of the shell.
    pub locale: Locale,
    /// The page's own path, without query: where the language switch comes back to.
    pub path: String,
    /// The organisation's name.
    pub office: String,
    /// A demonstration: fictitious data, said on every page.
    pub demo: bool,
    /// The local register loosens the shipped one: the authorisation it names (I11, A-03).
    pub loosened: Option<String>,
    /// The signed-in agent.
    pub agent: Option<AgentMenu>,
    /// The processings one may work in; empty when there is no choice.
    pub processings: Vec<ProcessingLink>,
    /// Main navigation.
    pub nav: Vec<NavItem>,
    /// May search the active dossiers.
    pub can_search: bool,
    /// May create a dossier: what the button says.
    pub create: Option<String>,
    /// The token of each POST form.
    pub csrf: String,
    /// What just happened.
    pub flashes: Vec<Flash>,
    /// Where one is, from the top; the last is the page itself.
    pub crumbs: Vec<Crumb>,
    /// The files that this page may be taken away as: format and address.
    pub exports: Vec<(&'static str, String)>,
}

/// A processing that one may work in.
#[derive(Clone, Debug)]
pub struct ProcessingLink {
    /// Its short name in the register.
    pub label: String,
    /// Its whole name.
    pub title: String,
    /// Its day page.
    pub href: String,
    /// One works in it now.
    pub current: bool,
}

/// The agent's menu.
#[derive(Clone, Debug, Default)]
pub struct AgentMenu {
    /// First and last name.
    pub name: String,
    /// Profile and perimeter, as « Instructeur, Mulhouse ».
    pub role: String,
    /// Other grants one may work under: (id, label).
    pub other_grants: Vec<(String, String)>,
}

/// A place of the main navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// « Ma journée »
    Day,
    /// « Dossiers »
    List,
    /// « Courriers »
    Letters,
    /// « Tableau »
    Board,
    /// « Encadrement »
    Supervise,
    /// « Importer »
    Imports,
    /// « Archives »
    Archive,
    /// « Alertes »
    Alerts,
    /// « Sécurité »
    Security,
    /// « Habilitations »
    Grants,
    /// « Traces »
    Traces,
    /// « Conservation »
    Retention,
    /// « Registre »
    Register,
    /// « Comptes »
    Accounts,
    /// « Réglages »
    Settings,
}

/// An entry of the main navigation.
#[derive(Clone, Debug)]
pub struct NavItem {
    /// Which.
    pub place: Place,
    /// Address.
    pub href: &'static str,
    /// Key of its text.
    pub key: &'static str,
    /// The letter that follows `g`.
    pub letter: char,
    /// The page is under this entry.
    pub current: bool,
    /// How many things wait there (alerts to close), shown as a badge.
    pub waiting: u32,
}

/// Place, address, text key, letter after `g`, and the powers of which one is enough.
type Entry = (Place, &'static str, &'static str, char, &'static [Power]);

const NAVIGATION: [Entry; 14] = [
    // The day page is everyone's: a profile without lists (police) finds there what waits for it.
    (Place::Day, routes::DAY, "nav.day", 'j', &[]),
    (Place::List, routes::LIST, "nav.list", 'd', &[Power::Lists]),
    (Place::Letters, routes::LETTERS, "nav.letters", 'k', &[Power::Lists]),
    (Place::Board, routes::BOARD, "nav.board", 't', &[Power::Lists]),
    (Place::Supervise, routes::SUPERVISE, "nav.supervise", 'e', &[Power::Supervise]),
    (Place::Archive, routes::ARCHIVE, "nav.archive", 'a', &[Power::Archive]),
    (Place::Alerts, routes::ALERTS, "nav.alerts", 'l', &[Power::Alerts]),
    (Place::Security, routes::SECURITY, "nav.security", 'u', &[Power::Alerts]),
    (Place::Grants, routes::GRANTS, "nav.grants", 'h', &[Power::Grant, Power::Review]),
    (Place::Traces, routes::TRACES, "nav.traces", 'r', &[Power::Traces]),
    (Place::Retention, routes::RETENTION, "nav.retention", 'c', &[Power::Retention]),
    (Place::Register, routes::REGISTER, "nav.register", 'g', &[Power::Register]),
    (Place::Accounts, routes::ACCOUNTS, "nav.accounts", 'o', &[Power::Accounts]),
    (Place::Settings, routes::SETTINGS, "nav.settings", 's', &[Power::Settings]),
];

/// The navigation that these powers open: what one may not use is not shown.
pub fn navigation(powers: &BTreeSet<Power>, current: Option<Place>) -> Vec<NavItem> {
    NAVIGATION
        .iter()
        .filter(|(.., needs)| needs.is_empty() || needs.iter().any(|p| powers.contains(p)))
        .map(|&(place, href, key, letter, _)| NavItem {
            place,
            href,
            key,
            letter,
            current: current == Some(place),
            waiting: 0,
        })
        .collect()
}

/// The kind of a message, and of a remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// To know.
    Info,
    /// Done.
    Good,
    /// To look at.
    Warning,
    /// Wrong.
    Bad,
}

impl Tone {
    /// Its CSS class.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }
    /// A sign that does not rest on colour (WCAG 1.4.1).
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Info => "i",
            Self::Good => "✓",
            Self::Warning => "!",
            Self::Bad => "✕",
        }
    }
}

/// A message shown once at the top of the page. Holds no personal datum.
#[derive(Clone, Debug)]
pub struct Flash {
    /// Kind.
    pub tone: Tone,
    /// Text, in French.
    pub text: String,
    /// What can be done about it: undo, see. (label, address)
    pub link: Option<(String, String)>,
}

/// A step of the path.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// Text.
    pub label: String,
    /// Address; none for the page itself.
    pub href: Option<String>,
}

impl Crumb {
    /// A step with its address.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }
    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

impl Shell {
    /// Adds the entry of files in, for who may send one: that hangs on acts, not on a power.
    #[must_use]
    pub fn with_imports(mut self, current: bool) -> Self {
        let (place, href, key, letter) = (Place::Imports, routes::IMPORTS, "nav.imports", 'i');
        let at = self
            .nav
            .iter()
            .take_while(|i| matches!(i.place, Place::Day | Place::List | Place::Board))
            .count();
        self.nav.insert(at, NavItem { place, href, key, letter, current, waiting: 0 });
        self
    }
    /// A text of the shell.
    pub fn t(&self, key: &str) -> String {
        self.locale.t(key)
    }
    /// A text of the shell with one parameter.
    pub fn with(&self, key: &str, name: &str, value: &str) -> String {
        self.locale.with(key, name, value)
    }
    /// The address of a static file.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }
    /// Initials for the agent's menu.
    pub fn initials(&self) -> String {
        let name = self.agent.as_ref().map_or("", |a| a.name.as_str());
        name.split([' ', '-']).filter_map(|w| w.chars().next()).take(2).collect()
    }
    /// Adds the number of things that wait at a place.
    #[must_use]
    pub fn waiting(mut self, place: Place, count: u32) -> Self {
        for item in self.nav.iter_mut().filter(|i| i.place == place) {
            item.waiting = count;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// one sees the doors one holds the key of, and no other.
    #[test]
    fn the_navigation_follows_the_powers() {
        let labels = |powers: &[Power]| -> Vec<&str> {
            let powers = powers.iter().copied().collect();
            navigation(&powers, None).iter().map(|i| i.href).collect()
        };
        assert_eq!(labels(&[]), ["/journee"]);
        assert_eq!(labels(&[Power::Lists]), ["/journee", "/dossiers", "/courriers", "/tableau"]);
        assert_eq!(labels(&[Power::Archive]), ["/journee", "/archives"]);
        assert_eq!(labels(&[Power::Review]), ["/journee", "/habilitations"]);
    }

    #[test]
    fn no_two_shortcuts_share_a_letter() {
        let letters: BTreeSet<char> = NAVIGATION.iter().map(|e| e.3).collect();
        assert_eq!(letters.len(), NAVIGATION.len());
    }
}
