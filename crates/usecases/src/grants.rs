//! Grants (*habilitations*): who may do what, where, until when, given by whom and why; and their
//! periodic review.

mod give;
mod review;

pub use give::{AskedGrant, NewGrant};
pub use review::{ReviewLine, ReviewState};

use huis_kernel::{AgentId, Date, GrantId, Instant};
use huis_register::{Power, Register};
use huis_store::grants::GrantRow;
use huis_trace::Operation;
use jiff::ToSpan;
use std::collections::{BTreeMap, HashMap};

use crate::{Caller, Huis, UseError, caller::grant_of};

/// A grant that ends within so many days is shown as such.
const SOON_DAYS: i64 = 30;

/// A grant, as the pages show it.
#[derive(Clone, Debug)]
pub struct GrantLine {
    /// Identifier.
    pub id: GrantId,
    /// Its holder.
    pub agent: AgentId,
    /// Their first name and last name.
    pub agent_name: String,
    /// Their service.
    pub service: String,
    /// Profile.
    pub profile: String,
    /// Its name in the register.
    pub profile_label: String,
    /// Territories, by code; empty: the whole office.
    pub territories: Vec<String>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// Who gave it; nobody for the first administrator.
    pub giver: Option<String>,
    /// When.
    pub given_at: Instant,
    /// Why.
    pub reason: String,
    /// The head of service who vouches for it.
    pub sponsor: Option<String>,
    /// Where it stands today.
    pub state: GrantState,
    /// Does it end within a month?
    pub ends_soon: bool,
    /// The last review that confirmed it.
    pub reviewed_on: Option<Date>,
}

