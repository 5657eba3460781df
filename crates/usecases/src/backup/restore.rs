//! Restoring a backup into an empty place, of either engine. Nothing opens before what is gone was
//! replayed; an interrupted restore is not an installation, and is simply begun again.

use huis_kernel::{CaseNumber, Instant};
use huis_store::{
    Location, Schema, Store,
    dump::{Cell, Part, Shape},
};
use huis_trace::{
    Head, LogKey, LogSigner, Operation, RestoredFrom, SignedNote, gone::replay, witness,
};
use huis_vault::{ArchiveSecret, Slot};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::mpsc;

use super::{
    BackupError, Rebuilt, Unsealing,
    file::{Counts, Frame, Header, Reading},
};
use crate::{
    Huis, Options, StartError, UseError,
    start::{INSTALLATION, KEYS_COPY, RESTORATION, RESTORED_FROM, RESTORING},
};

/// What a restore works from.
pub struct RestorePlan {
    /// The file of data.
    pub data: PathBuf,
    /// The file of keys.
    pub keys: Option<PathBuf>,
    /// The second place of the keys, which is never older than a backup.
    pub keys_copy: Option<PathBuf>,
    /// How the files are opened.
    pub unsealing: Unsealing,
    /// The archive's passphrase: with it, archived dossiers are found again at once.
    pub archive: Option<String>,
    /// The text of the witness's file, whose heads are newer than the backup's.
    pub witness: Option<String>,
}

/// What a restore did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestoreReport {
    /// As of when: what came after is lost, but for the keys and what is gone.
    pub made_at: Option<Instant>,
    /// Rows restored, by table, as counted in the backup and in the place.
    pub rows: BTreeMap<String, u64>,
    /// Entries of the list of what is gone.
    pub entries: u64,
    /// Keys that the backup still had, destroyed since.
    pub destroyed: u64,
    /// Grants that the backup still had, withdrawn since.
    pub grants: u64,
    /// Accounts that the backup still had, closed since.
    pub agents: u64,
    /// Retention units erased since.
    pub erased: u64,
    /// Acts voided since.
    pub voided: u64,
    /// Dossiers archived since: running again, to be closed again.
    pub reopened: Vec<CaseNumber>,
    /// The same, without the archive's passphrase.
    pub locked: u64,
    /// Retention units whose key is nowhere.
    pub lost: u64,
    /// Mails that waited, or were to be written: given up, for they may have left.
    pub mails: u64,
    /// The index.
    pub index: Rebuilt,
    /// The heads from which the new logs start.
    pub restored_from: Vec<String>,
}

/// Restores a backup into the empty place that the options name, and opens it. `second_place` is
/// where its keys will have their copy from now on.
pub async fn restore(
    options: Options,
    second_place: Option<&Path>,
    plan: RestorePlan,
) -> Result<(Arc<Huis>, RestoreReport), BackupError> {
    let store = empty_place(&options.location).await?;
    // Rows go in as they were, under the schema that they follow; the steps since are then taken, as
    // they would have been where the rows come from.
    let data = open_file(&plan.data, &plan.unsealing).await?;
    let mut schema = data.header.schema;
    let keys = match &plan.keys {
        Some(file) => Some(open_file(file, &plan.unsealing).await?),
        None => None,
    };
    if let Some(keys) = &keys {
        schema.keys = keys.header.schema.keys;
    }
    if plan.keys_copy.is_some() {
        // It took the steps of this program when it was named.
        schema.keys = Schema::of_this_program().keys;
    }
    store.migrate(schema).await?;
    store.spread_unasked().await?;
    store.set_meta(RESTORING, "oui").await?;
    let mut report = RestoreReport::default();

    // The keys first: of two key stores, all the keys, and the longer list.
    let mut installation = None;
    if let Some(folder) = &plan.keys_copy {
        store
            .clone()
            .with_keys_copy(folder, false)
            .await?
            .reconcile_copy(options.clock.now())
            .await?;
    }
    if let Some(file) = keys {
        let (header, _, _) = load(&store, file, &mut report.rows, &[Part::Keys]).await?;
        installation = Some(header.installation);
    } else if plan.keys_copy.is_none() {
        return Err(BackupError::NoKeys);
    }
    let root = crate::root::open(&store, &options.root).await?.ok_or(BackupError::NoKeys)?;

    let parts = [Part::Data, Part::Trace];
    let (header, _, meta) = load(&store, data, &mut report.rows, &parts).await?;
    if installation.is_some_and(|i| i != header.installation) {
        return Err(BackupError::Apart);
    }
    report.made_at = Some(header.made_at);
    store.migrate(Schema::of_this_program()).await?;

    let seed = root.derive("trace signer");
    let name = format!("huis-{}", header.installation);
    let signer = LogSigner::from_seed(name, seed.expose())
        .map_err(|_| UseError::Internal("signature du journal"))?;
    let key = signer.public();
    replay_gone(&store, &key, options.clock.now(), &mut report).await?;
    store.forget_free_slots().await?;
    store.forget_marks().await?;
    store.all_batches_served().await?;
    name_heads(&store, &key, plan.witness.as_deref(), &mut report).await?;

    // Last, as at the founding: the values that make it an installation.
    for (k, v) in meta {
        // A second place that holds no copy yet is made at the opening, as at the founding.
        if k != KEYS_COPY || second_place.is_some_and(|folder| folder.join("keys.db").is_file()) {
            store.set_meta(&k, &v).await?;
        }
    }
    // Its logs are new ones: those of the backup are not taken up from their past.
    let restoration = huis_store::writer_name(&*options.rng);
    store.set_meta(RESTORATION, restoration.get(..6).unwrap_or(&restoration)).await?;
    let last = store.last_slot().await?;
    store.set_meta("slots-served", &last.to_string()).await?;

    let secret = match &plan.archive {
        Some(passphrase) => Some(unlock_archive(&store, passphrase.clone()).await?),
        None => None,
    };
    drop(store);
    let huis = Huis::open_restoring(options, second_place).await?;
    huis.settle(secret.as_ref(), header, &mut report).await?;
    Ok((huis, report))
}

