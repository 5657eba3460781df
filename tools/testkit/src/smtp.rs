//! A mail server that keeps what it is sent, so that a test can read it.

use std::{
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use serde::Deserialize;
use tempfile::TempDir;

use crate::{TestkitError, child::Supervised, place};

const INSTALL: &str =
    "python3 -m venv target/tools/venv && target/tools/venv/bin/pip install aiosmtpd";
const WAIT: Duration = Duration::from_secs(15);

/// A mail as it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Mail {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The text, decoded.
    pub body: String,
    /// All that went over the line, headers included: where a test looks for what must not be.
    pub raw: String,
}

/// The mail server. It ends with its handle.
pub struct Smtp {
    port: u16,
    // Dropped in this order: the server ends, then its mails go.
    _process: Supervised,
    files: TempDir,
}

impl Smtp {
    /// Starts a server on a free port of the loopback.
    pub fn start() -> Result<Self, TestkitError> {
        let python = place::tools().join("venv/bin/python");
        if !python.is_file() {
            return Err(TestkitError::Missing { what: "aiosmtpd".to_owned(), install: INSTALL });
        }
        let files = tempfile::Builder::new()
            .prefix("huis-smtp-")
            .tempdir()
            .map_err(TestkitError::io("folder of the mails"))?;
        let script = files.path().join("smtp.py");
        std::fs::write(&script, include_str!("smtp.py"))
            .map_err(TestkitError::io("script of the mail server"))?;
        let process = Supervised::start(
            "aiosmtpd",
            &python,
            &[script.display().to_string(), files.path().display().to_string()],
            "TERM",
            None,
            &files.path().join("log"),
        )?;
        let port = process.wait_ready(|log| {
            log.lines().find_map(|line| line.strip_prefix("port ")?.trim().parse().ok())
        })?;
        Ok(Self { port, _process: process, files })
    }

    /// The port, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The mails received so far, in order.
    pub fn mails(&self) -> Result<Vec<Mail>, TestkitError> {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(self.files.path())
            .map_err(TestkitError::io("folder of the mails"))?
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "json"))
            .collect();
        paths.sort();
        paths
            .iter()
            .map(|path| {
                let text = std::fs::read_to_string(path).map_err(TestkitError::io("a mail"))?;
                serde_json::from_str(&text).map_err(|error| TestkitError::Refused {
                    what: "mail",
                    message: error.to_string(),
                })
            })
            .collect()
    }

    /// Waits until that many mails have come.
    pub fn wait_mails(&self, count: usize) -> Result<Vec<Mail>, TestkitError> {
        let started = Instant::now();
        loop {
            let mails = self.mails()?;
            if mails.len() >= count {
                return Ok(mails);
            }
            if started.elapsed() > WAIT {
                return Err(TestkitError::Waited {
                    what: format!("{count} mails"),
                    seconds: WAIT.as_secs(),
                    seen: format!("{} mails", mails.len()),
                });
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}
