//! Voiding an act recorded on the wrong dossier.

use axum::{
    extract::{Path, State},
    response::Response,
};
use huis_register::Power;
use huis_usecases::Reading;

use super::{
    context::{context, pairs},
    decide::{Decision, VOID_REASONS, code, lost, reason},
    number, open,
    sheet::Group,
    view::act_label,
};
use crate::{
    app::{App, Me, flash},
    errors::PageError,
    fmt,
    guard::CheckedForm,
    layout::Tone,
    pages::Pair,
    routes,
};

async fn voiding<'a>(app: &App, me: &'a Me, text: &str, no: u32) -> Result<Decision<'a>, Response> {
    let number = number(text).map_err(lost)?;
    let register = me.register().map_err(lost)?;
    let opened = open(app, me, number, Reading::Screen).await?;
    let act = opened.view.acts.iter().find(|a| a.no == no && a.voided.is_none());
    let act = act.filter(|_| opened.may.powers.contains(&Power::Void));
    let act = act.ok_or_else(|| lost(PageError::NotFound))?;
    let context = context(me, register, Some(&opened));
    let mut facts = vec![
        Pair::new("Acte", format!("{} (n°\u{a0}{no})", act_label(register, &act.kind))),
        Pair::new("Date", fmt::date(act.on)),
    ];
    if let Some((kind, held)) = register.act(&act.kind).zip(act.facts.as_ref()) {
        facts.extend(pairs(super::view::shown(kind), held, &context));
    }
    Ok(Decision {
        me,
        number,
        title: format!("Annuler l’acte n°\u{a0}{no}"),
        warning: "Le contenu de l’acte sera détruit pour toujours, sauvegardes comprises. Sa \
                  nature, sa date et le motif restent dans la chronologie. Pour une simple erreur, \
                  préférez «\u{a0}Corriger\u{a0}».",
        facts,
        group: Group::new("", vec![reason("Motif de l’annulation", &VOID_REASONS)]),
        action: routes::dossier_part(number, &format!("annuler/{no}")),
        submit: "Annuler l’acte et détruire son contenu",
        hidden: Vec::new(),
    })
}

pub(super) async fn form(
    State(app): State<App>,
    me: Me,
    Path((text, no)): Path<(String, u32)>,
) -> Result<Response, Response> {
    Ok(voiding(&app, &me, &text, no).await?.show(&[]))
}

pub(super) async fn send(
    State(app): State<App>,
    me: Me,
    Path((text, no)): Path<(String, u32)>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let mut decision = voiding(&app, &me, &text, no).await?;
    let Some(facts) = decision.read(&form) else { return Ok(decision.show(&[])) };
    let done =
        app.huis.void_act(&me.caller, &me.processing, decision.number, no, code(&facts)).await;
    match done {
        Ok(()) => {
            let to = format!("{}#acte-{no}", routes::dossier(decision.number));
            Ok(flash(app.tls, &to, Tone::Good, "flash.act_voided"))
        }
        Err(error) => Err(decision.refused(error)),
    }
}
