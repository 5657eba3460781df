//! Giving a grant: to whom, which profile, where, until when, why.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use huis_dossier::{Facts, Value};
use huis_kernel::Date;
use huis_register::{Choice, Field, FieldKind, Power, Profile, Register, power_label};
use huis_usecases::{
    UseError,
    accounts::AccountState,
    grants::{AskedGrant, NewGrant},
    in_order,
};
use std::collections::{BTreeMap, BTreeSet};

use super::{faults, shell, typed};
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::{FieldFault, FormContext, FormData, FormFaults, FormView, parse, plain},
    guard::CheckedForm,
    handlers::sign_in::refused,
    layout::{Place, Tone},
    pages::grants::{GrantForm, ProfileHelp},
    routes,
};

/// The boxes of the perimeter, and the one that means all of it.
const SECTOR: &str = "_secteur";
const WHOLE: &str = "*";

pub fn routes() -> Router<App> {
    Router::new().route(routes::GIVE, get(open).post(give))
}

/// The profiles that may be given: partners only under their authorisation.
fn given<'r>(me: &Me, register: &'r Register) -> Vec<&'r Profile> {
    register.profiles.iter().filter(|p| !p.partner || me.caller.partners_on).collect()
}

async fn fields(app: &App, me: &Me) -> Result<Vec<Field>, PageError> {
    let register = me.register()?;
    let choices = |pairs: Vec<(String, String)>| {
        FieldKind::Choice(pairs.into_iter().map(|(code, label)| Choice { code, label }).collect())
    };
    let profiles = given(me, register);
    let vouched: Vec<String> = profiles
        .iter()
        .filter_map(|p| Some(format!("«\u{a0}{}\u{a0}» ({})", p.label, p.sponsor.as_ref()?)))
        .collect();
    let mut fields = vec![
        plain("agent", "Agent", choices(agents(app, me).await?), true),
        plain(
            "profil",
            "Profil",
            choices(profiles.iter().map(|p| (p.id.clone(), p.label.clone())).collect()),
            true,
        ),
        plain("du", "Du", FieldKind::Date, true),
        plain("au", "Au", FieldKind::Date, true),
        plain("motif", "Motif", FieldKind::Text { max: 500 }, true),
    ];
    if !vouched.is_empty() {
        fields.push(Field {
            help: Some(format!("À nommer pour le profil {}.", vouched.join(", "))),
            ..plain("garant", "Responsable qui habilite", FieldKind::Text { max: 120 }, false)
        });
    }
    Ok(fields)
}

/// Who may be given one: the accounts in use; for a giver who does not keep accounts, those who
/// already hold a grant.
async fn agents(app: &App, me: &Me) -> Result<Vec<(String, String)>, PageError> {
    let own = me.caller.actor.agent;
    let mut out = if me.can(Power::Accounts) {
        let all = app.huis.agents(&me.caller).await.map_err(fail)?;
        all.into_iter()
            .filter(|a| a.state == AccountState::Active && a.id != own)
            .map(|a| (a.id.to_string(), format!("{} ({})", a.name, a.service)))
            .collect::<Vec<_>>()
    } else {
        let all = app.huis.grants(&me.caller, &me.processing).await.map_err(fail)?;
        let mut seen = BTreeSet::new();
        all.into_iter()
            .filter(|g| g.agent != own && seen.insert(g.agent))
            .map(|g| (g.agent.to_string(), format!("{} ({})", g.agent_name, g.service)))
            .collect()
    };
    out.sort_by_cached_key(|(_, name)| in_order(name));
    Ok(out)
}

/// What each profile opens, in the register's words.
fn profile_help(register: &Register, profile: &Profile) -> ProfileHelp {
    let seen: Vec<String> = register
        .sections
        .iter()
        .filter_map(|section| {
            let fields: Vec<&str> = section
                .fields
                .iter()
                .filter(|f| profile.sees_field(&section.id, &f.id))
                .map(|f| f.label.as_str())
                .collect();
            match fields.len() {
                0 => None,
                n if n == section.fields.len() => Some(section.label.clone()),
                1..=3 => Some(format!("{} ({})", section.label, fields.join(", "))),
                n => Some(format!("{} ({n}\u{a0}champs)", section.label)),
            }
        })
        .collect();
    let mut parts = Vec::new();
    if !seen.is_empty() {
        parts.push(format!("Voit\u{a0}: {}.", seen.join(", ")));
    }
    match profile.acts.as_slice() {
        [] => {}
        [all] if all == "*" => parts.push("Enregistre tous les actes.".to_owned()),
        acts => {
            let n = acts.len();
            let s = if n > 1 { "s" } else { "" };
            parts.push(format!("Enregistre {n}\u{a0}type{s} d’acte."));
        }
    }
    if !profile.powers.is_empty() {
        let powers: Vec<&str> = profile.powers.iter().map(|p| power_label(*p)).collect();
        parts.push(fmt::french(&format!("Peut : {}.", powers.join(" ; "))));
    }
    if parts.is_empty() {
        parts.push("N’ouvre aucun dossier.".to_owned());
    }
    ProfileHelp {
        label: profile.label.clone(),
        opens: parts.join(" "),
        max_term: profile.max_term.to_string(),
    }
}

async fn open(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let fields = fields(&app, &me).await?;
    let mut facts = Facts::from([("du".to_owned(), Value::Date(me.caller.today))]);
    if let Some(agent) = asked.get("agent") {
        facts.insert("agent".to_owned(), Value::Choice(agent.clone()));
    }
    let form = FormView::from_facts(&fields, &facts, &FormContext::default());
    show(&app, &me, form, &[]).await
}

