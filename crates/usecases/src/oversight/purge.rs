//! The trace's own term: days are closed, and purged when all of their lines are past it.
//! Nobody can purge a younger one: the store takes only what the trace proves to be of age.

use huis_kernel::{Date, Delay, Zone};
use huis_trace::LineStore as _;
use huis_trace::{Log, Operation, Origin, SignedNote, Writer, purge::purge_plan};
use std::{collections::BTreeMap, sync::Arc};

use crate::{Huis, UseError, start::INSTALLATION};

/// A log whose open day is this old has no server any more: a living one closes its days.
const ABANDONED: Delay = Delay { months: 0, days: 3 };

/// What a purge did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PurgeReport {
    /// Days whose lines are gone.
    pub days: u64,
    /// Lines that are gone.
    pub lines: u64,
    /// Closed alerts that went with them.
    pub alerts: u64,
}

/// What was purged of one processing.
#[derive(Default)]
struct Purged {
    days: u64,
    lines: u64,
    last: Option<Date>,
}

impl Huis {
    /// Closes the days that are over: in this server's logs, and in those of servers that have
    /// stopped for good, whose last day nobody else would close.
    pub async fn close_days(&self) -> Result<(), UseError> {
        let today = self.now().date_in(&Zone::utc());
        self.caught_up().await;
        self.trace.close_days(today).await?;
        let signer = Arc::new(self.signer()?);
        for (log, _) in self.store.logs().await? {
            let Ok(origin) = log.parse::<Origin>() else { continue };
            if origin.writer() == self.server {
                continue;
            }
            let state = self.store.state(&origin).await?;
            let Some(open) = state.open_day().filter(|day| ABANDONED.after(*day) < today) else {
                continue;
            };
            // A server that came back, and is silent: its days are its own to close.
            let Some(_name) = self.store.claim(origin.writer()).await? else { continue };
            let rng = Arc::clone(&self.rng);
            match Log::open(Arc::clone(&signer), origin, state, rng) {
                Ok(log) => Writer::new([log])?.close_days(&self.store, today).await?,
                // An altered state is the verification's to tell; the other logs go on.
                Err(error) => tracing::error!(%error, %open, "journal d’un serveur arrêté"),
            }
        }
        Ok(())
    }

    /// Purges the days past their term, in every log, with the closed alerts that spoke of them.
    /// Traced by processing; what is left still verifies.
    pub async fn purge_traces(&self) -> Result<PurgeReport, UseError> {
        let now = self.now();
        let mut report = PurgeReport::default();
        let mut purged: BTreeMap<String, Purged> = BTreeMap::new();
        // The searches of a month are matched no more once its last line is past every term.
        if let Some(longest) = self.trace_term(INSTALLATION) {
            self.destroy_months(longest).await?;
        }
        for (log, _) in self.store.logs().await? {
            let Ok(origin) = log.parse::<Origin>() else { continue };
            let Some(term) = self.trace_term(origin.processing()) else { continue };
            let notes: Vec<SignedNote> = self
                .store
                .days(&log)
                .await?
                .into_iter()
                .filter(|(.., gone)| !gone)
                .map_while(|(_, note, _)| note.parse().ok())
                .collect();
            for day in purge_plan(&notes, &self.log_key, term, now) {
                let lines = self.store.purge_day(&day, now).await?;
                let of = purged.entry(origin.processing().to_owned()).or_default();
                of.days += 1;
                of.lines += lines;
                of.last = of.last.max(Some(day.day()));
            }
        }
        for (processing, of) in purged {
            report.days += of.days;
            report.lines += of.lines;
            if let Some(last) = of.last {
                let next = last.tomorrow().unwrap_or(last);
                let before = Zone::utc().start_of(next);
                report.alerts += self.store.forget_alerts(&processing, before).await?;
            }
            let mut line = self.job_line(&processing, "conservation", Operation::TracePurge);
            line.detail.insert("jours".to_owned(), of.days.to_string());
            line.detail.insert("lignes".to_owned(), of.lines.to_string());
            if let Some(last) = of.last {
                line.detail.insert("jusquau".to_owned(), last.to_string());
            }
            self.trace(line).await?;
        }
        Ok(report)
    }
}