/// A place with nothing in it, or with what an interrupted restore left: that is removed.
async fn empty_place(location: &Location) -> Result<Store, BackupError> {
    let store = Store::connect(location).await?;
    if store.schema().await? != Schema::NONE {
        // Recognised before it is judged: what is not ours is not looked into.
        store.migrate(Schema::NONE).await?;
        let restoring = store.schema().await?.data > 0 && store.meta(RESTORING).await?.is_some();
        if !restoring && !store.is_empty().await? {
            return Err(StartError::AlreadyThere.into());
        }
        store.wipe().await?;
    }
    Ok(store)
}

/// Opening is costly on purpose: a passphrase is stretched.
async fn open_file(path: &Path, unsealing: &Unsealing) -> Result<Reading, BackupError> {
    let (path, unsealing) = (path.to_owned(), unsealing.clone());
    let opened = tokio::task::spawn_blocking(move || Reading::open(&path, &unsealing)).await;
    let reading = opened.map_err(|_| UseError::Internal("sauvegarde"))??;
    let schema = reading.header.schema;
    if schema.is_newer() { Err(BackupError::Newer(schema)) } else { Ok(reading) }
}

impl Huis {
    async fn settle(
        &self,
        archive: Option<&ArchiveSecret>,
        header: Header,
        report: &mut RestoreReport,
    ) -> Result<(), BackupError> {
        let agreed = self.agree(archive).await?;
        report.erased = agreed.erased;
        report.voided = agreed.voided;
        report.reopened = agreed.reopened;
        report.locked = agreed.locked;
        report.lost = agreed.lost;
        report.index = self.rebuild_index(archive).await?;
        // A mail that left since must not leave again: what waited in the backup, and what there was
        // to tell by then, is given up and shown to whoever looks after the mails. The rest waits
        // for them too.
        self.gather_mails().await?;
        report.mails = self.store.mails_all_dead("restauration", self.now()).await?;
        self.pause_mails(true).await?;
        // One line in every log: each names the head it was restored from.
        let names = self.processed.keys().map(String::as_str).chain([INSTALLATION]);
        for name in names {
            let mut line = self.job_line(name, "restauration", Operation::Restore);
            let detail = [
                ("sauvegarde", header.id.clone()),
                ("cles-detruites", report.destroyed.to_string()),
                ("habilitations-retirees", report.grants.to_string()),
            ];
            line.detail.extend(detail.map(|(k, v)| (k.to_owned(), v)));
            self.trace(line).await?;
            self.store.drop_meta(&format!("{RESTORED_FROM} {name}")).await?;
        }
        self.store.scrub().await?;
        self.store.drop_meta(RESTORING).await?;
        Ok(())
    }
}

/// The values of the installation, kept for the end.
type Meta = Vec<(String, String)>;

/// The tables of the key store of which nothing ever goes.
const GROWING: [&str; 3] = ["key_slot", "key_batch", "gone"];

