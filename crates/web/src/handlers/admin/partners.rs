//! The partners of the office: organisations whose agents file acts.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use huis_dossier::{Facts, Value};
use huis_register::{Choice, Field, FieldKind, Register};
use huis_usecases::UseError;

use super::{faults, shell, typed};
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::{FormContext, FormFaults, FormView, parse, plain},
    guard::CheckedForm,
    handlers::sign_in::refused,
    layout::{Place, Tone},
    pages::partners::{PartnerRow, Partners},
    routes,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route(routes::PARTNERS, get(list).post(add))
        .route(&format!("{}/{{code}}/fermer", routes::PARTNERS), post(close))
}

fn fields(register: &Register) -> Vec<Field> {
    let profiles = register.profiles.iter().filter(|p| p.partner);
    let choices = profiles.map(|p| Choice { code: p.id.clone(), label: p.label.clone() });
    let mut name = plain("nom", "Nom", FieldKind::Text { max: 120 }, true);
    name.help = Some("Celui de l’organisme, non d’une personne.".to_owned());
    vec![name, plain("profil", "Profil", FieldKind::Choice(choices.collect()), true)]
}

async fn show(app: &App, me: &Me, form: FormView) -> Result<Response, PageError> {
    let partners = app.huis.partners(&me.caller, &me.processing).await.map_err(fail)?;
    let zone = me.zone();
    let rows = partners.into_iter().map(|p| PartnerRow {
        close_action: p.closed.is_none().then(|| format!("{}/{}/fermer", routes::PARTNERS, p.code)),
        closed: p.closed.map(|at| fmt::date(at.date_in(&zone))),
        code: p.code,
        name: p.name,
        profile: p.profile_label,
    });
    Ok(page(&Partners {
        shell: shell(
            me,
            Place::Grants,
            Some(("Habilitations", routes::GRANTS)),
            "Partenaires",
            routes::PARTNERS,
        ),
        on: me.caller.partners_on,
        rows: rows.collect(),
        form: form.posts(routes::PARTNERS, "Ajouter"),
    }))
}

async fn list(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    let fields = fields(me.register()?);
    let form = FormView::from_facts(&fields, &Facts::new(), &FormContext::default());
    show(&app, &me, form).await
}

async fn add(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    if !me.can(huis_register::Power::Grant) {
        return Err(PageError::NotFound);
    }
    let fields = fields(me.register()?);
    let context = FormContext::default();
    let again = async |refusal: FormFaults| {
        let view = FormView::refused(&fields, &refusal, &context);
        Ok(refused(show(&app, &me, view).await?, None))
    };
    let facts = match parse(&fields, &form, &context) {
        Ok(facts) => facts,
        Err(refusal) => return again(refusal).await,
    };
    let text = |id: &str| facts.get(id).and_then(Value::as_str).unwrap_or_default();
    let done = app.huis.add_partner(&me.caller, &me.processing, text("nom"), text("profil")).await;
    match done {
        Ok(_) => Ok(flash(app.tls, routes::PARTNERS, Tone::Good, "flash.partner_added")),
        Err(UseError::Invalid(reasons)) => {
            let faults = faults(reasons, &fields);
            again(FormFaults { faults, typed: typed(&fields, &form, "") }).await
        }
        Err(error) => Err(fail(error)),
    }
}

async fn close(
    State(app): State<App>,
    me: Me,
    Path(code): Path<String>,
    _: CheckedForm,
) -> Result<Response, PageError> {
    app.huis.close_partner(&me.caller, &me.processing, &code).await.map_err(fail)?;
    Ok(flash(app.tls, routes::PARTNERS, Tone::Good, "flash.partner_closed"))
}
