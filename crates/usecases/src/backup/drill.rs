//! The drill: the last backup is restored in a scratch place, opened, compared, verified and thrown
//! away; the time it took and what would have been lost are kept. No drill touches the
//! installation, nor the second place of its keys.

use huis_kernel::Instant;
use huis_store::dump::Part;
use huis_trace::Operation;
use serde_json::json;

use super::{
    BackupError, RestorePlan, RestoreReport,
    continuity::{DRILL, Done},
    restore,
};
use crate::{Huis, Options, oversight::By, start::INSTALLATION};

/// How a drill restores.
pub struct DrillPlan {
    /// What is restored.
    pub restore: RestorePlan,
    /// How the scratch place is opened: an empty folder, with the root key of the installation.
    pub scratch: Options,
}

/// A table, as backed up and as it stands in service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableCount {
    /// Table.
    pub table: String,
    /// Rows in the backup, all found again in the scratch place.
    pub restored: u64,
    /// Rows in service now.
    pub live: u64,
}

/// What a drill showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrillReport {
    /// How long the restore took, in milliseconds.
    pub took_ms: i64,
    /// How much time a restore would lose, in milliseconds: what came since the backup.
    pub loss_ms: i64,
    /// Tables whose number of rows differs from the one in service.
    pub apart: Vec<TableCount>,
    /// Dossiers opened again by their keys.
    pub opened: u64,
    /// Archived dossiers, which open with the archive's passphrase only.
    pub locked: u64,
    /// Dossiers that do not open.
    pub broken: u64,
    /// Lines of the access log verified.
    pub lines: u64,
    /// Does the restored access log verify?
    pub trace_sound: bool,
    /// What the restore itself said.
    pub restored: RestoreReport,
}

impl DrillReport {
    /// Would this backup bring the service back?
    pub fn well(&self) -> bool {
        self.trace_sound && self.broken == 0 && self.restored.lost == 0
    }
}

impl Huis {
    /// Restores in a scratch place, and keeps the result, good or bad. Traced.
    pub async fn drill(&self, plan: DrillPlan) -> Result<DrillReport, BackupError> {
        let tried = self.try_out(plan).await;
        let (well, detail) = match &tried {
            Ok(report) => (
                report.well(),
                json!({ "duree_ms": report.took_ms, "perte_ms": report.loss_ms,
                        "dossiers": report.opened, "traces": report.lines }),
            ),
            Err(error) => (false, json!({ "erreur": error.to_string() })),
        };
        let done = Done { at: self.now(), well, detail };
        self.store.set_meta(DRILL, &done.to_text()).await?;
        let mut line = self.job_line(INSTALLATION, "exercice", Operation::Drill);
        let verdict = if well { "conforme" } else { "echec" };
        line.detail.insert("resultat".to_owned(), verdict.to_owned());
        if let Ok(report) = &tried {
            line.detail.insert("duree-ms".to_owned(), report.took_ms.to_string());
            line.detail.insert("perte-ms".to_owned(), report.loss_ms.to_string());
        }
        self.trace(line).await?;
        tried
    }

    async fn try_out(&self, plan: DrillPlan) -> Result<DrillReport, BackupError> {
        let begun = self.now();
        let (scratch, restored) = restore(plan.scratch, None, plan.restore).await?;
        let mut report = DrillReport {
            trace_sound: true,
            took_ms: self.since(Some(begun)),
            ..Default::default()
        };
        report.loss_ms = self.since(restored.made_at);
        let ids: Vec<String> = scratch.processings().map(|p| p.register.id.clone()).collect();
        for id in ids {
            let trace = scratch.verify_trace(By::Command("exercice"), &id, None).await?;
            report.trace_sound &= trace.sound();
            report.lines += trace.lines();
        }
        for part in [Part::Data, Part::Keys, Part::Trace] {
            for shape in self.store.shapes(part).await? {
                let Some(rows) = restored.rows.get(&shape.name).copied() else { continue };
                let live = self.store.rows_of(part, &shape).await?;
                if live != rows {
                    let table = shape.name.clone();
                    report.apart.push(TableCount { table, restored: rows, live });
                }
            }
        }
        report.opened = restored.index.dossiers;
        report.locked = restored.index.locked;
        report.broken = restored.index.broken;
        report.restored = restored;
        Ok(report)
    }

    fn since(&self, then: Option<Instant>) -> i64 {
        then.map_or(0, |t| self.now().0 - t.0)
    }
}