/// Reads a file into some of the stores, and checks that all of it arrived.
async fn load(
    store: &Store,
    mut reading: Reading,
    rows: &mut BTreeMap<String, u64>,
    parts: &[Part],
) -> Result<(Header, Counts, Meta), BackupError> {
    // The second place of the keys is never older: what has gone from it must not come back.
    let newer = !store.is_empty_of_keys().await? && parts.contains(&Part::Keys);
    let mut live: Vec<(Part, Shape)> = Vec::new();
    for part in parts {
        live.extend(store.shapes(*part).await?.into_iter().map(|s| (*part, s)));
    }
    let header = reading.header.clone();
    let unknown = |t: &&super::file::TableHeader| {
        live.iter().find(|(_, s)| s.name == t.name).is_none_or(|(_, s)| {
            t.columns.iter().any(|c| !s.columns.iter().any(|(known, _)| known == c))
        })
    };
    if let Some(table) = header.tables.iter().find(unknown) {
        return Err(BackupError::OtherVersion(table.name.clone()));
    }
    let (send, mut frames) = mpsc::channel(8);
    let read = tokio::task::spawn_blocking(move || {
        loop {
            let frame = reading.next();
            let over = matches!(frame, Ok(Frame::End(_)) | Err(_));
            if send.blocking_send(frame).is_err() || over {
                return;
            }
        }
    });
    let (mut told, mut counts, mut meta) = (None, Counts::new(), Meta::new());
    while let Some(frame) = frames.recv().await {
        match frame? {
            Frame::End(end) => told = Some(end),
            Frame::Rows(chunk) => {
                let table = header.tables.get(chunk.table).ok_or(BackupError::Damaged("table"))?;
                *counts.entry(table.name.clone()).or_default() += chunk.rows.len() as u64;
                if table.name == "meta" {
                    meta.extend(chunk.rows.into_iter().filter_map(pair));
                    continue;
                }
                let Some((part, shape)) = live.iter().find(|(_, s)| s.name == table.name) else {
                    return Err(BackupError::OtherVersion(table.name.clone()));
                };
                if newer && !GROWING.contains(&table.name.as_str()) {
                    continue;
                }
                store.load(*part, shape, &table.columns, chunk.rows).await?;
            }
        }
    }
    let _ = read.await;
    let told = told.ok_or(BackupError::Damaged("inachevée"))?;
    for (table, n) in &told {
        if counts.get(table).copied().unwrap_or(0) != *n {
            return Err(BackupError::Damaged("lignes manquantes"));
        }
        let Some((part, shape)) = live.iter().find(|(_, s)| s.name == *table) else { continue };
        let there = store.rows_of(*part, shape).await?;
        // The second place of the keys may have brought more.
        let skipped = newer && !GROWING.contains(&table.as_str());
        if table != "meta" && !skipped && there < *n {
            return Err(BackupError::Damaged("lignes non écrites"));
        }
        rows.insert(table.clone(), *n);
    }
    Ok((header, told, meta))
}

fn pair(row: Vec<Cell>) -> Option<(String, String)> {
    match row.as_slice() {
        [Cell::Text(k), Cell::Text(v)] => Some((k.clone(), v.clone())),
        _ => None,
    }
}

async fn unlock_archive(store: &Store, passphrase: String) -> Result<ArchiveSecret, BackupError> {
    let locked = store.named_key("archive-secret").await?.ok_or(BackupError::NoKeys)?;
    let opened =
        tokio::task::spawn_blocking(move || ArchiveSecret::unlock(&locked, &passphrase)).await;
    let opened = opened.map_err(|_| UseError::Internal("archive"))?;
    opened.map_err(|_| {
        UseError::Invalid(vec!["La phrase secrète de l’archive est inexacte.".to_owned()]).into()
    })
}

/// The list is verified whole, then replayed.
async fn replay_gone(
    store: &Store,
    key: &LogKey,
    now: Instant,
    report: &mut RestoreReport,
) -> Result<(), BackupError> {
    let list = store.gone_list().await?;
    let gone = replay(list.iter().map(|e| e.note.as_str()), key)?;
    let slots: Vec<Slot> = gone.slots.into_iter().map(Slot).collect();
    let what = (gone.grants, gone.agents);
    let (destroyed, grants, agents) = store.replay_gone(&slots, &what, now).await?;
    report.entries = list.len() as u64;
    (report.destroyed, report.grants, report.agents) = (destroyed, grants, agents);
    Ok(())
}

/// The last head of each processing, by the backup and by the witness: what the new logs name.
async fn name_heads(
    store: &Store,
    key: &LogKey,
    witnessed: Option<&str>,
    report: &mut RestoreReport,
) -> Result<(), BackupError> {
    let mut heads: Vec<Head> = witness::last_heads(witnessed.unwrap_or_default(), key);
    for (_, note) in store.logs().await? {
        let note: Option<SignedNote> = note.parse().ok();
        heads.extend(note.and_then(|n| Head::open(&n, key).ok()));
    }
    let mut last: BTreeMap<String, Head> = BTreeMap::new();
    for head in heads {
        let of = head.origin.processing().to_owned();
        let newer = |known: &Head| (known.at, known.size) < (head.at, head.size);
        if last.get(&of).is_none_or(newer) {
            last.insert(of, head);
        }
    }
    for (processing, head) in last {
        let from = RestoredFrom { origin: head.origin, size: head.size, root: head.root };
        let text = format!("{} {} {}", from.origin, from.size, from.root);
        store.set_meta(&format!("{RESTORED_FROM} {processing}"), &text).await?;
        report.restored_from.push(text);
    }
    Ok(())
}
