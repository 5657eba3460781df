//! Loads the demonstration: a fictitious département, its agents and its dossiers. It goes
//! the way of any dossier: judged, sealed, indexed, traced.

use huis_access::decide_job;
use huis_demo::{DemoDossier, Showcase, Subject, dossiers, worth_trying};
use huis_kernel::{
    AgentId, CaseNumber, Date, DossierId, GrantId, Instant, OfficeId, SeededRng, Zone,
};
use huis_register::Power;
use huis_store::{dossiers::CardRow, grants::GrantRow, partners::PartnerRow};
use huis_trace::{Authority, Dossiers, Line, Operation};
use huis_vault::UnitState;
use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Huis, UseError,
    caller::grant_of,
    dossier::{Founding, Told, changed, next_rows, set_standing, term_rows},
    start::StartError,
};

/// The processing that the demonstration fills.
const PROCESSING: &str = "expulsion";
/// Dossiers a transaction.
const BATCH: usize = 50;

/// What was loaded, and what to try.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// How many dossiers.
    pub dossiers: usize,
    /// Of which archived.
    pub archived: usize,
    /// One sign-in a profile: label and login.
    pub sign_ins: Vec<(String, String)>,
    /// Who handles the requests of persons: desk and login.
    pub desks: Vec<(String, String)>,
    /// Five things worth trying, filled in.
    pub hints: Vec<String>,
}

/// Who holds a second grant, in the processing of requests: the first agent of a profile, and as what.
const DESKS: [(&str, &str); 4] = [
    ("instructeur", "guichet-gestionnaire"),
    ("secretaire-ccapex", "guichet-secretariat"),
    ("dpo", "dpo"),
    ("administrateur", "administrateur"),
];

/// An account to try the demonstration with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoLogin {
    /// Profile, a code of the register.
    pub profile: String,
    /// Its name.
    pub label: String,
    /// Territories where it works; none named: all of them.
    pub scope: Vec<String>,
    /// Login.
    pub login: String,
}

/// The office of the demonstration, to found it.
pub fn office(seed: u64, today: Date, archive_passphrase: &str) -> crate::Founding {
    let demo = huis_demo::demo(seed, today);
    crate::Founding {
        name: demo.office.name,
        departement: demo.office.departement,
        zone: demo.office.zone,
        rights_desk: demo.office.rights_desk,
        territories: demo.units.into_iter().map(|u| (u.code, u.name)).collect(),
        archive_passphrase: archive_passphrase.to_owned(),
        demonstration: true,
    }
}

