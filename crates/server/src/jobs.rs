//! The program's own works beside the pages: each found in the store, so that it can be stopped
//! anywhere; a lease keeps two servers from doing it at once.

use huis_measures::Job;
use huis_usecases::{
    Huis, UseError,
    backup::{BackupError, BackupPlan},
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::task::JoinSet;

const MINUTE: Duration = Duration::from_secs(60);
const FEW_SECONDS: Duration = Duration::from_secs(3);

/// Starts them all.
pub fn start(
    huis: &Arc<Huis>,
    every: Duration,
    witness: PathBuf,
    backup: Option<BackupPlan>,
) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    if let Some(plan) = backup {
        jobs.spawn(back_up(Arc::clone(huis), plan));
    }
    jobs.spawn(day_by_day(Arc::clone(huis), every));
    jobs.spawn(imports(Arc::clone(huis)));
    jobs.spawn(every_few_seconds(Arc::clone(huis)));
    jobs.spawn(minute_by_minute(Arc::clone(huis), witness));
    jobs
}

/// Waits between two turns; false once the server stops.
async fn again(huis: &Huis, after: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(after) => true,
        () = huis.until_stop() => false,
    }
}

/// Counts a turn, and tells what failed, with what to do about it. What failed is taken up again.
fn tell<T, E: Mended>(huis: &Huis, job: Job, done: Result<T, E>, what: &str) -> Option<T> {
    huis.measures().job(job, done.is_ok());
    done.map_err(|error| {
        let (kind, mend) = error.mended();
        tracing::error!(erreur = kind, detail = %error, remede = mend, "{what}");
    })
    .ok()
}

/// An error that says its kind and what to do.
trait Mended: std::fmt::Display {
    fn mended(&self) -> (&'static str, &'static str);
}

impl Mended for UseError {
    fn mended(&self) -> (&'static str, &'static str) {
        (self.kind(), self.mend())
    }
}

impl Mended for BackupError {
    fn mended(&self) -> (&'static str, &'static str) {
        match self {
            Self::Use(error) => error.mended(),
            Self::File(..) => {
                ("fichier", "vérifiez que le dossier des sauvegardes est monté, et sa place libre")
            }
            _ => ("sauvegarde", "lancez « huis backup » à la main et lisez sa réponse"),
        }
    }
}

/// The program's own day: at start, then every ten minutes or as asked.
async fn day_by_day(huis: Arc<Huis>, every: Duration) {
    loop {
        let done = huis.daily().await;
        let report = tell(&huis, Job::Day, done, "le travail du jour a échoué : il sera repris");
        if let Some(report) = report.filter(|r| r.archived + r.destroyed > 0) {
            tracing::info!(
                archived = report.archived,
                destroyed = report.destroyed,
                gone = report.gone,
                "durées de conservation appliquées"
            );
        }
        if !again(&huis, every).await {
            return;
        }
    }
}

/// Each minute: goes on with the files whose import a stop left half-way. Apart from the rest: a
/// long one keeps nothing else waiting.
async fn imports(huis: Arc<Huis>) {
    loop {
        let done = huis.work_imports().await;
        tell(&huis, Job::Import, done, "un import attend : il sera repris");
        if !again(&huis, MINUTE).await {
            return;
        }
    }
}

/// Each day, a backup; looked at every ten minutes, so that one that failed is tried again.
async fn back_up(huis: Arc<Huis>, plan: BackupPlan) {
    loop {
        let done = huis.backup_if_due(&plan).await;
        let done = tell(&huis, Job::Backup, done, "la sauvegarde a échoué : elle sera reprise");
        if let Some(done) = done.flatten() {
            tracing::info!(rows = done.rows, bytes = done.bytes, "sauvegarde journalière faite");
        }
        if !again(&huis, 10 * MINUTE).await {
            return;
        }
    }
}

/// Every few seconds: two questions, so that what a crash of the program or of the database left is
/// mended by itself, and soon.
async fn every_few_seconds(huis: Arc<Huis>) {
    while again(&huis, FEW_SECONDS).await {
        let done = huis.chain_waiting().await;
        tell(&huis, Job::Outbox, done, "des traces attendent encore");
        let done = huis.rebuild_if_lost().await;
        tell(&huis, Job::Outbox, done, "l’index reste à refaire");
    }
}

/// Each minute: ends dead sessions, and sends the heads of the trace to the witness.
async fn minute_by_minute(huis: Arc<Huis>, file: PathBuf) {
    loop {
        // At once, for what came before a crash; then each minute.
        let done = huis.witness(&file).await;
        tell(&huis, Job::Witness, done, "le témoin du journal n'a pas pu être écrit");
        if !again(&huis, MINUTE).await {
            return;
        }
        // Keys are made before they are short; withdrawals reach the copy of the keys.
        let done = huis.keep_keys_ahead().await;
        tell(&huis, Job::Keys, done, "aucun lot de clés n’a pu être mis en service");
        let done = huis.list_withdrawals().await;
        tell(&huis, Job::Keys, done, "la copie des clés n’a pas suivi");
        // a session without a grant in force ends the same minute, asked or not.
        let done = huis.end_dead_sessions().await;
        tell(&huis, Job::Sessions, done, "les sessions finies n'ont pas pu être fermées");
        // what there is to tell by mail.
        let done = huis.post_mails().await;
        tell(&huis, Job::Mail, done, "des courriels attendent");
    }
}
