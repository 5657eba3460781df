//! A log written by the real writer into the store in memory, and its export.
#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    reason = "helpers of tests, of which each file uses its part"
)]

use huis_kernel::{AgentId, Date, DossierId, Instant, SeededRng, Zone};
use huis_trace::{
    Authority, Dossiers, Line, Log, LogKey, LogSigner, LogState, Operation, Origin, SectionFields,
    SignedNote, TraceError, Writer,
    export::{Exporter, Header},
    memory::{Kept, MemoryStore},
};
use std::sync::Arc;

pub const DAY: i64 = 24 * 3_600_000;

pub fn day(n: i64) -> Instant {
    Instant(1_735_689_600_000 + n * DAY)
}

pub fn date(n: i64) -> Date {
    day(n).date_in(&Zone::utc())
}

pub fn signer() -> LogSigner {
    LogSigner::from_seed("huis.exemple", &[7; 32]).unwrap()
}

pub fn key() -> LogKey {
    signer().public()
}

pub fn origin(processing: &str) -> Origin {
    Origin::new("huis.exemple", processing, "serveur-1").unwrap()
}

pub fn log(processing: &str, state: LogState) -> Log {
    let rng = Arc::new(SeededRng::new(state.size() + 1));
    Log::open(Arc::new(signer()), origin(processing), state, rng).unwrap()
}

pub fn writer(processings: &[&str]) -> Writer {
    Writer::new(processings.iter().map(|p| log(p, LogState::empty()))).unwrap()
}

/// A reading of one section, by one of a few agents.
pub fn line(at: Instant, n: u8) -> Line {
    let by = Authority::Agent { agent: AgentId::from_bytes([n % 5; 16]), grant: None };
    Line {
        dossiers: Dossiers::one(DossierId::from_bytes([n; 16])),
        sections: vec![SectionFields {
            section: "occupant".into(),
            occurrence: Some(1),
            fields: vec!["nom".into()],
        }],
        ..Line::new(at, by, "expulsion", "procedure", Operation::Read)
    }
}

/// Waits for what never really waits: the store in memory answers at once.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// One group commit.
pub fn write(writer: &mut Writer, store: &MemoryStore, lines: Vec<Line>) -> Result<(), TraceError> {
    now(writer.write(&store, lines)).map(drop)
}

/// A log of some days, so many commits of so many lines each, closed up to the last day.
pub struct Written {
    pub kept: Kept,
    /// The heads that the witness was sent.
    pub witness: String,
}

pub fn written(days: &[Vec<usize>]) -> Written {
    written_from(0, days)
}

/// The same, its lines about other dossiers.
pub fn written_from(first: u8, days: &[Vec<usize>]) -> Written {
    let (store, mut writer) = (MemoryStore::default(), writer(&["expulsion"]));
    let (mut n, mut witness) = (first, String::new());
    for (i, commits) in (0..).zip(days) {
        for count in commits.iter().filter(|c| **c > 0) {
            let lines = (0..*count).map(|k| {
                n = n.wrapping_add(1);
                line(day(i).plus_ms(k as i64 + 1), n)
            });
            write(&mut writer, &store, lines.collect()).unwrap();
            witness.extend(writer.heads().iter().map(huis_trace::witness::entry));
        }
    }
    Written { kept: store.kept(&origin("expulsion")), witness }
}

/// The export of what is kept, its first `purged` closed days without their lines.
pub fn export(kept: &Kept, purged: usize, exported_at: Instant) -> Vec<String> {
    let header = Header {
        origin: origin("expulsion"),
        key: key(),
        exported_at,
        term: Some("1 an".parse().unwrap()),
    };
    let mut out = Exporter::begin(Vec::new(), &header).unwrap();
    let mut next = 0;
    let mut lines = |out: &mut Exporter<Vec<u8>>, end: u64, write: bool| {
        for row in kept.rows.iter().filter(|r| r.index >= next && r.index < end && write) {
            out.line(row.index, &row.leaf, row.leaf.hash()).unwrap();
        }
        next = end;
    };
    for (i, closed) in kept.closures.iter().enumerate() {
        out.day(&closed.note, i < purged).unwrap();
        lines(&mut out, closed.closure.range.end(), i >= purged);
    }
    lines(&mut out, u64::MAX, true);
    let head: Option<SignedNote> = kept.state.as_ref().and_then(|s| s.head().cloned());
    let out = out.end(head.as_ref()).unwrap();
    String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
}