impl Huis {
    /// Fills a demonstration. Refuses anything that is not one.
    pub async fn load_demo(
        &self,
        seed: u64,
        count: usize,
        password: &str,
        progress: impl Fn(usize, usize) + Send,
    ) -> Result<Loaded, StartError> {
        if !self.demonstration {
            return Err(StartError::Use(UseError::Invalid(vec![
                "Ce dossier de données n’est pas une démonstration : rien n’y est écrit.".into(),
            ])));
        }
        let office =
            self.store.offices().await?.into_iter().next().ok_or(StartError::NotInitialised)?;
        let today = self.today(&office);
        let zone = Zone::named(&office.zone).unwrap_or_else(Zone::utc);
        let demo = huis_demo::demo(seed, today);
        let agents = self.load_agents(&demo, office.office, password).await?;
        let processed = self.processed(PROCESSING)?;
        let law = self.law();
        let good_friday = demo.office.good_friday.join(" ");
        self.store
            .set_setting(office.office, crate::dossier::GOOD_FRIDAY, &good_friday, None, self.now())
            .await?;
        // the partners' accounts are there to be tried.
        let authorised = "Démonstration\u{a0}: autorisation fictive";
        self.store
            .set_setting(office.office, crate::oversight::PARTNERS, authorised, None, self.now())
            .await?;
        // What the letters carry: as an office would have set it.
        for (key, value) in [
            ("organisation.responsable", &demo.office.controller),
            ("organisation.secretariat", &demo.office.ccapex_desk),
            ("organisation.dpd", &demo.office.dpo),
            ("courrier.entete", &demo.office.name),
            (
                "courrier.signature",
                &format!("Pour le préfet et par délégation | {}", demo.office.name),
            ),
        ] {
            self.store.set_setting(office.office, key, value, None, self.now()).await?;
        }
        let numbers = SeededRng::new(seed);
        let mut used: BTreeSet<CaseNumber> = BTreeSet::new();
        let mut showcase: BTreeMap<Showcase, Vec<(CaseNumber, String)>> = BTreeMap::new();
        let mut loaded = Loaded::default();
        let mut batch: Vec<(CaseNumber, DemoDossier)> = Vec::with_capacity(BATCH);
        let mut source = dossiers(seed, today, count, &law, &processed.register);
        let mut readable: Vec<DossierId> = Vec::new();
        let mut subjects: Vec<Subject> = Vec::new();
        // Whoever holds the desk follows most of the dossiers that requests are about.
        let desk = demo.agents.iter().find(|a| a.profile == "instructeur");
        let mut elsewhere: Vec<Subject> = Vec::new();
        loop {
            batch.clear();
            for dossier in source.by_ref().take(BATCH) {
                let mut number = CaseNumber::random(&numbers);
                while !used.insert(number) {
                    number = CaseNumber::random(&numbers);
                }
                if let Some(kind) = dossier.showcase {
                    showcase.entry(kind).or_default().push((number, dossier.unit.clone()));
                }
                let near = desk.is_some_and(|d| d.units.contains(&dossier.unit));
                let runs = dossier.acts.iter().all(|a| a.draft.kind != "cloture");
                let of = if near && runs { &mut subjects } else { &mut elsewhere };
                if of.len() < ASKING {
                    of.extend(subject(number, &dossier));
                }
                batch.push((number, dossier));
            }
            if batch.is_empty() {
                break;
            }
            let to = Loading {
                processing: PROCESSING,
                office: office.office,
                agents: &agents,
                zone: &zone,
                good_friday: &good_friday,
                today,
            };
            let (archived, active) = self.load_batch(&batch, to).await?;
            loaded.archived += archived;
            loaded.dossiers += batch.len();
            readable.extend(active);
            progress(loaded.dossiers, count);
        }
        self.rehearse_alerts(&demo, &agents, &readable).await?;
        let at = |profile: &str| demo.agents.iter().position(|a| a.profile == profile);
        if let (Some(service), Some(secretariat)) = (at("instructeur"), at("secretaire-ccapex")) {
            let desks = huis_demo::Desks { service, secretariat };
            subjects.append(&mut elsewhere);
            let asked = huis_demo::requests(today, &subjects, desks);
            let mut batch = Vec::new();
            for request in asked {
                let mut number = CaseNumber::random(&numbers);
                while !used.insert(number) {
                    number = CaseNumber::random(&numbers);
                }
                batch.push((number, request));
            }
            let processing = &self.requests()?.register.id;
            let to = Loading {
                processing,
                office: office.office,
                agents: &agents,
                zone: &zone,
                good_friday: &good_friday,
                today,
            };
            self.load_batch(&batch, to).await?;
        }
        for profile in &processed.register.profiles {
            if let Some(agent) = demo.agent(&profile.id, None, today) {
                loaded.sign_ins.push((profile.label.clone(), agent.login.clone()));
            }
        }
        let rights = &self.requests()?.register;
        for (from, profile) in DESKS {
            let holder = demo.agents.iter().find(|a| a.profile == from);
            let desk = rights.profile(profile).filter(|p| p.can(Power::Copy));
            if let (Some(agent), Some(desk)) = (holder, desk) {
                loaded.desks.push((desk.label.clone(), agent.login.clone()));
            }
        }
        for hint in worth_trying() {
            let seen = hint.showcase.and_then(|kind| {
                showcase.get(&kind)?.iter().find_map(|(number, unit)| {
                    Some((number.to_string(), demo.agent(hint.profile, Some(unit), today)?))
                })
            });
            let filled = match (hint.showcase, seen) {
                (_, Some((number, agent))) => Some(hint.fill(&number, &agent.login)),
                (None, None) => {
                    demo.agent(hint.profile, None, today).map(|a| hint.fill("", &a.login))
                }
                (Some(_), None) => None,
            };
            loaded.hints.extend(filled);
        }
        Ok(loaded)
    }

