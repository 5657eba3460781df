use huis_kernel::{AgentId, Date, DossierId, Instant};
use std::collections::{BTreeSet, HashMap, VecDeque};

use super::{AlertDraft, Parameters, Rule, baseline::Baseline};
use crate::{Line, Operation, Outcome};

/// What is refused of the work itself, and not of who does it: an act that the procedure does not take
/// now, a dossier that moved meanwhile. Mistakes of a busy morning look for nothing.
const OF_THE_WORK: [&str; 3] = ["regle", "modifie-entre-temps", "hors-registre"];

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// Where a line stands in its log.
pub type Place = u64;

/// What the caller knows of a line beyond what it holds.
#[derive(Clone, Debug, Default)]
pub struct Context<'a> {
    /// The profile of the grant by which it was read.
    pub profile: Option<&'a str>,
    /// Tokens of the agent's own name and address.
    pub own_tokens: &'a [String],
    /// Tokens of the dossier that was opened, or of the search.
    pub tokens: &'a [String],
    /// Is the dossier closed?
    pub closed_file: bool,
}

/// Watches the lines of one log. After a restart it is fed the last weeks of the log again, its
/// drafts being left aside.
#[derive(Debug)]
pub struct Detector {
    parameters: Parameters,
    agents: HashMap<AgentId, Agent>,
    profiles: HashMap<String, Baseline>,
    sign_ins: HashMap<String, Window>,
    raised: HashMap<(Rule, About), Instant>,
}

/// Who stands out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum About {
    Agent(AgentId),
    Address(String),
}

#[derive(Debug, Default)]
struct Agent {
    opened: Window,
    refused: Window,
    closed_files: Window,
    out_of_hours: (Option<Date>, Window),
    usual: Baseline,
    /// What they opened within the hour: the same dossier again (another section of it, a form) is
    /// no other dossier.
    recent: HashMap<DossierId, Instant>,
    /// The same in the order in which they were opened, to forget the oldest first.
    order: VecDeque<(Instant, DossierId)>,
    /// The last list shown, and how far down it the last reading was.
    list: HashMap<DossierId, usize>,
    walk: Option<Walk>,
}

#[derive(Debug, Clone, Copy)]
struct Walk {
    dossier: DossierId,
    /// Its rank in the list last shown; before the first when it is not in it (the next page).
    at: usize,
    steps: u32,
    first: Place,
}

/// What was counted within a span of time.
#[derive(Debug, Default)]
struct Window(VecDeque<(Instant, Place, u32)>);

impl Window {
    /// Counts, forgets what is older than the span, and tells the count that is left.
    fn add(&mut self, at: Instant, place: Place, count: u32, span: i64) -> u32 {
        self.0.push_back((at, place, count));
        while self.0.front().is_some_and(|(first, ..)| first.plus_ms(span) <= at) {
            self.0.pop_front();
        }
        self.0.iter().fold(0, |sum, (.., n)| sum.saturating_add(*n))
    }

    fn first(&self) -> Option<Place> {
        self.0.front().map(|(_, place, _)| *place)
    }

