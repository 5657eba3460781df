//! The offline verifier: an export and a public key, nothing else (I8, X-24). It recomputes
//! everything and goes on after a fault, to tell all that is wrong.

use huis_kernel::{Date, Delay, Instant, Zone};
use std::io::BufRead;

use crate::{
    DayClosure, Finding, Hash, Head, LogKey, Origin, Range, RestoredFrom, SignedNote,
    export::{Record, VERSIONS, read_line},
    leaf, merkle, purge, witness,
};

/// What is told of a log in which nothing is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The log.
    pub origin: Origin,
    /// How many lines it has had.
    pub size: u64,
    /// How many of them are there; the others were purged at their term.
    pub lines: u64,
    /// The closed days, purged ones included.
    pub closed_days: u64,
    /// The purged days.
    pub purged_days: u64,
    /// The last signed head; none when the log has no line.
    pub head: Option<Head>,
    /// Size of the last head that the witness holds.
    pub witnessed: Option<u64>,
    /// Heads of the witness that fall within a purged day: they cannot be recomputed.
    pub unprovable: u64,
    /// Days past their term that were not purged (X-23: the first past the term is gone).
    pub overdue: Vec<Date>,
    /// The restored log that this one continues.
    pub restored_from: Option<RestoredFrom>,
}

/// Verifies with what the export says of itself.
pub fn verify(export: impl BufRead, public_key: &LogKey) -> Result<Report, Vec<Finding>> {
    Verifier::new(public_key.clone()).verify(export)
}

/// The verifier, and what it is told beside the export.
#[derive(Debug, Clone)]
pub struct Verifier {
    key: LogKey,
    witness: Option<String>,
    now: Option<Instant>,
    term: Option<Delay>,
}

impl Verifier {
    /// A verifier by a public key.
    pub const fn new(key: LogKey) -> Self {
        Self { key, witness: None, now: None, term: None }
    }

    /// Checks also against the heads that the witness holds: truncation and rewriting are found.
    #[must_use]
    pub fn witnessed(mut self, heads: impl Into<String>) -> Self {
        self.witness = Some(heads.into());
        self
    }

    /// The present and the term, rather than what the export says: purges before the term are found
    /// even if the header lies.
    #[must_use]
    pub const fn term(mut self, term: Delay, now: Instant) -> Self {
        (self.term, self.now) = (Some(term), Some(now));
        self
    }

    /// Verifies an export.
    pub fn verify(self, mut export: impl BufRead) -> Result<Report, Vec<Finding>> {
        let mut record = Vec::new();
        let read = export.read_until(b'\n', &mut record).is_ok();
        let header = read.then(|| serde_json::from_slice(&record).ok()).flatten();
        let Some(Record::Header { v, origin, key, exported_at, term }) = header else {
            return Err(vec![Finding::Header]);
        };
        if !VERSIONS.contains(&v) {
            return Err(vec![Finding::Header]);
        }
        let Ok(origin) = origin.parse::<Origin>() else { return Err(vec![Finding::Header]) };
        let mut run = Run::new(origin, self.key, self.witness.as_deref());
        run.term = self.term.or(term).zip(Some(self.now.unwrap_or(exported_at)));
        if key != run.key.to_string() {
            run.found(Finding::OtherKey);
        }
        for no in 2.. {
            run.no = no;
            record.clear();
            match export.read_until(b'\n', &mut record) {
                Ok(0) => break,
                Ok(_) => {}
                Err(_) => {
                    run.found(Finding::Unreadable(no));
                    break;
                }
            }
            // Once a head has closed the export nothing may follow it.
            if run.head.is_some() {
                run.found(Finding::Misplaced(no));
                break;
            }
            let record = record.strip_suffix(b"\n").unwrap_or(&record);
            if let Some((i, h, leaf)) = read_line(record) {
                run.line(i, h, leaf);
                continue;
            }
            match serde_json::from_slice(record) {
                Ok(Record::Day { note, purged }) => run.day(&note, purged),
                Ok(Record::Line { i, h, leaf }) => run.line(i, h, leaf.as_bytes()),
                Ok(Record::Head { note }) => run.head(&note),
                Ok(Record::Header { .. }) => run.found(Finding::Misplaced(no)),
                Err(_) => run.found(Finding::Unreadable(no)),
            }
        }
        run.end()
    }
}

