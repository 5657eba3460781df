//! What may come next: every act, with what it needs, and why it cannot come now.

use huis_dossier::{Case, Offer};
use huis_kernel::Date;
use huis_law::Law;

use super::{
    check::{already_known, computed},
    course::{Course, recorded},
    kinds::Kind,
    order,
    terms::{force, quit},
};

/// The acts, those that the procedure awaits first.
pub(crate) fn offers(case: &Case<'_>, law: &Law, today: Date) -> Vec<Offer> {
    let history = recorded(case.acts);
    let course = Course::new(case, &history);
    let awaited = awaited(&course, law, today);
    let mut offers: Vec<Offer> = Kind::ALL
        .iter()
        .map(|kind| {
            let prefill = already_known(&course, *kind);
            let refused = order::answered(&course, *kind).err();
            Offer {
                kind: kind.id().to_owned(),
                expected: refused.is_none() && awaited.contains(kind),
                fields: asked(*kind, &prefill),
                prefill,
                refused,
            }
        })
        .collect();
    offers.sort_by_key(|o| (!o.expected, o.refused.is_some()));
    offers
}

/// What is asked now: the act's fields, but those that an earlier act has already answered for
/// the guard.
fn asked(kind: Kind, known: &huis_dossier::Facts) -> Vec<String> {
    kind.fields()
        .iter()
        .filter(|f| !computed(kind, f))
        // The number of the letter is known where letters are marked as sent.
        .filter(|f| **f != "courrier")
        .filter(|f| !(kind == Kind::Assignation && **f == "bailleur" && known.contains_key(**f)))
        .map(|f| (*f).to_owned())
        .collect()
}

/// The acts that the procedure awaits where it stands.
fn awaited(course: &Course<'_>, law: &Law, today: Date) -> Vec<Kind> {
    if course.closing().is_some() {
        return Vec::new();
    }
    let mut out = Vec::new();
    if course.occupants().iter().any(|(_, letter)| letter.is_none()) {
        out.push(Kind::InformationOccupant);
    }
    indemnity(course, &mut out);
    // A re-entry starts again from a new order or a new request: the last of them counts.
    let last = course.last_of(&[
        Kind::Expulsion,
        Kind::DepartConstate,
        Kind::CommandementPayer,
        Kind::CommandementQuitter,
        Kind::DemandeCfp,
    ]);
    if let Some(gone) = last.filter(|a| matches!(a.kind, Kind::Expulsion | Kind::DepartConstate)) {
        let evicted = gone.kind == Kind::Expulsion;
        if evicted && course.next_of(&[Kind::PvExpulsionTransmis], gone.no).is_none() {
            out.push(Kind::PvExpulsionTransmis);
        }
        out.push(Kind::Cloture);
    } else if course.has(Kind::DemandeCfp) {
        help(course, law, today, &mut out);
    } else if course.has(Kind::CommandementQuitter) {
        leaving(course, law, today, &mut out);
    } else if course.has(Kind::Jugement) {
        judged(course, &mut out);
    } else if course.has(Kind::Assignation) {
        summoned(course, today, &mut out);
    } else {
        prevention(course, &mut out);
    }
    out
}

fn prevention(course: &Course<'_>, out: &mut Vec<Kind>) {
    if let Some(order) = course.last(Kind::CommandementPayer) {
        if course.next_of(&[Kind::Regularisation], order.no).is_some() {
            out.push(Kind::Cloture);
            return;
        }
        match course.legal_person() {
            Some(true) if !course.has(Kind::SaisineCcapex) => out.push(Kind::SaisineCcapex),
            Some(false) if !course.has(Kind::SignalementCcapex) => {
                out.push(Kind::SignalementCcapex)
            }
            _ => {}
        }
        out.extend([Kind::Regularisation, Kind::Assignation]);
        return;
    }
    match course.last(Kind::ImpayeConstitue) {
        None => out.extend([Kind::ImpayeConstitue, Kind::CommandementPayer]),
        Some(arrears) => {
            if arrears.yes("tiers_payant") && !course.has(Kind::SignalementCaf) {
                out.push(Kind::SignalementCaf);
            }
            out.extend([Kind::PlanApurement, Kind::CommandementPayer]);
        }
    }
}

