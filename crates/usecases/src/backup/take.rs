//! Taking a backup while the service goes on.

use huis_kernel::Instant;
use huis_store::{
    Store,
    dump::{Dump, Part},
};
use huis_trace::Operation;
use serde_json::json;
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

use super::{
    BackupError, Sealing,
    continuity::{BACKUP, Done},
    file::{Counts, Frame, Header, TableHeader, write},
    prune::{DATA, KEYS, name, prune},
};
use crate::{Huis, UseError, life::KEY_BACKUP_DAYS, start::INSTALLATION};

const DAY_MS: i64 = 86_400_000;
/// How many frames wait for the disk.
const WAITING: usize = 8;

/// Where backups go, and how.
#[derive(Clone, Debug)]
pub struct BackupPlan {
    /// The folder of the data: another site.
    pub to: PathBuf,
    /// The folder of the keys; apart from the data, they open together only.
    pub keys_to: PathBuf,
    /// How they are encrypted.
    pub sealing: Sealing,
    /// For how many days a backup of the data is kept.
    pub keep_days: u32,
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// As of when.
    pub made_at: Instant,
    /// The file of data.
    pub data: PathBuf,
    /// The file of keys.
    pub keys: PathBuf,
    /// Rows of the data and of the trace.
    pub rows: u64,
    /// Keys.
    pub slots: u64,
    /// Bytes of both files.
    pub bytes: u64,
    /// Old files removed.
    pub pruned: u64,
}

impl Huis {
    /// Takes a backup, as a command (or the day's job) of that name. Traced.
    pub async fn backup(
        &self,
        plan: &BackupPlan,
        by: &'static str,
    ) -> Result<BackupReport, BackupError> {
        let made_at = self.now();
        let id: String = self.id16().iter().map(|b| format!("{b:02x}")).collect();
        let report = take(&self.store, &id, made_at, plan).await?;
        let mut line = self.job_line(INSTALLATION, by, Operation::Backup);
        line.detail.insert("sauvegarde".to_owned(), id);
        line.detail.insert("lignes".to_owned(), report.rows.to_string());
        self.trace(line).await?;
        let done = Done { at: made_at, well: true, detail: json!({ "lignes": report.rows }) };
        self.store.set_meta(BACKUP, &done.to_text()).await?;
        Ok(report)
    }

    /// The day's backup: taken once a day by one server, when it is due.
    pub async fn backup_if_due(
        &self,
        plan: &BackupPlan,
    ) -> Result<Option<BackupReport>, BackupError> {
        let Some(office) = self.store.offices().await?.into_iter().next() else { return Ok(None) };
        let zone = huis_kernel::Zone::named(&office.zone).unwrap_or_else(huis_kernel::Zone::utc);
        let last = self.done(BACKUP).await?.filter(|d| d.well);
        if last.is_some_and(|d| d.at.date_in(&zone) >= self.today(&office))
            || !self.store.lease("backup", &self.server, self.now(), 3_600_000).await?
        {
            return Ok(None);
        }
        self.backup(plan, "sauvegarde-journaliere").await.map(Some)
    }
}

/// Writes the files of a backup: the rows as they are, under whatever schema they follow. A store
/// that its program has not brought up yet can be saved too, before an upgrade.
pub async fn take(
    store: &Store,
    id: &str,
    made_at: Instant,
    plan: &BackupPlan,
) -> Result<BackupReport, BackupError> {
    for folder in [&plan.to, &plan.keys_to] {
        std::fs::create_dir_all(folder).map_err(|e| BackupError::file(folder, &e))?;
    }
    let installation = store.meta(INSTALLATION).await?.ok_or(BackupError::NoKeys)?;
    let schema = store.schema().await?;
    // In this order: no act of the data without its key or its trace.
    let data = store.dump(Part::Data).await?;
    let keys = store.dump(Part::Keys).await?;
    let trace = store.dump(Part::Trace).await?;
    let header = |dumps: &[(Part, Dump)]| Header {
        installation: installation.clone(),
        id: id.to_owned(),
        made_at,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema,
        tables: dumps.iter().flat_map(|(_, d)| d.tables()).map(table).collect(),
    };
    let (data_file, keys_file) =
        (plan.to.join(name(made_at, id, DATA)), plan.keys_to.join(name(made_at, id, KEYS)));
    let keys = vec![(Part::Keys, keys)];
    let keys_header = header(&keys);
    let (slots, key_bytes) = pour(keys, &keys_file, &plan.sealing, keys_header).await?;
    let data = vec![(Part::Data, data), (Part::Trace, trace)];
    let data_header = header(&data);
    let (rows, bytes) = pour(data, &data_file, &plan.sealing, data_header).await?;
    let days = |n: u32| made_at.plus_ms(-i64::from(n) * DAY_MS);
    let pruned = prune(&plan.keys_to, KEYS, days(KEY_BACKUP_DAYS))?
        + prune(&plan.to, DATA, days(plan.keep_days))?;
    Ok(BackupReport {
        made_at,
        data: data_file,
        keys: keys_file,
        rows: rows.values().sum(),
        slots: slots.get("key_slot").copied().unwrap_or(0),
        bytes: bytes + key_bytes,
        pruned,
    })
}

fn table(shape: &huis_store::dump::Shape) -> TableHeader {
    TableHeader {
        name: shape.name.clone(),
        columns: shape.columns.iter().map(|(c, _)| c.clone()).collect(),
    }
}

/// Reads stores into one file: rows are read here, encrypted and written on a thread of their own.
async fn pour(
    dumps: Vec<(Part, Dump)>,
    path: &Path,
    sealing: &Sealing,
    header: Header,
) -> Result<(Counts, u64), BackupError> {
    let (send, mut frames) = mpsc::channel::<Frame>(WAITING);
    let (path, sealing) = (path.to_owned(), sealing.clone());
    let writing = tokio::task::spawn_blocking(move || {
        write(&path, &sealing, &header, std::iter::from_fn(|| frames.blocking_recv()))
    });
    let mut counts = Counts::new();
    let read = async {
        let mut before = 0;
        for (_, mut dump) in dumps {
            let tables: Vec<String> = dump.tables().iter().map(|t| t.name.clone()).collect();
            for name in &tables {
                counts.insert(name.clone(), 0);
            }
            while let Some(mut chunk) = dump.next().await? {
                if let Some(n) = tables.get(chunk.table).and_then(|t| counts.get_mut(t)) {
                    *n += chunk.rows.len() as u64;
                }
                // The tables of the second store follow those of the first.
                chunk.table += before;
                if send.send(Frame::Rows(chunk)).await.is_err() {
                    return Ok::<_, BackupError>(counts); // the writer says why
                }
            }
            before += tables.len();
        }
        let _ = send.send(Frame::End(counts.clone())).await;
        Ok(counts)
    }
    .await;
    drop(send);
    let written = writing.await.map_err(|_| UseError::Internal("sauvegarde"))?;
    Ok((read?, written?))
}
