//! What a register says of the notices and letters of its processing.

use serde::Serialize;

use crate::{Field, FieldPath};

/// `[[notice]]`: an information text; `{responsable}` and the like are filled at printing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notice {
    /// `id`
    pub id: String,
    /// `titre`
    pub title: String,
    /// `public`: whom it speaks to.
    pub audience: String,
    /// `texte`
    pub text: String,
    /// `facile`: the easy-to-read version.
    pub easy: String,
    /// `source`
    pub source: String,
}

/// `[[lettre]]`: a letter of the processing, whom it goes to and all that it may show.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Letter {
    /// `id`; its text is the file of that name in `letters/`.
    pub id: String,
    /// `libelle`
    pub label: String,
    /// `destinataire`: the repeated section whose occurrence receives it; `None` for an
    /// organisation.
    pub to: Option<String>,
    /// `organisme`: what an organisation that receives it is called.
    pub organisation: Option<String>,
    /// `montre`: the fields it may show; of the persons of the dossier, the recipient alone.
    pub shows: Vec<FieldPath>,
    /// `acte`: the act it follows, of which it may show the fields.
    pub act: Option<String>,
    /// `champs`: what the agent says when preparing it.
    pub fields: Vec<Field>,
    /// `mentions`: what it must tell, whatever its text (RGPD art. 14).
    pub mentions: Vec<Mention>,
    /// `envoi`: the act that records its sending.
    pub sent: String,
    /// `source`
    pub source: String,
}

/// A mandatory mention of a letter: its words come from the register and the office's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Mention {
    /// `responsable`: who answers for the processing (art. 14 § 1 a).
    Controller,
    /// `finalites`: purposes and legal basis (art. 14 § 1 c).
    Purposes,
    /// `donnees`: categories of data about the recipient (art. 14 § 1 d).
    Data,
    /// `origine`: where they come from (art. 14 § 2 f).
    Origin,
    /// `destinataires`: who sees them (art. 14 § 1 e).
    Recipients,
    /// `duree`: how long they are kept (art. 14 § 2 a).
    Retention,
    /// `droits`: rights, with those that do not apply and why, and the desks (art. 14 § 2 c, X-16).
    Rights,
    /// `dpd`: the data-protection officer (art. 14 § 1 b).
    Officer,
    /// `gratuite`: using one's rights costs nothing (art. 12 § 5, D-25).
    Free,
    /// `reclamation`: the complaint to the CNIL (art. 14 § 2 e).
    Complaint,
}

impl Letter {
    /// May the letter show this field?
    pub fn may_show(&self, section: &str, field: &str) -> bool {
        self.shows
            .iter()
            .any(|p| p.section == section && p.field.as_deref().is_none_or(|f| f == field))
    }
}
