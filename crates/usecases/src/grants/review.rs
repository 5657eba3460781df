use huis_kernel::{Date, GrantId, Instant, Zone};
use huis_register::Power;
use huis_store::grants::GrantRow;
use huis_trace::Operation;
use std::collections::HashMap;

use crate::{
    Caller, Huis, UseError,
    caller::grant_of,
    grants::{GrantLine, grant_line, within},
};

/// Where the periodic review stands (X-17: « revue globale régulière »).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewState {
    /// The campaign under way, since when.
    pub open: Option<Instant>,
    /// When the last one ended.
    pub last: Option<Date>,
    /// When the next must have ended.
    pub due: Date,
    /// Has that day passed?
    pub overdue: bool,
    /// Grants of the campaign that were confirmed or withdrawn.
    pub decided: usize,
    /// Of how many.
    pub total: usize,
}

/// A grant to look at, with what helps to decide.
#[derive(Clone, Debug)]
pub struct ReviewLine {
    /// The grant.
    pub grant: GrantLine,
    /// The last thing that its holder did under the processing, within the traces' term.
    pub last_use: Option<Instant>,
    /// Is it one's own? Another should look at it too.
    pub own: bool,
}

/// A campaign and the grants that it is about.
struct Campaign {
    since: Instant,
    day: Date,
    grants: Vec<GrantRow>,
}

impl Campaign {
    /// Was it confirmed since the campaign began?
    fn confirmed(&self, grant: &GrantRow) -> bool {
        grant.reviewed_on.is_some_and(|on| on >= self.day)
    }
    /// Was it withdrawn since?
    fn withdrawn(&self, grant: &GrantRow) -> bool {
        grant.withdrawn.is_some_and(|at| at >= self.since)
    }
    /// Does it still wait for someone? Not when its last day has passed meanwhile.
    fn undecided(&self, grant: &GrantRow, today: Date) -> bool {
        grant.withdrawn.is_none() && grant.until >= today && !self.confirmed(grant)
    }
}

impl Huis {
    /// Where the review stands.
    pub async fn review(&self, caller: &Caller, processing: &str) -> Result<ReviewState, UseError> {
        self.reviewer(caller, processing).await?;
        let (office, today) = (&caller.office, caller.today);
        let zone = Zone::named(&office.zone).unwrap_or_else(Zone::utc);
        let reviews = self.store.reviews(office.office).await?;
        let last = reviews.iter().find_map(|(_, closed)| *closed).map(|at| at.date_in(&zone));
        let rows = self.store.grants(office.office).await?;
        // Before any review, the clock runs from the first grant of the office.
        let first = rows.iter().map(|g| g.given_at).min().map(|at| at.date_in(&zone));
        let every = self.processed(processing)?.register.security.review_every;
        let due = every.after(last.or(first).unwrap_or(today));
        let campaign = self.campaign(caller, processing).await?;
        let (mut decided, mut total) = (0, 0);
        for grant in campaign.iter().flat_map(|c| c.grants.iter().map(move |g| (c, g))) {
            let (campaign, grant) = grant;
            let done = campaign.confirmed(grant) || campaign.withdrawn(grant);
            decided += usize::from(done);
            total += usize::from(done || campaign.undecided(grant, today));
        }
        Ok(ReviewState {
            open: campaign.map(|c| c.since),
            last,
            due,
            overdue: due < today,
            decided,
            total,
        })
    }

    /// Opens a campaign over every grant of the office.
    pub async fn open_review(&self, caller: &Caller, processing: &str) -> Result<(), UseError> {
        self.reviewer(caller, processing).await?;
        if self.campaign(caller, processing).await?.is_some() {
            return Err(UseError::Invalid(vec!["Une revue est déjà ouverte.".to_owned()]));
        }
        let (office, by) = (caller.office.office, caller.actor.agent);
        let mut line = self.line(caller, processing, Operation::GrantReviewed);
        line.detail.insert("revue".to_owned(), "ouverte".to_owned());
        self.trace(line).await?;
        Ok(self.store.open_review(office, self.id16(), by, self.now()).await?)
    }

