//! The register: what it commands, what each version changed, its entry of article 30.

use axum::{Router, extract::State, response::Response, routing::get};
use huis_register::{Change, ChangeKind, Erasure};
use huis_usecases::oversight::RegisterVersion;

use super::{shell, when};
use crate::handlers::exports::sheets;
use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    layout::{Crumb, Place},
    pages::{
        Pair,
        register::{Article30, ChangeLine, RegisterPage, Version},
    },
    routes,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(routes::REGISTER, get(register)).route("/registre/article-30", get(entry))
}

async fn register(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    let entry = app.huis.register_page(&me.caller, &me.processing).await.map_err(fail)?;
    let shell = shell(&app, &me, Place::Register, "Registre").await?;
    let versions = entry.versions.into_iter().map(|v| version(&me, v)).collect();
    Ok(page(&RegisterPage::new(shell, me.register()?.clone(), versions)))
}

async fn entry(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    let entry = app.huis.register_page(&me.caller, &me.processing).await.map_err(fail)?;
    let mut shell = shell(&app, &me, Place::Register, "Registre").await?;
    shell.crumbs = vec![
        Crumb::link("Ma journée", routes::DAY),
        Crumb::link("Registre", routes::REGISTER),
        Crumb::here("Fiche de l’article 30"),
    ];
    shell.exports = sheets("/registre/article-30/export", "");
    if app.huis.has_press() {
        shell.exports.insert(0, ("Fiche à signer (PDF)", "/registre/article-30.pdf".to_owned()));
    }
    let parts = entry.article30.into_iter().map(|(heading, rows)| {
        (heading, rows.into_iter().map(|(what, says)| Pair::new(what, lines(&says))).collect())
    });
    Ok(page(&Article30 {
        shell,
        name: me.register()?.name.clone(),
        controller: me.caller.office.name.clone(),
        desk: me.caller.office.rights_desk.clone(),
        on: fmt::date(me.caller.today),
        parts: parts.collect(),
    }))
}

/// A long enumeration, one item a line.
fn lines(says: &str) -> String {
    const SEPARATOR: &str = "\u{a0}; ";
    if says.matches(SEPARATOR).count() < 3 {
        return says.to_owned();
    }
    says.replace(SEPARATOR, "\n")
}

fn version(me: &Me, version: RegisterVersion) -> Version {
    Version {
        digest: version.digest,
        in_force: fmt::date(version.in_force),
        recorded: when(me, version.recorded_at),
        alone: version.changes.is_none(),
        changes: version.changes.unwrap_or_default().into_iter().map(change).collect(),
    }
}

fn change(change: Change) -> ChangeLine {
    ChangeLine {
        kind: match change.kind {
            ChangeKind::Loosens => "élargit",
            ChangeKind::Tightens => "restreint",
            ChangeKind::Neutral => "neutre",
        },
        loosens: change.kind == ChangeKind::Loosens,
        text: change.text,
        erasure: match change.affects {
            Erasure::Earlier => "Des données seront effacées plus tôt.",
            Erasure::Later => "Des données seront effacées plus tard.",
            Erasure::Either => "L’effacement change de date.",
            Erasure::None => "",
        },
    }
}
