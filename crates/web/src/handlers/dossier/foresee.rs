//! What would follow from an act, said before it is recorded: the stage, the deadlines set, moved
//! or met, each with its article.

use huis_dossier::{Severity, Term, TermState};
use huis_register::Register;
use huis_usecases::Foreseen;

use super::view::remark;
use crate::{
    fmt,
    pages::{Remark, act_form::Consequence},
};

/// Is there something to look at before this act is recorded? A remark that is more than
/// information, or a deadline that the act meets too late.
pub(super) fn calls_for_a_look(foreseen: &Foreseen) -> bool {
    foreseen.flags.iter().any(|f| f.severity > Severity::Info) || !late(foreseen).is_empty()
}

/// What is irregular, and what is late.
pub(super) fn remarks(foreseen: &Foreseen) -> Vec<Remark> {
    let late = late(foreseen).into_iter().map(|term| Remark {
        tone: crate::layout::Tone::Warning,
        text: format!(
            "Acte en retard\u{a0}: «\u{a0}{}\u{a0}» était attendu au plus tard le {}.",
            term.label,
            fmt::date(term.by())
        ),
        article: term.explained.article.clone(),
    });
    foreseen.flags.iter().map(remark).chain(late).collect()
}

/// The deadlines that the act meets after their day.
fn late(foreseen: &Foreseen) -> Vec<&Term> {
    let state = |terms: &[Term], of: &Term| same(terms, of).map(|t| t.state);
    let after = foreseen.after.terms.iter();
    after
        .filter(|t| t.action && t.state == TermState::Late)
        .filter(|t| state(&foreseen.before.terms, t) != Some(TermState::Late))
        .collect()
}

/// The same deadline in another list: of the same rule and from the same act.
fn same<'a>(terms: &'a [Term], of: &Term) -> Option<&'a Term> {
    terms.iter().find(|t| t.rule == of.rule && t.act == of.act)
}

/// What follows, in the order in which it matters.
pub(super) fn consequences(foreseen: &Foreseen, register: &Register) -> Vec<Consequence> {
    let (before, after) = (&foreseen.before, &foreseen.after);
    let mut out = Vec::new();
    let stage = |id: &str| register.stage(id).map_or(id, |s| s.label.as_str()).to_owned();
    let plain = |text: String| Consequence { text, article: String::new() };
    if before.stage != after.stage {
        out.push(plain(format!(
            "Le dossier passe à l’étape «\u{a0}{}\u{a0}» (aujourd’hui\u{a0}: «\u{a0}{}\u{a0}»).",
            stage(&after.stage),
            stage(&before.stage)
        )));
    }
    if before.step_label != after.step_label && !after.step_label.is_empty() {
        out.push(plain(format!("Situation\u{a0}: {}.", after.step_label)));
    }
    if before.closed_on.is_none() && after.closed_on.is_some() {
        out.push(plain("Le dossier est clos et passe aux archives.".to_owned()));
    }
    if after.reopened > before.reopened {
        out.push(plain("Le dossier est rouvert.".to_owned()));
    }
    for term in &after.terms {
        let due = fmt::date(term.by());
        let text = match same(&before.terms, term) {
            None if term.state == TermState::Running && term.action => {
                format!("Nouvelle échéance\u{a0}: {}, au plus tard le {due}.", term.label)
            }
            None if term.state == TermState::Running => {
                format!("Nouvelle date à connaître\u{a0}: {}, le {due}.", term.label)
            }
            Some(old) if old.state != term.state => match term.state {
                TermState::Met => format!("Échéance tenue\u{a0}: {} (le {due}).", term.label),
                TermState::Late => {
                    format!("Échéance tenue en retard\u{a0}: {} (le {due}).", term.label)
                }
                TermState::Dropped => {
                    format!("Échéance sans objet\u{a0}: {} (le {due}).", term.label)
                }
                TermState::Running => {
                    format!("Échéance de nouveau en cours\u{a0}: {}, le {due}.", term.label)
                }
            },
            Some(old) if old.by() != term.by() => format!(
                "Échéance déplacée\u{a0}: {}, du {} au {due}.",
                term.label,
                fmt::date(old.by())
            ),
            _ => continue,
        };
        out.push(Consequence { text, article: term.explained.article.clone() });
    }
    for term in &before.terms {
        if term.state == TermState::Running && same(&after.terms, term).is_none() {
            let text =
                format!("Échéance retirée\u{a0}: {} (le {}).", term.label, fmt::date(term.by()));
            out.push(Consequence { text, article: term.explained.article.clone() });
        }
    }
    if out.is_empty() {
        out.push(plain("Aucune échéance ni étape ne change.".to_owned()));
    }
    out
}
