use huis_kernel::{Date, Delay};
use std::collections::BTreeMap;
use std::path::Path;
use toml::de::DeTable;

use crate::holiday::{Holiday, holiday};
use crate::parameter::{Parameter, parameter};
use crate::read::{Entry, Faults};
use crate::truce::{TruceRule, truce};
use crate::{Dated, LawFault, ParameterValue};

/// A file's name with its text.
macro_rules! shipped {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../parameters/", $name)))
    };
}

/// The files built into the program, under `parameters/`. A test compares them with the folder.
const FILES: [(&str, &str); 12] = [
    shipped!("calendrier/jours-feries.toml"),
    shipped!("calendrier/treves.toml"),
    shipped!("continuite/echeances.toml"),
    shipped!("droits/1-delais.toml"),
    shipped!("expulsion/1-prevention.toml"),
    shipped!("expulsion/2-assignation.toml"),
    shipped!("expulsion/3-commandement-de-quitter.toml"),
    shipped!("expulsion/4-concours-force-publique.toml"),
    shipped!("expulsion/5-indemnites.toml"),
    shipped!("expulsion/6-conservation.toml"),
    shipped!("interets/taux-legal.toml"),
    shipped!("securite/revue-des-risques.toml"),
];

/// All the dated parameters and the calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Law {
    parameters: BTreeMap<String, Parameter>,
    pub(crate) holidays: Vec<Holiday>,
    pub(crate) truces: Vec<TruceRule>,
}

/// Why a parameter gives no answer. It names a parameter, never a person (I13).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LawError {
    /// No parameter has this id.
    #[error("le paramètre «\u{a0}{0}\u{a0}» n'existe pas")]
    Unknown(String),
    /// The parameter has no version for that day.
    #[error("le paramètre «\u{a0}{id}\u{a0}» n'a pas de version en vigueur au {on}")]
    NotInForce {
        /// The parameter.
        id: String,
        /// The day asked for.
        on: Date,
    },
    /// The parameter is no delay, or no count of working days.
    #[error("le paramètre «\u{a0}{id}\u{a0}» n'est pas {expected}")]
    Unit {
        /// The parameter.
        id: String,
        /// What was asked for, in French.
        expected: &'static str,
    },
}

impl Law {
    /// The law as shipped with the program.
    pub fn embedded() -> Result<Self, Vec<LawFault>> {
        Self::of(FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
    }

    /// The law as a folder says it: the `*.toml` files of its subfolders (the files at its root
    /// belong to others). Every fault is told, with file and line.
    pub fn load(dir: &Path) -> Result<Self, Vec<LawFault>> {
        let unread = |path: &Path, error: &std::io::Error| {
            vec![LawFault {
                file: path.display().to_string(),
                line: 1,
                what: format!("lecture impossible : {error}"),
            }]
        };
        let mut files = Vec::new();
        let mut paths = Vec::new();
        for folder in list(dir).map_err(|e| unread(dir, &e))?.into_iter().filter(|p| p.is_dir()) {
            paths.extend(list(&folder).map_err(|e| unread(&folder, &e))?);
        }
        for path in paths.into_iter().filter(|p| p.extension().is_some_and(|e| e == "toml")) {
            let name = path.strip_prefix(dir).unwrap_or(&path).display().to_string();
            files.push((name, std::fs::read_to_string(&path).map_err(|e| unread(&path, &e))?));
        }
        Self::of(files)
    }

    fn of(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, Vec<LawFault>> {
        let mut law = Self::default();
        let mut faults = Vec::new();
        for (name, text) in files {
            faults.extend(law.add(&name, &text, true));
        }
        if faults.is_empty() { Ok(law) } else { Err(faults) }
    }

    /// The same law with the holidays that an office adds for itself: a text of the format of
    /// `calendrier/jours-feries.toml`, and `[[ferie]]` alone.
    pub fn with_local_holidays(mut self, file: &str, text: &str) -> Result<Self, Vec<LawFault>> {
        let faults = self.add(file, text, false);
        if faults.is_empty() { Ok(self) } else { Err(faults) }
    }

    fn add(&mut self, name: &str, text: &str, shipped: bool) -> Vec<LawFault> {
        let mut faults = Faults::new(name, text);
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let at = error.span().map_or(0, |s| s.start);
            faults.at(at, format!("écriture TOML : {}", error.message()));
        }
        let mut file = Entry::new(root.get_ref(), 0);
        self.holidays.extend(
            file.entries(&mut faults, "ferie").into_iter().filter_map(|e| holiday(e, &mut faults)),
        );
        if shipped {
            self.truces.extend(
                file.entries(&mut faults, "treve")
                    .into_iter()
                    .filter_map(|e| truce(e, &mut faults)),
            );
            for entry in file.entries(&mut faults, "parametre") {
                let at = entry.at;
                let Some(new) = parameter(entry, &mut faults) else { continue };
                if self.parameters.contains_key(&new.id) {
                    faults.at(at, format!("le paramètre « {} » est déjà défini", new.id));
                }
                self.parameters.insert(new.id.clone(), new);
            }
        }
        file.end(&mut faults);
        faults.into_vec()
    }

    /// The ids of all parameters, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.parameters.keys().map(String::as_str)
    }

    /// What a parameter is, in French.
    pub fn label(&self, id: &str) -> Option<&str> {
        self.parameters.get(id).map(|p| p.label.as_str())
    }

    /// Which date selects the version in force, in French.
    pub fn counts_on(&self, id: &str) -> Option<&str> {
        self.parameters.get(id).map(|p| p.counts_on.as_str())
    }

    /// All the versions of a parameter, oldest first; none when it does not exist.
    pub fn history(&self, id: &str) -> &[Dated] {
        self.parameters.get(id).map_or(&[], |p| p.history.as_slice())
    }

    /// The version in force on the day that the law says counts.
    pub fn parameter(&self, id: &str, on: Date) -> Option<&Dated> {
        self.history(id).iter().find(|d| d.in_force(on))
    }

    pub(crate) fn required(&self, id: &str, on: Date) -> Result<&Dated, LawError> {
        match self.parameter(id, on) {
            Some(dated) => Ok(dated),
            None if self.parameters.contains_key(id) => {
                Err(LawError::NotInForce { id: id.to_owned(), on })
            }
            None => Err(LawError::Unknown(id.to_owned())),
        }
    }

    /// The delay in force on the day that the law says counts, with its version.
    pub fn delay(&self, id: &str, on: Date) -> Result<(Delay, &Dated), LawError> {
        let dated = self.required(id, on)?;
        match dated.value {
            ParameterValue::Delay(delay) => Ok((delay, dated)),
            _ => Err(LawError::Unit { id: id.to_owned(), expected: "un délai" }),
        }
    }

    pub(crate) fn working_days(&self, id: &str, on: Date) -> Result<(u32, &Dated), LawError> {
        let dated = self.required(id, on)?;
        match dated.value {
            ParameterValue::WorkingDays(count) => Ok((count, dated)),
            _ => Err(LawError::Unit { id: id.to_owned(), expected: "un nombre de jours ouvrés" }),
        }
    }
}

fn list(dir: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let mut paths =
        std::fs::read_dir(dir)?.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}
