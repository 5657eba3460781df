//! One dossier, as its reader may see it.

use huis_access::{ActView, SectionView};
use huis_dossier::{Flag, Severity, Standing, Term, TermState};
use huis_usecases::{Opened, Processed};
use serde::Serialize;

use super::{Day, When};
use crate::{
    facts::{self, Sent},
    shape::shape,
};

shape! {
/// Un dossier, réduit à ce que votre profil voit.
#[derive(Serialize)]
pub struct CaseShape "Dossier" {
    /// Numéro.
    pub numero: String,
    /// Secteur.
    pub secteur: String,
    /// Ouvert le.
    pub ouvert_le: Day,
    /// Clos le.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clos_le: Option<Day>,
    /// Est-il dans l’archive ?
    pub archive: bool,
    /// À renvoyer avec un acte : ce que vous aviez lu.
    pub version: u64,
    /// Change à chaque écriture : `GET …/revision` la donne sans rien ouvrir.
    pub revision: u64,
    /// Où en est la procédure, si votre profil la suit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub situation: Option<StandingShape>,
    /// Les volets.
    pub volets: Vec<SectionShape>,
    /// Les volets dont une partie ne vous est pas ouverte.
    pub retenus: Vec<String>,
    /// La chronologie, par numéro d’acte.
    pub actes: Vec<ActShape>,
    /// Les actes que vous pouvez enregistrer.
    pub peut: MayShape,
    /// Ce qui suspend l’effacement.
    pub gels: Vec<HoldShape>,
    /// Le prochain pas de chaque durée de conservation.
    pub conservation: Vec<NextShape>,
}

/// Où en est la procédure.
#[derive(Serialize)]
pub struct StandingShape "Situation" {
    /// Étape, un code.
    pub etape: String,
    /// Situation, un code.
    pub situation: String,
    /// En clair.
    pub libelle: String,
    /// Combien de fois rouvert.
    pub rouvert: u32,
    /// Échéances.
    pub echeances: Vec<TermShape>,
    /// Remarques.
    pub remarques: Vec<FlagShape>,
}

/// Une échéance, avec sa règle et son calcul.
#[derive(Serialize)]
pub struct TermShape "EcheanceExpliquee" {
    /// Règle, un code.
    pub regle: String,
    /// En clair.
    pub libelle: String,
    /// Date.
    pub le: Day,
    /// Dernier jour sûr pour agir, s’il diffère.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sur: Option<Day>,
    /// Quelqu’un doit agir.
    pub action: bool,
    /// en_cours, tenue, en_retard ou sans_objet.
    pub etat: String,
    /// L’acte dont elle vient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acte: Option<u32>,
    /// Article.
    pub article: String,
    /// La version du texte est en vigueur depuis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en_vigueur_depuis: Option<Day>,
    /// Tous les faits du droit utilisés sont vérifiés.
    pub verifie: bool,
    /// Les pas du calcul.
    pub calcul: Vec<String>,
}
}

impl From<&Term> for TermShape {
    fn from(term: &Term) -> Self {
        let step = |s: &huis_law::Step| match s.date {
            Some(day) => format!("{} : {day}", s.text),
            None => s.text.clone(),
        };
        Self {
            regle: term.rule.clone(),
            libelle: term.label.clone(),
            le: Day(term.due),
            sur: term.explained.safe.map(Day),
            action: term.action,
            etat: match term.state {
                TermState::Running => "en_cours",
                TermState::Met => "tenue",
                TermState::Late => "en_retard",
                TermState::Dropped => "sans_objet",
            }
            .to_owned(),
            acte: term.act,
            article: term.explained.article.clone(),
            en_vigueur_depuis: term.explained.in_force_since.map(Day),
            verifie: term.explained.verified,
            calcul: term.explained.steps.iter().map(step).collect(),
        }
    }
}

shape! {
/// Une remarque.
#[derive(Clone, Serialize)]
pub struct FlagShape "Remarque" {
    /// Code.
    pub code: String,
    /// info, attention ou grave.
    pub gravite: String,
    /// Ce qui est irrégulier et que faire.
    pub message: String,
    /// Article.
    pub article: String,
    /// L’acte dont elle parle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acte: Option<u32>,
}
}

impl From<&Flag> for FlagShape {
    fn from(flag: &Flag) -> Self {
        Self {
            code: flag.code.clone(),
            gravite: match flag.severity {
                Severity::Info => "info",
                Severity::Warning => "attention",
                Severity::Serious => "grave",
            }
            .to_owned(),
            message: flag.message.clone(),
            article: flag.article.clone(),
            acte: flag.act,
        }
    }
}

shape! {
/// Un volet.
#[derive(Serialize)]
pub struct SectionShape "Volet" {
    /// Volet.
    pub volet: String,
    /// Numéro de l’occurrence.
    pub occurrence: u32,
    /// À renvoyer avec une modification.
    pub version: u64,
    /// Les champs que vous voyez.
    pub champs: Sent,
    /// La personne dont il parle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub de_qui: Option<u32>,
    /// Masqué aux autres personnes du dossier : le motif.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masque: Option<String>,
}
}

impl From<&SectionView> for SectionShape {
    fn from(seen: &SectionView) -> Self {
        Self {
            volet: seen.section.clone(),
            occurrence: seen.occurrence,
            version: seen.version,
            champs: facts::shown(&seen.facts),
            de_qui: seen.about,
            masque: seen.restricted.as_ref().map(|r| r.reason.clone()),
        }
    }
}

