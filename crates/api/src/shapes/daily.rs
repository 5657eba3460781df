//! Who one is, the day, lists, the board, searches.

use huis_register::{Field, FieldKind};
use huis_usecases::{ActLine, DayLine, ListLine, Processed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{Day, Named, When};
use crate::shape::shape;

shape! {
/// Qui vous êtes, et ce que vous pouvez.
#[derive(Serialize)]
pub struct Me "Moi" {
    /// Prénom et nom de l’agent au nom de qui le jeton agit.
    pub nom: String,
    /// Identifiant de connexion.
    pub identifiant: String,
    /// Service.
    pub service: String,
    /// Organisme qui tient cette installation.
    pub organisme: String,
    /// Le traitement de cette requête.
    pub traitement: String,
    /// Les traitements que `Huis-Traitement` peut nommer, celui par défaut d’abord.
    pub traitements: Vec<Named>,
    /// Aujourd’hui, pour les délais.
    pub aujourd_hui: Day,
    /// Le jeton.
    pub jeton: TokenShape,
    /// Les habilitations en vigueur.
    pub habilitations: Vec<GrantShape>,
    /// Ce que les profils permettent au-delà des champs et des actes.
    pub pouvoirs: Vec<String>,
    /// Peut-on lire des dossiers ? Sinon, on dépose sans lire.
    pub lit_des_dossiers: bool,
}

/// Le jeton de la requête.
#[derive(Serialize)]
pub struct TokenShape "Jeton" {
    /// Son nom.
    pub nom: String,
    /// Ses portées.
    pub portees: Vec<String>,
    /// Son dernier jour.
    pub fin: Day,
}

/// Une habilitation.
#[derive(Serialize)]
pub struct GrantShape "MonHabilitation" {
    /// Profil.
    pub profil: String,
    /// Libellé du profil.
    pub libelle: String,
    /// Secteurs, ou organismes pour un partenaire ; vide : tout.
    pub perimetre: Vec<Named>,
    /// Dernier jour.
    pub fin: Day,
}

/// Ce que l’on peut écrire et lire, tel que le registre le nomme.
#[derive(Serialize)]
pub struct Model "Modele" {
    /// Les actes que l’on peut enregistrer.
    pub actes: Vec<ActKindShape>,
    /// Les volets que l’on voit ou modifie.
    pub volets: Vec<SectionKindShape>,
    /// Les étapes, dans l’ordre.
    pub etapes: Vec<Named>,
    /// Les façons de chercher : les champs de chacune sont donnés ensemble.
    pub recherches: Vec<SearchShape>,
}

/// Un genre d’acte.
#[derive(Serialize)]
pub struct ActKindShape "GenreActe" {
    /// Code.
    pub code: String,
    /// Libellé.
    pub libelle: String,
    /// Étape.
    pub etape: String,
    /// Texte.
    pub article: String,
    /// Ne se défait pas.
    pub irreversible: bool,
    /// Ses champs.
    pub champs: Vec<FieldShape>,
    /// Les volets qui l’accompagnent, à donner dans la même requête.
    pub apporte: Vec<String>,
}

/// Un volet.
#[derive(Serialize)]
pub struct SectionKindShape "GenreVolet" {
    /// Code.
    pub code: String,
    /// Libellé.
    pub libelle: String,
    /// Se répète.
    pub repete: bool,
    /// Peut-on l’écrire ?
    pub modifiable: bool,
    /// Les champs que l’on voit.
    pub champs: Vec<FieldShape>,
}

/// Un choix et une de ses valeurs.
#[derive(Serialize)]
pub struct Chosen "ValeurDeChoix" {
    /// Le champ, un code.
    pub champ: String,
    /// Sa valeur, un code.
    pub valeur: String,
}

/// Une façon de chercher.
#[derive(Serialize)]
pub struct SearchShape "FaconDeChercher" {
    /// Code.
    pub code: String,
    /// Libellé.
    pub libelle: String,
    /// Les champs à donner ensemble, `volet.champ`.
    pub champs: Vec<String>,
}

/// Un champ.
#[derive(Serialize)]
pub struct FieldShape "Champ" {
    /// Code.
    pub code: String,
    /// Libellé.
    pub libelle: String,
    /// texte, texte_long, nom, date, montant, entier, oui_non, choix, telephone, courriel, commune
    /// ou reference.
    pub genre: String,
    /// Toujours demandé.
    pub obligatoire: bool,
    /// Demandé quand ce choix, du même volet ou du même acte, a cette valeur.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obligatoire_si: Option<Chosen>,
    /// Les valeurs d’un choix.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choix: Vec<Named>,
    /// Le volet qu’une référence désigne.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volet: Option<String>,
    /// Longueur la plus grande d’un texte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longueur: Option<usize>,
    /// Pourquoi il est demandé.
    pub pourquoi: String,
}
}

impl From<&Field> for FieldShape {
    fn from(field: &Field) -> Self {
        let (kind, length) = match &field.kind {
            FieldKind::Text { max } => ("texte", Some(*max)),
            FieldKind::LongText { max } => ("texte_long", Some(*max)),
            FieldKind::Name => ("nom", None),
            FieldKind::Date => ("date", None),
            FieldKind::Money => ("montant", None),
            FieldKind::Integer => ("entier", None),
            FieldKind::Bool => ("oui_non", None),
            FieldKind::Choice(_) => ("choix", None),
            FieldKind::Phone => ("telephone", None),
            FieldKind::Email => ("courriel", None),
            FieldKind::Commune => ("commune", None),
            FieldKind::Reference { .. } => ("reference", None),
        };
        let choix = match &field.kind {
            FieldKind::Choice(all) => {
                all.iter().map(|c| Named::new(c.code.as_str(), c.label.as_str())).collect()
            }
            _ => Vec::new(),
        };
        let volet = match &field.kind {
            FieldKind::Reference { section } => Some(section.clone()),
            _ => None,
        };
        Self {
            code: field.id.clone(),
            libelle: field.label.clone(),
            genre: kind.to_owned(),
            obligatoire: field.required,
            obligatoire_si: field
                .required_if
                .clone()
                .map(|(champ, valeur)| Chosen { champ, valeur }),
            choix,
            volet,
            longueur: length,
            pourquoi: field.why.clone(),
        }
    }
}

shape! {
/// Un dossier sur une liste.
#[derive(Serialize)]
pub struct CaseLine "LigneDossier" {
    /// Numéro.
    pub numero: String,
    /// Secteur.
    pub secteur: String,
    /// Étape, un code.
    pub etape: String,
    /// Situation, un code.
    pub situation: String,
    /// Situation, en clair.
    pub situation_libelle: String,
    /// Ouvert le.
    pub ouvert_le: Day,
    /// 0 rien, 1 à savoir, 2 à regarder, 3 grave.
    pub gravite: u32,
    /// Dernier changement.
    pub change_le: When,
    /// Prochaine échéance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prochaine: Option<DueShape>,
}

/// Une échéance.
#[derive(Serialize)]
pub struct DueShape "Echeance" {
    /// Règle, un code.
    pub regle: String,
    /// En clair.
    pub libelle: String,
    /// Date.
    pub le: Day,
}
}

impl DueShape {
    /// A rule and its date.
    pub fn new(processed: &Processed, rule: &str, on: huis_kernel::Date) -> Self {
        let libelle = processed.rules.term_label(rule).to_owned();
        Self { regle: rule.to_owned(), libelle, le: Day(on) }
    }
}

impl CaseLine {
    /// A line of a list.
    pub fn new(processed: &Processed, line: &ListLine) -> Self {
        Self {
            numero: line.number.to_string(),
            secteur: line.territory.clone(),
            etape: line.stage.clone(),
            situation: line.step.clone(),
            situation_libelle: processed.rules.step_label(&line.step).to_owned(),
            ouvert_le: Day(line.opened_on),
            gravite: line.severity,
            change_le: When(line.changed_at),
            prochaine: line.next.as_ref().map(|(rule, on)| DueShape::new(processed, rule, *on)),
        }
    }
}

shape! {
/// Une échéance de la journée.
#[derive(Serialize)]
pub struct DueLine "EcheanceDuJour" {
    /// Le dossier.
    pub dossier: CaseLine,
    /// L’échéance.
    pub echeance: DueShape,
}
}

impl DueLine {
    /// A deadline of the day page.
    pub fn new(processed: &Processed, line: &DayLine) -> Self {
        Self {
            dossier: CaseLine::new(processed, &line.line),
            echeance: DueShape::new(processed, &line.rule, line.due),
        }
    }
}

shape! {
/// Un acte arrivé.
#[derive(Serialize)]
pub struct CameIn "ActeArrive" {
    /// Le dossier.
    pub dossier: CaseLine,
    /// Genre d’acte.
    pub acte: String,
    /// Enregistré le.
    pub enregistre_le: When,
    /// Par qui.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub par: Option<String>,
}
}

impl CameIn {
    /// An act that came in.
    pub fn new(processed: &Processed, line: &ActLine) -> Self {
        Self {
            dossier: CaseLine::new(processed, &line.line),
            acte: line.kind.clone(),
            enregistre_le: When(line.recorded),
            par: line.by.clone(),
        }
    }
}

shape! {
/// La journée : ce qui est dû, ce qui est arrivé, ce qui est bloqué.
#[derive(Serialize)]
pub struct DayShape "Journee" {
    /// En retard.
    pub en_retard: Vec<DueLine>,
    /// Combien sont en retard (99 : davantage).
    pub en_retard_nombre: u64,
    /// Aujourd’hui.
    pub aujourd_hui: Vec<DueLine>,
    /// Dans les deux semaines.
    pub a_venir: Vec<DueLine>,
    /// Combien dans les deux semaines (99 : davantage).
    pub a_venir_nombre: u64,
    /// Actes des trois derniers jours.
    pub arrive: Vec<CameIn>,
    /// Rien de dû et rien de changé depuis deux mois.
    pub bloque: Vec<CaseLine>,
}

/// Les filtres d’une liste.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListQueryShape "" {
    /// Code d’un secteur.
    pub secteur: Option<String>,
    /// Code d’une étape.
    pub etape: Option<String>,
    /// Code d’une situation.
    pub situation: Option<String>,
    /// Gravité au moins, de 0 à 3.
    pub gravite: Option<u32>,
    /// Seulement ceux en retard.
    pub en_retard: Option<bool>,
    /// La valeur de `suite` de la page d’avant.
    pub apres: Option<String>,
}

/// Une page de dossiers.
#[derive(Serialize)]
pub struct CasePage "PageDossiers" {
    /// Les dossiers, le dernier changé d’abord.
    pub dossiers: Vec<CaseLine>,
    /// À donner dans `apres` pour la page suivante ; absent : c’est la dernière.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
}

/// Le tableau : secteurs par étapes.
#[derive(Serialize)]
pub struct BoardShape "Tableau" {
    /// Secteurs.
    pub secteurs: Vec<Named>,
    /// Étapes.
    pub etapes: Vec<Named>,
    /// Cases non vides.
    pub cases: Vec<CellShape>,
}

/// Une case du tableau.
#[derive(Serialize)]
pub struct CellShape "CaseTableau" {
    /// Secteur.
    pub secteur: String,
    /// Étape.
    pub etape: String,
    /// Dossiers en cours.
    pub nombre: u64,
    /// Dont en retard.
    pub en_retard: u64,
}

/// Une question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask "NouvelleRecherche" {
    /// Un numéro entier.
    #[serde(default)]
    pub numero: Option<String>,
    /// Les champs d’une façon de chercher, `volet.champ` : un texte chacun, l’année pour une date.
    #[serde(default)]
    pub champs: BTreeMap<String, String>,
    /// Dans l’archive.
    #[serde(default)]
    pub archive: bool,
}

