use huis_imports::{CellFault, Row, faults_file};
use huis_kernel::DossierId;
use huis_store::imports::ImportRow;

use super::{
    BATCH,
    stage::{Staged, Verdict},
};
use crate::{Caller, Huis, UseError};

impl Huis {
    /// Stops an import: before it writes, it is dropped; while it writes, it stops after the batch
    /// under way, and what is written stays written. The sealed file goes when nothing is left to
    /// see.
    pub async fn stop_import(&self, caller: &Caller, id: &str) -> Result<(), UseError> {
        let row = self.my_import(caller, id).await?;
        let state = match row.state.as_str() {
            "recu" | "essai" | "pret" => "annule",
            "cours" => "arrete",
            // Over: what was kept for its corrections is thrown away.
            "fini" | "arrete" if row.slot.is_some() => row.state.as_str(),
            _ => return Err(UseError::NotFound),
        };
        let mut now = row.clone();
        state.clone_into(&mut now.state);
        now.ended = row.ended.or(Some(caller.now));
        let step = if row.ended.is_some() { "suppression" } else { "annulation" };
        let mut line = self.import_line(caller, &row, step);
        let mut work = self.store.begin().await?;
        if !work.set_import(&row, &now).await? {
            return Err(UseError::Moved { version: 0 });
        }
        let entry = self.beside(&mut work, &mut line).await?;
        work.commit().await?;
        self.chain(vec![(entry, line)]).await;
        if row.state != "cours" {
            self.destroy_import(&now, state, "import-arrete").await?;
        }
        Ok(())
    }

    /// Destroys the key of what is sealed, and its parts: no copy of the file opens any more.
    pub(super) async fn destroy_import(
        &self,
        row: &ImportRow,
        state: &str,
        rule: &str,
    ) -> Result<(), UseError> {
        let Some(slot) = row.slot else { return Ok(()) };
        let mut now = row.clone();
        now.slot = None;
        state.clone_into(&mut now.state);
        now.ended = row.ended.or_else(|| Some(self.now()));
        let mut work = self.store.begin().await?;
        if !work.set_import(row, &now).await? {
            return Ok(());
        }
        work.drop_import_parts(row.office, row.import, None).await?;
        let of = DossierId::from_bytes(row.import);
        work.ask_destruction(row.office, of, "import", slot, rule, self.now()).await?;
        work.commit().await?;
        if self.finish_destructions().await? > 0 {
            self.store.scrub().await?;
        }
        Ok(())
    }

    /// Destroys what has waited past its last day, and forgets marks, mappings and counts past
    /// theirs. Run daily.
    pub(crate) async fn sweep_imports(&self) -> Result<(), UseError> {
        for office in self.store.offices().await? {
            let today = self.today(&office);
            for row in self.store.imports_past(office.office, today).await? {
                let over = ["fini", "arrete"].contains(&row.state.as_str());
                let state = if over { row.state.clone() } else { "expire".to_owned() };
                self.destroy_import(&row, &state, "import-expire").await?;
            }
            // Counts and mappings live as long as the marks of the longest kind: our choice.
            let kinds = self.processed.values().flat_map(|p| &p.register.imports);
            let oldest = kinds.map(|k| k.recognises.before(today)).min().unwrap_or(today);
            let zone =
                huis_kernel::Zone::named(&office.zone).unwrap_or_else(huis_kernel::Zone::utc);
            let since = zone.start_of(oldest);
            self.store.forget_imports(office.office, today, oldest, since).await?;
        }
        Ok(())
    }

    /// The rows that were not written, with what to mend: a file with the same columns, to correct
    /// and send again.
    pub async fn import_faults(&self, caller: &Caller, id: &str) -> Result<Vec<u8>, UseError> {
        let row = self.my_import(caller, id).await?;
        if !["pret", "fini", "arrete"].contains(&row.state.as_str()) || row.faulty == 0 {
            return Err(UseError::NotFound);
        }
        let staged = self.staged(caller, row).await?;
        let plan = self.plan(&staged).await?;
        let mut faulty: Vec<(Row, Vec<CellFault>)> = Vec::new();
        for no in 0..staged.row.lines.div_ceil(BATCH) {
            faulty.extend(self.faulty_rows(&staged, no).await?);
        }
        let rows = faulty.iter().map(|(row, faults)| (row, faults.as_slice()));
        let file = faults_file(&plan.header, rows).map_err(|_| UseError::Internal("import"))?;
        let mut line = self.import_line(caller, &staged.row, "fautes");
        line.detail.insert("fautes".to_owned(), faulty.len().to_string());
        let pending = staged.proof.shown(file, line);
        let receipt = self.trace(pending.line().clone()).await?;
        Ok(pending.release(&receipt)?)
    }

    pub(super) async fn faulty_rows(
        &self,
        staged: &Staged<'_>,
        no: u32,
    ) -> Result<Vec<(Row, Vec<CellFault>)>, UseError> {
        let rows: Vec<Row> = self.open_part(staged, "lignes", no).await?.unwrap_or_default();
        let verdicts: Vec<Verdict> = self.open_part(staged, "bilan", no).await?.unwrap_or_default();
        Ok(rows
            .into_iter()
            .zip(verdicts)
            .filter_map(|(row, verdict)| match verdict {
                Verdict::Faulty { faults, .. } => Some((row, faults)),
                _ => None,
            })
            .collect())
    }
}
