//! The partners of a dossier: who is mandated for it, and so may file acts there.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use huis_dossier::Facts;
use huis_register::{Choice, Field, FieldKind};
use huis_usecases::{UseError, partners::Partner};

use super::{decide::lost, number, shell};
use crate::{
    app::{App, Me, fail, flash},
    errors::page,
    fmt,
    forms::{FieldFault, FormContext, FormFaults, FormView, plain},
    guard::CheckedForm,
    layout::Tone,
    pages::partners::{MandateRow, Mandates},
    routes,
};

const PARTNER: &str = "organisme";

fn field(others: &[Partner]) -> Field {
    let choice = |p: &Partner| Choice {
        code: p.code.clone(),
        label: format!("{} ({})", p.name, p.profile_label),
    };
    plain(PARTNER, "Organisme", FieldKind::Choice(others.iter().map(choice).collect()), true)
}

async fn page_of(app: &App, me: &Me, text: &str, wrong: bool) -> Result<Response, Response> {
    let number = number(text).map_err(lost)?;
    let register = me.register().map_err(lost)?;
    let found = app.huis.mandates(&me.caller, &me.processing, number).await;
    let (mandates, others) = found.map_err(|e| fail(e).into_response())?;
    let fields = [field(&others)];
    let form = if wrong {
        let message = "Choisissez un partenaire de la liste.".to_owned();
        let fault = FieldFault { field: Some(PARTNER.to_owned()), message, article: None };
        let refusal = FormFaults { faults: vec![fault], typed: [].into() };
        FormView::refused(&fields, &refusal, &FormContext::default())
    } else {
        FormView::from_facts(&fields, &Facts::new(), &FormContext::default())
    };
    let part = |part: &str| routes::dossier_part(number, part);
    let files = |profile: &str| -> String {
        let Some(profile) = register.profile(profile) else { return String::new() };
        let acts = register.acts.iter().filter(|a| profile.may_act(&a.id));
        acts.map(|a| a.label.clone()).collect::<Vec<_>>().join(" ; ")
    };
    let rows = mandates.into_iter().map(|m| MandateRow {
        end_action: part(&format!("partenaires/{}/retirer", m.partner.code)),
        files: fmt::french(&files(&m.partner.profile)),
        code: m.partner.code,
        name: m.partner.name,
        profile: m.partner.profile_label,
        since: fmt::date(m.since),
    });
    Ok(page(&Mandates {
        shell: shell(me, number, Some("Partenaires")),
        number: number.to_string(),
        back: routes::dossier(number),
        on: me.caller.partners_on,
        rows: rows.collect(),
        form: (!others.is_empty()).then(|| form.posts(part("partenaires"), "Désigner")),
    }))
}

pub(super) async fn show(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
) -> Result<Response, Response> {
    page_of(&app, &me, &text, false).await
}

pub(super) async fn name(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let number = number(&text).map_err(lost)?;
    let code = form.get(PARTNER).unwrap_or_default();
    match app.huis.mandate(&me.caller, &me.processing, number, code).await {
        Ok(()) => {
            let to = routes::dossier_part(number, "partenaires");
            Ok(flash(app.tls, &to, Tone::Good, "flash.mandate_given"))
        }
        Err(UseError::Invalid(_)) => page_of(&app, &me, &text, true).await,
        Err(error) => Err(fail(error).into_response()),
    }
}

pub(super) async fn end(
    State(app): State<App>,
    me: Me,
    Path((text, code)): Path<(String, String)>,
    _: CheckedForm,
) -> Result<Response, Response> {
    let number = number(&text).map_err(lost)?;
    let done = app.huis.end_mandate(&me.caller, &me.processing, number, &code).await;
    done.map_err(|e| fail(e).into_response())?;
    let to = routes::dossier_part(number, "partenaires");
    Ok(flash(app.tls, &to, Tone::Good, "flash.mandate_ended"))
}
