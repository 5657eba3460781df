//! What a dossier says of a claim: the procedure comes from its acts, the amounts from its section
//! `indemnite`, and from its dwelling where that says nothing.

use huis_dossier::{Fault, Value};
use huis_kernel::Date;
use huis_law::Law;

use super::{
    ClaimText, DelayText, GraceText, ProcedureText, ProtocolText, RentText, SettingsText, TaxText,
    entry, plain,
};
use crate::eviction::{
    course::Course,
    kinds::Kind,
    order::{fault, fault_at},
    terms::quit::{QuitDelay, quit_delay},
};

/// The section of the register that holds what is asked.
pub const SECTION: &str = "indemnite";

/// The claim of a dossier, closed on a day; or what is missing or does not read.
pub(crate) fn claim(
    course: &Course<'_>,
    law: &Law,
    as_of: Date,
    settings: SettingsText,
) -> Result<ClaimText, Vec<Fault>> {
    let known = |field: &str| course.known.get(SECTION, field);
    let text = |field: &str| known(field).and_then(Value::as_str).unwrap_or_default();
    let yes = |field: &str| known(field).and_then(Value::as_bool) == Some(true);
    let day = |field: &str| known(field).and_then(Value::as_date);
    let amount = |field: &str| known(field).and_then(Value::as_money).map(plain);
    let written = |day: Option<Date>| day.map(|d| d.to_string()).unwrap_or_default();
    let mut faults = Vec::new();
    let mut lines = |field: &str, wrong: Vec<entry::LineFault>| {
        for (no, why) in wrong {
            let message = format!("Volet « Indemnité », ligne {no} : {why}.");
            faults.push(fault_at(field, "ligne-illisible", &message, "X-05"));
        }
    };
    let (mut rents, wrong) = entry::rents(text("loyers"));
    lines("loyers", wrong);
    let (losses, wrong) = entry::losses(text("prejudices"));
    lines("prejudices", wrong);
    let (payments, wrong) = entry::payments(text("paiements"));
    lines("paiements", wrong);
    if rents.is_empty() && faults.is_empty() {
        // The rent of the dwelling, until the rents of the period are entered.
        let of = |field: &str| course.known.get("local", field);
        match of("loyer").and_then(Value::as_money) {
            Some(rent) => rents.push(RentText {
                from: written(of("date_bail").and_then(Value::as_date).or(Some(course.opened_on))),
                rent: plain(rent),
                charges: of("charges").and_then(Value::as_money).map(plain).unwrap_or_default(),
                ..RentText::default()
            }),
            None => faults.push(fault_at(
                "loyers",
                "loyer-manquant",
                "Le loyer n'est connu ni du volet « Indemnité » ni du volet « Local » : saisissez-le.",
                "CPCE art. R. 154-7",
            )),
        }
    }
    let beneficiary = match (text("beneficiaire"), course.social()) {
        ("", Some(true)) => "autre".to_owned(),
        ("", _) => {
            faults.push(fault_at(
                "beneficiaire",
                "beneficiaire-manquant",
                "Dites au volet « Indemnité » qui est le bénéficiaire : le taux de l'intérêt en dépend.",
                "CMF art. L. 313-2",
            ));
            String::new()
        }
        (code, _) => code.to_owned(),
    };
    let procedure = match procedure(course, law) {
        Ok(procedure) => procedure,
        Err(found) => {
            faults.push(found);
            ProcedureText::default()
        }
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut claim = ClaimText {
        as_of: as_of.to_string(),
        beneficiary,
        procedure,
        rents,
        losses,
        payments,
        prior_debt: amount("dette_anterieure").unwrap_or_default(),
        waste_tax: amount("teom")
            .map(|yearly| TaxText { yearly, within_charges: yes("teom_dans_charges") }),
        demand_on: written(course.last(Kind::DemandeIndemnite).map(|a| a.on)),
        court_on: written(course.last(Kind::RecoursContentieux).map(|a| a.on)),
        enforceable_on: written(
            course
                .last(Kind::DecisionContentieuse)
                .filter(|d| d.code("sens") == Some("condamnation"))
                .map(|a| a.on),
        ),
        capitalisation_on: written(day("capitalisation_le")),
        settings,
    };
    if let (kind @ ("vente" | "deces" | "renonciation"), Some(on)) =
        (text("fin_motif"), day("fin_le"))
    {
        claim.procedure.endings.entry(kind.to_owned()).or_default().push(on.to_string());
    }
    if let (Some(from), Some(to)) = (day("accord_du"), day("accord_au")) {
        claim.procedure.agreements.push(GraceText { on: from.to_string(), until: to.to_string() });
    }
    claim.procedure.late_excused = yes("retard_excuse");
    claim.procedure.not_all_bound = yes("occupants_non_vises");
    Ok(claim)
}

fn end(out: &mut ProcedureText, code: &str, on: Date) {
    out.endings.entry(code.to_owned()).or_default().push(on.to_string());
}

/// The procedure, act by act.
fn procedure(course: &Course<'_>, law: &Law) -> Result<ProcedureText, Fault> {
    let mut out = ProcedureText::default();
    for act in course.acts() {
        let on = act.on.to_string();
        match act.kind {
            Kind::Expulsion => end(&mut out, "expulsion", act.on),
            Kind::DepartConstate => end(&mut out, "depart", act.on),
            Kind::DecisionAppel if act.code("issue") == Some("infirme") => {
                end(&mut out, "reformation", act.on);
            }
            Kind::CfpRefuse if act.code("motif") == Some("prematuree") => out.premature.push(on),
            Kind::CfpRefuse => out.refusals.push(on),
            Kind::CfpAccorde => out.grants.push(DelayText {
                on,
                from: act.date("effet_le").map(|d| d.to_string()).unwrap_or_default(),
                not_seized: false,
            }),
            Kind::Jugement => {
                out.truce_set_aside = act.yes("treve_ecartee");
                let until = act.date("grace_jusqu_au").map(|d| d.to_string());
                out.graces.extend(until.map(|until| GraceText { on, until }));
            }
            Kind::DelaiGrace => {
                let until = act.date("fin").map(|d| d.to_string());
                out.graces.extend(until.map(|until| GraceText { on, until }));
            }
            Kind::Protocole => {
                let denounced = course.next_of(&[Kind::ProtocoleDenonce], act.no);
                out.protocols.push(ProtocolText {
                    signed_on: on,
                    denounced_on: denounced.map(|d| d.on.to_string()).unwrap_or_default(),
                });
            }
            _ => {}
        }
    }
    for request in course.acts().iter().filter(|a| a.kind == Kind::DemandeCfp) {
        let mut text = DelayText { on: request.on.to_string(), ..DelayText::default() };
        let order = course
            .acts()
            .iter()
            .rev()
            .find(|a| a.kind == Kind::CommandementQuitter && a.no < request.no);
        if let Some(order) = order {
            match quit_delay(course, order, law) {
                Ok(QuitDelay::Suspended) => text.not_seized = true,
                Ok(QuitDelay::None(end) | QuitDelay::Ends(end)) if end.due > request.on => {
                    text.from = end.due.to_string();
                }
                Ok(_) => {}
                Err(error) => {
                    return Err(fault("parametre-absent", &error.to_string(), "X-05"));
                }
            }
        }
        out.requests.push(text);
    }
    Ok(out)
}
