use crate::{dossier::GOOD_FRIDAY, partners::partners_on};
use huis_access::{Actor, Card, Grant, Refusal, Want};
use huis_kernel::{AgentId, Date, Instant, Zone};
use huis_register::{Power, Profile, Register};
use huis_store::{accounts::AgentRow, dossiers::CardRow, grants::GrantRow, offices::OfficeRow};

/// What is known of the person at the keyboard.
#[derive(Clone, Debug)]
pub struct AgentInfo {
    /// Identifier.
    pub id: AgentId,
    /// Login.
    pub login: String,
    /// First name and last name.
    pub name: String,
    /// Service.
    pub service: String,
}

/// A request's caller: who, where, with which grants, on which day. Built anew at each request, so
/// that a withdrawn grant opens nothing from the next click on.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Session and grants.
    pub actor: Actor,
    /// Who.
    pub agent: AgentInfo,
    /// Office.
    pub office: OfficeRow,
    /// Today, in the office's zone.
    pub today: Date,
    /// Now.
    pub now: Instant,
    /// Are partners on?
    pub partners_on: bool,
    /// The communes of the office where Good Friday is a holiday: its setting, as of this request.
    pub good_friday: String,
}

impl Caller {
    /// An account at work, with what its office has set.
    pub(crate) fn of(
        actor: Actor,
        row: AgentRow,
        (office, today, now): (OfficeRow, Date, Instant),
        settings: &[(String, String)],
    ) -> Self {
        let set = |name: &str| settings.iter().find(|(key, _)| key == name).map(|(_, v)| v.clone());
        Self {
            actor,
            agent: AgentInfo {
                id: row.id,
                name: format!("{} {}", row.first_name, row.last_name),
                login: row.login,
                service: row.service,
            },
            office,
            today,
            now,
            partners_on: partners_on(settings),
            good_friday: set(GOOD_FRIDAY).unwrap_or_default(),
        }
    }

    /// The office's zone.
    pub fn zone(&self) -> Zone {
        Zone::named(&self.office.zone).unwrap_or_else(Zone::utc)
    }

    /// May they prepare letters? It is an act of the registers that have any.
    pub fn writes_letters(&self, register: &Register) -> bool {
        self.profiles(register).any(|p| p.may_act("courrier"))
    }

    /// The grants in force for a processing in this office.
    pub fn grants<'a>(&'a self, processing: &'a str) -> impl Iterator<Item = &'a Grant> {
        self.actor.grants.iter().filter(move |g| {
            g.in_force(self.today) && g.processing == processing && g.office == self.office.office
        })
    }

    /// Has one of the grants in force this power? The second factor and the partners' switch count.
    pub fn can(&self, register: &Register, power: Power) -> bool {
        self.power(register, power).is_ok()
    }

    /// The territories in which the caller has this power: empty means all of the office.
    pub fn power(&self, register: &Register, power: Power) -> Result<Vec<String>, Refusal> {
        let mut territories = Vec::new();
        let mut whole = false;
        let mut refusal = Refusal::NotInProfile;
        for grant in self.grants(&register.id) {
            let Some(profile) = register.profile(&grant.profile).filter(|p| p.can(power)) else {
                continue;
            };
            if profile.second_factor && !self.actor.strong {
                refusal = Refusal::SecondFactor;
                continue;
            }
            if profile.partner && !self.partners_on {
                refusal = Refusal::PartnersOff;
                continue;
            }
            whole |= grant.territories.is_empty();
            territories.extend(grant.territories.iter().cloned());
        }
        if whole {
            return Ok(Vec::new());
        }
        territories.sort_unstable();
        territories.dedup();
        if territories.is_empty() { Err(refusal) } else { Ok(territories) }
    }

    /// The profiles of the grants in force; partners once the installation let them in.
    pub fn profiles<'a>(&'a self, register: &'a Register) -> impl Iterator<Item = &'a Profile> {
        self.grants(&register.id)
            .filter_map(|g| register.profile(&g.profile))
            .filter(|p| !p.partner || self.partners_on)
    }

    /// May some dossier be opened? A profile that sees nothing deposits on the doorstep.
    pub fn opens_dossiers(&self, register: &Register) -> bool {
        self.profiles(register).any(|p| !p.sees.is_empty() || !p.sees_acts.is_empty())
    }

    /// Decides on one dossier.
    pub(crate) fn decide<'r>(
        &self,
        register: &'r Register,
        card: &CardRow,
        want: Want<'_>,
    ) -> Result<huis_access::Proof<'r>, Refusal> {
        let card = card_of(card);
        huis_access::decide(register, &self.actor, &card, want, self.today, self.partners_on)
    }
}

pub(crate) fn card_of(row: &CardRow) -> Card {
    Card {
        office: row.office,
        dossier: row.dossier,
        processing: row.processing.clone(),
        number: row.number,
        territory: row.territory.clone(),
        stage: row.stage.clone(),
        step: row.step.clone(),
        opened_on: row.opened_on,
        closed_on: row.closed_on,
        archived: row.archived,
        version: row.version,
        mandates: row.mandates.clone(),
    }
}

pub(crate) fn grant_of(row: GrantRow) -> Grant {
    Grant {
        id: row.id,
        agent: row.agent,
        office: row.office,
        processing: row.processing,
        profile: row.profile,
        territories: row.territories,
        from: row.from,
        until: row.until,
        giver: row.giver,
        reason: row.reason,
        sponsor: row.sponsor,
        withdrawn: row.withdrawn,
        reviewed_on: row.reviewed_on,
    }
}