    /// One login a profile, for the sign-in page: the accounts exist to be tried. Empty when this
    /// is no demonstration.
    pub async fn demo_logins(&self) -> Result<Vec<DemoLogin>, UseError> {
        if !self.demonstration {
            return Ok(Vec::new());
        }
        let Some(office) = self.store.offices().await?.into_iter().next() else {
            return Ok(Vec::new());
        };
        let today = self.today(&office);
        let mut names: BTreeMap<_, _> =
            self.store.territories(office.office).await?.into_iter().collect();
        let partners = self.store.partners(office.office).await?;
        names.extend(partners.into_iter().map(|p| (p.code, p.name)));
        let mut agents = self.store.agents().await?;
        agents.retain(|a| a.state == "active");
        let mut grants = self.store.grants(office.office).await?;
        grants.retain(|g| grant_of(g.clone()).in_force(today));
        // The first that was loaded is the one that the loader names; whoever holds a desk too shows
        // more.
        let held = |agent| grants.iter().filter(|g| g.agent == agent).count();
        agents.sort_by_key(|a| (std::cmp::Reverse(held(a.id)), a.created_at));
        grants.retain(|g| g.processing == PROCESSING);
        let register = &self.processed(PROCESSING)?.register;
        let mut logins = Vec::new();
        for profile in &register.profiles {
            let found = agents.iter().find_map(|agent| {
                let held = |g: &&GrantRow| g.agent == agent.id && g.profile == profile.id;
                Some((grants.iter().find(held)?, agent))
            });
            let Some((grant, agent)) = found else { continue };
            let place = |code: &String| names.get(code).unwrap_or(code).clone();
            logins.push(DemoLogin {
                profile: profile.id.clone(),
                label: profile.label.clone(),
                scope: grant.territories.iter().map(place).collect(),
                login: agent.login.clone(),
            });
        }
        Ok(logins)
    }

