//! What there is to tell, found in the store each minute: nothing is told twice, whoever restarts.

use huis_access::Grant;
use huis_kernel::{AgentId, Date, Delay, Instant, OfficeId, Zone};
use huis_register::{Power, Profile};
use huis_store::offices::OfficeRow;
use huis_trace::{Authority, Dossiers, Line, Operation};
use std::collections::{BTreeMap, BTreeSet};

use super::MailKind;
use crate::{Huis, Processed, UseError, caller::grant_of, partners::partners_on};

/// The digest speaks of so many days ahead.
const AHEAD: Delay = Delay { months: 0, days: 7 };
/// The hour of the office from which the digest leaves.
const FROM_HOUR: i64 = 6;
/// How many deadlines a mail lists.
const LISTED: u32 = 30;
/// How far back a deposit is still news.
const NEWS_MS: i64 = 86_400_000;

/// The holders of grants in force, with their profiles.
type Held<'p> = Vec<(Grant, &'p Profile)>;

impl Huis {
    /// Writes the mails that are due; gives how many are new.
    pub async fn gather_mails(&self) -> Result<u64, UseError> {
        let mut written = 0;
        for office in self.store.offices().await? {
            let settings = self.store.settings(office.office).await?;
            let partners_on = partners_on(&settings);
            let today = self.today(&office);
            for processed in self.processed.values() {
                let held = self.mail_grants(processed, office.office, today, partners_on).await?;
                written += self.tell_asked(processed, office.office, &held).await?;
                written += self.tell_alerts(processed, office.office, &held).await?;
                written += self.tell_reviews(office.office, &held).await?;
                written += self.tell_deposits(processed, office.office, &held).await?;
                written += self.tell_digests(processed, &office, today, &held).await?;
            }
        }
        Ok(written)
    }

