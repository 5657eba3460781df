//! What becomes collectable, and what no longer is: purposes, stages, sections, acts, fields,
//! searches.

use super::{ChangeKind, Changes, lacks, more_loosens, pairs};
use crate::{ActKind, Choice, Field, FieldKind, Register, Section, typography::list, words};

pub(super) fn compare(old: &Register, new: &Register, out: &mut Changes) {
    purposes(old, new, out);
    stages(old, new, out);
    sections(old, new, out);
    acts(old, new, out);
    searches(old, new, out);
}

fn purposes(old: &Register, new: &Register, out: &mut Changes) {
    let found = pairs(&old.purposes, &new.purposes, |p| &p.id);
    for p in found.added {
        out.loosens(&format!(
            "Nouvelle finalité « {} », fondée sur : {} ({}).",
            p.label, p.legal_basis, p.source
        ));
    }
    for p in found.gone {
        out.tightens(&format!("La finalité « {} » n'est plus poursuivie.", p.label));
    }
    for (a, b) in found.kept {
        if a.legal_basis != b.legal_basis {
            out.loosens(&format!(
                "La finalité « {} » change de base légale : {} au lieu de {}.",
                b.label, b.legal_basis, a.legal_basis
            ));
        }
        out.shown(&format!("Libellé de la finalité « {} »", a.id), &a.label, &b.label);
        out.shown(&format!("Fondement de la finalité « {} »", b.label), &a.source, &b.source);
    }
}

fn stages(old: &Register, new: &Register, out: &mut Changes) {
    let found = pairs(&old.stages, &new.stages, |s| &s.id);
    for s in found.added {
        out.neutral(&format!("Nouvelle étape « {} ».", s.label));
    }
    for s in found.gone {
        out.neutral(&format!("L'étape « {} » disparaît.", s.label));
    }
    for (a, b) in found.kept {
        out.shown(&format!("Libellé de l'étape « {} »", a.id), &a.label, &b.label);
    }
}

fn sections(old: &Register, new: &Register, out: &mut Changes) {
    let found = pairs(&old.sections, &new.sections, |s| &s.id);
    for s in found.added {
        out.loosens(&format!(
            "Nouveau volet « {} » : on peut y collecter {}.",
            s.label,
            labels(&s.fields)
        ));
    }
    for s in found.gone {
        out.tightens(&format!(
            "Le volet « {} » disparaît : on n'y collecte plus {}.",
            s.label,
            labels(&s.fields)
        ));
    }
    for (a, b) in found.kept {
        section(a, b, out);
    }
}

fn section(old: &Section, new: &Section, out: &mut Changes) {
    let name = format!("le volet « {} »", new.label);
    fields(&old.fields, &new.fields, &name, out);
    if old.class != new.class {
        let text = format!(
            "Le volet « {} » change de classe : {} au lieu de {}.",
            new.label,
            words::class_label(new.class),
            words::class_label(old.class)
        );
        // A class says what the data are: only becoming sensitive guards more.
        out.push(more_loosens(!new.class.sensitive() || old.class.sensitive()), &text);
    }
    if old.repeats != new.repeats {
        let word = if new.repeats { "se répète désormais" } else { "ne se répète plus" };
        out.push(more_loosens(new.repeats), &format!("Le volet « {} » {word}.", new.label));
    }
    if old.about != new.about {
        match &new.about {
            Some(about) => out.push(
                more_loosens(old.about.is_some()),
                &format!("Le volet « {} » dit de qui il parle (« {about} »).", new.label),
            ),
            None => out.loosens(&format!(
                "Le volet « {} » ne dit plus de qui il parle : il ne peut plus être masqué aux autres occupants.",
                new.label
            )),
        }
    }
    out.shown(&format!("Libellé du volet « {} »", old.id), &old.label, &new.label);
    out.shown(&format!("Fondement du volet « {} »", new.label), &old.source, &new.source);
}

fn acts(old: &Register, new: &Register, out: &mut Changes) {
    let found = pairs(&old.acts, &new.acts, |a| &a.id);
    for a in found.added {
        let holds = if a.fields.is_empty() {
            String::new()
        } else {
            format!(" Il contient {}.", labels(&a.fields))
        };
        out.loosens(&format!("Nouvel acte « {} » ({}).{holds}", a.label, a.article));
    }
    for a in found.gone {
        out.tightens(&format!("L'acte « {} » ne peut plus être inscrit.", a.label));
    }
    for (a, b) in found.kept {
        act(a, b, out);
    }
}

fn act(old: &ActKind, new: &ActKind, out: &mut Changes) {
    fields(&old.fields, &new.fields, &format!("l'acte « {} »", new.label), out);
    if old.confirm != new.confirm {
        let word = if new.confirm { "demande désormais" } else { "ne demande plus" };
        let text = format!("L'acte « {} » {word} une confirmation.", new.label);
        out.push(more_loosens(!new.confirm), &text);
    }
    out.shown(&format!("Étape de l'acte « {} »", new.label), &old.stage, &new.stage);
    out.shown(&format!("Fondement de l'acte « {} »", new.label), &old.article, &new.article);
    out.shown(&format!("Libellé de l'acte « {} »", old.id), &old.label, &new.label);
}

