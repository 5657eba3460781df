//! What the sections of a dossier hold, in the register's own words: nothing that the
//! register does not name.

use huis_dossier::{Facts, Value};
use huis_kernel::{Date, Money};
use huis_law::geo::Geo;
use jiff::ToSpan;

use crate::{
    agents::DemoAgent,
    dice::Dice,
    homes::{Home, Landlord},
    names::{Sex, plain},
    people::{Kin, Person},
    plan::Plan,
};

/// The section, its occurrence, its fields.
pub(crate) type Sections = Vec<(String, u32, Facts)>;

/// A section under way: fields that are unknown are left out.
struct Sheet(Facts);

impl Sheet {
    fn text(&mut self, field: &str, text: &str) {
        if !text.is_empty() {
            self.0.insert(field.to_owned(), Value::Text(text.to_owned()));
        }
    }
    fn choice(&mut self, field: &str, code: &str) {
        self.0.insert(field.to_owned(), Value::Choice(code.to_owned()));
    }
    fn set(&mut self, field: &str, value: Value) {
        self.0.insert(field.to_owned(), value);
    }
}

/// The sections of a dossier as they stand today. `assessed`, `reported`, `claimed`: the diagnosis
/// was handed in, the police report was, an indemnity is asked for.
pub(crate) fn sections(
    dice: &Dice,
    plan: &Plan,
    debt: (Money, Date),
    creator: Option<&DemoAgent>,
    assessed: bool,
    reported: bool,
    claimed: bool,
) -> Sections {
    let home = &plan.home;
    let mut all = Vec::new();
    for (no, person) in plan.household.on(plan.opened_on) {
        all.push(("occupant".to_owned(), no, occupant(dice, plan, person)));
    }
    if let Some(surety) = &plan.household.surety {
        let mut sheet = Sheet(Facts::new());
        sheet.text("nom", &surety.surname);
        sheet.text("prenom", &surety.first_name);
        elsewhere(dice, &mut sheet, ["voie", "code_postal", "ville"]);
        all.push(("caution".to_owned(), 1, sheet.0));
    }
    all.push(("local".to_owned(), 1, local(home, plan.opened_on)));
    all.push(("dette".to_owned(), 1, arrears(dice, debt)));
    if assessed {
        all.push(("diagnostic".to_owned(), 1, diagnosis(dice, plan)));
        all.push(("accompagnement".to_owned(), 1, support(dice, plan.opened_on)));
    }
    if let Some(agent) = creator {
        let mut sheet = Sheet(Facts::new());
        sheet.text("nom", &agent.last_name);
        sheet.text("prenom", &agent.first_name);
        all.push(("referent".to_owned(), 1, sheet.0));
    }
    if reported {
        all.push(("rapport_police".to_owned(), 1, report(dice)));
    }
    if claimed {
        all.push(("indemnite".to_owned(), 1, indemnity(dice, home)));
    }
    all
}

/// What the acts do not say of a claim: who is owed, the debt before, the waste tax.
fn indemnity(dice: &Dice, home: &Home) -> Facts {
    let mut sheet = Sheet(Facts::new());
    let person = home.landlord == Landlord::Person;
    sheet.choice("beneficiaire", if person { "personne_physique" } else { "autre" });
    sheet.set("dette_anterieure", Value::Money(Money(dice.between(80_000, 600_000))));
    sheet.set("teom", Value::Money(Money(dice.between(9_000, 24_000))));
    sheet.set("teom_dans_charges", Value::Bool(dice.chance(60)));
    sheet.0
}

