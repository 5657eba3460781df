//! The life cycle at work: the sweep archives and destroys what is due, by itself, in batches, under
//! a lease, and leaves a certificate. A day passed recomputes running deadlines.

use huis_access::{KeySource, decide_job, decide_rule, unlock};
use huis_kernel::{Date, Delay, DossierId, OfficeId};
use huis_store::{dossiers::CardRow, lifecycle::DueRow};
use huis_trace::{Authority, Dossiers, Line, Operation};
use huis_vault::{SealedDossier, Slot, UnitState};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::{
    Huis, UseError,
    dossier::{GOOD_FRIDAY, next_rows, set_standing, standing, term_rows},
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
const KEY_BACKUP_DAYS: u32 = 30;
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
        }
        self.finish_destructions().await?;
        self.store.drop_old_tickets(self.now()).await?;
        Ok(report)
    }

    async fn sweep_office(
        &self,
        office: OfficeId,
        today: Date,
        report: &mut SweepReport,
    ) -> Result<(), UseError> {
        let mut destroyed: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        let mut gone = 0;
        let mut skipped = 0;
        loop {
            let due = self.store.due(office, today, BATCH + skipped).await?;
            let mut moved = false;
            for row in due.into_iter().skip(usize::try_from(skipped).unwrap_or(0)) {
                match self.step(&row).await {
                    Ok(Stepped::Archived) => {
                        report.archived += 1;
                        moved = true;
                    }
                    Ok(Stepped::Destroyed { last }) => {
                        report.destroyed += 1;
                        gone += u64::from(last);
                        moved = true;
                        *destroyed
                            .entry(row.card.processing.clone())
                            .or_default()
                            .entry(row.unit.clone())
                            .or_default() += 1;
                    }
                    // One altered dossier must not keep the others past their term.
                    Err(UseError::Broken | UseError::Store(huis_store::StoreError::Conflict)) => {
                        report.failed += 1;
                        skipped += 1;
                    }
                    Err(error) => return Err(error),
                }
            }
            self.finish_destructions().await?;
            let name = format!("sweep {office}");
            self.store.lease(&name, &self.server, self.now(), LEASE_MS).await?;
            if !moved {
                break;
            }
        }
        report.gone += gone;
        if !destroyed.is_empty() {
            self.store.scrub().await?;
        }
        for (processing, units) in destroyed {
            self.certify(office, &processing, today, units, gone).await?;
        }
        Ok(())
    }

    /// One step of one unit.
    async fn step(&self, due: &DueRow) -> Result<Stepped, UseError> {
        match due.step.as_str() {
            "archive" => {
                self.archive_now(&due.card.processing, due.card.office, due.card.dossier).await?;
                Ok(Stepped::Archived)
            }
            _ => {
                let mut work = self.store.begin().await?;
                let (office, dossier) = (due.card.office, due.card.dossier);
                let now = self.now();
                let mut slots = work.act_slots(office, dossier, &due.unit).await?;
                slots.push(due.slot);
                for slot in slots {
                    work.ask_destruction(office, dossier, &due.unit, slot, &due.unit, now).await?;
                }
                let last = work.remove_unit(office, dossier, &due.unit).await?;
                let mut line = self.job_line(&due.card.processing, "sweep", Operation::Destroy);
                line.dossiers = Dossiers::one(dossier);
                line.detail.insert("duree".to_owned(), due.unit.clone());
                let entry = self.beside(&mut work, &line).await?;
                work.commit().await?;
                self.chain(vec![(entry, line)]).await?;
                Ok(Stepped::Destroyed { last })
            }
        }
    }

    /// Moves a closed dossier to the archive: its units' keys are sealed to the archive's public
    /// half, its tokens pass to the archive's index. What is sealed is not rewritten.
    pub(crate) async fn archive_now(
        &self,
        processing: &str,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<(), UseError> {
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let mut work = self.store.begin().await?;
        let Some((mut card, mut sealed)) = work.dossier(office, dossier).await? else {
            return Ok(());
        };
        let keys = self.keys_of(&sealed).await?;
        let holds = self.store.holds(office, dossier).await?;
        let wanted = self.units_to_archive(processed, &card, &sealed, &holds);
        if wanted.is_empty() {
            return Ok(());
        }
        // The archive's tokens are taken while the sections still open, by the sweep's authority.
        let proof = decide_job(register, "sweep", office);
        let source = KeySource { root: &self.root, archive: None, keys: &keys };
        let index = self.index_key(office, true);
        let tokens =
            unlock(&proof, &sealed, source)?.compute(Operation::Archive, self.now(), |plain| {
                huis_access::search::tokens(register, plain, &index)
            })?;
        let receipt = self.trace(tokens.line().clone()).await?;
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
        work.set_card(&card).await?;
        work.commit().await?;
        // The rows say « archived » before the key is moved: a crash between the two leaves a key
        // that the next sweep moves again; never an active dossier whose key is gone.
        self.store.replace_keys(&blobs).await?;
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
            self.store.destroy_keys(&slots, self.now()).await?;
            self.store.confirm_destructions(&rows, self.now()).await?;
            done += rows.len() as u64;
        }
    }

    async fn certify(
        &self,
        office: OfficeId,
        processing: &str,
        today: Date,
        destroyed: BTreeMap<String, u64>,
        gone: u64,
    ) -> Result<(), UseError> {
        let certificate = Certificate {
            on: today,
            destroyed,
            gone,
            data_backups_dead_on: today,
            key_backups_dead_on: Delay { months: 0, days: KEY_BACKUP_DAYS }.after(today),
        };
        let body = serde_json::to_string(&certificate).map_err(|_| UseError::Internal("acte"))?;
        let mut line = self.job_line(processing, "sweep", Operation::Sweep);
        line.detail.insert("supprimes".to_owned(), gone.to_string());
        let receipt = self.trace(line).await?;
        // Its proof is its place in the signed log.
        let signature = format!("{}#{}", receipt.origin(), receipt.index());
        self.store.keep_certificate(office, self.id16(), self.now(), &body, &signature).await?;
        Ok(())
    }

    /// Computes again the deadlines of every running dossier: a day passed (silence becomes a
    /// refusal), or a holiday was added or moved. Tells how many changed.
    pub async fn recompute_terms(&self, processing: &str) -> Result<u64, UseError> {
        let processed = self.processed(processing)?;
        let mut changed = 0;
        for office in self.store.offices().await? {
            let today = self.today(&office);
            let settings = self.store.settings(office.office).await?;
            let good_friday = settings
                .into_iter()
                .find(|(k, _)| k == GOOD_FRIDAY)
                .map_or_else(String::new, |s| s.1);
            let mut after = None;
            let mut touched: Vec<DossierId> = Vec::new();
            loop {
                let cards = self.store.running(office.office, processing, after, BATCH).await?;
                let Some(last) = cards.last() else { break };
                after = Some(last.dossier);
                for card in cards {
                    if self.recompute_one(processed, &card, &good_friday, today).await? {
                        changed += 1;
                        touched.push(card.dossier);
                    }
                }
            }
            let mut line = self.job_line(processing, "echeances", Operation::Compute);
            line.dossiers = Dossiers::selection("dossiers-en-cours", touched);
            self.trace(line).await?;
        }
        Ok(changed)
    }

    async fn recompute_one(
        &self,
        processed: &crate::Processed,
        found: &CardRow,
        good_friday: &str,
        today: Date,
    ) -> Result<bool, UseError> {
        let law = self.law();
        let mut work = self.store.begin().await?;
        let Some((mut card, sealed)) = work.dossier(found.office, found.dossier).await? else {
            return Ok(false);
        };
        let keys = self.keys_of(&sealed).await?;
        let source = KeySource { root: &self.root, archive: None, keys: &keys };
        let proof = decide_rule(&processed.register, "echeances", &crate::caller::card_of(&card));
        let pending = match unlock(&proof, &sealed, source) {
            Ok(unlocked) => unlocked.compute(Operation::Compute, self.now(), |plain| {
                standing(processed, card.opened_on, plain, &plain.acts, good_friday, &law, today)
            })?,
            Err(_) => return Ok(false),
        };
        // The result stays in clear columns of the card; the whole pass is one line of the trace,
        // written by the caller, but nothing may be released without a receipt of its own.
        let receipt = self.trace(pending.line().clone()).await?;
        let now = pending.release(&receipt)?;
        let rows = term_rows(&now);
        let before = card.clone();
        set_standing(&mut card, &now);
        let same_terms = work.terms(card.office, card.dossier).await? == rows;
        if same_terms && card == before {
            return Ok(false);
        }
        work.set_terms(card.office, card.dossier, &rows).await?;
        work.set_card(&card).await?;
        work.commit().await?;
        Ok(true)
    }

    /// A line written by a job of the program.
    pub(crate) fn job_line(&self, processing: &str, job: &str, operation: Operation) -> Line {
        Line::new(self.now(), Authority::Job(job.to_owned()), processing, job, operation)
    }

    /// The day's work of the program itself, once an hour is enough: closing the trace's days,
    /// computing again what the day changed, sweeping.
    pub async fn daily(&self) -> Result<SweepReport, UseError> {
        self.close_days().await?;
        let today = self.now();
        let ids: Vec<String> = self.processed.keys().cloned().collect();
        for id in ids {
            let name = format!("daily {id}");
            // Once a day, by one server: the lease lasts until the next one is due.
            let day = today.date_in(&huis_kernel::Zone::utc()).to_string();
            if self.store.meta(&name).await?.as_deref() != Some(day.as_str())
                && self.store.lease(&name, &self.server, today, LEASE_MS).await?
            {
                self.recompute_terms(&id).await?;
                self.purge_traces().await?;
                self.sweep_sign_in().await?;
                self.store.set_meta(&name, &day).await?;
            }
        }
        self.sweep().await
    }
}

enum Stepped {
    Archived,
    Destroyed { last: bool },
}
