//! A program that lives as long as its handle, and not a second longer than the test process:
//! even when the test is killed, nothing is left running on the machine.

use std::{
    fs::File,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::TestkitError;

/// Runs the program in a session of its own. A guard waits for the end of the supervisor's input,
/// which comes when the test drops the handle *or dies*, then ends the program by its id; what
/// the program had started (a browser) ends with its session.
const SUPERVISOR: &str = r#"
signal=$1; shift
exec 3<&0
setsid "$@" </dev/null 3<&- &
child=$!
(
  cat <&3 >/dev/null
  kill -s "$signal" "$child" 2>/dev/null
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    kill -0 "$child" 2>/dev/null || exit
    sleep 0.1
  done
  kill -s KILL "$child" 2>/dev/null
) &
wait "$child"
echo "ended by itself"
pkill -KILL -s "$child"
"#;

/// A supervised program.
pub(crate) struct Supervised {
    supervisor: Child,
    /// Its closing is the order to stop.
    input: Option<ChildStdin>,
    log: PathBuf,
    name: &'static str,
}

/// The user a server runs as when the tests run as root, which PostgreSQL refuses to serve.
#[derive(Clone, Copy)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Supervised {
    /// Starts `program` with its output in `log`.
    pub(crate) fn start(
        name: &'static str,
        program: &Path,
        arguments: &[String],
        stop: &str,
        user: Option<User>,
        log: &Path,
    ) -> Result<Self, TestkitError> {
        let out = File::create(log).map_err(TestkitError::io(format!("log of {name}")))?;
        let err = out.try_clone().map_err(TestkitError::io(format!("log of {name}")))?;
        let mut command = Command::new("sh");
        command
            .args(["-c", SUPERVISOR, name, stop])
            .arg(program)
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(err)
            // A test runner ends a slow test with a signal to its group: the supervisor must
            // outlive it, to clean up.
            .process_group(0);
        if let Some(user) = user {
            command.uid(user.uid).gid(user.gid);
        }
        let mut supervisor = command.spawn().map_err(TestkitError::io(name))?;
        let input = supervisor.stdin.take();
        Ok(Self { supervisor, input, log: log.to_owned(), name })
    }

    /// Asks `ready` until it gives something, for half a minute.
    pub(crate) fn wait_ready<T>(
        &self,
        mut ready: impl FnMut(&str) -> Option<T>,
    ) -> Result<T, TestkitError> {
        let started = Instant::now();
        loop {
            let log = self.log();
            if let Some(value) = ready(&log) {
                return Ok(value);
            }
            if started.elapsed() > Duration::from_secs(30) || log.contains("ended by itself") {
                let lines: Vec<&str> = log.lines().collect();
                let tail = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default();
                return Err(TestkitError::NotReady { what: self.name, log: tail.join("\n") });
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the program has printed so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        drop(self.input.take());
        // Nothing useful can be done here when the wait fails: the supervisor ends by itself.
        let _ = self.supervisor.wait();
    }
}
