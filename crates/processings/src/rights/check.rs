//! What is wrong with an act of a request: refused, with all the faults at once.

use huis_dossier::{Draft, Facts, Fault, Judgement, Value};
use huis_kernel::Date;
use huis_law::{Law, short_date};
use huis_register::french;

use super::{
    course::{CANCELLED, Course},
    kinds::Kind,
};

fn fault(code: &str, message: &str, article: &str) -> Fault {
    Fault { field: None, code: code.to_owned(), message: french(message), article: french(article) }
}

fn fault_at(field: &str, code: &str, message: &str, article: &str) -> Fault {
    Fault { field: Some(field.to_owned()), ..fault(code, message, article) }
}

/// Accepts a draft, or gives all its faults.
pub(crate) fn judge(
    course: &Course<'_>,
    draft: &Draft,
    law: &Law,
    today: Date,
) -> Result<Judgement, Vec<Fault>> {
    let Some(kind) = Kind::from_id(&draft.kind) else {
        return Err(vec![fault("acte-inconnu", "Cet acte n'est pas de ceux du registre.", "D-25")]);
    };
    let mut out: Vec<Fault> = draft
        .facts
        .keys()
        .filter(|f| !kind.fields().contains(&f.as_str()))
        .map(|f| fault_at(f, "champ-inconnu", "Ce champ n'est pas de ceux de l'acte.", "I1"))
        .collect();
    let missing = kind.needs().iter().filter(|f| match draft.facts.get(**f) {
        None => true,
        Some(value) => value.as_str().is_some_and(|t| t.trim().is_empty()),
    });
    out.extend(
        missing.map(|f| fault_at(f, "manquant", "Ce champ est nécessaire.", "RGPD art. 12")),
    );
    if draft.on > today {
        let message = "Un acte s'enregistre quand il a eu lieu : sa date est à venir.";
        out.push(fault_at("on", "date-future", message, "D-25"));
    }
    match draft.corrects {
        None => out.extend(refused(course, kind)),
        Some(target) => corrects(course, kind, target, &mut out),
    }
    let received = course.first(Kind::DemandeRecue).map(|a| a.on);
    if kind != Kind::DemandeRecue
        && let Some(received) = received.filter(|day| draft.on < *day)
    {
        let message = format!(
            "La demande n'était pas encore reçue : elle l'a été le {}.",
            short_date(received)
        );
        out.push(fault_at("on", "avant-reception", &message, "RGPD art. 12.3"));
    }
    match kind {
        Kind::DemandeRecue => {
            if let Err(words) = course.numbers() {
                let message = match words.len() {
                    1 => "Ce n'est pas un numéro de dossier : vérifiez ses huit chiffres et sa lettre."
                        .to_owned(),
                    n => format!(
                        "{n} ne sont pas des numéros de dossier : vérifiez leurs huit chiffres et leur lettre."
                    ),
                };
                out.push(fault("numero-illisible", &message, "RGPD art. 15"));
            }
        }
        Kind::Prolongation => extension(course, draft, law, &mut out),
        Kind::Reponse => answer(course, &draft.facts, &mut out),
        Kind::Cloture => closing(course, draft, &mut out),
        Kind::EnvoiCourrier | Kind::CourrierRevenu => letter(course, kind, draft, &mut out),
        Kind::Courrier => {
            let to = draft.facts.get("demandeur");
            let known = course.known.0.get("demandeur").map(Vec::as_slice).unwrap_or_default();
            if to.is_some() && !known.iter().any(|(no, _)| to == Some(&Value::Reference(*no))) {
                let message = "Ce demandeur n'est pas au dossier.";
                out.push(fault_at("demandeur", "demandeur-inconnu", message, "RGPD art. 12"));
            }
        }
        _ => {}
    }
    if !out.is_empty() {
        return Err(out);
    }
    let mut used = Facts::new();
    if kind == Kind::Reponse {
        // What the register said on that day is the answer's own (I10).
        used.insert("offert".to_owned(), Value::Bool(course.ground().is_none()));
        used.insert("delegue".to_owned(), Value::Bool(course.said.officer));
    }
    Ok(Judgement { used, ..Judgement::default() })
}

