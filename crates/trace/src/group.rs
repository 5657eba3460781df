//! Group commit: callers queue their lines, one task makes them durable. What waits while a
//! commit is under way joins the next one, so that a busy server pays one commit for many lines.
//!
//! The queue is bounded: when the store is slower than the callers, the callers wait. Nothing is
//! sequenced in memory and acknowledged before it is durable.

use huis_kernel::Date;
use std::{
    future::Future,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{Line, LineStore, NotACode, Receipt, SignedNote, TraceError, Writer};

/// How many requests may wait in the queue.
const WAITING: usize = 1024;
/// How many lines one commit takes at most, so that the first to wait is not kept waiting.
const LARGEST_GROUP: usize = 4096;

enum Request {
    Write(Vec<Line>, oneshot::Sender<Result<Vec<Receipt>, TraceError>>),
    CloseDays(Date, oneshot::Sender<Result<(), TraceError>>),
    End,
}

/// The way to the trace writer: cheap to clone, one for the whole process.
#[derive(Clone, Debug)]
pub struct Handle {
    queue: mpsc::Sender<Request>,
    heads: watch::Receiver<Vec<SignedNote>>,
}

impl Handle {
    /// Makes one line durable.
    pub async fn write(&self, line: Line) -> Result<Receipt, TraceError> {
        self.write_all(vec![line]).await?.pop().ok_or(TraceError::NotPersisted)
    }

    /// Makes lines durable, all or none, and gives their receipts in their order.
    pub async fn write_all(&self, lines: Vec<Line>) -> Result<Vec<Receipt>, TraceError> {
        // Checked here, so that a caller's faulty line does not fail the group it would join.
        lines.iter().try_for_each(Line::check).map_err(|e: NotACode| TraceError::from(e))?;
        let (answer, receipts) = oneshot::channel();
        let request = Request::Write(lines, answer);
        self.queue.send(request).await.map_err(|_| TraceError::Stopped)?;
        receipts.await.map_err(|_| TraceError::Stopped)?
    }

    /// Closes the days before `today` (in UTC) in every log.
    pub async fn close_days(&self, today: Date) -> Result<(), TraceError> {
        let (answer, done) = oneshot::channel();
        let request = Request::CloseDays(today, answer);
        self.queue.send(request).await.map_err(|_| TraceError::Stopped)?;
        done.await.map_err(|_| TraceError::Stopped)?
    }

    /// Ends the writer: what waits is written, what comes later is refused. The task then ends.
    pub async fn end(&self) {
        // A writer that has stopped already is what is asked for.
        let _ = self.queue.send(Request::End).await;
    }

    /// Is the writer there?
    pub fn is_alive(&self) -> bool {
        !self.queue.is_closed()
    }

    /// The last signed head of each log: what is sent to the witness.
    pub fn heads(&self) -> Vec<SignedNote> {
        self.heads.borrow().clone()
    }
}

/// The handle and the task behind it, which the server spawns. The task ends when every handle is
/// gone, or [`Handle::end`] was called, and all that waited is written.
pub fn group<S: LineStore + 'static>(
    store: S,
    writer: Writer,
) -> (Handle, impl Future<Output = ()> + Send) {
    group_measured(store, writer, |_, _| {})
}

/// The same; `measure` is told of each group: how many lines, and how long its commit took.
pub fn group_measured<S: LineStore + 'static>(
    store: S,
    writer: Writer,
    measure: impl Fn(usize, Duration) + Send,
) -> (Handle, impl Future<Output = ()> + Send) {
    let (queue, requests) = mpsc::channel(WAITING);
    let (heads, last) = watch::channel(writer.heads());
    (Handle { queue, heads: last }, run(store, writer, requests, heads, measure))
}

type Waiting = (usize, oneshot::Sender<Result<Vec<Receipt>, TraceError>>);

async fn run<S: LineStore>(
    store: S,
    mut writer: Writer,
    mut requests: mpsc::Receiver<Request>,
    heads: watch::Sender<Vec<SignedNote>>,
    measure: impl Fn(usize, Duration) + Send,
) {
    while let Some(first) = requests.recv().await {
        let (mut lines, mut waiting, mut closing) = (Vec::new(), Vec::<Waiting>::new(), Vec::new());
        let mut next = Some(first);
        while let Some(request) = next {
            match request {
                Request::Write(more, answer) => {
                    match more.iter().try_for_each(|line| writer.check(line)) {
                        Ok(()) => {
                            waiting.push((more.len(), answer));
                            lines.extend(more);
                        }
                        // The caller may have gone: an answer that nobody awaits is no fault.
                        Err(e) => {
                            let _ = answer.send(Err(e));
                        }
                    }
                }
                Request::CloseDays(today, answer) => closing.push((today, answer)),
                // What is in the queue is still given by `recv`, then it gives nothing more.
                Request::End => requests.close(),
            }
            next = if lines.len() < LARGEST_GROUP { requests.try_recv().ok() } else { None };
        }
        let (count, started) = (lines.len(), Instant::now());
        let written = writer.write(&store, lines).await;
        if count > 0 {
            measure(count, started.elapsed());
        }
        for (today, answer) in closing {
            let _ = answer.send(writer.close_days(&store, today).await);
        }
        // Heads go out before the receipts: who holds a receipt finds a head that covers it.
        heads.send_replace(writer.heads());
        answer(waiting, written);
    }
}

fn answer(waiting: Vec<Waiting>, written: Result<Vec<Receipt>, TraceError>) {
    match written {
        Ok(receipts) => {
            let mut receipts = receipts.into_iter();
            for (count, answer) in waiting {
                let _ = answer.send(Ok(receipts.by_ref().take(count).collect()));
            }
        }
        Err(e) => waiting.into_iter().for_each(|(_, answer)| {
            let _ = answer.send(Err(e));
        }),
    }
}
