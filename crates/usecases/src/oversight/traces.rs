//! Reading the trace: who opened a dossier, what an agent did. A line names data and shows
//! none; reading it is traced in turn.

use huis_access::Refusal;
use huis_kernel::{AgentId, CaseNumber, DossierId, GrantId};
use huis_register::{Power, Register};
use huis_store::{
    dossiers::CardRow,
    traces::{TraceFilter, TracePlace, TraceRow},
};
use huis_trace::{Authority, Dossiers, Leaf, Line, Operation, Outcome, SectionFields};
use std::collections::{BTreeMap, BTreeSet};

use crate::{Caller, Huis, UseError, alerts::rule_label, in_order, start::INSTALLATION};

/// Lines a page.
const PAGE: usize = 50;
/// How many pages of lines that are not the office's are passed over for one page.
const TRIES: usize = 20;
/// How many lines of one dossier are shown.
const OF_DOSSIER: u32 = 500;
/// How many dossiers of one line are named.
const NAMED: usize = 10;

/// What is looked for in the trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceQuery {
    /// Lines of this agent.
    pub agent: Option<AgentId>,
    /// Lines of this operation.
    pub operation: Option<Operation>,
    /// Older than this line: `next` of the page before.
    pub before: Option<TracePlace>,
}

/// A page of the trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TracePage {
    /// Lines, newest first.
    pub lines: Vec<TraceLine>,
    /// Where the next page starts.
    pub next: Option<TracePlace>,
}

/// A line of the trace in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceLine {
    /// Where it stands.
    pub place: TracePlace,
    /// The agent, when there is one.
    pub agent: Option<AgentId>,
    /// Name, or on what ground.
    pub who: String,
    /// Service.
    pub service: String,
    /// Network address.
    pub address: Option<String>,
    /// Purpose.
    pub purpose: String,
    /// What was done.
    pub operation: Operation,
    /// The dossiers it is about, the first of them, by number, that are still there.
    pub dossiers: Vec<CaseNumber>,
    /// How many it is about.
    pub count: u64,
    /// Sections, each with its fields.
    pub sections: Vec<(String, Vec<String>)>,
    /// Outcome, in words.
    pub outcome: String,
    /// Was it refused?
    pub refused: bool,
    /// What else it says: heading and words.
    pub detail: Vec<(String, String)>,
}

/// Which lines of a log of several offices are this one's.
struct Ours {
    alone: bool,
    grants: BTreeSet<GrantId>,
    agents: BTreeSet<AgentId>,
}

impl Ours {
    fn includes(&self, line: &Line, cards: &BTreeMap<DossierId, CardRow>) -> bool {
        let named = line.dossiers.listed();
        self.alone
            || match &line.authority {
                Authority::Agent { grant: Some(grant), .. } => self.grants.contains(grant),
                Authority::Agent { agent, grant: None } => self.agents.contains(agent),
                _ => named.is_empty() || named.iter().any(|d| cards.contains_key(d)),
            }
    }
}

impl Huis {
    /// Who opened a dossier, when, for which purpose, and what of it. For who controls the traces
    /// or supervises its territory.
    pub async fn traces_of_dossier(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
    ) -> Result<Vec<TraceLine>, UseError> {
        let powers = [Power::Traces, Power::Supervise];
        let mine = self.allowed(caller, processing, &powers, Operation::TraceRead).await?;
        let register = &self.processed(processing)?.register;
        let card = self.card(caller, processing, number, Operation::TraceRead).await?;
        let refusal = if !mine.is_empty() && !mine.contains(&card.territory) {
            Some(Refusal::OutOfPerimeter)
        } else if card.archived && !caller.can(register, Power::Traces) {
            // A supervisor has no sight of the archive, nor of who goes there.
            Some(Refusal::Archived)
        } else {
            None
        };
        if let Some(refusal) = refusal {
            let of = Some(card.dossier);
            return self.refuse(caller, processing, Operation::TraceRead, of, refusal).await;
        }
        let mut line = self.line(caller, processing, Operation::TraceRead);
        line.dossiers = Dossiers::one(card.dossier);
        self.trace(line).await?;
        let rows = self.caught_up().await.lines_of_dossier(card.dossier, OF_DOSSIER).await?;
        let lines: Vec<(TracePlace, Line)> = rows
            .into_iter()
            .filter_map(|row| {
                let line = Leaf::from_bytes(row.leaf).line().ok()?;
                Some((TracePlace { at: line.at, log: row.log, index: row.index }, line))
            })
            .collect();
        let cards = self.cards_of(caller, lines.iter().map(|l| &l.1)).await?;
        self.trace_words(register, lines, &cards).await
    }

