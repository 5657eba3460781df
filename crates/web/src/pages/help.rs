//! Help: the keyboard, and how dates and amounts are typed.

use askama::Template;

use crate::layout::Shell;

/// The page.
#[derive(Template)]
#[template(path = "pages/help.html")]
pub struct Help {
    /// Shell.
    pub shell: Shell,
}
