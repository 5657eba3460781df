//! What is answered when something is wrong: `application/problem+json` (RFC 9457). No personal
//! datum in any of them (I13), and one answer for what does not exist and what one may not see.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use huis_dossier::Fault;
use huis_register::Power;
use huis_usecases::{Caller, UseError};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

use crate::{
    ROOT,
    shape::{Shape, Types, shape},
    shapes::Value,
};

/// A kind of problem: the end of its `type`, its status, its title, and what it means.
pub type Kind = (&'static str, u16, &'static str, &'static str);

/// Every kind there is. What is documented, and what the program answers by.
pub const KINDS: &[Kind] = &[
    (
        "illisible",
        400,
        "Requête illisible",
        "Le corps, l’adresse ou un en-tête n’a pas la forme attendue ; `faults` dit chaque faute.",
    ),
    (
        "jeton",
        401,
        "Jeton absent ou sans effet",
        "Aucun jeton, ou un jeton inconnu, terminé ou révoqué, ou dont l’agent n’a plus d’habilitation.",
    ),
    (
        "portee",
        403,
        "Le jeton n’a pas cette portée",
        "Faites un jeton qui a la portée que l’opération demande.",
    ),
    (
        "compte",
        403,
        "Le compte doit d’abord être complété",
        "Ouvrez une session à l’écran : mot de passe à changer, second facteur à installer ou procédure à lire.",
    ),
    (
        "introuvable",
        404,
        "Introuvable",
        "Cela n’existe pas, ou le jeton ne permet pas de savoir que cela existe : une seule réponse pour les deux.",
    ),
    ("methode", 405, "Méthode inconnue à cette adresse", "Voir le document OpenAPI."),
    (
        "version",
        409,
        "Le dossier a changé entre-temps",
        "Relisez le dossier, puis renvoyez avec la version que `version` donne.",
    ),
    (
        "conflit",
        409,
        "Modifié entre-temps",
        "`conflit` montre champ par champ ce que vous envoyez et ce qui est enregistré.",
    ),
    (
        "archive-fermee",
        409,
        "L’archive n’est pas ouverte",
        "Ouvrez-la d’abord par sa phrase secrète (X-12).",
    ),
    (
        "service-des-droits",
        409,
        "Le traitement n’est pas ouvert",
        "Aucun service des droits n’est désigné (A-16).",
    ),
    (
        "idempotence-en-cours",
        409,
        "Même clé, requête en cours",
        "La même requête est en cours : redemandez avec la même clé.",
    ),
    (
        "idempotence-perdue",
        409,
        "Même clé, requête arrêtée sans réponse",
        "Nul ne peut dire si elle a abouti, et elle n’est jamais refaite sous cette clé. `verifier` dit par quels GET le voir ; s’il n’en est rien, renvoyez-la avec une autre clé.",
    ),
    ("trop-grand", 413, "Trop grand", "Le corps dépasse ce que l’opération accepte."),
    (
        "format",
        415,
        "Format non reconnu",
        "Envoyez `Content-Type: application/json`, ou celui que l’opération indique.",
    ),
    (
        "refus",
        422,
        "Saisie refusée",
        "`faults` donne toutes les fautes à la fois, chacune avec son champ.",
    ),
    (
        "idempotence",
        422,
        "Clé déjà utilisée",
        "Cette clé a servi à une autre requête : prenez-en une nouvelle.",
    ),
    ("debit", 429, "Trop de requêtes", "Attendez le nombre de secondes de `Retry-After`."),
    (
        "interne",
        500,
        "Erreur interne",
        "Donnez le numéro de l’en-tête `X-Request-Id` à l’administrateur.",
    ),
    ("integrite", 500, "Intégrité rompue", "Rien n’est montré, une alerte est levée (I14)."),
    (
        "indisponible",
        503,
        "Indisponible",
        "La trace ne peut pas être écrite : rien n’est montré. Réessayez plus tard.",
    ),
];

shape! {
/// Une faute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultShape "Faute" {
    /// Le champ en faute ; absent quand c’est l’ensemble.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub champ: Option<String>,
    /// Ce qui ne va pas, et comment y remédier.
    pub message: String,
    /// Code stable de la règle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Article ou clause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
}
}

impl FaultShape {
    /// A fault of a field.
    pub fn of(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { champ: Some(field.into()), message: message.into(), code: None, article: None }
    }
    /// A fault of the whole.
    pub fn whole(message: impl Into<String>) -> Self {
        Self { champ: None, message: message.into(), code: None, article: None }
    }
}