fn occupant(dice: &Dice, plan: &Plan, person: &Person) -> Facts {
    let mut sheet = Sheet(Facts::new());
    let bound = match person.kin {
        Kin::Holder | Kin::FormerSpouse | Kin::CoTenant => true,
        Kin::Spouse => dice.chance(70),
        Kin::Child | Kin::Parent => false,
    };
    sheet.choice("qualite", if bound { "en_impaye" } else { "autre_occupant" });
    sheet.text("nom", &person.surname);
    sheet.text("prenom", &person.first_name);
    sheet.set("date_naissance", Value::Date(person.born));
    sheet.choice("sexe", if person.sex == Sex::F { "f" } else { "m" });
    match person.kin {
        Kin::Holder => {}
        Kin::Spouse | Kin::FormerSpouse => sheet.choice("parente", "conjoint"),
        Kin::Child => sheet.choice("parente", "enfant"),
        Kin::Parent => sheet.choice("parente", "ascendant"),
        Kin::CoTenant => sheet.choice("parente", "sans_lien"),
    }
    sheet.text("telephone", person.phone.as_deref().unwrap_or(""));
    sheet.text("courriel", person.email.as_deref().unwrap_or(""));
    if person.kin == Kin::FormerSpouse {
        elsewhere(dice, &mut sheet, ["contact_voie", "contact_code_postal", "contact_ville"]);
    }
    if person.kin == Kin::Holder {
        sheet.set("apl", Value::Bool(plan.home.benefit.is_some()));
        if let Some(benefit) = plan.home.benefit {
            sheet.set("apl_montant", Value::Money(benefit));
            sheet.choice("organisme_payeur", if dice.chance(95) { "caf" } else { "msa" });
            sheet.text("numero_allocataire", &plan.household.benefit_number);
        }
        if dice.chance(9) {
            let filed = plan.opened_on.saturating_sub(dice.between(20, 400).days());
            sheet.set("dalo_recours_le", Value::Date(filed));
            sheet.set("pu_dalo", Value::Bool(dice.chance(45)));
        }
    }
    sheet.0
}

/// Another address, for someone who does not live there.
fn elsewhere(dice: &Dice, sheet: &mut Sheet, [street, postcode, town]: [&str; 3]) {
    let other = crate::homes::home(u64::from(dice.below(u32::MAX)), 0, 2);
    sheet.text(street, &format!("{} {} {}", other.number, other.street_kind, other.street));
    sheet.text(postcode, other.postcode);
    sheet.text(town, Geo::embedded().commune(other.commune).map_or("", |c| c.name));
}

fn local(home: &Home, opened: Date) -> Facts {
    let mut sheet = Sheet(Facts::new());
    sheet.choice("type_local", if home.house { "maison" } else { "appartement" });
    let sizes = ["t1", "t2", "t3", "t4", "t5"];
    let size = usize::from(home.rooms).checked_sub(1).and_then(|i| sizes.get(i));
    sheet.choice("typologie", size.unwrap_or(&"t6_plus"));
    sheet.set("date_bail", Value::Date(home.lease(opened)));
    sheet.set("loyer", Value::Money(home.rent));
    sheet.set("charges", Value::Money(home.charges));
    let social = home.landlord == Landlord::Social;
    sheet.choice("type_bailleur", if social { "social" } else { "prive" });
    sheet.text("numero", &home.number);
    if let Some(suffix) = home.number_suffix {
        sheet.choice("complement", suffix);
    }
    sheet.choice("type_voie", &plain(home.street_kind));
    sheet.text("nom_voie", home.street);
    sheet.text("residence", home.residence.unwrap_or(""));
    sheet.text("immeuble", home.building.as_deref().unwrap_or(""));
    sheet.text("etage", home.floor.as_deref().unwrap_or(""));
    sheet.text("appartement", home.apartment.as_deref().unwrap_or(""));
    sheet.text("code_postal", home.postcode);
    sheet.text("commune", home.commune);
    sheet.0
}

fn arrears(dice: &Dice, (amount, on): (Money, Date)) -> Facts {
    let mut sheet = Sheet(Facts::new());
    sheet.set("montant", Value::Money(amount));
    sheet.set("arretee_au", Value::Date(on));
    sheet.set("reprise_paiement", Value::Bool(dice.chance(42)));
    let ways =
        [(55, "aucun"), (20, "plan_apurement"), (14, "fsl"), (8, "surendettement"), (3, "prp")];
    sheet.choice("dispositif", dice.weighted(&ways).copied().unwrap_or("aucun"));
    sheet.0
}

