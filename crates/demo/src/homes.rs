//! Invented dwellings in real communes: an address that does not exist, a lease, a rent to the
//! measure of the place.

use huis_kernel::{Date, Money};
use jiff::ToSpan;
use std::sync::LazyLock;

use crate::{dice::Dice, names::lists};

/// Who lets the dwelling: the law counts differently for each (loi n° 89-462, art. 24).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Landlord {
    /// A social landlord.
    Social,
    /// A natural person.
    Person,
    /// A family company (SCI familiale).
    FamilyCompany,
    /// Another legal person.
    Company,
}

/// A dwelling and its lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Home {
    /// INSEE code.
    pub commune: &'static str,
    pub postcode: &'static str,
    pub number: String,
    /// « bis », « ter ».
    pub number_suffix: Option<&'static str>,
    pub street_kind: &'static str,
    pub street: &'static str,
    pub residence: Option<&'static str>,
    pub building: Option<String>,
    pub floor: Option<String>,
    pub apartment: Option<String>,
    /// Main rooms: 1 to 6.
    pub rooms: u8,
    pub house: bool,
    pub landlord: Landlord,
    /// How long the lease had run at the opening of the dossier.
    pub lived_months: i64,
    /// The day of the month it began.
    pub lease_day: i8,
    pub rent: Money,
    pub charges: Money,
    /// Housing benefit a month, when the household has it.
    pub benefit: Option<Money>,
}

impl Home {
    /// What is to be paid each month.
    pub(crate) fn monthly(&self) -> Money {
        Money(self.rent.0.saturating_add(self.charges.0))
    }
    /// When the lease was signed, for a dossier opened on that day.
    pub(crate) fn lease(&self, opened: Date) -> Date {
        let month = opened.saturating_sub(self.lived_months.months());
        Date::new(month.year(), month.month(), self.lease_day).unwrap_or(month)
    }
    /// When the lease was last tacitly renewed by a day: every three years with a natural person
    /// or a family company, every six with a company (loi n° 89-462, art. 10). The tenant of a
    /// social landlord simply stays.
    pub(crate) fn renewed(&self, opened: Date, by: Date) -> Option<Date> {
        let years: i64 = match self.landlord {
            Landlord::Social => return None,
            Landlord::Person | Landlord::FamilyCompany => 3,
            Landlord::Company => 6,
        };
        let lease = self.lease(opened);
        (1..100)
            .map(|n| lease.saturating_add((n * years).years()))
            .take_while(|day| *day <= by)
            .last()
    }
    /// A debt of so many tenths of a monthly payment, in whole cents.
    pub(crate) fn debt(&self, tenths: i64) -> Money {
        Money(self.monthly().0.saturating_mul(tenths) / 10)
    }
}

/// A commune of the draw.
struct Town {
    code: &'static str,
    postcode: &'static str,
    /// Euro cents a square metre and month.
    square_metre: i64,
    good_friday: bool,
}

static TOWNS: LazyLock<Vec<(u32, Town)>> = LazyLock::new(|| {
    let town = |line: &'static str| {
        let mut cells = line.split(',');
        let (code, postcode) = (cells.next()?, cells.next()?);
        let weight = cells.next()?.parse().ok()?;
        let square_metre = cells.next()?.parse().ok()?;
        let good_friday = cells.next()? == "oui";
        Some((weight, Town { code, postcode, square_metre, good_friday }))
    };
    let lines = include_str!("../data/communes.csv").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(town).collect()
});

/// Those where Good Friday is a holiday, as far as the office knows.
pub(crate) fn good_friday_communes() -> impl Iterator<Item = &'static str> {
    TOWNS.iter().filter(|(_, town)| town.good_friday).map(|(_, town)| town.code)
}

struct Streets {
    kinds: Vec<&'static str>,
    names: Vec<&'static str>,
    residences: Vec<&'static str>,
}

static STREETS: LazyLock<Streets> = LazyLock::new(|| {
    let mut all = lists(include_str!("../data/streets.txt"));
    let mut take = |key| all.remove(key).unwrap_or_default();
    Streets { kinds: take("kinds"), names: take("names"), residences: take("residences") }
});

