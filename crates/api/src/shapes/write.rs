//! What is written: a dossier, an act, a section, a hold, a mandate.

use huis_access::Foreseen;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{
    Day,
    case::{FlagShape, StandingShape, standing},
};
use crate::{facts::Sent, shape::shape};

shape! {
/// Un dossier à ouvrir.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCaseShape "NouveauDossier" {
    /// Code du secteur ; absent : celui de la ville du local.
    #[serde(default)]
    pub secteur: Option<String>,
    /// Les premiers volets.
    pub volets: Vec<NewSection>,
}

/// Un premier volet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSection "PremierVolet" {
    /// Volet.
    pub volet: String,
    /// Ses champs.
    pub champs: Sent,
}

/// Un dossier ouvert.
#[derive(Clone, Serialize)]
pub struct CreatedShape "DossierOuvert" {
    /// Son numéro.
    pub numero: String,
    /// Un dossier clos existe peut-être pour une des personnes : demandez à un archiviste.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive_possible: Option<bool>,
}

/// Un acte à essayer ou à enregistrer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewActShape "NouvelActe" {
    /// Genre d’acte.
    pub acte: String,
    /// La date que la loi regarde : signification, réception, décision…
    pub le: Day,
    /// Ses champs.
    #[serde(default)]
    pub champs: Sent,
    /// Le numéro de l’acte qu’il corrige.
    #[serde(default)]
    pub corrige: Option<u32>,
    /// La version du dossier que vous aviez lue ; à ne pas donner quand on dépose sans lire.
    #[serde(default)]
    pub version: Option<u64>,
    /// Les volets qui l’accompagnent, par code.
    #[serde(default)]
    pub volets: BTreeMap<String, Sent>,
}

/// Un acte enregistré.
#[derive(Clone, Serialize)]
pub struct RecordedShape "ActeEnregistre" {
    /// Numéro du dossier.
    pub numero: String,
    /// Numéro de l’acte.
    pub acte: u32,
    /// Ce qui est irrégulier malgré tout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarques: Option<Vec<FlagShape>>,
    /// Il a clos le dossier, qui est maintenant dans l’archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<bool>,
}

/// Ce qui suivrait d’un acte. Rien n’est écrit.
#[derive(Serialize)]
pub struct ForeseenShape "ActePrevu" {
    /// L’acte serait accepté. La suite n’est dite qu’à qui suit la procédure.
    pub accepte: bool,
    /// Ce qui serait irrégulier.
    pub remarques: Vec<FlagShape>,
    /// Où en est le dossier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avant: Option<StandingShape>,
    /// Où il en serait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apres: Option<StandingShape>,
}
}

impl ForeseenShape {
    /// What is foreseen, as far as its reader follows.
    pub fn new(foreseen: Option<&Foreseen>) -> Self {
        Self {
            accepte: true,
            remarques: foreseen.iter().flat_map(|f| &f.flags).map(FlagShape::from).collect(),
            avant: foreseen.map(|f| standing(&f.before)),
            apres: foreseen.map(|f| standing(&f.after)),
        }
    }
}

shape! {
/// Un acte, par son numéro.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfAct "" {
    /// Numéro du dossier.
    pub numero: String,
    /// Numéro de l’acte.
    pub acte: u32,
}

/// Un volet d’un dossier.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfSection "" {
    /// Numéro du dossier.
    pub numero: String,
    /// Volet.
    pub volet: String,
}

/// Une occurrence d’un volet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfOccurrence "" {
    /// Numéro du dossier.
    pub numero: String,
    /// Volet.
    pub volet: String,
    /// Occurrence.
    pub occurrence: u32,
}

/// Les champs d’un volet : tous ceux que vous voyez ; un champ absent devient non renseigné.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteSection "VoletAEcrire" {
    /// La version lue ; 0 ou absente pour une nouvelle occurrence.
    #[serde(default)]
    pub version: u64,
    /// Les champs.
    pub champs: Sent,
}

/// Une version lue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtVersion "VersionLue" {
    /// La version lue.
    pub version: u64,
}

