//! How continuity stands: the second place of the keys, the last backup, the last drill, and which
//! of them is overdue.

use huis_kernel::Instant;
use huis_store::CopyState;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Huis, UseError};

/// The last backup, as kept.
pub(super) const BACKUP: &str = "last-backup";
/// The last drill, as kept.
pub(super) const DRILL: &str = "last-drill";

/// Something that was done, with its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// When.
    pub at: Instant,
    /// Did it go well?
    pub well: bool,
    /// Figures.
    pub detail: Value,
}

impl Done {
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// How continuity stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Continuity {
    /// The second place of the keys.
    pub copy: CopyState,
    /// The last backup.
    pub backup: Option<Done>,
    /// Is the next one overdue?
    pub backup_overdue: bool,
    /// The last drill.
    pub drill: Option<Done>,
    /// Is the next one overdue?
    pub drill_overdue: bool,
}

impl Continuity {
    /// All that asks for someone's attention, in words.
    pub fn faults(&self) -> Vec<String> {
        let mut out = self.copy_faults();
        out.extend(self.work_faults());
        out
    }

    /// What is wrong with the second place of the keys.
    pub fn copy_faults(&self) -> Vec<String> {
        match &self.copy {
            CopyState::None => vec![
                "Les clés n’ont pas de second lieu\u{a0}: si ce serveur les perd, aucun dossier ne se relit."
                    .to_owned(),
            ],
            CopyState::Away => vec![
                "La copie des clés est hors d’atteinte\u{a0}: aucun nouveau lot de clés ne sert, aucune destruction n’est confirmée."
                    .to_owned(),
            ],
            CopyState::Lags(n) => vec![format!("La copie des clés diffère de {n} entrées.")],
            CopyState::Same => Vec::new(),
        }
    }

    /// What is overdue, or went wrong.
    pub fn work_faults(&self) -> Vec<String> {
        let mut out = Vec::new();
        if self.backup_overdue {
            out.push(match &self.backup {
                None => "Aucune sauvegarde n’a encore été faite.".to_owned(),
                Some(_) => "La sauvegarde journalière est en retard.".to_owned(),
            });
        }
        match &self.drill {
            Some(drill) if !drill.well => {
                out.push("Le dernier exercice de restauration a échoué.".to_owned());
            }
            Some(_) if self.drill_overdue => {
                out.push("L’exercice de restauration est en retard.".to_owned());
            }
            None if self.drill_overdue => {
                out.push("Aucun exercice de restauration n’a encore été fait.".to_owned());
            }
            _ => {}
        }
        out
    }
}

impl Huis {
    /// How continuity stands.
    pub async fn continuity(&self) -> Result<Continuity, UseError> {
        let (backup, drill) = (self.done(BACKUP).await?, self.done(DRILL).await?);
        let backup_overdue = self.overdue("continuite.sauvegarde", backup.as_ref()).await?;
        let drill_overdue = self.overdue("continuite.exercice", drill.as_ref()).await?;
        let copy = self.keys_copy().await?;
        Ok(Continuity { copy, backup, backup_overdue, drill, drill_overdue })
    }

    /// What asks for someone's attention, for the pages of who watches over the service. A
    /// demonstration's data are made anew at will.
    pub async fn continuity_faults(&self) -> Result<Vec<String>, UseError> {
        if self.demonstration {
            return Ok(Vec::new());
        }
        Ok(self.continuity().await?.faults())
    }

    pub(super) async fn done(&self, key: &str) -> Result<Option<Done>, UseError> {
        Ok(self.store.meta(key).await?.and_then(|t| serde_json::from_str(&t).ok()))
    }

    /// Is something of which the law's parameters say how often overdue? What was never done is,
    /// once the installation has lived that long.
    async fn overdue(&self, parameter: &str, last: Option<&Done>) -> Result<bool, UseError> {
        let Some((office, founded)) = self.store.first_office().await? else { return Ok(false) };
        let today = self.today(&office);
        let zone = huis_kernel::Zone::named(&office.zone).unwrap_or_else(huis_kernel::Zone::utc);
        let since = last.map_or(founded, |d| d.at).date_in(&zone);
        let law = self.law();
        let delay = law.delay(parameter, since).map_err(|_| UseError::Internal("paramètre"))?.0;
        Ok(delay.after(since) < today)
    }
}