impl From<Fault> for FaultShape {
    fn from(fault: Fault) -> Self {
        // The rules name an act's date « on »; what was sent calls it « le ».
        let champ = fault.field.map(|f| if f == "on" { "le".to_owned() } else { f });
        Self {
            champ,
            message: fault.message,
            code: Some(fault.code).filter(|c| !c.is_empty()),
            article: Some(fault.article).filter(|a| !a.is_empty()),
        }
    }
}

/// Addresses to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Addresses(pub Vec<String>);

impl Shape for Addresses {
    fn schema(types: &mut Types) -> serde_json::Value {
        types.of::<Vec<String>>()
    }
}

/// Where a kind of problem is told.
fn at<S: Serializer>(kind: &str, s: S) -> Result<S::Ok, S::Error> {
    s.collect_str(&format_args!("{ROOT}/problemes/{kind}"))
}

shape! {
/// Les deux valeurs d’un champ que deux personnes ont écrit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side "DeuxValeurs" {
    /// Ce que vous envoyez ; absent : vide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mien: Option<Value>,
    /// Ce qui est enregistré ; absent : vide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leur: Option<Value>,
}

/// Un conflit sur un volet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clash "Conflit" {
    /// La version enregistrée, à renvoyer une fois le choix fait.
    pub version: u64,
    /// Les champs qui diffèrent.
    pub champs: BTreeMap<String, Side>,
}

/// Un problème (RFC 9457).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem "Probleme" {
    /// Adresse relative et stable du genre de problème.
    #[serde(rename = "type", serialize_with = "at")]
    pub kind: &'static str,
    /// Ce que c’est.
    pub title: &'static str,
    /// Le statut HTTP.
    pub status: u16,
    /// Ce qu’il faut faire.
    pub detail: &'static str,
    /// Toutes les fautes à la fois.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub faults: Vec<FaultShape>,
    /// La version d’un dossier qui a changé.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Le conflit sur un volet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflit: Option<Box<Clash>>,
    /// Les adresses où voir si une requête arrêtée sans réponse a abouti.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verifier: Option<Box<Addresses>>,
    /// Seconds to wait, for the header.
    #[serde(skip)]
    pub wait: Option<u32>,
}
}

impl Problem {
    /// A problem of a kind.
    pub fn of(name: &str) -> Self {
        let other = ("interne", 500, "Erreur interne", "");
        let (kind, status, title, detail) =
            KINDS.iter().find(|k| k.0 == name).copied().unwrap_or(other);
        Self {
            kind,
            title,
            status,
            detail,
            faults: Vec::new(),
            version: None,
            conflit: None,
            verifier: None,
            wait: None,
        }
    }
    /// What does not exist, or may not be known to (I13).
    pub fn not_found() -> Self {
        Self::of("introuvable")
    }
    /// With its faults.
    pub fn with(mut self, faults: Vec<FaultShape>) -> Self {
        self.faults = faults;
        self
    }
    /// A refusal with its faults.
    pub fn faults(faults: Vec<FaultShape>) -> Self {
        Self::of("refus").with(faults)
    }
    /// May the same request change nothing and be sent again with the same key?
    pub const fn changed_nothing(&self) -> bool {
        self.status < 500
    }

    /// What an error of a use case means for this caller.
    pub fn from_use(error: UseError, caller: &Caller, archivist: bool) -> Self {
        match error {
            UseError::NotFound | UseError::Refused(_) | UseError::SecondFactor => Self::not_found(),
            UseError::ArchiveLocked if archivist => Self::of("archive-fermee"),
            UseError::ArchiveLocked => Self::not_found(),
            UseError::Moved { version } => Self { version: Some(version), ..Self::of("version") },
            UseError::Faults(faults) => {
                Self::faults(faults.into_iter().map(FaultShape::from).collect())
            }
            UseError::Invalid(texts) => {
                Self::faults(texts.into_iter().map(FaultShape::whole).collect())
            }
            UseError::NoRightsDesk => Self::of("service-des-droits"),
            UseError::Trace(_) => Self::of("indisponible"),
            UseError::Broken => Self::of("integrite"),
            UseError::Document(huis_documents::DocumentError::TooLong { .. }) => {
                Self::of("trop-grand")
            }
            ref e if e.is_conflict() => Self::of("conflit"),
            other => {
                tracing::error!(error = %other, office = %caller.office.office, "API refusée");
                Self::of("interne")
            }
        }
    }
}

/// May this caller be told that the archive is closed?
pub fn archivist(caller: &Caller, register: &huis_register::Register) -> bool {
    caller.can(register, Power::Archive)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}
