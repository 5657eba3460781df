//! By what a row that comes again is known: keyed hashes, which open nothing and name nobody
//! without the root key; they go with the dossier, or on their day.

use huis_imports::Entry;
use huis_kernel::{Date, DossierId, OfficeId};
use huis_store::{Work, imports::MarkRow};
use huis_vault::DataKey;

use super::stage::Staged;
use crate::{Huis, UseError};

/// What is written beside an act that comes from a row, in its transaction.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    /// The row, whatever its dossier.
    pub row: [u8; 32],
    /// What the row says.
    pub entry: Entry,
    /// The sender's reference for the dossier.
    pub reference: Option<[u8; 32]>,
    /// The import.
    pub import: [u8; 16],
    /// Its row.
    pub line: u32,
    /// Kind of import.
    pub kind: String,
    /// The last day.
    pub until: Date,
    /// The key of the office's marks.
    pub key: DataKey,
}

impl Stamp {
    /// The same act on the same dossier, however the row found it.
    fn on(&self, dossier: DossierId) -> [u8; 32] {
        on_dossier(&self.key, &self.kind, dossier, &self.entry)
    }

    /// Marks the row as written. The transaction fails when it was already.
    pub async fn put(
        &self,
        work: &mut Work,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<(), UseError> {
        let mark = MarkRow { dossier, import: self.import, line: self.line };
        work.add_import_mark(office, self.row, &mark, self.until).await?;
        work.add_import_mark(office, self.on(dossier), &mark, self.until).await?;
        if let Some(reference) = self.reference {
            work.set_import_mark(office, reference, &mark, self.until).await?;
        }
        Ok(())
    }
}

pub(super) fn on_dossier(key: &DataKey, kind: &str, dossier: DossierId, entry: &Entry) -> [u8; 32] {
    let said = (kind, dossier.as_bytes(), entry.on, &entry.act, &entry.sections);
    key.hmac(b"acte", &serde_json::to_vec(&said).unwrap_or_default())
}

impl Huis {
    pub(super) fn mark_key(&self, staged: &Staged<'_>) -> DataKey {
        let row = &staged.row;
        self.root.derive(&format!("import marks {} {}", row.processing, row.office))
    }

    pub(super) fn row_mark(&self, staged: &Staged<'_>, entry: &Entry) -> [u8; 32] {
        let said = (
            &staged.row.kind,
            (entry.number, &entry.reference, entry.on),
            (&entry.act, &entry.sections, &entry.people),
        );
        self.mark_key(staged).hmac(b"ligne", &serde_json::to_vec(&said).unwrap_or_default())
    }

    /// A reference is the sender's own: another's means another dossier.
    pub(super) fn reference_mark(&self, staged: &Staged<'_>, entry: &Entry) -> Option<[u8; 32]> {
        let reference = entry.reference.as_deref()?;
        let mut said = staged.row.agent.as_bytes().to_vec();
        said.extend(huis_imports::fold(reference).into_bytes());
        Some(self.mark_key(staged).hmac(b"reference", &said))
    }
}
