//! The acts of a request, as `registers/droits.toml` names them.

use crate::acts::kinds;

kinds! {
    DemandeRecue = "demande-recue" [],
    Transmission = "transmission" ["vers"],
    PieceDemandee = "piece-demandee" ["doute"],
    IdentiteVerifiee = "identite-verifiee" ["moyen"],
    DecisionDelegue = "decision-delegue" ["sens", "motif"],
    Prolongation = "prolongation" ["cause", "motif"],
    Copie = "copie" ["dossier", "ecarte"],
    RectificationFaite = "rectification-faite" ["rectifie", "destinataires"],
    Reponse = "reponse" ["sens", "motif"],
    Cloture = "cloture" ["motif"],
    Courrier = "courrier"
        ["modele", "version", "demandeur", "pour", "expediteur", "destinataire", "lieu", "objet",
         "contenu", "signature"],
    EnvoiCourrier = "envoi-courrier" ["courrier", "mode"],
    CourrierRevenu = "courrier-revenu" ["courrier", "motif"],
}

impl Kind {
    /// The fields without which an act says nothing.
    pub(crate) const fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Transmission => &["vers"],
            Self::PieceDemandee => &["doute"],
            Self::IdentiteVerifiee => &["moyen"],
            Self::DecisionDelegue => &["sens", "motif"],
            Self::Prolongation => &["cause", "motif"],
            Self::Copie => &["dossier"],
            Self::RectificationFaite => &["rectifie", "destinataires"],
            Self::Reponse => &["sens"],
            Self::Cloture => &["motif"],
            Self::Courrier => &["modele", "version", "objet", "contenu"],
            Self::EnvoiCourrier => &["courrier"],
            Self::CourrierRevenu => &["courrier", "motif"],
            Self::DemandeRecue => &[],
        }
    }
    /// Is it one of those that the letters' pages record?
    pub(crate) const fn by_letter(self) -> bool {
        matches!(self, Self::Courrier | Self::EnvoiCourrier | Self::CourrierRevenu)
    }
}
