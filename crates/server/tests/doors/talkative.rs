//! The program as it runs, at its most talkative, with all that it says kept.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use crate::{heard::Heard, program::program};

/// The program as it runs, with all that it says.
pub struct Served {
    child: Child,
    pub address: SocketAddr,
    /// Where its figures are read.
    pub figures: SocketAddr,
    said: Arc<Mutex<Vec<u8>>>,
    readers: Vec<thread::JoinHandle<()>>,
}

fn talkative() -> Command {
    let mut command = program();
    // Everything that any part of it has to say.
    command.env("HUIS_LOG", "trace");
    command
}

impl Served {
    pub fn start(place: &Place, more: &[&str]) -> Self {
        let mut child = talkative()
            .args(["serve", "--listen", "127.0.0.1:0", "--every", "1"])
            .args(["--metrics", "127.0.0.1:0"])
            .args(place.arguments())
            .args(more)
            .env("TMPDIR", &place.temporary)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said_where = || {
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            let address = line.trim().rsplit_once("http://").expect("it says where").1;
            address.trim_end_matches("/metrics").parse().unwrap()
        };
        let (address, figures) = (said_where(), said_where());
        fn listen(
            mut from: impl Read + Send + 'static,
            to: Arc<Mutex<Vec<u8>>>,
        ) -> thread::JoinHandle<()> {
            thread::spawn(move || {
                let mut some = [0; 8192];
                while let Ok(n @ 1..) = from.read(&mut some) {
                    to.lock().unwrap().extend_from_slice(&some[..n]);
                }
            })
        }
        let readers =
            vec![listen(out, said.clone()), listen(child.stderr.take().unwrap(), said.clone())];
        Self { child, address, figures, said, readers }
    }

    /// Ends it as a machine that falls, and gives all that it said.
    pub fn kill(mut self) -> Vec<u8> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        for reader in self.readers {
            reader.join().unwrap();
        }
        Arc::try_unwrap(self.said).unwrap().into_inner().unwrap()
    }
}

/// Where an installation is, on disk and beside.
pub struct Place {
    pub folder: PathBuf,
    pub data: PathBuf,
    pub temporary: PathBuf,
    database: Option<String>,
}

impl Place {
    /// A demonstration of its own.
    pub fn prepared(folder: &Path, database: Option<String>) -> Self {
        let data = folder.join("demo");
        let temporary = folder.join("tmp");
        fs::create_dir_all(&temporary).unwrap();
        let place = Self { folder: folder.to_owned(), data, temporary, database };
        let ran = talkative()
            .args(["demo", "--prepare-only", "--dossiers", "20"])
            .args(place.arguments())
            .env("TMPDIR", &place.temporary)
            .env("HUIS_LOG", "error")
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        place
    }

    fn arguments(&self) -> Vec<String> {
        let mut out = vec!["--data".to_owned(), self.data.display().to_string()];
        if let Some(url) = &self.database {
            out.extend(["--database".to_owned(), url.clone()]);
        }
        out
    }

    /// A command of the operator, at its most talkative; what it says is kept.
    pub fn run(&self, command: &[&str], heard: &mut Heard) {
        let mut arguments: Vec<String> = command.iter().map(|a| (*a).to_owned()).collect();
        arguments.extend(self.arguments());
        let ran = talkative().args(&arguments).env("TMPDIR", &self.temporary).output().unwrap();
        let text = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success(), "{command:?}: {}", text.lines().last().unwrap_or_default());
        heard.add(&format!("huis {}", command.join(" ")), &ran.stdout);
        heard.add(&format!("huis {} (log)", command.join(" ")), &ran.stderr);
    }
}
