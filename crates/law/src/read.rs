//! Reading a parameter file by hand, so that every fault is told at once, with its line.

use huis_kernel::Date;
use toml::de::{DeTable, DeValue};

use crate::words::french_spaces;

/// What is wrong in a parameter file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, ligne {line}\u{a0}: {what}")]
pub struct LawFault {
    /// The file, as its path under `parameters/`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and how to mend it, in French.
    pub what: String,
}

/// The faults of one file while it is read.
pub(crate) struct Faults<'a> {
    file: &'a str,
    text: &'a str,
    found: Vec<LawFault>,
}

impl<'a> Faults<'a> {
    pub(crate) const fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, found: Vec::new() }
    }

    /// Notes a fault at a byte of the text.
    pub(crate) fn at(&mut self, byte: usize, what: impl Into<String>) {
        let line = self.line(byte);
        let what = french_spaces(&what.into());
        self.found.push(LawFault { file: self.file.to_owned(), line, what });
    }

    fn line(&self, byte: usize) -> usize {
        1 + self.text.bytes().take(byte).filter(|b| *b == b'\n').count()
    }

    pub(crate) fn into_vec(self) -> Vec<LawFault> {
        self.found
    }
}

/// One table of a file. Each key that is asked for is known; `end` reports the others, so that a
/// misspelt key is never silently a default.
pub(crate) struct Entry<'t> {
    table: &'t DeTable<'t>,
    /// Where the table starts in the text.
    pub(crate) at: usize,
    known: Vec<&'static str>,
}

impl<'t> Entry<'t> {
    pub(crate) const fn new(table: &'t DeTable<'t>, at: usize) -> Self {
        Self { table, at, known: Vec::new() }
    }

    /// Is one of these keys there?
    pub(crate) fn has(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.table.contains_key(*key))
    }

    /// Where a key's value starts, or the table itself.
    pub(crate) fn place(&self, key: &str) -> usize {
        self.table.get(key).map_or(self.at, |v| v.span().start)
    }

    fn get<T>(
        &mut self,
        faults: &mut Faults<'_>,
        key: &'static str,
        want: &str,
        read: impl Fn(&DeValue<'t>) -> Option<T>,
    ) -> Option<T> {
        self.known.push(key);
        let value = self.table.get(key)?;
        let read = read(value.get_ref());
        if read.is_none() {
            faults.at(value.span().start, format!("« {key} » attend {want}"));
        }
        read
    }

    /// A text that is not empty.
    pub(crate) fn text(&mut self, faults: &mut Faults<'_>, key: &'static str) -> Option<String> {
        self.get(faults, key, "un texte entre guillemets, non vide", |v| {
            v.as_str().filter(|s| !s.trim().is_empty()).map(french_spaces)
        })
    }

    /// A text of some written form (`2 mois`, `100 €`).
    pub(crate) fn form<T>(
        &mut self,
        faults: &mut Faults<'_>,
        key: &'static str,
        want: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.get(faults, key, want, |v| v.as_str().and_then(&read))
    }

    /// A list of texts, empty when the key is not there.
    pub(crate) fn texts(&mut self, faults: &mut Faults<'_>, key: &'static str) -> Vec<String> {
        self.get(faults, key, "une liste de textes", |v| {
            v.as_array()?.iter().map(|i| i.get_ref().as_str().map(str::to_owned)).collect()
        })
        .unwrap_or_default()
    }

    /// A civil date, written without quotes.
    pub(crate) fn date(&mut self, faults: &mut Faults<'_>, key: &'static str) -> Option<Date> {
        self.get(faults, key, "une date sans guillemets, par exemple 2023-07-29", |v| {
            let moment = v.as_datetime().filter(|m| m.time.is_none())?;
            let date = moment.date?;
            Date::new(
                i16::try_from(date.year).ok()?,
                i8::try_from(date.month).ok()?,
                i8::try_from(date.day).ok()?,
            )
            .ok()
        })
    }

    /// `true` or `false`.
    pub(crate) fn bool(&mut self, faults: &mut Faults<'_>, key: &'static str) -> Option<bool> {
        self.get(faults, key, "true ou false", DeValue::as_bool)
    }

    /// A whole number.
    pub(crate) fn integer<T: TryFrom<i64>>(
        &mut self,
        faults: &mut Faults<'_>,
        key: &'static str,
    ) -> Option<T> {
        self.get(faults, key, "un nombre entier", |v| {
            let integer = v.as_integer()?;
            let value = i64::from_str_radix(integer.as_str(), integer.radix()).ok()?;
            T::try_from(value).ok()
        })
    }

    /// The tables of a `[[key]]`.
    pub(crate) fn entries(&mut self, faults: &mut Faults<'_>, key: &'static str) -> Vec<Entry<'t>> {
        self.known.push(key);
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let wrong = || format!("« {key} » s'écrit [[{key}]]");
        let Some(list) = value.get_ref().as_array() else {
            faults.at(value.span().start, wrong());
            return Vec::new();
        };
        let mut entries = Vec::new();
        for item in list.iter() {
            match item.get_ref().as_table() {
                Some(table) => entries.push(Entry::new(table, item.span().start)),
                None => faults.at(item.span().start, wrong()),
            }
        }
        entries
    }

    /// A value that must be there. Nothing is added when the key is there but was badly written:
    /// that is told already.
    pub(crate) fn need<T>(
        &self,
        faults: &mut Faults<'_>,
        key: &str,
        value: Option<T>,
    ) -> Option<T> {
        if value.is_none() && !self.table.contains_key(key) {
            faults.at(self.at, format!("il manque « {key} »"));
        }
        value
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn end(self, faults: &mut Faults<'_>) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !self.known.contains(&name) {
                faults.at(
                    key.span().start,
                    format!("« {name} » n'est pas connu ici ; connus : {}", self.known.join(", ")),
                );
            }
        }
    }
}

/// The first and last day of a version, in order when both are given.
pub(crate) fn bounds(
    entry: &mut Entry<'_>,
    faults: &mut Faults<'_>,
) -> (Option<Date>, Option<Date>) {
    let from = entry.date(faults, "depuis");
    let until = entry.date(faults, "jusqu_au");
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        faults.at(entry.place("jusqu_au"), "« jusqu_au » est avant « depuis »");
    }
    (from, until)
}
