//! A person's calendar of deadlines: numbers and names of deadlines, behind a secret link that
//! its owner makes and revokes, and that dies with their grants or account.

mod ics;

use huis_access::Grant;
use huis_accounts::{Token, TokenUse};
use huis_kernel::{AgentId, Date, Delay, DossierId, Instant, OfficeId};
use huis_register::Power;
use huis_store::lists::TermDue;
use huis_trace::{Authority, Dossiers, Line, Operation};
use std::collections::{BTreeMap, BTreeSet};

use crate::{Caller, Huis, Processed, UseError, caller::grant_of, partners::partners_on};
use ics::Event;

/// How far back, and ahead, the calendar goes.
const BACK: i64 = 60;
const AHEAD: Delay = Delay { months: 24, days: 0 };
/// How many deadlines it holds.
const HELD: u32 = 1_000;
/// How often one link is read within an hour: calendars ask every few minutes at most.
const READS_AN_HOUR: u32 = 30;
const HOUR_MS: i64 = 3_600_000;

/// Where calendars read it.
pub const PLACE: &str = "/agenda";

/// Where a link's calendar is.
pub fn path(link: &str) -> String {
    format!("{PLACE}/{link}.ics")
}

/// Where one's link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feed {
    /// When it was made.
    pub made: Instant,
    /// When it was last read.
    pub read: Option<Instant>,
}

/// What a link answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agenda {
    /// The calendar (RFC 5545).
    Calendar(String),
    /// It is read too often: come back later.
    TooOften,
    /// There is no such link, or nothing is behind it any more.
    Nothing,
}

impl Huis {
    /// One's own link.
    pub async fn my_feed(&self, caller: &Caller) -> Result<Option<Feed>, UseError> {
        let found = self.store.feed_of(caller.actor.agent).await?;
        Ok(found.map(|f| Feed { made: f.made_at, read: f.read_at }))
    }

    /// Makes a link in place of the one before; the only time that it is told.
    pub async fn make_feed(&self, caller: &Caller) -> Result<String, UseError> {
        let token = Token::random(&*self.rng);
        let hash = *token.hash(TokenUse::Feed).as_bytes();
        let (agent, office) = (caller.actor.agent, caller.office.office);
        self.trace_feed(caller, "fait").await?;
        self.store.set_feed(agent, office, hash, caller.now).await?;
        Ok(token.to_text())
    }

    /// Revokes one's link: it opens nothing from now on.
    pub async fn end_feed(&self, caller: &Caller) -> Result<(), UseError> {
        if self.store.end_feed(caller.actor.agent).await? {
            self.trace_feed(caller, "retire").await?;
        }
        Ok(())
    }

    async fn trace_feed(&self, caller: &Caller, what: &str) -> Result<(), UseError> {
        let Some(id) = self.processed.keys().find(|id| caller.grants(id).next().is_some()) else {
            return Err(UseError::NotFound);
        };
        let mut line = self.line(caller, id, Operation::FeedChanged);
        line.detail.insert("agenda".to_owned(), what.to_owned());
        self.trace(line).await?;
        Ok(())
    }

