//! Files in, and letters.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{Day, Named, When};
use crate::{facts::Sent, shape::shape};

shape! {
/// Les imports.
#[derive(Serialize)]
pub struct ImportsShape "Imports" {
    /// Les genres de fichier que vous pouvez envoyer.
    pub genres: Vec<Named>,
    /// Vos imports, le dernier d’abord.
    pub imports: Vec<ImportShape>,
}

/// Un import, en nombres.
#[derive(Serialize)]
pub struct ImportShape "Import" {
    /// Identifiant.
    pub id: String,
    /// Genre, en clair.
    pub libelle: String,
    /// recu, essai, pret, cours, fini, arrete, abandonne ou expire.
    pub etat: String,
    /// Lignes du fichier.
    pub lignes: u32,
    /// Lignes traitées.
    pub traitees: u32,
    /// Lignes écrites, ou qui le seraient.
    pub ecrites: u32,
    /// Lignes déjà connues.
    pub connues: u32,
    /// Lignes en faute.
    pub fautives: u32,
    /// Reçu le.
    pub recu_le: When,
    /// Dernier jour de ce qui est gardé.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub garde_jusqu_au: Option<Day>,
}

/// Un import avec son contenu, tant qu’il est là.
#[derive(Serialize)]
pub struct ImportDetail "ImportDetail" {
    /// En nombres.
    pub import: ImportShape,
    /// Les colonnes du fichier.
    pub colonnes: Vec<String>,
    /// Ce que chaque colonne peut donner.
    pub cibles: Vec<TargetShape>,
    /// Ce que chaque cible reçoit.
    pub correspondance: BTreeMap<String, SourceShape>,
    /// Les premières fautes ; toutes sont dans `GET …/fautes`.
    pub fautes: Vec<RowFaults>,
}

/// Ce qu’une colonne peut donner.
#[derive(Serialize)]
pub struct TargetShape "Cible" {
    /// Clé.
    pub cle: String,
    /// Libellé.
    pub libelle: String,
    /// Chaque ligne doit la donner.
    pub obligatoire: bool,
}

/// D’où vient une valeur.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceShape "SourceColonne" {
    /// Rang de la colonne, à partir de 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colonne: Option<u32>,
    /// Le même texte pour toutes les lignes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valeur: Option<String>,
}

/// Une ligne et ses fautes.
#[derive(Serialize)]
pub struct RowFaults "LigneFautive" {
    /// Ligne du fichier.
    pub ligne: u32,
    /// Les fautes.
    pub fautes: Vec<String>,
}

/// Un fichier à envoyer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendQuery "" {
    /// Genre de fichier, un code de `GET /imports`.
    pub genre: String,
}

/// Un fichier reçu.
#[derive(Clone, Serialize)]
pub struct SentShape "FichierRecu" {
    /// Identifiant de l’import.
    pub id: String,
    /// Lignes trouvées.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lignes: Option<u32>,
}

/// Ce que chaque colonne donne.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettleShape "Colonnes" {
    /// Par cible.
    pub correspondance: BTreeMap<String, SourceShape>,
    /// Ouvrir un dossier pour une ligne qui n’en a pas.
    #[serde(default)]
    pub ouvrir: bool,
}

/// Un dossier où une lettre attend.
#[derive(Serialize)]
pub struct LetterDayShape "CourriersDus" {
    /// Numéro.
    pub numero: String,
    /// Secteur.
    pub secteur: String,
    /// Ce qui est dû.
    pub echeances: Vec<super::daily::DueShape>,
}

/// Les courriers d’un dossier.
#[derive(Serialize)]
pub struct CaseLetters "CourriersDossier" {
    /// À préparer ou à envoyer.
    pub dus: Vec<LetterDueShape>,
    /// Préparés.
    pub prepares: Vec<LetterWrittenShape>,
}

/// Une lettre due.
#[derive(Serialize)]
pub struct LetterDueShape "CourrierDu" {
    /// Lettre du registre.
    pub lettre: String,
    /// La personne : occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destinataire: Option<u32>,
    /// Depuis le.
    pub depuis: Day,
    /// Numéro de l’acte qui la porte, si elle est préparée.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prepare: Option<u32>,
}

/// Une lettre préparée.
#[derive(Serialize)]
pub struct LetterWrittenShape "CourrierPrepare" {
    /// Numéro de l’acte qui la porte.
    pub acte: u32,
    /// Lettre du registre.
    pub lettre: String,
    /// La personne : occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destinataire: Option<u32>,
    /// Datée du.
    pub le: Day,
    /// Partie le.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partie_le: Option<Day>,
    /// Mode d’envoi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Revenue le.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revenue_le: Option<Day>,
    /// Motif du retour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub motif: Option<String>,
}

/// Une lettre à préparer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLetter "NouveauCourrier" {
    /// Lettre du registre.
    pub lettre: String,
    /// La personne : occurrence ; absent pour un organisme.
    #[serde(default)]
    pub destinataire: Option<u32>,
    /// Ce que la lettre demande.
    #[serde(default)]
    pub champs: Sent,
}

/// Des dossiers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseNumbers "Dossiers" {
    /// Numéros, 25 au plus.
    pub dossiers: Vec<String>,
}

/// Une lettre, par son dossier et son acte.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterRef "RefCourrier" {
    /// Numéro du dossier.
    pub numero: String,
    /// Numéro de l’acte qui la porte.
    pub acte: u32,
}

/// Des lettres à marquer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendLetters "Envoi" {
    /// Les lettres.
    pub courriers: Vec<LetterRef>,
    /// courrier, recommande, remise ou electronique.
    pub mode: String,
    /// Partie le.
    pub le: Day,
}

/// Des lettres.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterRefs "RefsCourriers" {
    /// Les lettres.
    pub courriers: Vec<LetterRef>,
}

/// Le retour d’une lettre.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returned "RetourCourrier" {
    /// npai, refuse, non_reclame ou autre.
    pub motif: String,
    /// Revenue le.
    pub le: Day,
}

/// Ce qui a été fait, et ce qui ne l’a pas été.
#[derive(Clone, Serialize)]
pub struct Report "Bilan" {
    /// Fait.
    pub faits: Vec<LetterRef>,
    /// Pas fait, dossier par dossier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fautes: Option<Vec<CaseFaults>>,
}

/// Ce qui empêche, pour un dossier.
#[derive(Clone, Serialize)]
pub struct CaseFaults "FautesDossier" {
    /// Numéro.
    pub numero: String,
    /// Ce qui ne va pas.
    pub messages: Vec<String>,
}
}
