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