/// Why an act of this kind cannot come now.
pub(crate) fn refused(course: &Course<'_>, kind: Kind) -> Option<Fault> {
    let d25 = "D-25";
    if let Some(closed) = course.first(Kind::Cloture) {
        // What was sent may still come back once the request is closed.
        let back = kind == Kind::CourrierRevenu;
        let message = format!(
            "La demande est close depuis le {} : une nouvelle demande s'enregistre à part.",
            short_date(closed.on)
        );
        return (!back).then(|| fault("demande-close", &message, d25));
    }
    let answered = course.has(Kind::Reponse);
    match kind {
        Kind::DemandeRecue if course.has(kind) => {
            Some(fault("deja-recue", "La réception est déjà enregistrée.", d25))
        }
        Kind::DemandeRecue => None,
        _ if !course.has(Kind::DemandeRecue) => {
            Some(fault("sans-reception", "Enregistrez d'abord la réception de la demande.", d25))
        }
        Kind::Transmission if course.has(kind) => Some(fault(
            "deja-transmise",
            "La demande est déjà transmise : les deux guichets la voient.",
            "X-16",
        )),
        Kind::PieceDemandee if course.identified() => Some(fault(
            "identite-deja-verifiee",
            "L'identité est vérifiée : un justificatif ne se demande qu'en cas de doute raisonnable.",
            "RGPD art. 12.6",
        )),
        Kind::PieceDemandee | Kind::IdentiteVerifiee | Kind::RectificationFaite if answered => {
            Some(fault("deja-repondu", "La réponse est déjà enregistrée.", d25))
        }
        Kind::Prolongation if answered => {
            Some(fault("deja-repondu", "La réponse est déjà enregistrée.", d25))
        }
        Kind::Prolongation if course.has(kind) => Some(fault(
            "deja-prolongee",
            "Le délai est déjà prolongé : trois mois sont le plus qu'il puisse durer.",
            "RGPD art. 12.3",
        )),
        Kind::DecisionDelegue if !course.said.officer => Some(fault(
            "droit-regle",
            "Le registre règle ce droit : le guichet y répond lui-même.",
            "X-16",
        )),
        Kind::DecisionDelegue if course.has(kind) => {
            Some(fault("deja-decide", "Le délégué a déjà décidé : corrigez sa décision.", "X-16"))
        }
        Kind::RectificationFaite if course.asked("droit") != "rectification" => Some(fault(
            "autre-droit",
            "La demande n'est pas une demande de rectification.",
            "RGPD art. 16",
        )),
        Kind::Copie if course.asked("droit") != "acces" => {
            Some(fault("autre-droit", "Une copie se remet à qui demande l'accès.", "RGPD art. 15"))
        }
        Kind::Copie | Kind::RectificationFaite if !course.identified() => Some(unidentified()),
        Kind::Reponse if answered => Some(fault(
            "deja-repondu",
            "La réponse est déjà enregistrée : corrigez-la.",
            "RGPD art. 12.3",
        )),
        Kind::Reponse if course.awaits_officer() => Some(fault(
            "decision-attendue",
            "Aucun texte du traitement ne nomme ce droit : le délégué à la protection des données décide d'abord, avec ses motifs.",
            "X-16",
        )),
        _ => None,
    }
}

fn unidentified() -> Fault {
    fault(
        "identite-non-verifiee",
        "L'identité n'est pas vérifiée : enregistrez d'abord comment elle l'a été.",
        "RGPD art. 12.6",
    )
}

/// A correction is of an act of the same kind that counts.
fn corrects(course: &Course<'_>, kind: Kind, target: u32, out: &mut Vec<Fault>) {
    let found = course.acts.iter().find(|a| a.no == target || a.last == target);
    match found {
        None => out.push(fault(
            "corrige-inconnu",
            "L'acte à corriger n'est pas au dossier, ou il est annulé.",
            "D-25",
        )),
        Some(act) if act.kind != kind => out.push(fault(
            "corrige-autre-nature",
            "Une correction garde la nature de l'acte : annulez-le et enregistrez l'autre.",
            "D-25",
        )),
        Some(_) if course.has(Kind::Cloture) && kind != Kind::EnvoiCourrier => out.push(fault(
            "demande-close",
            "La demande est close : ce qui y a été fait ne change plus.",
            "D-25",
        )),
        Some(_) => {}
    }
}

