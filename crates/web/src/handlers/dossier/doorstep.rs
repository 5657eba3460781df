//! A profile that sees nothing of a dossier (partners, X-26; the officer, X-16) stays on the
//! doorstep: what it may deposit or decide there, and nothing read.

use axum::response::Response;
use huis_kernel::CaseNumber;
use huis_register::Power;

use super::{decide::french_reason, shell};
use crate::{
    app::{App, Me, fail},
    errors::PageError,
    fmt,
    pages::{
        Link,
        doorstep::{Deposit, Doorstep},
    },
    routes,
};

/// The page.
pub(super) async fn page(app: &App, me: &Me, number: CaseNumber) -> Result<Response, PageError> {
    let register = me.register()?;
    // A dossier that is out of reach answers as one that does not exist (I13).
    let files = me.profiles().any(|p| !p.acts.is_empty());
    let may = if files {
        app.huis.doorstep(&me.caller, &me.processing, number).await.map_err(fail)?
    } else {
        Vec::new()
    };
    let deposits = register
        .acts
        .iter()
        .filter(|act| may.contains(&act.id))
        .map(|act| Deposit {
            label: act.label.clone(),
            href: routes::act(number, &act.id),
            article: act.article.clone(),
        })
        .collect::<Vec<_>>();
    let mut tools = Vec::new();
    let mut holds = Vec::new();
    if me.can(Power::Hold) {
        let today = me.caller.today;
        let held = app.huis.holds(&me.caller, &me.processing, number).await.map_err(fail)?;
        for hold in held.iter().filter(|h| !h.lifted && h.until >= today) {
            let reason = french_reason(&huis_usecases::HOLD_GROUNDS, &hold.reason);
            let id: String = hold.hold.iter().map(|b| format!("{b:02x}")).collect();
            holds.push(Link::new(
                format!("{reason}, jusqu’au {}", fmt::date(hold.until)),
                routes::dossier_part(number, &format!("gel/{id}/lever")),
            ));
        }
        let form = routes::dossier_part(number, "gel");
        tools.push(Link::new("Suspendre l’effacement…", form));
    }
    if me.can(Power::Traces) {
        let traces = routes::dossier_part(number, "traces");
        tools.push(Link::new("Qui a consulté ce dossier\u{a0}?", traces));
    }
    if deposits.is_empty() && tools.is_empty() {
        return Err(PageError::NotFound);
    }
    let shell = shell(me, number, None);
    Ok(crate::errors::page(&Doorstep { shell, number: number.to_string(), deposits, holds, tools }))
}
