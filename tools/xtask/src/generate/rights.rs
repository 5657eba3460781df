//! The golden matrix of rights: who opens what in which situation, which field each profile reads,
//! which act it reads and records, which power it has. Drawn by asking `access::decide`, which decides
//! in the program; a test of the use cases opens whole dossiers as each profile and reads the same.

use huis_access::{Actor, Card, Grant, Proof, Refusal, Want, decide};
use huis_kernel::{AgentId, CaseNumber, Date, DossierId, GrantId, OfficeId};
use huis_register::{Power, Profile, Register};

use super::{Document, table};

/// A situation: its name, and what differs in it from a running dossier of one's own territory.
struct Situation {
    name: &'static str,
    change: fn(&mut Asked),
}

/// What is asked of `decide`.
struct Asked {
    grant: Grant,
    card: Card,
    strong: bool,
    partners_on: bool,
}

const SITUATIONS: [Situation; 8] = [
    Situation { name: "en cours", change: |_| {} },
    Situation { name: "hors périmètre", change: |a| elsewhere(&mut a.card) },
    Situation { name: "sans second facteur", change: |a| a.strong = false },
    Situation { name: "partenaires fermés", change: |a| a.partners_on = false },
    Situation {
        name: "habilitation finie",
        change: |a| a.grant.until = Date::constant(2026, 2, 28),
    },
    Situation {
        name: "habilitation à venir",
        change: |a| a.grant.from = Date::constant(2026, 3, 2),
    },
    Situation {
        name: "autre organisation",
        change: |a| a.card.office = OfficeId::from_bytes([9; 16]),
    },
    Situation { name: "archivé", change: |a| a.card.archived = true },
];

fn elsewhere(card: &mut Card) {
    card.territory = "684".to_owned();
    card.mandates = vec!["autre".to_owned()];
}

fn asked(register: &Register, profile: &Profile) -> Asked {
    let office = OfficeId::from_bytes([1; 16]);
    let day = Date::constant(2026, 3, 1);
    Asked {
        grant: Grant {
            id: GrantId::from_bytes([2; 16]),
            agent: AgentId::from_bytes([3; 16]),
            office,
            processing: register.id.clone(),
            profile: profile.id.clone(),
            territories: vec![if profile.partner { "partenaire" } else { "681" }.to_owned()],
            from: day,
            until: day,
            giver: None,
            reason: String::new(),
            sponsor: None,
            withdrawn: None,
            reviewed_on: None,
        },
        card: Card {
            office,
            dossier: DossierId::from_bytes([4; 16]),
            processing: register.id.clone(),
            number: CaseNumber::random(&huis_kernel::SeededRng::new(1)),
            territory: "681".to_owned(),
            stage: String::new(),
            step: String::new(),
            opened_on: day,
            closed_on: None,
            archived: false,
            version: 1,
            mandates: vec!["partenaire".to_owned()],
        },
        strong: true,
        partners_on: true,
    }
}

impl Asked {
    fn decide<'r>(&self, register: &'r Register, want: Want<'_>) -> Result<Proof<'r>, Refusal> {
        let actor = Actor {
            agent: self.grant.agent,
            session: None,
            address: None,
            strong: self.strong,
            grants: vec![self.grant.clone()],
        };
        decide(register, &actor, &self.card, want, Date::constant(2026, 3, 1), self.partners_on)
    }
}

/// « lit », « agit » (records without reading), « rien » (as if the dossier did not exist).
fn door(register: &Register, asked: &Asked) -> &'static str {
    let acts = register.acts.iter().any(|a| asked.decide(register, Want::Act(&a.id)).is_ok());
    match asked.decide(register, Want::Read) {
        Ok(_) => "lit",
        Err(_) if acts => "agit",
        Err(refusal) if refusal.hides() => "rien",
        Err(_) => "refusé",
    }
}

fn marks(reads: bool, writes: bool) -> String {
    match (reads, writes) {
        (true, true) => "L E",
        (true, false) => "L",
        (false, true) => "E",
        (false, false) => "",
    }
    .to_owned()
}

