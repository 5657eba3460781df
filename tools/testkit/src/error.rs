/// Why a component of the testkit could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum TestkitError {
    /// A program or a package is not on this machine.
    #[error("{what} is missing: run `cargo xtask setup` (or by hand: {install})")]
    Missing {
        /// What was looked for.
        what: String,
        /// The command that installs it.
        install: &'static str,
    },
    /// A program was started and did not become ready.
    #[error("{what} did not become ready; its last lines:\n{log}")]
    NotReady {
        /// The program.
        what: &'static str,
        /// The end of its log.
        log: String,
    },
    /// A program ran and refused.
    #[error("{what} failed: {message}")]
    Refused {
        /// The program, or the step.
        what: &'static str,
        /// What it said.
        message: String,
    },
    /// The browser refused a command (no such element, a script that threw).
    #[error("browser: {kind}: {message}")]
    Browser {
        /// The error code of the WebDriver standard.
        kind: String,
        /// The driver's words, first line.
        message: String,
    },
    /// What a test waited for did not come.
    #[error("waited {seconds} s for {what}; there is: {seen}")]
    Waited {
        /// What was waited for.
        what: String,
        /// How long.
        seconds: u64,
        /// What was there instead.
        seen: String,
    },
    /// An input or output of this machine failed.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// The system's error.
        source: std::io::Error,
    },
}

impl TestkitError {
    /// For `map_err`: adds what was being done.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}
