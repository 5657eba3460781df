//! The settings of an office: a closed, typed list, each with what it does and where it comes from.

use huis_dossier::Fault;
use huis_kernel::Date;
use huis_law::{Law, Place, geo::Geo};
use huis_register::Power;
use huis_trace::Operation;

use crate::{
    Caller, Huis, UseError, calendar::LOCAL_HOLIDAYS, dossier::GOOD_FRIDAY, terms::Reckoning,
};

/// The authorisation by which partners work in Huis; empty: they are off.
pub const PARTNERS: &str = "partenaires.autorisation";
/// The rights desk; empty: no processing opens.
pub const RIGHTS_DESK: &str = "organisation.service_droits";

/// How long a personal token of the API may last: our choice, which no text gives.
pub const TOKEN_DAYS: Setting = Setting {
    key: "jetons.duree",
    label: "Jetons d’accès : durée la plus longue",
    help: "En jours. Un jeton laisse un logiciel agir au nom d’un agent ; il a toujours une fin.",
    kind: SettingKind::Days(366),
    default: "90",
    required: true,
    source: "X-17, X-18",
};

/// What a setting may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// One line, of so many characters at most.
    Text(usize),
    /// INSEE codes of communes where Good Friday may be a holiday.
    GoodFriday,
    /// Holidays of the office's own, one a line.
    Holidays,
    /// Several lines, of so many characters at most.
    LongText(usize),
    /// A number of days, of so many at most.
    Days(u32),
}

impl SettingKind {
    /// Does it change which days count?
    pub const fn moves_deadlines(self) -> bool {
        matches!(self, Self::GoodFriday | Self::Holidays)
    }
}

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key.
    pub key: &'static str,
    /// Its name.
    pub label: &'static str,
    /// What it does.
    pub help: &'static str,
    /// What it may hold.
    pub kind: SettingKind,
    /// What holds while nothing was said.
    pub default: &'static str,
    /// May it be emptied once it was set?
    pub required: bool,
    /// Clause or article.
    pub source: &'static str,
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "organisation.responsable",
        label: "Responsable du traitement",
        help: "Nom et adresse, tels que les lettres d’information les portent.",
        kind: SettingKind::Text(300),
        default: "",
        required: true,
        source: "X-15 ; RGPD art. 14",
    },
    Setting {
        key: RIGHTS_DESK,
        label: "Service des droits",
        help: "Où les personnes exercent leurs droits. Sans lui, aucun dossier ne s’ouvre.",
        kind: SettingKind::Text(300),
        default: "",
        required: true,
        source: "A-16",
    },
    Setting {
        key: "organisation.secretariat",
        label: "Secrétariat de la commission",
        help: "Second guichet pour l’accès et la rectification.",
        kind: SettingKind::Text(300),
        default: "",
        required: false,
        source: "X-16 ; décret n° 2015-1384 art. 13",
    },
    Setting {
        key: "organisation.dpd",
        label: "Délégué à la protection des données",
        help: "Comment le joindre ; les lettres d’information le disent.",
        kind: SettingKind::Text(300),
        default: "",
        required: false,
        source: "RGPD art. 14 § 1 b",
    },
    Setting {
        key: "courrier.entete",
        label: "En-tête des courriers",
        help: "Le service qui écrit et son adresse ; séparez les lignes par une barre : |.",
        kind: SettingKind::Text(300),
        default: "",
        required: false,
        source: "X-15",
    },
    Setting {
        key: "courrier.lieu",
        label: "Courriers : fait à",
        help: "La ville écrite avant la date.",
        kind: SettingKind::Text(80),
        default: "",
        required: false,
        source: "X-15",
    },
    Setting {
        key: "courrier.signature",
        label: "Signature des courriers",
        help: "La qualité, puis le nom de qui signe, séparés par une barre : |.",
        kind: SettingKind::Text(200),
        default: "",
        required: false,
        source: "CRPA, art. L. 212-1",
    },
    Setting {
        key: GOOD_FRIDAY,
        label: "Vendredi saint : communes où il est férié",
        help: "Codes INSEE des communes d’Alsace-Moselle qui ont un temple protestant ou une \
               église mixte, séparés par des espaces. Les échéances sont recalculées.",
        kind: SettingKind::GoodFriday,
        default: "",
        required: false,
        source: "Code du travail, art. L. 3134-13",
    },
    Setting {
        key: LOCAL_HOLIDAYS,
        label: "Jours fériés propres à l’organisme",
        help: "Un par ligne\u{a0}: jour ; nom ; communes. « 27/05 » revient chaque année, \
               « 27/05/2026 » une seule fois ; sans commune, le jour vaut partout. Par exemple\u{a0}: \
               03/09/2026 ; Journée d’hommage ; 68066 68224.",
        kind: SettingKind::Holidays,
        default: "",
        required: false,
        source: "X-02 ; Code de procédure civile, art. 642",
    },
    Setting {
        key: PARTNERS,
        label: "Autorisation des partenaires",
        help: "Référence de l’acte qui autorise la seconde phase. Vide : les partenaires n’ont \
               aucun accès.",
        kind: SettingKind::Text(300),
        default: "",
        required: false,
        source: "X-26",
    },
    TOKEN_DAYS,
    Setting {
        key: "securite.reseau",
        label: "Réseau",
        help: "Comment le réseau qui porte Huis est isolé\u{a0}: ce que dit le dossier de conformité.",
        kind: SettingKind::LongText(2_000),
        default: "",
        required: false,
        source: "X-29",
    },
    Setting {
        key: "securite.locaux",
        label: "Locaux",
        help: "Comment les locaux et les postes sont protégés\u{a0}: ce que dit le dossier de conformité.",
        kind: SettingKind::LongText(2_000),
        default: "",
        required: false,
        source: "X-29",
    },
];

