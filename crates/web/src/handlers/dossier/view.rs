//! A dossier that was opened → its page. What may not be seen is not in what was opened (I3).

use huis_access::ActView as Act;
use huis_dossier::{Flag, Offer, Severity, TermState};
use huis_register::{Power, Register};
use huis_usecases::{HOLD_GROUNDS, Opened};

use super::{
    context::{context, identity, pairs, title},
    decide::{HIDE_REASONS, VOID_REASONS, french_reason},
};
use crate::{
    app::Me,
    errors::PageError,
    fmt,
    forms::FormContext,
    layout::Tone,
    pages::{
        Link, Pair, Remark,
        dossier::{
            ActView, DossierView, OccurrenceView, OfferView, RefusedView, SectionView, StageState,
            StageView,
        },
    },
    routes,
    term::TermView,
    timeline::{self, Mark},
};

/// The view of a dossier.
pub(in crate::handlers) fn view(me: &Me, opened: &Opened) -> Result<DossierView, PageError> {
    let processed = me.processed()?;
    let register = &processed.register;
    let context = context(me, register, Some(opened));
    let today = me.caller.today;
    let number = opened.card.number;
    let follows = opened.may.powers.contains(&Power::Lists) || opened.card.archived;
    let terms = opened.standing.terms.iter();
    let (running, over): (Vec<_>, Vec<_>) = terms.partition(|t| t.state == TermState::Running);
    // A date years ahead (the title lapses) would press all the others together.
    let soon = |due| fmt::days_between(today, due) <= 366;
    let marks = opened
        .view
        .acts
        .iter()
        .filter(|a| a.voided.is_none() && corrected_by(opened, a.no).is_none())
        .map(|a| Mark { on: a.on, label: act_label(register, &a.kind), class: "act" })
        .chain(running.iter().filter(|t| soon(t.by())).map(|t| Mark {
            on: t.by(),
            label: t.label.clone(),
            class: crate::term::Chip::of_term(t.by(), t.action, t.state, today).class(),
        }))
        .collect();
    let (refused, open): (Vec<_>, Vec<_>) = opened.offers.iter().partition(|o| o.refused.is_some());
    let (next, others): (Vec<_>, Vec<_>) = open.into_iter().partition(|o| o.expected);
    Ok(DossierView {
        number: number.to_string(),
        href: routes::dossier(number),
        version: opened.card.revision,
        identity: identity(register, opened, &context, follows),
        stages: stages(register, &opened.standing.stage),
        step: opened.standing.step_label.clone(),
        closed: opened.card.closed_on.map(|on| closed(opened, on)),
        holds: holds(me, opened),
        remarks: remarks(opened),
        next: next.iter().filter_map(|o| offer(register, opened, o)).collect(),
        others: others.iter().filter_map(|o| offer(register, opened, o)).collect(),
        refused: refused.iter().filter_map(|o| refusal(register, o)).collect(),
        terms: running.iter().map(|t| TermView::new(t, today)).collect(),
        done: over.iter().map(|t| TermView::new(t, today)).collect(),
        follows,
        letters: follows && me.caller.writes_letters(register),
        timeline: timeline::draw(marks, today),
        acts: opened
            .view
            .acts
            .iter()
            .rev()
            .map(|a| act(me, register, opened, a, &context))
            .collect(),
        sections: sections(register, processed, opened, &context),
        tools: tools(opened),
        request: if processed.rules.takes_requests() { about(opened) } else { Default::default() },
    })
}

/// The dossiers that a request is about: the copy to make, the page to rectify (RGPD art. 15, 16).
fn about(opened: &Opened) -> Vec<Link> {
    let demand = opened.view.sections.iter().find(|s| s.facts.contains_key("numeros"));
    let text = |id: &str| demand.and_then(|d| d.facts.get(id)?.as_str()).unwrap_or_default();
    let numbers = text("numeros").split([',', ';', ' ']).filter_map(|t| t.parse().ok());
    let mut out = Vec::new();
    if opened.card.closed_on.is_some() || !opened.may.powers.contains(&Power::Copy) {
        return out;
    }
    let here = opened.card.number;
    for number in numbers {
        let number: huis_kernel::CaseNumber = number;
        if text("droit") == "acces" {
            let to = format!("copie?dossier={number}");
            let label = format!("Copie des données du dossier {number}");
            out.push(Link::new(label, routes::dossier_part(here, &to)));
        } else {
            let to = format!("{}?demande={here}#volets", routes::dossier(number));
            out.push(Link::new(format!("Ouvrir le dossier {number}"), to));
        }
    }
    out
}

pub(super) fn act_label(register: &Register, kind: &str) -> String {
    register.act(kind).map_or_else(|| kind.to_owned(), |a| a.label.clone())
}

