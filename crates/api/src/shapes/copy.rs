//! The copy of what is held about a person, and deposits to the public archives.

use serde::{Deserialize, Serialize};

use super::{Day, case::SectionShape, texts::BlockShape};
use crate::{facts::Sent, shape::shape};

shape! {
/// Whose copy: a request, the dossier that it names, and which of several persons of the name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfCopy "" {
    /// Numéro de la demande.
    pub numero: String,
    /// Numéro du dossier que la demande vise.
    pub dossier: String,
    /// Volet de la personne, quand plusieurs portent ce nom.
    #[serde(default)]
    pub volet: Option<String>,
    /// Occurrence de la personne, avec son volet.
    #[serde(default)]
    pub occurrence: Option<u32>,
}

/// Une copie à remettre.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCopy "CopieARemettre" {
    /// Numéro du dossier que la demande vise.
    pub dossier: String,
    /// La personne, quand plusieurs portent ce nom.
    #[serde(default)]
    pub personne: Option<PlaceShape>,
    /// Les textes libres à écarter, par leur nom dans `ecartables`.
    #[serde(default)]
    pub ecarter: Vec<String>,
    /// Ce qui est écarté et pourquoi : la demande le garde.
    #[serde(default)]
    pub pourquoi: String,
}

/// La place d’une personne dans un dossier.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceShape "Place" {
    /// Volet.
    pub volet: String,
    /// Occurrence.
    pub occurrence: u32,
}

/// Ce que donne une demande de copie.
#[derive(Serialize)]
pub struct CopyAnswer "ReponseCopie" {
    /// copie, personne (nul ne porte ce nom dans le dossier) ou plusieurs.
    pub etat: String,
    /// La copie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copie: Option<CopyShape>,
    /// Les places des personnes de ce nom, sans leur nom.
    pub places: Vec<PlaceShape>,
}

/// Ce qui est gardé au sujet d’une personne, et rien de ce qui concerne une autre (RGPD, article 15).
#[derive(Serialize)]
pub struct CopyShape "Copie" {
    /// Traitement.
    pub traitement: String,
    /// Dossier.
    pub dossier: String,
    /// Ouvert le.
    pub ouvert_le: Day,
    /// Clos le.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clos_le: Option<Day>,
    /// Est-il dans l’archive ?
    pub archive: bool,
    /// La place de la personne.
    pub personne: PlaceShape,
    /// Nom, tel que le dossier l’écrit.
    pub nom: String,
    /// Prénom, tel que le dossier l’écrit.
    pub prenom: String,
    /// Les volets qui parlent d’elle.
    pub volets: Vec<SectionShape>,
    /// Les actes qui parlent d’elle.
    pub actes: Vec<CopiedAct>,
    /// Les textes libres que la remise peut écarter : `v.volet.occurrence.champ`, `a.acte.champ`.
    pub ecartables: Vec<String>,
    /// Les volets qui ne disent pas de qui ils parlent, et ne sont pas dans la copie.
    pub non_attribues: Vec<String>,
    /// Qui a consulté le dossier, par service et finalité.
    pub consultations: Vec<OpeningShape>,
    /// Depuis quand les consultations sont connues.
    pub consultations_depuis: Day,
    /// Ce que l’article 15 ajoute aux données.
    pub mentions: Vec<MentionShape>,
}

/// Une mention de la copie.
#[derive(Serialize)]
pub struct MentionShape "MentionCopie" {
    /// Titre.
    pub titre: String,
    /// Texte.
    pub texte: Vec<BlockShape>,
}

/// Un acte de la copie.
#[derive(Serialize)]
pub struct CopiedAct "ActeCopie" {
    /// Numéro.
    pub numero: u32,
    /// Genre.
    pub genre: String,
    /// Le.
    pub le: Day,
    /// Ses champs.
    pub champs: Sent,
}

/// Des consultations d’un jour.
#[derive(Serialize)]
pub struct OpeningShape "Consultation" {
    /// Le.
    pub le: Day,
    /// Service.
    pub service: String,
    /// Finalité.
    pub finalite: String,
    /// Opération.
    pub operation: String,
    /// Combien de fois.
    pub fois: u32,
}

/// Un dossier archivé proche de son terme.
#[derive(Serialize)]
pub struct NearTerm "ProcheDuTerme" {
    /// Numéro.
    pub numero: String,
    /// Sa dernière clé est détruite le.
    pub le: Day,
}

/// Un versement aux archives publiques.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDeposit "NouveauVersement" {
    /// Service d’archives qui reçoit.
    pub service: String,
    /// Référence de son visa.
    pub visa: String,
    /// Numéros des dossiers, 25 au plus.
    pub dossiers: Vec<String>,
}
}
