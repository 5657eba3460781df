//! Invented households: who lives there, how they are related, how to reach them.

use huis_kernel::Date;

use crate::{
    dice::Dice,
    names::{Sex, first_name, origin, plain, surname},
};

/// One person of a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub surname: String,
    pub first_name: String,
    pub sex: Sex,
    pub born: Date,
    pub kin: Kin,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// Lives elsewhere now (a separated spouse who is still on the lease).
    pub elsewhere: bool,
}

/// What a person is to the first holder of the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kin {
    /// The first holder.
    Holder,
    /// Spouse or partner.
    Spouse,
    /// Spouse or partner who has left, still bound by the lease.
    FormerSpouse,
    /// Child.
    Child,
    /// Father or mother taken in.
    Parent,
    /// Co-tenant without kinship.
    CoTenant,
}

/// The people of one dwelling, holders of the lease first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Household {
    pub people: Vec<Person>,
    /// Who stands surety, if anybody.
    pub surety: Option<Person>,
    /// Seven digits, as a family-benefit number has.
    pub benefit_number: String,
}

impl Household {
    /// Those who belong to the household on a day, each with its number in the dossier: children already born and not yet gone to a
    /// home of their own.
    pub(crate) fn on(&self, day: Date) -> impl Iterator<Item = (u32, &Person)> {
        (1..).zip(&self.people).filter(move |(_, p)| {
            p.kin != Kin::Child || (p.born < day && day.year() - p.born.year() < 23)
        })
    }
}

/// How a household is made up.
#[derive(Clone, Copy)]
enum Shape {
    Alone,
    Couple,
    Family,
    LoneParent,
    Separated,
    CoTenants,
    WithParent,
}

const SHAPES: [(u32, Shape); 7] = [
    (34, Shape::Alone),
    (14, Shape::Couple),
    (19, Shape::Family),
    (18, Shape::LoneParent),
    (7, Shape::Separated),
    (5, Shape::CoTenants),
    (3, Shape::WithParent),
];

/// The household number `index` of a seed, with ages as of `today`. Whatever the dossier, the same
/// number gives the same people: one archived and one new, for the same household.
pub(crate) fn household(seed: u64, index: u64, today: Date) -> Household {
    let dice = &Dice::of(seed, "household", index);
    let origin = origin(dice);
    let name = surname(dice, origin);
    let shape = dice.weighted(&SHAPES).copied().unwrap_or(Shape::Alone);
    let holder_sex = match shape {
        Shape::LoneParent => sex(dice, 82),
        _ => sex(dice, 50),
    };
    let holder_born = born(dice, today.year(), 29, 44, 86);
    let birth_year = holder_born.year();
    let mut people = vec![person(dice, origin, &name, holder_sex, holder_born, Kin::Holder)];
    let other = if holder_sex == Sex::F { Sex::M } else { Sex::F };
    let near_age = |dice: &Dice| born(dice, birth_year + 22, 19, 23, 30);
    match shape {
        Shape::Alone => {}
        Shape::LoneParent => children(dice, origin, &name, birth_year, &mut people),
        Shape::Couple | Shape::Family | Shape::Separated => {
            let theirs = if dice.chance(60) { name.clone() } else { surname(dice, origin) };
            let born = near_age(dice);
            let left = matches!(shape, Shape::Separated);
            let kin = if left { Kin::FormerSpouse } else { Kin::Spouse };
            let mut spouse = person(dice, origin, &theirs, other, born, kin);
            spouse.elsewhere = left;
            people.push(spouse);
            if !matches!(shape, Shape::Couple) {
                children(dice, origin, &name, birth_year, &mut people);
            }
        }
        Shape::CoTenants => {
            for _ in 0..dice.between(1, 2) {
                let origin = self::origin(dice);
                let theirs = surname(dice, origin);
                let (sex, born) = (sex(dice, 50), near_age(dice));
                people.push(person(dice, origin, &theirs, sex, born, Kin::CoTenant));
            }
        }
        Shape::WithParent => {
            let sex = sex(dice, 70);
            let born = born(dice, birth_year, 20, 27, 38);
            people.push(person(dice, origin, &name, sex, born, Kin::Parent));
        }
    }
    let surety = dice.chance(28).then(|| {
        let sex = sex(dice, 50);
        let theirs = if dice.chance(55) { name.clone() } else { surname(dice, origin) };
        let born = born(dice, birth_year, 4, 25, 33);
        person(dice, origin, &theirs, sex, born, Kin::Parent)
    });
    Household { people, surety, benefit_number: format!("{:07}", dice.below(10_000_000)) }
}

