use huis_kernel::Date;

const SHAPE: &str = "Écrivez la date jour/mois/année, par exemple 31/12/2025.";
const MONTHS: [&str; 12] =
    ["janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec"];

/// A date that exists, within what a file of today may speak of.
pub(crate) fn civil(year: i64, month: i64, day: i64) -> Option<Date> {
    let year = i16::try_from(year).ok().filter(|y| (1880..=2150).contains(y))?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A spreadsheet's day number (its epoch of 1900), between 1950 and 2149: a smaller or larger
/// number in a column of dates is something else.
fn of_serial(serial: i64) -> Option<Date> {
    let day = i32::try_from(serial).ok().filter(|n| (18_264..=91_312).contains(n))?;
    let epoch = Date::new(1899, 12, 30).ok()?;
    epoch.checked_add(std::time::Duration::from_secs(u64::from(day.unsigned_abs()) * 86_400)).ok()
}

/// `31/12/2025`, `31-12-2025`, `31.12.2025`, `31122025`, `2025-12-31` (with or without an hour),
/// `31 décembre 2025`, a spreadsheet's day number. A year of two digits is not guessed.
pub(crate) fn read(text: &str) -> Result<Date, String> {
    let day = text.split_once('T').map_or(text, |(d, _)| d);
    // « 03/02/2025 00:00:00 »: the hour that a spreadsheet adds.
    let day = match day.rsplit_once(' ') {
        Some((before, hour)) if hour.contains(':') => before.trim(),
        _ => day,
    };
    let folded = crate::fold(day);
    let parts: Vec<&str> = folded.split(' ').collect();
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let number = |s: &str| s.parse::<i64>().unwrap_or(-1);
    let exists = |date: Option<Date>| {
        date.ok_or_else(|| {
            "Cette date n’existe pas\u{a0}: l’ordre est jour/mois/année, par exemple 31/12/2025."
                .to_owned()
        })
    };
    match parts.as_slice() {
        [y, m, d] if digits(y) && digits(m) && digits(d) && y.len() == 4 => {
            exists(civil(number(y), number(m), number(d)))
        }
        [d, m, y] if digits(d) && digits(m) && digits(y) && y.len() == 4 => {
            exists(civil(number(y), number(m), number(d)))
        }
        [_, m, y] if digits(y) && y.len() == 2 && (digits(m) || month(m).is_some()) => {
            Err("L’année a deux chiffres et peut se lire de deux façons\u{a0}: écrivez-la en \
                 quatre chiffres, par exemple 03/02/2025."
                .to_owned())
        }
        [d, m, y] if y.len() == 4 && digits(y) => match month(m) {
            Some(month) => {
                exists(civil(number(y), month, number(d.strip_suffix("er").unwrap_or(d))))
            }
            None => Err(SHAPE.to_owned()),
        },
        [whole] if digits(whole) && whole.len() == 8 => compact(whole),
        [whole] if digits(whole) && whole.len() == 5 => {
            of_serial(number(whole)).ok_or_else(|| SHAPE.to_owned())
        }
        _ => Err(SHAPE.to_owned()),
    }
}

fn month(word: &str) -> Option<i64> {
    let at = MONTHS.iter().position(|m| word.starts_with(m))?;
    i64::try_from(at + 1).ok()
}

/// Eight digits together: day first as in France, or year first as machines do. Never both: no
/// month is a year's first half.
fn compact(whole: &str) -> Result<Date, String> {
    let part = |from: usize, to: usize| -> i64 {
        whole.get(from..to).and_then(|s| s.parse().ok()).unwrap_or(-1)
    };
    let french = civil(part(4, 8), part(2, 4), part(0, 2));
    french.or_else(|| civil(part(0, 4), part(4, 6), part(6, 8))).ok_or_else(|| SHAPE.to_owned())
}
