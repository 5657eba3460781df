//! Reads a table of the file key by key. What a table may hold is what was asked of it: a key
//! that nobody asked for is unknown, and the nearest one that was asked for is suggested.

use huis_kernel::{Date, Delay};
use std::{collections::BTreeSet, ops::RangeInclusive};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    fault::Report,
    typography::{clean, list, nearest, quote},
    words::Words,
};

type Value<'a> = Spanned<DeValue<'a>>;

/// One table of the file, and the keys asked of it so far.
pub(crate) struct Block<'a> {
    report: &'a Report<'a>,
    table: &'a DeTable<'a>,
    /// Where it stands: `volet[occupant]`.
    pub(crate) path: String,
    offset: usize,
    asked: Vec<&'static str>,
}

/// Why a key must be there, and what to write. Keys not listed need no explanation.
const MENDS: &[(&str, &str)] = &[
    (
        "base_legale",
        "Ajoutez base_legale = \"…\" : une finalité sans base légale n'est pas chargée (D-08).",
    ),
    (
        "pourquoi",
        "Ajoutez pourquoi = \"…\" : chaque donnée collectée porte sa justification (A-04).",
    ),
    ("source", "Ajoutez source = \"…\" : la clause ou l'article qui fonde cette ligne."),
    ("article", "Ajoutez article = \"…\" : le texte qui fonde cet acte."),
    (
        "garde",
        "Ajoutez garde = \"4 ans\" : une durée de conservation sans terme n'est pas chargée.",
    ),
    ("puis", "Ajoutez puis = \"detruire\" ou puis = \"anonymiser\" : une conservation a une fin."),
    ("depuis", "Ajoutez depuis = \"ouverture\" ou depuis = \"cloture\"."),
    (
        "plafond_sans_evenement",
        "Ajoutez plafond_sans_evenement = \"6 ans\" : passé ce délai, un dossier jamais clos devient une alerte (I6).",
    ),
    (
        "delai_effacement",
        "Ajoutez delai_effacement = \"30 jours\" : un registre modifié qui effacerait des dossiers attend ce délai.",
    ),
    (
        "en_vigueur",
        "Ajoutez en_vigueur = 2026-01-01 : le jour à partir duquel cette version compte.",
    ),
    ("duree_max", "Ajoutez duree_max = \"1 an\" : une habilitation a toujours une fin (X-17)."),
    ("finalite", "Ajoutez finalite = \"…\" : la finalité inscrite dans les traces de ce profil."),
    ("facile", "Ajoutez facile = \"…\" : chaque information a sa version facile à lire."),
];

impl<'a> Block<'a> {
    /// The whole file.
    pub(crate) fn root(report: &'a Report<'a>, table: &'a DeTable<'a>) -> Self {
        Self { report, table, path: String::new(), offset: 0, asked: Vec::new() }
    }