fn stages(register: &Register, current: &str) -> Vec<StageView> {
    let Some(here) = register.stages.iter().position(|s| s.id == current) else {
        return Vec::new();
    };
    let state = |at: usize| match at.cmp(&here) {
        std::cmp::Ordering::Less => StageState::Past,
        std::cmp::Ordering::Equal => StageState::Current,
        std::cmp::Ordering::Greater => StageState::Ahead,
    };
    let stages = register.stages.iter().enumerate();
    stages.map(|(at, s)| StageView { label: s.label.clone(), state: state(at) }).collect()
}

/// since when it is in the archive, and until when.
fn closed(opened: &Opened, on: huis_kernel::Date) -> Pair {
    let erased = opened.next.iter().filter(|(_, _, step)| step == "destroy").map(|n| n.1).max();
    let kept = match erased {
        Some(day) if opened.card.archived => {
            format!("conservé en archive jusqu’au {}, puis effacé", fmt::date(day))
        }
        Some(day) => format!("conservé jusqu’au {}, puis effacé", fmt::date(day)),
        None => "en cours de passage aux archives".to_owned(),
    };
    Pair::new(format!("Dossier clos le {}", fmt::date(on)), kept)
}

fn holds(me: &Me, opened: &Opened) -> Vec<String> {
    let held = opened.holds.iter().filter(|h| !h.lifted && h.until >= me.caller.today);
    held.map(|h| {
        let reason = french_reason(&HOLD_GROUNDS, &h.reason).to_lowercase();
        format!("Effacement suspendu jusqu’au {}\u{a0}: {reason}.", fmt::date(h.until))
    })
    .collect()
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Info => Tone::Info,
        Severity::Warning => Tone::Warning,
        Severity::Serious => Tone::Bad,
    }
}

pub(super) fn remark(flag: &Flag) -> Remark {
    let (text, article) = (flag.message.clone(), flag.article.clone());
    Remark { tone: tone(flag.severity), text, article }
}

/// On top: what bears on the whole, and what is serious. The rest is beside its act.
fn remarks(opened: &Opened) -> Vec<Remark> {
    let mut flags: Vec<&Flag> = opened
        .standing
        .flags
        .iter()
        .filter(|f| f.act.is_none() || f.severity == Severity::Serious)
        .collect();
    flags.sort_by_key(|f| std::cmp::Reverse(f.severity));
    flags.into_iter().map(remark).collect()
}

/// The remarks on an act: those sealed with it, and those that what came after brought.
fn act_remarks(opened: &Opened, act: &Act) -> Vec<Remark> {
    let since = opened.standing.flags.iter().filter(|f| f.act == Some(act.no));
    let mut seen: Vec<&str> = Vec::new();
    let mut out = Vec::new();
    for flag in act.flags.iter().chain(since) {
        if !seen.contains(&flag.code.as_str()) {
            seen.push(&flag.code);
            out.push(remark(flag));
        }
    }
    out
}

fn corrected_by(opened: &Opened, no: u32) -> Option<u32> {
    opened.view.acts.iter().filter(|a| a.corrects == Some(no)).map(|a| a.no).max()
}

fn offer(register: &Register, opened: &Opened, offer: &Offer) -> Option<OfferView> {
    let kind = register.act(&offer.kind)?;
    Some(OfferView {
        label: kind.label.clone(),
        href: routes::act(opened.card.number, &kind.id),
        expected: offer.expected,
        article: kind.article.clone(),
    })
}

fn refusal(register: &Register, offer: &Offer) -> Option<RefusedView> {
    let fault = offer.refused.as_ref()?;
    Some(RefusedView {
        label: register.act(&offer.kind)?.label.clone(),
        reason: fault.message.clone(),
        article: fault.article.clone(),
    })
}

/// The fields of an act that its line shows; the rest has a page of its own.
pub(super) fn shown(kind: &huis_register::ActKind) -> impl Iterator<Item = &huis_register::Field> {
    let apart = |f: &huis_register::Field| {
        let person = matches!(f.kind, huis_register::FieldKind::Reference { .. });
        let letter = kind.id == "courrier" && !person && !matches!(f.id.as_str(), "objet" | "pour");
        letter || super::indemnity::apart(&kind.id, &f.id)
    };
    kind.fields.iter().filter(move |f| !apart(f))
}

