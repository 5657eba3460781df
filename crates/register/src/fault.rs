use std::{cell::RefCell, collections::BTreeMap, fmt};

use crate::typography::french;

/// What is wrong in a register file, where, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterFault {
    /// The file's name.
    pub file: String,
    /// Line, from 1; `None` when the fault is between two registers and not at a place of one.
    pub line: Option<usize>,
    /// The key at fault: `volet[occupant].champs[nom].type`. Empty for the whole file.
    pub path: String,
    /// What is wrong, in French.
    pub message: String,
    /// How to mend it, in French.
    pub mend: String,
}

impl fmt::Display for RegisterFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", ligne {line}")?;
        }
        if !self.path.is_empty() {
            write!(f, ", {}", self.path)?;
        }
        write!(f, "\u{a0}: {} {}", self.message, self.mend)
    }
}

impl std::error::Error for RegisterFault {}

/// Past this many, a file is not mistyped but not a register: the rest is not told.
const MOST_FAULTS: usize = 200;

/// Gathers the faults of one file, and remembers where each key stands, so that a check on the
/// finished model can still name a line.
pub(crate) struct Report<'a> {
    file: &'a str,
    text: &'a str,
    faults: RefCell<Vec<(usize, RegisterFault)>>,
    places: RefCell<BTreeMap<String, usize>>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, faults: RefCell::default(), places: RefCell::default() }
    }

    /// Remembers that a key stands at this byte. The first one wins: a duplicate is told apart.
    pub(crate) fn place(&self, path: &str, offset: usize) {
        self.places.borrow_mut().entry(path.to_owned()).or_insert(offset);
    }

    /// A fault at a byte of the file.
    pub(crate) fn at(&self, offset: usize, path: &str, message: &str, mend: &str) {
        if self.is_full() {
            return;
        }
        let mut faults = self.faults.borrow_mut();
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let fault = RegisterFault {
            file: self.file.to_owned(),
            line: Some(line),
            path: path.to_owned(),
            message: french(message),
            mend: french(mend),
        };
        faults.push((offset, fault));
    }

    /// A fault at a key, or at the nearest thing around it whose place is known.
    pub(crate) fn on(&self, path: &str, message: &str, mend: &str) {
        let mut around = path;
        let offset = loop {
            if let Some(offset) = self.places.borrow().get(around) {
                break *offset;
            }
            match parent(around) {
                Some(up) => around = up,
                None => break 0,
            }
        };
        self.at(offset, path, message, mend);
    }

    /// Was a fault already told at this key? What follows from it is then not worth telling.
    pub(crate) fn told(&self, path: &str) -> bool {
        self.faults.borrow().iter().any(|(_, fault)| fault.path == path)
    }

    /// Are there so many faults that no more are told?
    pub(crate) fn is_full(&self) -> bool {
        self.faults.borrow().len() >= MOST_FAULTS
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    /// The faults in the order of the file.
    pub(crate) fn into_faults(self) -> Vec<RegisterFault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|(offset, _)| *offset);
        faults.into_iter().map(|(_, fault)| fault).collect()
    }
}

/// `a[b].c` → `a[b]` → `a`.
fn parent(path: &str) -> Option<&str> {
    let cut = if path.ends_with(']') { path.rfind('[') } else { path.rfind('.') };
    path.get(..cut?)
}
