//! The digest of a dossier, sealed anew with each change of what it holds, and its mark in the key
//! store (I14). A dossier is checked against both before anything of it is opened, changed or
//! destroyed: nothing brought back from the past is blessed by a write.

use huis_kernel::{DossierId, OfficeId};
use huis_store::{Work, dossiers::CardRow, lifecycle::HoldRow};
use huis_vault::{Keys, SealedDossier, Slot};

use crate::{Huis, UseError};

/// The number of a sealed digest, to be told to the key store once its transaction is committed.
#[derive(Debug)]
#[must_use = "tell it to the key store once the transaction is committed"]
pub(crate) struct Mark {
    slots: Vec<Slot>,
    seals: u64,
}

/// A dossier that was loaded under its lock, and is what was written last.
pub(crate) struct Checked {
    pub card: CardRow,
    pub sealed: SealedDossier,
    pub keys: Keys,
    pub holds: Vec<HoldRow>,
}

impl Huis {
    /// Loads a dossier under its lock and checks it, for what changes or destroys it without
    /// opening it.
    pub(crate) async fn checked(
        &self,
        work: &mut Work,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Option<Checked>, UseError> {
        let Some((card, sealed)) = work.dossier(office, dossier).await? else { return Ok(None) };
        let keys = self.keys_of(&sealed).await?;
        self.root.check(&sealed, &keys).map_err(|_| UseError::Broken)?;
        let holds = work.holds(office, dossier).await?;
        Ok(Some(Checked { card, sealed, keys, holds }))
    }

    /// Seals the digest of a dossier as it will be, in the transaction that makes it so.
    /// `after` comes from what was checked, never from rows read again: someone may have changed
    /// them meanwhile.
    pub(crate) fn seal_digest(
        &self,
        work: &mut Work,
        card: &CardRow,
        mut after: SealedDossier,
    ) -> Mark {
        after.seals += 1;
        after.number = card.number;
        after.territory.clone_from(&card.territory);
        after.opened_on = card.opened_on;
        after.closed_on = card.closed_on;
        after.digest = self.root.digest(&after);
        work.set_digest(&after);
        mark_of(&after)
    }

    /// Tells the key store what was committed. Until it is told, that one change could be brought
    /// back unnoticed: a reading tells it again.
    pub(crate) async fn mark(&self, marks: impl IntoIterator<Item = Mark>) {
        let rows: Vec<(Slot, u64)> = marks
            .into_iter()
            .flat_map(|m| m.slots.into_iter().map(move |slot| (slot, m.seals)))
            .collect();
        if let Err(error) = self.store.mark_slots(&rows).await {
            tracing::error!(%error, "marque d’un dossier : sera posée à sa prochaine lecture");
        }
    }

    /// What a crash between a change and its mark left, or a key store older than the data: a
    /// dossier that was checked, ahead of its mark.
    pub(crate) async fn mark_again(&self, sealed: &SealedDossier, keys: &Keys) {
        if sealed.seals > keys.least() {
            self.mark([mark_of(sealed)]).await;
        }
    }
}

fn mark_of(sealed: &SealedDossier) -> Mark {
    Mark { slots: sealed.units.iter().map(|u| u.slot).collect(), seals: sealed.seals }
}
