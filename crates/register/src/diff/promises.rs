//! What is promised to people and watched over: the head of the register, traces, rights,
//! notices, security.

use huis_kernel::Delay;
use std::cmp::Ordering;

use super::{Changes, lacks, more_loosens, pairs, terms::compare_delays};
use crate::{Register, Right, Security, typography::list};

pub(super) fn compare(old: &Register, new: &Register, out: &mut Changes) {
    head(old, new, out);
    rights(old, new, out);
    notices(old, new, out);
    security(&old.security, &new.security, out);
}

fn head(old: &Register, new: &Register, out: &mut Changes) {
    if old.traces.keep != new.traces.keep {
        // Too short hides misuse, too long keeps the agents' data: X-23 says one term.
        out.loosens(&format!(
            "Les traces se conservent {} au lieu de {} (X-23).",
            new.traces.keep, old.traces.keep
        ));
    }
    delay(
        out,
        "Délai avant qu'un registre modifié n'efface",
        old.erasure_notice,
        new.erasure_notice,
        false,
    );
    for text in lacks(&old.texts, &new.texts) {
        out.neutral(&format!("Le registre ne cite plus « {text} »."));
    }
    for text in lacks(&new.texts, &old.texts) {
        out.neutral(&format!("Le registre cite désormais « {text} »."));
    }
    out.shown("Nom du traitement", &old.name, &new.name);
    let short = |r: &Register| r.words.short.clone().unwrap_or_default();
    out.shown("Nom court", &short(old), &short(new));
    out.shown("Ce qu’on dit pour un nouveau dossier", &old.words.new, &new.words.new);
    out.shown("Ce qu’on dit pour ouvrir un dossier", &old.words.open, &new.words.open);
    out.shown("Ce qu’on dit pour les dossiers en cours", &old.words.running, &new.words.running);
    out.shown("Fondement de la durée des traces", &old.traces.source, &new.traces.source);
    out.shown("Entrée en vigueur", &old.in_force.to_string(), &new.in_force.to_string());
    let authorisation = |r: &Register| r.authorisation.clone().unwrap_or_default();
    out.shown("Autorisation propre", &authorisation(old), &authorisation(new));
}

fn rights(old: &Register, new: &Register, out: &mut Changes) {
    let found = pairs(&old.rights, &new.rights, |r| &r.id);
    for r in found.gone {
        out.push(
            more_loosens(r.offered),
            &format!("Le registre ne dit plus rien du droit « {} ».", r.label),
        );
    }
    for r in found.added {
        let word = if r.offered { "est offert" } else { "n'est pas offert" };
        // Silence left it to an officer; a stated refusal is firmer than silence.
        out.push(more_loosens(!r.offered), &format!("Le droit « {} » {word}.", r.label));
    }
    for (a, b) in found.kept {
        right(a, b, out);
    }
}

fn right(a: &Right, b: &Right, out: &mut Changes) {
    if a.offered != b.offered {
        let word = if b.offered { "est désormais offert" } else { "n'est plus offert" };
        out.push(more_loosens(!b.offered), &format!("Le droit « {} » {word}.", b.label));
    }
    delay(out, &format!("Délai de réponse au droit « {} »", b.label), a.delay, b.delay, true);
    let (lost, gained) = (lacks(&a.desks, &b.desks), lacks(&b.desks, &a.desks));
    if !lost.is_empty() {
        out.loosens(&format!(
            "Le droit « {} » ne s'exerce plus auprès de {}.",
            b.label,
            list(&lost)
        ));
    }
    if !gained.is_empty() {
        out.tightens(&format!(
            "Le droit « {} » s'exerce aussi auprès de {}.",
            b.label,
            list(&gained)
        ));
    }
    if a.officer != b.officer {
        let who =
            if b.officer { "le délégué à la protection des données" } else { "le guichet" };
        out.neutral(&format!("Le droit « {} » est désormais décidé par {who}.", b.label));
    }
    if a.ground != b.ground {
        out.neutral(&format!("Le motif que lit la personne change pour le droit « {} ».", b.label));
    }
    out.shown(&format!("Fondement du droit « {} »", b.label), &a.source, &b.source);
    out.shown(&format!("Libellé du droit « {} »", a.id), &a.label, &b.label);
}

fn notices(old: &Register, new: &Register, out: &mut Changes) {
    let found = pairs(&old.notices, &new.notices, |n| &n.id);
    for n in found.gone {
        out.loosens(&format!("L'information « {} » n'est plus donnée ({}).", n.title, n.audience));
    }
    for n in found.added {
        out.tightens(&format!("Nouvelle information « {} » ({}).", n.title, n.audience));
    }
    for (a, b) in found.kept {
        if a != b {
            out.neutral(&format!("Le texte de l'information « {} » change.", b.title));
        }
    }
}

fn security(a: &Security, b: &Security, out: &mut Changes) {
    if a.password_rules != b.password_rules {
        // The names do not say which set is stricter.
        out.loosens(&format!(
            "Les mots de passe suivent les règles « {} » au lieu de « {} ».",
            b.password_rules, a.password_rules
        ));
    }
    number(out, "Minutes d'inactivité avant la fin de la session", a.idle_minutes, b.idle_minutes);
    number(out, "Heures avant la fin de toute session", a.absolute_hours, b.absolute_hours);
    delay(out, "Délai entre deux revues des habilitations", a.review_every, b.review_every, true);
    number(
        out,
        "Dossiers ouverts en une heure avant l'alerte",
        a.alert_volume_per_hour,
        b.alert_volume_per_hour,
    );
    number(out, "Refus en dix minutes avant l'alerte", a.alert_refusals, b.alert_refusals);
    number(out, "Dossiers ouverts à la suite avant l'alerte", a.alert_walk, b.alert_walk);
    if a.working_hours != b.working_hours {
        let ((from, to), (from_before, to_before)) = (b.working_hours, a.working_hours);
        let within = from >= from_before && to <= to_before;
        let hour = |(h, m): (u8, u8)| format!("{h:02}:{m:02}");
        out.push(
            more_loosens(!within),
            &format!(
                "Les heures ouvrées vont de {} à {} au lieu de {} à {}.",
                hour(from),
                hour(to),
                hour(from_before),
                hour(to_before)
            ),
        );
    }
}

/// A number of which more is looser.
fn number(out: &mut Changes, what: &str, old: u32, new: u32) {
    if old != new {
        out.push(more_loosens(new > old), &format!("{what} : {new} au lieu de {old}."));
    }
}

/// A delay; `longer_loosens` says which way it guards.
fn delay(out: &mut Changes, what: &str, old: Delay, new: Delay, longer_loosens: bool) {
    if old == new {
        return;
    }
    let tighter = if longer_loosens { Ordering::Less } else { Ordering::Greater };
    let loosens = compare_delays(new, old) != Some(tighter);
    out.push(more_loosens(loosens), &format!("{what} : {new} au lieu de {old}."));
}