    async fn mail_grants<'p>(
        &self,
        processed: &'p Processed,
        office: OfficeId,
        today: Date,
        partners_on: bool,
    ) -> Result<Held<'p>, UseError> {
        let register = &processed.register;
        let grants = self.store.grants(office).await?.into_iter().map(grant_of);
        Ok(grants
            .filter(|g| g.in_force(today) && g.processing == register.id)
            .filter_map(|g| Some((register.profile(&g.profile)?, g)))
            .filter(|(p, _)| !p.partner || partners_on)
            .map(|(p, g)| (g, p))
            .collect())
    }

    /// who files without a list is told the number, what and by when.
    async fn tell_asked(
        &self,
        processed: &Processed,
        office: OfficeId,
        held: &Held<'_>,
    ) -> Result<u64, UseError> {
        let mut written = 0;
        for (grant, profile) in held {
            let lists = profile.can(Power::Lists) || profile.can(Power::Archive);
            if lists || profile.acts.is_empty() {
                continue;
            }
            for asked in self.asked_of(processed, office, grant, profile, 500).await? {
                let term = asked.term;
                let number = term.card.number;
                let text = format!(
                    "Dossier {number}\u{a0}: {}, pour le {}.",
                    lower(processed.rules.term_label(&term.rule)),
                    huis_law::short_date(term.due)
                );
                let about = format!("{number} {} {}", term.rule, term.due);
                let path = format!("/dossiers/{number}");
                let agent = grant.agent;
                written += u64::from(
                    self.mail_about(office, agent, MailKind::Asked, &about, text, path).await?,
                );
            }
        }
        Ok(written)
    }

    /// that an alert waits, and nothing of it.
    async fn tell_alerts(
        &self,
        processed: &Processed,
        office: OfficeId,
        held: &Held<'_>,
    ) -> Result<u64, UseError> {
        let mut written = 0;
        if self.store.open_alerts(office).await? == 0 {
            return Ok(0);
        }
        let alerts = self.store.alerts(office, 100).await?;
        let open = alerts.iter().filter(|a| a.closed_at.is_none());
        for alert in open.filter(|a| a.processing == processed.register.id) {
            for agent in holders(held, Power::Alerts) {
                let text = "Une alerte attend d’être examinée.".to_owned();
                let (about, path) = (alert.id.to_string(), "/alertes".to_owned());
                written += u64::from(
                    self.mail_about(office, agent, MailKind::Alert, &about, text, path).await?,
                );
            }
        }
        Ok(written)
    }

    /// when a review opens, then once a week while it lasts.
    async fn tell_reviews(&self, office: OfficeId, held: &Held<'_>) -> Result<u64, UseError> {
        let mut written = 0;
        let reviews = self.store.reviews(office).await?;
        if let Some((opened, None)) = reviews.first() {
            let week = (self.now().0 - opened.0) / (7 * 86_400_000);
            for agent in holders(held, Power::Review) {
                let text = "La revue des habilitations est en cours\u{a0}: chaque habilitation \
                            est à confirmer ou à retirer."
                    .to_owned();
                let (about, path) = (format!("{} {week}", opened.0), "/habilitations/revue".into());
                written += u64::from(
                    self.mail_about(office, agent, MailKind::Review, &about, text, path).await?,
                );
            }
        }
        Ok(written)
    }

    /// What came from the doorstep, to those who have acted in the dossier and follow it still.
    async fn tell_deposits(
        &self,
        processed: &Processed,
        office: OfficeId,
        held: &Held<'_>,
    ) -> Result<u64, UseError> {
        let id = &processed.register.id;
        let mut written = 0;
        let doors: BTreeSet<AgentId> = held
            .iter()
            .filter(|(_, p)| !p.can(Power::Lists) && !p.can(Power::Archive) && !p.acts.is_empty())
            .map(|(g, _)| g.agent)
            .collect();
        let since = self.now().plus_ms(-NEWS_MS);
        for (card, kind, at, by) in
            self.store.acts_since(office, id, &[], (since, None), 500).await?
        {
            if !by.is_some_and(|by| doors.contains(&by)) {
                continue;
            }
            let label = processed.register.act(&kind).map_or(kind.as_str(), |a| a.label.as_str());
            let authors = self.store.authors(office, card.dossier).await?;
            let follows = |g: &Grant, p: &Profile| {
                p.can(Power::Lists) && g.covers(&card.territory) && authors.contains(&g.agent)
            };
            let to: BTreeSet<AgentId> =
                held.iter().filter(|(g, p)| follows(g, p)).map(|(g, _)| g.agent).collect();
            for agent in to {
                let number = card.number;
                let text = format!("Dossier {number}\u{a0}: {}.", lower(label));
                let (about, path) =
                    (format!("{number} {kind} {}", at.0), format!("/dossiers/{number}"));
                written += u64::from(
                    self.mail_about(office, agent, MailKind::Deposit, &about, text, path).await?,
                );
            }
        }
        Ok(written)
    }

    /// each morning, the deadlines that come within a week and those that have passed; one
    /// mail a day, none when there is nothing.
    async fn tell_digests(
        &self,
        processed: &Processed,
        office: &OfficeRow,
        today: Date,
        held: &Held<'_>,
    ) -> Result<u64, UseError> {
        let zone = Zone::named(&office.zone).unwrap_or_else(Zone::utc);
        let opens = zone.start_of(today).plus_ms(FROM_HOUR * 3_600_000);
        let id = &processed.register.id;
        let key = format!("digest {id} {}", office.office);
        let day = today.to_string();
        if self.now() < opens || self.store.meta(&key).await?.as_deref() == Some(day.as_str()) {
            return Ok(0);
        }
        let mut places: BTreeMap<AgentId, Vec<Vec<String>>> = BTreeMap::new();
        for (grant, _) in held.iter().filter(|(_, p)| p.can(Power::Lists) && !p.acts.is_empty()) {
            places.entry(grant.agent).or_default().push(grant.territories.clone());
        }
        let mut written = 0;
        for (agent, scopes) in places {
            let whole = scopes.iter().any(Vec::is_empty);
            let scope: Vec<String> =
                if whole { Vec::new() } else { scopes.into_iter().flatten().collect() };
            if let Some(text) = self.digest(processed, office.office, agent, &scope, today).await? {
                let (about, path) = (format!("{id} {day}"), "/journee".to_owned());
                let kind = MailKind::Digest;
                written += u64::from(
                    self.mail_about(office.office, agent, kind, &about, text, path).await?,
                );
            }
        }
        self.store.set_meta(&key, &day).await?;
        Ok(written)
    }

    async fn digest(
        &self,
        processed: &Processed,
        office: OfficeId,
        agent: AgentId,
        scope: &[String],
        today: Date,
    ) -> Result<Option<String>, UseError> {
        let id = &processed.register.id;
        let yesterday = today.yesterday().unwrap_or(today);
        let (from, to) = (Some(today), AHEAD.after(today));
        let due = self.store.terms_due(office, id, scope, from, to, LISTED + 1).await?;
        let late = self.store.count_terms(office, id, scope, "0000-01-01", yesterday, 99).await?;
        if due.is_empty() && late == 0 {
            return Ok(None);
        }
        let mut text = String::new();
        match late {
            0 => {}
            1 => text.push_str("Une échéance est passée.\n\n"),
            n if n > 99 => text.push_str("Plus de 99 échéances sont passées.\n\n"),
            n => text.push_str(&format!("{n} échéances sont passées.\n\n")),
        }
        if !due.is_empty() {
            text.push_str("Dans les sept jours\u{a0}:\n");
        }
        for term in due.iter().take(LISTED as usize) {
            text.push_str(&format!(
                "- {}\u{a0}: dossier {}, {}\n",
                huis_law::short_date(term.due),
                term.card.number,
                lower(processed.rules.term_label(&term.rule)),
            ));
        }
        if due.len() > LISTED as usize {
            text.push_str("- et d’autres, dans votre journée.\n");
        }
        let authority = Authority::Job("courriel".to_owned());
        let mut line = Line::new(self.now(), authority, id, "procedure", Operation::Mail);
        line.dossiers = Dossiers::List(
            due.iter().map(|t| t.card.dossier).collect::<BTreeSet<_>>().into_iter().collect(),
        );
        line.detail.insert("compte".to_owned(), agent.to_string());
        self.trace(line).await?;
        Ok(Some(text.trim_end().to_owned()))
    }

    /// Forgets what left more than a month ago.
    pub(crate) async fn forget_mails(&self) -> Result<u64, UseError> {
        let month = Instant(self.now().0 - 31 * 86_400_000);
        Ok(self.store.forget_mails(month).await?)
    }
}

fn holders(held: &Held<'_>, power: Power) -> BTreeSet<AgentId> {
    held.iter().filter(|(_, p)| p.can(power)).map(|(g, _)| g.agent).collect()
}

/// A label within a sentence.
fn lower(label: &str) -> String {
    let mut chars = label.chars();
    let next = chars.clone().nth(1);
    match chars.next() {
        // « CAF » keeps its capitals.
        Some(first) if next.is_some_and(char::is_lowercase) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => label.to_owned(),
    }
}