    /// Whose lines one may ask for, by name and service, in order: those who hold or held a grant
    /// here. An officer of some territories sees names in their own lines alone.
    pub async fn trace_agents(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<(AgentId, String)>, UseError> {
        let mine = self.allowed(caller, processing, &[Power::Traces], Operation::TraceRead).await?;
        if !mine.is_empty() {
            return Ok(Vec::new());
        }
        let grants = self.store.grants(caller.office.office).await?;
        let who = self.store.who(&grants.iter().map(|g| g.agent).collect()).await?;
        let named =
            who.into_iter().map(|(id, (name, service))| (id, format!("{name} ({service})")));
        let mut out: Vec<_> = named.collect();
        out.sort_by_cached_key(|(_, name)| in_order(name));
        Ok(out)
    }

    /// A page of the trace of a processing and of the installation, newest first.
    pub async fn trace_page(
        &self,
        caller: &Caller,
        processing: &str,
        query: &TraceQuery,
    ) -> Result<TracePage, UseError> {
        let mine = self.asking_traces(caller, processing, query, Operation::TraceRead).await?;
        let ours = self.ours(caller).await?;
        self.trace_lines(caller, processing, query, (&mine, &ours)).await
    }

    /// All the lines that a question finds, for a file: page after page, up to `most`; then whether
    /// there are more. Traced once.
    pub(crate) async fn every_trace(
        &self,
        caller: &Caller,
        processing: &str,
        query: &TraceQuery,
        most: usize,
    ) -> Result<TracePage, UseError> {
        let mine = self.asking_traces(caller, processing, query, Operation::TraceExport).await?;
        let ours = self.ours(caller).await?;
        let mut query = query.clone();
        let mut all = TracePage::default();
        loop {
            let page = self.trace_lines(caller, processing, &query, (&mine, &ours)).await?;
            all.lines.extend(page.lines);
            all.next = page.next;
            if all.next.is_none() || all.lines.len() >= most {
                return Ok(all);
            }
            query.before.clone_from(&all.next);
        }
    }

    /// May the caller ask that? The question is traced, and the territories that it is about given.
    async fn asking_traces(
        &self,
        caller: &Caller,
        processing: &str,
        query: &TraceQuery,
        operation: Operation,
    ) -> Result<Vec<String>, UseError> {
        let mine = self.allowed(caller, processing, &[Power::Traces], operation).await?;
        let mut line = self.line(caller, processing, operation);
        if let Some(agent) = query.agent {
            line.detail.insert("agent".to_owned(), agent.to_string());
        }
        if let Some(operation) = query.operation {
            line.detail.insert("operation".to_owned(), operation.code().to_owned());
        }
        self.trace(line).await?;
        Ok(mine)
    }

    async fn trace_lines(
        &self,
        caller: &Caller,
        processing: &str,
        query: &TraceQuery,
        (mine, ours): (&[String], &Ours),
    ) -> Result<TracePage, UseError> {
        let register = &self.processed(processing)?.register;
        let mut filter = TraceFilter {
            processings: vec![processing.to_owned(), INSTALLATION.to_owned()],
            agent: query.agent,
            operation: query.operation.map(|o| o.code().to_owned()),
            before: query.before.clone(),
            since: None,
        };
        let store = self.caught_up().await;
        let mut kept: Vec<(TracePlace, Line)> = Vec::new();
        let mut cards = BTreeMap::new();
        let mut more = true;
        for _ in 0..TRIES {
            let rows = store.trace_page(&filter, u32::try_from(PAGE).unwrap_or(50)).await?;
            more = rows.len() == PAGE;
            filter.before = rows.last().map(|r| r.place.clone());
            let read: Vec<_> = rows.into_iter().filter_map(readable).collect();
            cards.extend(self.cards_of(caller, read.iter().map(|l| &l.1)).await?);
            kept.extend(
                read.into_iter()
                    .filter(|(_, line)| ours.includes(line, &cards) && within(mine, line, &cards)),
            );
            if kept.len() >= PAGE || !more {
                break;
            }
        }
        if kept.len() > PAGE {
            kept.truncate(PAGE);
            more = true;
            filter.before = kept.last().map(|k| k.0.clone());
        }
        let next = if more { filter.before } else { None };
        Ok(TracePage { lines: self.trace_words(register, kept, &cards).await?, next })
    }

    async fn ours(&self, caller: &Caller) -> Result<Ours, UseError> {
        let alone = self.store.offices().await?.len() < 2;
        let rows = if alone { Vec::new() } else { self.store.grants(caller.office.office).await? };
        Ok(Ours {
            alone,
            grants: rows.iter().map(|g| g.id).collect(),
            agents: rows.iter().map(|g| g.agent).collect(),
        })
    }

    /// The cards of the dossiers that some lines name, in the caller's office.
    async fn cards_of<'a>(
        &self,
        caller: &Caller,
        lines: impl Iterator<Item = &'a Line> + Send,
    ) -> Result<BTreeMap<DossierId, CardRow>, UseError> {
        let named: BTreeSet<DossierId> =
            lines.flat_map(|l| l.dossiers.listed().iter().take(NAMED).copied()).collect();
        let mut cards = BTreeMap::new();
        for chunk in named.into_iter().collect::<Vec<_>>().chunks(500) {
            let found = self.store.cards(caller.office.office, chunk).await?;
            cards.extend(found.into_iter().map(|c| (c.dossier, c)));
        }
        Ok(cards)
    }

