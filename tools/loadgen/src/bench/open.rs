//! Opening a dossier over HTTP through the whole guarded path, against the same rows read raw with
//! a page of as many bytes, by the same sessions; and against what the commit of the trace allows.

use anyhow::{Context, Result};
use huis_store::measure;
use huis_usecases::Reading;
use std::{net::SocketAddr, sync::Arc, time::Duration};

use super::Bench;
use crate::{
    bare::Bare,
    client::Client,
    figures::{Asked, Figures},
    load,
    place::{PROCESSING, Place, Worker, workers},
    process::Server,
};

/// Concurrent readers.
const READERS: usize = 32;
/// Dossiers that are read in turn, a worker.
const EACH: usize = 40;
/// Workers.
const WORKERS: usize = 8;
/// How long a round lasts.
const ROUND: Duration = Duration::from_millis(1_500);

pub(super) async fn run(bench: &mut Bench, place: &Place) -> Result<()> {
    let huis = place.open("mesure").await?;
    let mut staff = workers(&huis, "instructeur", EACH).await?;
    staff.retain(|w| !w.numbers.is_empty());
    staff.truncate(WORKERS);
    let bytes = line_bytes(&huis, staff.first().context("instructeur")?).await?;
    huis.stop().await?;
    let guarded = bench.server(place).await?;
    let pages = tempfile::tempdir()?;
    let mut sizes = Figures::new();
    for worker in &staff {
        let mut client = Client::in_session(guarded.address, &worker.token).await?;
        for number in &worker.numbers {
            let page = client.get(&format!("/dossiers/{number}")).await?;
            anyhow::ensure!(page.status.is_success(), "{number} : {}", page.status);
            #[expect(clippy::cast_precision_loss, reason = "a page's size")]
            sizes.add(page.body.len() as f64);
            std::fs::write(pages.path().join(number.to_string()), &page.body)?;
        }
    }
    let mut arguments = vec!["raw".to_owned()];
    arguments.extend(place.arguments());
    arguments.extend(["--pages".to_owned(), pages.path().display().to_string()]);
    let raw = Server::start(&bench.loadgen, &arguments).await?;
    let mut bare = Bare::open(place).await?;
    let many = turns(bench.rounds, &guarded, &raw, &staff, READERS, &mut bare, bytes).await?;
    let one = turns(bench.rounds, &guarded, &raw, &staff, 1, &mut bare, bytes).await?;
    let (commit, kib) = (many.commit.median(), sizes.median() / 1024.0);
    #[expect(clippy::cast_precision_loss, reason = "a few dozen readers")]
    let bound = READERS as f64 / 2.0 / (commit / 1_000.0);
    bench.tell(
        Some(place),
        &format!("ouvrir, {READERS} lecteurs"),
        format!(
            "{:.0} dossiers/s contre {:.0}/s lus bruts (page {kib:.0} Kio ; médiane {:.1} ms, p99 {:.1} ms contre {:.1} et {:.1} ms) ; commit {commit:.2} ms, borne {bound:.0}/s",
            many.guarded.median(),
            many.raw.median(),
            many.guarded_ms.median(),
            many.guarded_ms.at(0.99),
            many.raw_ms.median(),
            many.raw_ms.at(0.99),
        ),
        many.guarded.median() / many.raw.median(),
        Asked::AtLeast(2.0 / 3.0),
    );
    let allowed = one.raw_ms.median() + one.commit.median();
    bench.tell(
        Some(place),
        "ouvrir, 1 lecteur",
        format!(
            "{:.2} ms contre {:.2} ms brut + {:.2} ms de commit (p99 {:.2} ms contre {:.2} ms)",
            one.guarded_ms.median(),
            one.raw_ms.median(),
            one.commit.median(),
            one.guarded_ms.at(0.99),
            one.raw_ms.at(0.99),
        ),
        one.guarded_ms.median() / allowed,
        Asked::AtMost(1.2),
    );
    Ok(())
}

/// How many bytes one reading writes to the trace.
async fn line_bytes(huis: &huis_usecases::Huis, worker: &Worker) -> Result<usize> {
    let number = *worker.numbers.first().context("dossier")?;
    huis.open_dossier(&worker.caller, PROCESSING, number, Reading::Screen).await?;
    measure::taken();
    huis.open_dossier(&worker.caller, PROCESSING, number, Reading::Screen).await?;
    Ok(measure::taken().iter().filter(|s| !s.reads()).map(measure::Statement::bytes).sum())
}

#[derive(Default)]
struct Turns {
    guarded: Figures,
    raw: Figures,
    guarded_ms: Figures,
    raw_ms: Figures,
    commit: Figures,
}

async fn turns(
    rounds: usize,
    guarded: &Server,
    raw: &Server,
    staff: &[Worker],
    readers: usize,
    bare: &mut Bare,
    bytes: usize,
) -> Result<Turns> {
    let paths: Vec<Arc<Vec<String>>> = staff
        .iter()
        .map(|w| Arc::new(w.numbers.iter().map(|n| format!("/dossiers/{n}")).collect()))
        .collect();
    let mut of_guarded = connect(guarded.address, staff, readers).await?;
    let mut of_raw = connect(raw.address, staff, readers).await?;
    let mut turns = Turns::default();
    // The first round of each warms caches up, and is not counted.
    for round in 0..=rounds {
        let (a, clients) = load::read(of_guarded, &paths, ROUND, round * 13).await?;
        of_guarded = clients;
        for _ in 0..30 {
            turns.commit.add_ms(bare.commit(bytes).await?);
        }
        let (b, clients) = load::read(of_raw, &paths, ROUND, round * 13).await?;
        of_raw = clients;
        if round > 0 {
            turns.guarded.add(a.per_second);
            turns.raw.add(b.per_second);
            turns.guarded_ms.extend(&a.latency);
            turns.raw_ms.extend(&b.latency);
        }
    }
    Ok(turns)
}

pub(super) async fn connect(
    address: SocketAddr,
    staff: &[Worker],
    readers: usize,
) -> Result<Vec<Client>> {
    let mut clients = Vec::with_capacity(readers);
    for worker in staff.iter().cycle().take(readers) {
        clients.push(Client::in_session(address, &worker.token).await?);
    }
    Ok(clients)
}
