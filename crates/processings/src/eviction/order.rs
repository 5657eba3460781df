//! Which act may follow which. An act that answers another is refused without it; what the
//! real world may contain all the same is flagged, in [`super::irregular`].

use huis_dossier::Fault;

use super::{
    course::{Course, Recorded},
    kinds::Kind,
    typography::french,
};

/// A refusal of the act itself.
pub(crate) fn fault(code: &str, message: &str, article: &str) -> Fault {
    Fault { field: None, code: code.to_owned(), message: french(message), article: french(article) }
}

/// A refusal of one field.
pub(crate) fn fault_at(field: &str, code: &str, message: &str, article: &str) -> Fault {
    Fault { field: Some(field.to_owned()), ..fault(code, message, article) }
}

/// The act that an act of this kind would answer now (it cannot be dated before it), or why there
/// can be none.
pub(crate) fn answered<'a>(course: &Course<'a>, kind: Kind) -> Result<Option<Recorded<'a>>, Fault> {
    if let Some(closing) = course.closing() {
        return if kind == Kind::Reouverture {
            Ok(Some(closing))
        } else if kind == Kind::Cloture {
            Err(fault("deja-clos", "Le dossier est déjà clos.", "X-09"))
        } else {
            Err(fault(
                "dossier-clos",
                "Le dossier est clos : rouvrez-le d'abord, pour une demande d'indemnité ou, après une dette soldée, pour un incident récurrent.",
                "X-09",
            ))
        };
    }
    match kind {
        Kind::Reouverture => {
            Err(fault("pas-clos", "Seul un dossier clos peut être rouvert.", "X-09"))
        }
        Kind::RapportPoliceDemande => pending_request(course).map(Some),
        Kind::DeposerRapport => pending_report(course).map(Some),
        Kind::CfpAccorde | Kind::CfpRefuse => undecided(course, kind).map(Some),
        Kind::CommandementQuitter
        | Kind::Protocole
        | Kind::ProrogationDurete
        | Kind::DelaiGrace => executable(course, kind).map(Some),
        Kind::DelaisNonTenus => time_to_pay(course).map(Some),
        Kind::AudienceRenvoyee if course.hearing().is_none() => Err(fault(
            "sans-audience",
            "Aucune audience n'est fixée : indiquez d'abord sa date.",
            "X-06",
        )),
        Kind::Expulsion => eviction(course).map(Some),
        Kind::PaiementIndemnite => awarded(course).map(Some),
        Kind::ProtocoleDenonce => match course.last(Kind::Protocole) {
            Some(p) if course.next_of(&[Kind::ProtocoleDenonce], p.no).is_none() => Ok(Some(p)),
            _ => Err(fault(
                "sans-protocole",
                "Aucun protocole de cohésion sociale n'est en cours.",
                "CCH art. L. 442-6-5",
            )),
        },
        _ => match prerequisite(kind) {
            None => Ok(None),
            Some((kinds, code, message, article)) => {
                course.last_of(kinds).map(Some).ok_or_else(|| fault(code, message, article))
            }
        },
    }
}

/// The acts of which one must be there before this one, whatever happened since.
pub(crate) fn after(act: &str) -> Vec<&'static str> {
    let asked = Kind::from_id(act).and_then(prerequisite);
    asked.into_iter().flat_map(|(kinds, ..)| kinds).map(|kind| kind.id()).collect()
}

type Prerequisite = (&'static [Kind], &'static str, &'static str, &'static str);

