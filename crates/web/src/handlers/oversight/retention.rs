//! What will be archived and destroyed by a date, before it is; and the certificates of what was
//!

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use huis_dossier::{Facts, Value};
use huis_kernel::Date;
use huis_register::{FieldKind, Power, Register, start_event_label};
use huis_usecases::{
    PlanLine,
    oversight::{CertificateLine, PlannedCard},
};
use serde::Deserialize;

use super::{shell, supervise::counters, when};
use crate::handlers::exports::sheets;
use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    forms::{self, FieldFault, FieldView, FormContext, FormData, FormFaults, FormView, plain},
    layout::Place,
    pages::retention::{self, CertificateView, PlannedLine, Retention},
    routes,
};

/// Its page.
pub fn routes() -> Router<App> {
    Router::new().route(routes::RETENTION, get(plan))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Until when, as typed or as an ISO date.
    au: String,
}

async fn plan(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let (at, field) = date_asked(&asked.au, me.caller.today)?;
    let plan = app.huis.retention_plan(&me.caller, &me.processing, at).await.map_err(fail)?;
    let register = me.register()?;
    let mut shell = shell(&app, &me, Place::Retention, "Conservation").await?;
    shell.exports = sheets("/conservation/export", &format!("?au={at}"));
    Ok(page(&Retention {
        shell,
        on: fmt::date(at),
        today: at == me.caller.today,
        field,
        lines: plan.lines.into_iter().map(|l| line(register, l)).collect(),
        held: plan.held,
        waiting: plan.waiting,
        late: plan.late.into_iter().map(|p| planned(&me, p)).collect(),
        first: plan.first.into_iter().map(|p| planned(&me, p)).collect(),
        certificates: plan.certificates.into_iter().map(|c| certificate(&me, c)).collect(),
        counters: counters(&app, &me).await?,
    }))
}

/// The date of the address, today without one; and its input, with what is wrong in it.
pub(super) fn date_asked(typed: &str, today: Date) -> Result<(Date, FieldView), PageError> {
    let fields = [plain("au", "Voir le plan jusqu’au", FieldKind::Date, true)];
    let context = FormContext::default();
    let (at, form) = if typed.trim().is_empty() {
        let facts: Facts = [("au".to_owned(), Value::Date(today))].into();
        (today, FormView::from_facts(&fields, &facts, &context))
    } else {
        match forms::parse(&fields, &FormData::from_pairs([("au", typed)]), &context) {
            Ok(facts) => {
                let at = facts.get("au").and_then(Value::as_date).unwrap_or(today);
                if at >= today {
                    (at, FormView::from_facts(&fields, &facts, &context))
                } else {
                    // A plan speaks of what is to come: that of today is shown beside.
                    let past = FieldFault {
                        field: Some("au".to_owned()),
                        message: "Ce jour est passé\u{a0}: donnez aujourd’hui ou plus tard."
                            .to_owned(),
                        article: None,
                    };
                    let typed = [("au".to_owned(), typed.to_owned())].into();
                    let faults = FormFaults { faults: vec![past], typed };
                    (today, FormView::refused(&fields, &faults, &context))
                }
            }
            Err(faults) => (today, FormView::refused(&fields, &faults, &context)),
        }
    };
    let field = form.fields.into_iter().next().ok_or(PageError::Internal)?;
    Ok((at, field))
}

fn does(step: &str) -> &'static str {
    match step {
        "archive" => "passe en archive",
        "alert" => "attend",
        _ => "clé détruite",
    }
}

fn line(register: &Register, line: PlanLine) -> retention::PlanLine {
    let unit = register.retentions.iter().find(|r| r.id == line.unit);
    let rule = unit.map_or_else(String::new, |u| {
        let event = start_event_label(u.from);
        if line.step == "archive" {
            format!("dès {event}")
        } else {
            format!("{} après {event}", u.keep)
        }
    });
    let sections = unit.into_iter().flat_map(|u| &u.sections);
    let holds: Vec<&str> =
        sections.filter_map(|s| register.section(s)).map(|s| s.label.as_str()).collect();
    retention::PlanLine {
        rule,
        holds: holds.join(", "),
        source: unit.map_or_else(String::new, |u| u.source.clone()),
        ours: unit.is_some_and(|u| u.ours),
        does: does(&line.step).to_owned(),
        final_step: line.step == "destroy",
        count: fmt::count(line.count),
        unit: line.unit,
    }
}

fn planned(me: &Me, planned: PlannedCard) -> PlannedLine {
    PlannedLine {
        number: planned.number.to_string(),
        href: me.can(Power::Traces).then(|| routes::dossier_part(planned.number, "traces")),
        unit: planned.unit,
        does: does(&planned.step).to_owned(),
        on: fmt::date(planned.on),
    }
}

fn certificate(me: &Me, line: CertificateLine) -> CertificateView {
    if let Some(deposit) = &line.deposit {
        return CertificateView {
            at: when(me, line.at),
            text: format!(
                "{} dossier{} versé{} : {} (visa {})",
                fmt::count(deposit.dossiers),
                fmt::s(deposit.dossiers),
                fmt::s(deposit.dossiers),
                deposit.service,
                deposit.visa
            )
            .replace(" :", "\u{a0}:"),
            final_on: None,
            proof: line.proof,
        };
    }
    let text = line.certificate.as_ref().map_or_else(String::new, |c| {
        let units = c
            .destroyed
            .iter()
            .map(|(unit, n)| format!("{} clé{} «\u{a0}{unit}\u{a0}»", fmt::count(*n), fmt::s(*n)));
        let mut parts: Vec<String> = units.collect();
        parts.push(format!(
            "{} dossier{} dont il ne reste rien",
            fmt::count(c.gone),
            fmt::s(c.gone)
        ));
        parts.join(", ")
    });
    CertificateView {
        at: when(me, line.at),
        text,
        final_on: line.certificate.map(|c| fmt::date(c.key_backups_dead_on)),
        proof: line.proof,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_plan_is_of_today_or_later_and_a_wrong_date_says_so() {
        let today = date(2026, 3, 12);
        for (typed, at, fault) in [
            ("", today, false),
            ("2026-12-31", date(2026, 12, 31), false),
            ("31/12/2026", date(2026, 12, 31), false),
            ("2020-01-01", today, true),
            ("31/02/2026", today, true),
            ("bientôt", today, true),
        ] {
            let (found, field) = date_asked(typed, today).unwrap();
            assert_eq!((found, field.fault.is_some()), (at, fault), "{typed}");
        }
    }
}
