//! Requests of persons about their data, at various ages: one that came today, some on their way,
//! one late, one extended, one closed. They are about dossiers that the demonstration has.

use huis_dossier::{Draft, Facts, Value};
use huis_kernel::Date;
use huis_law::Place;
use jiff::ToSpan;

use crate::{DemoAct, DemoDossier};

/// A person of a dossier, who may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The dossier's number.
    pub number: String,
    /// Last name.
    pub last: String,
    /// First name.
    pub first: String,
}

/// The two desks: indexes of the demonstration's agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Desks {
    /// At the service.
    pub service: usize,
    /// At the commission's secretariat.
    pub secretariat: usize,
}

/// An act, so many days after the receipt, and its fields.
type Step = (&'static str, i64, &'static [(&'static str, &'static str)]);

/// What one request tells: right, received so many days ago, at which desk, in which words, and the
/// acts since, each so many days after the receipt.
struct Story {
    right: &'static str,
    ago: i64,
    service: bool,
    words: &'static str,
    acts: &'static [Step],
    /// Letters sent, each about an act (by its rank among all, from 1), a day after the receipt.
    told: &'static [(&'static str, i64, i64)],
    /// Closed on that day after the receipt.
    closed: Option<i64>,
}

const KNOWN: Step = ("identite-verifiee", 1, &[("moyen", "connue")]);

const STORIES: &[Story] = &[
    Story {
        right: "acces",
        ago: 0,
        service: false,
        words: "Je voudrais savoir tout ce que vous avez sur moi.",
        acts: &[],
        told: &[],
        closed: None,
    },
    Story {
        right: "opposition",
        ago: 1,
        service: true,
        words: "Je m’oppose à ce que mes données soient dans ce fichier.",
        acts: &[],
        told: &[],
        closed: None,
    },
    Story {
        right: "effacement",
        ago: 6,
        service: true,
        words: "La dette est payée : effacez mon dossier.",
        acts: &[KNOWN],
        told: &[("droits-accuse", 1, 2)],
        closed: None,
    },
    Story {
        right: "acces",
        ago: 9,
        service: true,
        words: "",
        acts: &[("piece-demandee", 2, &[("doute", "La signature n’est pas celle du bail.")])],
        told: &[("droits-accuse", 1, 2), ("droits-piece", 3, 2)],
        closed: None,
    },
    Story {
        right: "acces",
        ago: 16,
        service: false,
        words: "Copie de mon dossier, et qui l’a lu.",
        acts: &[KNOWN],
        told: &[("droits-accuse", 1, 3)],
        closed: None,
    },
    Story {
        right: "rectification",
        ago: 26,
        service: true,
        words: "Ma date de naissance est fausse, et mon numéro de téléphone a changé.",
        acts: &[KNOWN],
        told: &[("droits-accuse", 1, 2)],
        closed: None,
    },
    Story {
        right: "acces",
        ago: 38,
        service: true,
        words: "Deuxième demande : je n’ai pas eu de réponse.",
        acts: &[KNOWN],
        told: &[],
        closed: None,
    },
    Story {
        right: "acces",
        ago: 45,
        service: false,
        words: "Tous mes dossiers depuis 2021.",
        acts: &[
            KNOWN,
            (
                "prolongation",
                12,
                &[("cause", "complexite"), ("motif", "Plusieurs dossiers, dont un archivé.")],
            ),
        ],
        told: &[("droits-accuse", 1, 3), ("droits-prolongation", 4, 13)],
        closed: None,
    },
    Story {
        right: "rectification",
        ago: 70,
        service: true,
        words: "Mon prénom est mal écrit.",
        acts: &[
            KNOWN,
            (
                "rectification-faite",
                5,
                &[
                    ("rectifie", "Prénom."),
                    ("destinataires", "Commission, commissaire de justice."),
                ],
            ),
            ("reponse", 6, &[("sens", "accordee")]),
        ],
        told: &[("droits-accuse", 1, 2), ("droits-rectification", 5, 7)],
        closed: Some(9),
    },
];