    /// The calendar behind a link, as the grants of its owner stand now. Traced.
    pub async fn agenda(&self, link: &str, address: &str) -> Result<Agenda, UseError> {
        let Some(token) = Token::parse(link) else { return Ok(Agenda::Nothing) };
        let hash = *token.hash(TokenUse::Feed).as_bytes();
        let Some(feed) = self.store.feed(hash).await? else { return Ok(Agenda::Nothing) };
        if !self.within_hour(hash).await? {
            return Ok(Agenda::TooOften);
        }
        let owner = self.store.agent(feed.agent).await?;
        let offices = self.store.offices().await?;
        let office = offices.into_iter().find(|o| o.office == feed.office);
        let (Some(office), true) = (office, owner.is_some_and(|a| a.state == "active")) else {
            return Ok(Agenda::Nothing);
        };
        let today = self.today(&office);
        let settings = self.store.settings(office.office).await?;
        let partners_on = partners_on(&settings);
        let grants = self.store.grants_of(feed.agent).await?;
        let grants: Vec<Grant> = grants
            .into_iter()
            .map(grant_of)
            .filter(|g| g.in_force(today) && g.office == office.office)
            .collect();
        let mut events = Vec::new();
        let mut reached = false;
        for processed in self.processed.values() {
            let own = grants.iter().filter(|g| g.processing == processed.register.id);
            let mut terms = BTreeMap::new();
            let mut lead = None;
            for grant in own {
                if let Some(found) =
                    self.followed(processed, office.office, grant, today, partners_on).await?
                {
                    lead = lead.or(Some(grant.id));
                    terms.extend(
                        found
                            .into_iter()
                            .map(|t| ((t.due, t.card.number.digits(), t.rule.clone()), t)),
                    );
                }
            }
            if lead.is_none() {
                continue;
            }
            reached = true;
            let shown: BTreeSet<DossierId> = terms.values().map(|t| t.card.dossier).collect();
            self.trace_agenda(processed, feed.agent, lead, address, shown).await?;
            events.extend(terms.into_values().map(|t| Event {
                id: format!("{}-{}", t.card.number, t.rule),
                on: t.due,
                summary: format!(
                    "{}\u{a0}: {}",
                    t.card.number,
                    processed.rules.term_label(&t.rule)
                ),
            }));
        }
        if !reached {
            return Ok(Agenda::Nothing);
        }
        self.store.feed_read(feed.agent, self.now()).await?;
        Ok(Agenda::Calendar(ics::write(&events, self.now())))
    }

    /// The deadlines that a grant lets its holder follow: its lists, or what is asked of them.
    async fn followed(
        &self,
        processed: &Processed,
        office: OfficeId,
        grant: &Grant,
        today: Date,
        partners_on: bool,
    ) -> Result<Option<Vec<TermDue>>, UseError> {
        let id = &processed.register.id;
        let Some(profile) = processed.register.profile(&grant.profile) else { return Ok(None) };
        if profile.can(Power::Lists) {
            let from = today.saturating_sub(jiff::Span::new().days(BACK));
            let to = AHEAD.after(today);
            let scope = &grant.territories;
            return Ok(Some(self.store.terms_due(office, id, scope, Some(from), to, HELD).await?));
        }
        if profile.acts.is_empty()
            || profile.can(Power::Archive)
            || (profile.partner && !partners_on)
        {
            return Ok(None);
        }
        let asked = self.asked_of(processed, office, grant, profile, HELD).await?;
        Ok(Some(asked.into_iter().map(|asked| asked.term).collect()))
    }

    async fn trace_agenda(
        &self,
        processed: &Processed,
        agent: AgentId,
        grant: Option<huis_kernel::GrantId>,
        address: &str,
        shown: BTreeSet<DossierId>,
    ) -> Result<(), UseError> {
        let authority = Authority::Agent { agent, grant };
        let id = &processed.register.id;
        let mut line = Line::new(self.now(), authority, id, "procedure", Operation::FeedRead);
        line.address = Some(address.to_owned());
        line.dossiers = Dossiers::List(shown.into_iter().collect());
        self.trace(line).await?;
        Ok(())
    }

    /// Counts one reading of a link; false when it is one too many within the hour.
    async fn within_hour(&self, hash: [u8; 32]) -> Result<bool, UseError> {
        let key = self.root.derive("agenda").hmac(b"lectures", &hash);
        let now = self.now();
        let judge = |_: usize, reads: u32, since: Instant| {
            if now.0 - since.0 > HOUR_MS {
                Ok((1, now))
            } else if reads >= READS_AN_HOUR {
                Err(())
            } else {
                Ok((reads + 1, since))
            }
        };
        Ok(self.store.count_attempt(&[key], judge).await?.is_ok())
    }
}