fn diagnosis(dice: &Dice, plan: &Plan) -> Facts {
    let mut sheet = Sheet(Facts::new());
    let present = || plan.household.on(plan.opened_on).filter(|(_, p)| !p.elsewhere);
    let count = |child: bool| {
        let of_kind = present().filter(|(_, p)| (p.kin == Kin::Child) == child);
        i64::try_from(of_kind.count()).unwrap_or(0)
    };
    let (adults, children) = (count(false), count(true));
    sheet.set("adultes", Value::Int(adults));
    sheet.set("enfants", Value::Int(children));
    let states = [
        (48, "adapte"),
        (14, "trop_petit"),
        (8, "trop_grand"),
        (25, "trop_cher"),
        (5, "non_decent"),
    ];
    sheet.choice("logement_etat", dice.weighted(&states).copied().unwrap_or("adapte"));
    sheet.set("demande_logement_social", Value::Bool(dice.chance(46)));
    sheet.set("recours_dalo", Value::Bool(dice.chance(10)));
    let income =
        dice.around(560, 960, 1900) * (60 + 40 * adults.clamp(1, 3)) / 100 + children * 150;
    let costs = plan.home.monthly().0 / 100 + dice.between(160, 480) + children * 90;
    let left = (income - costs).clamp(0, 900) / 3;
    let euros = |amount: i64| Value::Money(Money(amount * 100));
    sheet.set("ressources", euros(income / 10 * 10));
    sheet.set("charges", euros(costs / 10 * 10));
    sheet.set("capacite_remboursement", euros(left / 10 * 10));
    let causes = [
        (38, "impaye_perte_revenus"),
        (17, "impaye_separation"),
        (18, "impaye_charges"),
        (10, "impaye_aide_interrompue"),
        (7, "impaye_litige"),
        (10, "impaye_autre"),
    ];
    sheet.choice("motif_menace", dice.weighted(&causes).copied().unwrap_or("impaye_autre"));
    sheet.0
}

fn support(dice: &Dice, opened: Date) -> Facts {
    let mut sheet = Sheet(Facts::new());
    let kinds =
        [(44, "aucun"), (30, "social"), (14, "logement"), (4, "medico_social"), (8, "masp_maj")];
    let kind = dice.weighted(&kinds).copied().unwrap_or("aucun");
    sheet.choice("suivi", kind);
    if kind != "aucun" {
        let since = opened.saturating_add(dice.between(-200, 60).days());
        sheet.set("depuis", Value::Date(since));
    }
    let advice = [
        "Plan d’apurement à proposer au bailleur, avec reprise du loyer courant.",
        "Demande au fonds de solidarité pour le logement à déposer avant l’audience.",
        "Rétablissement de l’aide au logement à demander dès le premier loyer repris.",
        "Relogement dans un logement moins cher à préparer\u{a0}; demande de logement social à jour.",
        "Dossier de surendettement à constituer avec le point conseil budget.",
        "Délais de paiement à demander au juge\u{a0}; capacité de remboursement confirmée.",
    ];
    sheet.text("preconisations", dice.word(&advice));
    sheet.0
}

fn report(dice: &Dice) -> Facts {
    let mut sheet = Sheet(Facts::new());
    let opinions = [
        (
            72,
            (
                "aucun",
                "Aucun risque particulier de trouble à l’ordre public n’est attendu lors de \
                 l’intervention.",
            ),
        ),
        (
            22,
            (
                "modere",
                "Présence possible de riverains le jour de l’intervention\u{a0}: un équipage de \
                 sécurisation est conseillé.",
            ),
        ),
        (
            6,
            (
                "eleve",
                "Risque de rassemblement devant l’immeuble\u{a0}: intervention à préparer avec le \
                 renfort d’une section.",
            ),
        ),
    ];
    let (risk, opinion) = dice.weighted(&opinions).copied().unwrap_or(("aucun", ""));
    sheet.choice("risque", risk);
    sheet.text("avis", opinion);
    sheet.0
}

/// The arrondissement of a commune.
pub(crate) fn unit_of(commune: &str) -> &'static str {
    Geo::embedded().commune(commune).and_then(|c| c.arrondissement).unwrap_or("")
}
