//! Day page, board, list, search by name: what each costs its database, counted, at each size; and
//! how long it takes over HTTP.

use anyhow::{Context, Result};
use huis_kernel::CaseNumber;
use huis_store::measure;
use huis_usecases::{Caller, Huis, ListQuery, Question, Reading};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::Bench;
use crate::{
    client::Client,
    figures::{Asked, Figures},
    load,
    place::{PROCESSING, Place, Worker, workers},
    replay::{self, Cost},
};

/// Agents whose pages are asked for.
const WORKERS: usize = 4;
/// Searches, an agent.
const SEARCHES: usize = 4;

/// What each request costs, and how many rows it shows.
type Costs = BTreeMap<Request, (Cost, usize)>;

/// A request whose cost is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Request {
    /// The day page.
    Day,
    /// The board.
    Board,
    /// The first page of the list.
    List,
    /// The second page of the list.
    NextPage,
    /// A search by name.
    Search,
    /// A dossier.
    Dossier,
}

impl Request {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Day, Self::Board, Self::List, Self::NextPage, Self::Search, Self::Dossier];

    /// Its name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "journée",
            Self::Board => "tableau",
            Self::List => "liste",
            Self::NextPage => "liste, page 2",
            Self::Search => "recherche par nom",
            Self::Dossier => "dossier",
        }
    }
}

/// What each request costs, the whole of it for some agents, and how many rows they are shown.
pub async fn costs(huis: &Huis, place: &Place) -> Result<Costs> {
    let staff = staff(huis).await?;
    let mut out = BTreeMap::new();
    for request in Request::ALL {
        let (mut asked, mut shown) = (Vec::new(), 0);
        for worker in &staff {
            // Once for what is kept in memory, once to count.
            ask(huis, worker, request).await?;
            measure::taken();
            // The session and the grants are found anew at each request.
            huis.caller(&worker.token, "127.0.0.1").await?.context("session")?;
            shown += ask(huis, worker, request).await?;
            asked.extend(measure::taken());
        }
        out.insert(request, (replay::cost(place, &asked)?, shown));
    }
    Ok(out)
}

async fn staff(huis: &Huis) -> Result<Vec<Worker>> {
    let mut staff = workers(huis, "instructeur", 60).await?;
    staff.retain(|w| w.numbers.len() >= SEARCHES);
    staff.truncate(WORKERS);
    anyhow::ensure!(!staff.is_empty(), "aucun instructeur avec des dossiers");
    Ok(staff)
}

/// Asks; how many rows came back.
async fn ask(huis: &Huis, worker: &Worker, request: Request) -> Result<usize> {
    let caller = &worker.caller;
    Ok(match request {
        Request::Day => {
            let day = huis.day(caller, PROCESSING).await?;
            let counted = day.late_count + day.coming_count;
            day.late.len()
                + day.today.len()
                + day.coming.len()
                + day.came_in.len()
                + day.stuck.len()
                + usize::try_from(counted)?
        }
        Request::Board => huis.board(caller, PROCESSING).await?.cells.len(),
        Request::List => huis.list(caller, PROCESSING, &ListQuery::default()).await?.lines.len(),
        Request::NextPage => {
            let first = huis.list(caller, PROCESSING, &ListQuery::default()).await?;
            let query = ListQuery { after: first.next, ..ListQuery::default() };
            measure::taken();
            huis.list(caller, PROCESSING, &query).await?.lines.len()
        }
        Request::Search => {
            let mut questions = Vec::new();
            for number in worker.numbers.iter().take(SEARCHES) {
                questions.push(question(huis, caller, *number).await?);
            }
            measure::taken();
            let mut found = 0;
            for question in questions {
                found += huis.search(caller, PROCESSING, &question).await?.lines.len();
            }
            found
        }
        Request::Dossier => {
            let number = *worker.numbers.first().context("dossier")?;
            let opened = huis.open_dossier(caller, PROCESSING, number, Reading::Screen).await?;
            opened.view.acts.len() + opened.view.sections.len()
        }
    })
}