    /// The grants that still wait to be looked at; those never used come first.
    pub async fn review_lines(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<ReviewLine>, UseError> {
        let scope = self.reviewer(caller, processing).await?;
        let Some(campaign) = self.campaign(caller, processing).await? else {
            return Ok(Vec::new());
        };
        let register = &self.processed(processing)?.register;
        let names = self.names().await?;
        let uses: HashMap<_, _> = self.store.last_uses(processing).await?.into_iter().collect();
        let mut lines: Vec<ReviewLine> = campaign
            .grants
            .iter()
            .filter(|g| campaign.undecided(g, caller.today) && within(&scope, &g.territories))
            .map(|g| ReviewLine {
                // What was done before this grant was given was not done by it.
                last_use: uses.get(&g.agent).copied().filter(|at| *at >= g.given_at),
                own: g.agent == caller.actor.agent,
                grant: grant_line(g.clone(), register, &names, caller.today),
            })
            .collect();
        lines.sort_by_key(|line| line.last_use);
        Ok(lines)
    }

    /// Confirms grants: they stay, until their own end.
    pub async fn review_confirm(
        &self,
        caller: &Caller,
        processing: &str,
        ids: &[GrantId],
    ) -> Result<(), UseError> {
        let scope = self.reviewer(caller, processing).await?;
        let campaign = self.campaign(caller, processing).await?.ok_or_else(none_open)?;
        let (office, by) = (caller.office.office, caller.actor.agent);
        let mut work = self.store.begin().await?;
        let mut lines = Vec::with_capacity(ids.len());
        for id in ids {
            let grant = campaign
                .grants
                .iter()
                .find(|g| g.id == *id && within(&scope, &g.territories))
                .ok_or(UseError::NotFound)?;
            if !work.confirm_grant(office, *id, by, caller.today).await? {
                return Err(UseError::NotFound);
            }
            let mut line = self.about(caller, processing, Operation::GrantReviewed, grant.agent);
            line.detail.insert("habilitation".to_owned(), id.to_string());
            line.detail.insert("revue".to_owned(), "confirmee".to_owned());
            lines.push(line);
        }
        self.commit_told(work, lines).await
    }

    /// Withdraws grants in the course of a review.
    pub async fn review_withdraw(
        &self,
        caller: &Caller,
        processing: &str,
        ids: &[GrantId],
        reason: &str,
    ) -> Result<(), UseError> {
        let scope = self.reviewer(caller, processing).await?;
        self.campaign(caller, processing).await?.ok_or_else(none_open)?;
        self.withdraw_all(caller, processing, &scope, ids, reason).await
    }

    /// Closes the campaign: refused while a grant of it waits to be looked at.
    pub async fn close_review(&self, caller: &Caller, processing: &str) -> Result<(), UseError> {
        self.reviewer(caller, processing).await?;
        // The campaign is the office's: it covers every processing.
        let mut waiting = 0;
        for id in self.processed.keys() {
            let campaign = self.campaign(caller, id).await?.ok_or_else(none_open)?;
            let undecided = |g: &&GrantRow| campaign.undecided(g, caller.today);
            waiting += campaign.grants.iter().filter(undecided).count();
        }
        if waiting > 0 {
            let reason =
                format!("Habilitations à confirmer ou à retirer d’abord\u{a0}: {waiting}.");
            return Err(UseError::Invalid(vec![reason]));
        }
        let mut line = self.line(caller, processing, Operation::GrantReviewed);
        line.detail.insert("revue".to_owned(), "close".to_owned());
        self.trace(line).await?;
        Ok(self.store.close_review(caller.office.office, self.now()).await?)
    }

    /// May the caller lead the review, and where?
    async fn reviewer(&self, caller: &Caller, processing: &str) -> Result<Vec<String>, UseError> {
        let register = &self.processed(processing)?.register;
        match caller.power(register, Power::Review) {
            Ok(scope) => Ok(scope),
            Err(refusal) => {
                let operation = Operation::GrantReviewed;
                self.refuse(caller, processing, operation, None, refusal).await
            }
        }
    }

    /// The campaign under way: the grants of the processing that were there when it began and had
    /// not ended.
    async fn campaign(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Option<Campaign>, UseError> {
        let office = &caller.office;
        let reviews = self.store.reviews(office.office).await?;
        let Some((since, _)) = reviews.into_iter().find(|(_, closed)| closed.is_none()) else {
            return Ok(None);
        };
        let zone = Zone::named(&office.zone).unwrap_or_else(Zone::utc);
        let day = since.date_in(&zone);
        let mut grants = self.store.grants(office.office).await?;
        grants.retain(|g| {
            let mut then = grant_of(g.clone());
            // Withdrawn since: it was there when the campaign began.
            then.withdrawn = then.withdrawn.filter(|at| *at < since);
            g.processing == processing
                && g.given_at < since
                && then.withdrawn.is_none()
                && g.until >= day
        });
        Ok(Some(Campaign { since, day, grants }))
    }
}

fn none_open() -> UseError {
    UseError::Invalid(vec!["Aucune revue n’est ouverte.".to_owned()])
}
