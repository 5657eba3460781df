//! The law with the holidays that an office adds for itself: a local day of commemoration, a day
//! that a decree of the year makes free. They are a setting, one a line, and move the deadlines of
//! the communes that keep them.

use huis_kernel::Date;
use huis_law::{Law, Place, geo::Geo};
use std::sync::{Arc, PoisonError, RwLock};

/// The setting that holds the office's own holidays.
pub(crate) const LOCAL_HOLIDAYS: &str = "feries.locaux";

/// The law as it counts now.
pub(crate) struct Calendar {
    shipped: Law,
    now: RwLock<(String, Arc<Law>)>,
}

impl Calendar {
    /// The law as shipped.
    pub fn new(law: Law) -> Self {
        let now = RwLock::new((String::new(), Arc::new(law.clone())));
        Self { shipped: law, now }
    }

    /// The law in force.
    pub fn law(&self) -> Arc<Law> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner).1)
    }

    /// Takes up the office's holidays as the store has them: another server may have changed them
    /// since. Costs a comparison when they did not change.
    pub fn adopt(&self, settings: &[(String, String)]) {
        let text =
            settings.iter().find(|(key, _)| key == LOCAL_HOLIDAYS).map_or("", |(_, v)| v.as_str());
        if self.now.read().unwrap_or_else(PoisonError::into_inner).0 == text {
            return;
        }
        let Some(law) = self.with(text) else {
            tracing::error!(
                "les jours fériés de l’office ne se lisent pas : les précédents restent"
            );
            return;
        };
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = (text.to_owned(), law);
    }

    /// The law with these holidays instead of the present ones; `None` when they do not read.
    pub fn with(&self, text: &str) -> Option<Arc<Law>> {
        let (holidays, faults) = read(text, None);
        if !faults.is_empty() {
            return None;
        }
        let toml: String = holidays.iter().map(LocalHoliday::to_toml).collect();
        self.shipped.clone().with_local_holidays(LOCAL_HOLIDAYS, &toml).ok().map(Arc::new)
    }

    /// Every fault of a text of holidays, each with its line; or the text as it is kept.
    pub fn check(&self, text: &str, departement: &str, today: Date) -> Result<String, Vec<String>> {
        let (holidays, mut faults) = read(text, Some(departement));
        for (at, holiday) in holidays.iter().enumerate() {
            let here = &holiday.name;
            if holidays.iter().take(at).any(|h| h.falls == holiday.falls && h.shares(holiday)) {
                faults.push(format!("« {here} »\u{a0}: ce jour est déjà dans la liste."));
            }
            let place = Place {
                commune: holiday.communes.first().cloned().unwrap_or_default(),
                good_friday: false,
            };
            if let Some(known) =
                holiday.on(today.year()).and_then(|d| self.shipped.holiday(d, &place))
            {
                faults.push(format!(
                    "« {here} »\u{a0}: ce jour est déjà férié par la loi ({known})."
                ));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(holidays.iter().map(LocalHoliday::to_line).collect::<Vec<_>>().join("\n"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Falls {
    Yearly(i8, i8),
    Once(Date),
}

/// A holiday of the office's own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LocalHoliday {
    falls: Falls,
    name: String,
    communes: Vec<String>,
}

impl LocalHoliday {
    fn to_line(&self) -> String {
        let day = match self.falls {
            Falls::Yearly(month, day) => format!("{day:02}/{month:02}"),
            Falls::Once(date) => date.strftime("%d/%m/%Y").to_string(),
        };
        let communes = self.communes.join(" ");
        let communes = if communes.is_empty() { communes } else { format!(" ; {communes}") };
        format!("{day} ; {}{communes}", self.name)
    }

    fn to_toml(&self) -> String {
        let day = match self.falls {
            Falls::Yearly(month, day) => format!("jour = \"{month:02}-{day:02}\""),
            Falls::Once(date) => format!("le = {date}"),
        };
        let name = self.name.replace('\\', "\\\\").replace('"', "\\\"");
        let communes: Vec<String> = self.communes.iter().map(|c| format!("\"{c}\"")).collect();
        format!(
            "[[ferie]]\nnom = \"{name}\"\n{day}\ncommunes = [{}]\narticle = \"décision de l’office\"\n",
            communes.join(", ")
        )
    }

    fn shares(&self, other: &Self) -> bool {
        self.communes.is_empty()
            || other.communes.is_empty()
            || self.communes.iter().any(|c| other.communes.contains(c))
    }

    fn on(&self, year: i16) -> Option<Date> {
        match self.falls {
            Falls::Yearly(month, day) => Date::new(year, month, day).ok(),
            Falls::Once(date) => Some(date),
        }
    }
}

/// The longest name of a holiday, in characters.
const LONGEST: usize = 80;
/// The most holidays of an office's own.
const MOST: usize = 100;

/// Reads holidays, one a line: `27/05 ; Nom ; communes`. A day without a year comes each year;
/// without communes it is the whole office's. A commune is its INSEE code, or its name where the
/// département is known.
fn read(text: &str, departement: Option<&str>) -> (Vec<LocalHoliday>, Vec<String>) {
    let (mut out, mut faults) = (Vec::new(), Vec::new());
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (at, line) in lines {
        let mut fault = |what: &str| faults.push(format!("Ligne {}\u{a0}: {what}", at + 1));
        let mut parts = line.splitn(3, ';').map(str::trim);
        let day = parts.next().unwrap_or_default();
        let falls = falls(day);
        if falls.is_none() {
            fault(&format!(
                "« {day} » n’est pas un jour\u{a0}: écrivez 27/05 (chaque année) ou 27/05/2026."
            ));
        }
        let name = parts.next().unwrap_or_default();
        match name.chars().count() {
            0 => fault("donnez un nom à ce jour, après un point-virgule."),
            n if n > LONGEST => fault(&format!("le nom tient en {LONGEST} caractères.")),
            _ if name.chars().any(char::is_control) => fault("le nom tient sur une ligne."),
            _ => {}
        }
        let mut communes = Vec::new();
        for typed in parts.next().unwrap_or_default().split([',', ' ']).filter(|c| !c.is_empty()) {
            match commune(typed, departement) {
                Some(code) => communes.push(code),
                None => {
                    fault(&format!("commune inconnue\u{a0}: {typed} (écrivez son code INSEE)."))
                }
            }
        }
        communes.sort_unstable();
        communes.dedup();
        if let Some(falls) = falls {
            out.push(LocalHoliday { falls, name: name.to_owned(), communes });
        }
    }
    if out.len() > MOST {
        faults.push(format!("{MOST} jours au plus."));
    }
    (out, faults)
}

fn falls(text: &str) -> Option<Falls> {
    let numbers: Vec<i16> =
        text.split('/').map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
    let (day, month) =
        (i8::try_from(*numbers.first()?).ok()?, i8::try_from(*numbers.get(1)?).ok()?);
    match numbers.as_slice() {
        // 29 February comes in leap years only.
        [_, _] => Date::new(2000, month, day).ok().map(|_| Falls::Yearly(month, day)),
        [_, _, year] if (1990..=2200).contains(year) => {
            Date::new(*year, month, day).ok().map(Falls::Once)
        }
        _ => None,
    }
}

fn commune(typed: &str, departement: Option<&str>) -> Option<String> {
    let geo = Geo::embedded();
    let code = typed.to_ascii_uppercase();
    if geo.commune(&code).is_some() {
        return Some(code);
    }
    let found = geo.search(typed, Some(departement?));
    // A name that begins several is no name.
    let exact = found.iter().filter(|c| c.name.eq_ignore_ascii_case(typed)).count();
    match found.as_slice() {
        [only] => Some(only.code.to_owned()),
        [first, ..] if exact == 1 => Some(first.code.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn holidays_read_line_by_line_and_every_fault_is_told() {
        let calendar = Calendar::new(Law::embedded().unwrap());
        let check = |text: &str| calendar.check(text, "68", date(2026, 6, 1));
        for (typed, kept) in [
            ("", ""),
            (" 27/05 ; Fête de la ville ", "27/05 ; Fête de la ville"),
            (
                "3/9/2026;Journée d’hommage;68066, Mulhouse",
                "03/09/2026 ; Journée d’hommage ; 68066 68224",
            ),
            (
                "29/02 ; Bissextile\n\n02/03 ; Autre \"jour\"",
                "29/02 ; Bissextile\n02/03 ; Autre \"jour\"",
            ),
            (
                "12/06 ; Une ; 68066\n12/06 ; Deux ; 68224",
                "12/06 ; Une ; 68066\n12/06 ; Deux ; 68224",
            ),
        ] {
            assert_eq!(check(typed).as_deref(), Ok(kept), "{typed:?}");
            // What is kept reads back as itself, and as law.
            assert_eq!(check(kept).as_deref(), Ok(kept));
            assert!(calendar.with(kept).is_some(), "{kept}");
        }
        for (typed, words) in [
            ("demain ; Fête", &["Ligne 1", "demain"][..]),
            ("31/02 ; Fête\n12/06\n13/06 ; X ; 99999", &["Ligne 1", "Ligne 2", "Ligne 3", "99999"]),
            ("12/06 ; Une\n12/06 ; Deux ; 68066", &["déjà dans la liste"]),
            ("25/12 ; Encore Noël", &["déjà férié", "Noël"]),
            ("12/06/1700 ; Ancien", &["Ligne 1"]),
        ] {
            let faults = check(typed).unwrap_err().join(" ");
            assert!(words.iter().all(|w| faults.contains(w)), "{typed:?}: {faults}");
        }
        assert_eq!(check("x ; \ny ; ").unwrap_err().len(), 4, "all at once");
    }

    #[test]
    fn a_local_holiday_counts_where_and_when_it_is_kept() {
        let calendar = Calendar::new(Law::embedded().unwrap());
        let setting = |text: &str| vec![(LOCAL_HOLIDAYS.to_owned(), text.to_owned())];
        calendar.adopt(&setting("12/06 ; Fête ; 68066\n10/09/2026 ; Hommage"));
        let works = |day: Date, commune: &str| {
            calendar
                .law()
                .is_working_day(day, &Place { commune: commune.into(), good_friday: false })
        };
        assert!(!works(date(2026, 6, 12), "68066") && works(date(2026, 6, 12), "68224"));
        assert!(!works(date(2028, 6, 12), "68066"), "each year");
        assert!(!works(date(2026, 9, 10), "68224") && works(date(2027, 9, 10), "68224"), "once");
        calendar.adopt(&setting("pas un jour"));
        assert!(!works(date(2026, 6, 12), "68066"), "what does not read changes nothing");
        calendar.adopt(&[]);
        assert!(works(date(2026, 6, 12), "68066"), "removed");
    }
}
