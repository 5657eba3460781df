//! What the server holds in memory when idle, how long until its first page, how large it is.

use anyhow::Result;
use std::time::Duration;

use super::Bench;
use crate::{
    figures::{Asked, Figures},
    place::Place,
};

pub(super) async fn run(bench: &mut Bench, place: &Place) -> Result<()> {
    let (mut first, mut idle, mut most) = (Figures::new(), Figures::new(), Figures::new());
    for _ in 0..bench.rounds.clamp(2, 3) {
        let server = bench.server(place).await?;
        first.add_ms(server.first_page);
        tokio::time::sleep(Duration::from_secs(4)).await;
        let (now, peak) = server.memory_mib()?;
        idle.add(now);
        most.add(peak);
    }
    bench.tell(
        Some(place),
        "première page après le démarrage",
        format!("{:.0} ms (rapport à une seconde)", first.median()),
        first.median() / 1_000.0,
        Asked::AtMost(1.0),
    );
    bench.tell(
        Some(place),
        "mémoire au repos",
        format!("{:.0} Mio (au plus {:.0}), rapport à 80 Mio", idle.median(), most.median()),
        idle.median() / 80.0,
        Asked::AtMost(1.0),
    );
    #[expect(clippy::cast_precision_loss, reason = "a file's size")]
    let size = std::fs::metadata(&bench.huis)?.len() as f64 / (1024.0 * 1024.0);
    bench.tell(None, "programme", format!("{size:.1} Mio"), size, Asked::Told);
    Ok(())
}
