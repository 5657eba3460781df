//! The forty agents of the demonstration: every profile, several arrondissements, a few whose
//! grant has ended or is about to.

use huis_kernel::Date;
use jiff::ToSpan;
use std::collections::BTreeSet;

use crate::{
    dice::Dice,
    names::{Sex, first_name, origin, plain, surname},
};

/// An agent with the one grant it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoAgent {
    /// `prenom.nom`.
    pub login: String,
    /// First name.
    pub first_name: String,
    /// Surname.
    pub last_name: String,
    /// The service it belongs to.
    pub service: String,
    /// Profile of the register.
    pub profile: String,
    /// Arrondissements of its perimeter; empty means all.
    pub units: Vec<String>,
    /// Address, of a domain reserved for examples.
    pub email: String,
    /// Who vouches for it, where the register asks for it.
    pub sponsor: Option<String>,
    /// Does its profile need a second factor?
    pub second_factor: bool,
    /// First day of the grant.
    pub grant_from: Date,
    /// Last day of the grant.
    pub grant_until: Date,
    /// Why the grant was given.
    pub grant_reason: String,
}

impl DemoAgent {
    /// Is its grant running on a day?
    pub fn granted_on(&self, day: Date) -> bool {
        self.grant_from <= day && day <= self.grant_until
    }
}

/// A post: profile, service, number of agents, arrondissement (`""`: all).
const POSTS: [(&str, &str, usize, &str); 25] = [
    ("instructeur", "Préfecture, bureau de la prévention des expulsions", 4, COLMAR),
    ("instructeur", "Sous-préfecture de Mulhouse", 5, MULHOUSE),
    ("instructeur", "Sous-préfecture de Thann-Guebwiller", 2, THANN),
    ("instructeur", "Sous-préfecture d’Altkirch", 2, ALTKIRCH),
    ("instructeur", "DDETSPP, pôle logement", 2, ""),
    ("secretaire-ccapex", "Secrétariat de la CCAPEX", 3, ""),
    ("secretaire-ccapex", "Secrétariat de la CCAPEX, sous-commission de Mulhouse", 1, MULHOUSE),
    ("chef", "Préfecture, bureau de la prévention des expulsions", 1, ""),
    ("chef", "Sous-préfecture de Mulhouse", 1, MULHOUSE),
    ("chef", "DDETSPP, pôle logement", 1, ""),
    ("archiviste", "Préfecture, service des archives", 2, ""),
    ("police", "Commissariat de Mulhouse", 2, MULHOUSE),
    ("police", "Commissariat de Colmar", 1, COLMAR),
    ("police", "Brigade de gendarmerie d’Altkirch", 1, ALTKIRCH),
    ("police", "Brigade de gendarmerie de Thann", 1, THANN),
    ("police", "Brigade de gendarmerie de Guebwiller", 1, THANN),
    ("dpo", "Délégation à la protection des données", 1, ""),
    ("administrateur", "Service numérique", 2, ""),
    ("ministere", "Administration centrale", 1, ""),
    ("commissaire-justice", "Étude de démonstration", 1, MULHOUSE),
    ("service-social", "Espace solidarité de démonstration", 1, MULHOUSE),
    ("bailleur", "Office d’habitat de démonstration", 1, ""),
    ("caf", "Caisse d’allocations familiales", 1, ""),
    ("banque-de-france", "Banque de France, secrétariat du surendettement", 1, ""),
    ("collectivite", "Collectivité de démonstration", 1, ""),
];
const ALTKIRCH: &str = "681";
const COLMAR: &str = "682";
const MULHOUSE: &str = "684";
const THANN: &str = "686";

/// The agents of a seed, as their grants stand on `today`.
pub(crate) fn agents(seed: u64, today: Date) -> Vec<DemoAgent> {
    let dice = &Dice::of(seed, "agents", 0);
    let mut logins = BTreeSet::new();
    let posts = POSTS.iter().flat_map(|post| std::iter::repeat_n(post, post.2));
    let mut seen = BTreeSet::new();
    posts
        .enumerate()
        .map(|(index, (profile, service, _, unit))| {
            let (first_name, last_name) = identity(dice, &mut logins);
            let (from, until) = if seen.insert(*profile) {
                // The first of each profile is there to be tried: its grant is in full course.
                (today.saturating_sub(40.days()), today.saturating_add(135.days()))
            } else {
                term(dice, index, today)
            };
            let login = format!("{}.{}", plain(&first_name), plain(&last_name));
            DemoAgent {
                email: format!("{login}@example.org"),
                login,
                first_name,
                last_name,
                service: (*service).to_owned(),
                profile: (*profile).to_owned(),
                units: if unit.is_empty() { vec![] } else { vec![(*unit).to_owned()] },
                sponsor: (*profile == "police").then(|| format!("Chef de service, {service}")),
                second_factor: true,
                grant_from: from,
                grant_until: until,
                grant_reason: "Affectation au service".to_owned(),
            }
        })
        .collect()
}

/// A name that gives a login not yet taken.
fn identity(dice: &Dice, taken: &mut BTreeSet<String>) -> (String, String) {
    loop {
        let origin = origin(dice);
        let sex = if dice.chance(60) { Sex::F } else { Sex::M };
        let (first, last) = (first_name(dice, origin, sex), surname(dice, origin));
        if taken.insert(format!("{}.{}", plain(&first), plain(&last))) {
            return (first, last);
        }
    }
}

/// One in seven has left, one in seven ends within the month, the others go on.
fn term(dice: &Dice, index: usize, today: Date) -> (Date, Date) {
    let until = match index % 7 {
        3 => today.saturating_sub(dice.between(5, 200).days()),
        5 => today.saturating_add(dice.between(2, 28).days()),
        _ => today.saturating_add(dice.between(35, 140).days()),
    };
    // Police officers and archivists have half a year at most.
    (until.saturating_sub(dice.between(150, 178).days()), until)
}
