//! How long what is kept is kept: dates of erasure that move, and which dossiers they touch.

use huis_kernel::{Date, Delay};
use std::{cmp::Ordering, collections::BTreeMap};

use super::{ChangeKind, Changes, Erasure};
use crate::{Ending, Register, Retention, StartEvent, typography::list, words};

pub(super) fn compare(old: &Register, new: &Register, out: &mut Changes) {
    // Sections and acts that move together are told together.
    let mut moved: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for section in &old.sections {
        if let (Some(_), Some(a), Some(b)) = (
            new.section(&section.id),
            old.unit_of_section(&section.id),
            new.unit_of_section(&section.id),
        ) {
            moved.entry((&a.id, &b.id)).or_default().push(section.label.clone());
        }
    }
    for act in &old.acts {
        if let (Some(_), Some(a), Some(b)) =
            (new.act(&act.id), old.unit_of_act(&act.id), new.unit_of_act(&act.id))
        {
            moved.entry((&a.id, &b.id)).or_default().push(act.label.clone());
        }
    }
    for ((a, b), what) in moved {
        let find = |r: &'_ Register, id: &str| r.retentions.iter().position(|u| u.id == id);
        let pair = find(old, a).and_then(|i| old.retentions.get(i));
        let pair = pair.zip(find(new, b).and_then(|i| new.retentions.get(i)));
        if let Some((a, b)) = pair {
            unit(a, b, &list(&what), out);
        }
    }
    vanished(old, new, out);
}

/// What is in a section or an act that the new register no longer has must go somewhere.
fn vanished(old: &Register, new: &Register, out: &mut Changes) {
    let gone: Vec<&Retention> =
        old.retentions.iter().filter(|a| !new.retentions.iter().any(|b| a.id == b.id)).collect();
    for unit in gone {
        out.push_terms(
            ChangeKind::Loosens,
            &format!(
                "La durée « {} » disparaît : ce qu'elle régit dans les dossiers existants suivra la durée la plus longue du nouveau registre.",
                unit.id
            ),
            Erasure::Either,
            vec![unit.id.clone()],
        );
    }
}

fn unit(old: &Retention, new: &Retention, what: &str, out: &mut Changes) {
    let units = vec![old.id.clone()];
    let term = |u: &Retention| format!("{} après {}", u.keep, words::start_event_label(u.from));
    if (old.from, old.keep) != (new.from, new.keep) {
        let (affects, kind, word) = match moves(old, new) {
            Some(Ordering::Less) => (Erasure::Earlier, ChangeKind::Tightens, "plus tôt"),
            Some(Ordering::Greater) => (Erasure::Later, ChangeKind::Loosens, "plus tard"),
            // Not told apart without the dossier: it counts as looser.
            _ => (Erasure::Either, ChangeKind::Loosens, "à une autre date"),
        };
        let text = format!("{what} : effacement {word}, {} au lieu de {}.", term(new), term(old));
        out.push_terms(kind, &text, affects, units);
    }
    if old.archive != new.archive {
        let (kind, word) = if new.archive {
            (ChangeKind::Tightens, "passe désormais")
        } else {
            (ChangeKind::Loosens, "ne passe plus")
        };
        let text = format!("{what} : ce contenu {word} à l'archive dès la clôture (X-12).");
        out.push(kind, &text);
    }
    if old.then != new.then {
        // Counters taken before erasing are one use more.
        let kind = match new.then {
            Ending::Anonymiser => ChangeKind::Loosens,
            Ending::Detruire => ChangeKind::Tightens,
        };
        let text = format!("{what} : à la fin, {}.", words::ending_label(new.then));
        out.push(kind, &text);
    }
    // A clock that starts at the opening awaits nothing.
    let awaits = old.from == StartEvent::Cloture && new.from == StartEvent::Cloture;
    if awaits && old.alert_without_event != new.alert_without_event {
        let sooner = compare_delays(new.alert_without_event, old.alert_without_event);
        let kind =
            if sooner == Some(Ordering::Less) { ChangeKind::Tightens } else { ChangeKind::Loosens };
        let text = format!(
            "{what} : un dossier jamais clos devient une alerte après {} au lieu de {}.",
            new.alert_without_event, old.alert_without_event
        );
        out.push(kind, &text);
    }
    if old.source != new.source {
        out.neutral(&format!(
            "{what} : la durée se fonde sur {} au lieu de {}.",
            new.source, old.source
        ));
    }
    if old.ours != new.ours {
        let word = if new.ours { "notre choix" } else { "celle du texte" };
        out.neutral(&format!("{what} : la durée est désormais dite {word}."));
    }
}

/// Is the new date of erasure earlier or later, whatever the dossier? The opening is never after
/// the closing, so terms from both can be compared one way.
fn moves(old: &Retention, new: &Retention) -> Option<Ordering> {
    let keep = compare_delays(new.keep, old.keep)?;
    match (old.from, new.from) {
        (a, b) if a == b => Some(keep),
        (StartEvent::Cloture, StartEvent::Ouverture) if keep.is_le() => Some(Ordering::Less),
        (StartEvent::Ouverture, StartEvent::Cloture) if keep.is_ge() => Some(Ordering::Greater),
        _ => None,
    }
}

/// Which of two delays is shorter, whatever the day it starts from; `None` when it depends on the
/// day (« 1 mois » and « 30 jours »).
pub(super) fn compare_delays(a: Delay, b: Delay) -> Option<Ordering> {
    let mut start = Date::constant(2023, 1, 1);
    let first = a.after(start).cmp(&b.after(start));
    let mut overall = first;
    // A leap cycle, day by day: every length of month and of year comes up.
    for _ in 0..4 * 366 {
        let here = a.after(start).cmp(&b.after(start));
        match (overall, here) {
            (Ordering::Less, Ordering::Greater) | (Ordering::Greater, Ordering::Less) => {
                return None;
            }
            (Ordering::Equal, _) => overall = here,
            _ => {}
        }
        start = start.tomorrow().ok()?;
    }
    Some(overall)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_compare_whatever_the_day_or_not_at_all() {
        for (a, b, expect) in [
            ("4 ans", "5 ans", Some(Ordering::Less)),
            ("12 mois", "1 an", Some(Ordering::Equal)),
            ("1 mois", "31 jours", Some(Ordering::Less)),
            ("1 mois", "30 jours", None),
            ("1 an", "365 jours", Some(Ordering::Greater)),
            ("8 semaines", "50 jours", Some(Ordering::Greater)),
        ] {
            let (x, y): (Delay, Delay) = (a.parse().unwrap(), b.parse().unwrap());
            assert_eq!(compare_delays(x, y), expect, "{a} / {b}");
            assert_eq!(compare_delays(y, x), expect.map(Ordering::reverse), "{b} / {a}");
        }
    }
}
