//! The log of the service: lines for a person, or for a machine. It goes to the standard error and
//! holds no personal datum (I13): templates of addresses, counts, codes, and what to do.
//!
//! Statements slower than a second are told by their first words; their values are never there.

use clap::ValueEnum;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// What the lines look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person.
    #[default]
    #[value(name = "texte")]
    Text,
    /// One JSON object a line.
    #[value(name = "json")]
    Json,
}

/// Starts the log. What is told is chosen by `HUIS_LOG`.
pub fn start(format: Format) {
    let filter = EnvFilter::try_from_env("HUIS_LOG").unwrap_or_else(|_| "warn,huis=info".into());
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        Format::Text => log.init(),
        Format::Json => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
        }
    }
    // What a panic carries may quote what it was working on: where it was is enough to mend it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            lieu = place,
            remede = "signalez cette ligne, avec le numéro de la requête, à qui maintient Huis",
            "faute du programme"
        );
    }));
}
