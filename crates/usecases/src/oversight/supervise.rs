//! The supervisor's page: load and lateness by territory and stage, the activity of agents
//! in numbers, what is stuck. Counts and cards; no section is opened.

use huis_kernel::{AgentId, CaseNumber, Date, Instant};
use huis_register::Power;
use huis_store::oversight::Perimeter;
use huis_trace::{Dossiers, Operation};
use std::collections::{BTreeMap, BTreeSet};

use crate::{Caller, Huis, UseError, start::INSTALLATION};

/// Over how many days the activity of agents is counted.
const DAYS: i64 = 30;
/// A dossier that nothing has moved for so many days, and where nothing is due, is stuck.
const STUCK_DAYS: i64 = 61;
const DAY_MS: i64 = 86_400_000;
/// How many stuck dossiers are shown.
const STUCK: u32 = 25;
/// The rule by which a processing awaits the letters that inform people.
const LETTER: &str = "lettre-information";

/// Running dossiers of one territory at one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardLine {
    /// Territory, by name.
    pub territory: String,
    /// Stage, by label.
    pub stage: String,
    /// Their codes: what the list of these dossiers is asked by.
    pub codes: (String, String),
    /// How many.
    pub count: u64,
    /// Of which late.
    pub late: u64,
}

/// Actions awaited by one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleLine {
    /// Rule, a code of the processing.
    pub rule: String,
    /// What it awaits, in words.
    pub label: String,
    /// Actions to do.
    pub running: u64,
    /// Of which past their date.
    pub late: u64,
}

/// What an agent did in thirty days, by the trace: numbers, no dossier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentActivity {
    /// Name.
    pub name: String,
    /// Service.
    pub service: String,
    /// Dossiers opened.
    pub opened: u64,
    /// Dossiers created.
    pub created: u64,
    /// Acts recorded.
    pub acts: u64,
    /// Sections written.
    pub written: u64,
    /// Searches.
    pub searches: u64,
}

/// A dossier where nothing moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckLine {
    /// Number.
    pub number: CaseNumber,
    /// Territory, by name.
    pub territory: String,
    /// Stage, by label.
    pub stage: String,
    /// Opened on.
    pub opened_on: Date,
    /// Last change.
    pub changed_at: Instant,
}

/// The supervisor's page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supervision {
    /// Territories by stages.
    pub board: Vec<BoardLine>,
    /// What is awaited, by rule, the latest first.
    pub rules: Vec<RuleLine>,
    /// Actions past their date, all rules together.
    pub late: u64,
    /// Dossiers whose letters of information are not all sent.
    pub letters_unsent: u64,
    /// Agents, the busiest first.
    pub agents: Vec<AgentActivity>,
    /// Alerts that nobody has closed.
    pub open_alerts: u64,
    /// Stuck the longest.
    pub stuck: Vec<StuckLine>,
}

impl Huis {
    /// How the service stands, within the caller's perimeter.
    pub async fn supervisor(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Supervision, UseError> {
        let mine = self.allowed(caller, processing, &[Power::Supervise], Operation::List).await?;
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let office = caller.office.office;
        let perimeter = Perimeter { office, processing, territories: &mine };
        let cells = self.store.board(office, processing, &mine, caller.today).await?;
        let mut rules: Vec<RuleLine> = self
            .store
            .actions_by_rule(perimeter, caller.today)
            .await?
            .into_iter()
            .map(|r| RuleLine {
                label: processed.rules.term_label(&r.rule).to_owned(),
                rule: r.rule,
                running: r.running,
                late: r.late,
            })
            .collect();
        rules.sort_by(|a, b| b.late.cmp(&a.late).then_with(|| a.rule.cmp(&b.rule)));
        let before = caller.now.plus_ms(-STUCK_DAYS * DAY_MS);
        let stuck = self.store.stuck(office, processing, &mine, before, STUCK).await?;
        let agents = self.activity_of(caller, processing, &mine).await?;
        let open_alerts = self.store.open_alerts_of(office, &[processing, INSTALLATION]).await?;
        let mut line = self.line(caller, processing, Operation::List);
        line.dossiers = Dossiers::List(stuck.iter().map(|c| c.dossier).collect());
        line.detail.insert("liste".to_owned(), "encadrement".to_owned());
        self.trace(line).await?;
        let names = self.territory_names(caller).await?;
        let territory = |code: String| names.get(&code).cloned().unwrap_or(code);
        let stage = |id: String| register.stage(&id).map_or(id, |s| s.label.clone());
        Ok(Supervision {
            board: cells
                .into_iter()
                .map(|(t, s, count, late)| BoardLine {
                    codes: (t.clone(), s.clone()),
                    territory: territory(t),
                    stage: stage(s),
                    count,
                    late,
                })
                .collect(),
            late: rules.iter().map(|r| r.late).sum(),
            letters_unsent: rules.iter().find(|r| r.rule == LETTER).map_or(0, |r| r.running),
            rules,
            agents,
            open_alerts,
            stuck: stuck
                .into_iter()
                .map(|c| StuckLine {
                    number: c.number,
                    territory: territory(c.territory),
                    stage: stage(c.stage),
                    opened_on: c.opened_on,
                    changed_at: c.changed_at,
                })
                .collect(),
        })
    }

    /// The activity of the agents who have a grant in the caller's perimeter.
    async fn activity_of(
        &self,
        caller: &Caller,
        processing: &str,
        territories: &[String],
    ) -> Result<Vec<AgentActivity>, UseError> {
        let near = |held: &[String]| {
            territories.is_empty()
                || held.is_empty()
                || held.iter().any(|t| territories.contains(t))
        };
        let agents: BTreeSet<AgentId> = self
            .store
            .grants(caller.office.office)
            .await?
            .into_iter()
            .filter(|g| g.processing == processing && near(&g.territories))
            .map(|g| g.agent)
            .collect();
        let since = caller.now.plus_ms(-DAYS * DAY_MS);
        let mut by_agent: BTreeMap<AgentId, AgentActivity> = BTreeMap::new();
        for (agent, operation, n) in self.caught_up().await.activity(processing, since).await? {
            if !agents.contains(&agent) {
                continue;
            }
            let Ok(operation) = operation.parse::<Operation>() else { continue };
            let counts = by_agent.entry(agent).or_default();
            match operation {
                Operation::Create => counts.created += n,
                // Counted below, from what was recorded: the trace also tells of what was refused.
                Operation::Act | Operation::Reopen => {}
                Operation::Write => counts.written += n,
                Operation::Search | Operation::ArchiveSearch => counts.searches += n,
                opened if opened.opens() => counts.opened += n,
                _ => {}
            }
        }
        let office = caller.office.office;
        for (agent, n) in self.store.acts_by_agent(office, processing, since).await? {
            if agents.contains(&agent) {
                by_agent.entry(agent).or_default().acts += n;
            }
        }
        let who = self.store.who(&by_agent.keys().copied().collect()).await?;
        let mut out: Vec<AgentActivity> = by_agent
            .into_iter()
            .map(|(id, counts)| {
                let (name, service) = who.get(&id).cloned().unwrap_or_default();
                AgentActivity { name, service, ..counts }
            })
            .collect();
        out.sort_by(|a, b| b.opened.cmp(&a.opened).then_with(|| a.name.cmp(&b.name)));
        Ok(out)
    }
}
