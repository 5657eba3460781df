//! The acts of the procedure, as `registers/expulsion.toml` names them.

use crate::acts::kinds;

kinds! {
    InformationOccupant = "information-occupant" ["occupant", "mode", "courrier"],
    InformationCaution = "information-caution" ["caution", "mode", "courrier"],
    Courrier = "courrier"
        ["modele", "version", "occupant", "caution", "pour", "expediteur", "destinataire", "lieu",
         "objet", "contenu", "signature"],
    EnvoiCourrier = "envoi-courrier" ["courrier", "mode"],
    CourrierRevenu = "courrier-revenu" ["courrier", "motif"],
    ImpayeConstitue = "impaye-constitue" ["montant_dette", "tiers_payant"],
    SignalementCaf = "signalement-caf" ["organisme"],
    ReponseCaf = "reponse-caf" ["decision"],
    PlanApurement = "plan-apurement" ["mensualite", "fin"],
    EtatDette = "etat-dette" ["versement"],
    DecisionSurendettement = "decision-surendettement" ["decision"],
    CommandementPayer = "commandement-payer"
        ["bail_signe_le", "bail_reconduit_le", "bailleur", "impaye_depuis", "montant_dette", "loyer"],
    NotificationCaution = "notification-caution" [],
    SignalementCcapex = "signalement-ccapex" [],
    SaisineCcapex = "saisine-ccapex" ["mode"],
    InformationCcapex = "information-ccapex" ["objet", "mode", "courrier"],
    AvisCcapex = "avis-ccapex" ["nature", "objet", "destinataire"],
    Regularisation = "regularisation" [],
    Assignation = "assignation" ["audience_le", "bailleur"],
    AssignationRecuePrefet = "assignation-recue-prefet" [],
    AudienceFixee = "audience-fixee" ["audience_le"],
    AudienceRenvoyee = "audience-renvoyee" ["audience_le"],
    DsfDemande = "dsf-demande" [],
    DsfTransmis = "dsf-transmis" ["locataire_present"],
    Jugement = "jugement"
        ["issue", "delais_jusqu_au", "mauvaise_foi", "voie_de_fait", "delai_cql",
         "delai_cql_jours", "grace_jusqu_au", "treve_ecartee"],
    SignificationJugement = "signification-jugement" [],
    DelaisNonTenus = "delais-non-tenus" [],
    Appel = "appel" [],
    DecisionAppel = "decision-appel" ["issue"],
    CommandementQuitter = "commandement-quitter-lieux" [],
    CqlRecuPrefet = "cql-recu-prefet" [],
    ProrogationDurete = "prorogation-durete" ["fin"],
    DelaiGrace = "delai-grace" ["fin"],
    Protocole = "protocole-cohesion-sociale" ["fin"],
    ProtocoleDenonce = "protocole-denonce" [],
    DemandeCfp = "demande-cfp" ["diligences_jointes"],
    RapportPoliceDemande = "rapport-police-demande" [],
    DeposerRapport = "deposer-rapport" [],
    CfpAccorde = "cfp-accorde" ["effet_le"],
    CfpRefuse = "cfp-refuse" ["motif"],
    Expulsion = "expulsion" ["heure", "relogement", "meubles", "force_publique"],
    PvExpulsionTransmis = "pv-expulsion-transmis" [],
    DepartConstate = "depart-constate" [],
    DemandeIndemnite = "demande-indemnite" ["montant"],
    CalculIndemnite = "calcul-indemnite"
        ["arrete_au", "prorata", "jour_fin", "imputation", "protocole_denonce",
         "grace_dans_treve", "annee_interets", "prescription", "phase", "debut", "fin_periode",
         "brut", "deduit", "principal", "interets", "total", "faits", "resultat"],
    ProposerIndemnite = "proposer-indemnite" ["montant"],
    DecisionIndemnite = "decision-indemnite" ["sens", "montant"],
    PaiementIndemnite = "paiement-indemnite" ["montant"],
    RecoursContentieux = "recours-contentieux" [],
    DecisionContentieuse = "decision-contentieuse" ["sens", "montant"],
    Cloture = "cloture" ["motif"],
    Reouverture = "reouverture" ["motif"],
}

/// What a field of an act must be for a guard to work.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// It must be there.
    Any,
    /// It must be one of these codes: the register's closed list.
    OneOf(&'static [&'static str]),
}

/// The seven grounds of closing.
pub(crate) const CLOSING: &[&str] = &[
    "dette_soldee",
    "resolue_avant_resiliation",
    "nouveau_bail",
    "depart_locataire",
    "deces_locataire",
    "execution_cfp",
    "reprise_locaux",
];

/// The two grounds of reopening.
pub(crate) const REOPENING: &[&str] = &["demande_indemnite", "incident_recurrent"];

impl Kind {
    /// The fields without which the act cannot be judged, whatever the dossier holds.
    pub(crate) const fn needs(self) -> &'static [(&'static str, Need)] {
        use Need::{Any, OneOf};
        match self {
            Self::InformationOccupant => &[("occupant", Any)],
            Self::ReponseCaf => &[(
                "decision",
                OneOf(&["maintien", "plan_demande", "suspension", "retablissement"]),
            )],
            Self::DecisionSurendettement => &[(
                "decision",
                OneOf(&["recevable", "irrecevable", "mesures", "effacement", "cloture"]),
            )],
            Self::InformationCaution => &[("caution", Any)],
            Self::Courrier => {
                &[("modele", Any), ("version", Any), ("objet", Any), ("contenu", Any)]
            }
            Self::EnvoiCourrier => &[("courrier", Any)],
            Self::CourrierRevenu => {
                &[("courrier", Any), ("motif", OneOf(&["npai", "refuse", "non_reclame", "autre"]))]
            }
            Self::CommandementPayer => &[
                ("bail_signe_le", Any),
                ("bailleur", OneOf(&["personne_physique", "sci_familiale", "personne_morale"])),
            ],
            Self::InformationCcapex => {
                &[("objet", OneOf(&["commandement_payer", "commandement_quitter"]))]
            }
            Self::AvisCcapex => &[("nature", OneOf(&["avis", "recommandation"])), ("objet", Any)],
            Self::AudienceFixee | Self::AudienceRenvoyee => &[("audience_le", Any)],
            Self::Jugement => &[("issue", OneOf(&["rejet", "delais", "expulsion"]))],
            Self::DecisionAppel => &[("issue", OneOf(&["confirme", "infirme"]))],
            Self::ProrogationDurete | Self::DelaiGrace | Self::Protocole => &[("fin", Any)],
            Self::CfpRefuse => {
                &[("motif", OneOf(&["ordre_public", "dignite", "prematuree", "incomplete"]))]
            }
            Self::DecisionIndemnite => &[("sens", OneOf(&["transaction", "rejet"]))],
            Self::ProposerIndemnite | Self::PaiementIndemnite => &[("montant", Any)],
            Self::DecisionContentieuse => &[("sens", OneOf(&["condamnation", "rejet"]))],
            Self::Cloture => &[("motif", OneOf(CLOSING))],
            Self::Reouverture => &[("motif", OneOf(REOPENING))],
            _ => &[],
        }
    }
}
