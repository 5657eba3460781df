//! Whole servers, as processes.

use super::{huis, program};
use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Stdio},
};

/// A server that ends with its handle.
pub struct Served {
    pub child: Child,
    pub address: SocketAddr,
}

impl Served {
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--every", "1"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").expect("it says where").1;
        Self { address: address.parse().unwrap(), child }
    }

    /// As the machine does when it goes: no goodbye.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Exports every log, verifies each with the public key, and with a witness when there is one, and
/// gives their names.
pub fn verified_logs(place: &[&str], folder: &Path, witness: Option<&Path>) -> Vec<String> {
    let to = folder.join("export");
    let _ = fs::remove_dir_all(&to);
    let mut arguments = vec!["trace", "export", "--to", to.to_str().unwrap()];
    arguments.extend(place);
    let ran = huis(&arguments);
    assert!(ran.ok, "{}", ran.errors);
    let key = to.join("cle-publique");
    let mut names = Vec::new();
    for file in fs::read_dir(&to).unwrap().map(|e| e.unwrap().path()) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        if name == "cle-publique" {
            continue;
        }
        let mut verify = vec!["trace", "verify", file.to_str().unwrap()];
        verify.extend(["--key", key.to_str().unwrap()]);
        verify.extend(witness.iter().flat_map(|w| ["--witness", w.to_str().unwrap()]));
        let ran = huis(&verify);
        assert!(ran.ok, "{name}: {}", ran.errors);
        names.push(name);
    }
    names.sort();
    names
}
