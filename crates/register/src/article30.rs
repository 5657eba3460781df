//! The entry of the register of processing activities (GDPR, article 30), as data for a page, a
//! table or a letter.

use crate::{
    Class, Field, Profile, Register, class_label, ending_label, field_type_label, power_label,
    start_event_label,
    typography::{french, list},
};

type Row = (String, String);

/// Headings in the order of the CNIL's own model, each with its lines (what, says).
pub fn to_article30(register: &Register) -> Vec<(String, Vec<Row>)> {
    let part = |heading: &str, rows: Vec<Row>| {
        let rows = rows.into_iter().map(|(a, b)| (french(&a), french(&b))).collect();
        (french(heading), rows)
    };
    vec![
        part("Traitement", head(register)),
        part("Finalités et bases légales", purposes(register)),
        part("Catégories de données", categories(register)),
        part("Données sensibles", sensitive(register)),
        part("Événements de la procédure", acts(register)),
        part("Personnes habilitées et destinataires", profiles(register)),
        part("Durées de conservation", retentions(register)),
        part("Droits des personnes", rights(register)),
        part("Information des personnes", notices(register)),
        part("Mesures de sécurité", security(register)),
    ]
}

fn row(what: impl Into<String>, says: impl Into<String>) -> Row {
    (what.into(), says.into())
}

fn head(register: &Register) -> Vec<Row> {
    let mut rows = vec![
        row("Nom", &register.name),
        row("Référence", &register.id),
        row("Textes", register.texts.join(" ; ")),
        row("En vigueur depuis le", register.in_force.strftime("%d/%m/%Y").to_string()),
    ];
    if let Some(authorisation) = &register.authorisation {
        rows.push(row("Autorisation propre", authorisation));
    }
    rows
}

fn purposes(register: &Register) -> Vec<Row> {
    let says = |p: &crate::Purpose| format!("{} ({})", p.legal_basis, p.source);
    register.purposes.iter().map(|p| row(&p.label, says(p))).collect()
}

fn categories(register: &Register) -> Vec<Row> {
    let name = |s: &crate::Section| format!("{} : {}", class_label(s.class), s.label);
    let says = |s: &crate::Section| format!("{} ({})", fields(&s.fields), s.source);
    register.sections.iter().map(|s| row(name(s), says(s))).collect()
}

fn fields(fields: &[Field]) -> String {
    let each = |f: &Field| format!("{} [{}] : {}", f.label, field_type_label(&f.kind), f.why);
    fields.iter().map(each).collect::<Vec<_>>().join(" ; ")
}

fn sensitive(register: &Register) -> Vec<Row> {
    let ground = |class: Class| match class {
        Class::Sante => "données de santé (RGPD, article 9)",
        Class::Infraction => "infractions et mesures de sûreté (RGPD, article 10)",
        _ => "appréciations sur les difficultés sociales des personnes",
    };
    let rows: Vec<Row> = register
        .sections
        .iter()
        .filter(|s| s.class.sensitive())
        .map(|s| row(&s.label, format!("{}, {}", ground(s.class), s.source)))
        .collect();
    if rows.is_empty() { vec![row("Aucune", "Le registre n'en déclare pas.")] } else { rows }
}

fn acts(register: &Register) -> Vec<Row> {
    register
        .acts
        .iter()
        .map(|a| {
            let holds =
                if a.fields.is_empty() { "sa date seule".to_owned() } else { fields(&a.fields) };
            row(&a.label, format!("{holds} ({})", a.article))
        })
        .collect()
}

fn profiles(register: &Register) -> Vec<Row> {
    register.profiles.iter().map(|p| row(&p.label, profile(register, p))).collect()
}

