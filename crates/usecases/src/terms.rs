//! The deadlines of running dossiers, computed again: a day passed (silence becomes a refusal), a
//! holiday was added or moved. The same computation, without writing, tells beforehand how many
//! dossiers a change of holidays would touch.

use huis_access::{KeySource, decide_rule, gather, unlock};
use huis_kernel::Date;
use huis_law::Law;
use huis_store::{StoreError, dossiers::CardRow, offices::OfficeRow};
use huis_trace::Operation;
use std::{collections::BTreeMap, sync::Arc};

use crate::{
    Huis, Processed, UseError,
    dossier::{GOOD_FRIDAY, next_rows, set_standing, standing, term_rows},
};

/// Dossiers a batch.
const BATCH: u32 = 100;

/// With which holidays deadlines are computed, and whether what changed is written.
pub(crate) struct Reckoning {
    /// The law, with the office's own holidays.
    pub law: Arc<Law>,
    /// The communes where Good Friday is one.
    pub good_friday: String,
    /// Written, or only counted.
    pub written: bool,
}

impl Huis {
    /// Computes again the deadlines of every running dossier of a processing, by the settings as
    /// they are now. Tells how many dossiers changed.
    pub async fn recompute_terms(&self, processing: &str) -> Result<u64, UseError> {
        let mut changed = 0;
        for office in self.store.offices().await? {
            let settings = self.store.settings(office.office).await?;
            self.calendar.adopt(&settings);
            let good_friday = settings.into_iter().find(|(k, _)| k == GOOD_FRIDAY);
            let reckoning = Reckoning {
                law: self.law(),
                good_friday: good_friday.map_or_else(String::new, |s| s.1),
                written: true,
            };
            changed += self.reckon(processing, &office, &reckoning).await?;
        }
        Ok(changed)
    }

    /// Computes the deadlines of an office's running dossiers. Tells how many dossiers change.
    pub(crate) async fn reckon(
        &self,
        processing: &str,
        office: &OfficeRow,
        reckoning: &Reckoning,
    ) -> Result<u64, UseError> {
        let processed = self.processed(processing)?;
        let today = self.today(office);
        let (mut changed, mut after) = (0, None);
        loop {
            let cards = self.store.running(office.office, processing, after, BATCH).await?;
            let Some(last) = cards.last() else { return Ok(changed) };
            after = Some(last.dossier);
            changed += self.reckon_batch(processed, cards, reckoning, today).await?;
        }
    }

    /// A batch is opened by a declared rule and traced by one line; then what changed is written,
    /// unless someone wrote meanwhile: their write has computed it.
    async fn reckon_batch(
        &self,
        processed: &Processed,
        cards: Vec<CardRow>,
        reckoning: &Reckoning,
        today: Date,
    ) -> Result<u64, UseError> {
        let register = &processed.register;
        let Reckoning { law, good_friday, written } = reckoning;
        let mut held = Vec::new();
        let mut known = BTreeMap::new();
        for card in cards {
            let Some((card, sealed, keys)) = self.rows_and_keys(card.office, card.dossier).await?
            else {
                continue;
            };
            let source = KeySource { root: &self.root, archive: None, keys: &keys };
            let proof = decide_rule(register, "echeances", &crate::caller::card_of(&card));
            let answer = unlock(&proof, &sealed, source).and_then(|unlocked| {
                unlocked.answer(|plain| {
                    let opened = card.opened_on;
                    standing(processed, opened, plain, &plain.acts, good_friday, law, today)
                })
            });
            match answer.map_err(UseError::from) {
                Ok(answer) => held.push(answer),
                Err(UseError::Broken) => {
                    self.alert_broken(&register.id, card.office, card.dossier).await?;
                    continue;
                }
                // Archived or erased meanwhile.
                Err(_) => continue,
            }
            known.insert(card.dossier, (card, sealed));
        }
        let line = self.job_line(&register.id, "echeances", Operation::Compute);
        let pending = gather(held, line, Some("dossiers-en-cours"));
        let receipt = self.trace(pending.line().clone()).await?;
        let mut changed = 0;
        for (dossier, now) in pending.release(&receipt)? {
            let Some((before, sealed)) = known.remove(&dossier) else { continue };
            let mut card = before.clone();
            set_standing(&mut card, &now);
            let rows = term_rows(&now);
            let mut work = self.store.begin().await?;
            if card == before && work.terms(card.office, dossier).await? == rows {
                continue;
            }
            if !written {
                changed += 1;
                continue;
            }
            let holds = work.holds(card.office, dossier).await?;
            work.set_terms(card.office, dossier, &rows).await?;
            let next = next_rows(register, &card, &sealed.units, &holds);
            let mut mark = None;
            if card.closed_on != before.closed_on {
                mark = Some(self.seal_digest(&mut work, &card, sealed));
            }
            work.set_next(card.office, dossier, &next).await?;
            work.set_card(&card);
            match work.commit().await {
                Ok(()) => {}
                // Someone changed it meanwhile, and computed it.
                Err(StoreError::Conflict) => continue,
                Err(error) => return Err(error.into()),
            }
            self.mark(mark).await;
            changed += 1;
        }
        Ok(changed)
    }
}