fn summoned(course: &Course<'_>, today: Date, out: &mut Vec<Kind>) {
    if !course.has(Kind::AssignationRecuePrefet) {
        out.push(Kind::AssignationRecuePrefet);
    }
    if !course.has(Kind::DsfDemande) {
        out.push(Kind::DsfDemande);
    } else if !course.has(Kind::DsfTransmis) {
        out.push(Kind::DsfTransmis);
    }
    match course.hearing() {
        None => out.push(Kind::AudienceFixee),
        Some(hearing) if hearing <= today => out.extend([Kind::Jugement, Kind::AudienceRenvoyee]),
        Some(_) => {}
    }
}

fn judged(course: &Course<'_>, out: &mut Vec<Kind>) {
    if !course.has(Kind::SignificationJugement) {
        out.push(Kind::SignificationJugement);
    }
    let issue = course.last(Kind::Jugement).and_then(|j| j.code("issue"));
    if course.title().is_some() {
        out.push(Kind::CommandementQuitter);
    } else if issue == Some("delais") && !course.has(Kind::DelaisNonTenus) {
        out.push(Kind::DelaisNonTenus);
    } else {
        out.push(Kind::Cloture);
    }
}

fn leaving(course: &Course<'_>, law: &Law, today: Date, out: &mut Vec<Kind>) {
    let Some(order) = course.last(Kind::CommandementQuitter) else { return };
    if course.next_of(&[Kind::CqlRecuPrefet], order.no).is_none() {
        out.push(Kind::CqlRecuPrefet);
    } else if course.next_of(&[Kind::InformationCcapex], order.no).is_none() {
        out.push(Kind::InformationCcapex);
    }
    out.push(Kind::DepartConstate);
    let delay = quit::quit_delay(course, &order, law);
    if delay.is_ok_and(|d| d.end().is_some_and(|end| end.due <= today)) {
        out.push(Kind::DemandeCfp);
    }
}

fn help(course: &Course<'_>, law: &Law, today: Date, out: &mut Vec<Kind>) {
    let Some(request) = course.last(Kind::DemandeCfp) else { return };
    let decided = |kind| course.next_of(&[kind], request.no).is_some();
    if decided(Kind::CfpAccorde) {
        out.extend([Kind::Expulsion, Kind::DepartConstate]);
        return;
    }
    let refusal = course.next_of(&[Kind::CfpRefuse], request.no);
    if refusal.is_some_and(|r| r.code("motif") == Some("prematuree")) {
        out.push(Kind::DemandeCfp);
        return;
    }
    if refusal.is_some() {
        out.extend([Kind::DemandeIndemnite, Kind::CfpAccorde]);
        return;
    }
    match course.next_of(&[Kind::RapportPoliceDemande], request.no) {
        None => out.push(Kind::RapportPoliceDemande),
        Some(_) if order::pending_report(course).is_ok() => out.push(Kind::DeposerRapport),
        Some(_) => {}
    }
    out.extend([Kind::CfpAccorde, Kind::CfpRefuse]);
    let refused = force::refusal(course, &request, law, today);
    if refused.is_ok_and(|day| day.is_some()) && !course.has(Kind::DemandeIndemnite) {
        out.push(Kind::DemandeIndemnite);
    }
}

fn indemnity(course: &Course<'_>, out: &mut Vec<Kind>) {
    let reopened = course.whole().last().is_some_and(|a| {
        a.kind == Kind::Reouverture && a.code("motif") == Some("demande_indemnite")
    });
    if reopened {
        out.push(Kind::DemandeIndemnite);
    }
    let Some(demand) = course.last(Kind::DemandeIndemnite) else { return };
    match course.next_of(&[Kind::DecisionIndemnite], demand.no) {
        None => out.push(Kind::DecisionIndemnite),
        Some(d) if d.code("sens") == Some("transaction") => {
            if course.next_of(&[Kind::PaiementIndemnite], d.no).is_none() {
                out.push(Kind::PaiementIndemnite);
            }
        }
        Some(_) => out.push(Kind::RecoursContentieux),
    }
    if let Some(court) = course.next_of(&[Kind::RecoursContentieux], demand.no)
        && course.next_of(&[Kind::DecisionContentieuse], court.no).is_none()
    {
        out.retain(|kind| *kind != Kind::RecoursContentieux);
        out.push(Kind::DecisionContentieuse);
    }
}
