//! The rights matrix: who sees and writes which section, who records which act, who may what.
//! Drawn from the very register that decides.

use huis_documents::{Align, Column, Document, Kind, Sheet, Table};
use huis_register::{Profile, Register, Section, power_label};

/// The matrix in the document, profile by profile, and as two sheets with a column a profile.
pub fn write(register: &Register, document: &mut Document, annexes: &mut Vec<Sheet>) {
    document.heading(2, "Matrice des droits");
    document.paragraph(
        "L\u{a0}: lit tous les champs du volet\u{a0}; l\u{a0}: en lit une partie\u{a0}; \
         E\u{a0}: écrit. Une case vide ne donne rien.",
    );
    let profiles = &register.profiles;
    let columns = |first: &str| {
        let names = profiles.iter().map(|p| p.label.as_str());
        std::iter::once(first).chain(names).map(|t| Column::new(t, Kind::Text)).collect::<Vec<_>>()
    };
    let mut seen = Sheet::new(format!("Volets {}", register.id), columns("Volet"));
    for section in &register.sections {
        let marks = profiles.iter().map(|p| mark(p, section).into());
        seen.row(std::iter::once(section.label.as_str().into()).chain(marks));
    }
    let mut acts = Sheet::new(format!("Actes {}", register.id), columns("Acte"));
    for act in &register.acts {
        let marks = profiles.iter().map(|p| act_mark(p, &act.id).into());
        acts.row(std::iter::once(act.label.as_str().into()).chain(marks));
    }
    for profile in profiles {
        document.heading(3, profile.label.as_str());
        let powers: Vec<&str> = profile.powers.iter().map(|p| power_label(*p)).collect();
        document.pairs([
            ("Peut", if powers.is_empty() { "rien d’autre".to_owned() } else { powers.join(", ") }),
            ("Second facteur", if profile.second_factor { "exigé" } else { "non" }.to_owned()),
            ("Habilitation la plus longue", profile.max_term.to_string()),
            ("Source", profile.source.clone()),
        ]);
        let mut table = Table::new(["Volet ou acte", "Droit"]).width(0, 1).align(1, Align::Center);
        let sections = register.sections.iter().map(|s| (s.label.as_str(), mark(profile, s)));
        let kinds = register.acts.iter().map(|a| (a.label.as_str(), act_mark(profile, &a.id)));
        for (label, mark) in sections.chain(kinds).filter(|(_, mark)| !mark.is_empty()) {
            table.push([label, mark]);
        }
        if table.rows.is_empty() {
            document.paragraph("Ce profil ne lit ni n’écrit aucun volet ni acte.");
        } else {
            document.table(table);
        }
    }
    annexes.extend([seen, acts]);
}

fn mark(profile: &Profile, section: &Section) -> &'static str {
    let seen = section.fields.iter().filter(|f| profile.sees_field(&section.id, &f.id)).count();
    let writes = profile.writes.contains(&section.id);
    match (seen, writes) {
        (0, false) => "",
        (0, true) => "E",
        (n, writes) if n == section.fields.len() => {
            if writes {
                "L E"
            } else {
                "L"
            }
        }
        (_, true) => "l E",
        (_, false) => "l",
    }
}

fn act_mark(profile: &Profile, act: &str) -> &'static str {
    let seen = profile.sees_acts.iter().any(|a| a == "*" || a == act);
    match (seen, profile.may_act(act)) {
        (false, false) => "",
        (true, false) => "L",
        (false, true) => "E",
        (true, true) => "L E",
    }
}
