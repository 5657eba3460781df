use huis_imports::{CellFault, Header, Mapping, Row, Target};
use huis_kernel::{Date, Instant};
use huis_store::imports::ImportRow;

use super::{
    BATCH,
    stage::{hex, may_open, targets_of},
};
use crate::{Caller, Huis, UseError};

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// Its columns are to be settled.
    Received,
    /// Its rows are being tried.
    Trying,
    /// It waits for a yes.
    Ready,
    /// Its rows are being written.
    Writing,
    /// All its rows were gone through.
    Done,
    /// Stopped while it was writing, by its sender or because a grant ended.
    Stopped,
    /// Dropped before it wrote.
    Dropped,
    /// Its sealed file reached its last day.
    Expired,
}

impl ImportState {
    fn of(code: &str) -> Self {
        match code {
            "recu" => Self::Received,
            "essai" => Self::Trying,
            "pret" => Self::Ready,
            "cours" => Self::Writing,
            "fini" => Self::Done,
            "arrete" => Self::Stopped,
            "annule" => Self::Dropped,
            _ => Self::Expired,
        }
    }
    /// Is the job at work on it?
    pub const fn moving(self) -> bool {
        matches!(self, Self::Trying | Self::Writing)
    }
}

/// An import, in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportLine {
    /// Id, for addresses.
    pub id: String,
    /// What kind of file.
    pub label: String,
    /// Where it stands.
    pub state: ImportState,
    /// Rows of the file.
    pub lines: u32,
    /// Rows gone through.
    pub through: u32,
    /// Rows written (or that would be).
    pub written: u32,
    /// Rows that were already there.
    pub known: u32,
    /// Rows with faults.
    pub faulty: u32,
    /// When the file came.
    pub created: Instant,
    /// The last day of what is sealed; none once it is destroyed.
    pub until: Option<Date>,
}

/// A row and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultLine {
    /// Row of the file.
    pub no: u32,
    /// What is wrong.
    pub faults: Vec<CellFault>,
}

/// An import, as its sender sees it.
#[derive(Clone, Debug)]
pub struct ImportPage {
    /// In numbers.
    pub line: ImportLine,
    /// Its content, while the sealed file is there.
    pub content: Option<ImportContent>,
}

/// What is in an import.
#[derive(Clone, Debug)]
pub struct ImportContent {
    /// What was read.
    pub shape: String,
    /// The columns.
    pub header: Header,
    /// The first rows.
    pub first: Vec<Row>,
    /// What a column may give.
    pub targets: Vec<Target>,
    /// What each gives.
    pub mapping: Mapping,
    /// The mapping is the one of an earlier file.
    pub remembered: bool,
    /// Open a dossier for a row that has none; `None` when the caller may not.
    pub open: Option<bool>,
    /// The first faults.
    pub faults: Vec<FaultLine>,
}

/// Most faults shown on the page; the file holds them all.
const SHOWN: usize = 50;
/// Most imports of the history.
const HISTORY: u32 = 50;

impl Huis {
    /// The caller's imports, the latest first.
    pub async fn my_imports(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<ImportLine>, UseError> {
        let (office, agent) = (caller.office.office, caller.actor.agent);
        let rows = self.store.imports_of(office, agent, HISTORY).await?;
        Ok(rows
            .iter()
            .filter(|r| r.processing == processing)
            .map(|r| self.import_in_numbers(r))
            .collect())
    }

    /// One import of the caller's, in numbers: what the page of its progress asks again and again.
    pub async fn import_progress(&self, caller: &Caller, id: &str) -> Result<ImportLine, UseError> {
        Ok(self.import_in_numbers(&self.my_import(caller, id).await?))
    }

    fn import_in_numbers(&self, row: &ImportRow) -> ImportLine {
        let kind = self.processed.get(&row.processing).and_then(|p| p.register.import(&row.kind));
        ImportLine {
            id: hex(&row.import),
            label: kind.map_or_else(|| row.kind.clone(), |k| k.label.clone()),
            state: ImportState::of(&row.state),
            lines: row.lines,
            through: row.done.saturating_mul(BATCH).min(row.lines),
            written: row.written,
            known: row.known,
            faulty: row.faulty,
            created: row.created,
            until: row.slot.map(|_| row.until),
        }
    }

    /// One import of the caller's, with its content as long as it is there.
    pub async fn look_at_import(&self, caller: &Caller, id: &str) -> Result<ImportPage, UseError> {
        let row = self.my_import(caller, id).await?;
        let line = self.import_in_numbers(&row);
        if row.slot.is_none() || line.state.moving() {
            return Ok(ImportPage { line, content: None });
        }
        let staged = self.staged(caller, row).await?;
        let plan = self.plan(&staged).await?;
        let mut faults = Vec::new();
        for no in 0..staged.row.lines.div_ceil(BATCH) {
            if faults.len() >= SHOWN || staged.row.faulty == 0 {
                break;
            }
            let rows = self.faulty_rows(&staged, no).await?;
            faults.extend(rows.into_iter().map(|(row, faults)| FaultLine { no: row.no, faults }));
        }
        faults.truncate(SHOWN);
        let may = may_open(caller, staged.processed, staged.kind);
        let content = ImportContent {
            shape: plan.shape,
            header: plan.header,
            first: plan.first,
            targets: targets_of(caller, staged.processed, staged.kind),
            mapping: plan.mapping,
            remembered: plan.known,
            open: may.then_some(plan.open),
            faults,
        };
        let trace = self.import_line(caller, &staged.row, "consultation");
        let pending = staged.proof.shown(content, trace);
        let receipt = self.trace(pending.line().clone()).await?;
        Ok(ImportPage { line, content: Some(pending.release(&receipt)?) })
    }
}
