//! The life cycle at work: the sweep archives and destroys what is due, by itself, in batches, under
//! a lease, and leaves a certificate.

use huis_access::{KeySource, decide_job, unlock};
use huis_kernel::{Date, Delay, DossierId, OfficeId};
use huis_measures::Sweep;
use huis_store::{
    dossiers::CardRow,
    lifecycle::{DueRow, OwedCertificate},
};
use huis_trace::{Authority, Dossiers, Line, Operation};
use huis_vault::{SealedDossier, Slot, UnitState};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Huis, UseError,
    dossier::{Checked, next_rows},
};

/// What a sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SweepReport {
    /// Units moved to the archive.
    pub archived: u64,
    /// Units whose key was destroyed.
    pub destroyed: u64,
    /// Dossiers of which nothing is left.
    pub gone: u64,
    /// Dossiers that could not be swept (altered): an alert is raised for each.
    pub failed: u64,
    /// Another server was sweeping.
    pub elsewhere: bool,
}

/// A certificate of destruction: counts and rule names only (A-19, I7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The day of the sweep.
    pub on: Date,
    /// Keys destroyed, by retention unit.
    pub destroyed: BTreeMap<String, u64>,
    /// Dossiers of which nothing is left.
    pub gone: u64,
    /// Copies in backups of the data open no more from this day.
    pub data_backups_dead_on: Date,
    /// Copies in backups of the key store are gone by this day at the latest.
    pub key_backups_dead_on: Date,
}

/// A line of the retention preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanLine {
    /// Retention unit.
    pub unit: String,
    /// `archive`, `destroy` or `alert`.
    pub step: String,
    /// How many.
    pub count: u64,
}

/// For how many days a backup of the key store may live.
pub(crate) const KEY_BACKUP_DAYS: u32 = 30;
/// How long a server may sweep without renewing its lease, in milliseconds.
const LEASE_MS: i64 = 60_000;
/// Dossiers a batch.
const BATCH: u32 = 100;

impl Huis {
    /// Sweeps every processing of every office: what is due by today is archived or destroyed.
    /// It can be stopped anywhere and taken up again.
    pub async fn sweep(&self) -> Result<SweepReport, UseError> {
        let mut report = SweepReport::default();
        for office in self.store.offices().await? {
            let today = self.today(&office);
            let name = format!("sweep {}", office.office);
            if !self.store.lease(&name, &self.server, self.now(), LEASE_MS).await? {
                report.elsewhere = true;
                continue;
            }
            self.sweep_office(office.office, today, &mut report).await?;
            self.store.release(&name, &self.server).await?;
        }
        self.measures.sweep(Sweep {
            archived: report.archived,
            destroyed: report.destroyed,
            gone: report.gone,
            failed: report.failed,
        });
        if self.finish_destructions().await? > 0 {
            self.store.scrub().await?;
        }
        self.store.drop_old_tickets(self.now()).await?;
        self.store.drop_old_drafts(self.now()).await?;
        self.sweep_once().await?;
        self.sweep_tokens().await?;
        Ok(report)
    }

    async fn sweep_office(
        &self,
        office: OfficeId,
        today: Date,
        report: &mut SweepReport,
    ) -> Result<(), UseError> {
        let mut skipped = BTreeSet::new();
        let mut archived = 0;
        let lease = format!("sweep {office}");
        loop {
            let limit = BATCH + u32::try_from(skipped.len()).unwrap_or(u32::MAX / 2);
            let due = self.store.due(office, today, limit).await?;
            let mut moved = false;
            for row in due {
                let key = (row.card.dossier, row.unit.clone());
                if skipped.contains(&key) {
                    continue;
                }
                match self.step(&row, today).await {
                    Ok(Stepped::Nothing) => {}
                    Ok(Stepped::Archived) => archived += 1,
                    Ok(Stepped::Destroyed { last }) => {
                        report.destroyed += 1;
                        report.gone += u64::from(last);
                    }
                    Err(error) if error.stops_work() => return Err(error),
                    // One dossier that cannot be swept must not keep the others past their term.
                    Err(error) => {
                        tracing::error!(%error, "un dossier n'a pas pu être traité à son terme");
                        self.alert_broken(&row.card.processing, office, row.card.dossier).await?;
                        report.failed += 1;
                        skipped.insert(key);
                        continue;
                    }
                }
                moved = true;
            }
            self.finish_destructions().await?;
            let held = self.store.lease(&lease, &self.server, self.now(), LEASE_MS).await?;
            if !moved || !held || self.is_stopping() {
                break;
            }
        }
        report.archived += archived;
        let owed = self.store.owed_certificates(office).await?;
        if archived > 0 || !owed.is_empty() {
            // Before the certificate: it says that no copy opens any more.
            self.store.scrub().await?;
        }
        // Nor is it made while some key is not overwritten everywhere: it stays owed.
        if self.store.open_destructions(1).await?.is_empty() {
            for owed in owed {
                self.certify(office, &owed, today).await?;
            }
        }
        Ok(())
    }

