//! What must hold of a letter: it goes to one person, shows nothing of another, and dies with what
//! it shows.

use super::{Check, item, spelled};
use crate::{Letter, typography::quote};

pub(super) fn all(check: &Check<'_>) {
    for letter in &check.register.letters {
        let path = format!("lettre[{}]", letter.id);
        if let Some(to) = &letter.to {
            check.repeated(&format!("{path}.destinataire"), to);
        }
        shows(check, &path, letter);
        check.references(&path, &letter.fields);
        let acts: Vec<String> = letter.act.iter().cloned().collect();
        check.acts_exist(&format!("{path}.acte"), &acts);
        check.acts_exist(&format!("{path}.envoi"), std::slice::from_ref(&letter.sent));
    }
}

/// a letter to one person of the dossier shows no other; nothing sensitive leaves by letter
/// (I4); and the copy that is kept lives as long as what it shows.
fn shows(check: &Check<'_>, path: &str, letter: &Letter) {
    let unit = check.register.unit_of_act(&letter.sent).map(|u| u.id.as_str());
    for shown in &letter.shows {
        let text = spelled(shown);
        let at = item(&format!("{path}.montre"), &text);
        let Some(section) = check.section(&at, &shown.section) else { continue };
        if let Some(field) = &shown.field {
            check.field(&at, section, field);
        }
        let whose = section.about.as_deref().filter(|about| *about != section.id);
        if letter.to.as_deref() != Some(&section.id)
            && (section.repeats || whose.is_some_and(|w| letter.to.as_deref() != Some(w)))
        {
            check.report.on(
                &at,
                &format!("{} est d'une autre personne que le destinataire (X-15).", quote(&text)),
                "Retirez ce champ : une lettre ne montre que son destinataire.",
            );
        }
        if section.class.sensitive() {
            check.report.on(
                &at,
                &format!("{} est sensible : aucune lettre ne le montre.", quote(&text)),
                "Retirez ce champ.",
            );
        } else if check.register.unit_of_section(&section.id).map(|u| u.id.as_str()) != unit {
            check.report.on(
                &at,
                &format!("{} n'a pas la même durée de conservation que la lettre.", quote(&text)),
                "Retirez ce champ, ou rangez l'acte d'envoi sous la même durée.",
            );
        }
    }
}