/// Masquer un volet aux autres personnes du dossier, ou ne plus le masquer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hide "Masquage" {
    /// La version lue.
    pub version: u64,
    /// violences, separation ou securite ; absent : ne plus masquer.
    #[serde(default)]
    pub motif: Option<String>,
}

/// Un gel à poser.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewHold "NouveauGel" {
    /// contentieux, demande-de-droits ou controle.
    pub motif: String,
    /// Dernier jour.
    pub jusqu_au: Day,
}

/// Un gel d’un dossier.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfHold "" {
    /// Numéro du dossier.
    pub numero: String,
    /// Identifiant du gel.
    pub id: String,
}

/// Un partenaire d’un dossier.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfMandate "" {
    /// Numéro du dossier.
    pub numero: String,
    /// Code de l’organisme.
    pub code: String,
}

/// Un partenaire à désigner.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMandate "NouveauMandat" {
    /// Code de l’organisme.
    pub code: String,
}

/// Les partenaires d’un dossier.
#[derive(Serialize)]
pub struct Mandates "Mandats" {
    /// Ceux qui sont désignés.
    pub designes: Vec<MandateShape>,
    /// Ceux qui peuvent l’être.
    pub autres: Vec<super::office::PartnerShape>,
}

/// Un partenaire désigné.
#[derive(Serialize)]
pub struct MandateShape "Mandat" {
    /// L’organisme.
    pub partenaire: super::office::PartnerShape,
    /// Depuis le.
    pub depuis: Day,
}

/// Les révisions d’un dossier.
#[derive(Serialize)]
pub struct Revision "Revision" {
    /// Change à chaque écriture.
    pub revision: u64,
}

/// Les choix d’un calcul d’indemnité, par code ; absents : les choix par défaut.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TryIndemnity "EssaiIndemnite" {
    /// Arrêté au ; absent : aujourd’hui.
    #[serde(default)]
    pub arrete_au: Option<Day>,
    /// prorata, jour_fin, imputation…
    #[serde(default)]
    pub choix: BTreeMap<String, String>,
}

/// Un calcul d’indemnité.
#[derive(Serialize)]
pub struct IndemnityShape "Indemnite" {
    /// Arrêté au.
    pub arrete_au: Day,
    /// Rien n’a encore mis fin à la responsabilité.
    pub ouverte: bool,
    /// Périodes de responsabilité : premier et dernier jours.
    pub periodes: Vec<(Day, Day)>,
    /// Les lignes, intérêts compris.
    pub lignes: Vec<IndemnityLine>,
    /// Perte avant déductions.
    pub brut: String,
    /// Paiements déduits.
    pub paiements: String,
    /// Années prescrites.
    pub prescrit: String,
    /// Principal.
    pub principal: String,
    /// Intérêts.
    pub interets: String,
    /// Total.
    pub total: String,
    /// Les choix faits.
    pub choix: BTreeMap<String, String>,
    /// Remarques.
    pub remarques: Vec<FlagShape>,
    /// Tous les faits du droit utilisés sont vérifiés.
    pub verifie: bool,
}

/// Un calcul d’indemnité qu’un acte garde, refait de ses propres faits.
#[derive(Serialize)]
pub struct KeptIndemnity "IndemniteGardee" {
    /// Numéro de l’acte.
    pub acte: u32,
    /// Le même qu’à l’enregistrement ; faux : un paramètre de droit a changé depuis, refaites-le.
    pub inchange: bool,
    /// Le calcul.
    pub calcul: IndemnityShape,
}

/// Une ligne du calcul.
#[derive(Serialize)]
pub struct IndemnityLine "LigneIndemnite" {
    /// Premier jour.
    pub du: Day,
    /// Dernier jour.
    pub au: Day,
    /// Jours comptés.
    pub jours: i64,
    /// Montant de départ.
    pub base: String,
    /// Le calcul, en clair.
    pub formule: String,
    /// Article.
    pub article: String,
    /// Montant ; négatif : déduit.
    pub montant: String,
}
}
