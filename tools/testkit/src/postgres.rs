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
/// A server that is already there, as `cargo xtask ci` starts one for all the test processes; with
/// its workers behind it, parted by commas.
const GIVEN: &str = "HUIS_TEST_POSTGRES";
/// How many servers hold the rows, when every database is to be spread by the Citus extension: 1 is
/// a server alone, N a coordinator and N workers (`docs/scale.md`).
const CITUS: &str = "HUIS_TEST_CITUS";

/// A handle on the PostgreSQL server of this test process. The first handle starts it, the last
/// one that goes stops it.
#[derive(Clone)]
pub struct Postgres {
    server: Arc<Server>,
}

struct Server {
    /// `postgres://huis@127.0.0.1:port`, no database: the server that is asked, then its workers.
    bases: Vec<String>,
    psql: PathBuf,
    instances: Vec<Instance>,
}

/// A running server of ours.
struct Instance {
    base: String,
    // Declared in this order because they are dropped in it: the server ends, then its files go.
    process: Mutex<Option<Supervised>>,
    start: Start,
    _files: TempDir,
}

/// How a server of ours is started.
struct Start {
    program: PathBuf,
    arguments: Vec<String>,
    /// The signal that ends it: `INT`, or `QUIT` for one that goes without a goodbye.
    stop: &'static str,
    user: Option<User>,
    log: PathBuf,
    port: u16,
}

impl Start {
    fn run(&self) -> Result<Supervised, TestkitError> {
        let process = Supervised::start(
            "PostgreSQL",
            &self.program,
            &self.arguments,
            self.stop,
            self.user,
            &self.log,
        )?;
        process.wait_ready(|log| {
            let ready = log.contains("ready to accept connections");
            (ready && TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok()).then_some(())
        })?;
        Ok(process)
    }
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
            Ok(bases) if !bases.is_empty() => Server::given(&bases)?,
            _ => Server::start(false)?,
        });
        *running = Arc::downgrade(&server);
        Ok(Self { server })
    }

    /// A server of its own, that keeps what it committed when it is ended without a goodbye: for
    /// the tests that end it so.
    pub fn durable() -> Result<Self, TestkitError> {
        Ok(Self { server: Arc::new(Server::start(true)?) })
    }

    /// Ends it at once, as an immediate stop does: its connections are cut, and it recovers at its
    /// next start. Of a server of one's own ([`Self::durable`]).
    pub fn crash(&self) {
        for instance in &self.server.instances {
            drop(instance.process.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    }

    /// Starts it again, where it was.
    pub fn restart(&self) -> Result<(), TestkitError> {
        for instance in &self.server.instances {
            let mut process = instance.process.lock().unwrap_or_else(PoisonError::into_inner);
            if process.is_none() {
                *process = Some(instance.start.run()?);
            }
        }
        Ok(())
    }

    /// A new empty database; `name` is for the reader of a log, a number makes it unique. It has the
    /// extension Citus when the tests run with it.
    pub fn database(&self, name: &str) -> Result<Database, TestkitError> {
        let database = self.database_alone(name)?;
        if self.has_citus() {
            database.bring_citus()?;
        }
        Ok(database)
    }

    /// The same without the extension, whatever the tests run with.
    pub fn database_alone(&self, name: &str) -> Result<Database, TestkitError> {
        self.create(name, "template1")
    }

    /// Do the tests run with the extension Citus?
    pub fn has_citus(&self) -> bool {
        servers_of_rows().is_some()
    }

    /// How many servers hold the rows.
    pub fn servers_of_rows(&self) -> usize {
        servers_of_rows().unwrap_or(1)
    }

    /// A new database with all that `template` holds, copied by the server in some
    /// milliseconds: migrate once, test many times. Nobody may be connected to the template.
    pub fn database_like(&self, template: &Database, name: &str) -> Result<Database, TestkitError> {
        self.create(name, &template.name)
    }

    /// `postgres://user@host:port`, without a database; its workers behind, when it has some.
    pub fn url(&self) -> String {
        self.server.bases.join(",")
    }

    fn create(&self, name: &str, template: &str) -> Result<Database, TestkitError> {
        let readable: String = name
            .chars()
            .take(30)
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
            .collect();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("t{}_{number}_{readable}", std::process::id());
        for base in &self.server.bases {
            let sql = format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"");
            self.server.sql_at(base, "postgres", &sql)?;
        }
        Ok(Database { server: Arc::clone(&self.server), name })
    }
}

