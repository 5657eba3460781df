//! Many readers at once, each on a connection of its own, each asking again as soon as it is
//! answered.

use anyhow::{Context, Result, bail};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{client::Client, figures::Figures};

/// What a round gave.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// Pages a second, all readers together.
    pub per_second: f64,
    /// How long each took, in milliseconds.
    pub latency: Figures,
}

/// Reads for a while; `from` says where in its paths each begins, so that rounds differ.
pub async fn read(
    readers: Vec<Client>,
    paths: &[Arc<Vec<String>>],
    lasts: Duration,
    from: usize,
) -> Result<(Round, Vec<Client>)> {
    let started = Instant::now();
    let mut tasks = Vec::with_capacity(readers.len());
    for (no, mut client) in readers.into_iter().enumerate() {
        let paths = Arc::clone(paths.get(no % paths.len().max(1)).context("sans page à lire")?);
        tasks.push(tokio::spawn(async move {
            let mut latency = Figures::new();
            let mut at = from + no * 7;
            while started.elapsed() < lasts {
                let path = paths.get(at % paths.len().max(1)).context("sans page à lire")?;
                at += 1;
                let asked = Instant::now();
                let answer = client.get(path).await?;
                latency.add_ms(asked.elapsed());
                if !answer.status.is_success() {
                    bail!("{path} : {}", answer.status);
                }
            }
            Ok::<_, anyhow::Error>((latency, client))
        }));
    }
    let (mut latency, mut clients) = (Figures::new(), Vec::new());
    for task in tasks {
        let (of, client) = task.await??;
        latency.extend(&of);
        clients.push(client);
    }
    let took = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "some thousands of pages")]
    let per_second = latency.len() as f64 / took;
    Ok((Round { per_second, latency }, clients))
}