/// A setting and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingLine {
    /// The setting.
    pub setting: &'static Setting,
    /// What it holds, or its default.
    pub value: String,
    /// Was it ever set?
    pub set: bool,
}

/// A setting about to change.
struct Change {
    setting: &'static Setting,
    before: String,
    after: String,
}

/// The names of settings, as the trace keeps their keys.
pub(super) fn labels_of(keys: &str) -> String {
    let label = |key: &str| {
        SETTINGS
            .iter()
            .find(|s| s.key == key)
            .map_or_else(|| key.to_owned(), |s| s.label.to_owned())
    };
    keys.split(',').map(label).collect::<Vec<_>>().join(", ")
}

impl Huis {
    /// The settings of the caller's office.
    pub async fn settings(&self, caller: &Caller) -> Result<Vec<SettingLine>, UseError> {
        self.settings_power(caller).await?;
        let kept = self.store.settings(caller.office.office).await?;
        let desk = self.rights_desk(caller).await?;
        Ok(SETTINGS
            .iter()
            .map(|setting| {
                let found = if setting.key == RIGHTS_DESK {
                    Some(desk.clone()).filter(|d| !d.is_empty())
                } else {
                    kept.iter().find(|(k, _)| k == setting.key).map(|(_, v)| v.clone())
                };
                SettingLine {
                    setting,
                    set: found.is_some(),
                    value: found.unwrap_or_else(|| setting.default.to_owned()),
                }
            })
            .collect())
    }

    /// Changes one setting: see [`Huis::set_settings`].
    pub async fn set_setting(
        &self,
        caller: &Caller,
        key: &str,
        value: &str,
    ) -> Result<u64, UseError> {
        let saved = self.set_settings(caller, &[(key.to_owned(), value.to_owned())]).await;
        saved.map_err(|error| match error {
            UseError::Faults(faults) => {
                UseError::Invalid(faults.into_iter().map(|f| f.message).collect())
            }
            error => error,
        })
    }

    /// Changes settings together, or tells all their faults (`field` is the setting's key). One
    /// line in the trace says which, and what they held before and after: in full for calendars,
    /// whether there was something for a text. A change of holidays computes the deadlines of the
    /// running dossiers again; tells how many dossiers moved.
    pub async fn set_settings(
        &self,
        caller: &Caller,
        values: &[(String, String)],
    ) -> Result<u64, UseError> {
        let processing = self.settings_power(caller).await?;
        let changes = self.changes(caller, values).await?;
        if changes.is_empty() {
            return Ok(0);
        }
        let mut line = self.line(caller, &processing, Operation::SettingChanged);
        let keys: Vec<&str> = changes.iter().map(|c| c.setting.key).collect();
        line.detail.insert("reglage".to_owned(), keys.join(","));
        for change in &changes {
            let key = change.setting.key;
            line.detail.insert(format!("{key}.avant"), told(change.setting, &change.before));
            line.detail.insert(format!("{key}.apres"), told(change.setting, &change.after));
        }
        let (office, agent) = (caller.office.office, caller.actor.agent);
        let mut work = self.store.begin().await?;
        for Change { setting, after, .. } in &changes {
            if setting.key == RIGHTS_DESK {
                work.set_rights_desk(office, after).await?;
            } else {
                work.set_setting(office, setting.key, after, Some(agent), caller.now).await?;
            }
        }
        self.commit_told(work, vec![line]).await?;
        let mut moved = 0;
        if changes.iter().any(|c| c.setting.kind.moves_deadlines()) {
            for id in self.processed.keys() {
                moved += self.recompute_terms(id).await?;
            }
        }
        Ok(moved)
    }

