//! Files from which acts are recorded: what they may bring, and how long they wait.

use super::{Changes, lacks, pairs, terms::compare_delays};
use crate::{Register, typography::list};

pub(super) fn compare(old: &Register, new: &Register, out: &mut Changes) {
    let found = pairs(&old.imports, &new.imports, |i| &i.id);
    for i in found.gone {
        out.tightens(&format!("L'import « {} » n'est plus possible.", i.label));
    }
    for i in found.added {
        out.loosens(&format!("Nouvel import de fichiers « {} » (acte « {} »).", i.label, i.act));
    }
    for (a, b) in found.kept {
        for (what, from, to) in
            [("met à jour", &a.sections, &b.sections), ("ouvre avec", &a.opens, &b.opens)]
        {
            let (more, less) = (lacks(to, from), lacks(from, to));
            let told = |ids: &[String]| list(&ids.iter().map(String::as_str).collect::<Vec<_>>());
            if !more.is_empty() {
                out.loosens(&format!("L'import « {} » {what} aussi : {}.", b.label, told(&more)));
            }
            if !less.is_empty() {
                out.tightens(&format!(
                    "L'import « {} » ne {what} plus : {}.",
                    b.label,
                    told(&less)
                ));
            }
        }
        if a.act != b.act {
            out.loosens(&format!(
                "L'import « {} » enregistre « {} » au lieu de « {} ».",
                b.label, b.act, a.act
            ));
        }
        for (what, from, to) in [
            ("Attente du fichier scellé", a.staging, b.staging),
            ("Reconnaissance d'une ligne déjà reçue", a.recognises, b.recognises),
        ] {
            if from == to {
                continue;
            }
            let text = format!("{what} de l'import « {} » : {to} au lieu de {from}.", b.label);
            match compare_delays(from, to) {
                // The old one was the longer.
                Some(std::cmp::Ordering::Greater) => out.tightens(&text),
                _ => out.loosens(&text),
            }
        }
        if a.synonyms != b.synonyms {
            out.neutral(&format!("Les noms de colonnes de l'import « {} » changent.", b.label));
        }
        out.shown(&format!("Fondement de l'import « {} »", b.label), &a.source, &b.source);
        out.shown(&format!("Libellé de l'import « {} »", a.id), &a.label, &b.label);
    }
}