/// Announced within the month, or not at all (RGPD art. 12 § 3, D-25).
fn extension(course: &Course<'_>, draft: &Draft, law: &Law, out: &mut Vec<Fault>) {
    let Ok(month) = course.first_month(law) else { return };
    if draft.on > month.due {
        let message = format!(
            "Le délai d'un mois est passé depuis le {} : il ne peut plus être prolongé.",
            short_date(month.due)
        );
        out.push(fault_at("on", "prolongation-tardive", &message, "RGPD art. 12.3"));
    }
}

/// An answer rests on what the register says of the right, and tells its ground.
fn answer(course: &Course<'_>, facts: &Facts, out: &mut Vec<Fault>) {
    let sense = facts.get("sens").and_then(Value::as_str).unwrap_or("");
    let reasons = facts.get("motif").and_then(Value::as_str).unwrap_or("").trim();
    if matches!(sense, "refusee" | "partielle") && reasons.is_empty() {
        let message = "Un refus, même partiel, dit ses motifs : la personne les lit.";
        out.push(fault_at("motif", "refus-sans-motif", message, "RGPD art. 12.4"));
    }
    if !matches!(sense, "accordee" | "partielle") {
        return;
    }
    if course.ground().is_some() {
        out.push(fault_at(
            "sens",
            "droit-non-ouvert",
            "Le registre du traitement n'ouvre pas ce droit : la réponse le dit, avec le motif du registre.",
            "X-16",
        ));
    }
    if !course.identified() {
        out.push(unidentified());
    }
    if course.asked("droit") == "rectification" && !course.has(Kind::RectificationFaite) {
        out.push(fault(
            "rectification-a-faire",
            "Rectifiez d'abord le dossier et enregistrez-le, avec les destinataires informés.",
            "RGPD art. 16 et 19",
        ));
    }
    let decided = course.last(Kind::DecisionDelegue).and_then(|d| d.text("sens"));
    if decided == Some("refusee") {
        out.push(fault_at(
            "sens",
            "contre-decision",
            "Le délégué a décidé de ne pas y faire droit : la réponse suit sa décision.",
            "X-16",
        ));
    }
}

fn closing(course: &Course<'_>, draft: &Draft, out: &mut Vec<Fault>) {
    if let Some(last) = course.acts.iter().map(|a| a.on).max().filter(|day| draft.on < *day) {
        let message =
            format!("La clôture ne peut précéder le {}, date du dernier acte.", short_date(last));
        out.push(fault_at("on", "avant-dernier-acte", &message, "D-25"));
    }
    if draft.facts.get("motif").and_then(Value::as_str) != Some("repondue") {
        return;
    }
    let answer = course.last(Kind::Reponse);
    if answer.is_none_or(|a| course.told(Course::ANSWERS, a.no).is_none()) {
        out.push(fault_at(
            "motif",
            "reponse-non-envoyee",
            "La réponse n'est pas envoyée : préparez son courrier et marquez-le parti.",
            "RGPD art. 12.3",
        ));
    }
}

/// The letter that an act sends or that comes back was prepared, and sent before it came back.
fn letter(course: &Course<'_>, kind: Kind, draft: &Draft, out: &mut Vec<Fault>) {
    let no = draft.facts.get("courrier").and_then(Value::as_int);
    let Some(no) = no.and_then(|n| u32::try_from(n).ok()) else { return };
    let mode = draft.facts.get("mode").and_then(Value::as_str);
    if draft.corrects.is_none() && mode == Some(CANCELLED) {
        let message = "Seul un envoi déjà enregistré s'annule : corrigez-le.";
        out.push(fault_at("mode", "envoi-annule-seul", message, "D-25"));
    }
    if !course.acts.iter().any(|a| a.kind == Kind::Courrier && a.no == no) {
        let message = "Ce courrier n'est pas au dossier : préparez-le d'abord.";
        out.push(fault_at("courrier", "courrier-inconnu", message, "D-25"));
        return;
    }
    let gone = course.sent(no).is_some_and(|(_, back)| back.is_none());
    if kind == Kind::CourrierRevenu && !gone {
        let message = "Ce courrier n'est pas parti, ou il est déjà revenu.";
        out.push(fault_at("courrier", "courrier-pas-parti", message, "D-25"));
    } else if kind == Kind::EnvoiCourrier && gone && draft.corrects.is_none() {
        out.push(fault_at(
            "courrier",
            "courrier-deja-parti",
            "Ce courrier est déjà parti.",
            "D-25",
        ));
    }
}
