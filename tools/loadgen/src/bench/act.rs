//! An act recorded, acknowledged durable, against one bare durable transaction of the same bytes.

use anyhow::{Context, Result};
use huis_dossier::{Draft, Value};
use huis_kernel::Money;
use huis_store::measure;
use huis_usecases::{ActCommand, Huis};

use super::Bench;
use crate::{
    bare::Bare,
    figures::{Asked, Figures},
    place::{PROCESSING, Place, Worker, office, workers},
};

/// Acts, and bare transactions, one after the other.
const EACH: usize = 60;

pub(super) async fn run(bench: &mut Bench, place: &Place) -> Result<()> {
    let huis = place.open("mesure").await?;
    let mut staff = workers(&huis, "instructeur", 60).await?;
    staff.retain(|w| w.numbers.len() > 3);
    let worker = staff.first().context("instructeur")?;
    let mut bare = Bare::open(place).await?;
    let (mut acts, mut commits, mut bytes) = (Figures::new(), Figures::new(), 2_000);
    let mut at = 0;
    for round in 0..EACH * bench.rounds.max(1) / 5 {
        measure::taken();
        let took = loop {
            let recorded = record(&huis, worker, at, round).await?;
            at += 1;
            match recorded {
                Some(took) => break took,
                None if at > 400 => anyhow::bail!("aucun acte ne s'enregistre"),
                None => {}
            }
        };
        let written: usize =
            measure::taken().iter().filter(|s| !s.reads()).map(measure::Statement::bytes).sum();
        if round > 2 {
            acts.add_ms(took);
            bytes = written;
        }
        commits.add_ms(bare.commit(bytes).await?);
    }
    huis.stop().await?;
    bench.tell(
        Some(place),
        "acte enregistré",
        format!(
            "{:.2} ms (p99 {:.2}) contre {:.2} ms (p99 {:.2}) pour une transaction nue de {bytes} octets",
            acts.median(),
            acts.at(0.99),
            commits.median(),
            commits.at(0.99)
        ),
        acts.median() / commits.median(),
        Asked::AtMost(2.0),
    );
    Ok(())
}

/// Records a state of arrears on one of the worker's dossiers; `None` where the rules refuse it.
async fn record(
    huis: &Huis,
    worker: &Worker,
    at: usize,
    round: usize,
) -> Result<Option<std::time::Duration>> {
    let number = *worker.numbers.get(at % worker.numbers.len()).context("dossier")?;
    let office = office(huis).await?;
    let card = huis.store().card_by_number(office, PROCESSING, number).await?.context("carte")?;
    let cents = i64::try_from(100_000 + round).unwrap_or(100_000);
    let draft = Draft {
        kind: "impaye-constitue".to_owned(),
        on: worker.caller.today,
        facts: [("montant_dette".to_owned(), Value::Money(Money(cents)))].into(),
        corrects: None,
    };
    let command = ActCommand { draft, base_version: card.version };
    let started = std::time::Instant::now();
    let done = huis.record_act(&worker.caller, PROCESSING, number, command).await;
    Ok(done.is_ok().then(|| started.elapsed()))
}