/// Beyond these, more findings tell nothing more.
const MOST: usize = 200;

/// A day whose lines are being read.
struct Reading {
    closure: DayClosure,
    /// The log before it.
    before: Option<Range>,
    /// Its lines as read; none once one is missing or moved, which was told already.
    read: Option<Range>,
}

struct Run {
    key: LogKey,
    term: Option<(Delay, Instant)>,
    no: u64,
    findings: Vec<Finding>,
    /// The log so far; none while a fault, told already, keeps it from being known.
    whole: Option<Range>,
    /// The next index.
    next: u64,
    reading: Option<Reading>,
    last_day: Option<Date>,
    closed: u64,
    /// Is there a line that was kept, in a closed day or in the open one?
    kept: bool,
    /// Has a line of the open day been read?
    open: bool,
    head: Option<Head>,
    /// The heads of the witness, by size, and how many of them are dealt with.
    witness: Vec<Head>,
    seen: usize,
    report: Report,
}

impl Run {
    fn new(origin: Origin, key: LogKey, witness: Option<&str>) -> Self {
        let (witness, findings) =
            witness::heads_of(&origin.to_string(), witness.unwrap_or_default(), &key);
        let witnessed = witness.last().map(|h| h.size);
        Self {
            key,
            term: None,
            no: 1,
            findings,
            whole: Some(Range::empty(0)),
            next: 0,
            reading: None,
            last_day: None,
            closed: 0,
            kept: false,
            open: false,
            head: None,
            witness,
            seen: 0,
            report: Report {
                origin,
                size: 0,
                lines: 0,
                closed_days: 0,
                purged_days: 0,
                head: None,
                witnessed,
                unprovable: 0,
                overdue: Vec::new(),
                restored_from: None,
            },
        }
    }

    fn found(&mut self, finding: Finding) {
        if self.findings.len() < MOST {
            self.findings.push(finding);
        }
    }

    fn day(&mut self, note: &str, purged: bool) {
        self.end_day();
        let closure = note.parse::<SignedNote>().and_then(|n| DayClosure::open(&n, &self.key));
        let Ok(closure) = closure else { return self.found(Finding::ClosureForged(self.no)) };
        if closure.origin != self.report.origin {
            return self.found(Finding::OtherLog(self.no));
        }
        let (day, begin, end) = (closure.day, closure.range.begin(), closure.range.end());
        if begin < self.next || self.open || self.last_day.is_some_and(|last| day <= last) {
            return self.found(Finding::DayOutOfOrder(day));
        }
        if begin > self.next {
            self.found(Finding::Missing { from: self.next, to: begin - 1 });
            (self.whole, self.next) = (None, begin);
        }
        // What the witness saw of these lines was dated no later than the day they are put in.
        let backdated = |h: &Head| h.size > begin && h.size <= end && utc_day(h.at) > day;
        if self.witness.iter().any(backdated) {
            self.found(Finding::Backdated(day));
        }
        (self.last_day, self.closed) = (Some(day), end);
        self.report.closed_days += 1;
        let past_term = self.term.map(|(term, now)| purge::past_term(day, term, now));
        if purged {
            self.report.purged_days += 1;
            if past_term == Some(false) {
                self.found(Finding::PurgedTooEarly(day));
            }
            if self.kept {
                self.found(Finding::PurgedOutOfOrder(day));
            }
            self.next = end;
            self.whole = self.whole.take().and_then(|w| joined(w, &closure.range));
            self.witness();
        } else {
            self.kept = true;
            if past_term == Some(true) {
                self.report.overdue.push(day);
            }
            let (before, read) = (self.whole.clone(), Some(Range::empty(begin)));
            self.reading = Some(Reading { closure, before, read });
        }
    }