fn sex(dice: &Dice, percent_f: u32) -> Sex {
    if dice.chance(percent_f) { Sex::F } else { Sex::M }
}

/// A birth date so many years before `year`.
fn born(dice: &Dice, year: i16, least: i64, usual: i64, most: i64) -> Date {
    let age = i16::try_from(dice.around(least, usual, most)).unwrap_or(40);
    let month = i8::try_from(dice.between(1, 12)).unwrap_or(1);
    let day = i8::try_from(dice.between(1, 28)).unwrap_or(1);
    Date::new(year.saturating_sub(age), month, day).unwrap_or(Date::ZERO)
}

/// Their births spread over the parent's life; those not yet born at a date are left out there.
fn children(dice: &Dice, origin: &str, name: &str, parent_born: i16, people: &mut Vec<Person>) {
    for _ in 0..dice.around(1, 2, 5) {
        let sex = sex(dice, 50);
        let birth = born(dice, parent_born, -43, -29, -18);
        people.push(person(dice, origin, name, sex, birth, Kin::Child));
    }
}

fn person(dice: &Dice, origin: &str, name: &str, sex: Sex, born: Date, kin: Kin) -> Person {
    let first_name = first_name(dice, origin, sex);
    let (has_phone, has_email) = (dice.chance(86), dice.chance(57));
    let reachable = kin != Kin::Child;
    let phone = phone(dice);
    let email = format!("{}.{}@example.org", plain(&first_name), plain(name));
    Person {
        surname: name.to_owned(),
        first_name,
        sex,
        born,
        kin,
        phone: (has_phone && reachable).then_some(phone),
        email: (has_email && reachable).then_some(email),
        elsewhere: false,
    }
}

/// A number of the ranges that the numbering plan keeps for works of fiction: no one answers.
fn phone(dice: &Dice) -> String {
    let prefix = dice.word(&["06 39 98", "06 39 98", "06 39 98", "03 53 01"]);
    format!("{prefix} {:02} {:02}", dice.below(100), dice.below(100))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn households_are_plausible_and_reach_no_one() {
        let (today, before) = (date(2026, 6, 1), date(2021, 6, 1));
        let mut sizes = std::collections::BTreeSet::new();
        for index in 0..3000 {
            let home = household(11, index, today);
            let holder = &home.people[0];
            assert_eq!(holder.kin, Kin::Holder);
            assert!((29..=86).contains(&(2026 - holder.born.year())), "{index}");
            for (_, p) in home.on(before) {
                assert!(!p.surname.is_empty() && !p.first_name.is_empty());
                assert!(p.born < before, "{index}");
                if p.kin == Kin::Child {
                    assert!(p.born.year() - holder.born.year() >= 18, "{index}");
                    assert!(p.phone.is_none() && p.email.is_none());
                } else {
                    assert!(before.year() - p.born.year() >= 18, "{index}");
                }
                // Ranges of the French numbering plan kept for fiction, and a reserved domain.
                assert!(p.phone.iter().all(|n| ["06 39 98 ", "03 53 01 "].contains(&&n[..9])));
                assert!(p.email.iter().all(|m| m.ends_with("@example.org")));
            }
            sizes.insert(home.on(before).count());
        }
        assert!(sizes.len() >= 6 && sizes.contains(&1), "{sizes:?}");
    }
}
