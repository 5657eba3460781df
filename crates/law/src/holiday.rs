use huis_kernel::Date;
use jiff::civil::Weekday;

use crate::geo::departement_of;
use crate::read::{Entry, Faults, bounds};
use crate::{Law, Place};

/// When a holiday falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Falls {
    /// `jour`: month and day, each year.
    Yearly(i8, i8),
    /// `paques`: days after Easter Sunday.
    Easter(i32),
    /// `le`: once.
    Once(Date),
}

/// One `[[ferie]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holiday {
    pub(crate) name: String,
    pub(crate) verified: bool,
    falls: Falls,
    departements: Vec<String>,
    communes: Vec<String>,
    if_temple: bool,
    from: Option<Date>,
    until: Option<Date>,
}

impl Holiday {
    /// The day it falls on in a year, wherever it is kept.
    fn in_year(&self, year: i16) -> Option<Date> {
        let day = match self.falls {
            Falls::Yearly(month, day) => Date::new(year, month, day).ok(),
            Falls::Easter(offset) => easter(year).and_then(|sunday| plus_days(sunday, offset)),
            Falls::Once(day) => Some(day).filter(|d| d.year() == year),
        }?;
        let in_force = self.from.is_none_or(|f| f <= day) && self.until.is_none_or(|u| day <= u);
        in_force.then_some(day)
    }

    /// Is it kept in this place? Good Friday of Alsace-Moselle is the commune's, not the
    /// département's (code du travail, art. L. 3134-13): the office says which.
    fn kept_in(&self, place: &Place) -> bool {
        let departement = departement_of(&place.commune);
        (self.departements.is_empty() || self.departements.iter().any(|d| d == departement))
            && (self.communes.is_empty() || self.communes.contains(&place.commune))
            && (!self.if_temple || place.good_friday)
    }
}

/// Reads one `[[ferie]]`.
pub(crate) fn holiday(mut entry: Entry<'_>, faults: &mut Faults<'_>) -> Option<Holiday> {
    let name = entry.text(faults, "nom");
    let name = entry.need(faults, "nom", name);
    // The article is for the reader of the file; a rule without one is not a rule.
    let article = entry.text(faults, "article");
    let article = entry.need(faults, "article", article);
    let falls = [
        entry.form(faults, "jour", "un jour : « 05-27 »", yearly),
        entry.integer(faults, "paques").map(Falls::Easter),
        entry.date(faults, "le").map(Falls::Once),
    ];
    let mut said = falls.into_iter().flatten();
    let falls = said.next();
    if !entry.has(&["jour", "paques", "le"]) {
        faults.at(entry.at, "il manque le jour : jour, paques ou le");
    }
    if said.next().is_some() {
        faults.at(entry.at, "un jour férié n'a qu'une règle : jour, paques ou le");
    }
    let departements = entry.texts(faults, "departements");
    let communes = entry.texts(faults, "communes");
    let if_temple = entry.bool(faults, "si_temple").unwrap_or(false);
    let verified = entry.bool(faults, "verifie").unwrap_or(true);
    let (from, until) = bounds(&mut entry, faults);
    entry.end(faults);
    article?;
    Some(Holiday {
        name: name?,
        verified,
        falls: falls?,
        departements,
        communes,
        if_temple,
        from,
        until,
    })
}

/// `05-27`; 29 February is allowed and falls in leap years only.
pub(crate) fn month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    Date::new(2000, month, day).ok().map(|d| (d.month(), d.day()))
}

fn yearly(text: &str) -> Option<Falls> {
    month_day(text).map(|(month, day)| Falls::Yearly(month, day))
}

pub(crate) fn plus_days(day: Date, days: i32) -> Option<Date> {
    day.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher).
pub(crate) fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (golden, century, of_century) = (y % 19, y / 100, y % 100);
    let moon_shift = (8 * century + 13) / 25;
    let epact = (19 * golden + century - century / 4 - moon_shift + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let from_march = epact + weekday - 7 * late + 114;
    let (month, day) = (from_march / 31, from_march % 31 + 1);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

impl Law {
    pub(crate) fn holiday_rule(&self, day: Date, place: &Place) -> Option<&Holiday> {
        self.holidays.iter().find(|h| h.in_year(day.year()) == Some(day) && h.kept_in(place))
    }

    /// The French name of the holiday kept that day in that place.
    pub fn holiday(&self, day: Date, place: &Place) -> Option<&str> {
        self.holiday_rule(day, place).map(|h| h.name.as_str())
    }

    /// The holidays of a year in a place, in order.
    pub fn holidays(&self, year: i16, place: &Place) -> Vec<(Date, String)> {
        let kept = self.holidays.iter().filter(|h| h.kept_in(place));
        let mut days: Vec<_> =
            kept.filter_map(|h| Some((h.in_year(year)?, h.name.clone()))).collect();
        days.sort();
        days
    }

    /// *Jour ouvré*: neither Saturday, nor Sunday, nor a holiday of the place.
    pub fn is_working_day(&self, day: Date, place: &Place) -> bool {
        !weekend(day) && self.holiday(day, place).is_none()
    }
}

/// Saturday or Sunday.
pub(crate) fn weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gauss's rule with its two exceptions: a second, independent way to Easter.
    fn gauss(year: i16) -> Date {
        let y = i32::from(year);
        let k = y / 100;
        let m = (15 + k - (13 + 8 * k) / 25 - k / 4).rem_euclid(30);
        let n = (4 + k - k / 4).rem_euclid(7);
        let d = (19 * (y % 19) + m).rem_euclid(30);
        let e = (2 * (y % 4) + 4 * (y % 7) + 6 * d + n).rem_euclid(7);
        let exception = (d == 29 && e == 6) || (d == 28 && e == 6 && (11 * m + 11) % 30 < 19);
        let after_22_march = d + e - if exception { 7 } else { 0 };
        plus_days(Date::new(year, 3, 22).unwrap(), after_22_march).unwrap()
    }

    #[test]
    fn easter_agrees_with_a_second_algorithm() {
        for year in 1990..=2100 {
            assert_eq!(easter(year), Some(gauss(year)), "{year}");
        }
    }
}