/// Acts that answer one of these, whatever happened since.
const fn prerequisite(kind: Kind) -> Option<Prerequisite> {
    use Kind as K;
    const SUMMONS: (&str, &str) =
        ("sans-assignation", "Aucune assignation n'est au dossier : enregistrez-la d'abord.");
    const TO_PAY: (&str, &str) = (
        "sans-commandement-payer",
        "Aucun commandement de payer n'est au dossier : enregistrez-le d'abord.",
    );
    Some(match kind {
        K::SignalementCaf => (
            &[K::ImpayeConstitue],
            "sans-impaye",
            "L'impayé n'est pas constitué : enregistrez-le d'abord.",
            "CCH art. R. 824-4",
        ),
        K::ReponseCaf => (
            &[K::SignalementCaf],
            "sans-signalement-caf",
            "Aucun signalement à la CAF ou à la MSA n'est au dossier : il n'y a pas encore à y répondre.",
            "CCH art. R. 824-4",
        ),
        K::PlanApurement => (
            &[K::ImpayeConstitue, K::CommandementPayer],
            "sans-impaye",
            "Aucun impayé n'est au dossier : enregistrez-le d'abord.",
            "CCH art. R. 824-2",
        ),
        K::NotificationCaution | K::SignalementCcapex | K::Regularisation => {
            (&[K::CommandementPayer], TO_PAY.0, TO_PAY.1, "Loi n° 89-462 art. 24 I")
        }
        K::InformationCcapex => (
            &[K::CommandementPayer, K::CommandementQuitter],
            "sans-commandement",
            "Aucun commandement n'est au dossier : enregistrez-le d'abord.",
            "X-27",
        ),
        K::AssignationRecuePrefet | K::AudienceFixee | K::AudienceRenvoyee => {
            (&[K::Assignation], SUMMONS.0, SUMMONS.1, "Loi n° 89-462 art. 24 III")
        }
        K::DsfDemande => (
            &[K::CommandementPayer, K::Assignation],
            "sans-commandement-payer",
            "Le diagnostic se demande au stade du commandement de payer ou de l'assignation.",
            "Décret n° 2021-8 ; loi n° 89-462 art. 24 I et III",
        ),
        K::DsfTransmis => (
            &[K::DsfDemande],
            "sans-demande-dsf",
            "Aucun diagnostic n'a été demandé : enregistrez la demande d'abord.",
            "Décret n° 2021-8",
        ),
        K::Jugement => (&[K::Assignation], SUMMONS.0, SUMMONS.1, "X-06"),
        K::SignificationJugement | K::Appel => (
            &[K::Jugement],
            "sans-jugement",
            "Aucun jugement n'est au dossier : enregistrez-le d'abord.",
            "CPC art. 528 et 538",
        ),
        K::DecisionAppel => {
            (&[K::Appel], "sans-appel", "Aucun appel n'est au dossier.", "CPC art. 561")
        }
        K::CqlRecuPrefet => (
            &[K::CommandementQuitter],
            "sans-cql",
            "Aucun commandement de quitter les lieux n'est au dossier : enregistrez-le d'abord.",
            "CPCE art. L. 412-5",
        ),
        K::DemandeCfp => (
            &[K::CommandementQuitter],
            "sans-cql",
            "Le concours de la force publique se demande après un commandement de quitter les lieux.",
            "CPCE art. L. 411-1 et L. 153-1",
        ),
        K::PvExpulsionTransmis => (
            &[K::Expulsion],
            "sans-expulsion",
            "Aucune expulsion n'est au dossier.",
            "CPCE art. L. 431-3",
        ),
        K::DemandeIndemnite => (
            &[K::DemandeCfp],
            "sans-demande-cfp",
            "Une indemnité suppose une demande de concours de la force publique.",
            "CPCE art. L. 153-1 et R. 154-1",
        ),
        K::CalculIndemnite => (
            &[K::DemandeCfp],
            "sans-demande-cfp",
            "Une indemnité suppose une demande de concours de la force publique.",
            "CPCE art. L. 153-1 et R. 154-1",
        ),
        K::ProposerIndemnite => (
            &[K::CalculIndemnite],
            "sans-calcul",
            "Aucun calcul de l'indemnité n'est au dossier : enregistrez-le d'abord.",
            "CPCE art. R. 154-3",
        ),
        K::DecisionIndemnite | K::RecoursContentieux => (
            &[K::DemandeIndemnite],
            "sans-demande-indemnite",
            "Aucune demande d'indemnité amiable n'est au dossier.",
            "CPCE art. R. 154-2",
        ),
        K::DecisionContentieuse => (
            &[K::RecoursContentieux],
            "sans-recours",
            "Aucun recours devant le tribunal administratif n'est au dossier.",
            "CJA art. R. 421-1",
        ),
        _ => return None,
    })
}

/// The last request for the police's help, if no decision has answered it yet.
fn open_request<'a>(course: &Course<'a>) -> Option<Recorded<'a>> {
    let request = course.last(Kind::DemandeCfp)?;
    course.next_of(&[Kind::CfpAccorde, Kind::CfpRefuse], request.no).is_none().then_some(request)
}

/// A police report is asked for by the prefect, at the stage of the request.
fn pending_request<'a>(course: &Course<'a>) -> Result<Recorded<'a>, Fault> {
    let request = open_request(course).ok_or_else(|| {
        fault(
            "rapport-hors-stade",
            "Un rapport de police ne se demande qu'au stade de la demande de concours de la force publique, tant qu'elle n'est pas décidée.",
            "X-08",
        )
    })?;
    let asked = course.next_of(&[Kind::RapportPoliceDemande], request.no);
    let waiting = asked.is_some_and(|a| course.next_of(&[Kind::DeposerRapport], a.no).is_none());
    if waiting {
        return Err(fault(
            "rapport-deja-demande",
            "Un rapport de police est déjà demandé et attendu.",
            "X-08",
        ));
    }
    Ok(request)
}

