//! The lists of those who watch, as sheets: the retention plan, the grants, the traces.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use huis_documents::{Cell, Column, Kind, Sheet};
use huis_usecases::grants::GrantState;
use serde::Deserialize;

use super::{Format, Wanted, sheet};
use crate::{
    app::{App, Me, fail},
    errors::PageError,
    fmt,
    handlers::{admin::scope, oversight::traces},
};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/conservation/export", get(plan))
        .route("/habilitations/export", get(grants))
        .route("/traces/tableur", get(lines))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Until {
    /// ISO date, as the page's link has it.
    au: String,
    format: Format,
}

async fn plan(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<Until>,
) -> Result<Response, PageError> {
    let at = asked.au.parse().unwrap_or(me.caller.today).max(me.caller.today);
    let plan = app.huis.export_plan(&me.caller, &me.processing, at).await.map_err(fail)?;
    let register = me.register()?;
    let mut out = Sheet::new(
        "Conservation",
        [
            Column::new("Le", Kind::Date),
            Column::new("Dossier", Kind::Text),
            Column::new("Ensemble", Kind::Text),
            Column::new("Volets", Kind::Text),
            Column::new("Ce qui se passe", Kind::Text),
            Column::new("Source", Kind::Text),
        ],
    );
    for card in &plan.first {
        let unit = register.retentions.iter().find(|r| r.id == card.unit);
        let sections = unit.into_iter().flat_map(|u| &u.sections);
        let labels: Vec<&str> =
            sections.filter_map(|s| Some(register.section(s)?.label.as_str())).collect();
        let does = if card.step == "archive" { "passe en archive" } else { "clé détruite" };
        out.row([
            card.on.into(),
            card.number.to_string().into(),
            card.unit.as_str().into(),
            labels.join(", ").into(),
            does.into(),
            unit.map(|u| u.source.as_str()).into(),
        ]);
    }
    sheet(&me, &out, asked.format)
}

async fn grants(
    State(app): State<App>,
    me: Me,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let grants = app.huis.export_grants(&me.caller, &me.processing).await.map_err(fail)?;
    let places = app.huis.territory_names(&me.caller).await.map_err(fail)?;
    let mut out = Sheet::new(
        "Habilitations",
        [
            Column::new("Agent", Kind::Text),
            Column::new("Service", Kind::Text),
            Column::new("Profil", Kind::Text),
            Column::new("Périmètre", Kind::Text),
            Column::new("Du", Kind::Date),
            Column::new("Au", Kind::Date),
            Column::new("Donnée par", Kind::Text),
            Column::new("Le", Kind::Date),
            Column::new("Motif", Kind::Text),
            Column::new("Garant", Kind::Text),
            Column::new("État", Kind::Text),
            Column::new("Dernière revue", Kind::Date),
        ],
    );
    for grant in grants {
        let state = match &grant.state {
            GrantState::Coming => "à venir",
            GrantState::InForce => "en cours",
            GrantState::Expired => "à son terme",
            GrantState::Withdrawn { .. } => "retirée",
        };
        out.row([
            grant.agent_name.into(),
            grant.service.into(),
            grant.profile_label.into(),
            scope(&grant.territories, &places).into(),
            grant.from.into(),
            grant.until.into(),
            grant.giver.as_deref().unwrap_or("l’installation").into(),
            grant.given_at.date_in(&me.zone()).into(),
            grant.reason.into(),
            grant.sponsor.into(),
            state.into(),
            grant.reviewed_on.into(),
        ]);
    }
    sheet(&me, &out, wanted.format)
}

async fn lines(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<traces::Asked>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let query = asked.query()?;
    let found = app.huis.export_traces(&me.caller, &me.processing, &query).await.map_err(fail)?;
    let mut out = Sheet::new(
        "Traces",
        [
            Column::new("Quand", Kind::Text),
            Column::new("Qui", Kind::Text),
            Column::new("Service", Kind::Text),
            Column::new("Adresse", Kind::Text),
            Column::new("Finalité", Kind::Text),
            Column::new("Opération", Kind::Text),
            Column::new("Nombre de dossiers", Kind::Number),
            Column::new("Dossiers", Kind::Text),
            Column::new("Volets et champs", Kind::Text),
            Column::new("Issue", Kind::Text),
            Column::new("Précisions", Kind::Text),
            Column::new("Place au journal", Kind::Text),
        ],
    );
    for line in found.lines {
        let numbers: Vec<String> = line.dossiers.iter().map(ToString::to_string).collect();
        let sections =
            line.sections.iter().map(|(s, fields)| format!("{s} ({})", fields.join(", ")));
        let detail = line.detail.iter().map(|(k, v)| format!("{k}\u{a0}: {v}"));
        out.row([
            fmt::instant(line.place.at, &me.zone()).into(),
            line.who.into(),
            line.service.into(),
            line.address.into(),
            line.purpose.into(),
            line.operation.label().into(),
            Cell::Number(i64::try_from(line.count).unwrap_or(i64::MAX)),
            numbers.join(", ").into(),
            sections.collect::<Vec<_>>().join("\n").into(),
            line.outcome.into(),
            detail.collect::<Vec<_>>().join("\n").into(),
            format!("{} n° {}", line.place.log, line.place.index).into(),
        ]);
    }
    sheet(&me, &out, wanted.format)
}
