//! The sealed parts of an import: `plan` (columns and mapping), `lignes` (rows, by batches),
//! `bilan` (what became of each).

use huis_access::{ImportProof, decide_import};
use huis_imports::{CellFault, Header, Mapping, Row, Target, targets};
use huis_register::{Import, Power};
use huis_store::imports::ImportRow;
use huis_trace::{Line, Operation};
use huis_vault::{KeyBlob, Slot};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Caller, Huis, Processed, UseError};

/// What is known of the file as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    /// « CSV, UTF-8, séparateur point-virgule ».
    pub shape: String,
    pub header: Header,
    pub mapping: Mapping,
    /// Open a dossier for a row that has none?
    pub open: bool,
    /// Was the mapping one that was kept from an earlier file?
    pub known: bool,
    /// The first rows, to be shown beside the columns.
    pub first: Vec<Row>,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Verdict {
    /// A total, or the header again: no row.
    Passed,
    /// Written, or it would be.
    Written,
    /// It was there already.
    Known,
    /// Not written. `last`: it would not help to try again.
    Faulty { faults: Vec<CellFault>, last: bool },
}

/// An import opened by its sender, or by the job in their name.
pub(super) struct Staged<'h> {
    pub row: ImportRow,
    pub processed: &'h Processed,
    pub kind: &'h Import,
    pub proof: ImportProof<'h>,
    pub key: (Slot, KeyBlob),
}

/// What a caller may bring: the fields of sections they write, those that find a dossier.
pub(super) fn targets_of(caller: &Caller, processed: &Processed, kind: &Import) -> Vec<Target> {
    let register = &processed.register;
    let writes = |section: &str| {
        caller
            .grants(&register.id)
            .filter_map(|g| register.profile(&g.profile))
            .any(|p| p.may_write(section) && p.may_act(&kind.act))
    };
    targets(register, kind, writes, may_open(caller, processed, kind))
}

/// May the caller open dossiers from rows of this kind?
pub(super) fn may_open(caller: &Caller, processed: &Processed, kind: &Import) -> bool {
    !kind.opens.is_empty() && caller.can(&processed.register, Power::Create)
}

/// The identifier as it stands in addresses and traces.
pub(super) fn hex(id: &[u8; 16]) -> String {
    id.iter().map(|b| format!("{b:02x}")).collect()
}

/// The identifier of an address.
pub(super) fn unhex(text: &str) -> Option<[u8; 16]> {
    let id: huis_kernel::SessionId = text.parse().ok()?;
    Some(*id.as_bytes())
}

impl Huis {
    /// Opens an import of the caller's own. Another's, or one whose key is gone, answers as if
    /// there were none.
    pub(super) async fn staged<'h>(
        &'h self,
        caller: &Caller,
        row: ImportRow,
    ) -> Result<Staged<'h>, UseError> {
        let processed = self.processed(&row.processing)?;
        let kind = processed.register.import(&row.kind).ok_or(UseError::NotFound)?;
        let of = (row.office, row.import, row.agent);
        let proof = decide_import(
            &processed.register,
            &caller.actor,
            kind,
            of,
            caller.today,
            caller.partners_on,
        )?;
        let slot = row.slot.ok_or(UseError::NotFound)?;
        let blob = self.store.keys(&[slot]).await?.into_iter().next().ok_or(UseError::NotFound)?;
        Ok(Staged { row, processed, kind, proof, key: blob })
    }

    /// The caller's import of that id.
    pub(super) async fn my_import(&self, caller: &Caller, id: &str) -> Result<ImportRow, UseError> {
        let id = unhex(id).ok_or(UseError::NotFound)?;
        let row = self.store.import(caller.office.office, id).await?;
        row.filter(|r| r.agent == caller.actor.agent).ok_or(UseError::NotFound)
    }

    pub(super) fn seal_part<T: Serialize>(
        &self,
        staged: &Staged<'_>,
        part: &str,
        no: u32,
        value: &T,
    ) -> Result<Vec<u8>, UseError> {
        let plain = serde_json::to_vec(value).map_err(|_| UseError::Internal("import"))?;
        let key = (staged.key.0, &staged.key.1);
        Ok(staged.proof.seal(&self.root, key, part, no, &plain, &*self.rng)?)
    }

    pub(super) async fn open_part<T: DeserializeOwned>(
        &self,
        staged: &Staged<'_>,
        part: &str,
        no: u32,
    ) -> Result<Option<T>, UseError> {
        let (office, id) = (staged.row.office, staged.row.import);
        let Some(sealed) = self.store.import_part(office, id, part, no).await? else {
            return Ok(None);
        };
        let key = (staged.key.0, &staged.key.1);
        let plain = staged.proof.open(&self.root, key, part, no, &sealed)?;
        serde_json::from_slice(&plain).map(Some).map_err(|_| UseError::Broken)
    }

    pub(super) async fn plan(&self, staged: &Staged<'_>) -> Result<Plan, UseError> {
        self.open_part(staged, "plan", 0).await?.ok_or(UseError::Broken)
    }

    /// A line of the trace about an import: its id and its step, never its content.
    pub(super) fn import_line(&self, caller: &Caller, row: &ImportRow, step: &str) -> Line {
        let mut line = self.line(caller, &row.processing, Operation::Import);
        line.detail.insert("import".to_owned(), hex(&row.import));
        line.detail.insert("fichier".to_owned(), row.kind.clone());
        line.detail.insert("etape".to_owned(), step.to_owned());
        line
    }
}
