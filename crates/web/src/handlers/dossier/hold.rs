//! Holding an erasure, and letting it go on.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use huis_register::{FieldKind, Power};
use huis_usecases::{HOLD_GROUNDS, HoldCommand};

use super::{
    decide::{Decision, code, french_reason, lost, reason},
    number,
    sheet::Group,
};
use crate::{
    app::{App, Me, fail, flash},
    errors::PageError,
    fmt,
    forms::plain,
    guard::CheckedForm,
    layout::Tone,
    pages::Pair,
    routes,
};

fn holding<'a>(me: &'a Me, text: &str) -> Result<Decision<'a>, PageError> {
    let number = number(text)?;
    if !me.can(Power::Hold) {
        return Err(PageError::NotFound);
    }
    let mut until = plain("fin", "Jusqu’au", FieldKind::Date, true);
    until.help = Some("Une suspension a toujours une fin. Par exemple 31/12/2026.".to_owned());
    Ok(Decision {
        me,
        number,
        title: "Suspendre l’effacement".to_owned(),
        warning: "Le dossier sera gardé au-delà de son terme, en archive, jusqu’à la date donnée \
                  et pour ce motif seulement.",
        facts: Vec::new(),
        group: Group::new("", vec![reason("Motif", &HOLD_GROUNDS), until]),
        action: routes::dossier_part(number, "gel"),
        submit: "Suspendre l’effacement",
        hidden: Vec::new(),
    })
}

/// I13: no form for a dossier that one may not know of.
async fn known(app: &App, decision: &Decision<'_>) -> Result<(), Response> {
    let me = decision.me;
    let holds = app.huis.holds(&me.caller, &me.processing, decision.number).await;
    holds.map(drop).map_err(|e| fail(e).into_response())
}

pub(super) async fn form(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
) -> Result<Response, Response> {
    let decision = holding(&me, &text).map_err(lost)?;
    known(&app, &decision).await?;
    Ok(decision.show(&[]))
}

pub(super) async fn send(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let mut decision = holding(&me, &text).map_err(lost)?;
    known(&app, &decision).await?;
    let Some(facts) = decision.read(&form) else { return Ok(decision.show(&[])) };
    let until = facts.get("fin").and_then(|v| v.as_date()).unwrap_or(me.caller.today);
    let command = HoldCommand { reason: code(&facts).to_owned(), until };
    match app.huis.place_hold(&me.caller, &me.processing, decision.number, command).await {
        Ok(()) => {
            let to = routes::dossier(decision.number);
            Ok(flash(app.tls, &to, Tone::Good, "flash.hold_placed"))
        }
        Err(error) => Err(decision.refused(error)),
    }
}

async fn lifting<'a>(
    app: &App,
    me: &'a Me,
    (text, id): &(String, String),
) -> Result<(Decision<'a>, [u8; 16]), Response> {
    let number = number(text).map_err(lost)?;
    let holds = app.huis.holds(&me.caller, &me.processing, number).await;
    let holds = holds.map_err(|e| fail(e).into_response())?;
    let bytes = u128::from_str_radix(id, 16).map_err(|_| lost(PageError::NotFound))?.to_be_bytes();
    let hold = holds.into_iter().find(|h| h.hold == bytes && !h.lifted);
    let hold = hold.ok_or_else(|| lost(PageError::NotFound))?;
    let decision = Decision {
        me,
        number,
        title: "Lever la suspension".to_owned(),
        warning: "Le dossier reprend son cours\u{a0}: si son terme est passé, il sera effacé au \
                  prochain passage.",
        facts: vec![
            Pair::new("Motif", french_reason(&HOLD_GROUNDS, &hold.reason)),
            Pair::new("Depuis le", fmt::date(hold.from)),
            Pair::new("Jusqu’au", fmt::date(hold.until)),
        ],
        group: Group::new("", Vec::new()),
        action: routes::dossier_part(number, &format!("gel/{id}/lever")),
        submit: "Lever la suspension",
        hidden: Vec::new(),
    };
    Ok((decision, bytes))
}

pub(super) async fn lift_form(
    State(app): State<App>,
    me: Me,
    Path(path): Path<(String, String)>,
) -> Result<Response, Response> {
    Ok(lifting(&app, &me, &path).await?.0.show(&[]))
}

pub(super) async fn lift(
    State(app): State<App>,
    me: Me,
    Path(path): Path<(String, String)>,
    _: CheckedForm,
) -> Result<Response, Response> {
    let (decision, hold) = lifting(&app, &me, &path).await?;
    match app.huis.lift_hold(&me.caller, &me.processing, decision.number, hold).await {
        Ok(()) => {
            let to = routes::dossier(decision.number);
            Ok(flash(app.tls, &to, Tone::Good, "flash.hold_lifted"))
        }
        Err(error) => Err(decision.refused(error)),
    }
}
