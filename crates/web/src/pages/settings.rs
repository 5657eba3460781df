//! Settings of the office, and its state of health.

use askama::Template;

use crate::{forms::FormView, layout::Shell, pages::Remark};

/// The settings.
#[derive(Template)]
#[template(path = "pages/settings.html")]
pub struct Settings {
    /// Shell.
    pub shell: Shell,
    /// Groups of settings.
    pub groups: Vec<SettingsGroup>,
    /// Backup overdue, drill overdue, unverified parameter in use.
    pub health: Vec<Remark>,
}

/// Settings saved together.
#[derive(Clone, Debug)]
pub struct SettingsGroup {
    /// HTML id.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it changes.
    pub hint: String,
    /// Inputs.
    pub form: FormView,
}

/// The second look at a change that moves deadlines.
#[derive(Template)]
#[template(path = "pages/settings_confirm.html")]
pub struct SettingsConfirm {
    /// Shell.
    pub shell: Shell,
    /// What changes.
    pub changes: Vec<SettingChange>,
    /// How many dossiers move.
    pub moves: String,
    /// Carries what was typed; its first button confirms.
    pub form: FormView,
}

/// A setting before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    /// Its name.
    pub label: String,
    /// What it holds.
    pub before: String,
    /// What it will hold.
    pub after: String,
}