    /// How many running dossiers a change of settings would move, before it is made; `None` when it
    /// touches no calendar. All the faults, as [`Huis::set_settings`] tells them.
    pub async fn foresee_settings(
        &self,
        caller: &Caller,
        values: &[(String, String)],
    ) -> Result<Option<u64>, UseError> {
        self.settings_power(caller).await?;
        let changes = self.changes(caller, values).await?;
        if !changes.iter().any(|c| c.setting.kind.moves_deadlines()) {
            return Ok(None);
        }
        let kept = self.store.settings(caller.office.office).await?;
        let will_be = |key: &str| {
            let changed = changes.iter().find(|c| c.setting.key == key).map(|c| c.after.clone());
            let now = || kept.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone());
            changed.or_else(now).unwrap_or_default()
        };
        let law = self.calendar.with(&will_be(LOCAL_HOLIDAYS));
        let reckoning = Reckoning {
            law: law.ok_or(UseError::Internal("jours fériés"))?,
            good_friday: will_be(GOOD_FRIDAY),
            written: false,
        };
        let mut moved = 0;
        for id in self.processed.keys() {
            moved += self.reckon(id, &caller.office, &reckoning).await?;
        }
        Ok(Some(moved))
    }

    /// What really changes among these values; or every fault, by setting.
    async fn changes(
        &self,
        caller: &Caller,
        values: &[(String, String)],
    ) -> Result<Vec<Change>, UseError> {
        let lines = self.settings(caller).await?;
        let (mut changes, mut faults) = (Vec::new(), Vec::new());
        for (key, value) in values {
            let line = lines.iter().find(|l| l.setting.key == key).ok_or(UseError::NotFound)?;
            let setting = line.setting;
            match self.as_kept(setting, value, caller) {
                Ok(after) if after == line.value => {}
                Ok(after) => changes.push(Change { setting, before: line.value.clone(), after }),
                Err(wrong) => faults.extend(wrong.into_iter().map(|message| Fault {
                    field: Some(key.clone()),
                    code: "reglage".to_owned(),
                    message,
                    article: String::new(),
                })),
            }
        }
        if faults.is_empty() { Ok(changes) } else { Err(UseError::Faults(faults)) }
    }

    /// The value as it is kept, or what is wrong with it.
    fn as_kept(
        &self,
        setting: &Setting,
        value: &str,
        caller: &Caller,
    ) -> Result<String, Vec<String>> {
        let (departement, today) = (&caller.office.departement, caller.today);
        if setting.kind == SettingKind::Holidays {
            return self.calendar.check(value, departement, today);
        }
        checked(setting, value, &self.law(), today).map_err(|fault| vec![fault])
    }

    /// The processing by whose register the caller may change settings.
    async fn settings_power(&self, caller: &Caller) -> Result<String, UseError> {
        let can = |r: &&huis_register::Register| caller.can(r, Power::Settings);
        if let Some(register) = self.processed.values().map(|p| &p.register).find(can) {
            return Ok(register.id.clone());
        }
        let first = self.processed.keys().next().cloned().ok_or(UseError::NotFound)?;
        self.allowed(caller, &first, &[Power::Settings], Operation::SettingChanged).await?;
        Ok(first)
    }

    async fn rights_desk(&self, caller: &Caller) -> Result<String, UseError> {
        // The caller's copy is of the start of the request.
        let offices = self.store.offices().await?;
        let office = offices.into_iter().find(|o| o.office == caller.office.office);
        Ok(office.ok_or(UseError::NotFound)?.rights_desk)
    }
}

/// The value as it is kept, or what is wrong with it.
fn checked(setting: &Setting, value: &str, law: &Law, today: Date) -> Result<String, String> {
    let value = value.trim();
    if value.is_empty() {
        return if setting.required {
            Err(format!("« {} » ne peut pas rester vide.", setting.label))
        } else {
            Ok(String::new())
        };
    }
    let long = matches!(setting.kind, SettingKind::LongText(_) | SettingKind::Holidays);
    if value.chars().any(|c| c.is_control() && !(long && c == '\n')) {
        return Err("Écrivez sur une seule ligne.".to_owned());
    }
    match setting.kind {
        SettingKind::Text(most) | SettingKind::LongText(most) if value.chars().count() > most => {
            Err(format!("{most} caractères au plus."))
        }
        SettingKind::Text(_) | SettingKind::LongText(_) | SettingKind::Holidays => {
            Ok(value.to_owned())
        }
        SettingKind::Days(most) => match value.parse::<u32>() {
            Ok(days) if (1..=most).contains(&days) => Ok(days.to_string()),
            _ => Err(format!("Écrivez un nombre de jours, de 1 à {most}.")),
        },
        SettingKind::GoodFriday => communes(value, law, today),
    }
}

