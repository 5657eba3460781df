//! A real PostgreSQL for the store's tests.

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
    },
};

use tempfile::TempDir;

use crate::{
    TestkitError,
    child::{Supervised, User},
    place,
};

const INSTALL: &str = "apt-get install -y postgresql";
/// A server that is already there, as `cargo xtask ci` starts one for all the test processes.
const GIVEN: &str = "HUIS_TEST_POSTGRES";

/// A handle on the PostgreSQL server of this test process. The first handle starts it, the last
/// one that goes stops it.
#[derive(Clone)]
pub struct Postgres {
    server: Arc<Server>,
}

struct Server {
    /// `postgres://huis@127.0.0.1:port`, no database.
    base: String,
    psql: PathBuf,
    // Declared in this order because they are dropped in it: the server ends, then its files go.
    _process: Option<Supervised>,
    _files: Option<TempDir>,
}

/// One database, dropped with its handle.
pub struct Database {
    server: Arc<Server>,
    name: String,
}

static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
static NUMBER: AtomicU32 = AtomicU32::new(1);

impl Postgres {
    /// The server of this process, started if there is none yet.
    pub fn start() -> Result<Self, TestkitError> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = running.upgrade() {
            return Ok(Self { server });
        }
        let server = Arc::new(match std::env::var(GIVEN) {
            Ok(base) if !base.is_empty() => Server::given(base)?,
            _ => Server::start()?,
        });
        *running = Arc::downgrade(&server);
        Ok(Self { server })
    }

    /// A new empty database; `name` is for the reader of a log, a number makes it unique.
    pub fn database(&self, name: &str) -> Result<Database, TestkitError> {
        self.create(name, "template1")
    }

    /// A new database with all that `template` holds, copied by the server in some
    /// milliseconds: migrate once, test many times. Nobody may be connected to the template.
    pub fn database_like(&self, template: &Database, name: &str) -> Result<Database, TestkitError> {
        self.create(name, &template.name)
    }

    /// `postgres://user@host:port`, without a database.
    pub fn url(&self) -> &str {
        &self.server.base
    }

    fn create(&self, name: &str, template: &str) -> Result<Database, TestkitError> {
        let readable: String = name
            .chars()
            .take(30)
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
            .collect();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("t{}_{number}_{readable}", std::process::id());
        self.server
            .sql("postgres", &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\""))?;
        Ok(Database { server: Arc::clone(&self.server), name })
    }
}

impl Database {
    /// Where a program connects.
    pub fn url(&self) -> String {
        format!("{}/{}", self.server.base, self.name)
    }

    /// Runs SQL as an onlooker from outside the program would (an attacker, an administrator);
    /// gives the rows as unaligned text, columns parted by `|`.
    pub fn sql(&self, sql: &str) -> Result<String, TestkitError> {
        self.server.sql(&self.name, sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server of this process goes with all it holds; one that is lent keeps nothing either.
        let _ = self
            .server
            .sql("postgres", &format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name));
    }
}

impl Server {
    fn given(base: String) -> Result<Self, TestkitError> {
        let psql = place::program(&["psql"], &place::postgres_folders(), INSTALL)?;
        Ok(Self { base, psql, _process: None, _files: None })
    }

    fn start() -> Result<Self, TestkitError> {
        // `postgres` on a PATH may be another version than `initdb`: both from one folder.
        let initdb = place::program(&["initdb"], &place::postgres_folders(), INSTALL)?;
        let folder = initdb.parent().unwrap_or_else(|| Path::new("/"));
        let psql = place::program(&["psql"], &[folder.to_owned()], INSTALL)?;
        let files = tempfile::Builder::new()
            .prefix("huis-postgres-")
            .tempdir()
            .map_err(TestkitError::io("folder of PostgreSQL"))?;
        let user = unprivileged(files.path())?;
        let data = files.path().join("data");
        make_cluster(&initdb, &data, user)?;

        let port = free_port()?;
        let setting = |text: String| ["-c".to_owned(), text];
        let mut arguments = vec!["-D".to_owned(), data.display().to_string()];
        // A test's data may be lost with the machine: no synchronous write at all.
        for text in [
            "fsync=off".to_owned(),
            "synchronous_commit=off".to_owned(),
            "full_page_writes=off".to_owned(),
            "autovacuum=off".to_owned(),
            "shared_buffers=64MB".to_owned(),
            "max_connections=200".to_owned(),
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            format!("unix_socket_directories={}", files.path().display()),
        ] {
            arguments.extend(setting(text));
        }
        let process = Supervised::start(
            "PostgreSQL",
            &folder.join("postgres"),
            &arguments,
            "INT",
            user,
            &files.path().join("log"),
        )?;
        process.wait_ready(|log| {
            let ready = log.contains("ready to accept connections");
            (ready && TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()).then_some(())
        })?;
        let base = format!("postgres://huis@127.0.0.1:{port}");
        Ok(Self { base, psql, _process: Some(process), _files: Some(files) })
    }

    fn sql(&self, database: &str, sql: &str) -> Result<String, TestkitError> {
        let done = Command::new(&self.psql)
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql])
            .arg(format!("{}/{database}", self.base))
            .output()
            .map_err(TestkitError::io("psql"))?;
        if done.status.success() {
            Ok(String::from_utf8_lossy(&done.stdout).trim_end().to_owned())
        } else {
            Err(TestkitError::Refused {
                what: "PostgreSQL",
                message: String::from_utf8_lossy(&done.stderr).trim_end().to_owned(),
            })
        }
    }
}

fn make_cluster(initdb: &Path, data: &Path, user: Option<User>) -> Result<(), TestkitError> {
    let mut command = Command::new(initdb);
    command
        // Trust, because it listens on the loopback alone and holds made-up data alone.
        .args(["--auth=trust", "--username=huis", "--encoding=UTF8", "--locale=C.UTF-8"])
        .args(["--no-sync", "--no-instructions", "-D"])
        .arg(data)
        .current_dir("/");
    if let Some(user) = user {
        use std::os::unix::process::CommandExt;
        command.uid(user.uid).gid(user.gid);
    }
    let done = command.output().map_err(TestkitError::io("initdb"))?;
    if done.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&done.stderr).trim_end().to_owned();
    Err(TestkitError::Refused { what: "initdb", message })
}

/// PostgreSQL refuses to run as root: then the folder is given to `postgres`, or to `nobody`.
fn unprivileged(folder: &Path) -> Result<Option<User>, TestkitError> {
    let metadata = std::fs::metadata(folder).map_err(TestkitError::io("folder of PostgreSQL"))?;
    if metadata.uid() != 0 {
        return Ok(None);
    }
    let passwd =
        std::fs::read_to_string("/etc/passwd").map_err(TestkitError::io("users of the machine"))?;
    let user = ["postgres", "nobody"]
        .iter()
        .find_map(|name| user_of(&passwd, name))
        .ok_or(TestkitError::Missing { what: "user postgres".to_owned(), install: INSTALL })?;
    chown(folder, Some(user.uid), Some(user.gid))
        .map_err(TestkitError::io("owner of PostgreSQL's folder"))?;
    Ok(Some(user))
}

fn user_of(passwd: &str, name: &str) -> Option<User> {
    let mut fields = passwd
        .lines()
        .map(|line| line.split(':'))
        .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?;
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    Some(User { uid, gid })
}

fn free_port() -> Result<u16, TestkitError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(TestkitError::io("free port"))
}