    /// All that was to be read of a day has been.
    fn end_day(&mut self) {
        let Some(day) = self.reading.take() else { return };
        let end = day.closure.range.end();
        if self.next < end {
            self.found(Finding::Missing { from: self.next, to: end - 1 });
            self.next = end;
        } else if day.read.is_some_and(|read| read != day.closure.range) {
            self.found(Finding::DayChanged(day.closure.day));
        }
        // The signed closure, not what was read, leads on: a fault in one day hides none after it.
        self.whole = day.before.and_then(|before| joined(before, &day.closure.range));
        self.witness();
    }

    fn line(&mut self, index: u64, stored: Hash, leaf: &[u8]) {
        if self.reading.as_ref().is_some_and(|r| index >= r.closure.range.end()) {
            self.end_day();
        }
        if index != self.next {
            if let Some(reading) = &mut self.reading {
                reading.read = None;
            }
            if index < self.next {
                return self.found(Finding::OutOfOrder(index));
            }
            self.found(Finding::Missing { from: self.next, to: index - 1 });
            (self.whole, self.next) = (None, index);
        }
        let hash = merkle::leaf_hash(leaf);
        if hash != stored {
            self.found(Finding::Changed(index));
        }
        let day = self.reading.as_ref().map(|r| r.closure.day);
        match leaf::brief(leaf) {
            Ok((at, processing)) if processing == self.report.origin.processing() => {
                if let Some(day) = day.filter(|day| utc_day(at) > *day) {
                    self.found(Finding::Early { index, day });
                }
            }
            _ => self.found(Finding::Foreign(index)),
        }
        // Within a closed day the whole leads on from its closure: it follows line by line only where
        // a head of the witness is to be compared with it.
        let followed = match &self.reading {
            Some(reading) => self
                .witness
                .get(self.seen)
                .is_some_and(|head| head.size <= reading.closure.range.end()),
            None => true,
        };
        if let Some(whole) = self.whole.as_mut().filter(|_| followed) {
            whole.push(hash);
        }
        match &mut self.reading {
            Some(reading) => {
                if let Some(read) = &mut reading.read {
                    read.push(hash);
                }
            }
            None => self.open = true,
        }
        self.kept = true;
        self.report.lines += 1;
        self.next = index.saturating_add(1);
        self.witness();
    }

    /// Compares with the witness's heads up to here.
    fn witness(&mut self) {
        while let Some(head) = self.witness.get(self.seen).filter(|h| h.size <= self.next) {
            let here = self.whole.as_ref().filter(|w| w.end() == head.size).and_then(Range::root);
            match here {
                Some(root) if root == head.root => {}
                Some(_) => {
                    let finding = Finding::Rewritten(head.size);
                    self.found(finding);
                }
                None => self.report.unprovable += 1,
            }
            self.seen += 1;
        }
    }

    fn head(&mut self, note: &str) {
        self.end_day();
        let head = note.parse::<SignedNote>().and_then(|n| Head::open(&n, &self.key));
        let Ok(head) = head else { return self.found(Finding::HeadForged) };
        if head.origin != self.report.origin {
            return self.found(Finding::OtherLog(self.no));
        }
        if head.size != self.next {
            self.found(Finding::HeadSize { signed: head.size, found: self.next });
        } else if self.whole.as_ref().is_some_and(|w| w.root() != Some(head.root)) {
            self.found(Finding::HeadMismatch);
        }
        if head.closed != self.closed {
            self.found(Finding::ClosuresMissing { signed: head.closed, found: self.closed });
        }
        self.head = Some(head);
    }

    fn end(mut self) -> Result<Report, Vec<Finding>> {
        self.end_day();
        if self.head.is_none() && self.next > 0 {
            self.found(Finding::Unsigned(self.next));
        }
        if let Some(witnessed) = self.report.witnessed.filter(|w| *w > self.next) {
            self.found(Finding::Truncated { witnessed, found: self.next });
        }
        if !self.findings.is_empty() {
            return Err(self.findings);
        }
        let restored_from = self.head.as_ref().and_then(|h| h.restored_from.clone());
        Ok(Report { size: self.next, head: self.head, restored_from, ..self.report })
    }
}

fn joined(mut range: Range, next: &Range) -> Option<Range> {
    range.join(next).ok().map(|()| range)
}

fn utc_day(at: Instant) -> Date {
    at.date_in(&Zone::utc())
}
