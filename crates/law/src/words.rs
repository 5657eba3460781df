//! Dates and spaces in French, as the steps of a computation say them.

use huis_kernel::{Date, Instant, Zone};
use jiff::civil::Weekday;

/// `lundi`
pub(crate) fn weekday(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    }
}

/// `juin`
pub(crate) fn month(day: Date) -> &'static str {
    match day.month() {
        1 => "janvier",
        2 => "février",
        3 => "mars",
        4 => "avril",
        5 => "mai",
        6 => "juin",
        7 => "juillet",
        8 => "août",
        9 => "septembre",
        10 => "octobre",
        11 => "novembre",
        _ => "décembre",
    }
}

/// `2 juin 2025`, `1er juin 2025`
pub fn short_date(day: Date) -> String {
    let first = if day.day() == 1 { "er" } else { "" };
    format!("{}{first}\u{a0}{} {}", day.day(), month(day), day.year())
}

/// `lundi 2 juin 2025`
pub fn long_date(day: Date) -> String {
    format!("{} {}", weekday(day), short_date(day))
}

/// `31/12/2025`
pub fn numeric_date(day: Date) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

/// `31/12/2025 à 14 h 05`, in the office's zone.
pub fn instant_words(at: Instant, zone: &Zone) -> String {
    let t = at.civil_in(zone);
    format!("{} à {}\u{a0}h\u{a0}{:02}", numeric_date(t.date()), t.hour(), t.minute())
}

/// `1er`, `42e`
pub(crate) fn ordinal(n: u32) -> String {
    if n == 1 { "1er".to_owned() } else { format!("{n}e") }
}

/// No-break spaces where French typography wants them, so that a file is typed as one types.
pub(crate) fn french_spaces(text: &str) -> String {
    huis_kernel::no_break_spaces(text, &[':', ';', '?', '!', '%', '€', '»'], &["«"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_and_spaces_are_french() {
        assert_eq!(long_date(date(2025, 6, 2)), "lundi 2\u{a0}juin 2025");
        assert_eq!(short_date(date(2026, 2, 1)), "1er\u{a0}février 2026");
        let typed = "« cql » : 2 mois ; 5 %";
        assert_eq!(french_spaces(typed), "«\u{a0}cql\u{a0}»\u{a0}: 2 mois\u{a0}; 5\u{a0}%");
        assert_eq!((ordinal(1), ordinal(42)), ("1er".to_owned(), "42e".to_owned()));
    }
}