async fn show(
    app: &App,
    me: &Me,
    form: FormView,
    chosen: &[String],
) -> Result<Response, PageError> {
    let register = me.register()?;
    let units = app.huis.territories(&me.caller, &me.processing, Power::Grant).await;
    let answer = page(&GrantForm {
        shell: shell(
            me,
            Place::Grants,
            Some(("Habilitations", routes::GRANTS)),
            "Donner une habilitation",
            routes::GIVE,
        ),
        profiles: given(me, register).iter().map(|p| profile_help(register, p)).collect(),
        units: units
            .map_err(fail)?
            .into_iter()
            .map(|(code, name)| {
                let on = chosen.contains(&code);
                (code, name, on)
            })
            .collect(),
        whole: register.placed().then(|| chosen.iter().any(|c| c == WHOLE)),
        partners: partners(app, me, chosen).await?,
        form: form.posts(routes::GIVE, "Donner l’habilitation").cancels(routes::GRANTS),
    });
    Ok(answer)
}

/// The organisations that a partner's grant may have for perimeter.
async fn partners(
    app: &App,
    me: &Me,
    chosen: &[String],
) -> Result<Vec<(String, String, bool)>, PageError> {
    if !me.caller.partners_on {
        return Ok(Vec::new());
    }
    let all = app.huis.partners(&me.caller, &me.processing).await.map_err(fail)?;
    let open = all.into_iter().filter(|p| p.closed.is_none());
    let row = |p: huis_usecases::partners::Partner| {
        let on = chosen.contains(&p.code);
        (p.code, format!("{} ({})", p.name, p.profile_label), on)
    };
    Ok(open.map(row).collect())
}

async fn give(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let fields = fields(&app, &me).await?;
    let context = FormContext::default();
    let chosen: Vec<String> = form.all(SECTOR).map(str::to_owned).collect();
    let territories: Vec<String> = chosen.iter().filter(|c| *c != WHOLE).cloned().collect();
    let again = async |refusal: FormFaults| {
        let view = FormView::refused(&fields, &refusal, &context);
        Ok(refused(show(&app, &me, view, &chosen).await?, None))
    };
    let facts = match (parse(&fields, &form, &context), perimeter(&me, &chosen)) {
        (Ok(facts), None) => facts,
        (Ok(_), Some(fault)) => {
            let typed = typed(&fields, &form, "");
            return again(FormFaults { faults: vec![fault], typed }).await;
        }
        (Err(mut refusal), fault) => {
            refusal.faults.extend(fault);
            // What is missing does not hide what is wrong in the rest.
            let known = filled(&fields, &form, &territories);
            let reasons = app.huis.foresee_grant(&me.caller, &me.processing, &known).await;
            let more: Vec<FieldFault> = faults(reasons.map_err(fail)?, &fields);
            refusal.faults.extend(more);
            return again(refusal).await;
        }
    };
    let text = |id: &str| facts.get(id).and_then(Value::as_str).unwrap_or_default().to_owned();
    let date = |id: &str| match facts.get(id) {
        Some(Value::Date(date)) => *date,
        _ => Date::MIN,
    };
    let new = NewGrant {
        agent: text("agent").parse().map_err(|_| PageError::Unreadable)?,
        profile: text("profil"),
        territories: territories.clone(),
        from: date("du"),
        until: date("au"),
        reason: text("motif"),
        sponsor: Some(text("garant")).filter(|s| !s.trim().is_empty()),
    };
    match app.huis.give(&me.caller, &me.processing, &new).await {
        Ok(_) => Ok(flash(app.tls, routes::GRANTS, Tone::Good, "flash.grant_given")),
        Err(UseError::Invalid(reasons)) => {
            let typed = typed(&fields, &form, "");
            let faults: Vec<FieldFault> = faults(reasons, &fields);
            again(FormFaults { faults, typed }).await
        }
        Err(error) => Err(fail(error)),
    }
}

/// The widest grant is asked for, and never what a box forgotten gives.
fn perimeter(me: &Me, chosen: &[String]) -> Option<FieldFault> {
    let placed = me.register().is_ok_and(Register::placed);
    let message = match (chosen.iter().any(|c| c == WHOLE), chosen.len()) {
        (false, 0) if placed => {
            "Choisissez un secteur ou plusieurs, ou «\u{a0}Tout le territoire\u{a0}»."
        }
        (true, 2..) => "«\u{a0}Tout le territoire\u{a0}», ou des secteurs\u{a0}: pas les deux.",
        _ => return None,
    };
    Some(FieldFault { field: None, message: message.to_owned(), article: None })
}

/// What of the form can be read, field by field.
fn filled(fields: &[Field], form: &FormData, territories: &[String]) -> AskedGrant {
    let one = |id: &str| -> Option<Value> {
        let field = fields.iter().find(|f| f.id == id)?;
        let alone = FormData::from_pairs([(id, form.get(id)?)]);
        parse(std::slice::from_ref(field), &alone, &FormContext::default()).ok()?.remove(id)
    };
    let text = |id: &str| Some(one(id)?.as_str()?.to_owned());
    AskedGrant {
        agent: text("agent").and_then(|id| id.parse().ok()),
        profile: text("profil"),
        territories: territories.to_vec(),
        from: one("du").and_then(|v| v.as_date()),
        until: one("au").and_then(|v| v.as_date()),
        reason: text("motif"),
        sponsor: text("garant"),
    }
}
