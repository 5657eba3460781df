//! Dates in French, as the steps of a computation say them.

use huis_kernel::Date;
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

/// `1er`, `42e`
pub(crate) fn ordinal(n: u32) -> String {
    if n == 1 { "1er".to_owned() } else { format!("{n}e") }
}