    /// One step of one unit, decided again under the dossier's lock: a hold, a reopening or a
    /// correction may have come since the list was read.
    async fn step(&self, due: &DueRow, today: Date) -> Result<Stepped, UseError> {
        let (office, dossier) = (due.card.office, due.card.dossier);
        if due.step == "archive" {
            let moved = self.archive_now(&due.card.processing, office, dossier).await?;
            return Ok(if moved { Stepped::Archived } else { Stepped::Nothing });
        }
        let register = &self.processed(&due.card.processing)?.register;
        let mut work = self.store.begin().await?;
        // A term moved, or a key exchanged, in the rows would destroy what must live.
        let Some(Checked { card, mut sealed, holds, .. }) =
            self.checked(&mut work, office, dossier).await?
        else {
            return Ok(Stepped::Nothing);
        };
        let next = next_rows(register, &card, &sealed.units, &holds);
        let still = next.iter().any(|n| n.unit == due.unit && n.step == "destroy" && n.on <= today);
        if !still {
            work.set_next(office, dossier, &next).await?;
            work.commit().await?;
            return Ok(Stepped::Nothing);
        }
        let now = self.now();
        let acts = sealed.acts.iter().filter(|a| a.unit == due.unit).map(|a| a.slot);
        let units = sealed.units.iter().filter(|u| u.unit == due.unit).map(|u| u.slot);
        let slots: Vec<Slot> = acts.chain(units).collect();
        for slot in slots {
            work.ask_destruction(office, dossier, &due.unit, slot, &due.unit, now).await?;
        }
        let last = work.remove_unit(office, dossier, &due.unit).await?;
        // Owed from this very moment: a sweep that is killed leaves none out.
        work.owe_certificate(office, &card.processing, &due.unit, last).await?;
        let mut mark = None;
        if !last {
            sealed.units.retain(|u| u.unit != due.unit);
            sealed.acts.retain(|a| a.unit != due.unit);
            mark = Some(self.seal_digest(&mut work, &card, sealed));
        }
        let mut line = self.job_line(&due.card.processing, "sweep", Operation::Destroy);
        line.dossiers = Dossiers::one(dossier);
        line.detail.insert("duree".to_owned(), due.unit.clone());
        let entry = self.beside(&mut work, &mut line).await?;
        work.commit().await?;
        self.mark_and_chain(mark.into_iter().collect(), vec![(entry, line)]).await;
        Ok(Stepped::Destroyed { last })
    }