/// What the trace says that a setting held, as a code: the days and communes of a calendar; of a
/// text whether there was one.
fn told(setting: &Setting, value: &str) -> String {
    let code = match setting.kind {
        _ if value.is_empty() => "vide".to_owned(),
        SettingKind::Days(_) => value.to_owned(),
        SettingKind::GoodFriday => value.replace(' ', ","),
        SettingKind::Holidays => {
            let day = |line: &str| {
                let mut parts = line.split(';').map(str::trim);
                let (day, communes) = (parts.next().unwrap_or_default(), parts.nth(1));
                communes
                    .map_or_else(|| day.to_owned(), |c| format!("{day}:{}", c.replace(' ', "+")))
            };
            value.lines().map(day).collect::<Vec<_>>().join(",")
        }
        _ => "renseigne".to_owned(),
    };
    // A line of the trace holds short codes: a long list says how long it is.
    if code.len() <= LONGEST_CODE {
        code
    } else {
        format!("{}-valeurs", value.split_whitespace().count())
    }
}

/// The longest code that the trace takes for a setting, in bytes.
const LONGEST_CODE: usize = 120;

/// Communes that exist and where the law lets Good Friday be a holiday: the calendar says where,
/// this setting only in which of these communes it is.
fn communes(value: &str, law: &Law, today: Date) -> Result<String, String> {
    let mut codes: Vec<String> = value
        .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
        .filter(|c| !c.is_empty())
        .map(str::to_ascii_uppercase)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let unknown: Vec<&str> =
        codes.iter().map(String::as_str).filter(|c| Geo::embedded().commune(c).is_none()).collect();
    if !unknown.is_empty() {
        return Err(format!("Codes de commune inconnus\u{a0}: {}.", unknown.join(", ")));
    }
    let matters = |code: &str| {
        let place = |good_friday| Place { commune: code.to_owned(), good_friday };
        law.holidays(today.year(), &place(true)) != law.holidays(today.year(), &place(false))
    };
    let elsewhere: Vec<&str> = codes.iter().map(String::as_str).filter(|c| !matters(c)).collect();
    if !elsewhere.is_empty() {
        return Err(format!(
            "Le Vendredi saint n’est férié qu’en Alsace-Moselle\u{a0}: retirez {}.",
            elsewhere.join(", ")
        ));
    }
    Ok(codes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_setting_keeps_what_it_may_hold_and_says_what_is_wrong() {
        let law = Law::embedded().unwrap();
        for (key, typed, expected) in [
            (PARTNERS, "  arrêté du 3 mars ", Ok("arrêté du 3 mars")),
            (PARTNERS, "", Ok("")),
            (RIGHTS_DESK, " ", Err("vide")),
            (RIGHTS_DESK, "Guichet\ndes droits", Err("une seule ligne")),
            (GOOD_FRIDAY, "68224, 67482;68224", Ok("67482 68224")),
            (GOOD_FRIDAY, "57463", Ok("57463")),
            // A commune elsewhere, one of a neighbouring département, one that does not exist.
            (GOOD_FRIDAY, "68224 75056", Err("75056")),
            (GOOD_FRIDAY, "88160", Err("Alsace-Moselle")),
            (GOOD_FRIDAY, "68999", Err("inconnus")),
            (
                "securite.reseau",
                "Réseau privé,\nsans accès public",
                Ok("Réseau privé,\nsans accès public"),
            ),
            ("securite.reseau", "a\u{7}b", Err("une seule ligne")),
            (TOKEN_DAYS.key, " 030 ", Ok("30")),
            (TOKEN_DAYS.key, "0", Err("de 1 à 366")),
            (TOKEN_DAYS.key, "367", Err("de 1 à 366")),
            (TOKEN_DAYS.key, "toujours", Err("de 1 à 366")),
            (TOKEN_DAYS.key, "", Err("vide")),
        ] {
            let setting = SETTINGS.iter().find(|s| s.key == key).unwrap();
            let found = checked(setting, typed, &law, date(2026, 6, 1));
            match expected {
                Ok(kept) => assert_eq!(found.as_deref(), Ok(kept), "{key} {typed:?}"),
                Err(word) => {
                    let wrong = found.unwrap_err();
                    assert!(wrong.contains(word), "{key} {typed:?}: {wrong}");
                }
            }
        }
        let long = "é".repeat(301);
        let setting = SETTINGS.iter().find(|s| s.key == PARTNERS).unwrap();
        assert!(checked(setting, &long, &law, date(2026, 6, 1)).is_err());
    }
}