    async fn load_batch(
        &self,
        batch: &[(CaseNumber, DemoDossier)],
        to: Loading<'_>,
    ) -> Result<(usize, Vec<DossierId>), UseError> {
        let Loading { processing, office, agents, zone, good_friday, today } = to;
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let units = register.retentions.len();
        let total = batch.iter().map(|(_, d)| units + d.acts.len()).sum();
        let (mut work, fresh) = self.begin_with_slots(total).await?;
        let mut fresh = fresh.into_iter();
        let proof = decide_job(register, "demonstration", office);
        let (mut lines, mut blobs, mut archived) = (Vec::new(), Vec::new(), 0);
        let mut marks = Vec::new();
        let archives = register.retentions.iter().all(|r| r.archive);
        let index = self.index_key(office, processing, false).await?;
        let archive_index = self.index_key(office, processing, true).await?;
        let mut active = Vec::new();
        for (number, dossier) in batch {
            let author = |i: usize| agents.get(i).copied().unwrap_or(AgentId::from_bytes([0; 16]));
            let at = |day: Date| zone.start_of(day).plus_ms(10 * 3_600_000);
            let founding = Founding {
                territory: dossier.unit.clone(),
                opened_on: dossier.opened_on,
                sections: dossier.sections.clone(),
                acts: dossier
                    .acts
                    .iter()
                    .map(|a| Told {
                        draft: a.draft.clone(),
                        recorded: at(a.recorded),
                        day: a.recorded.min(today),
                        by: author(a.agent),
                    })
                    .collect(),
            };
            let last = dossier.acts.iter().map(|a| a.recorded).max().unwrap_or(dossier.opened_on);
            let card = CardRow {
                office,
                dossier: DossierId::random(&*self.rng),
                processing: processing.to_owned(),
                number: *number,
                territory: founding.territory.clone(),
                stage: String::new(),
                step: String::new(),
                opened_on: founding.opened_on,
                closed_on: None,
                archived: false,
                reopened: 0,
                severity: 0,
                version: 0,
                revision: 1,
                changed_at: Instant(at(last).0.min(self.now().0)),
                mandates: Vec::new(),
            };
            let taken: Vec<_> = fresh.by_ref().take(units + founding.acts.len()).collect();
            let keys: BTreeMap<_, _> = taken.iter().cloned().collect();
            let mut seal = self.seal_founding(
                processed,
                &proof,
                card,
                &founding,
                taken,
                good_friday,
                today,
                (&index, Some(&archive_index).filter(|_| archives)),
            )?;
            if seal.card.closed_on.is_some() && archives {
                // closed files are in the archive from the day they closed.
                for unit in &mut seal.change.units {
                    let blob = keys.get(&unit.slot).ok_or(UseError::Internal("clé"))?;
                    let moved = self
                        .root
                        .archive(unit.slot, blob, &self.archive, &*self.rng)
                        .map_err(|_| UseError::Internal("archive"))?;
                    blobs.push((unit.slot, moved));
                    unit.state = UnitState::Archived;
                }
                seal.card.archived = true;
                archived += 1;
            } else {
                active.push(seal.card.dossier);
            }
            set_standing(&mut seal.card, &seal.standing);
            work.add_card(&seal.card).await?;
            // reopenings are counted by year, as those that agents record are.
            for act in dossier.acts.iter().filter(|a| a.draft.kind == "reouverture") {
                let year = act.recorded.year();
                work.count(seal.card.office, processing, year, "reouverture").await?;
            }
            let (office, id) = (seal.card.office, seal.card.dossier);
            work.put_units(office, id, &seal.change.units).await?;
            work.put_sections(office, id, &seal.change.sections).await?;
            work.add_acts(office, id, &seal.change.acts).await?;
            work.set_terms(office, id, &term_rows(&seal.standing)).await?;
            let next = next_rows(register, &seal.card, &seal.change.units, &[]);
            work.set_next(office, id, &next).await?;
            let tokens: Vec<_> = seal.change.tokens.take().into_iter().flatten().collect();
            work.set_tokens(office, id, &tokens, seal.card.archived).await?;
            // Every second dossier has partners: what they reach and what they do not can be compared.
            for profile in register.profiles.iter().filter(|p| p.partner) {
                if number.digits().is_multiple_of(2) && !seal.card.archived {
                    let code = partner_code(&profile.id);
                    work.add_mandate(office, id, &code, seal.card.opened_on, None).await?;
                }
            }
            let after = changed(&seal.shell, &seal.change.units, &seal.change.acts);
            marks.push(self.seal_digest(&mut work, &seal.card, after));
            let entry = self.beside(&mut work, &mut seal.line).await?;
            lines.push((entry, seal.line));
        }
        self.store.replace_keys(&blobs).await?;
        work.commit().await?;
        self.mark_and_chain(marks, lines).await;
        Ok((archived, active))
    }

    async fn load_agents(
        &self,
        demo: &huis_demo::Demo,
        office: OfficeId,
        password: &str,
    ) -> Result<Vec<AgentId>, UseError> {
        let hash = self.demo_password(password).await?;
        let mut ids = Vec::with_capacity(demo.agents.len());
        let register = &self.processed(PROCESSING)?.register;
        let mut work = self.store.begin().await?;
        for (code, name, profile) in demo_partners(register, demo) {
            let row = PartnerRow { code, name, profile, closed_at: None };
            work.add_partner(office, &row, None, self.now()).await?;
        }
        work.commit().await?;
        for agent in &demo.agents {
            let mut agent = agent.clone();
            if register.profile(&agent.profile).is_some_and(|p| p.partner) {
                agent.units = vec![partner_code(&agent.profile)];
            }
            ids.push(self.demo_agent(&agent, office, PROCESSING, &hash).await?);
        }
        self.load_desks(demo, office, &ids).await?;
        Ok(ids)
    }