impl Database {
    /// Where a program connects.
    pub fn url(&self) -> String {
        format!("{}/{}", self.server.base(), self.name)
    }

    /// Runs SQL as an onlooker from outside the program would (an attacker, an administrator);
    /// gives the rows as unaligned text, columns parted by `|`.
    pub fn sql(&self, sql: &str) -> Result<String, TestkitError> {
        self.server.sql_at(self.server.base(), &self.name, sql)
    }

    /// Brings the extension, and names the workers to their coordinator.
    pub fn bring_citus(&self) -> Result<(), TestkitError> {
        for base in &self.server.bases {
            self.server.sql_at(base, &self.name, "CREATE EXTENSION citus")?;
        }
        let place = |base: &str| {
            let (host, port) = base.rsplit_once('@').map_or("", |(_, at)| at).rsplit_once(':')?;
            Some(format!("'{host}', {port}"))
        };
        let mut bases = self.server.bases.iter().filter_map(|b| place(b));
        let (coordinator, workers) = (bases.next(), bases);
        let mut calls = Vec::new();
        for worker in workers {
            if calls.is_empty() {
                let own = coordinator.as_deref().unwrap_or_default();
                calls.push(format!("SELECT citus_set_coordinator_host({own})"));
            }
            calls.push(format!("SELECT citus_add_node({worker})"));
        }
        calls.iter().try_for_each(|sql| self.sql(sql).map(|_| ()))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server of this process goes with all it holds; one that is lent keeps nothing either.
        let sql = format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name);
        for base in &self.server.bases {
            let _ = self.server.sql_at(base, "postgres", &sql);
        }
    }
}

/// How many servers hold the rows; `None` without Citus.
fn servers_of_rows() -> Option<usize> {
    std::env::var(CITUS).ok()?.parse().ok().filter(|n| *n > 0)
}

impl Server {
    fn given(bases: &str) -> Result<Self, TestkitError> {
        let psql = place::program(&["psql"], &place::postgres_folders(), INSTALL)?;
        let bases = bases.split(',').map(str::to_owned).collect();
        Ok(Self { bases, psql, instances: Vec::new() })
    }

    fn start(durable: bool) -> Result<Self, TestkitError> {
        let workers = servers_of_rows().filter(|n| *n > 1).unwrap_or(0);
        let instances =
            (0..=workers).map(|_| Instance::start(durable)).collect::<Result<Vec<_>, _>>()?;
        let psql = place::program(&["psql"], &place::postgres_folders(), INSTALL)?;
        let bases = instances.iter().map(|i| i.base.clone()).collect();
        Ok(Self { bases, psql, instances })
    }

    fn base(&self) -> &str {
        self.bases.first().map_or("", String::as_str)
    }

    fn sql_at(&self, base: &str, database: &str, sql: &str) -> Result<String, TestkitError> {
        let done = Command::new(&self.psql)
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql])
            .arg(format!("{base}/{database}"))
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

impl Instance {
    fn start(durable: bool) -> Result<Self, TestkitError> {
        // `postgres` on a PATH may be another version than `initdb`: both from one folder.
        let initdb = place::program(&["initdb"], &place::postgres_folders(), INSTALL)?;
        let folder = initdb.parent().unwrap_or_else(|| Path::new("/"));
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
        if !durable {
            // A test's data may be lost with the machine: no synchronous write at all.
            for text in ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] {
                arguments.extend(setting(text.to_owned()));
            }
        }
        for text in [
            "autovacuum=off".to_owned(),
            "shared_buffers=64MB".to_owned(),
            // The servers of a spread database ask one another.
            format!("max_connections={}", if servers_of_rows().is_some() { 800 } else { 200 }),
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            format!("unix_socket_directories={}", files.path().display()),
        ] {
            arguments.extend(setting(text));
        }
        if servers_of_rows().is_some() {
            arguments.extend(setting("shared_preload_libraries=citus".to_owned()));
            arguments.extend(setting("citus.shard_count=8".to_owned()));
            // Among themselves, on the loopback.
            arguments.extend(setting("citus.node_conninfo=sslmode=disable".to_owned()));
        }
        let start = Start {
            program: folder.join("postgres"),
            arguments,
            stop: if durable { "QUIT" } else { "INT" },
            user,
            log: files.path().join("log"),
            port,
        };
        let process = Mutex::new(Some(start.run()?));
        let base = format!("postgres://huis@127.0.0.1:{port}");
        Ok(Self { base, process, start, _files: files })
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