fn profile(register: &Register, profile: &Profile) -> String {
    let mut parts = Vec::new();
    let mut seen = Vec::new();
    for section in &register.sections {
        let visible: Vec<&str> = section
            .fields
            .iter()
            .filter(|f| profile.sees_field(&section.id, &f.id))
            .map(|f| f.label.as_str())
            .collect();
        if visible.len() == section.fields.len() {
            seen.push(format!("« {} »", section.label));
        } else if !visible.is_empty() {
            seen.push(format!("de « {} », {}", section.label, list(&visible)));
        }
    }
    if seen.is_empty() {
        parts.push("Ne voit aucun volet".to_owned());
    } else {
        parts.push(format!("Voit {}", seen.join(" ; ")));
    }
    let acts: Vec<&str> =
        register.acts.iter().filter(|a| profile.may_act(&a.id)).map(|a| a.label.as_str()).collect();
    if !acts.is_empty() {
        parts.push(format!("Inscrit {}", list(&acts)));
    }
    if !profile.powers.is_empty() {
        let powers: Vec<&str> = profile.powers.iter().map(|p| power_label(*p)).collect();
        parts.push(format!("Peut {}", powers.join(", ")));
    }
    if let Some(sponsor) = &profile.sponsor {
        parts.push(format!("Habilité par : {sponsor}"));
    }
    if profile.second_factor {
        parts.push("Second facteur exigé".to_owned());
    }
    if profile.partner {
        parts.push(
            "Partenaire, fermé tant que l'installation ne nomme pas son autorisation".to_owned(),
        );
    }
    parts.push(format!("Habilitation de {} au plus ({})", profile.max_term, profile.source));
    parts.join(". ")
}

fn retentions(register: &Register) -> Vec<Row> {
    let mut rows = Vec::new();
    for unit in &register.retentions {
        let sections = register.sections.iter().filter(|s| unit.sections.contains(&s.id));
        let acts = register
            .acts
            .iter()
            .filter(|a| register.unit_of_act(&a.id).is_some_and(|u| u.id == unit.id));
        let what: Vec<&str> =
            sections.map(|s| s.label.as_str()).chain(acts.map(|a| a.label.as_str())).collect();
        let archive = if unit.archive { ", en archivage intermédiaire" } else { "" };
        let ours = if unit.ours { ", notre choix" } else { "" };
        let says = format!(
            "{} à compter de {}{archive}, puis {} ({}{ours})",
            unit.keep,
            start_event_label(unit.from),
            ending_label(unit.then),
            unit.source
        );
        rows.push(row(list(&what), says));
    }
    rows.push(row(
        "Traces des accès",
        format!("{} ({})", register.traces.keep, register.traces.source),
    ));
    rows
}

fn rights(register: &Register) -> Vec<Row> {
    register
        .rights
        .iter()
        .map(|r| {
            let says = match &r.ground {
                Some(ground) if !r.offered => format!("Non applicable : {ground} ({})", r.source),
                _ => format!(
                    "S'exerce auprès de {}. {}Réponse sous {} ({})",
                    list(&r.desks),
                    if r.officer {
                        "Décidé par le délégué à la protection des données. "
                    } else {
                        ""
                    },
                    r.delay,
                    r.source
                ),
            };
            row(&r.label, says)
        })
        .collect()
}

fn notices(register: &Register) -> Vec<Row> {
    let says = |n: &crate::Notice| format!("{} ({})", n.audience, n.source);
    register.notices.iter().map(|n| row(&n.title, says(n))).collect()
}

fn security(register: &Register) -> Vec<Row> {
    let s = &register.security;
    let ((fh, fm), (th, tm)) = s.working_hours;
    vec![
        row(
            "Chiffrement",
            "Chaque volet, acte et document est chiffré sous la clé de sa durée de conservation ; l'effacement détruit cette clé, sauvegardes comprises.",
        ),
        row(
            "Habilitations",
            format!(
                "Individuelles et datées. Délai entre deux revues : {} au plus.",
                s.review_every
            ),
        ),
        row("Mots de passe", format!("Règles « {} ».", s.password_rules)),
        row(
            "Sessions",
            format!(
                "Closes après {} minutes d'inactivité et {} heures en tout.",
                s.idle_minutes, s.absolute_hours
            ),
        ),
        row(
            "Traçabilité",
            format!(
                "Tout accès est inscrit dans un journal vérifiable. Alertes : plus de {} dossiers en une heure, {} refus en dix minutes, {} dossiers à la suite, accès hors de {fh:02}:{fm:02} à {th:02}:{tm:02}.",
                s.alert_volume_per_hour, s.alert_refusals, s.alert_walk
            ),
        ),
    ]
}