/// The requests, as many as there are persons to make them.
pub fn requests(today: Date, subjects: &[Subject], desks: Desks) -> Vec<DemoDossier> {
    STORIES.iter().zip(subjects).map(|(story, who)| told(story, who, today, desks)).collect()
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn choice(value: &str) -> Value {
    Value::Choice(value.to_owned())
}

fn facts<const N: usize>(pairs: [(&str, Value); N]) -> Facts {
    pairs.into_iter().map(|(id, value)| (id.to_owned(), value)).collect()
}

fn told(story: &Story, who: &Subject, today: Date, desks: Desks) -> DemoDossier {
    let received = today.saturating_sub(story.ago.days());
    let (here, there, agent) = if story.service {
        ("gestionnaire", "secretariat", desks.service)
    } else {
        ("secretariat", "gestionnaire", desks.secretariat)
    };
    let person = facts([
        ("nom", text(&who.last)),
        ("prenom", text(&who.first)),
        ("repondre", choice("courrier")),
        ("voie", text("1 rue de l’Exemple")),
        ("code_postal", text("68000")),
        ("ville", text("Colmar")),
    ]);
    let mut demand = facts([
        ("droit", choice(story.right)),
        ("traitement", choice("expulsion")),
        ("recue_le", Value::Date(received)),
        ("guichet", choice(here)),
        ("numeros", text(&who.number)),
    ]);
    if !story.words.is_empty() {
        demand.insert("precisions".to_owned(), text(story.words));
    }
    let mut acts: Vec<DemoAct> = Vec::new();
    let mut add = |kind: &str, after: i64, facts: Facts| {
        let on = received.saturating_add(after.days());
        let draft = Draft { kind: kind.to_owned(), on, facts, corrects: None };
        acts.push(DemoAct { draft, recorded: on, agent });
        i64::try_from(acts.len()).unwrap_or(0)
    };
    add("demande-recue", 0, Facts::new());
    add("transmission", 0, facts([("vers", choice(there))]));
    for (kind, after, fields) in story.acts {
        let said = fields.iter().map(|(id, value)| {
            let listed = matches!(*id, "moyen" | "cause" | "sens");
            ((*id).to_owned(), if listed { choice(value) } else { text(value) })
        });
        add(kind, *after, said.collect());
    }
    for (model, about, after) in story.told {
        let letter = facts([
            ("modele", text(model)),
            ("version", text("livrée")),
            ("demandeur", Value::Reference(1)),
            ("pour", Value::Int(*about)),
            ("objet", text("Votre demande sur vos données")),
            (
                "contenu",
                text(
                    "Madame, Monsieur,\n\nVotre demande suit son cours. Elle est gratuite ; vous pouvez adresser une réclamation à la CNIL.",
                ),
            ),
        ]);
        let no = add("courrier", *after, letter);
        let sent = facts([("courrier", Value::Int(no)), ("mode", choice("courrier"))]);
        add("envoi-courrier", *after, sent);
    }
    if let Some(after) = story.closed {
        add("cloture", after, facts([("motif", choice("repondue"))]));
    }
    DemoDossier {
        unit: String::new(),
        opened_on: received,
        opened_by: agent,
        sections: vec![("demandeur".to_owned(), 1, person), ("demande".to_owned(), 1, demand)],
        acts,
        place: Place { commune: String::new(), good_friday: false },
        showcase: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_dossier::{Act, Author, Case, Known, Processing};
    use huis_kernel::{AgentId, Zone};
    use huis_law::Law;
    use huis_processings::rights::Rights;
    use huis_register::Register;

    /// Every act of every request is one that the rules accept, in its turn.
    #[test]
    fn the_rules_accept_every_request() {
        let eviction = include_str!("../../../registers/expulsion.toml");
        let own = include_str!("../../../registers/droits.toml");
        let eviction = Register::parse("expulsion.toml", eviction).unwrap();
        let own = Register::parse("droits.toml", own).unwrap();
        let mut rules = Rights::default();
        rules.learn(&[&eviction, &own]);
        let law = Law::embedded().unwrap();
        let today = jiff::civil::date(2026, 11, 23);
        let subject = |n: usize| Subject {
            number: huis_kernel::CaseNumber::from_digits(u32::try_from(n).unwrap())
                .unwrap()
                .to_string(),
            last: "Roth".into(),
            first: "Lucie".into(),
        };
        let subjects: Vec<Subject> = (0..STORIES.len()).map(subject).collect();
        let desks = Desks { service: 0, secretariat: 1 };
        let all = requests(today, &subjects, desks);
        assert_eq!(all.len(), STORIES.len());
        for dossier in all {
            let mut known = Known::default();
            for (section, no, facts) in &dossier.sections {
                let entry = own.section(section).unwrap();
                assert!(facts.keys().all(|f| entry.field(f).is_some()), "{section}");
                known.0.entry(section.clone()).or_default().push((*no, facts.clone()));
            }
            let mut acts: Vec<Act> = Vec::new();
            for act in &dossier.acts {
                let case = Case {
                    opened_on: dossier.opened_on,
                    acts: &acts,
                    known: &known,
                    place: &dossier.place,
                };
                let judged = rules.judge(&case, &act.draft, &law, act.recorded);
                assert!(judged.is_ok(), "{}: {judged:?}", act.draft.kind);
                acts.push(Act {
                    no: u32::try_from(acts.len()).unwrap() + 1,
                    kind: act.draft.kind.clone(),
                    on: act.draft.on,
                    recorded: Zone::utc().start_of(act.recorded),
                    by: Author::Agent(AgentId::from_bytes([1; 16])),
                    facts: act.draft.facts.clone(),
                    corrects: None,
                    voided: false,
                });
            }
        }
    }
}
