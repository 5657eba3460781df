//! Two agents wrote the same section: mine and theirs, field by field; nothing typed is lost.

use axum::response::Response;

use super::{section::Work, shell};
use crate::{
    errors::page,
    forms::{FieldView, Typed},
    pages::conflict::{Conflict, ConflictField},
};

/// The hidden values that say what a form started from begin so.
pub(super) const BEFORE: &str = "_avant.";

/// The page where one chooses, when someone else wrote meanwhile.
pub(super) fn conflict(work: &Work<'_>) -> Response {
    let why = match &work.last {
        Some((who, when)) => format!("{who} a modifié ce volet le {when}, pendant votre saisie."),
        None => "Quelqu’un d’autre a modifié ce volet pendant votre saisie.".to_owned(),
    };
    choose(work, &why, ("Ma saisie", "L’autre saisie"))
}

/// The page where one takes over what an act proposes, or not.
pub(super) fn proposal(work: &Work<'_>) -> Response {
    let why = "Ce dépôt propose d’autres valeurs que celles du volet.";
    choose(work, why, ("Proposé par le dépôt", "Au dossier"))
}

fn choose(work: &Work<'_>, why: &str, sides: (&'static str, &'static str)) -> Response {
    let theirs = work.now();
    let before: Typed = work
        .before
        .iter()
        .filter_map(|(name, text)| Some((name.strip_prefix(BEFORE)?.to_owned(), text.clone())))
        .collect();
    let (mut fields, mut agreed) = (Vec::new(), Vec::new());
    let (mine_view, theirs_view) = (work.group.view(&work.context), theirs.view(&work.context));
    for (mine, other) in mine_view.fields.iter().zip(&theirs_view.fields) {
        let before = before.get(&mine.name).map(String::as_str).unwrap_or_default();
        match verdict(before, &mine.value, &other.value) {
            Verdict::Same => agreed.push((mine.name.clone(), mine.value.clone())),
            Verdict::Differ { theirs_chosen } => fields.push(ConflictField {
                id: mine.id.clone(),
                name: mine.name.clone(),
                label: mine.label.clone(),
                before: read(mine, before),
                mine: (mine.value.clone(), read(mine, &mine.value)),
                theirs: (other.value.clone(), read(other, &other.value)),
                theirs_chosen,
            }),
        }
    }
    // From now on one starts from theirs: a third writer would be noticed too.
    for field in &theirs_view.fields {
        agreed.push((format!("{BEFORE}{}", field.name), field.value.clone()));
    }
    page(&Conflict {
        shell: shell(work.me, work.number, Some(&work.section.label)),
        label: work.label(),
        number: work.number.to_string(),
        why: why.to_owned(),
        sides,
        action: work.action(),
        cancel: work.cancel(),
        version: work.version,
        fields,
        agreed,
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Same,
    Differ { theirs_chosen: bool },
}

/// What I did not touch is theirs by default; what I did is mine.
fn verdict(before: &str, mine: &str, theirs: &str) -> Verdict {
    if mine.trim() == theirs.trim() {
        Verdict::Same
    } else {
        Verdict::Differ { theirs_chosen: mine.trim() == before.trim() }
    }
}

/// A typed value as it is read: the label of a code.
fn read(field: &FieldView, typed: &str) -> String {
    let option = field.options.iter().find(|o| o.value == typed);
    match option {
        Some(option) if !typed.is_empty() => option.label.clone(),
        _ => typed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Verdict, verdict};

    /// of two writers neither loses a word, and who touched a field has it by default.
    #[test]
    fn each_field_goes_to_who_touched_it() {
        let differ = |theirs_chosen| Verdict::Differ { theirs_chosen };
        for (before, mine, theirs, expect) in [
            ("a", "a", "a", Verdict::Same),
            ("a", "b", "b", Verdict::Same),
            ("a", "a", "b", differ(true)),
            ("a", "b", "a", differ(false)),
            ("a", "b", "c", differ(false)),
            ("", "", "c", differ(true)),
            ("a", "a ", "a", Verdict::Same),
        ] {
            assert_eq!(verdict(before, mine, theirs), expect, "{before} {mine} {theirs}");
        }
    }
}
