//! Alerts, traces, retention, the register, counters, the supervisor's page, the archive.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{Day, Named, When};
use crate::shape::shape;

shape! {
/// Une alerte.
#[derive(Serialize)]
pub struct AlertShape "Alerte" {
    /// Identifiant.
    pub id: String,
    /// Règle, un code.
    pub regle: String,
    /// En clair.
    pub titre: String,
    /// Ce qui a été vu, en nombres.
    pub resume: String,
    /// L’agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Levée le.
    pub levee_le: When,
    /// Pouvez-vous la clore ?
    pub peut_clore: bool,
    /// Close : la conclusion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<String>,
}

/// Clore une alerte.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseAlert "ClotureAlerte" {
    /// justifie, fausse-alerte, erreur, abus, violation ou technique.
    pub conclusion: String,
    /// Remarque.
    #[serde(default)]
    pub remarque: String,
}

/// Une ligne du journal des accès.
#[derive(Serialize)]
pub struct TraceShape "LigneTrace" {
    /// Le.
    pub le: When,
    /// Qui, ou sur quel fondement.
    pub qui: String,
    /// Service.
    pub service: String,
    /// Adresse du réseau.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adresse: Option<String>,
    /// Finalité.
    pub finalite: String,
    /// Opération, un code.
    pub operation: String,
    /// En clair.
    pub libelle: String,
    /// Les premiers dossiers.
    pub dossiers: Vec<String>,
    /// Combien en tout.
    pub nombre: u64,
    /// Les volets, chacun avec ses champs.
    pub volets: Vec<(String, Vec<String>)>,
    /// Issue.
    pub issue: String,
    /// Refusée.
    pub refusee: bool,
    /// Le reste.
    pub detail: Vec<(String, String)>,
}

/// Les filtres du journal.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TraceQueryShape "" {
    /// Identifiant d’un agent.
    pub agent: Option<String>,
    /// Code d’une opération.
    pub operation: Option<String>,
    /// La valeur de `suite` de la page d’avant.
    pub apres: Option<String>,
}

/// Une page du journal.
#[derive(Serialize)]
pub struct TracesPage "PageTraces" {
    /// Les lignes, la dernière d’abord.
    pub lignes: Vec<TraceShape>,
    /// À donner dans `apres` pour la page suivante.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
}

/// Le journal des accès, vérifié.
#[derive(Serialize)]
pub struct VerifiedShape "JournalVerifie" {
    /// Tout se vérifie ; sinon, une alerte est levée.
    pub intact: bool,
    /// La clé publique qui le vérifie du dehors.
    pub cle: String,
    /// Chaque journal du traitement.
    pub journaux: Vec<VerifiedLog>,
}

/// Un journal vérifié.
#[derive(Serialize)]
pub struct VerifiedLog "JournalDesAcces" {
    /// Son nom.
    pub journal: String,
    /// Lignes vérifiées.
    pub lignes: u64,
    /// Journées closes.
    pub journees_closes: u64,
    /// Journées purgées à leur terme.
    pub journees_purgees: u64,
    /// Ce qui ne se vérifie plus, les vingt premiers.
    pub ecarts: Vec<String>,
}

/// Un jour.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AtDay "" {
    /// AAAA-MM-JJ ; absent : aujourd’hui.
    pub au: Option<String>,
}

/// Le plan de conservation.
#[derive(Serialize)]
pub struct PlanShape "Conservation" {
    /// Au.
    pub au: Day,
    /// Par durée et par pas.
    pub lignes: Vec<PlanRow>,
    /// Dossiers que rien n’a encore fait partir.
    pub en_attente: u64,
    /// Les premiers de ceux-là.
    pub premiers_en_attente: Vec<PlannedShape>,
    /// Dossiers gelés.
    pub geles: u64,
    /// Les premiers à archiver ou à détruire.
    pub premiers: Vec<PlannedShape>,
    /// Ce qui a été détruit ou versé, le dernier d’abord.
    pub certificats: Vec<CertificateShape>,
}

/// Le certificat d’une destruction ou d’un versement ; il ne nomme personne.
#[derive(Serialize)]
pub struct CertificateShape "Certificat" {
    /// Fait le.
    pub le: When,
    /// Ce qui a été détruit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destruction: Option<DestroyedShape>,
    /// Ce qui a été versé aux archives publiques.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versement: Option<DepositedShape>,
    /// Sa place dans le journal signé.
    pub preuve: String,
}