shape! {
/// Un acte de la chronologie.
#[derive(Serialize)]
pub struct ActShape "Acte" {
    /// Numéro.
    pub numero: u32,
    /// Genre.
    pub genre: String,
    /// Date que la loi regarde.
    pub le: Day,
    /// Enregistré le.
    pub enregistre_le: When,
    /// Par qui ; absent : une règle, ou quelqu’un qui ne se nomme pas ici.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub par: Option<String>,
    /// L’acte qu’il corrige.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrige: Option<u32>,
    /// Annulé : le motif.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annule: Option<String>,
    /// Ses champs ; absents : hors de votre vue, ou annulé.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub champs: Option<Sent>,
    /// Ce qui était irrégulier.
    pub remarques: Vec<FlagShape>,
}
}

impl ActShape {
    fn new(opened: &Opened, act: &ActView) -> Self {
        Self {
            numero: act.no,
            genre: act.kind.clone(),
            le: Day(act.on),
            enregistre_le: When(act.recorded),
            par: act.agent.and_then(|a| opened.agents.get(&a).cloned()),
            corrige: act.corrects,
            annule: act.voided.clone(),
            champs: act.facts.as_ref().map(facts::shown),
            remarques: act.flags.iter().map(FlagShape::from).collect(),
        }
    }
}

shape! {
/// Ce que vous pouvez sur ce dossier.
#[derive(Serialize)]
pub struct MayShape "Peut" {
    /// Les actes proposés par la procédure.
    pub actes: Vec<OfferShape>,
    /// Les volets que vous pouvez écrire.
    pub volets: Vec<String>,
    /// Ce que vous pouvez d’autre.
    pub pouvoirs: Vec<String>,
}

/// Un acte qui peut venir, ou pourquoi pas.
#[derive(Serialize)]
pub struct OfferShape "ActeOffert" {
    /// Genre d’acte.
    pub acte: String,
    /// La procédure l’attend.
    pub attendu: bool,
    /// Les champs à demander maintenant.
    pub champs: Vec<String>,
    /// Ce que l’on sait déjà.
    pub deja: Sent,
    /// Pourquoi il est refusé maintenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refus: Option<String>,
}

/// Un gel de l’effacement.
#[derive(Serialize)]
pub struct HoldShape "Gel" {
    /// Identifiant.
    pub id: String,
    /// Motif, un code.
    pub motif: String,
    /// Depuis le.
    pub depuis: Day,
    /// Jusqu’au.
    pub jusqu_au: Day,
    /// Levé.
    pub leve: bool,
}

/// Le prochain pas d’une durée de conservation.
#[derive(Serialize)]
pub struct NextShape "ProchainPas" {
    /// Durée du registre.
    pub duree: String,
    /// Date.
    pub le: Day,
    /// archive, destroy ou alert.
    pub pas: String,
}
}

/// Where a dossier stands.
pub fn standing(standing: &Standing) -> StandingShape {
    StandingShape {
        etape: standing.stage.clone(),
        situation: standing.step.clone(),
        libelle: standing.step_label.clone(),
        rouvert: standing.reopened,
        echeances: standing.terms.iter().map(TermShape::from).collect(),
        remarques: standing.flags.iter().map(FlagShape::from).collect(),
    }
}

impl CaseShape {
    /// A dossier that was opened.
    pub fn new(processed: &Processed, opened: &Opened) -> Self {
        let follows = !opened.standing.stage.is_empty();
        let brought = |id: &str| {
            let acts = &processed.register.acts;
            acts.iter().any(|a| processed.rules.brings(&a.id).contains(&id))
        };
        Self {
            numero: opened.card.number.to_string(),
            secteur: opened.territory.clone(),
            ouvert_le: Day(opened.card.opened_on),
            clos_le: opened.standing.closed_on.map(Day),
            archive: opened.card.archived,
            version: opened.card.version,
            revision: opened.card.revision,
            situation: follows.then(|| standing(&opened.standing)),
            volets: opened.view.sections.iter().map(SectionShape::from).collect(),
            retenus: opened.view.withheld.iter().cloned().collect(),
            actes: opened.view.acts.iter().map(|a| ActShape::new(opened, a)).collect(),
            peut: MayShape {
                actes: opened
                    .offers
                    .iter()
                    .map(|o| OfferShape {
                        acte: o.kind.clone(),
                        attendu: o.expected,
                        champs: o.fields.clone(),
                        deja: facts::shown(&o.prefill),
                        refus: o.refused.as_ref().map(|f| f.message.clone()),
                    })
                    .collect(),
                volets: opened.may.writes.iter().filter(|id| !brought(id)).cloned().collect(),
                pouvoirs: opened
                    .may
                    .powers
                    .iter()
                    .map(|p| huis_register::power_word(*p).to_owned())
                    .collect(),
            },
            gels: opened.holds.iter().map(hold).collect(),
            conservation: opened
                .next
                .iter()
                .map(|(unit, on, step)| NextShape {
                    duree: unit.clone(),
                    le: Day(*on),
                    pas: step.clone(),
                })
                .collect(),
        }
    }
}

/// A hold.
pub fn hold(row: &huis_usecases::HoldRow) -> HoldShape {
    HoldShape {
        id: row.hold.iter().map(|b| format!("{b:02x}")).collect(),
        motif: row.reason.clone(),
        depuis: Day(row.from),
        jusqu_au: Day(row.until),
        leve: row.lifted,
    }
}