fn fields(old: &[Field], new: &[Field], holder: &str, out: &mut Changes) {
    let found = pairs(old, new, |f| &f.id);
    for f in found.added {
        out.loosens(&format!(
            "On peut désormais collecter « {} » ({}) dans {holder}. Pourquoi : {}",
            f.label,
            words::field_type_label(&f.kind),
            f.why
        ));
    }
    for f in found.gone {
        out.tightens(&format!("On ne collecte plus « {} » dans {holder}.", f.label));
    }
    for (a, b) in found.kept {
        field(a, b, holder, out);
    }
}

fn field(old: &Field, new: &Field, holder: &str, out: &mut Changes) {
    let name = format!("« {} », dans {holder}", new.label);
    if old.required != new.required {
        let word = if new.required { "devient obligatoire" } else { "n'est plus obligatoire" };
        out.push(more_loosens(new.required), &format!("{name}, {word}."));
    }
    if old.required_if != new.required_if {
        let word = if new.required_if.is_some() {
            "est obligatoire dans d'autres cas"
        } else {
            "n'est plus obligatoire dans aucun cas"
        };
        out.push(more_loosens(new.required_if.is_some()), &format!("{name}, {word}."));
    }
    match (&old.kind, &new.kind) {
        (a, b) if a == b => {}
        (FieldKind::Choice(a), FieldKind::Choice(b)) => choices(a, b, &name, out),
        (FieldKind::Text { max: a }, FieldKind::Text { max: b })
        | (FieldKind::LongText { max: a }, FieldKind::LongText { max: b }) => {
            out.push(more_loosens(b > a), &format!("{name}, admet {b} caractères au lieu de {a}."))
        }
        (a, b) => out.push(
            more_loosens(freedom(b) >= freedom(a)),
            &format!(
                "{name}, change de type : {} au lieu de {}.",
                words::field_type_label(b),
                words::field_type_label(a)
            ),
        ),
    }
    out.shown(&format!("Justification de {name}"), &old.why, &new.why);
    out.shown(&format!("Fondement de {name}"), &old.source, &new.source);
    let help = |f: &Field| f.help.clone().unwrap_or_default();
    out.shown(&format!("Aide de {name}"), &help(old), &help(new));
    out.shown(&format!("Libellé du champ « {} », dans {holder}", old.id), &old.label, &new.label);
}

/// Value lists are national: a value more is a loosening.
fn choices(old: &[Choice], new: &[Choice], name: &str, out: &mut Changes) {
    let found = pairs(old, new, |c| &c.code);
    let labels = |list: &[&Choice]| list.iter().map(|c| c.label.clone()).collect::<Vec<_>>();
    if !found.added.is_empty() {
        out.loosens(&format!("{name}, admet de plus {}.", list(&labels(&found.added))));
    }
    if !found.gone.is_empty() {
        out.tightens(&format!("{name}, n'admet plus {}.", list(&labels(&found.gone))));
    }
    for (a, b) in found.kept {
        // What was entered under this code would be read otherwise.
        if a.label != b.label {
            out.push(
                ChangeKind::Loosens,
                &format!(
                    "{name}, dit « {} » au lieu de « {} » pour le même code.",
                    b.label, a.label
                ),
            );
        }
    }
}

/// How much more than its purpose a type lets in.
fn freedom(kind: &FieldKind) -> u8 {
    match kind {
        FieldKind::LongText { .. } => 3,
        FieldKind::Text { .. } => 2,
        FieldKind::Choice(_) | FieldKind::Bool | FieldKind::Reference { .. } => 0,
        _ => 1,
    }
}

fn searches(old: &Register, new: &Register, out: &mut Changes) {
    let found = pairs(&old.searches, &new.searches, |s| &s.id);
    for s in found.added {
        out.loosens(&format!("On peut désormais chercher un dossier par « {} ».", s.label));
    }
    for s in found.gone {
        out.tightens(&format!("On ne cherche plus de dossier par « {} ».", s.label));
    }
    for (a, b) in found.kept {
        if a.of != b.of {
            // More fields asked together find fewer people.
            let narrower = lacks(&a.of, &b.of).is_empty() && b.of.len() > a.of.len();
            out.push(
                more_loosens(!narrower),
                &format!("La recherche « {} » ne porte plus sur les mêmes champs.", b.label),
            );
        }
        if a.near != b.near {
            let word = if b.near { "admet désormais" } else { "n'admet plus" };
            let text = format!("La recherche « {} » {word} une orthographe approchée.", b.label);
            out.push(more_loosens(b.near), &text);
        }
        if a.street != b.street {
            let word = if b.street { "ne regarde plus" } else { "regarde désormais" };
            let text = format!("La recherche « {} » {word} le type de voie et l'article.", b.label);
            out.push(more_loosens(b.street), &text);
        }
        out.shown(&format!("Libellé de la recherche « {} »", a.id), &a.label, &b.label);
    }
}

fn labels(fields: &[Field]) -> String {
    list(&fields.iter().map(|f| f.label.as_str()).collect::<Vec<_>>())
}