/// A search by the name of the first occupant of a dossier.
async fn question(huis: &Huis, caller: &Caller, number: CaseNumber) -> Result<Question> {
    let opened = huis.open_dossier(caller, PROCESSING, number, Reading::Screen).await?;
    let occupant = opened.view.sections.iter().find(|s| s.section == "occupant");
    let facts = &occupant.context("occupant")?.facts;
    let fields = ["nom", "prenom"]
        .into_iter()
        .filter_map(|f| Some((format!("occupant.{f}"), facts.get(f)?.as_str()?.to_owned())))
        .collect();
    Ok(Question { fields, ..Question::default() })
}

pub(super) async fn run(bench: &mut Bench, places: &[Place]) -> Result<()> {
    let mut of: Vec<(&Place, Costs, BTreeMap<Request, Figures>)> = Vec::new();
    for place in places {
        let huis = place.open("mesure").await?;
        let costs = costs(&huis, place).await?;
        let staff = staff(&huis).await?;
        let mut tickets = Vec::new();
        for worker in &staff {
            for number in worker.numbers.iter().take(SEARCHES) {
                let question = question(&huis, &worker.caller, *number).await?;
                tickets.push((worker, huis.ask(&worker.caller, &question).await?));
            }
        }
        let server = bench.server(place).await?;
        let worker = staff.first().context("instructeur")?;
        let mut times = BTreeMap::new();
        for request in Request::ALL {
            let paths: Vec<String> = match request {
                Request::Day => vec!["/journee".into()],
                Request::Board => vec!["/tableau".into()],
                Request::List => vec!["/dossiers".into()],
                Request::NextPage => continue,
                Request::Search => tickets
                    .iter()
                    .filter(|(w, _)| w.login == worker.login)
                    .map(|(_, t)| format!("/recherche/{t}"))
                    .collect(),
                Request::Dossier => {
                    worker.numbers.iter().map(|n| format!("/dossiers/{n}")).collect()
                }
            };
            let client = Client::in_session(server.address, &worker.token).await?;
            let paths = [Arc::new(paths)];
            let lasts = Duration::from_millis(1_500);
            let (_, clients) = load::read(vec![client], &paths, lasts / 3, 0).await?;
            let (round, _) = load::read(clients, &paths, lasts, 0).await?;
            times.insert(request, round.latency);
        }
        huis.stop().await?;
        of.push((place, costs, times));
    }
    for request in Request::ALL {
        let told: Vec<String> = of
            .iter()
            .map(|(place, costs, times)| {
                let (cost, shown) = costs.get(&request).copied().unwrap_or_default();
                let latency = times
                    .get(&request)
                    .map(|t| format!(" ; {:.1} ms, p99 {:.1} ms", t.median(), t.at(0.99)));
                format!(
                    "{} : {} pas, {} pages, {} requêtes, {shown} lignes montrées{}",
                    place.size,
                    cost.steps,
                    cost.pages,
                    cost.statements,
                    latency.unwrap_or_default()
                )
            })
            .collect();
        let ends = of
            .first()
            .zip(of.last())
            .and_then(|(a, b)| Some((a.1.get(&request)?, b.1.get(&request)?)));
        let Some((least, most)) = ends else { continue };
        let engine = places.first().map_or("", Place::engine);
        let growth = growth(least.0, most.0);
        let asked = if places.len() > 1 { Asked::AtMost(1.2) } else { Asked::Told };
        bench.tell(None, &format!("{}, {engine}", request.name()), told.join(" — "), growth, asked);
    }
    Ok(())
}

/// How much more the larger costs: the worst of steps and pages.
#[expect(clippy::cast_precision_loss, reason = "counts of some thousands")]
pub fn growth(least: Cost, most: Cost) -> f64 {
    let ratio = |a: u64, b: u64| b as f64 / (a.max(1)) as f64;
    ratio(least.steps, most.steps).max(ratio(least.pages, most.pages))
}
