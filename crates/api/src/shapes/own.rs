//! One's own mails and calendar; the procedure of grants.

use serde::{Deserialize, Serialize};

use super::{Day, Named, When};
use crate::shape::shape;

shape! {
/// Un courriel que l’on peut recevoir.
#[derive(Serialize)]
pub struct MailShape "MonCourriel" {
    /// Le genre.
    pub courriel: Named,
    /// Est-il envoyé ?
    pub envoye: bool,
    /// Pourquoi il ne se refuse pas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obligatoire: Option<String>,
}

/// Les courriels que l’on veut, par code : les autres ne partent plus, sauf ceux que la loi demande.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChooseMails "MesCourriels" {
    /// Codes.
    pub courriels: Vec<String>,
}

/// Où en sont les courriels de l’organisme.
#[derive(Serialize)]
pub struct MailStateShape "EtatCourriels" {
    /// Un serveur de courriel est déclaré.
    pub declare: bool,
    /// Rien ne part pour le moment.
    pub suspendus: bool,
    /// Combien attendent.
    pub en_attente: u64,
    /// Ceux qui ne partiront pas.
    pub abandonnes: Vec<DeadMail>,
}

/// Un courriel abandonné.
#[derive(Serialize)]
pub struct DeadMail "CourrielAbandonne" {
    /// À qui.
    pub nom: String,
    /// De quel genre.
    pub courriel: Named,
    /// Abandonné le.
    pub le: When,
    /// Pourquoi, un code : compte, refus, restauration, serveur ou illisible.
    pub motif: String,
}

/// Suspendre les courriels de l’organisme, ou les laisser repartir.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldMails "SuspensionCourriels" {
    /// Suspendus.
    pub suspendus: bool,
}

/// Son lien d’agenda.
#[derive(Serialize)]
pub struct FeedShape "Agenda" {
    /// Y en a-t-il un ?
    pub existe: bool,
    /// Fait le.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fait_le: Option<When>,
    /// Lu pour la dernière fois le.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lu_le: Option<When>,
}

/// Un lien à remettre : il n’est dit qu’une fois.
#[derive(Clone, Default, Serialize)]
pub struct LinkMade "Lien" {
    /// Ce qui vient après l’adresse de Huis ; absent d’une réponse répétée par sa clé.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chemin: Option<String>,
}

/// La procédure d’habilitation en vigueur.
#[derive(Serialize)]
pub struct ProcedureShape "Procedure" {
    /// Version.
    pub version: u64,
    /// Approuvée le.
    pub approuvee_le: Day,
    /// Approuvée par.
    pub approuvee_par: String,
    /// Son texte.
    pub texte: String,
    /// Combien d’agents l’ont lue ; absent pour qui ne fait que la lire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lue_par: Option<u64>,
}

/// La sécurité de l’installation.
#[derive(Serialize)]
pub struct SecurityShape "Securite" {
    /// Les revues des risques, la dernière d’abord.
    pub revues: Vec<RiskReviewShape>,
    /// Les versions de la procédure d’habilitation, la dernière d’abord.
    pub procedures: Vec<ProcedureShape>,
    /// Ce qui manque ou est en retard.
    pub a_faire: Vec<String>,
    /// Le dernier jour que peut avoir la revue qui suit une revue tenue aujourd’hui.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prochaine_au_plus_tard: Option<Day>,
}

/// Une revue des risques.
#[derive(Serialize)]
pub struct RiskReviewShape "RevueRisques" {
    /// Tenue le.
    pub tenue_le: Day,
    /// La prochaine, au plus tard le.
    pub prochaine_le: Day,
    /// Constats et décisions.
    pub compte_rendu: String,
    /// Enregistrée par.
    pub par: String,
    /// Enregistrée le.
    pub enregistree_le: When,
}

/// Une revue des risques à enregistrer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRiskReview "NouvelleRevueRisques" {
    /// Tenue le.
    pub tenue_le: Day,
    /// La prochaine, au plus tard le.
    pub prochaine_le: Day,
    /// Constats et décisions.
    pub compte_rendu: String,
}

/// Une version de la procédure à enregistrer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewProcedure "NouvelleProcedure" {
    /// Approuvée le.
    pub approuvee_le: Day,
    /// Approuvée par.
    pub approuvee_par: String,
    /// Son texte.
    pub texte: String,
}
}
