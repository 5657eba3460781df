//! Grants, accounts, partners, settings.

use huis_usecases::partners::Partner;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{Day, When};
use crate::shape::shape;

shape! {
/// Une habilitation.
#[derive(Serialize)]
pub struct GrantRow "Habilitation" {
    /// Identifiant.
    pub id: String,
    /// Identifiant de l’agent.
    pub agent: String,
    /// Nom de l’agent.
    pub nom: String,
    /// Service.
    pub service: String,
    /// Profil.
    pub profil: String,
    /// Secteurs ; vide : tout.
    pub perimetre: Vec<String>,
    /// Premier jour.
    pub du: Day,
    /// Dernier jour.
    pub au: Day,
    /// Motif.
    pub motif: String,
    /// Donnée par.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub donnee_par: Option<String>,
    /// Garant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub garant: Option<String>,
    /// a_venir, en_vigueur, terminee ou retiree.
    pub etat: String,
}

/// Une habilitation à donner.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGrantShape "NouvelleHabilitation" {
    /// Identifiant de l’agent.
    pub agent: String,
    /// Profil du registre.
    pub profil: String,
    /// Secteurs, ou organisme d’un partenaire ; vide : tout.
    #[serde(default)]
    pub perimetre: Vec<String>,
    /// Premier jour.
    pub du: Day,
    /// Dernier jour.
    pub au: Day,
    /// Motif.
    pub motif: String,
    /// Garant, quand le profil le demande.
    #[serde(default)]
    pub garant: Option<String>,
}

/// Ce qui a été fait, par son identifiant.
#[derive(Clone, Serialize)]
pub struct MadeId "Identifiant" {
    /// Identifiant.
    pub id: String,
}

/// Un compte.
#[derive(Serialize)]
pub struct AccountShape "Compte" {
    /// Identifiant.
    pub id: String,
    /// Identifiant de connexion.
    pub identifiant: String,
    /// Nom.
    pub nom: String,
    /// Service.
    pub service: String,
    /// Adresse de service.
    pub courriel: String,
    /// actif, verrouille ou ferme.
    pub etat: String,
    /// Dernière connexion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connecte_le: Option<When>,
    /// Second facteur en place.
    pub second_facteur: bool,
    /// Habilitations en vigueur.
    pub habilitations: usize,
    /// Son mot de passe est provisoire : la personne le change à sa prochaine connexion.
    pub mot_de_passe_provisoire: bool,
    /// Informé du traitement et de la trace le.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub informe_le: Option<Day>,
    /// Procédure acceptée et engagement signé le.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engage_le: Option<Day>,
    /// Formé le.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forme_le: Option<Day>,
}

/// Un compte à créer. Il est personnel : aucun n’est partagé.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount "NouveauCompte" {
    /// Identifiant de connexion, par exemple prenom.nom ; il ne change plus ensuite.
    pub identifiant: String,
    /// Prénom.
    pub prenom: String,
    /// Nom.
    pub nom: String,
    /// Service.
    pub service: String,
    /// Adresse professionnelle : les liens de réinitialisation y partent.
    pub courriel: String,
}

/// Un compte créé.
#[derive(Clone, Serialize)]
pub struct AccountMade "CompteCree" {
    /// Identifiant de l’agent.
    pub id: String,
    /// Mot de passe provisoire, à remettre : il n’est dit qu’une fois ; absent d’une réponse répétée
    /// par sa clé.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mot_de_passe: Option<String>,
}

/// Une habilitation à revoir.
#[derive(Serialize)]
pub struct ReviewRow "HabilitationARevoir" {
    /// L’habilitation.
    pub habilitation: GrantRow,
    /// La dernière fois qu’elle a servi ; absent : jamais, dans le terme des traces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dernier_usage: Option<When>,
    /// C’est la vôtre : un autre la regarde aussi.
    pub la_mienne: bool,
}

/// Des habilitations à retirer au cours de la revue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawInReview "RetraitsDeRevue" {
    /// Identifiants.
    pub habilitations: Vec<String>,
    /// Motif.
    pub motif: String,
}

/// Un devoir rempli par un agent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyShape "Devoir" {
    /// informe, engage ou forme.
    pub devoir: String,
    /// Le.
    pub le: Day,
}

/// Un organisme partenaire.
#[derive(Serialize)]
pub struct PartnerShape "Partenaire" {
    /// Code.
    pub code: String,
    /// Nom.
    pub nom: String,
    /// Profil de ses agents.
    pub profil: String,
    /// Fermé.
    pub ferme: bool,
}
}

impl From<&Partner> for PartnerShape {
    fn from(partner: &Partner) -> Self {
        Self {
            code: partner.code.clone(),
            nom: partner.name.clone(),
            profil: partner.profile.clone(),
            ferme: partner.closed.is_some(),
        }
    }
}

shape! {
/// Un organisme à ajouter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPartner "NouveauPartenaire" {
    /// Nom.
    pub nom: String,
    /// Profil de ses agents.
    pub profil: String,
}

/// Un organisme, par son code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfPartner "" {
    /// Code.
    pub code: String,
}

/// Un réglage.
#[derive(Serialize)]
pub struct SettingShape "Reglage" {
    /// Clé.
    pub cle: String,
    /// Libellé.
    pub libelle: String,
    /// Valeur.
    pub valeur: String,
    /// A-t-il été réglé ?
    pub regle: bool,
    /// Source.
    pub source: String,
}

/// Des réglages à changer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetSettings "Reglages" {
    /// Valeurs par clé.
    pub valeurs: BTreeMap<String, String>,
}

/// Ce qu’un changement de réglages a déplacé.
#[derive(Serialize)]
pub struct SettingsDone "ReglagesChanges" {
    /// Dossiers dont des échéances ont bougé.
    pub deplaces: u64,
}

/// La revue des habilitations.
#[derive(Serialize)]
pub struct ReviewShape "Revue" {
    /// Ouverte depuis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ouverte: Option<When>,
    /// La dernière, finie le.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub derniere: Option<Day>,
    /// La prochaine, à finir pour le.
    pub pour_le: Day,
    /// Décidées.
    pub decidees: usize,
    /// Sur combien.
    pub total: usize,
}

/// Des habilitations à confirmer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirm "Confirmations" {
    /// Identifiants.
    pub habilitations: Vec<String>,
}
}