    fn below(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn take(&mut self, key: &'static str) -> Option<&'a Value<'a>> {
        self.asked.push(key);
        let value = self.table.get(key)?;
        self.report.place(&self.below(key), value.span().start);
        Some(value)
    }

    fn missing(&self, key: &str) {
        let mend = MENDS.iter().find(|(k, _)| *k == key).map(|(_, mend)| (*mend).to_owned());
        self.report.at(
            self.offset,
            &self.below(key),
            "cette clé manque.",
            &mend.unwrap_or_else(|| format!("Ajoutez {}.", quote(key))),
        );
    }

    /// A fault at the value of a key of this table.
    pub(crate) fn fault(&self, key: &str, message: &str, mend: &str) {
        let offset = self.table.get(key).map_or(self.offset, |v| v.span().start);
        self.report.at(offset, &self.below(key), message, mend);
    }

    fn wrong_type(&self, key: &str, value: &Value<'_>, expected: &str) {
        self.report.at(
            value.span().start,
            &self.below(key),
            &format!("attendu ici : {expected} ; écrit : {}.", french_type(value.get_ref())),
            "Corrigez la valeur.",
        );
    }

    /// A text that may be left out.
    pub(crate) fn maybe_text(&mut self, key: &'static str) -> Option<String> {
        let value = self.take(key)?;
        match value.get_ref().as_str() {
            Some(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Some(_) => {
                self.fault(key, "ce texte est vide.", "Écrivez-le, ou retirez la clé.");
                None
            }
            None => {
                self.wrong_type(key, value, "un texte entre guillemets");
                None
            }
        }
    }

    /// A text that must be there.
    pub(crate) fn text(&mut self, key: &'static str) -> String {
        if !self.table.contains_key(key) {
            self.asked.push(key);
            self.missing(key);
            return String::new();
        }
        self.maybe_text(key).unwrap_or_default()
    }

    /// The `id`: lower case, in the form that paths and URLs take, and used once among its kind.
    pub(crate) fn id(&mut self, seen: &mut BTreeSet<String>) -> String {
        let id = self.text("id");
        if id.is_empty() {
            return id;
        }
        let shape =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if !id.chars().all(shape) || id.len() > 64 {
            self.fault(
                "id",
                &format!("{} n'a pas la forme d'un identifiant.", quote(&id)),
                "Employez des minuscules sans accent, des chiffres, « - » ou « _ », 64 signes au plus.",
            );
        }
        if !seen.insert(id.clone()) {
            self.fault(
                "id",
                &format!("l'identifiant {} est déjà pris.", quote(&id)),
                "Donnez à chacun le sien.",
            );
        }
        id
    }

    /// `true` or `false`; `false` when unsaid.
    pub(crate) fn flag(&mut self, key: &'static str) -> bool {
        let Some(value) = self.take(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(key, value, "true ou false");
            false
        })
    }

    /// `true` or `false`, which must be said.
    pub(crate) fn said_flag(&mut self, key: &'static str) -> bool {
        if !self.table.contains_key(key) {
            self.missing(key);
        }
        self.flag(key)
    }

    /// A word of a closed list.
    pub(crate) fn word<T: Copy>(&mut self, key: &'static str, words: &Words<T>) -> Option<T> {
        let text = self.text(key);
        if text.is_empty() {
            return None;
        }
        let found = words.iter().find(|(word, _, _)| *word == text).map(|(_, value, _)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _, _)| *word).collect();
            self.unknown_word(key, &text, &known);
        }
        found
    }

    /// Words of a closed list, each once.
    pub(crate) fn words<T: Copy>(&mut self, key: &'static str, words: &Words<T>) -> Vec<T> {
        let known: Vec<&str> = words.iter().map(|(word, _, _)| *word).collect();
        let mut out = Vec::new();
        for text in self.texts(key) {
            match words.iter().find(|(word, _, _)| *word == text) {
                Some((_, value, _)) => out.push(*value),
                None => self.unknown_word(key, &text, &known),
            }
        }
        out
    }

    /// Says that a word is not of the list, with the nearest one that is.
    pub(crate) fn unknown_word(&self, key: &str, text: &str, known: &[&str]) {
        let path = self.below(key);
        let item = format!("{path}[{}]", clean(text));
        let mend = match nearest(text, known.iter().copied()) {
            Some(near) => format!("Vouliez-vous {} ?", quote(near)),
            None => format!("Choisissez parmi {}.", list(known)),
        };
        let at =
            if self.table.get(key).is_some_and(|v| v.get_ref().is_array()) { &item } else { &path };
        self.report.on(at, &format!("{} n'est pas un mot connu ici.", quote(text)), &mend);
    }

    /// A delay longer than nothing, which must be there.
    pub(crate) fn delay(&mut self, key: &'static str) -> Delay {
        let text = self.text(key);
        if text.is_empty() {
            return Delay::ZERO;
        }
        match text.parse::<Delay>() {
            Ok(delay) if delay != Delay::ZERO => delay,
            Ok(delay) => {
                self.fault(key, "cette durée est nulle.", "Écrivez au moins « 1 jour ».");
                delay
            }
            Err(error) => {
                self.fault(
                    key,
                    &format!("{} n'est pas une durée.", quote(&text)),
                    &format!("Réécrivez-la : {error}."),
                );
                Delay::ZERO
            }
        }
    }

    /// A civil date, which must be there.
    pub(crate) fn date(&mut self, key: &'static str) -> Date {
        let Some(value) = self.take(key) else {
            self.missing(key);
            return Date::MIN;
        };
        let text = match value.get_ref() {
            DeValue::Datetime(when) => when.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        text.parse().unwrap_or_else(|_| {
            self.wrong_type(key, value, "une date comme 2026-01-01");
            Date::MIN
        })
    }

    /// A whole number within bounds, if there.
    pub(crate) fn maybe_number(
        &mut self,
        key: &'static str,
        bounds: RangeInclusive<u32>,
    ) -> Option<u32> {
        let value = self.take(key)?;
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong_type(key, value, "un nombre entier");
            return None;
        };
        let number = u32::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.filter(|n| bounds.contains(n));
        if number.is_none() {
            self.fault(
                key,
                "ce nombre est hors des bornes.",
                &format!("Écrivez un nombre de {} à {}.", bounds.start(), bounds.end()),
            );
        }
        number
    }

    /// A whole number within bounds, which must be there.
    pub(crate) fn number(&mut self, key: &'static str, bounds: RangeInclusive<u32>) -> u32 {
        if !self.table.contains_key(key) {
            self.missing(key);
        }
        self.maybe_number(key, bounds).unwrap_or(0)
    }

    /// A list of texts, each once; empty when unsaid. Each item's place is kept under
    /// `path[text]`.
    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<String> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "une liste de textes");
            return Vec::new();
        };
        let path = self.below(key);
        let mut out: Vec<String> = Vec::new();
        let mut seen = BTreeSet::new();
        for item in items {
            let Some(text) = item.get_ref().as_str().map(str::trim).filter(|t| !t.is_empty())
            else {
                self.wrong_type(key, item, "un texte entre guillemets");
                continue;
            };
            let place = format!("{path}[{}]", clean(text));
            if seen.insert(text) {
                self.report.place(&place, item.span().start);
                out.push(text.to_owned());
            } else {
                self.report.at(
                    item.span().start,
                    &place,
                    "cette valeur est écrite deux fois.",
                    "Retirez-en une.",
                );
            }
        }
        out
    }

    /// `[["code", "libellé"], …]`.
    pub(crate) fn couples(&mut self, key: &'static str) -> Vec<(String, String)> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "une liste de couples [\"code\", \"libellé\"]");
            return Vec::new();
        };
        let mut out = Vec::new();
        let mut seen = BTreeSet::new();
        for item in items {
            let couple: Option<Vec<&str>> = item
                .get_ref()
                .as_array()
                .and_then(|a| a.iter().map(|v| v.get_ref().as_str()).collect());
            match couple.as_deref() {
                Some([code, label]) if !code.trim().is_empty() && !label.trim().is_empty() => {
                    if !seen.insert(*code) {
                        self.report.at(
                            item.span().start,
                            &self.below(key),
                            &format!("le code {} est écrit deux fois.", quote(code)),
                            "Donnez à chaque valeur son code.",
                        );
                    }
                    out.push(((*code).to_owned(), (*label).to_owned()));
                }
                _ => self.wrong_type(key, item, "un couple [\"code\", \"libellé\"]"),
            }
        }
        out
    }

    /// The table under a key, which must be there.
    pub(crate) fn block(&mut self, key: &'static str) -> Option<Self> {
        let Some(value) = self.take(key) else {
            self.report.at(
                self.offset,
                &self.below(key),
                "cette partie manque.",
                &format!("Ajoutez [{}].", self.below(key)),
            );
            return None;
        };
        match value.get_ref().as_table() {
            Some(table) => Some(self.child(table, self.below(key), value.span().start)),
            None => {
                self.wrong_type(key, value, "une table");
                None
            }
        }
    }

    /// The table under a key that may be left out.
    pub(crate) fn maybe_block(&mut self, key: &'static str) -> Option<Self> {
        if self.has(key) {
            return self.block(key);
        }
        self.asked.push(key);
        None
    }

    /// The tables under a key, in order; none when unsaid.
    pub(crate) fn blocks(&mut self, key: &'static str) -> Vec<Self> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "une suite de tables");
            return Vec::new();
        };
        let path = self.below(key);
        let mut out = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let Some(table) = item.get_ref().as_table() else {
                self.wrong_type(key, item, "une table");
                continue;
            };
            let id = table.get("id").and_then(|v| v.get_ref().as_str());
            let name = id.map_or_else(|| format!("n° {}", i + 1), clean);
            let child = self.child(table, format!("{path}[{name}]"), item.span().start);
            self.report.place(&child.path, child.offset);
            out.push(child);
        }
        out
    }

    /// The tables under a key, of which there must be one at least.
    pub(crate) fn some_blocks(&mut self, key: &'static str, why: &str) -> Vec<Self> {
        let blocks = self.blocks(key);
        if blocks.is_empty() {
            let offset = self.table.get(key).map_or(self.offset, |v| v.span().start);
            self.report.at(
                offset,
                &self.below(key),
                why,
                &format!("Ajoutez [[{}]].", self.below(key)),
            );
        }
        blocks
    }

    fn child(&self, table: &'a DeTable<'a>, path: String, offset: usize) -> Self {
        Self { report: self.report, table, path, offset, asked: Vec::new() }
    }

    /// Was this key written?
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Tells the keys that nobody asked for.
    pub(crate) fn finish(self) {
        for key in self.table.keys().filter(|k| !self.asked.contains(&k.get_ref().as_ref())) {
            if self.report.is_full() {
                return;
            }
            let name = key.get_ref().as_ref();
            let mend = match nearest(name, self.asked.iter().copied()) {
                Some(near) => format!("Vouliez-vous {} ?", quote(near)),
                None => format!("Retirez-la : on peut écrire ici {}.", list(&self.asked)),
            };
            let shown = quote(name);
            self.report.at(
                key.span().start,
                &self.path,
                &format!("la clé {shown} n'existe pas ici."),
                &mend,
            );
        }
    }
}

fn french_type(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "un texte",
        DeValue::Integer(_) => "un nombre entier",
        DeValue::Float(_) => "un nombre à virgule",
        DeValue::Boolean(_) => "true ou false",
        DeValue::Datetime(_) => "une date",
        DeValue::Array(_) => "une liste",
        DeValue::Table(_) => "une table",
    }
}
