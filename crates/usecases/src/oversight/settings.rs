//! The settings of an office: a closed, typed list, each with what it does and where it comes from.

use huis_kernel::Date;
use huis_law::{Law, Place, geo::Geo};
use huis_register::Power;
use huis_trace::Operation;

use crate::{Caller, Huis, UseError, dossier::GOOD_FRIDAY};

/// The authorisation by which partners work in Huis; empty: they are off.
pub const PARTNERS: &str = "partenaires.autorisation";
/// The rights desk; empty: no processing opens.
pub const RIGHTS_DESK: &str = "organisation.service_droits";

/// What a setting may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// One line, of so many characters at most.
    Text(usize),
    /// INSEE codes of communes where Good Friday may be a holiday.
    GoodFriday,
    /// A date.
    Date,
    /// A mail address.
    Email,
    /// A server, `nom:port`.
    Server,
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
        key: PARTNERS,
        label: "Autorisation des partenaires",
        help: "Référence de l’acte qui autorise la seconde phase. Vide : les partenaires n’ont \
               aucun accès.",
        kind: SettingKind::Text(300),
        default: "",
        required: false,
        source: "X-26",
    },
    Setting {
        key: "securite.procedure_habilitation",
        label: "Procédure d’habilitation",
        help: "Référence et date de la procédure validée par le responsable de traitement.",
        kind: SettingKind::Text(300),
        default: "",
        required: false,
        source: "X-17, X-29",
    },
    Setting {
        key: "securite.revue_risques",
        label: "Dernière revue des risques",
        help: "Date de la dernière réévaluation des risques.",
        kind: SettingKind::Date,
        default: "",
        required: false,
        source: "X-29",
    },
    Setting {
        key: "securite.locaux_reseaux",
        label: "Réseaux et locaux",
        help: "Comment les réseaux sont isolés et les locaux du serveur sécurisés ; le dossier de \
               conformité le reprend.",
        kind: SettingKind::Text(300),
        default: "",
        required: false,
        source: "X-29",
    },
    Setting {
        key: "courriel.serveur",
        label: "Serveur de courriel",
        help: "Nom et port, par exemple courriel.exemple.fr:587. Vide : aucun courriel ne part.",
        kind: SettingKind::Server,
        default: "",
        required: false,
        source: "X-02, X-13",
    },
    Setting {
        key: "courriel.expediteur",
        label: "Adresse d’expédition",
        help: "De qui viennent les courriels, qui ne portent qu’un numéro et un lien.",
        kind: SettingKind::Email,
        default: "",
        required: false,
        source: "X-13",
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

/// The name of a setting.
pub(super) fn label_of(key: &str) -> &str {
    SETTINGS.iter().find(|s| s.key == key).map_or(key, |s| s.label)
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

    /// Changes a setting; traced by its key. A change of holidays computes the deadlines of the
    /// running dossiers again; tells how many moved.
    pub async fn set_setting(
        &self,
        caller: &Caller,
        key: &str,
        value: &str,
    ) -> Result<u64, UseError> {
        let processing = self.settings_power(caller).await?;
        let setting = SETTINGS.iter().find(|s| s.key == key).ok_or(UseError::NotFound)?;
        let value = checked(setting, value, &self.law(), caller.today)
            .map_err(|wrong| UseError::Invalid(vec![wrong]))?;
        let mut line = self.line(caller, &processing, Operation::SettingChanged);
        line.detail.insert("reglage".to_owned(), key.to_owned());
        line.detail.insert(
            "etat".to_owned(),
            if value.is_empty() { "vide" } else { "renseigne" }.to_owned(),
        );
        self.trace(line).await?;
        let (office, agent) = (caller.office.office, caller.actor.agent);
        if key == RIGHTS_DESK {
            self.store.set_rights_desk(office, &value).await?;
        } else {
            self.store.set_setting(office, key, &value, Some(agent), caller.now).await?;
        }
        let mut moved = 0;
        if setting.kind == SettingKind::GoodFriday {
            let ids: Vec<String> = self.processed.keys().cloned().collect();
            for id in ids {
                moved += self.recompute_terms(&id).await?;
            }
        }
        Ok(moved)
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
    if value.chars().any(char::is_control) {
        return Err("Écrivez sur une seule ligne.".to_owned());
    }
    match setting.kind {
        SettingKind::Text(most) if value.chars().count() > most => {
            Err(format!("{most} caractères au plus."))
        }
        SettingKind::Text(_) => Ok(value.to_owned()),
        SettingKind::GoodFriday => communes(value, law, today),
        SettingKind::Date => match value.parse::<Date>() {
            Ok(date) if date <= today => Ok(date.to_string()),
            Ok(_) => Err("Cette date est à venir.".to_owned()),
            Err(_) => Err("Écrivez une date.".to_owned()),
        },
        SettingKind::Email => {
            let fits = value.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && is_host(host) && host.contains('.')
            });
            let plain = value.is_ascii() && !value.contains([' ', '<', '>', ',', ';']);
            if fits && plain {
                Ok(value.to_owned())
            } else {
                Err("Écrivez une adresse, par exemple ne-pas-repondre@exemple.fr.".to_owned())
            }
        }
        SettingKind::Server => {
            let port = |p: &str| p.parse::<u16>().is_ok_and(|p| p > 0);
            let fits = value.rsplit_once(':').is_some_and(|(host, p)| is_host(host) && port(p));
            if fits {
                Ok(value.to_ascii_lowercase())
            } else {
                Err("Écrivez le nom et le port, par exemple courriel.exemple.fr:587.".to_owned())
            }
        }
    }
}

fn is_host(host: &str) -> bool {
    let label =
        |l: &str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    host.len() <= 253 && host.split('.').all(label)
}

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
            ("securite.revue_risques", "2026-01-15", Ok("2026-01-15")),
            ("securite.revue_risques", "2027-01-15", Err("à venir")),
            ("securite.revue_risques", "hier", Err("une date")),
            ("courriel.serveur", "Courriel.Exemple.fr:587", Ok("courriel.exemple.fr:587")),
            ("courriel.serveur", "courriel.exemple.fr", Err("le port")),
            ("courriel.serveur", "courriel exemple:25", Err("le port")),
            ("courriel.serveur", "courriel.exemple.fr:99999", Err("le port")),
            ("courriel.expediteur", "huis@exemple.fr", Ok("huis@exemple.fr")),
            ("courriel.expediteur", "huis@exemple", Err("adresse")),
            ("courriel.expediteur", "Huis <huis@exemple.fr>", Err("adresse")),
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
