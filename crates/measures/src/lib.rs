//! What the program tells of itself in figures, for whoever watches over it: counts and times, in
//! the text form that Prometheus reads.
//!
//! No personal datum by construction (I13): the names of the labels stand in [`LABELS`], and each of
//! their values comes from a list that the program holds (a route's template, a status, a part of
//! the program), never from a request, a row or a file.

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

mod state;

pub use state::{Part, Pool, State};

/// Every label that a figure may bear.
pub const LABELS: [&str; 12] = [
    "route", "method", "status", "job", "outcome", "part", "store", "kind", "state", "version",
    "engine", "le",
];

/// Seconds: from what a page takes to what a person no longer waits for.
const SECONDS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Lines of the trace that one commit takes.
const LINES: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 256.0, 1024.0, 4096.0];

/// The media type of what [`Measures::render`] gives.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How a page was asked for. What is no method of ours is `other`: a label is never what a visitor
/// wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(missing_docs, reason = "names of HTTP")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Other,
}

impl Method {
    /// By its name.
    pub fn named(name: &str) -> Self {
        match name {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            _ => Self::Other,
        }
    }
}

/// The program's own works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum Job {
    /// The day's: terms, retention, closing of the trace.
    Day,
    /// Imports under way.
    Import,
    /// The daily backup.
    Backup,
    /// Mails that leave.
    Mail,
    /// Lines of the trace that wait.
    Outbox,
    /// Keys ahead, and their second place.
    Keys,
    /// Sessions that are over.
    Sessions,
    /// The trace's heads to the witness.
    Witness,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Outcome {
    Done,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Swept {
    Archived,
    Destroyed,
    Gone,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRequest {
    route: String,
    method: Method,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRoute {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByJob {
    job: Job,
    outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BySwept {
    kind: Swept,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByPart {
    part: Part,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByPool {
    store: &'static str,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByKind {
    kind: &'static str,
}

/// What a sweep of the retention terms did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Units moved to the archive.
    pub archived: u64,
    /// Units whose key was destroyed.
    pub destroyed: u64,
    /// Dossiers of which nothing is left.
    pub gone: u64,
    /// Dossiers that could not be swept.
    pub failed: u64,
}

type Seconds = Gauge<f64, AtomicU64>;
type OfRoute = Family<ByRoute, Histogram, fn() -> Histogram>;

/// The figures of this process.
pub struct Measures {
    registry: Registry,
    requests: Family<ByRequest, Counter>,
    request_time: OfRoute,
    group_lines: Histogram,
    group_time: Histogram,
    jobs: Family<ByJob, Counter>,
    sweeps: Counter,
    swept: Family<BySwept, Counter>,
    ready: Family<ByPart, Gauge>,
    outbox: Gauge,
    keys_ahead: Gauge,
    sweep_due: Gauge,
    mails: Family<ByKind, Gauge>,
    imports: Gauge,
    import_rows: Family<ByKind, Gauge>,
    ages: Family<ByKind, Seconds>,
    pools: Family<ByPool, Gauge>,
    alerts: Gauge,
    sessions: Gauge,
    hashes: Counter,
    resident: Gauge,
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Measures {
    /// None yet. `version` is the program's, `engine` that of its database.
    pub fn new(version: &'static str, engine: &'static str) -> Self {
        let mut registry = Registry::with_prefix("huis");
        let build = Info::new([("version", version), ("engine", engine)]);
        registry.register("build", "The program that runs", build);
        let m = Self {
            requests: Family::default(),
            request_time: Family::new_with_constructor(seconds),
            group_lines: Histogram::new(LINES),
            group_time: seconds(),
            jobs: Family::default(),
            sweeps: Counter::default(),
            swept: Family::default(),
            ready: Family::default(),
            outbox: Gauge::default(),
            keys_ahead: Gauge::default(),
            sweep_due: Gauge::default(),
            mails: Family::default(),
            imports: Gauge::default(),
            import_rows: Family::default(),
            ages: Family::default(),
            pools: Family::default(),
            alerts: Gauge::default(),
            sessions: Gauge::default(),
            hashes: Counter::default(),
            resident: Gauge::default(),
            registry: Registry::default(),
        };
        let r = &mut registry;
        r.register("requests", "Requests answered, by route and status", m.requests.clone());
        let (time, unit) = (m.request_time.clone(), Unit::Seconds);
        r.register_with_unit("request", "Time to answer a request", unit, time);
        r.register(
            "trace_group_lines",
            "Lines one commit of the trace took",
            m.group_lines.clone(),
        );
        let (time, unit) = (m.group_time.clone(), Unit::Seconds);
        r.register_with_unit("trace_commit", "Time of one commit of the trace", unit, time);
        r.register("jobs", "Turns of the program's own works", m.jobs.clone());
        r.register("sweeps", "Sweeps of the retention terms", m.sweeps.clone());
        r.register("swept", "What the sweeps did", m.swept.clone());
        r.register("ready", "Is this part of the program ready? 1 or 0", m.ready.clone());
        r.register("trace_outbox", "Lines that wait for the trace", m.outbox.clone());
        r.register("keys_ahead", "Keys ready for new dossiers", m.keys_ahead.clone());
        r.register("sweep_due", "Retention units past their term", m.sweep_due.clone());
        r.register("mails", "Mails, by where they stand", m.mails.clone());
        r.register("imports_under_way", "Imports under way", m.imports.clone());
        let rows = m.import_rows.clone();
        r.register("import_rows", "Rows of the imports under way", rows);
        let (ages, unit) = (m.ages.clone(), Unit::Seconds);
        r.register_with_unit("last", "Age of the last backup, of the last drill", unit, ages);
        r.register("pool_connections", "Connections to the stores", m.pools.clone());
        r.register("alerts_open", "Alerts that someone must close", m.alerts.clone());
        r.register("sessions_open", "Sessions that are not over", m.sessions.clone());
        let hashes = m.hashes.clone();
        r.register("password_hashes", "Password hashes asked of sign-in", hashes);
        let (resident, unit) = (m.resident.clone(), Unit::Bytes);
        r.register_with_unit("resident", "Memory of the process", unit, resident);
        Self { registry, ..m }
    }

    /// A request was answered. `route` is the template of its address, one of the program's own:
    /// never the address.
    pub fn request(&self, route: &str, method: Method, status: u16, took: Duration) {
        let route = route.to_owned();
        self.request_time
            .get_or_create(&ByRoute { route: route.clone() })
            .observe(took.as_secs_f64());
        self.requests.get_or_create(&ByRequest { route, method, status }).inc();
    }

    /// The trace writer made a group of lines durable, or tried.
    pub fn group(&self, lines: usize, took: Duration) {
        self.group_lines.observe(u32::try_from(lines).map_or(f64::MAX, f64::from));
        self.group_time.observe(took.as_secs_f64());
    }

    /// A work of the program had its turn.
    pub fn job(&self, job: Job, done: bool) {
        let outcome = if done { Outcome::Done } else { Outcome::Failed };
        self.jobs.get_or_create(&ByJob { job, outcome }).inc();
    }

    /// A sweep is over.
    pub fn sweep(&self, sweep: Sweep) {
        self.sweeps.inc();
        for (kind, n) in [
            (Swept::Archived, sweep.archived),
            (Swept::Destroyed, sweep.destroyed),
            (Swept::Gone, sweep.gone),
            (Swept::Failed, sweep.failed),
        ] {
            self.swept.get_or_create(&BySwept { kind }).inc_by(n);
        }
    }

    /// The figures as text, with how things stand now.
    pub fn render(&self, now: &State) -> String {
        self.outbox.set(whole(now.outbox));
        self.keys_ahead.set(whole(now.keys_ahead));
        self.sweep_due.set(whole(now.sweep_due));
        self.imports.set(whole(now.imports));
        self.alerts.set(whole(now.alerts));
        self.sessions.set(whole(now.sessions));
        self.hashes.inner().store(now.hashes, Ordering::Relaxed);
        self.resident.set(whole(resident()));
        for (kind, n) in [("waiting", now.mails_waiting), ("given_up", now.mails_dead)] {
            self.mails.get_or_create(&ByKind { kind }).set(whole(n));
        }
        for (kind, n) in [("all", now.import_rows), ("done", now.import_done)] {
            self.import_rows.get_or_create(&ByKind { kind }).set(whole(n));
        }
        for (kind, age) in [("backup", now.backup_age), ("drill", now.drill_age)] {
            // What never was has no age: an alert on its absence is the watcher's.
            if let Some(age) = age {
                self.ages.get_or_create(&ByKind { kind }).set(age.as_secs_f64());
            }
        }
        for part in Part::ALL {
            let ready = i64::from(!now.missing.contains(&part));
            self.ready.get_or_create(&ByPart { part }).set(ready);
        }
        for pool in &now.pools {
            let store = pool.store;
            for (state, n) in [("open", pool.open), ("idle", pool.idle), ("most", pool.most)] {
                self.pools.get_or_create(&ByPool { store, state }).set(i64::from(n));
            }
        }
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

fn whole(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// What the process holds in memory, where the system says it; else 0.
fn resident() -> u64 {
    let kib = std::fs::read_to_string("/proc/self/status").ok().and_then(|text| {
        let line = text.lines().find(|l| l.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    });
    kib.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn filled() -> String {
        let m = Measures::new("0.0.0", "sqlite");
        let took = Duration::from_millis(3);
        m.request("/dossiers/{number}", Method::named("GET"), 200, took);
        m.request("/dossiers/{number}", Method::named("MARTIN"), 404, took);
        m.group(12, took);
        m.job(Job::Day, true);
        m.job(Job::Backup, false);
        m.sweep(Sweep { destroyed: 2, ..Sweep::default() });
        m.render(&State {
            outbox: 4,
            hashes: 9,
            missing: vec![Part::Keys],
            backup_age: Some(Duration::from_secs(90)),
            pools: vec![Pool { store: "data", open: 3, idle: 1, most: 12 }],
            ..State::default()
        })
    }

    /// Each `name="value"` of a text.
    fn labels(text: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            let Some(rest) = line.split_once('{').map(|(_, r)| r) else { continue };
            // A route's template holds braces: the labels end at the last one.
            let inside = rest.rsplit_once('}').unwrap().0;
            for pair in inside.split("\",") {
                let (name, value) = pair.split_once("=\"").unwrap();
                out.push((name.to_owned(), value.trim_end_matches('"').to_owned()));
            }
        }
        out
    }

    #[test]
    fn figures_are_told_in_the_form_that_prometheus_reads() {
        let text = filled();
        for line in [
            r#"huis_requests_total{route="/dossiers/{number}",method="Get",status="200"} 1"#,
            "huis_trace_group_lines_sum 12.0",
            r#"huis_jobs_total{job="Backup",outcome="Failed"} 1"#,
            r#"huis_swept_total{kind="Destroyed"} 2"#,
            "huis_trace_outbox 4",
            "huis_password_hashes_total 9",
            r#"huis_ready{part="Keys"} 0"#,
            r#"huis_ready{part="Database"} 1"#,
            r#"huis_last_seconds{kind="backup"} 90.0"#,
            r#"huis_pool_connections{store="data",state="open"} 3"#,
            r#"huis_build_info{version="0.0.0",engine="sqlite"} 1"#,
            "# EOF",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is not in:\n{text}");
        }
        assert!(!text.contains("kind=\"drill\""), "what never was has no age");
    }

    /// I13: the names of the labels are a closed list, and a visitor's word is not a value.
    #[test]
    fn labels_are_a_closed_list_i13() {
        let names: BTreeSet<String> = labels(&filled()).into_iter().map(|(name, _)| name).collect();
        for name in &names {
            assert!(LABELS.contains(&name.as_str()), "{name} is not in the list");
        }
        assert!(names.len() > 8, "{names:?}");
        assert!(!filled().contains("MARTIN"));
    }
}
