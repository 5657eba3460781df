//! One occurrence of a section: withdrawn from the dossier, hidden from the other persons of it, or
//! shown again.

use axum::{
    extract::{Path, State},
    response::Response,
};
use huis_access::SectionView;
use huis_kernel::CaseNumber;
use huis_register::{Power, Section};
use huis_usecases::{Opened, Reading, SectionCommand, UseError};

use super::{
    context::{context, pairs, title},
    decide::{Decision, HIDE_REASONS, code, lost, reason},
    number, open,
    sheet::Group,
};
use crate::{
    app::{App, Me, flash},
    errors::PageError,
    forms::FormData,
    guard::CheckedForm,
    layout::Tone,
    pages::Pair,
    routes,
};

/// One occurrence of a section, opened.
struct Seen<'a> {
    number: CaseNumber,
    section: &'a Section,
    seen: SectionView,
    facts: Vec<Pair>,
    opened: Opened,
}

async fn seen<'a>(
    app: &App,
    me: &'a Me,
    (text, section, occurrence): &(String, String, u32),
) -> Result<Seen<'a>, Response> {
    let number = number(text).map_err(lost)?;
    let register = me.register().map_err(lost)?;
    let section = register.section(section).ok_or_else(|| lost(PageError::NotFound))?;
    let opened = open(app, me, number, Reading::Screen).await?;
    let found = opened.view.sections.iter();
    let mut found = found.filter(|s| s.section == section.id && s.occurrence == *occurrence);
    let found = found.next().cloned().ok_or_else(|| lost(PageError::NotFound))?;
    let context = context(me, register, Some(&opened));
    let facts = pairs(&section.fields, &found.facts, &context);
    Ok(Seen { number, section, seen: found, facts, opened })
}

fn removing<'a>(me: &'a Me, it: &Seen<'a>) -> Result<Decision<'a>, PageError> {
    if !(it.section.repeats && it.opened.may.writes.contains(&it.section.id)) {
        return Err(PageError::NotFound);
    }
    let form = routes::section(it.number, &it.section.id, it.seen.occurrence);
    Ok(Decision {
        me,
        number: it.number,
        title: format!("Retirer du dossier\u{a0}: {}", title(it.section, &it.seen)),
        warning: "Pour ce qui a été saisi par erreur\u{a0}: ces informations ne seront plus \
                  montrées ni cherchées. Pour corriger, préférez «\u{a0}Modifier\u{a0}».",
        facts: it.facts.clone(),
        group: Group::new("", Vec::new()),
        action: format!("{form}/retirer"),
        submit: "Retirer du dossier",
        hidden: vec![("_version", it.seen.version.to_string())],
    })
}

pub(super) async fn remove_form(
    State(app): State<App>,
    me: Me,
    Path(path): Path<(String, String, u32)>,
) -> Result<Response, Response> {
    let it = seen(&app, &me, &path).await?;
    Ok(removing(&me, &it).map_err(lost)?.show(&[]))
}

pub(super) async fn remove(
    State(app): State<App>,
    me: Me,
    Path(path): Path<(String, String, u32)>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let it = seen(&app, &me, &path).await?;
    let decision = removing(&me, &it).map_err(lost)?;
    let command = SectionCommand {
        section: it.section.id.clone(),
        occurrence: Some(it.seen.occurrence),
        base_version: version(&form).map_err(lost)?,
        facts: it.seen.facts.clone(),
        about: None,
        remove: true,
    };
    match app.huis.write_section(&me.caller, &me.processing, it.number, command).await {
        Ok(()) => {
            let to = format!("{}#volet-{}", routes::dossier(it.number), it.section.id);
            Ok(flash(app.tls, &to, Tone::Good, "flash.section_removed"))
        }
        Err(UseError::Conflict { .. }) => Err(moved(&decision)),
        Err(error) => Err(decision.refused(error)),
    }
}

/// Someone wrote it meanwhile: what it holds now is above the button.
fn moved(decision: &Decision<'_>) -> Response {
    decision.show(&[
        "Quelqu’un vient de modifier ce volet\u{a0}: relisez-le avant de décider.".to_owned()
    ])
}

fn version(form: &FormData) -> Result<u64, PageError> {
    form.get("_version").and_then(|v| v.parse().ok()).ok_or(PageError::Unreadable)
}

fn hiding<'a>(me: &'a Me, it: &Seen<'a>) -> Result<Decision<'a>, PageError> {
    let may = it.section.about.is_some()
        && !it.opened.card.archived
        && it.opened.may.powers.contains(&Power::Restrict);
    if !may {
        return Err(PageError::NotFound);
    }
    let hidden = it.seen.restricted.is_some();
    let name = title(it.section, &it.seen);
    let form = routes::section(it.number, &it.section.id, it.seen.occurrence);
    Ok(Decision {
        me,
        number: it.number,
        title: if hidden {
            format!("Ne plus masquer\u{a0}: {name}")
        } else {
            format!("Masquer\u{a0}: {name}")
        },
        warning: if hidden {
            "Ces informations seront à nouveau montrées à tous les profils qui voient ce volet, \
             et sur ce que reçoivent les autres personnes du dossier. Assurez-vous que la \
             personne n’est plus en danger."
        } else {
            "Ces informations ne seront plus montrées aux autres personnes du dossier, ni aux \
             profils qui ne peuvent pas masquer eux-mêmes (séparation, violences)."
        },
        facts: it.facts.clone(),
        group: Group::new(
            "",
            if hidden { Vec::new() } else { vec![reason("Motif", &HIDE_REASONS)] },
        ),
        action: format!("{form}/masquer"),
        submit: if hidden { "Ne plus masquer" } else { "Masquer" },
        hidden: vec![("_version", it.seen.version.to_string())],
    })
}

pub(super) async fn hide_form(
    State(app): State<App>,
    me: Me,
    Path(path): Path<(String, String, u32)>,
) -> Result<Response, Response> {
    let it = seen(&app, &me, &path).await?;
    Ok(hiding(&me, &it).map_err(lost)?.show(&[]))
}

pub(super) async fn hide(
    State(app): State<App>,
    me: Me,
    Path(path): Path<(String, String, u32)>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let it = seen(&app, &me, &path).await?;
    let mut decision = hiding(&me, &it).map_err(lost)?;
    let Some(facts) = decision.read(&form) else { return Ok(decision.show(&[])) };
    let reason = it.seen.restricted.is_none().then(|| code(&facts));
    let version = version(&form).map_err(lost)?;
    let (section, occurrence) = (&it.section.id, it.seen.occurrence);
    let (caller, processing) = (&me.caller, &me.processing);
    let done = app
        .huis
        .restrict_section(caller, processing, it.number, section, occurrence, version, reason)
        .await;
    match done {
        Ok(()) => {
            let to = format!("{}#volet-{section}", routes::dossier(it.number));
            let key = if reason.is_some() { "flash.section_hidden" } else { "flash.section_shown" };
            Ok(flash(app.tls, &to, Tone::Good, key))
        }
        Err(UseError::Conflict { .. }) => Err(moved(&decision)),
        Err(error) => Err(decision.refused(error)),
    }
}