    async fn trace_words(
        &self,
        register: &Register,
        lines: Vec<(TracePlace, Line)>,
        cards: &BTreeMap<DossierId, CardRow>,
    ) -> Result<Vec<TraceLine>, UseError> {
        let by = |l: &Line| l.authority.agent().or_else(|| for_person(l));
        let agents = lines.iter().filter_map(|l| by(&l.1)).collect();
        let who = self.store.who(&agents).await?;
        let words = |(place, line)| in_words(register, place, line, cards, &who);
        Ok(lines.into_iter().map(words).collect())
    }
}

fn readable(row: TraceRow) -> Option<(TracePlace, Line)> {
    // A line that does not read is shown by the verification, not here.
    Some((row.place, Leaf::from_bytes(row.leaf).line().ok()?))
}

/// An officer of some territories sees the lines about their dossiers.
fn within(mine: &[String], line: &Line, cards: &BTreeMap<DossierId, CardRow>) -> bool {
    let of = |d: &DossierId| cards.get(d).is_some_and(|c| mine.contains(&c.territory));
    mine.is_empty() || line.dossiers.listed().iter().any(of)
}

fn in_words(
    register: &Register,
    place: TracePlace,
    line: Line,
    cards: &BTreeMap<DossierId, CardRow>,
    names: &BTreeMap<AgentId, (String, String)>,
) -> TraceLine {
    let agent = line.authority.agent();
    let (who, service) = match &line.authority {
        Authority::Agent { agent, .. } => names
            .get(agent)
            .cloned()
            .unwrap_or_else(|| ("Agent dont le compte n’existe plus".to_owned(), String::new())),
        // The desk that made the copy, for the person concerned.
        Authority::Subject => match for_person(&line).and_then(|agent| names.get(&agent)) {
            Some((name, service)) => {
                (format!("La personne concernée, par {name}"), service.clone())
            }
            None => ("La personne concernée".to_owned(), String::new()),
        },
        Authority::Rule(_) => ("Règle du registre".to_owned(), String::new()),
        Authority::Job(_) | Authority::System => ("Le programme".to_owned(), String::new()),
    };
    let (outcome, refused) = match &line.outcome {
        Outcome::Done => ("Fait".to_owned(), false),
        Outcome::Refused { rule } => (format!("Refusé\u{a0}: {}", refusal_label(rule)), true),
        Outcome::Failed => ("N’a pas abouti".to_owned(), false),
    };
    let named = line.dossiers.listed().iter().take(NAMED);
    TraceLine {
        agent,
        who,
        service,
        purpose: purpose_label(register, &line.purpose),
        operation: line.operation,
        dossiers: named.filter_map(|d| cards.get(d)).map(|c| c.number).collect(),
        count: line.dossiers.count(),
        sections: line.sections.iter().map(|s| section_words(register, s)).collect(),
        outcome,
        refused,
        detail: line.detail.iter().filter_map(|(k, v)| detail_words(register, k, v)).collect(),
        address: line.address,
        place,
    }
}

/// The agent at the desk, of a line under the authority of the person concerned.
fn for_person(line: &Line) -> Option<AgentId> {
    line.detail.get("agent").filter(|_| line.authority == Authority::Subject)?.parse().ok()
}

