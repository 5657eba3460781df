//! What must not come back: every key that is destroyed, every grant that is withdrawn, every account
//! that is closed goes on a signed list, kept with the keys and in their second place. A restore
//! replays it before it opens anything (X-10, X-17, I7).

use huis_store::{
    CopyReport, CopyState,
    gone::{GoneRow, Unlisted},
};
use huis_trace::{
    Gone, GoneEntry, LogSigner,
    gone::{FIRST, hash},
};
use huis_vault::Slot;

use crate::{Huis, UseError};

impl Huis {
    /// The key that signs the trace, its closures and the list.
    pub(crate) fn signer(&self) -> Result<LogSigner, UseError> {
        let seed = self.root.derive("trace signer");
        LogSigner::from_seed(self.log_key.name(), seed.expose())
            .map_err(|_| UseError::Internal("signature du journal"))
    }

    /// Overwrites keys and lists them, with the withdrawals given.
    async fn list_gone(&self, slots: &[Slot], what: Unlisted) -> Result<(), UseError> {
        let gone =
            Gone { slots: slots.iter().map(|s| s.0).collect(), grants: what.0, agents: what.1 };
        let signer = self.signer()?;
        // Another server may list something at the same moment: the second tries again after it.
        for _ in 0..8 {
            let last = self.store.last_gone().await?;
            let (no, previous) = last.map_or((1, FIRST), |e| (e.no + 1, hash(&e.note)));
            let installation = self.installation.clone();
            let at = self.now();
            let entry = GoneEntry { installation, no, at, previous, gone: gone.clone() };
            let row = GoneRow { no, at, note: entry.sign(&signer).to_string() };
            match self.store.destroy_listed(slots, &row).await {
                Ok(()) => return Ok(()),
                Err(e) if e.is_duplicate() => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(UseError::Internal("liste des effacements"))
    }

    /// Destroys keys: overwritten and listed here, then in the second place. Idempotent. False when
    /// the second place could not be told: the destruction is not confirmed, and is taken up again.
    pub(crate) async fn destroy(&self, slots: &[Slot]) -> Result<bool, UseError> {
        let alive = self.store.alive_slots(slots).await?;
        if !alive.is_empty() {
            self.list_gone(&alive, Unlisted::default()).await?;
        }
        if let Err(error) = self.store.follow_gone().await {
            tracing::error!(%error, "la copie des clés n’a pas suivi une destruction");
            return Ok(false);
        }
        Ok(true)
    }

    /// Lists the withdrawals of grants and closings of accounts that are not on the list yet. After
    /// each of them, and each minute: a crash in between leaves nothing out.
    pub async fn list_withdrawals(&self) -> Result<(), UseError> {
        loop {
            let what = self.store.unlisted().await?;
            if what.0.is_empty() && what.1.is_empty() {
                return Ok(self.store.follow_gone().await?);
            }
            self.list_gone(&[], what.clone()).await?;
            self.store.listed(&what, self.now()).await?;
        }
    }

    /// The same, when what was done stands whatever comes of it.
    pub(crate) async fn list_withdrawals_now(&self) {
        if let Err(error) = self.list_withdrawals().await {
            tracing::error!(%error, "liste des effacements : sera reprise dans la minute");
        }
    }

    /// Verifies the list from its first entry: tells how many there are.
    pub async fn verify_gone(&self) -> Result<u64, UseError> {
        let list = self.store.gone_list().await?;
        huis_trace::gone::replay(list.iter().map(|e| e.note.as_str()), &self.log_key)
            .map_err(|e| UseError::Invalid(vec![e.to_string()]))?;
        Ok(list.len() as u64)
    }

    /// How the second place of the keys stands.
    pub async fn keys_copy(&self) -> Result<CopyState, UseError> {
        Ok(self.store.copy_state().await?)
    }

    /// Puts the key store and its second place together, key by key: at start when they differ,
    /// and each day.
    pub async fn reconcile_keys(&self) -> Result<CopyReport, UseError> {
        let report = self.store.reconcile_copy(self.now()).await?;
        if report.recovered + report.destroyed > 0 {
            tracing::warn!(
                recovered = report.recovered,
                destroyed = report.destroyed,
                "la réserve de clés venait d’un état ancien : remise à jour par sa copie"
            );
        }
        Ok(report)
    }
}
