//! Slots ahead: keys are made in batches, so that a dossier takes a slot inside its own
//! transaction and no backup of the data ever lags behind a key.

use huis_kernel::{DossierId, OfficeId};
use huis_store::{CopyState, StoreError, Work, dossiers::CardRow};
use huis_vault::{DataKey, KeyBlob, Keys, SealedDossier, Slot};

use crate::{Huis, UseError};

/// How many keys a batch makes.
const BATCH: u32 = 1_024;

impl Huis {
    /// Puts a batch of keys to service, once it was read back from the second place of the keys,
    /// when there is one: a key store that is lost then loses no dossier.
    pub(crate) async fn make_batch(&self, n: u32) -> Result<(), UseError> {
        // Another server may make a batch at the same moment and take the same numbers: the key
        // store refuses the second, which tries again after it.
        for _ in 0..8 {
            let batch = match self.store.waiting_batch().await? {
                Some(batch) => batch,
                None => match self.new_batch(n).await {
                    Ok(batch) => batch,
                    Err(e) if e.is_duplicate() => continue,
                    Err(e) => return Err(e.into()),
                },
            };
            let saved = self.store.copy_batch(batch).await?;
            return Ok(self.store.serve_batch(batch, saved, self.now()).await?);
        }
        Err(UseError::Internal("réserve de clés"))
    }

    async fn new_batch(&self, n: u32) -> Result<i64, StoreError> {
        let (batch, slots) = self.store.next_slots(n).await?;
        let keys: Vec<(Slot, KeyBlob)> = slots
            .into_iter()
            .map(|slot| {
                let key = DataKey::generate(&*self.rng);
                (slot, self.root.wrap(slot, &key, &*self.rng))
            })
            .collect();
        self.store.keep_batch(batch, &keys, self.now()).await?;
        Ok(batch)
    }

    /// Makes keys before they are short, so that a second place out of reach is noticed while
    /// there are some left. Each minute.
    /// And a second place that was out of reach catches up.
    pub async fn keep_keys_ahead(&self) -> Result<(), UseError> {
        if matches!(self.store.copy_state().await?, CopyState::Lags(_)) {
            self.reconcile_keys().await?;
        }
        if self.store.free_slots().await? < u64::from(BATCH) / 2 {
            self.make_batch(BATCH).await?;
        }
        Ok(())
    }

    /// Begins a transaction in which `n` slots are taken.
    pub(crate) async fn begin_with_slots(
        &self,
        n: usize,
    ) -> Result<(Work, Vec<(Slot, KeyBlob)>), UseError> {
        for _ in 0..8 {
            let mut work = self.store.begin().await?;
            let slots = work.take_slots(n).await?;
            if slots.len() == n {
                let keys = self.store.keys(&slots).await?;
                return Ok((work, keys.into_iter().collect()));
            }
            drop(work);
            let more = u32::try_from(n).unwrap_or(u32::MAX / 2).saturating_add(BATCH);
            self.make_batch(more).await?;
        }
        Err(UseError::Internal("réserve de clés"))
    }

    /// The rows of a dossier, of one instant, with its keys and their marks, for what opens it without
    /// its lock. Rows and keys are in two stores: a write that ends between the two readings leaves
    /// a mark that the rows, read before it, do not bear; they are then read again. Rows that do not
    /// move are behind their mark for good, and whoever opens them says so (I14).
    pub(crate) async fn rows_and_keys(
        &self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Option<(CardRow, SealedDossier, Keys)>, UseError> {
        let mut before = None;
        loop {
            let Some((card, sealed)) = self.store.dossier(office, dossier).await? else {
                return Ok(None);
            };
            let keys = self.keys_of(&sealed).await?;
            if sealed.seals >= keys.least() || before == Some(sealed.seals) {
                return Ok(Some((card, sealed, keys)));
            }
            before = Some(sealed.seals);
        }
    }

    /// The wrapped keys of a dossier: its units' and its acts'.
    pub(crate) async fn keys_of(&self, sealed: &SealedDossier) -> Result<Keys, UseError> {
        let mut slots: Vec<Slot> = sealed.units.iter().map(|u| u.slot).collect();
        slots.extend(sealed.acts.iter().filter(|a| a.voided.is_none()).map(|a| a.slot));
        Ok(self.store.keys(&slots).await?)
    }
}
