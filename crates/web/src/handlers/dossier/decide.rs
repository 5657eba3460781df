//! Decisions that cannot be taken by a slip: voiding an act, withdrawing or hiding a section,
//! holding an erasure. Each has its page that says what will happen and asks for a reason.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use huis_access::SectionView;
use huis_dossier::Facts;
use huis_kernel::CaseNumber;
use huis_register::{Choice, Field, FieldKind, Power, Section};
use huis_usecases::{HOLD_GROUNDS, HoldCommand, Opened, Reading, SectionCommand, UseError};

use super::{
    context::{context, pairs, title},
    number, open,
    sheet::{Group, together},
    shell,
    view::act_label,
};
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::{FormContext, FormData, plain},
    guard::CheckedForm,
    layout::Tone,
    pages::{Pair, decide::Decide},
    routes,
};

/// Why an act is voided.
pub(super) const VOID_REASONS: [(&str, &str); 3] = [
    ("autre-dossier", "Inscrit au mauvais dossier"),
    ("doublon", "Inscrit deux fois"),
    ("erreur-de-saisie", "Erreur de saisie"),
];

/// Why a section is hidden.
pub(super) const HIDE_REASONS: [(&str, &str); 3] = [
    ("violences", "Violences"),
    ("separation", "Séparation"),
    ("securite", "Sécurité de la personne"),
];

/// What a reason is called.
pub(super) fn french_reason(reasons: &[(&str, &str)], code: &str) -> String {
    reasons.iter().find(|(c, _)| *c == code).map_or(code, |(_, label)| label).to_owned()
}

fn reason(label: &str, reasons: &[(&str, &str)]) -> Field {
    let choices = reasons
        .iter()
        .map(|(code, label)| Choice { code: (*code).to_owned(), label: (*label).to_owned() })
        .collect();
    plain("motif", label, FieldKind::Choice(choices), true)
}

/// One decision, as its page shows it.
struct Decision<'a> {
    me: &'a Me,
    number: CaseNumber,
    title: String,
    warning: &'a str,
    facts: Vec<Pair>,
    group: Group,
    action: String,
    submit: &'a str,
    hidden: Vec<(&'a str, String)>,
}

impl Decision<'_> {
    fn show(&self, whole: &[String]) -> Response {
        let context = FormContext::default();
        let mut form = together(std::slice::from_ref(&self.group), whole, &context)
            .posts(self.action.clone(), self.submit)
            .cancels(routes::dossier(self.number));
        for (name, value) in &self.hidden {
            form = form.hides(name, value.clone());
        }
        page(&Decide {
            shell: shell(self.me, self.number, Some(&self.title)),
            title: self.title.clone(),
            number: self.number.to_string(),
            warning: self.warning.to_owned(),
            facts: self.facts.clone(),
            form,
        })
    }

    /// What was typed, or the page again with its faults.
    fn read(&mut self, form: &FormData) -> Result<Facts, Response> {
        match self.group.read(form, &FormContext::default()) {
            Some(facts) => Ok(facts),
            None => Err(self.show(&[])),
        }
    }

    /// The page again when it can be mended, an error page otherwise.
    fn refused(&self, error: UseError) -> Response {
        match error {
            UseError::Invalid(faults) => self.show(&faults),
            UseError::Faults(faults) => {
                let texts: Vec<String> = faults.into_iter().map(|f| f.message).collect();
                self.show(&texts)
            }
            error => fail(error).into_response(),
        }
    }
}

fn code(facts: &Facts) -> &str {
    facts.get("motif").and_then(|v| v.as_str()).unwrap_or_default()
}

fn lost(error: PageError) -> Response {
    error.into_response()
}

// --- Voiding an act ------------------------------------------------------------------------------

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
        facts.extend(pairs(&kind.fields, held, &context));
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

pub(super) async fn void_form(
    State(app): State<App>,
    me: Me,
    Path((text, no)): Path<(String, u32)>,
) -> Result<Response, Response> {
    Ok(voiding(&app, &me, &text, no).await?.show(&[]))
}

pub(super) async fn void(
    State(app): State<App>,
    me: Me,
    Path((text, no)): Path<(String, u32)>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let mut decision = voiding(&app, &me, &text, no).await?;
    let facts = decision.read(&form)?;
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

// --- A section: withdrawn, hidden, shown again ---------------------------------------------------

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
    let found = found.filter(|s| s.section == section.id && s.occurrence == *occurrence);
    let found = found.cloned().next().ok_or_else(|| lost(PageError::NotFound))?;
    let context = context(me, register, Some(&opened));
    let facts = pairs(&section.fields, &found.facts, &context);
    Ok(Seen { number, section, seen: found, facts, opened })
}

fn removing<'a>(me: &'a Me, it: &Seen<'a>) -> Result<Decision<'a>, Response> {
    if !(it.section.repeats && it.opened.may.writes.contains(&it.section.id)) {
        return Err(lost(PageError::NotFound));
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
    Ok(removing(&me, &it)?.show(&[]))
}

pub(super) async fn remove(
    State(app): State<App>,
    me: Me,
    Path(path): Path<(String, String, u32)>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let it = seen(&app, &me, &path).await?;
    let decision = removing(&me, &it)?;
    let command = SectionCommand {
        section: it.section.id.clone(),
        occurrence: Some(it.seen.occurrence),
        base_version: version(&form)?,
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

fn version(form: &FormData) -> Result<u64, Response> {
    let sent = form.get("_version").and_then(|v| v.parse().ok());
    sent.ok_or_else(|| lost(PageError::Unreadable))
}

fn hiding<'a>(me: &'a Me, it: &Seen<'a>) -> Result<Decision<'a>, Response> {
    let may = it.section.about.is_some()
        && !it.opened.card.archived
        && it.opened.may.powers.contains(&Power::Restrict);
    if !may {
        return Err(lost(PageError::NotFound));
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
    Ok(hiding(&me, &it)?.show(&[]))
}

pub(super) async fn hide(
    State(app): State<App>,
    me: Me,
    Path(path): Path<(String, String, u32)>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let it = seen(&app, &me, &path).await?;
    let mut decision = hiding(&me, &it)?;
    let facts = decision.read(&form)?;
    let reason = it.seen.restricted.is_none().then(|| code(&facts));
    let version = version(&form)?;
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

// --- Holding an erasure --------------------------------------------------------------------------

fn holding<'a>(me: &'a Me, text: &str) -> Result<Decision<'a>, Response> {
    let number = number(text).map_err(lost)?;
    if !me.can(Power::Hold) {
        return Err(lost(PageError::NotFound));
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

pub(super) async fn hold_form(me: Me, Path(text): Path<String>) -> Result<Response, Response> {
    Ok(holding(&me, &text)?.show(&[]))
}

pub(super) async fn hold(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let mut decision = holding(&me, &text)?;
    let facts = decision.read(&form)?;
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
