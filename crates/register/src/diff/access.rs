//! Who gains or loses sight of what, and what each may do.

use super::{Changes, lacks, more_loosens, pairs, terms::compare_delays};
use crate::{Profile, Register, typography::list, words::power_label};
use std::cmp::Ordering;

pub(super) fn compare(old: &Register, new: &Register, out: &mut Changes) {
    let found = pairs(&old.profiles, &new.profiles, |p| &p.id);
    for p in found.added {
        let partner = if p.partner { " partenaire, fermé sans autorisation (X-26)," } else { "" };
        out.loosens(&format!("Nouveau profil « {} »,{partner} fondé sur {}.", p.label, p.source));
        moved(&nobody(p), p, old, new, out);
    }
    for p in found.gone {
        out.tightens(&format!("Le profil « {} » disparaît : ses habilitations tombent.", p.label));
    }
    for (a, b) in found.kept {
        moved(a, b, old, new, out);
        guards(a, b, out);
    }
}

/// A profile that sees and does nothing: what a new one is compared with.
fn nobody(profile: &Profile) -> Profile {
    Profile {
        sees: Vec::new(),
        sees_acts: Vec::new(),
        writes: Vec::new(),
        acts: Vec::new(),
        powers: Vec::new(),
        ..profile.clone()
    }
}

/// Sight, writing, acts and powers. Each is taken as it falls on the register it belongs to: a
/// profile that sees a whole section gains sight of a field added to it.
fn moved(a: &Profile, b: &Profile, old: &Register, new: &Register, out: &mut Changes) {
    let who = format!("Le profil « {} »", b.label);
    sight(&who, a, b, old, new, out);
    let seen = |p: &Profile, r: &Register| named(r, |id| p.sees_act(id));
    both(out, &seen(a, old), &seen(b, new), |l| {
        [
            format!("{who} lit désormais le contenu des actes {l}."),
            format!("{who} ne lit plus le contenu des actes {l}."),
        ]
    });
    let writes = |p: &Profile, r: &Register| -> Vec<String> {
        r.sections.iter().filter(|s| p.may_write(&s.id)).map(|s| s.label.clone()).collect()
    };
    both(out, &writes(a, old), &writes(b, new), |l| {
        [format!("{who} modifie désormais {l}."), format!("{who} ne modifie plus {l}.")]
    });
    let does = |p: &Profile, r: &Register| named(r, |id| p.may_act(id));
    both(out, &does(a, old), &does(b, new), |l| {
        [
            format!("{who} inscrit désormais les actes {l}."),
            format!("{who} n'inscrit plus les actes {l}."),
        ]
    });
    let powers = |p: &Profile| -> Vec<String> {
        p.powers.iter().map(|power| power_label(*power).to_owned()).collect()
    };
    both(out, &powers(a), &powers(b), |l| {
        [format!("{who} peut désormais {l}."), format!("{who} ne peut plus {l}.")]
    });
}

fn named(register: &Register, may: impl Fn(&str) -> bool) -> Vec<String> {
    register.acts.iter().filter(|a| may(&a.id)).map(|a| a.label.clone()).collect()
}

/// Tells what was gained and what was lost.
fn both(out: &mut Changes, old: &[String], new: &[String], say: impl Fn(&str) -> [String; 2]) {
    let (gained, lost) = (lacks(new, old), lacks(old, new));
    if !gained.is_empty() {
        let [text, _] = say(&list(&gained));
        out.loosens(&text);
    }
    if !lost.is_empty() {
        let [_, text] = say(&list(&lost));
        out.tightens(&text);
    }
}

/// One sentence a section, naming its fields.
fn sight(who: &str, a: &Profile, b: &Profile, old: &Register, new: &Register, out: &mut Changes) {
    let seen = |p: &Profile, r: &Register, section: &str| -> Vec<(String, String)> {
        let fields = r.section(section).map(|s| s.fields.as_slice()).unwrap_or_default();
        let visible = fields.iter().filter(|f| p.sees_field(section, &f.id));
        visible.map(|f| (f.id.clone(), f.label.clone())).collect()
    };
    let known = old.sections.iter().filter(|s| new.section(&s.id).is_none());
    for section in new.sections.iter().chain(known) {
        let (before, after) = (seen(a, old, &section.id), seen(b, new, &section.id));
        let missing = |from: &[(String, String)], other: &[(String, String)]| -> Vec<String> {
            let gone = from.iter().filter(|(id, _)| !other.iter().any(|(o, _)| o == id));
            gone.map(|(_, label)| label.clone()).collect()
        };
        let (gained, lost) = (missing(&after, &before), missing(&before, &after));
        if !gained.is_empty() {
            let text =
                format!("{who} voit désormais {} du volet « {} ».", list(&gained), section.label);
            out.loosens(&text);
        }
        if !lost.is_empty() {
            let text =
                format!("{who} ne voit plus {} du volet « {} ».", list(&lost), section.label);
            out.tightens(&text);
        }
    }
}

/// What stands around a grant of the profile.
fn guards(a: &Profile, b: &Profile, out: &mut Changes) {
    let who = format!("Le profil « {} »", b.label);
    if a.second_factor != b.second_factor {
        let word = if b.second_factor { "demande désormais" } else { "ne demande plus" };
        out.push(more_loosens(!b.second_factor), &format!("{who} {word} un second facteur."));
    }
    if a.administrator != b.administrator {
        let word = if b.administrator { "suit désormais" } else { "ne suit plus" };
        let text = format!("{who} {word} la règle de mot de passe des administrateurs.");
        out.push(more_loosens(!b.administrator), &text);
    }
    if a.partner != b.partner {
        let word = if b.partner {
            "devient celui d'un partenaire"
        } else {
            "n'est plus celui d'un partenaire"
        };
        let text = format!("{who} {word} (X-26).");
        out.push(more_loosens(!b.partner), &text);
    }
    match (&a.sponsor, &b.sponsor) {
        (Some(x), Some(y)) if x != y => {
            out.loosens(&format!("{who} est donné sous l'autorité de « {y} » au lieu de « {x} »."));
        }
        (Some(x), None) => {
            out.loosens(&format!("{who} n'est plus donné sous l'autorité de « {x} »."));
        }
        (None, Some(y)) => {
            out.tightens(&format!("{who} est désormais donné sous l'autorité de « {y} »."));
        }
        _ => {}
    }
    if a.max_term != b.max_term {
        let shorter = compare_delays(b.max_term, a.max_term) == Some(Ordering::Less);
        let text =
            format!("{who} est donné pour {} au plus au lieu de {}.", b.max_term, a.max_term);
        out.push(more_loosens(!shorter), &text);
    }
    if a.purpose != b.purpose {
        let text = format!(
            "{who} inscrit dans les traces la finalité « {} » au lieu de « {} ».",
            b.purpose, a.purpose
        );
        out.loosens(&text);
    }
    out.shown(&format!("Libellé du profil « {} »", a.id), &a.label, &b.label);
    out.shown(&format!("Fondement du profil « {} »", b.label), &a.source, &b.source);
}