fn act(me: &Me, register: &Register, opened: &Opened, act: &Act, context: &FormContext) -> ActView {
    let kind = register.act(&act.kind);
    let no = act.no;
    let number = opened.card.number;
    let corrected = corrected_by(opened, no);
    // Only what counts now is corrected or voided: a correction is corrected itself.
    let stands = act.voided.is_none() && corrected.is_none() && !opened.card.archived;
    let may = opened.may.acts.contains(&act.kind) && act.facts.is_some();
    let by = match act.agent {
        None => "par une règle du registre".to_owned(),
        Some(id) => match opened.agents.get(&id) {
            Some(name) => format!("par {name}"),
            None => "par un agent".to_owned(),
        },
    };
    let at = fmt::instant(act.recorded, &me.zone());
    let facts = kind.zip(act.facts.as_ref());
    ActView {
        no,
        label: act_label(register, &act.kind),
        on: act.on,
        recorded: format!("Enregistré le {at} {by}"),
        facts: facts.map(|(k, facts)| pairs(shown(k), facts, context)).unwrap_or_default(),
        hidden: act.facts.is_none() && act.voided.is_none(),
        corrected_by: corrected,
        corrects: act.corrects,
        voided: act.voided.as_deref().map(|r| french_reason(&VOID_REASONS, r)),
        remarks: if corrected.is_some() { Vec::new() } else { act_remarks(opened, act) },
        correct_href: (stands && may)
            .then(|| format!("{}?corrige={no}", routes::act(number, &act.kind))),
        void_href: (act.voided.is_none()
            && !opened.card.archived
            && opened.may.powers.contains(&Power::Void))
        .then(|| routes::dossier_part(number, &format!("annuler/{no}"))),
        takes: if stands { takes(register, opened, act) } else { Vec::new() },
    }
}

/// The sections for which an act proposes something else than they hold.
fn takes(register: &Register, opened: &Opened, act: &Act) -> Vec<Link> {
    let Some((kind, facts)) = register.act(&act.kind).zip(act.facts.as_ref()) else {
        return Vec::new();
    };
    let sections = kind.proposes.iter().filter_map(|id| register.section(id));
    sections
        .filter(|s| opened.may.writes.contains(&s.id))
        .filter(|s| {
            let current = opened.view.sections.iter().find(|v| v.section == s.id);
            let held = |field: &str| current.and_then(|v| v.facts.get(field));
            facts.iter().any(|(f, value)| s.field(f).is_some() && held(f) != Some(value))
        })
        .map(|s| {
            let href = format!("reprendre/{}/{}", act.no, s.id);
            let label = format!("Reprendre dans «\u{a0}{}\u{a0}»…", s.label);
            Link::new(label, routes::dossier_part(opened.card.number, &href))
        })
        .collect()
}

fn sections(
    register: &Register,
    processed: &huis_usecases::Processed,
    opened: &Opened,
    context: &FormContext,
) -> Vec<SectionView> {
    let brought =
        |id: &str| register.acts.iter().any(|a| processed.rules.brings(&a.id).contains(&id));
    let number = opened.card.number;
    let mut out = Vec::new();
    for section in &register.sections {
        let seen: Vec<_> =
            opened.view.sections.iter().filter(|s| s.section == section.id).collect();
        let withheld = opened.view.withheld.contains(&section.id);
        let writes = opened.may.writes.contains(&section.id) && !brought(&section.id);
        if seen.is_empty() && !withheld && !writes {
            continue;
        }
        let add = writes && !withheld && (section.repeats || seen.is_empty());
        let hides = section.about.is_some()
            && opened.may.powers.contains(&Power::Restrict)
            && !opened.card.archived;
        let occurrences = seen
            .iter()
            .map(|s| OccurrenceView {
                title: (section.repeats || seen.len() > 1).then(|| title(section, s)),
                restricted: s.restricted.as_ref().map(|r| {
                    let reason = french_reason(&HIDE_REASONS, &r.reason);
                    format!("{reason}, depuis le {}", fmt::date(r.since))
                }),
                facts: pairs(&section.fields, &s.facts, context),
                edit_href: writes.then(|| routes::section(number, &section.id, s.occurrence)),
                hide: hides.then(|| {
                    let label =
                        if s.restricted.is_some() { "Ne plus masquer…" } else { "Masquer…" };
                    let form = routes::section(number, &section.id, s.occurrence);
                    Link::new(label, format!("{form}/masquer"))
                }),
            })
            .collect();
        out.push(SectionView {
            id: section.id.clone(),
            label: section.label.clone(),
            source: section.source.clone(),
            sensitive: section.class.sensitive(),
            withheld,
            occurrences,
            add_href: add
                .then(|| routes::dossier_part(number, &format!("volets/{}/nouveau", section.id))),
        });
    }
    out
}

fn tools(opened: &Opened) -> Vec<Link> {
    let part = |part: &str| routes::dossier_part(opened.card.number, part);
    let mut out = vec![Link::new("Volets", "#volets"), Link::new("Imprimer", part("imprimer"))];
    if opened.may.acts.contains(huis_usecases::CALCULATION) && !opened.card.archived {
        out.push(Link::new("Indemnité", part("indemnite")));
    }
    if opened.may.powers.contains(&Power::Traces) {
        out.push(Link::new("Qui l’a consulté\u{a0}?", part("traces")));
    }
    if opened.may.powers.contains(&Power::Mandate) && !opened.card.archived {
        out.push(Link::new("Partenaires…", part("partenaires")));
    }
    if opened.may.powers.contains(&Power::Hold) {
        out.push(Link::new("Suspendre l’effacement…", part("gel")));
    }
    out
}