/// La place d’une réponse, pour une heure.
#[derive(Clone, Serialize)]
pub struct Asked "Recherche" {
    /// Identifiant opaque : rien de ce qui est cherché n’est dans une adresse.
    pub id: String,
}

/// Ce qu’une question trouve.
#[derive(Serialize)]
pub struct FoundShape "Resultat" {
    /// Les dossiers.
    pub dossiers: Vec<FoundCase>,
    /// Ce qui manque à la question.
    pub manque: Vec<String>,
    /// Trop de réponses : précisez.
    pub coupe: bool,
}

/// Un dossier trouvé.
#[derive(Serialize)]
pub struct FoundCase "DossierTrouve" {
    /// Le dossier.
    pub dossier: CaseLine,
    /// Par quelles recherches.
    pub par: Vec<String>,
    /// Clos le (archive).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clos_le: Option<Day>,
    /// Effacé le (archive).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub efface_le: Option<Day>,
}

/// Ce qui est attendu de vous.
#[derive(Serialize)]
pub struct AwaitedShape "Attendu" {
    /// Numéro du dossier.
    pub numero: String,
    /// L’échéance.
    pub echeance: DueShape,
    /// Les actes qui y répondent et que vous pouvez déposer.
    pub actes: Vec<String>,
}

/// Où reprendre la liste des dépôts.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct DepositQueryShape "" {
    /// La valeur de `suite` de la page d’avant.
    pub apres: Option<String>,
}

/// Une page de dépôts.
#[derive(Serialize)]
pub struct DepositPage "PageDepots" {
    /// Les dépôts, le dernier d’abord.
    pub depots: Vec<Receipt>,
    /// À donner dans `apres` pour la page suivante ; absent : c’est la dernière.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
}

/// Le reçu d’un dépôt : rien de ce qui a été déposé.
#[derive(Serialize)]
pub struct Receipt "Recu" {
    /// Numéro du dossier.
    pub numero: String,
    /// Numéro de l’acte.
    pub acte: u32,
    /// Genre d’acte.
    pub genre: String,
    /// Date de l’acte.
    pub le: Day,
    /// Enregistré le.
    pub enregistre_le: When,
    /// L’acte qu’il corrige.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrige: Option<u32>,
    /// Annulé depuis.
    pub annule: bool,
}
}
