//! Dates, amounts and numbers as French readers write them.

use huis_kernel::{Date, Instant, Zone};

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// `31/12/2025`
pub fn date(d: Date) -> String {
    huis_law::numeric_date(d)
}

const SHORT_MONTHS: [&str; 12] = [
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
    "déc.",
];

/// The short name of a month, 1 to 12.
pub fn short_month(m: i8) -> &'static str {
    usize::try_from(m - 1).ok().and_then(|i| SHORT_MONTHS.get(i)).copied().unwrap_or("")
}

/// The name of a month, 1 to 12.
pub fn month(m: i8) -> &'static str {
    usize::try_from(m - 1).ok().and_then(|i| MONTHS.get(i)).copied().unwrap_or("")
}

/// `mercredi 31 décembre 2025`; the first of a month is « 1er ».
pub fn long_date(d: Date) -> String {
    use jiff::civil::Weekday;
    let weekday = match d.weekday() {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    };
    let first = if d.day() == 1 { "er" } else { "" };
    format!("{weekday} {}{first} {} {}", d.day(), month(d.month()), d.year())
}

/// `31/12/2025 à 14 h 05`, in the office's zone.
pub fn instant(at: Instant, zone: &Zone) -> String {
    huis_law::instant_words(at, zone)
}

/// Days from `from` to `to`, negative when `to` is before.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// `1 234`, with narrow no-break spaces.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(c);
    }
    out
}

/// A text written with plain spaces, with those of French typography that do not break.
pub fn french(text: &str) -> String {
    huis_kernel::no_break_spaces(text, &['»', ':', ';', '?', '!'], &["«", "n°"])
}

/// How long ago an instant was, in days and months.
pub fn ago(at: Instant, now: Instant) -> String {
    match (now.0 - at.0).max(0) / 86_400_000 {
        0 => "depuis moins d’un jour".to_owned(),
        1 => "il y a un jour".to_owned(),
        n @ 2..=60 => format!("il y a {n}\u{a0}jours"),
        n => format!("il y a {}\u{a0}mois", n / 30),
    }
}

/// The plural « s », for words that take one.
pub const fn s(n: u64) -> &'static str {
    if n > 1 { "s" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as d;

    #[test]
    fn dates_and_numbers_read_in_french() {
        assert_eq!(date(d(2025, 3, 1)), "01/03/2025");
        assert_eq!(long_date(d(2025, 8, 1)), "vendredi 1er août 2025");
        assert_eq!(days_between(d(2025, 3, 1), d(2025, 2, 26)), -3);
        assert_eq!(days_between(d(2024, 1, 1), d(2026, 1, 1)), 731);
        assert_eq!(french("Fin : « oui » ?"), "Fin\u{a0}: «\u{a0}oui\u{a0}»\u{a0}?");
        let day = 86_400_000;
        assert_eq!(ago(Instant(0), Instant(day - 1)), "depuis moins d’un jour");
        assert_eq!(ago(Instant(0), Instant(45 * day)), "il y a 45\u{a0}jours");
        assert_eq!(ago(Instant(0), Instant(200 * day)), "il y a 6\u{a0}mois");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        let paris = Zone::named("Europe/Paris").unwrap();
        assert_eq!(instant(Instant(1_767_186_300_000), &paris), "31/12/2025 à 14\u{a0}h\u{a0}05");
    }
}
