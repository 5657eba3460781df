//! The risks reviewed on a date, the procedure of grants approved on record.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use huis_dossier::{Facts, Value};
use huis_kernel::Date;
use huis_register::{Field, FieldKind};
use huis_usecases::{UseError, oversight::RiskReview};

use super::{shell, when};
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::{FieldFault, FormContext, FormData, FormFaults, FormView, parse, plain},
    guard::CheckedForm,
    handlers::{procedure::view, sign_in::refused},
    layout::{Place, Tone},
    pages::{
        Remark,
        security::{ReviewView, Security},
    },
    routes,
};

/// Its pages.
pub fn routes() -> Router<App> {
    let at = |part: &str| format!("{}/{part}", routes::SECURITY);
    Router::new()
        .route(routes::SECURITY, get(open))
        .route(&at("revues"), post(review))
        .route(&at("procedure"), post(procedure))
}

/// What is overdue or missing, for the pages of those who watch over it.
pub(super) async fn due(app: &App, me: &Me) -> Result<Vec<Remark>, PageError> {
    let due = app.huis.security_due(&me.caller.office).await.map_err(fail)?;
    Ok(due
        .into_iter()
        .map(|d| Remark { tone: Tone::Warning, text: d.words(), article: "X-29".to_owned() })
        .collect())
}

fn review_fields() -> Vec<Field> {
    vec![
        plain("tenue_le", "Revue tenue le", FieldKind::Date, true),
        plain("prochaine_le", "Prochaine revue au plus tard le", FieldKind::Date, true),
        plain("compte_rendu", "Constats et décisions", FieldKind::LongText { max: 4_000 }, true),
    ]
}

fn procedure_fields() -> Vec<Field> {
    vec![
        plain("approuvee_le", "Approuvée le", FieldKind::Date, true),
        plain("approuvee_par", "Approuvée par", FieldKind::Text { max: 200 }, true),
        plain("texte", "Texte de la procédure", FieldKind::LongText { max: 20_000 }, true),
    ]
}

async fn open(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    show(&app, &me, None, None).await
}

async fn show(
    app: &App,
    me: &Me,
    review: Option<FormFaults>,
    procedure: Option<FormFaults>,
) -> Result<Response, PageError> {
    let seen = app.huis.security(&me.caller, &me.processing).await.map_err(fail)?;
    let wrong = review.is_some() || procedure.is_some();
    let context = FormContext::default();
    let form = |fields: &[Field], faults: Option<FormFaults>, facts: &Facts| match faults {
        Some(faults) => FormView::refused(fields, &faults, &context),
        None => FormView::from_facts(fields, facts, &context),
    };
    let today = me.caller.today;
    let mut facts = Facts::from([("tenue_le".to_owned(), Value::Date(today))]);
    if let Some(latest) = seen.latest {
        facts.insert("prochaine_le".to_owned(), Value::Date(latest));
    }
    let at = |part: &str| format!("{}/{part}", routes::SECURITY);
    let answer = page(&Security {
        shell: shell(app, me, Place::Security, "Sécurité").await?,
        remarks: due(app, me).await?,
        reviews: seen.reviews.into_iter().map(|r| told(me, r)).collect(),
        procedures: seen.procedures.into_iter().map(view).collect(),
        review: form(&review_fields(), review, &facts).posts(at("revues"), "Enregistrer la revue"),
        procedure: form(&procedure_fields(), procedure, &Facts::new())
            .posts(at("procedure"), "Enregistrer cette version"),
    });
    Ok(if wrong { refused(answer, None) } else { answer })
}

fn told(me: &Me, review: RiskReview) -> ReviewView {
    ReviewView {
        held: fmt::date(review.held_on),
        next: fmt::date(review.next_on),
        by: format!("Enregistrée par {} le {}.", review.by, when(me, review.recorded_at)),
        summary: review.summary,
    }
}

/// Faults of the whole, with what was typed.
fn whole(fields: &[Field], form: &FormData, reasons: Vec<String>) -> FormFaults {
    let typed = |f: &Field| (f.id.clone(), form.get(&f.id).unwrap_or_default().to_owned());
    let fault = |message| FieldFault { field: None, message, article: None };
    FormFaults {
        typed: fields.iter().map(typed).collect(),
        faults: reasons.into_iter().map(fault).collect(),
    }
}

fn date(facts: &Facts, id: &str) -> Date {
    facts.get(id).and_then(Value::as_date).unwrap_or(Date::MIN)
}

fn text<'a>(facts: &'a Facts, id: &str) -> &'a str {
    facts.get(id).and_then(Value::as_str).unwrap_or_default()
}

async fn review(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let fields = review_fields();
    let facts = match parse(&fields, &form, &FormContext::default()) {
        Ok(facts) => facts,
        Err(faults) => return show(&app, &me, Some(faults), None).await,
    };
    let (held, next) = (date(&facts, "tenue_le"), date(&facts, "prochaine_le"));
    let (caller, processing) = (&me.caller, &me.processing);
    let summary = text(&facts, "compte_rendu");
    match app.huis.record_risk_review(caller, processing, held, next, summary).await {
        Ok(()) => Ok(flash(app.tls, routes::SECURITY, Tone::Good, "flash.risks_reviewed")),
        Err(UseError::Invalid(reasons)) => {
            show(&app, &me, Some(whole(&fields, &form, reasons)), None).await
        }
        Err(error) => Err(fail(error)),
    }
}

async fn procedure(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let fields = procedure_fields();
    let facts = match parse(&fields, &form, &FormContext::default()) {
        Ok(facts) => facts,
        Err(faults) => return show(&app, &me, None, Some(faults)).await,
    };
    let (caller, processing) = (&me.caller, &me.processing);
    let (on, by, body) =
        (date(&facts, "approuvee_le"), text(&facts, "approuvee_par"), text(&facts, "texte"));
    match app.huis.record_procedure(caller, processing, on, by, body).await {
        Ok(()) => Ok(flash(app.tls, routes::SECURITY, Tone::Good, "flash.procedure_saved")),
        Err(UseError::Invalid(reasons)) => {
            show(&app, &me, None, Some(whole(&fields, &form, reasons))).await
        }
        Err(error) => Err(fail(error)),
    }
}
