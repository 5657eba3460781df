//! A file imported: rows a second, memory flat with the file's size; and what readers keep of their
//! throughput meanwhile.

use anyhow::{Context, Result, bail};
use huis_kernel::CaseNumber;
use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use super::Bench;
use crate::{
    figures::{Asked, Figures},
    load,
    place::{PROCESSING, Place, Worker, workers},
    process::memory_mib,
};

/// Rows of the small file and of the large one.
const ROWS: [usize; 2] = [500, 4_000];
/// Readers while a file is imported.
const READERS: usize = 32;

pub(super) async fn run(bench: &mut Bench, place: &Place) -> Result<()> {
    let place = &bench.copy(place)?;
    let huis = place.open("mesure").await?;
    let mut staff = workers(&huis, "instructeur", 4_000).await?;
    staff.sort_by_key(|w| std::cmp::Reverse(w.numbers.len()));
    let worker = staff.first().context("instructeur")?.clone();
    staff.truncate(8);
    for reader in &mut staff {
        reader.numbers.truncate(40);
    }
    huis.stop().await?;
    let mut of = Vec::new();
    for (no, rows) in ROWS.into_iter().enumerate() {
        let file = statement(place, &worker, rows, no)?;
        let started = Instant::now();
        let mut child = import(bench, place, &worker, &file)?;
        let mut peak = 0.0_f64;
        while child.try_wait()?.is_none() {
            if let Ok((_, most)) = memory_mib(child.id()) {
                peak = peak.max(most);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        #[expect(clippy::cast_precision_loss, reason = "some thousands of rows")]
        let per_second = rows as f64 / started.elapsed().as_secs_f64();
        of.push((rows, per_second, peak));
    }
    let told: Vec<String> = of
        .iter()
        .map(|(rows, rate, peak)| format!("{rows} lignes : {rate:.0}/s, {peak:.0} Mio au plus"))
        .collect();
    let (small, large) = of.first().zip(of.last()).context("fichiers")?;
    bench.tell(
        Some(place),
        "import, mémoire",
        told.join(" — "),
        large.2 / small.2,
        Asked::AtMost(1.2),
    );
    beside(bench, place, &worker, &staff).await
}

/// Readers without, then with, an import under way, in turn.
async fn beside(bench: &mut Bench, place: &Place, worker: &Worker, staff: &[Worker]) -> Result<()> {
    let server = bench.server(place).await?;
    let paths: Vec<Arc<Vec<String>>> = staff
        .iter()
        .map(|w| Arc::new(w.numbers.iter().map(|n| format!("/dossiers/{n}")).collect()))
        .collect();
    let mut clients = super::open::connect(server.address, staff, READERS).await?;
    let lasts = Duration::from_millis(1_500);
    let (mut quiet, mut busy) = (Figures::new(), Figures::new());
    for round in 0..=bench.rounds {
        let (alone, back) = load::read(clients, &paths, lasts, round * 13).await?;
        let file = statement(place, worker, 4_000, 10 + round)?;
        let mut child = import(bench, place, worker, &file)?;
        // Once it has begun to write.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let (with, back) = load::read(back, &paths, lasts, round * 13).await?;
        let ended = child.try_wait()?;
        let _ = child.kill();
        child.wait()?;
        if let Some(status) = ended {
            bail!("l'import s'est terminé trop tôt ({status})");
        }
        clients = back;
        if round > 0 {
            quiet.add(alone.per_second);
            busy.add(with.per_second);
        }
    }
    bench.tell(
        Some(place),
        "lecteurs pendant un import",
        format!("{:.0} dossiers/s contre {:.0}/s sans import", busy.median(), quiet.median()),
        busy.median() / quiet.median(),
        Asked::AtLeast(0.5),
    );
    Ok(())
}

/// A statement of arrears by case numbers, as a landlord sends it.
fn statement(place: &Place, worker: &Worker, rows: usize, no: usize) -> Result<PathBuf> {
    let mut text = String::from("N° dossier;Date impayé;Montant dû\n");
    let today = worker.caller.today.strftime("%d/%m/%Y").to_string();
    let numbers: Vec<CaseNumber> = worker.numbers.clone();
    anyhow::ensure!(!numbers.is_empty(), "aucun dossier");
    for row in 0..rows {
        let number = numbers.get(row % numbers.len()).copied().context("dossier")?;
        text.push_str(&format!(
            "{number};{today};{},{:02}\n",
            500 + row / 100,
            (row + no * 7) % 100
        ));
    }
    let file = place.folder.join(format!("releve-{no}.csv"));
    std::fs::write(&file, text)?;
    Ok(file)
}

fn import(bench: &Bench, place: &Place, worker: &Worker, file: &PathBuf) -> Result<Child> {
    Command::new(&bench.huis)
        .arg("import")
        .args(place.arguments())
        .args(["--as", &worker.login, "--profile", "releve-impayes", "--processing", PROCESSING])
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .context("huis import")
}
