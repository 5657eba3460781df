//! Where the dossier stands: stage, step, deadlines, remarks.

use huis_dossier::{Case, Flag, Standing, TermState};
use huis_kernel::Date;
use huis_law::Law;

use super::{
    course::{Course, Recorded, recorded},
    irregular,
    kinds::Kind,
    terms::Sheet,
};

/// Where the dossier stands on a day.
pub(crate) fn standing(case: &Case<'_>, law: &Law, today: Date) -> Standing {
    let history = recorded(case.acts);
    let course = Course::new(case, &history);
    let mut flags: Vec<Flag> = Vec::new();
    for (i, act) in history.iter().enumerate() {
        let before = Course::new(case, history.get(..i).unwrap_or_default());
        flags.extend(irregular::flags(&before, act, law));
    }
    let sheet = Sheet::new(course, law, today);
    let closing = course.closing();
    let mut terms = sheet.terms;
    if closing.is_some() {
        // a closed dossier awaits nothing but the end of its retention, which the register
        // counts.
        terms.iter_mut().for_each(|t| drop_running(&mut t.state));
    } else {
        flags.extend(sheet.flags);
        if let Some(last) = history.iter().rev().find(|a| a.kind == Kind::Cloture) {
            // Reopened: what the closing ended does not run again, but for the way to an indemnity.
            terms
                .iter_mut()
                .filter(|t| t.act.is_some_and(|no| no < last.no))
                .filter(|t| !matches!(t.rule.as_str(), "indemnite-silence" | "recours-ta"))
                .for_each(|t| drop_running(&mut t.state));
        }
    }
    let (stage, step, step_label) = place(&course, law, today);
    Standing {
        stage: stage.to_owned(),
        step: if closing.is_some() { "clos" } else { step }.to_owned(),
        step_label: if closing.is_some() { "Dossier clos" } else { step_label }.to_owned(),
        closed_on: closing.map(|c| c.on),
        reopened: course.reopenings(),
        terms,
        flags,
    }
}

fn drop_running(state: &mut TermState) {
    if *state == TermState::Running {
        *state = TermState::Dropped;
    }
}

type Place = (&'static str, &'static str, &'static str);

/// Stage, step and its name, by the last act that moves the procedure.
fn place(course: &Course<'_>, law: &Law, today: Date) -> Place {
    let found = course.acts().iter().rev().find_map(|act| moved(course, act));
    match found {
        Some(("cfp", "cfp-demande", _)) if silent(course, law, today) => {
            ("cfp", "cfp-refus-implicite", "Concours refusé par le silence du préfet")
        }
        Some(place) => place,
        None => ("prevention", "ouvert", "Dossier ouvert"),
    }
}

fn silent(course: &Course<'_>, law: &Law, today: Date) -> bool {
    course.last(Kind::DemandeCfp).is_some_and(|request| {
        super::terms::force::refusal(course, &request, law, today).is_ok_and(|r| r.is_some())
    })
}

fn moved(course: &Course<'_>, act: &Recorded<'_>) -> Option<Place> {
    Some(match act.kind {
        Kind::ImpayeConstitue => ("prevention", "impaye", "Impayé constitué"),
        Kind::SignalementCaf => {
            ("prevention", "impaye-signale", "Impayé signalé à la CAF ou à la MSA")
        }
        Kind::PlanApurement => ("prevention", "plan", "Plan d'apurement"),
        Kind::CommandementPayer => ("prevention", "commandement-payer", "Commandement de payer"),
        Kind::Regularisation => ("prevention", "regularise", "Dette réglée"),
        Kind::Assignation => ("assignation", "assigne", "Assignation"),
        Kind::AudienceFixee | Kind::AudienceRenvoyee if !course.has(Kind::Jugement) => {
            ("assignation", "audience", "Audience fixée")
        }
        Kind::Jugement => match act.code("issue") {
            Some("expulsion") => ("assignation", "juge-expulsion", "Expulsion ordonnée"),
            Some("delais") => ("assignation", "juge-delais", "Délais de paiement accordés"),
            _ => ("assignation", "juge-rejet", "Demande rejetée par le juge"),
        },
        Kind::DelaisNonTenus => ("assignation", "delais-non-tenus", "Délais de paiement non tenus"),
        Kind::DecisionAppel if act.code("issue") == Some("infirme") => {
            ("assignation", "infirme", "Jugement infirmé")
        }
        Kind::CommandementQuitter => ("cql", "cql", "Commandement de quitter les lieux"),
        Kind::CqlRecuPrefet => ("cql", "cql-recu", "Préfet saisi du commandement de quitter"),
        Kind::Protocole => ("cql", "protocole", "Protocole de cohésion sociale"),
        Kind::ProtocoleDenonce => ("cql", "protocole-denonce", "Protocole dénoncé"),
        Kind::DemandeCfp => ("cfp", "cfp-demande", "Concours de la force publique demandé"),
        Kind::CfpAccorde => ("cfp", "cfp-accorde", "Concours de la force publique accordé"),
        Kind::CfpRefuse => ("cfp", "cfp-refuse", "Concours de la force publique refusé"),
        Kind::Expulsion => ("cfp", "expulse", "Expulsion faite"),
        Kind::DepartConstate => {
            // A departure may come at any stage: it moves the step, not the stage.
            let stage = course
                .acts()
                .iter()
                .rev()
                .filter(|a| a.no < act.no && a.kind != Kind::DepartConstate)
                .find_map(|a| moved(course, a))
                .map_or("prevention", |(stage, _, _)| stage);
            (stage, "depart", "Départ des occupants")
        }
        Kind::DemandeIndemnite => ("indemnite", "indemnite-demandee", "Indemnité demandée"),
        Kind::DecisionIndemnite => {
            ("indemnite", "indemnite-decidee", "Demande d'indemnité décidée")
        }
        Kind::ProposerIndemnite => ("indemnite", "indemnite-proposee", "Indemnité proposée"),
        Kind::PaiementIndemnite => ("indemnite", "indemnite-payee", "Indemnité payée"),
        Kind::RecoursContentieux => ("indemnite", "contentieux", "Recours contentieux"),
        Kind::DecisionContentieuse => ("indemnite", "contentieux-juge", "Recours contentieux jugé"),
        Kind::Reouverture => match act.code("motif") {
            Some("demande_indemnite") => {
                ("indemnite", "rouvert-indemnite", "Rouvert pour une demande d'indemnité")
            }
            _ => ("prevention", "rouvert-incident", "Rouvert pour un incident récurrent"),
        },
        _ => return None,
    })
}