    /// The two desks of the persons' rights, the officer and those who administer: a second grant of
    /// some agents, given after the first.
    async fn load_desks(
        &self,
        demo: &huis_demo::Demo,
        office: OfficeId,
        agents: &[AgentId],
    ) -> Result<(), UseError> {
        let register = &self.requests()?.register;
        let mut work = self.store.begin().await?;
        for (from, profile) in DESKS {
            let first = demo.agents.iter().zip(agents).find(|(a, _)| a.profile == from);
            let Some((agent, id)) = first.filter(|_| register.profile(profile).is_some()) else {
                continue;
            };
            let day = agent.grant_from.tomorrow().unwrap_or(agent.grant_from);
            let grant = GrantRow {
                office,
                id: GrantId::random(&*self.rng),
                agent: *id,
                processing: register.id.clone(),
                profile: profile.to_owned(),
                territories: Vec::new(),
                from: day,
                until: agent.grant_until,
                giver: None,
                given_at: Instant(Zone::utc().start_of(day).0.min(self.now().0)),
                reason: "Guichet des droits des personnes".to_owned(),
                sponsor: None,
                withdrawn: None,
                withdrawn_reason: None,
                reviewed_on: None,
            };
            work.add_grant(&grant).await?;
        }
        Ok(work.commit().await?)
    }

    /// An agent who opened many files in an hour, so that the alerts page has something to show.
    async fn rehearse_alerts(
        &self,
        demo: &huis_demo::Demo,
        agents: &[AgentId],
        dossiers: &[DossierId],
    ) -> Result<(), UseError> {
        let Some(at) = demo.agents.iter().position(|a| a.profile == "instructeur") else {
            return Ok(());
        };
        let Some(agent) = agents.get(at).copied() else { return Ok(()) };
        let lines: Vec<Line> = dossiers
            .iter()
            .take(80)
            .enumerate()
            .map(|(i, dossier)| {
                let ago = 7_200_000 - i64::try_from(i).unwrap_or(0) * 20_000;
                let mut line = Line::new(
                    self.now().plus_ms(-ago),
                    Authority::Agent { agent, grant: None },
                    PROCESSING,
                    "demonstration",
                    Operation::Read,
                );
                line.dossiers = Dossiers::one(*dossier);
                line
            })
            .collect();
        let receipts = self.trace.write_all(lines.clone()).await?;
        for (receipt, line) in receipts.iter().zip(&lines) {
            self.watch(receipt, line).await;
        }
        Ok(())
    }
}

/// How many persons may ask about their data.
const ASKING: usize = 24;

/// The occupant of a dossier, who may ask about it.
fn subject(number: CaseNumber, dossier: &DemoDossier) -> Option<Subject> {
    let (_, _, who) = dossier.sections.iter().find(|(s, no, _)| s == "occupant" && *no == 1)?;
    let text = |field: &str| Some(who.get(field)?.as_str()?.to_owned());
    Some(Subject { number: number.to_string(), last: text("nom")?, first: text("prenom")? })
}

/// Where a batch goes, and who wrote it.
#[derive(Clone, Copy)]
struct Loading<'a> {
    processing: &'a str,
    office: OfficeId,
    agents: &'a [AgentId],
    zone: &'a Zone,
    good_friday: &'a str,
    today: Date,
}

/// The organisation of a partner's profile in the demonstration.
fn partner_code(profile: &str) -> String {
    format!("p-{profile}")
}

/// The demonstration's partners: one a profile, named by the service of its agents.
fn demo_partners(
    register: &huis_register::Register,
    demo: &huis_demo::Demo,
) -> Vec<(String, String, String)> {
    let partners = register.profiles.iter().filter(|p| p.partner);
    partners
        .filter_map(|p| {
            let agent = demo.agents.iter().find(|a| a.profile == p.id)?;
            Some((partner_code(&p.id), agent.service.clone(), p.id.clone()))
        })
        .collect()
}