/// A perimeter as it is read.
pub fn scope_words(territories: &[String], places: &BTreeMap<String, String>) -> String {
    if territories.is_empty() {
        return "tout le territoire".to_owned();
    }
    let name = |code: &String| places.get(code).unwrap_or(code).clone();
    territories.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Where a grant stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantState {
    /// It has not begun.
    Coming,
    /// It opens what its profile opens.
    InForce,
    /// Its last day has passed: it opens nothing.
    Expired,
    /// It was withdrawn.
    Withdrawn {
        /// When.
        at: Instant,
        /// Why.
        reason: String,
    },
}

impl Huis {
    /// The grants of a processing, those in force first; for who gives them or reviews them.
    pub async fn grants(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<GrantLine>, UseError> {
        let register = &self.processed(processing)?.register;
        if let Err(refusal) =
            caller.power(register, Power::Grant).or_else(|_| caller.power(register, Power::Review))
        {
            return self.refuse(caller, processing, Operation::AdminCommand, None, refusal).await;
        }
        let rows = self.store.grants(caller.office.office).await?;
        let names = self.names().await?;
        Ok(rows
            .into_iter()
            .filter(|g| g.processing == processing)
            .map(|g| grant_line(g, register, &names, caller.today))
            .collect())
    }

    /// One's own grants.
    pub async fn my_grants(&self, caller: &Caller) -> Result<Vec<GrantLine>, UseError> {
        let names = self.names().await?;
        let rows = self.store.grants_of(caller.actor.agent).await?;
        Ok(rows
            .into_iter()
            .filter_map(|g| {
                let register = &self.processed.get(&g.processing)?.register;
                Some(grant_line(g, register, &names, caller.today))
            })
            .collect())
    }

    /// Withdraws a grant, at once: the next request of its holder finds it gone, and their
    /// sessions close when it was the last.
    pub async fn withdraw(
        &self,
        caller: &Caller,
        processing: &str,
        id: GrantId,
        reason: &str,
    ) -> Result<(), UseError> {
        let register = &self.processed(processing)?.register;
        match caller.power(register, Power::Grant) {
            Err(refusal) => {
                let operation = Operation::GrantWithdrawn;
                self.refuse(caller, processing, operation, None, refusal).await
            }
            Ok(scope) => self.withdraw_all(caller, processing, &scope, &[id], reason).await,
        }
    }

    /// Withdraws grants within the caller's territories; one transaction.
    async fn withdraw_all(
        &self,
        caller: &Caller,
        processing: &str,
        scope: &[String],
        ids: &[GrantId],
        reason: &str,
    ) -> Result<(), UseError> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(UseError::Invalid(vec!["Un motif est nécessaire.".to_owned()]));
        }
        let (office, by, now) = (caller.office.office, caller.actor.agent, self.now());
        let rows = self.store.grants(office).await?;
        let mut chosen = Vec::with_capacity(ids.len());
        for id in ids {
            let row = rows.iter().find(|g| {
                g.id == *id && g.processing == processing && within(scope, &g.territories)
            });
            let row = row.filter(|g| g.withdrawn.is_none()).ok_or(UseError::NotFound)?;
            if row.agent == by {
                let reason = "Un autre doit retirer votre propre habilitation.";
                return Err(UseError::Invalid(vec![reason.to_owned()]));
            }
            chosen.push(row);
        }
        let mut work = self.store.begin().await?;
        let mut lines = Vec::with_capacity(chosen.len());
        for row in &chosen {
            if !work.withdraw_grant(office, row.id, by, reason, now).await? {
                return Err(UseError::NotFound);
            }
            let mut line = self.about(caller, processing, Operation::GrantWithdrawn, row.agent);
            line.detail.insert("habilitation".to_owned(), row.id.to_string());
            line.detail.insert("profil".to_owned(), row.profile.clone());
            lines.push(line);
            let left = rows.iter().any(|g| {
                g.agent == row.agent
                    && !ids.contains(&g.id)
                    && grant_of(g.clone()).in_force(caller.today)
            });
            if !left {
                let closed = work.end_sessions(row.agent, "sans-habilitation", now).await?;
                self.lock_archive(closed);
            }
        }
        self.commit_told(work, lines).await?;
        self.list_withdrawals_now().await;
        Ok(())
    }

    /// The names and services of the agents.
    async fn names(&self) -> Result<HashMap<AgentId, (String, String)>, UseError> {
        let agents = self.store.agents().await?;
        let name = |first: String, last: String| format!("{first} {last}");
        Ok(agents
            .into_iter()
            .map(|a| (a.id, (name(a.first_name, a.last_name), a.service)))
            .collect())
    }
}

/// Is a grant of these territories within a perimeter? Empty is the whole office.
fn within(scope: &[String], territories: &[String]) -> bool {
    scope.is_empty() || (!territories.is_empty() && territories.iter().all(|t| scope.contains(t)))
}

fn grant_line(
    row: GrantRow,
    register: &Register,
    names: &HashMap<AgentId, (String, String)>,
    today: Date,
) -> GrantLine {
    let (agent_name, service) = names.get(&row.agent).cloned().unwrap_or_default();
    let state = match row.withdrawn {
        Some(at) => {
            GrantState::Withdrawn { at, reason: row.withdrawn_reason.clone().unwrap_or_default() }
        }
        None if row.from > today => GrantState::Coming,
        None if row.until < today => GrantState::Expired,
        None => GrantState::InForce,
    };
    GrantLine {
        id: row.id,
        agent: row.agent,
        agent_name,
        service,
        profile_label: register
            .profile(&row.profile)
            .map_or_else(|| row.profile.clone(), |p| p.label.clone()),
        profile: row.profile,
        territories: row.territories,
        from: row.from,
        until: row.until,
        giver: row.giver.and_then(|g| names.get(&g)).map(|(name, _)| name.clone()),
        given_at: row.given_at,
        reason: row.reason,
        sponsor: row.sponsor,
        ends_soon: state == GrantState::InForce
            && row.until < today.saturating_add(SOON_DAYS.days()),
        state,
        reviewed_on: row.reviewed_on,
    }
}
