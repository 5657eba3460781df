//! The grants in force, and withdrawing one.

use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::{get, post},
};
use huis_kernel::GrantId;
use huis_register::Power;
use huis_usecases::{
    UseError,
    grants::{GrantLine, GrantState},
};
use std::collections::BTreeMap;

use super::{scope, shell};
use crate::handlers::exports::sheets;
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    guard::CheckedForm,
    handlers::sign_in::refused,
    layout::{Place, Tone},
    pages::{
        Filter,
        grants::{GrantRow, Grants, ReviewState},
    },
    routes,
    term::Chip,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route(routes::GRANTS, get(list))
        .route(&format!("{}/{{id}}/retirer", routes::GRANTS), post(withdraw))
}

/// Which grants.
const STATES: [(&str, &str); 4] = [
    ("", "En cours ou à venir"),
    ("bientot", "Finissent dans le mois"),
    ("passees", "Terminées ou retirées"),
    ("toutes", "Toutes"),
];

fn chosen(grant: &GrantLine, state: &str) -> bool {
    let live = matches!(grant.state, GrantState::InForce | GrantState::Coming);
    match state {
        "bientot" => grant.ends_soon,
        "passees" => !live,
        "toutes" => true,
        _ => live,
    }
}

/// What a row of a grant needs beside it.
pub(super) struct Around<'a> {
    /// The reader.
    pub me: &'a Me,
    /// Names of territories.
    pub places: BTreeMap<String, String>,
    /// Where the reader gives and withdraws; none when they may not.
    pub mine: Option<Vec<String>>,
}

impl<'a> Around<'a> {
    /// Reads it.
    pub async fn new(app: &App, me: &'a Me) -> Result<Self, PageError> {
        let register = me.register()?;
        Ok(Self {
            me,
            places: app.huis.territory_names(&me.caller).await.map_err(fail)?,
            mine: me.caller.power(register, Power::Grant).ok(),
        })
    }

    /// A grant as a row.
    pub fn row(&self, grant: &GrantLine) -> GrantRow {
        let (zone, today) = (self.me.zone(), self.me.caller.today);
        let giver = grant.giver.as_deref().unwrap_or("l’installation");
        let sponsor = grant.sponsor.as_ref().map(|s| format!(" ({s})")).unwrap_or_default();
        let live = matches!(grant.state, GrantState::InForce | GrantState::Coming);
        let within = |mine: &Vec<String>| {
            mine.is_empty()
                || (!grant.territories.is_empty()
                    && grant.territories.iter().all(|t| mine.contains(t)))
        };
        let own = grant.agent == self.me.caller.actor.agent;
        let may = live && !own && self.mine.as_ref().is_some_and(within);
        GrantRow {
            id: format!("habilitation-{}", grant.id),
            agent: grant.agent_name.clone(),
            service: grant.service.clone(),
            profile: grant.profile_label.clone(),
            perimeter: scope(&grant.territories, &self.places),
            given: format!(
                "le {} par {giver}\u{a0}: {}{sponsor}",
                fmt::date(grant.given_at.date_in(&zone)),
                grant.reason
            ),
            ends: match grant.state {
                GrantState::Coming => {
                    format!("du {} au {}", fmt::date(grant.from), fmt::date(grant.until))
                }
                _ => fmt::date(grant.until),
            },
            chip: Chip::until(grant.until, today),
            closed: match &grant.state {
                GrantState::Withdrawn { at, reason } => {
                    let on = fmt::date(at.date_in(&zone));
                    Some(format!("Retirée le {on}\u{a0}: {reason}"))
                }
                GrantState::Expired => Some("Arrivée à son terme".to_owned()),
                GrantState::InForce | GrantState::Coming => None,
            },
            withdraw_action: may.then(|| format!("{}/{}/retirer", routes::GRANTS, grant.id)),
            refused: None,
        }
    }
}

type Asked = BTreeMap<String, String>;

async fn list(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    show(&app, &me, &asked, None).await
}

/// A withdrawal that was refused: of which grant, what was typed, why.
type Refused = (GrantId, String, String);

async fn show(
    app: &App,
    me: &Me,
    asked: &Asked,
    refusal: Option<Refused>,
) -> Result<Response, PageError> {
    let register = me.register()?;
    let state = asked.get("etat").map_or("", String::as_str);
    let profile = asked.get("profil").map_or("", String::as_str);
    let grants = app.huis.grants(&me.caller, &me.processing).await.map_err(fail)?;
    let around = Around::new(app, me).await?;
    let rows = grants
        .iter()
        .filter(|g| chosen(g, state) && (profile.is_empty() || g.profile == profile))
        .map(|g| {
            let mut row = around.row(g);
            row.refused = refusal
                .as_ref()
                .filter(|(id, ..)| *id == g.id)
                .map(|(_, typed, why)| (typed.clone(), why.clone()));
            row
        })
        .collect();
    let states = STATES.iter().map(|(c, l)| ((*c).to_owned(), (*l).to_owned(), *c == state));
    let profiles = register
        .profiles
        .iter()
        .filter(|p| grants.iter().any(|g| g.profile == p.id))
        .map(|p| (p.id.clone(), p.label.clone(), p.id == profile));
    let any = (String::new(), "Tous les profils".to_owned(), profile.is_empty());
    let filter = |name: &str, label: &str, options| Filter {
        name: name.to_owned(),
        label: label.to_owned(),
        options,
    };
    let mut shell = shell(me, Place::Grants, None, "Habilitations", routes::GRANTS);
    shell.exports = sheets("/habilitations/export", "");
    let answer = page(&Grants {
        shell,
        filters: vec![
            filter("etat", "État", states.collect()),
            filter("profil", "Profil", std::iter::once(any).chain(profiles).collect()),
        ],
        rows,
        can_give: around.mine.is_some(),
        review: review(app, me).await?,
    });
    Ok(if refusal.is_some() { refused(answer, None) } else { answer })
}

/// Where the review stands, for whoever leads it.
async fn review(app: &App, me: &Me) -> Result<Option<ReviewState>, PageError> {
    if !me.can(Power::Review) {
        return Ok(None);
    }
    let state = app.huis.review(&me.caller, &me.processing).await.map_err(fail)?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Some(ReviewState {
        last: state.last.map(fmt::date),
        due: Some(Chip::of(state.due, me.caller.today)),
        progress: state.open.map(|_| (count(state.decided), count(state.total))),
    }))
}

async fn withdraw(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let id: GrantId = id.parse().map_err(|_| PageError::NotFound)?;
    let reason = form.get("motif").unwrap_or_default();
    match app.huis.withdraw(&me.caller, &me.processing, id, reason).await {
        Ok(()) => Ok(flash(app.tls, routes::GRANTS, Tone::Good, "flash.grant_withdrawn")),
        Err(UseError::Invalid(why)) => {
            let refusal = Some((id, reason.to_owned(), why.join(" ")));
            show(&app, &me, &Asked::new(), refusal).await
        }
        Err(error) => Err(fail(error)),
    }
}