fn section_words(register: &Register, opened: &SectionFields) -> (String, Vec<String>) {
    let section = register.section(&opened.section);
    let label = match section {
        Some(section) => section.label.clone(),
        None if opened.section == "actes" => "Actes".to_owned(),
        None => opened.section.clone(),
    };
    let label = match opened.occurrence {
        Some(n) => format!("{label} n°\u{a0}{n}"),
        None => label,
    };
    let field = |id: &String| {
        let known = section.and_then(|s| s.field(id));
        known.map_or_else(|| id.clone(), |f| f.label.clone())
    };
    (label, opened.fields.iter().map(field).collect())
}

pub(crate) fn purpose_label(register: &Register, code: &str) -> String {
    if let Some(purpose) = register.purposes.iter().find(|p| p.id == code) {
        return purpose.label.clone();
    }
    match code {
        "administration" => "Administration de l’installation",
        "securite" | "alertes" => "Sécurité des accès",
        "sweep" | "conservation" => "Durées de conservation",
        "echeances" => "Calcul des échéances",
        "recherche" => "Confirmation d’une recherche",
        "droit-acces" => "Réponse à la demande d’accès de la personne concernée",
        "demonstration" => "Chargement de la démonstration",
        other => other,
    }
    .to_owned()
}

fn refusal_label(rule: &str) -> &str {
    match rule {
        "hors-perimetre" => "hors du périmètre de l’habilitation",
        "hors-profil" => "non prévu par le profil",
        "second-facteur" => "second facteur manquant",
        "archive" => "dossier en cours ou archivé, fermé à l’habilitation",
        "partenaire" => "accès des partenaires fermé",
        "propre-alerte" => "alerte à son propre sujet",
        "phrase" => "phrase secrète inexacte",
        "jeton" => "jeton d’accès inconnu",
        "jeton-revoque" => "jeton d’accès révoqué",
        "jeton-expire" => "jeton d’accès terminé",
        "sans-habilitation" => "plus aucune habilitation",
        "compte" => "compte fermé ou verrouillé",
        "hors-demande" => "la demande ne vise pas ces données",
        "identite-non-verifiee" => "identité du demandeur non vérifiée",
        "regle" => "non prévu par la procédure à ce stade",
        "modifie-entre-temps" => "le dossier avait changé entre-temps",
        "hors-registre" => "saisie non conforme",
        "introuvable" => "rien de tel, ou hors de portée",
        "archive-fermee" => "archive fermée pour cette session",
        "soi-meme" => "une habilitation pour soi-même",
        "administrateur-en-fonction" => "un administrateur est déjà en fonction",
        "identifiant-inconnu" => "identifiant inconnu",
        "mot-de-passe" => "mot de passe inexact",
        "code" => "code inexact",
        "code-rejoue" => "code déjà utilisé",
        "compte-bloque" => "compte bloqué",
        "compte-ferme" => "compte fermé",
        "fournisseur" => "refusé par le fournisseur d’identité",
        "identite-inconnue" => "identité rattachée à aucun compte",
        "personne" => "aucune personne de ce nom, ou plusieurs",
        other => other,
    }
}

/// Tokens and identifiers serve the program; the reader gets the rest.
fn detail_words(register: &Register, key: &str, value: &str) -> Option<(String, String)> {
    let words = |heading: &str, text: &str| Some((heading.to_owned(), text.to_owned()));
    match key {
        "acte" => words("Acte", register.act(value).map_or(value, |a| a.label.as_str())),
        "volet" => words("Volet", register.section(value).map_or(value, |s| s.label.as_str())),
        "duree" => words("Durée", value),
        "motif" => words("Motif", value),
        "regle" => words("Alerte", rule_label(value)),
        "versement" => words("Empreinte du versement", value),
        "reglage" => words("Réglage", &super::settings::labels_of(value)),
        key if key.ends_with(".avant") || key.ends_with(".apres") => {
            let (setting, when) = key.rsplit_once('.').unwrap_or((key, ""));
            let when = if when == "avant" { "avant" } else { "après" };
            words(&format!("{}, {when}", super::settings::labels_of(setting)), value)
        }
        "operation" => words("Opération", value.parse::<Operation>().map_or(value, |o| o.label())),
        "jeton" => words("Jeton", value.get(..8).unwrap_or(value)),
        "portees" => words("Portées", &value.replace(',', ", ")),
        "dernier-jour" => words("Dernier jour", value),
        "tokens" | "alerte" | "agent" | "demande" => None,
        other => words(other, value),
    }
}
