//! The program as a server, its log kept, ended with its handle.
#![allow(dead_code, clippy::allow_attributes_without_reason, clippy::allow_attributes)]

use super::program::program;
use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

pub struct Served {
    pub child: Child,
    pub address: SocketAddr,
    /// Where the figures are read.
    pub figures: SocketAddr,
    folder: TempDir,
}

impl Served {
    /// Starts it, its log in JSON, its figures on an address of their own.
    pub fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = program()
            .env("HUIS_LOG", "warn,huis=info")
            .args(["--log-format", "json", "serve", "--listen", "127.0.0.1:0"])
            .args(["--metrics", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut said = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines().take(2) {
            let line = line.unwrap();
            let address = line.rsplit_once("http://").expect("it says where").1;
            said.push(address.trim_end_matches("/metrics").parse().unwrap());
        }
        Self { child, address: said[0], figures: said[1], folder }
    }

    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(done.unwrap().success());
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
