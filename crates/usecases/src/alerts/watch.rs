//! The detectors at work: one for each processing and office, fed with every line once it is
//! durable. After a start they are fed the last weeks again, their drafts being left aside.

use huis_kernel::{AgentId, GrantId, Instant, OfficeId, Zone};
use huis_law::{Place, geo::Geo};
use huis_register::Security;
use huis_store::{offices::OfficeRow, traces::TraceFilter};
use huis_trace::{
    Dossiers, Leaf, Line, Operation, Receipt,
    alerts::{AlertDraft, Context, Detector, Hours, Parameters},
};
use std::collections::HashMap;

use super::{
    Raise,
    own::{OwnTokens, alone},
};
use crate::{Huis, UseError, index::month_of, start::INSTALLATION};

/// How far back what is usual is learnt anew after a start.
const LEARNT_MS: i64 = 28 * 86_400_000;
/// How many lines are read for it at most.
const LEARNT_LINES: u32 = 5_000;
/// How long an agent's own tokens are kept in memory.
const OWN_MS: i64 = 600_000;

/// What the program watches by, in memory.
#[derive(Debug, Default)]
pub struct Watch {
    detectors: HashMap<(String, OfficeId), Detector>,
    grants: HashMap<GrantId, (OfficeId, String)>,
    /// Until when, of which month of the trace, and what.
    own: HashMap<AgentId, (Instant, String, Vec<OwnTokens>)>,
}

/// By which grant a line was read: office and profile.
type Held = (OfficeId, Option<String>);

impl Huis {
    /// Feeds a durable line to the detectors. A fault here is reported to the operator and does
    /// not undo what was traced. An alert is written to the data: a caller that holds their write
    /// lock traces nothing that could raise one (an opening, a search, a refusal).
    pub(crate) async fn watch(&self, receipt: &Receipt, line: &Line) {
        if let Err(error) = self.watch_line(receipt, line).await {
            tracing::error!(%error, "surveillance des traces");
        }
    }

    async fn watch_line(&self, receipt: &Receipt, line: &Line) -> Result<(), UseError> {
        // An alert does not feed the detectors that raise alerts.
        let watched = line.authority.agent().is_some() || line.operation == Operation::SignInFailed;
        if !watched || matches!(line.operation, Operation::AlertRaised | Operation::AlertClosed) {
            return Ok(());
        }
        let Some((office, profile)) = self.held(line).await? else { return Ok(()) };
        let own = match line.authority.agent() {
            Some(agent) => self.own_of(office, agent, line).await?,
            None => Vec::new(),
        };
        let codes = self.own_codes(office, line, &own).await?;
        let closed_file = self.is_closed_file(office, line).await?;
        self.learn(office, receipt, line).await?;
        let context = Context {
            profile: profile.as_deref(),
            own_tokens: &codes,
            tokens: &codes,
            closed_file,
        };
        let key = (line.processing.clone(), office);
        let drafts = self.with_watch(|watch| {
            let detector = watch.detectors.get_mut(&key);
            detector.map(|d| d.feed(receipt.index(), line, &context)).unwrap_or_default()
        });
        for draft in drafts {
            self.raise_draft(office, line, draft).await?;
        }
        Ok(())
    }

    async fn raise_draft(
        &self,
        office: OfficeId,
        line: &Line,
        draft: AlertDraft,
    ) -> Result<(), UseError> {
        let (first, last) = (draft.first, draft.last);
        let lines = if first == last {
            format!("trace n° {first}")
        } else if last < first {
            // The first one is in the log of another server, or of before a start.
            format!("dernière trace n° {last}")
        } else {
            format!("traces n° {first} à {last}")
        };
        self.raise(Raise {
            office,
            processing: &line.processing,
            rule: draft.rule.code(),
            agent: draft.agent,
            at: draft.at,
            summary: format!("{} ({lines})", draft.summary.trim_end_matches('.')),
            dossiers: Dossiers::None,
        })
        .await?;
        Ok(())
    }