/// The matrix of one register.
pub fn matrix(register: &Register) -> Document {
    let profiles = &register.profiles;
    let head = |first: &'static str| -> Vec<&str> {
        std::iter::once(first).chain(profiles.iter().map(|p| p.id.as_str())).collect()
    };
    let rows = |names: Vec<String>, cell: &dyn Fn(&str, &Profile) -> String| -> Vec<Vec<String>> {
        names
            .into_iter()
            .map(|name| {
                let cells: Vec<String> = profiles.iter().map(|p| cell(&name, p)).collect();
                std::iter::once(name).chain(cells).collect()
            })
            .collect()
    };
    let mut body = String::from(
        "Un dossier d'un territoire du profil, ou pour lequel son organisme est mandaté, tous les \
         volets remplis, tous les actes posés. « lit » : la page s'ouvre ; « agit » : des actes se \
         déposent, rien ne se lit ; « rien » : la réponse est celle d'un dossier qui n'existe pas.\n\n\
         ## Selon la situation\n\n",
    );
    let situations: Vec<String> = SITUATIONS.iter().map(|s| s.name.to_owned()).collect();
    body += &table(
        &head("situation"),
        &rows(situations, &|name, profile| {
            let mut asked = asked(register, profile);
            if let Some(situation) = SITUATIONS.iter().find(|s| s.name == name) {
                (situation.change)(&mut asked);
            }
            door(register, &asked).to_owned()
        }),
    );
    body +=
        "\nUn dossier archivé ne s'ouvre que dans une session où l'archive l'est, par sa phrase.\n";
    for (title, archived) in [("en cours", false), ("archivé, l'archive ouverte", true)] {
        let asked = |profile: &Profile| {
            let mut asked = asked(register, profile);
            asked.card.archived = archived;
            asked
        };
        body += &format!("\n## Champs, dossier {title}\n\nL : lit ; E : écrit.\n\n");
        let fields = register
            .sections
            .iter()
            .flat_map(|s| s.fields.iter().map(move |f| format!("{}.{}", s.id, f.id)));
        body += &table(
            &head("champ"),
            &rows(fields.collect(), &|name, profile| {
                let asked = asked(profile);
                let (section, field) = name.split_once('.').unwrap_or_default();
                let reads =
                    asked.decide(register, Want::Read).is_ok_and(|p| p.sees(section, field));
                // What is archived is written no more.
                let writes = !archived && asked.decide(register, Want::Write(section)).is_ok();
                marks(reads, writes)
            }),
        );
        body += &format!("\n## Actes, dossier {title}\n\nL : lit ; E : enregistre.\n\n");
        let acts = register.acts.iter().map(|a| a.id.clone()).collect();
        body += &table(
            &head("acte"),
            &rows(acts, &|name, profile| {
                let asked = asked(profile);
                let reads = asked.decide(register, Want::Read).is_ok_and(|p| p.sees_act(name));
                marks(reads, asked.decide(register, Want::Act(name)).is_ok())
            }),
        );
    }
    body +=
        "\n## Volets masqués aux co-titulaires\n\n« oui » : le profil les voit et les masque.\n\n";
    body += &table(
        &head("droit"),
        &rows(vec!["volets masqués".to_owned()], &|_, profile| {
            let proof = asked(register, profile).decide(register, Want::Read);
            if proof.is_ok_and(|p| p.sees_restricted()) { "oui" } else { "" }.to_owned()
        }),
    );
    body += "\n## Pouvoirs\n\nSur un dossier en cours ou archivé ; aucun sans le second facteur exigé.\n\n";
    let mut powers: Vec<Power> = profiles.iter().flat_map(|p| p.powers.iter().copied()).collect();
    powers.sort_unstable();
    powers.dedup();
    let names = powers.iter().map(|p| format!("{p:?}")).collect();
    body += &table(
        &head("pouvoir"),
        &rows(names, &|name, profile| {
            let Some(power) = powers.iter().copied().find(|p| format!("{p:?}") == name) else {
                return String::new();
            };
            let has = [false, true].into_iter().any(|archived| {
                let mut asked = asked(register, profile);
                asked.card.archived = archived;
                asked.decide(register, Want::Power(power)).is_ok()
            });
            if has { "oui" } else { "" }.to_owned()
        }),
    );
    Document::new(
        &format!("droits-{}", register.id),
        &format!("Qui voit et fait quoi : {}", register.name),
        &format!("registers/{}.toml, par la décision d'accès elle-même,", register.id),
        &body,
    )
}