/// Une destruction de clés.
#[derive(Serialize)]
pub struct DestroyedShape "Destruction" {
    /// Clés détruites, par durée du registre.
    pub cles: BTreeMap<String, u64>,
    /// Dossiers dont il ne reste rien.
    pub effaces: u64,
    /// Les copies des sauvegardes de données ne s’ouvrent plus depuis le.
    pub sauvegardes_closes_le: Day,
    /// Les copies des sauvegardes de clés ont disparu au plus tard le.
    pub cles_disparues_le: Day,
}

/// Un versement.
#[derive(Serialize)]
pub struct DepositedShape "Versement" {
    /// Service d’archives.
    pub service: String,
    /// Référence de son visa.
    pub visa: String,
    /// Combien de dossiers.
    pub dossiers: u64,
    /// SHA-256 du fichier remis.
    pub sha256: String,
}

/// Une ligne du plan.
#[derive(Serialize)]
pub struct PlanRow "LigneConservation" {
    /// Durée.
    pub duree: String,
    /// archive, destroy ou alert.
    pub pas: String,
    /// Combien.
    pub nombre: u64,
}

/// Un dossier du plan.
#[derive(Serialize)]
pub struct PlannedShape "DossierPrevu" {
    /// Numéro.
    pub numero: String,
    /// Durée.
    pub duree: String,
    /// Pas.
    pub pas: String,
    /// Le.
    pub le: Day,
}

/// Le registre.
#[derive(Serialize)]
pub struct RegisterShape "Registre" {
    /// La fiche de l’article 30 : rubriques, chacune avec ses lignes.
    pub article_30: Vec<Heading>,
    /// Les versions, la dernière d’abord.
    pub versions: Vec<VersionShape>,
    /// Ce qu’un registre local qui assouplit doit dire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assoupli: Option<String>,
}

/// Une rubrique.
#[derive(Serialize)]
pub struct Heading "Rubrique" {
    /// Titre.
    pub titre: String,
    /// Lignes : sujet, et ce que le registre dit.
    pub lignes: Vec<(String, String)>,
}

/// Une version du registre.
#[derive(Serialize)]
pub struct VersionShape "VersionRegistre" {
    /// Premiers chiffres de son empreinte.
    pub empreinte: String,
    /// En vigueur depuis.
    pub en_vigueur: Day,
    /// Ce qu’elle change.
    pub changements: Vec<String>,
}

/// Un compteur annuel, sans identité.
#[derive(Serialize)]
pub struct CounterShape "Compteur" {
    /// Année.
    pub annee: i64,
    /// Ce qui est compté.
    pub quoi: Named,
    /// Combien.
    pub nombre: u64,
}

/// La page d’encadrement.
#[derive(Serialize)]
pub struct SuperviseShape "Encadrement" {
    /// Secteurs par étapes.
    pub tableau: Vec<SuperviseCell>,
    /// Ce qui est attendu, par règle.
    pub attendu: Vec<SuperviseRule>,
    /// Échéances passées.
    pub en_retard: u64,
    /// Dossiers dont une lettre d’information n’est pas partie.
    pub lettres_non_parties: u64,
    /// L’activité des agents.
    pub agents: Vec<SuperviseAgent>,
    /// Alertes ouvertes.
    pub alertes: u64,
    /// Bloqués depuis le plus longtemps.
    pub bloques: Vec<String>,
}

/// Un secteur, une étape.
#[derive(Serialize)]
pub struct SuperviseCell "CaseEncadrement" {
    /// Secteur.
    pub secteur: String,
    /// Étape.
    pub etape: String,
    /// Dossiers.
    pub nombre: u64,
    /// Dont en retard.
    pub en_retard: u64,
}

/// Une règle.
#[derive(Serialize)]
pub struct SuperviseRule "RegleEncadrement" {
    /// Règle.
    pub regle: Named,
    /// À faire.
    pub en_cours: u64,
    /// Dont en retard.
    pub en_retard: u64,
}

/// Un agent.
#[derive(Serialize)]
pub struct SuperviseAgent "AgentEncadrement" {
    /// Nom.
    pub nom: String,
    /// Service.
    pub service: String,
    /// Dossiers ouverts à la lecture.
    pub consultes: u64,
    /// Dossiers créés.
    pub crees: u64,
    /// Actes.
    pub actes: u64,
    /// Volets écrits.
    pub volets: u64,
    /// Recherches.
    pub recherches: u64,
}

/// La phrase secrète de l’archive.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unlock "OuvertureArchive" {
    /// Phrase secrète.
    pub phrase: String,
}
}
