//! The blind index, made again from the opened sections by a job of the program: it stands in no
//! backup, so that no token of an erased dossier survives in one (I7).

use huis_access::{KeySource, Proof, decide_job, gather, unlock};
use huis_kernel::{DossierId, OfficeId};
use huis_register::Register;
use huis_trace::Operation;
use huis_vault::ArchiveSecret;
use std::collections::BTreeMap;

use crate::{Huis, Processed, UseError};

/// Dossiers a batch: opened, traced by one line, written.
const BATCH: u32 = 100;

/// The mark of an index of the archive that is to be made again.
const ARCHIVE_WAITS: &str = "archive-index-waits";

/// What a rebuild did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Dossiers that can be found again.
    pub dossiers: u64,
    /// Dossiers of the archive, whose passphrase was not given: done when the archive opens.
    pub locked: u64,
    /// Dossiers that do not open: their key is not there, or something was altered.
    pub broken: u64,
}

impl Huis {
    /// Makes the index again. Archived dossiers open with the archive's secret only; without it,
    /// theirs waits until someone opens the archive.
    pub async fn rebuild_index(
        &self,
        archive: Option<&ArchiveSecret>,
    ) -> Result<Rebuilt, UseError> {
        let mut report = Rebuilt::default();
        for office in self.store.offices().await? {
            for processed in self.processed.values() {
                self.rebuild_of(office.office, processed, archive, &mut report).await?;
            }
        }
        if report.locked > 0 {
            self.store.set_meta(ARCHIVE_WAITS, "oui").await?;
        } else {
            self.store.drop_meta(ARCHIVE_WAITS).await?;
        }
        self.store.index_is_whole().await?;
        Ok(report)
    }

    /// The archive was opened: its index is made again, if it waited for that.
    pub(crate) async fn rebuild_archive_index(&self, archive: &ArchiveSecret) {
        let done = async {
            if self.store.meta(ARCHIVE_WAITS).await?.is_some()
                && self.store.lease("reconstruction", &self.server, self.now(), 600_000).await?
            {
                self.rebuild_index(Some(archive)).await?;
            }
            Ok::<_, UseError>(())
        };
        if let Err(error) = done.await {
            tracing::error!(%error, "index des archives : sera repris à la prochaine ouverture");
        }
    }

    /// Makes the index again when the database has emptied it (an unlogged table of PostgreSQL,
    /// after a crash). Looked at every few seconds: until then nothing is found by a name.
    pub async fn rebuild_if_lost(&self) -> Result<(), UseError> {
        if self.store.index_is_lost().await?
            && self.store.lease("reconstruction", &self.server, self.now(), 600_000).await?
        {
            // An archive that is open in some session is found again at once, else as it opens.
            let report = self.rebuild_index(self.any_archive().as_ref()).await?;
            tracing::warn!(dossiers = report.dossiers, "l’index avait été perdu : reconstruit");
        }
        Ok(())
    }

    async fn rebuild_of(
        &self,
        office: OfficeId,
        processed: &Processed,
        archive: Option<&ArchiveSecret>,
        report: &mut Rebuilt,
    ) -> Result<(), UseError> {
        let register = &processed.register;
        let proof = decide_job(register, "reconstruction", office);
        let mut after = None;
        loop {
            let ids = self.store.every_dossier(office, &register.id, after, BATCH).await?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = Some(*last);
            let mut waiting = ids;
            while !waiting.is_empty() {
                waiting =
                    self.rebuild_batch(&proof, office, register, archive, waiting, report).await?;
            }
        }
    }

    /// Sets the tokens of these dossiers as they were read; gives those that were written since,
    /// to be read again: an act changes a dossier without setting its tokens.
    async fn rebuild_batch(
        &self,
        proof: &Proof<'_>,
        office: OfficeId,
        register: &Register,
        archive: Option<&ArchiveSecret>,
        ids: Vec<DossierId>,
        report: &mut Rebuilt,
    ) -> Result<Vec<DossierId>, UseError> {
        let active = self.index_key(office, &register.id, false).await?;
        let archived = self.index_key(office, &register.id, true).await?;
        let (mut held, mut which) = (Vec::new(), BTreeMap::new());
        for dossier in ids {
            let Some((card, sealed, keys)) = self.rows_and_keys(office, dossier).await? else {
                continue;
            };
            let source = KeySource { root: &self.root, archive, keys: &keys };
            let index = if card.archived { &archived } else { &active };
            let answer = unlock(proof, &sealed, source).and_then(|unlocked| {
                unlocked.answer(|plain| huis_access::search::tokens(register, plain, index))
            });
            match answer.map_err(UseError::from) {
                Ok(answer) => {
                    held.push(answer);
                    which.insert(dossier, card);
                }
                Err(UseError::ArchiveLocked) => report.locked += 1,
                Err(_) => report.broken += 1,
            }
        }
        let line = self.job_line(&register.id, "reconstruction", Operation::Rebuild);
        let pending = gather(held, line, Some("dossiers-sans-index"));
        let receipt = self.trace(pending.line().clone()).await?;
        let mut again = Vec::new();
        for (dossier, tokens) in pending.release(&receipt)? {
            let Some(before) = which.remove(&dossier) else { continue };
            let mut work = self.store.begin().await?;
            match work.dossier(office, dossier).await? {
                Some((card, _)) if card.revision == before.revision => {
                    let tokens: Vec<_> = tokens.into_iter().collect();
                    work.set_tokens(office, dossier, &tokens, before.archived).await?;
                    work.commit().await?;
                    report.dossiers += 1;
                }
                Some(_) => again.push(dossier),
                None => {}
            }
        }
        Ok(again)
    }
}
