//! A PostgreSQL server that is there already, with durable commits: its databases.

use anyhow::{Context, Result, bail};
use std::process::Command;

/// A server.
#[derive(Clone, Debug)]
pub struct Postgres {
    /// `postgres://user@host:port`, no database.
    pub base: String,
}

impl Postgres {
    /// A database of this name, made if it is not there.
    pub fn named(&self, name: &str) -> Result<String> {
        let there = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
        if self.sql(&there)?.is_empty() {
            self.sql(&format!("CREATE DATABASE {name}"))?;
        }
        Ok(format!("{}/{name}", self.base))
    }

    /// The same, emptied.
    pub fn emptied(&self, name: &str) -> Result<String> {
        self.sql(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
        self.named(name)
    }

    /// The same, with all that another holds; whoever was connected to that one is sent away.
    pub fn copied(&self, from: &str, name: &str) -> Result<String> {
        self.sql(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
        self.sql(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{from}'"
        ))?;
        self.sql(&format!("CREATE DATABASE {name} TEMPLATE {from}"))?;
        Ok(format!("{}/{name}", self.base))
    }

    fn sql(&self, sql: &str) -> Result<String> {
        let done = Command::new("psql")
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql])
            .arg(format!("{}/postgres", self.base))
            .output()
            .context("psql")?;
        if !done.status.success() {
            bail!("{}", String::from_utf8_lossy(&done.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
    }
}