/// The dwelling number `index` of a seed, let to a household of `people`.
pub(crate) fn home(seed: u64, index: u64, people: usize) -> Home {
    let dice = &Dice::of(seed, "home", index);
    let (code, postcode, square_metre) = dice
        .weighted(&TOWNS)
        .map_or(("68224", "68100", 880), |t| (t.code, t.postcode, t.square_metre));
    let rooms = i64::try_from(people).unwrap_or(1).saturating_add(dice.between(0, 1)).clamp(1, 6);
    let house = rooms >= 4 && dice.chance(22);
    let surface = rooms * 17 + dice.between(10, 24);
    const LANDLORDS: [(u32, Landlord); 4] = [
        (54, Landlord::Social),
        (30, Landlord::Person),
        (9, Landlord::FamilyCompany),
        (7, Landlord::Company),
    ];
    let landlord = dice.weighted(&LANDLORDS).copied().unwrap_or(Landlord::Social);
    let level = if landlord == Landlord::Social { 68 } else { 100 };
    // Small dwellings cost more a square metre.
    let rent = surface * square_metre * level / 100 * (118 - 5 * rooms) / 100;
    let rent = (rent * dice.between(92, 108) / 100).max(dice.between(19_500, 23_000));
    let charges = rent * dice.between(11, 24) / 100;
    let benefit = dice
        .chance(if landlord == Landlord::Social { 64 } else { 43 })
        .then(|| Money(rent * dice.between(18, 52) / 100));
    let block = !house && dice.chance(70);
    Home {
        commune: code,
        postcode,
        number: dice.around(1, 14, 148).to_string(),
        number_suffix: dice.chance(9).then(|| dice.word(&["bis", "bis", "ter"])),
        street_kind: dice.word(&STREETS.kinds),
        street: dice.word(&STREETS.names),
        residence: (block && dice.chance(30)).then(|| dice.word(&STREETS.residences)),
        building: (block && dice.chance(45)).then(|| dice.word(&["A", "B", "C", "D", "E"]).into()),
        floor: block.then(|| dice.around(0, 2, 11).to_string()),
        apartment: (block && dice.chance(75)).then(|| dice.around(1, 12, 96).to_string()),
        rooms: u8::try_from(rooms).unwrap_or(1),
        house,
        landlord,
        lived_months: dice.around(8, 40, 220),
        // Leases mostly start on the first or the fifteenth.
        lease_day: dice.weighted(&[(6, 1), (3, 15), (1, 20)]).copied().unwrap_or(1),
        rent: Money(rent),
        charges: Money(charges),
        benefit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_commune_of_the_draw_is_in_the_official_list() {
        for (_, town) in TOWNS.iter() {
            let commune = huis_law::geo::Geo::embedded().commune(town.code);
            assert!(commune.is_some_and(|c| c.departement == "68"), "{}", town.code);
            assert!(commune.is_some_and(|c| c.arrondissement.is_some()), "{}", town.code);
            assert!(town.postcode.starts_with("68") && town.postcode.len() == 5);
        }
    }

    #[test]
    fn dwellings_are_plausible() {
        assert_eq!(TOWNS.len(), 41);
        assert!(STREETS.names.len() >= 80 && STREETS.kinds.len() > 8);
        let opened = date(2024, 2, 29);
        let mut renewals = 0;
        let mut social = (0, 0);
        let mut private = (0, 0);
        for index in 0..4000 {
            let h = home(5, index, 1 + (index % 5) as usize);
            let lease = h.lease(opened);
            assert!(lease < opened && lease.year() >= 2005, "{index}");
            if let Some(renewed) = h.renewed(opened, opened) {
                assert!(lease < renewed && renewed <= opened && h.landlord != Landlord::Social);
                renewals += 1;
            }
            assert!((19_500..220_000).contains(&h.rent.0), "{index}: {}", h.rent);
            assert!(h.charges.0 * 4 < h.rent.0 && h.benefit.is_none_or(|b| b < h.rent));
            assert!(h.debt(25) > h.monthly());
            let of = if h.landlord == Landlord::Social { &mut social } else { &mut private };
            *of = (of.0 + h.rent.0, of.1 + 1);
        }
        assert!(renewals > 500, "{renewals}");
        assert!(social.1 > 1800 && private.1 > 1400);
        assert!(social.0 / social.1 < private.0 / private.1, "social rents are lower");
    }
}