    /// Moves a closed dossier to the archive: its units' keys are sealed to the archive's public
    /// half, its tokens pass to the archive's index. What is sealed is not rewritten. False
    /// when nothing was to be moved.
    pub(crate) async fn archive_now(
        &self,
        processing: &str,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<bool, UseError> {
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let mut work = self.store.begin().await?;
        let Some(Checked { mut card, mut sealed, keys, holds }) =
            self.checked(&mut work, office, dossier).await?
        else {
            return Ok(false);
        };
        let wanted = self.units_to_archive(processed, &card, &sealed, &holds);
        if wanted.is_empty() {
            let next = next_rows(register, &card, &sealed.units, &holds);
            work.set_next(office, dossier, &next).await?;
            work.commit().await?;
            return Ok(false);
        }
        // The archive's tokens are taken while the sections still open, by the sweep's authority.
        let proof = decide_job(register, "sweep", office);
        let source = KeySource { root: &self.root, archive: None, keys: &keys };
        let index = self.index_key(office, processing, true).await?;
        let tokens =
            unlock(&proof, &sealed, source)?.compute(Operation::Archive, self.now(), |plain| {
                huis_access::search::tokens(register, plain, &index)
            })?;
        let receipt = self.receipt(tokens.line().clone()).await?;
        let tokens: Vec<_> = tokens.release(&receipt)?.into_iter().collect();
        let mut blobs = Vec::new();
        for unit in &mut sealed.units {
            if !wanted.contains(&unit.unit) {
                continue;
            }
            let blob = keys.get(&unit.slot).ok_or(UseError::NotFound)?;
            let sealed_key = self
                .root
                .archive(unit.slot, blob, &self.archive, &*self.rng)
                .map_err(|_| UseError::Broken)?;
            blobs.push((unit.slot, sealed_key));
            unit.state = UnitState::Archived;
        }
        card.archived = sealed.units.iter().all(|u| u.state == UnitState::Archived);
        card.changed_at = self.now();
        work.put_units(office, dossier, &sealed.units).await?;
        work.set_tokens(office, dossier, &tokens, true).await?;
        work.set_next(office, dossier, &next_rows(register, &card, &sealed.units, &holds)).await?;
        let mark = self.seal_digest(&mut work, &card, sealed);
        work.set_card(&card);
        work.move_keys(office, dossier, &blobs).await?;
        work.commit().await?;
        self.mark([mark]).await;
        self.finish_moves(office, dossier).await?;
        Ok(true)
    }

    /// Puts in their slots the keys of a dossier that are on their way, under its lock. A crash
    /// before or after leaves the rows there, and this is done again: at start, and each sweep.
    pub(crate) async fn finish_moves(
        &self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<(), UseError> {
        let mut work = self.store.begin().await?;
        if work.dossier(office, dossier).await?.is_some() {
            let keys = work.moving_keys(office, dossier).await?;
            self.store.replace_keys(&keys).await?;
        }
        work.keys_moved(office, dossier).await?;
        Ok(work.commit().await?)
    }

    /// All that a crash left on its way.
    pub(crate) async fn finish_all_moves(&self) -> Result<(), UseError> {
        for (office, dossier) in self.store.moving().await? {
            self.finish_moves(office, dossier).await?;
        }
        Ok(())
    }

    fn units_to_archive(
        &self,
        processed: &crate::Processed,
        card: &CardRow,
        sealed: &SealedDossier,
        holds: &[huis_store::lifecycle::HoldRow],
    ) -> Vec<String> {
        next_rows(&processed.register, card, &sealed.units, holds)
            .into_iter()
            .filter(|n| n.step == "archive")
            .map(|n| n.unit)
            .collect()
    }

    /// Overwrites every key whose destruction was asked, until confirmed. Idempotent: called after
    /// each sweep, and at start.
    pub(crate) async fn finish_destructions(&self) -> Result<u64, UseError> {
        let mut done = 0;
        loop {
            let rows = self.store.open_destructions(500).await?;
            if rows.is_empty() {
                return Ok(done);
            }
            let slots: Vec<Slot> = rows.iter().map(|r| r.slot).collect();
            if !self.destroy(&slots).await? {
                return Ok(done + rows.len() as u64);
            }
            self.store.confirm_destructions(&rows, self.now()).await?;
            done += rows.len() as u64;
        }
    }

    async fn certify(
        &self,
        office: OfficeId,
        owed: &OwedCertificate,
        today: Date,
    ) -> Result<(), UseError> {
        let certificate = Certificate {
            on: today,
            destroyed: owed.units.clone(),
            gone: owed.gone,
            data_backups_dead_on: today,
            key_backups_dead_on: Delay { months: 0, days: KEY_BACKUP_DAYS }.after(today),
        };
        let body = serde_json::to_string(&certificate).map_err(|_| UseError::Internal("acte"))?;
        let mut line = self.job_line(&owed.processing, "sweep", Operation::Sweep);
        line.detail.insert("supprimes".to_owned(), owed.gone.to_string());
        let receipt = self.trace(line).await?;
        // Its proof is its place in the signed log.
        let signature = format!("{}#{}", receipt.origin(), receipt.index());
        let id = self.id16();
        self.store.keep_certificate(office, id, self.now(), &body, &signature, Some(owed)).await?;
        Ok(())
    }

    /// A register came into force: the next step of every dossier is planned by it (I6).
    async fn replan(&self, processed: &crate::Processed) -> Result<(), UseError> {
        let register = &processed.register;
        let (key, sha) = planned(register);
        if self.store.meta(&key).await?.as_deref() == Some(sha.as_str()) {
            return Ok(());
        }
        for office in self.store.offices().await? {
            let mut after = None;
            loop {
                let ids =
                    self.store.every_dossier(office.office, &register.id, after, BATCH).await?;
                let Some(last) = ids.last() else { break };
                after = Some(*last);
                for dossier in ids {
                    let mut work = self.store.begin().await?;
                    let Some((card, units)) = work.units(office.office, dossier).await? else {
                        continue;
                    };
                    let holds = work.holds(office.office, dossier).await?;
                    let next = next_rows(register, &card, &units, &holds);
                    work.set_next(office.office, dossier, &next).await?;
                    work.commit().await?;
                }
            }
        }
        Ok(self.store.set_meta(&key, &sha).await?)
    }

    /// A line written by a job of the program.
    pub(crate) fn job_line(&self, processing: &str, job: &str, operation: Operation) -> Line {
        Line::new(self.now(), Authority::Job(job.to_owned()), processing, job, operation)
    }

    /// The day's work of the program itself, every few minutes: nothing of it waits for another
    /// part's success. What there is to do is found in the store.
    pub async fn daily(&self) -> Result<SweepReport, UseError> {
        let mut parts: Vec<(&str, Result<(), UseError>)> = Vec::new();
        parts.push(("clés", self.finish_all_moves().await));
        parts.push(("index", self.rebuild_if_lost().await));
        parts.push(("clés sans dossier", self.destroy_orphans().await.map(|_| ())));
        parts.push(("retraits", self.list_withdrawals().await));
        for processed in self.processed.values() {
            parts.push(("durées", self.replan(processed).await));
        }
        let swept = self.sweep().await;
        parts.push(("index", self.rekey_indexes().await));
        parts.push(("imports", self.sweep_imports().await));
        parts.push(("journal", self.close_days().await));
        for office in self.store.offices().await? {
            // Once a day of the office, by one server.
            let day = self.today(&office).to_string();
            let name = format!("daily {}", office.office);
            if self.store.meta(&name).await?.as_deref() == Some(day.as_str())
                || !self.store.lease(&name, &self.server, self.now(), 10 * LEASE_MS).await?
            {
                continue;
            }
            let ids: Vec<String> = self.processed.keys().cloned().collect();
            for id in ids {
                parts.push(("échéances", self.recompute_terms(&id).await.map(|_| ())));
            }
            parts.push(("copie des clés", self.reconcile_keys().await.map(|_| ())));
            parts.push(("purge", self.purge_traces().await.map(|_| ())));
            parts.push(("connexions", self.sweep_sign_in().await.map(|_| ())));
            // What failed is taken up at the next passage, and not the next day.
            if parts.iter().all(|(_, result)| result.is_ok()) {
                self.store.set_meta(&name, &day).await?;
            }
        }
        for (part, result) in parts {
            if let Err(error) = result {
                tracing::error!(%error, part, "travail du jour : sera repris");
            }
        }
        swept
    }
}

/// What says that every dossier is planned by a register: a key of the settings, and its value.
pub(crate) fn planned(register: &huis_register::Register) -> (String, String) {
    let sha = register.sha256.iter().map(|b| format!("{b:02x}")).collect();
    (format!("planned {}", register.id), sha)
}

enum Stepped {
    Nothing,
    Archived,
    Destroyed { last: bool },
}