    fn last(&self) -> Option<Instant> {
        self.0.back().map(|(at, ..)| *at)
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

/// One draft, before it is known whether the same was raised already.
struct Seen {
    rule: Rule,
    first: Option<Place>,
    summary: String,
}

impl Detector {
    /// A detector that has seen nothing yet.
    pub fn new(parameters: Parameters) -> Self {
        Self {
            parameters,
            agents: HashMap::new(),
            profiles: HashMap::new(),
            sign_ins: HashMap::new(),
            raised: HashMap::new(),
        }
    }

    /// Looks at the next line. The same alert about the same person is raised once an hour.
    pub fn feed(&mut self, place: Place, line: &Line, context: &Context<'_>) -> Vec<AlertDraft> {
        let mut seen = Vec::new();
        let about = match line.authority.agent() {
            Some(agent) => {
                self.agent(agent, place, line, context, &mut seen);
                About::Agent(agent)
            }
            None if line.operation == Operation::SignInFailed => {
                let address = line.address.clone().unwrap_or_default();
                self.sign_in_failed(&address, place, line, &mut seen);
                About::Address(address)
            }
            None => return Vec::new(),
        };
        seen.into_iter().filter_map(|seen| self.draft(&about, place, line.at, seen)).collect()
    }

    fn draft(&mut self, about: &About, last: Place, at: Instant, seen: Seen) -> Option<AlertDraft> {
        let known = self.raised.get(&(seen.rule, about.clone()));
        // The same fact is told once; a person's own file is told each time.
        if seen.rule != Rule::OwnName && known.is_some_and(|raised| at < raised.plus_ms(HOUR)) {
            return None;
        }
        self.raised.retain(|_, raised| at < raised.plus_ms(HOUR));
        self.raised.insert((seen.rule, about.clone()), at);
        let (agent, address) = match about {
            About::Agent(agent) => (Some(*agent), None),
            About::Address(address) => (None, Some(address.clone())),
        };
        let (rule, summary, first) = (seen.rule, seen.summary, seen.first.unwrap_or(last));
        Some(AlertDraft { rule, agent, address, at, first, last, summary })
    }

    fn sign_in_failed(&mut self, address: &str, place: Place, line: &Line, seen: &mut Vec<Seen>) {
        let (most, minutes) = (self.parameters.sign_ins, self.parameters.burst_minutes);
        let span = i64::from(minutes) * MINUTE;
        // An attack comes from many addresses: those that have gone quiet are forgotten.
        self.sign_ins
            .retain(|_, window| window.last().is_some_and(|at| line.at < at.plus_ms(span)));
        let window = self.sign_ins.entry(address.to_owned()).or_default();
        let count = window.add(line.at, place, 1, span);
        if count >= most {
            let summary = format!(
                "{count} échecs de connexion en {minutes} minutes depuis une même adresse."
            );
            seen.push(Seen { rule: Rule::SignIns, first: window.first(), summary });
        }
    }

    fn agent(
        &mut self,
        id: AgentId,
        place: Place,
        line: &Line,
        context: &Context<'_>,
        seen: &mut Vec<Seen>,
    ) {
        let agent = self.agents.entry(id).or_default();
        if let Outcome::Refused { rule } = &line.outcome {
            if !OF_THE_WORK.contains(&rule.as_str()) {
                agent.refused(place, line, &self.parameters, seen);
            }
            return;
        }
        agent.own_name(line, context, seen);
        if line.operation == Operation::List {
            agent.listed(line);
        }
        if !line.operation.opens() {
            return;
        }
        let named = u32::try_from(line.dossiers.count()).unwrap_or(u32::MAX);
        if named == 0 {
            return;
        }
        let opened = named.saturating_sub(agent.again(line));
        let profile = context.profile.map(|p| self.profiles.entry(p.to_owned()).or_default());
        if opened > 0 {
            agent.volume(place, line, opened, profile, &self.parameters, seen);
            agent.out_of_hours(place, line, opened, &self.parameters, seen);
        }
        agent.walk(place, line, &self.parameters, seen);
        if context.closed_file && opened > 0 {
            agent.closed_files(place, line, opened, &self.parameters, seen);
        }
    }
}

/// The most openings of one agent that are remembered: many times what any threshold asks for.
const RECENT: usize = 4_096;

impl Agent {
    /// How many of these dossiers they had open within the hour.
    fn again(&mut self, line: &Line) -> u32 {
        let since = line.at.plus_ms(-HOUR);
        while let Some((at, dossier)) = self.order.front().copied() {
            if at > since && self.order.len() <= RECENT {
                break;
            }
            self.order.pop_front();
            if self.recent.get(&dossier) == Some(&at) {
                self.recent.remove(&dossier);
            }
        }
        let mut again = 0;
        for dossier in line.dossiers.listed() {
            again += u32::from(self.recent.insert(*dossier, line.at).is_some());
            self.order.push_back((line.at, *dossier));
        }
        again
    }

    fn refused(&mut self, place: Place, line: &Line, p: &Parameters, seen: &mut Vec<Seen>) {
        let count = self.refused.add(line.at, place, 1, i64::from(p.burst_minutes) * MINUTE);
        if count >= p.refusals {
            let summary = format!("{count} refus en {} minutes.", p.burst_minutes);
            seen.push(Seen { rule: Rule::Refusals, first: self.refused.first(), summary });
        }
    }

    fn own_name(&self, line: &Line, context: &Context<'_>, seen: &mut Vec<Seen>) {
        let own: BTreeSet<&str> = context.own_tokens.iter().map(String::as_str).collect();
        let searched = line.detail.get("tokens").into_iter().flat_map(|t| t.split(','));
        let mut met = context.tokens.iter().map(String::as_str).chain(searched);
        if met.any(|token| own.contains(token)) {
            let summary = if line.operation == Operation::Search {
                "Recherche sur son propre nom ou sa propre adresse."
            } else {
                "Ouverture d’un dossier à son propre nom ou à sa propre adresse."
            };
            seen.push(Seen { rule: Rule::OwnName, first: None, summary: summary.to_owned() });
        }
    }

    fn volume(
        &mut self,
        place: Place,
        line: &Line,
        opened: u32,
        profile: Option<&mut Baseline>,
        p: &Parameters,
        seen: &mut Vec<Seen>,
    ) {
        let count = self.opened.add(line.at, place, opened, HOUR);
        let first = self.opened.first();
        if count > p.opened_per_hour {
            let most = p.opened_per_hour;
            let summary = format!("{count} dossiers ouverts en une heure (seuil : {most}).");
            seen.push(Seen { rule: Rule::Volume, first, summary });
        }
        let unusual = |usual: u32| {
            let most = u64::from(usual) * u64::from(p.unusual_percent) / 100;
            count > p.unusual_floor && u64::from(count) > most
        };
        // Compared with the past before the present joins it.
        if let Some(usual) = self.usual.usual(p.unusual_history).filter(|u| unusual(*u)) {
            let summary = format!(
                "{count} dossiers ouverts en une heure ; cet agent n’en ouvre d’ordinaire pas plus de {usual}."
            );
            seen.push(Seen { rule: Rule::UnusualForAgent, first, summary });
        }
        let ended = self.usual.add(line.at, opened);
        let Some(profile) = profile else { return };
        if let Some(usual) = profile.usual(p.unusual_history).filter(|u| unusual(*u)) {
            let summary = format!(
                "{count} dossiers ouverts en une heure ; ce profil n’en ouvre d’ordinaire pas plus de {usual}."
            );
            seen.push(Seen { rule: Rule::UnusualForProfile, first, summary });
        }
        // An hour of one agent is an hour of the profile: what the others do is what is usual.
        if let Some(hour) = ended {
            profile.remember(hour);
        }
    }

    fn out_of_hours(
        &mut self,
        place: Place,
        line: &Line,
        opened: u32,
        p: &Parameters,
        seen: &mut Vec<Seen>,
    ) {
        let Some(hours) = p.hours.as_ref().filter(|hours| !hours.open(line.at)) else { return };
        let (day, window) = &mut self.out_of_hours;
        let today = line.at.date_in(&hours.zone);
        if day.replace(today) != Some(today) {
            window.clear();
        }
        let count = window.add(line.at, place, opened, 25 * HOUR);
        if count >= p.out_of_hours {
            let summary = format!("{count} dossiers ouverts en dehors des heures de service.");
            seen.push(Seen { rule: Rule::OutOfHours, first: window.first(), summary });
        }
    }

    /// A list is shown: the next page of it, or the same again between two readings.
    fn listed(&mut self, line: &Line) {
        self.list = line.dossiers.listed().iter().copied().zip(0..).collect();
        if let Some(walk) = &mut self.walk {
            walk.at = self.list.get(&walk.dossier).copied().unwrap_or(usize::MAX);
        }
    }

    fn walk(&mut self, place: Place, line: &Line, p: &Parameters, seen: &mut Vec<Seen>) {
        let [dossier] = line.dossiers.listed() else { return };
        let Some(at) = self.list.get(dossier).copied() else {
            self.walk = None;
            return;
        };
        let walk = match self.walk {
            // The same dossier again (another section of it) is no step.
            Some(walk) if walk.at == at => walk,
            Some(walk) if walk.at.wrapping_add(1) == at => {
                Walk { dossier: *dossier, at, steps: walk.steps.saturating_add(1), ..walk }
            }
            _ => Walk { dossier: *dossier, at, steps: 1, first: place },
        };
        self.walk = Some(walk);
        if walk.steps >= p.walk {
            let steps = walk.steps;
            let summary =
                format!("{steps} dossiers ouverts l’un après l’autre dans l’ordre d’une liste.");
            seen.push(Seen { rule: Rule::Walk, first: Some(walk.first), summary });
        }
    }

    fn closed_files(
        &mut self,
        place: Place,
        line: &Line,
        opened: u32,
        p: &Parameters,
        seen: &mut Vec<Seen>,
    ) {
        let count = self.closed_files.add(line.at, place, opened, HOUR);
        if count >= p.closed_files {
            let summary = format!("{count} dossiers clos ouverts en une heure.");
            seen.push(Seen { rule: Rule::ClosedFiles, first: self.closed_files.first(), summary });
        }
    }
}