    fn with_watch<T>(&self, f: impl FnOnce(&mut Watch) -> T) -> T {
        f(&mut self.alerts.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// In which office, by which profile. A line without a grant is that of the first office in
    /// which its agent has one, or of the first office: an installation has one today.
    async fn held(&self, line: &Line) -> Result<Option<Held>, UseError> {
        if let huis_trace::Authority::Agent { agent, grant } = &line.authority {
            let known = grant.and_then(|id| self.with_watch(|w| w.grants.get(&id).cloned()));
            if let Some((office, profile)) = known {
                return Ok(Some((office, Some(profile))));
            }
            let rows = self.store.grants_of(*agent).await?;
            self.with_watch(|w| {
                w.grants.extend(rows.iter().map(|g| (g.id, (g.office, g.profile.clone()))));
            });
            if let Some(row) = rows.iter().find(|g| Some(g.id) == *grant) {
                return Ok(Some((row.office, Some(row.profile.clone()))));
            }
            if let Some(row) = rows.first() {
                return Ok(Some((row.office, None)));
            }
        }
        Ok(self.store.offices().await?.first().map(|o| (o.office, None)))
    }

    async fn own_of(
        &self,
        office: OfficeId,
        agent: AgentId,
        line: &Line,
    ) -> Result<Vec<OwnTokens>, UseError> {
        let looks = matches!(line.operation, Operation::Search | Operation::ArchiveSearch);
        if !looks && !line.operation.opens() {
            return Ok(Vec::new());
        }
        let now = self.now();
        let month = month_of(line.at);
        let known = self.with_watch(|w| {
            let (until, of, own) = w.own.get(&agent)?;
            (now < *until && *of == month).then(|| own.clone())
        });
        if let Some(own) = known {
            return Ok(own);
        }
        let own = self.own_tokens(office, agent, line.at).await?;
        self.with_watch(|w| {
            w.own.retain(|_, (until, ..)| now < *until);
            w.own.insert(agent, (now.plus_ms(OWN_MS), month, own.clone()));
        });
        Ok(own)
    }

    async fn is_closed_file(&self, office: OfficeId, line: &Line) -> Result<bool, UseError> {
        match (line.operation, alone(line)) {
            (Operation::ArchiveRead, _) => Ok(true),
            (Operation::Print | Operation::Letter | Operation::Export, Some(one)) => {
                let cards = self.store.cards(office, &[one]).await?;
                Ok(cards.iter().any(|c| c.closed_on.is_some()))
            }
            _ => Ok(false),
        }
    }

    /// Makes the detector of a processing and office on its first line after a start.
    async fn learn(
        &self,
        office: OfficeId,
        receipt: &Receipt,
        line: &Line,
    ) -> Result<(), UseError> {
        let key = (line.processing.clone(), office);
        if self.with_watch(|w| w.detectors.contains_key(&key)) {
            return Ok(());
        }
        let mut detector = Detector::new(self.detector_parameters(office, &line.processing).await?);
        let filter = TraceFilter {
            processings: vec![line.processing.clone()],
            since: Some(self.now().plus_ms(-LEARNT_MS)),
            ..TraceFilter::default()
        };
        let log = receipt.origin().to_string();
        let past = self.store.trace_page(&filter, LEARNT_LINES).await?;
        for row in past.into_iter().rev() {
            // This line and those after it are fed by themselves.
            if row.place.log == log && row.place.index >= receipt.index() {
                continue;
            }
            let Ok(old) = Leaf::from_bytes(row.leaf).line() else { continue };
            if old.authority.agent().is_none() {
                continue;
            }
            let Some((of, profile)) = self.held(&old).await? else { continue };
            if of == office {
                let closed_file = old.operation == Operation::ArchiveRead;
                let context =
                    Context { profile: profile.as_deref(), closed_file, ..Context::default() };
                detector.feed(row.place.index, &old, &context);
            }
        }
        self.with_watch(|w| {
            w.detectors.entry(key).or_insert(detector);
        });
        Ok(())
    }

    /// The thresholds that the register sets. The installation's own log has the strictest.
    async fn detector_parameters(
        &self,
        office: OfficeId,
        processing: &str,
    ) -> Result<Parameters, UseError> {
        let offices = self.store.offices().await?;
        let office = offices.into_iter().find(|o| o.office == office).ok_or(UseError::NotFound)?;
        let of: Vec<&Security> = self
            .processed
            .values()
            .map(|p| &p.register)
            .filter(|r| processing == INSTALLATION || r.id == processing)
            .map(|r| &r.security)
            .collect();
        let usual = Parameters::default();
        let least = |value: fn(&Security) -> u32| of.iter().map(|s| value(s)).min();
        Ok(Parameters {
            opened_per_hour: least(|s| s.alert_volume_per_hour).unwrap_or(usual.opened_per_hour),
            refusals: least(|s| s.alert_refusals).unwrap_or(usual.refusals),
            walk: least(|s| s.alert_walk).unwrap_or(usual.walk),
            hours: of.first().map(|s| self.hours(&office, s)),
            ..usual
        })
    }

    /// The office's hours, with the public holidays of its chief town.
    fn hours(&self, office: &OfficeRow, security: &Security) -> Hours {
        let zone = Zone::named(&office.zone).unwrap_or_else(Zone::utc);
        let minute = |(hour, minute): (u8, u8)| u16::from(hour) * 60 + u16::from(minute);
        let (from, to) = security.working_hours;
        let seat = Geo::embedded().departement(&office.departement).map_or("", |d| d.seat);
        let place = Place { commune: seat.to_owned(), good_friday: false };
        let law = self.law();
        let year = self.now().date_in(&zone).year();
        let years = year.saturating_sub(1)..=year.saturating_add(2);
        let closed = years.flat_map(|y| law.holidays(y, &place)).map(|(day, _)| day).collect();
        Hours { zone, from: minute(from), to: minute(to), week_ends: false, closed }
    }
}
