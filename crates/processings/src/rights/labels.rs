//! The names that lists show: a card holds codes only.

/// Rules of deadlines, in the order in which they come.
pub(crate) const TERMS: &[(&str, &str)] = &[
    ("transmission", "Transmettre la demande à l’autre guichet le jour même"),
    ("accuse-reception", "Envoyer l’accusé de réception"),
    ("rappel-reponse", "Préparer la réponse, ou annoncer une prolongation"),
    ("decision-delegue", "Décision du délégué à la protection des données"),
    ("envoi-prolongation", "Envoyer à la personne l’annonce de la prolongation"),
    ("reponse", "Répondre à la demande"),
    ("envoi-reponse", "Envoyer la réponse"),
];

/// Steps, in order.
pub(crate) const STEPS: &[(&str, &str)] = &[
    ("recue", "Demande reçue"),
    ("justificatif", "Justificatif d’identité attendu"),
    ("instruite", "Demande en cours d’instruction"),
    ("a-decider", "Décision du délégué attendue"),
    ("prolongee", "Délai prolongé"),
    ("repondue", "Réponse à envoyer"),
    ("envoyee", "Réponse envoyée"),
    ("clos", "Demande close"),
];

fn of(labels: &'static [(&'static str, &'static str)], code: &str) -> &'static str {
    labels.iter().find(|(known, _)| *known == code).map_or("", |(_, label)| label)
}

pub(crate) fn term(rule: &str) -> &'static str {
    of(TERMS, rule)
}

pub(crate) fn step(code: &str) -> &'static str {
    of(STEPS, code)
}

/// The acts that answer a deadline.
pub(crate) fn answers(rule: &str) -> &'static [&'static str] {
    match rule {
        "transmission" => &["transmission"],
        "rappel-reponse" => &["reponse", "prolongation"],
        "decision-delegue" => &["decision-delegue"],
        "reponse" => &["reponse"],
        _ => &[],
    }
}