/// A police report is filed on request only.
pub(crate) fn pending_report<'a>(course: &Course<'a>) -> Result<Recorded<'a>, Fault> {
    let refusal = || {
        fault(
            "rapport-sans-demande",
            "Aucun rapport de police n'est demandé : il ne se dépose qu'à la demande du préfet.",
            "X-08",
        )
    };
    let asked = course.last(Kind::RapportPoliceDemande).ok_or_else(refusal)?;
    if course.next_of(&[Kind::DeposerRapport], asked.no).is_some() {
        return Err(refusal());
    }
    Ok(asked)
}

/// A grant may follow a refusal (R. 154-4), not another grant; a refusal follows nothing.
fn undecided<'a>(course: &Course<'a>, kind: Kind) -> Result<Recorded<'a>, Fault> {
    let request = course.last(Kind::DemandeCfp).ok_or_else(|| {
        fault(
            "sans-demande-cfp",
            "Aucune demande de concours de la force publique n'est au dossier : enregistrez-la d'abord.",
            "CPCE art. R. 153-1",
        )
    })?;
    let decided: &[Kind] = if kind == Kind::CfpAccorde {
        &[Kind::CfpAccorde]
    } else {
        &[Kind::CfpAccorde, Kind::CfpRefuse]
    };
    if course.next_of(decided, request.no).is_some() {
        return Err(fault(
            "cfp-deja-decide",
            "Cette demande de concours est déjà décidée : corrigez la décision, ou enregistrez une nouvelle demande.",
            "CPCE art. R. 153-1",
        ));
    }
    Ok(request)
}

/// What needs a judgment that may be executed (L. 411-1).
fn executable<'a>(course: &Course<'a>, kind: Kind) -> Result<Recorded<'a>, Fault> {
    if let Some(title) = course.title() {
        return Ok(title);
    }
    let judgment = course.last(Kind::Jugement);
    // Time to pay may also go with a protocol or with a delay of grace.
    if let Some(j) = judgment.filter(|j| j.code("issue") == Some("delais")) {
        if kind == Kind::CommandementQuitter {
            return Err(fault(
                "delais-en-cours",
                "Le juge a accordé des délais de paiement : le bail se poursuit tant qu'ils sont tenus. Enregistrez d'abord qu'ils ne le sont plus.",
                "Loi n° 89-462 art. 24 V et VII",
            ));
        }
        return Ok(j);
    }
    Err(fault(
        "sans-titre",
        "Aucun jugement d'expulsion exécutoire n'est au dossier.",
        "CPCE art. L. 411-1",
    ))
}

fn time_to_pay<'a>(course: &Course<'a>) -> Result<Recorded<'a>, Fault> {
    course
        .last(Kind::Jugement)
        .filter(|j| j.code("issue") == Some("delais"))
        .filter(|j| course.next_of(&[Kind::DelaisNonTenus], j.no).is_none())
        .ok_or_else(|| {
            fault(
                "sans-delais",
                "Aucun délai de paiement accordé par le juge n'est en cours.",
                "Loi n° 89-462 art. 24 VII",
            )
        })
}

/// No eviction without a title and its commandement (L. 411-1); once done, a re-entry needs a new
/// request (CE 22 nov. 2019 n° 417631).
fn eviction<'a>(course: &Course<'a>) -> Result<Recorded<'a>, Fault> {
    executable(course, Kind::CommandementQuitter)?;
    let order = course.last(Kind::CommandementQuitter).ok_or_else(|| {
        fault(
            "sans-cql",
            "Aucune expulsion sans commandement de quitter les lieux.",
            "CPCE art. L. 411-1",
        )
    })?;
    let done = course.last(Kind::Expulsion).is_some_and(|e| {
        course.next_of(&[Kind::DemandeCfp, Kind::CommandementQuitter], e.no).is_none()
    });
    if done {
        return Err(fault(
            "deja-expulse",
            "L'expulsion est déjà faite ; une réinstallation demande une nouvelle demande de concours.",
            "CE 22 nov. 2019 n° 417631",
        ));
    }
    Ok(order)
}

fn awarded<'a>(course: &Course<'a>) -> Result<Recorded<'a>, Fault> {
    course
        .last_of(&[Kind::DecisionIndemnite, Kind::DecisionContentieuse])
        .filter(|d| matches!(d.code("sens"), Some("transaction" | "condamnation")))
        .ok_or_else(|| {
            fault(
                "sans-indemnite",
                "Aucune transaction ni condamnation n'est au dossier.",
                "CPCE art. R. 154-3",
            )
        })
}
