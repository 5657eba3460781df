//! The export of a log, in chunks: it is read as of one instant and never stands in memory as a
//! whole.

use huis_kernel::Delay;
use huis_register::Power;
use huis_trace::{
    DayClosure, Hash, Leaf, Operation, Origin, SignedNote,
    export::{Exporter, Header},
};
use std::{
    io::{self, Read, Write},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::By;
use crate::{Huis, UseError, start::INSTALLATION};

/// Lines a chunk.
const LINES: u32 = 500;
/// Chunks that may wait for their reader.
const WAITING: usize = 4;

/// What an exporter writes into, emptied after each page.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The chunks of an export, read as a file is: in a thread that may wait.
pub(super) struct Chunks {
    waiting: Receiver<Vec<u8>>,
    left: io::Cursor<Vec<u8>>,
}

impl Chunks {
    pub(super) fn pair() -> (Sender<Vec<u8>>, Self) {
        let (send, waiting) = channel(WAITING);
        (send, Self { waiting, left: io::Cursor::default() })
    }
}

impl Read for Chunks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.left.read(into)?;
            if n > 0 || into.is_empty() {
                return Ok(n);
            }
            match self.waiting.blocking_recv() {
                Some(chunk) => self.left = io::Cursor::new(chunk),
                None => return Ok(0),
            }
        }
    }
}

impl Huis {
    /// The logs of a processing and of the installation.
    pub async fn trace_logs(&self, processing: &str) -> Result<Vec<String>, UseError> {
        self.processed(processing)?;
        let of = |log: &String| {
            let origin = log.parse::<Origin>();
            origin.is_ok_and(|o| o.processing() == processing || o.processing() == INSTALLATION)
        };
        Ok(self
            .caught_up()
            .await
            .logs()
            .await?
            .into_iter()
            .map(|(log, _)| log)
            .filter(of)
            .collect())
    }

    /// How long the lines of a log are kept. The installation's own log tells of every
    /// processing: it is kept as long as the longest.
    pub(super) fn trace_term(&self, processing: &str) -> Option<Delay> {
        if let Some(processed) = self.processed.get(processing) {
            return Some(processed.register.traces.keep);
        }
        let terms = self.processed.values().map(|p| p.register.traces.keep);
        terms.max_by_key(|t| (t.months, t.days)).filter(|_| processing == INSTALLATION)
    }

    /// Writes the export of one log of a processing, or of the installation: with the public key,
    /// all that an outsider needs to verify it.
    pub async fn export_trace(
        &self,
        by: By<'_>,
        processing: &str,
        log: &str,
        out: &mut (dyn Write + Send),
    ) -> Result<(), UseError> {
        self.allowed_by(by, processing, Power::Traces, Operation::TraceExport).await?;
        if !self.trace_logs(processing).await?.iter().any(|l| l == log) {
            return Err(UseError::NotFound);
        }
        let mut line = self.line_by(by, processing, Operation::TraceExport);
        line.detail.insert("journal".to_owned(), log.to_owned());
        self.trace(line).await?;
        let (send, mut chunks) = channel::<Vec<u8>>(WAITING);
        let copy = async move {
            while let Some(chunk) = chunks.recv().await {
                out.write_all(&chunk).map_err(|_| UseError::Internal("écriture de l’export"))?;
            }
            out.flush().map_err(|_| UseError::Internal("écriture de l’export"))
        };
        let (written, copied) = tokio::join!(self.write_export(log, send), copy);
        copied?;
        written
    }

    /// Sends the export of a log, chunk by chunk. It ends early, without fault, when nobody reads.
    pub(super) async fn write_export(
        &self,
        log: &str,
        to: Sender<Vec<u8>>,
    ) -> Result<(), UseError> {
        let fault = |_: io::Error| UseError::Internal("export");
        let origin: Origin = log.parse().map_err(|_| UseError::NotFound)?;
        let term = self.trace_term(origin.processing());
        let mut snapshot = self.caught_up().await.trace_snapshot().await?;
        let head = snapshot.head(log).await?.ok_or(UseError::NotFound)?;
        let header = Header { origin, key: self.log_key.clone(), exported_at: self.now(), term };
        let buffer = Buffer::default();
        let mut exporter = Exporter::begin(buffer.clone(), &header).map_err(fault)?;
        // Each day, then its lines; a day whose closure does not read leaves its lines without
        // one, and the verifier says so.
        let mut spans: Vec<(u64, u64)> = Vec::new();
        let mut next = 0;
        let mut days: Vec<Option<(SignedNote, bool)>> = Vec::new();
        for (_, closure, purged) in snapshot.days(log).await? {
            let Ok(note) = closure.parse::<SignedNote>() else { continue };
            let Ok(day) = DayClosure::open(&note, &self.log_key) else {
                days.push(Some((note, purged)));
                spans.push((next, next));
                continue;
            };
            if day.range.begin() > next {
                days.push(None);
                spans.push((next, day.range.begin()));
            }
            days.push(Some((note, purged)));
            let end = day.range.end();
            spans.push(if purged { (end, end) } else { (day.range.begin(), end) });
            next = end.max(next);
        }
        days.push(None);
        spans.push((next, u64::MAX));
        for (day, (mut from, end)) in days.into_iter().zip(spans) {
            if let Some((note, purged)) = &day {
                exporter.day(note, *purged).map_err(fault)?;
            }
            while from < end {
                let lines = snapshot.lines(log, from, end, LINES).await?;
                let Some((last, ..)) = lines.last() else { break };
                from = last.saturating_add(1);
                for (index, leaf, hash) in &lines {
                    let leaf = Leaf::from_bytes(leaf.clone());
                    exporter.line(*index, &leaf, Hash(*hash)).map_err(fault)?;
                }
                if to.send(buffer.take()).await.is_err() {
                    return Ok(());
                }
            }
        }
        exporter.end(head.parse::<SignedNote>().ok().as_ref()).map_err(fault)?;
        // A reader that has stopped has found what it needed.
        let _ = to.send(buffer.take()).await;
        Ok(())
    }
}
