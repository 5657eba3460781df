//! Serving: the HTTP server, and the program's own day (sweep, deadlines, closing of traces).

use huis_usecases::{Huis, backup::BackupPlan};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::net::TcpListener;

use crate::tls::{self, Peer, TlsListener};

/// How the server is reached.
#[derive(Clone, Debug)]
pub struct Reach {
    /// A reverse proxy in front gives TLS and the client's address.
    pub behind_proxy: bool,
    /// Certificate and key of the server's own TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// How often the program does its own work.
    pub every: Duration,
}

/// Serves until interrupted.
pub async fn serve(
    huis: Arc<Huis>,
    reach: Reach,
    witness: PathBuf,
    backup: Option<BackupPlan>,
    listener: TcpListener,
) -> anyhow::Result<()> {
    huis.set_press(Arc::new(huis_press::TypstPress::new()));
    if let Some(plan) = backup {
        tokio::spawn(back_up(Arc::clone(&huis), plan));
    }
    tokio::spawn(day_by_day(Arc::clone(&huis), reach.every));
    tokio::spawn(imports(Arc::clone(&huis)));
    tokio::spawn(minute_by_minute(Arc::clone(&huis), witness));
    let secure = reach.behind_proxy || reach.tls.is_some();
    let app = huis_web::app(huis, secure, reach.behind_proxy);
    match &reach.tls {
        None => {
            let app = app.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, app).with_graceful_shutdown(interrupted()).await?;
        }
        Some((certificate, key)) => {
            let listener = TlsListener::new(listener, certificate, key)?;
            let app = app
                .layer(axum::middleware::from_fn(tls::tell_peer))
                .into_make_service_with_connect_info::<Peer>();
            axum::serve(listener, app).with_graceful_shutdown(interrupted()).await?;
        }
    }
    Ok(())
}

async fn interrupted() {
    let _ = tokio::signal::ctrl_c().await;
}

/// The program's own day: at start, then every ten minutes or as asked. What there is to do is found in the
/// store, so it can be stopped anywhere; a lease keeps two servers from doing it at once.
async fn day_by_day(huis: Arc<Huis>, every: Duration) {
    loop {
        match huis.daily().await {
            Ok(report) if report.archived + report.destroyed > 0 => tracing::info!(
                archived = report.archived,
                destroyed = report.destroyed,
                gone = report.gone,
                "durées de conservation appliquées"
            ),
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "le travail du jour a échoué : il sera repris"),
        }
        tokio::time::sleep(every).await;
    }
}

/// Each minute: goes on with the files whose import a stop left half-way. Apart from the rest: a
/// long one keeps nothing else waiting.
async fn imports(huis: Arc<Huis>) {
    loop {
        if let Err(error) = huis.work_imports().await {
            tracing::error!(%error, "un import attend : il sera repris");
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

/// Each day, a backup; looked at every ten minutes, so that one that failed is tried again.
async fn back_up(huis: Arc<Huis>, plan: BackupPlan) {
    loop {
        match huis.backup_if_due(&plan).await {
            Ok(Some(done)) => {
                tracing::info!(rows = done.rows, bytes = done.bytes, "sauvegarde journalière faite")
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "la sauvegarde a échoué : elle sera reprise"),
        }
        tokio::time::sleep(Duration::from_secs(600)).await;
    }
}

/// Each minute: ends dead sessions, and sends the heads of the trace to the witness.
async fn minute_by_minute(huis: Arc<Huis>, file: PathBuf) {
    loop {
        tokio::time::sleep(Duration::from_secs(60)).await;
        // What a crash or a full disk left beside its act.
        if let Err(error) = huis.chain_waiting().await {
            tracing::error!(%error, "des traces attendent encore");
        }
        // Keys are made before they are short; withdrawals reach the copy of the keys.
        if let Err(error) = huis.keep_keys_ahead().await {
            tracing::error!(%error, "aucun lot de clés n’a pu être mis en service");
        }
        if let Err(error) = huis.list_withdrawals().await {
            tracing::error!(%error, "la copie des clés n’a pas suivi");
        }
        // a session without a grant in force ends the same minute, asked or not.
        if let Err(error) = huis.end_dead_sessions().await {
            tracing::error!(%error, "les sessions finies n'ont pas pu être fermées");
        }
        // what there is to tell by mail.
        if let Err(error) = huis.post_mails().await {
            tracing::error!(%error, "des courriels attendent");
        }
        if let Err(error) = huis.witness(&file).await {
            tracing::error!(%error, "le témoin du journal n'a pas pu être écrit");
        }
    }
}
