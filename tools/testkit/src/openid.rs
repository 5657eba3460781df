//! An OpenID Connect provider with people of the test's choice.

use tempfile::TempDir;

use crate::{TestkitError, child::Supervised, place};

const INSTALL: &str =
    "python3 -m venv target/tools/venv && target/tools/venv/bin/pip install oidc-provider-mock";

/// The provider. It ends with its handle.
pub struct OpenIdProvider {
    port: u16,
    // Dropped in this order: the provider ends, then its log goes.
    _process: Supervised,
    _files: TempDir,
}

impl OpenIdProvider {
    /// Starts a provider on a free port of the loopback. Each person is a JSON object with a
    /// `sub`; what else it holds goes into that person's tokens.
    pub fn start(people: &[&str]) -> Result<Self, TestkitError> {
        let python = place::tools().join("venv/bin/python");
        let module = python.with_file_name("oidc-provider-mock");
        if !module.is_file() {
            let what = "oidc-provider-mock".to_owned();
            return Err(TestkitError::Missing { what, install: INSTALL });
        }
        let files = tempfile::Builder::new()
            .prefix("huis-openid-")
            .tempdir()
            .map_err(TestkitError::io("folder of the provider"))?;
        let mut arguments: Vec<String> =
            ["-m", "oidc_provider_mock", "--port", "0", "--require-nonce"]
                .map(str::to_owned)
                .into();
        for person in people {
            arguments.extend(["--user-claims".to_owned(), (*person).to_owned()]);
        }
        let process = Supervised::start(
            "oidc-provider-mock",
            &python,
            &arguments,
            "TERM",
            None,
            &files.path().join("log"),
        )?;
        let port = process.wait_ready(|log| {
            let (_, rest) = log.split_once("running on http://127.0.0.1:")?;
            rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        })?;
        Ok(Self { port, _process: process, _files: files })
    }

    /// Its address. Another site than `127.0.0.1` to a browser, as a real provider is.
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}
