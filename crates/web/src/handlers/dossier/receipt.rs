//! The receipt of a deposit, for its depositor: number, kind and dates.

use axum::{
    extract::{Path, State},
    response::Response,
};

use super::number;
use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    layout::{Crumb, Place},
    pages::{Pair, partners::Receipt},
    routes,
};

/// The page.
pub(super) async fn show(
    State(app): State<App>,
    me: Me,
    Path((text, no)): Path<(String, u32)>,
) -> Result<Response, PageError> {
    let number = number(&text)?;
    let register = me.register()?;
    let deposit = app.huis.receipt_of(&me.caller, &me.processing, number, no).await;
    let deposit = deposit.map_err(fail)?;
    let kind = register.act(&deposit.kind).ok_or(PageError::NotFound)?;
    let mut facts = vec![
        Pair::new("Dossier", number.to_string()),
        Pair::new("Acte", format!("{} (n°\u{a0}{no})", kind.label)),
        Pair::new("Date de l’acte", fmt::date(deposit.on)),
        Pair::new("Déposé le", fmt::instant(deposit.recorded, &me.zone())),
        Pair::new("Par", format!("{}, {}", me.caller.agent.name, me.caller.agent.service)),
        Pair::new("Reçu par", me.caller.office.name.clone()),
    ];
    if let Some(other) = deposit.corrects {
        facts.push(Pair::new("Corrige", format!("l’acte n°\u{a0}{other}")));
    }
    let may = !deposit.voided && me.profiles().any(|p| p.may_act(&kind.id));
    let crumbs = vec![Crumb::link("Ma journée", routes::DAY), Crumb::here("Récépissé")];
    Ok(page(&Receipt {
        shell: me.shell(Some(Place::Day), crumbs),
        facts,
        voided: deposit.voided,
        correct_href: may.then(|| format!("{}?corrige={no}", routes::act(number, &kind.id))),
    }))
}
