//! How this server stands: its figures, whether it is ready to serve, and how it stops without
//! leaving anything half done.

use huis_kernel::{Instant, Zone};
use huis_measures::{Measures, Part, Pool, State};
use huis_trace::{Authority, Line, Operation};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant as Ticks, timeout},
};

use crate::{Huis, UseError, backup::Done, start::INSTALLATION};

/// How long a store may take to answer before the server is not ready.
const ANSWER: Duration = Duration::from_secs(3);
/// For how long an answer to « is this server ready? » holds: anyone may ask, as often as they like.
const HOLDS: Duration = Duration::from_secs(1);

/// Whether the server stops, its trace writer, and what was last found of its readiness.
pub(crate) struct Standing {
    stopping: watch::Sender<bool>,
    writer: Mutex<Option<JoinHandle<()>>>,
    found: tokio::sync::Mutex<Option<(Ticks, Vec<Part>)>>,
}

impl Standing {
    pub(crate) fn new(writer: JoinHandle<()>) -> Self {
        Self {
            stopping: watch::Sender::new(false),
            writer: Mutex::new(Some(writer)),
            found: tokio::sync::Mutex::new(None),
        }
    }
}

impl Huis {
    /// The figures of this server.
    pub fn measures(&self) -> &Measures {
        &self.measures
    }

    /// The figures as text, with how things stand now. A store that does not answer leaves its
    /// counts at nought, and the figure of readiness says why.
    pub async fn figures(&self) -> String {
        let missing = self.missing().await;
        let mut state = timeout(ANSWER, self.state()).await.ok().and_then(Result::ok);
        let state = state.get_or_insert_default();
        state.missing = missing;
        state.hashes = self.sign_in.hashes();
        let pools = self.store.connections().into_iter();
        state.pools = pools
            .map(|c| Pool { store: c.store, open: c.open, idle: c.idle, most: c.most })
            .collect();
        self.measures.render(state)
    }

    async fn state(&self) -> Result<State, UseError> {
        let now = self.now();
        let office = self.store.offices().await?.into_iter().next();
        let zone = office.and_then(|o| Zone::named(&o.zone)).unwrap_or_else(Zone::utc);
        let waiting = self.store.waiting(now, now.date_in(&zone)).await?;
        let continuity = self.continuity().await?;
        let batches = waiting.import_batches.saturating_mul(u64::from(crate::imports::BATCH));
        Ok(State {
            outbox: waiting.outbox,
            keys_ahead: self.store.free_slots().await?,
            sweep_due: waiting.sweep_due,
            mails_waiting: waiting.mails_waiting,
            mails_dead: waiting.mails_dead,
            imports: waiting.imports,
            import_rows: waiting.import_rows,
            import_done: batches.min(waiting.import_rows),
            alerts: waiting.alerts,
            sessions: waiting.sessions,
            backup_age: age(now, continuity.backup.as_ref()),
            drill_age: age(now, continuity.drill.as_ref()),
            ..State::default()
        })
    }

    /// Is this server ready to serve? What is missing is told to the log, and to nobody else.
    pub async fn is_ready(&self) -> bool {
        self.missing().await.is_empty()
    }

    /// Does the part that everything shown waits for live? What is not alive is started again.
    pub fn is_alive(&self) -> bool {
        self.trace.is_alive()
    }

    /// The parts that are not ready; looked at once a second, however many ask.
    async fn missing(&self) -> Vec<Part> {
        let mut found = self.standing.found.lock().await;
        if let Some((at, parts)) = found.as_ref()
            && at.elapsed() < HOLDS
        {
            return parts.clone();
        }
        let mut parts = Vec::new();
        if self.is_stopping() {
            parts.push(Part::Running);
        }
        if !self.trace.is_alive() {
            parts.push(Part::Trace);
        }
        match timeout(ANSWER, self.missing_of_stores()).await {
            Ok(Ok(more)) => parts.extend(more),
            Ok(Err(_)) | Err(_) => parts.push(Part::Database),
        }
        for part in &parts {
            let (what, mend) = part.mend();
            tracing::warn!(manque = what, remede = mend, "ce serveur n’est pas prêt");
        }
        *found = Some((Ticks::now(), parts.clone()));
        parts
    }

    async fn missing_of_stores(&self) -> Result<Vec<Part>, UseError> {
        let mut parts = Vec::new();
        self.store.answers().await?;
        if !self.store.schema_is_ours().await? {
            parts.push(Part::Schema);
        }
        if self.store.free_slots().await? == 0 && self.keep_keys_ahead().await.is_err() {
            parts.push(Part::Keys);
        }
        let Some(office) = self.store.offices().await?.into_iter().next() else {
            return Ok(parts);
        };
        let today = self.today(&office);
        for processed in self.processed.values() {
            // One that came into force since this server started, as at the start.
            let versions = self.store.register_versions(&processed.register.id).await?;
            let current = versions.iter().find(|v| v.in_force <= today);
            if current.is_some_and(|v| v.sha256 != processed.register.sha256) {
                parts.push(Part::Register);
            }
        }
        Ok(parts)
    }

    /// The server stops: it is no longer ready, and its works end at their next batch.
    pub fn begin_stop(&self) {
        self.standing.stopping.send_replace(true);
    }

    /// Has the server begun to stop?
    pub fn is_stopping(&self) -> bool {
        *self.standing.stopping.borrow()
    }

    /// Waits until the server begins to stop.
    pub async fn until_stop(&self) {
        // The sender is here: it does not go before its waiter.
        let _ = self.standing.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// The end of a server, once nobody is served any more: its leases go, so that another takes its
    /// works over at once; its stop is the last line of its logs; and the stores are closed.
    pub async fn stop(&self) -> Result<(), UseError> {
        self.begin_stop();
        self.caught_up().await.take_from_outbox(&self.chained.take()).await?;
        self.store.release_all(&self.server).await?;
        let stop = Line::new(
            self.now(),
            Authority::System,
            INSTALLATION,
            "administration",
            Operation::Stop,
        );
        let traced = self.receipt(stop).await;
        self.trace.end().await;
        let writer = self.standing.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // It writes what waits, and lets its name go.
            let _ = writer.await;
        }
        self.store.close().await;
        traced.map(|_| ())
    }
}

fn age(now: Instant, done: Option<&Done>) -> Option<Duration> {
    let done = done.filter(|d| d.well)?;
    Some(Duration::from_millis(u64::try_from(now.0 - done.at.0).unwrap_or(0)))
}
