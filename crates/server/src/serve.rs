//! Serving: the HTTP server, the program's own works, and an end that finishes what it began.

use huis_usecases::{Huis, backup::BackupPlan};
use huis_web::guard::{Hosts, our_name};
use sd_notify::NotifyState;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    answer::{Limits, answer},
    figures, jobs, signals,
    tls::TlsListener,
};

/// How the server is reached.
#[derive(Debug)]
pub struct Reach {
    /// A reverse proxy in front gives TLS and the client's address.
    pub behind_proxy: bool,
    /// Certificate and key of the server's own TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// The name under which it answers from elsewhere, when one is declared.
    pub host: Option<String>,
    /// How often the program does its own work.
    pub every: Duration,
    /// How long it goes on answering, once asked to stop.
    pub stop_within: Duration,
    /// Where the figures are read.
    pub metrics: Option<TcpListener>,
}

/// Serves until asked to stop: then it takes no more, finishes what it began, hands its works back,
/// and closes its logs. Asked twice, it ends at once.
pub async fn serve(
    huis: Arc<Huis>,
    reach: Reach,
    witness: PathBuf,
    backup: Option<BackupPlan>,
    listener: TcpListener,
) -> anyhow::Result<()> {
    huis.set_press(Arc::new(huis_press::TypstPress::new()));
    tokio::spawn(obey(Arc::clone(&huis)));
    let mut jobs = jobs::start(&huis, reach.every, witness.clone(), backup);
    if let Some(listener) = reach.metrics {
        jobs.spawn(figures::serve(Arc::clone(&huis), listener));
    }
    notify(&[NotifyState::Ready]);
    if let Some(period) = sd_notify::watchdog_enabled() {
        jobs.spawn(watchdog(Arc::clone(&huis), period / 3));
    }
    let secure = reach.behind_proxy || reach.tls.is_some();
    let api = huis_api::Reach {
        tls: secure,
        address: huis_web::client_address,
        behind_proxy: reach.behind_proxy,
        rates: huis_api::Rates::default(),
        papers: huis_api::Papers {
            dossier: huis_web::dossier_paper,
            proposal: huis_web::proposal_paper,
            copy: huis_web::copy_paper,
        },
    };
    let observed =
        axum::middleware::from_fn_with_state(Arc::clone(&huis), huis_web::observe::every);
    let api = huis_api::router(Arc::clone(&huis), api).layer(observed);
    let app = api.merge(huis_web::app(Arc::clone(&huis), secure, reach.behind_proxy));
    let hosts = Hosts(Arc::new(reach.host.into_iter().collect()));
    let app = app.layer(axum::middleware::from_fn_with_state(hosts, our_name));
    let limits = Limits::of(reach.behind_proxy);
    let stop = until_stop(Arc::clone(&huis));
    match &reach.tls {
        None => {
            within(&huis, reach.stop_within, answer(listener, app, limits, stop)).await?;
        }
        Some((certificate, key)) => {
            let until = until_stop(Arc::clone(&huis));
            let listener = TlsListener::new(listener, certificate, key, until)?;
            within(&huis, reach.stop_within, answer(listener, app, limits, stop)).await?;
        }
    }
    end(&huis, jobs, reach.stop_within, &witness).await
}

/// Tells the supervisor, when there is one; without it, nothing is lost.
fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(erreur = %error.kind(), "le superviseur n’a pas été prévenu");
    }
}

async fn until_stop(huis: Arc<Huis>) {
    huis.until_stop().await;
}

/// The first order begins the stop; the second ends the process at once, which loses nothing that
/// was acknowledged.
async fn obey(huis: Arc<Huis>) {
    signals::asked_to_stop().await;
    tracing::info!("arrêt demandé : ce qui est commencé se finit");
    notify(&[NotifyState::Stopping]);
    huis.begin_stop();
    signals::asked_to_stop().await;
    tracing::warn!("second ordre : arrêt immédiat");
    std::process::exit(130);
}

/// While the part that everything waits for lives, the supervisor is told so.
async fn watchdog(huis: Arc<Huis>, period: Duration) {
    loop {
        if huis.is_alive() {
            notify(&[NotifyState::Watchdog]);
        }
        tokio::select! {
            () = tokio::time::sleep(period) => {}
            () = huis.until_stop() => return,
        }
    }
}

/// Answers what has come, for a bounded time once the stop was asked.
async fn within(
    huis: &Huis,
    bound: Duration,
    served: impl Future<Output = std::io::Result<()>>,
) -> std::io::Result<()> {
    tokio::select! {
        done = served => done,
        () = async {
            huis.until_stop().await;
            tokio::time::sleep(bound).await;
        } => {
            tracing::warn!("des requêtes n’ont pas fini à temps : elles sont abandonnées");
            Ok(())
        }
    }
}

/// What was begun is finished or handed back; the logs are closed, and their heads sent.
async fn end(
    huis: &Huis,
    mut jobs: JoinSet<()>,
    bound: Duration,
    witness: &std::path::Path,
) -> anyhow::Result<()> {
    huis.begin_stop();
    let finished = async { while jobs.join_next().await.is_some() {} };
    if tokio::time::timeout(bound, finished).await.is_err() {
        tracing::warn!("un travail n’a pas fini à temps : un autre serveur le reprendra");
        jobs.shutdown().await;
    }
    let stopped = huis.stop().await;
    if let Err(error) = huis.witness(witness).await {
        tracing::error!(%error, "le témoin du journal n'a pas pu être écrit");
    }
    stopped?;
    tracing::info!("arrêté");
    Ok(())
}
