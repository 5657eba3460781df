//! What a change of register does, in plain words.

mod access;
mod collected;
mod imports;
mod promises;
mod terms;

use crate::{Register, typography::french};

/// Does a change ask for more data, more sight, more time, or less guard?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// More is collected, seen, done or kept, or something guards less: A-03 asks for an
    /// authorisation.
    Loosens,
    /// Less is.
    Tightens,
    /// Neither: a label, a text, an order.
    Neutral,
}

/// What a change does to the dates of erasure of the dossiers that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// Some are erased earlier: the change waits for `delai_effacement` and a second person.
    Earlier,
    /// Some are erased later.
    Later,
    /// Earlier or later, as the dossier stands (the clock starts at another event).
    Either,
    /// None moves.
    None,
}

/// One thing that a change of register does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// More, less, or neither.
    pub kind: ChangeKind,
    /// What changes, in French, for the officer who signs.
    pub text: String,
    /// What it does to the dates of erasure.
    pub affects: Erasure,
    /// The retention units (of the old register) whose dossiers the caller may count; empty when
    /// `affects` is [`Erasure::None`].
    pub units: Vec<String>,
}

/// All that changes from one register to another, the loosest first.
pub fn diff(old: &Register, new: &Register) -> Vec<Change> {
    let mut out = Changes::default();
    collected::compare(old, new, &mut out);
    access::compare(old, new, &mut out);
    terms::compare(old, new, &mut out);
    imports::compare(old, new, &mut out);
    promises::compare(old, new, &mut out);
    out.list.sort_by_key(|c| c.kind);
    out.list
}

/// The list as it grows.
#[derive(Default)]
struct Changes {
    list: Vec<Change>,
}

impl Changes {
    fn loosens(&mut self, text: &str) {
        self.push(ChangeKind::Loosens, text);
    }
    fn tightens(&mut self, text: &str) {
        self.push(ChangeKind::Tightens, text);
    }
    fn neutral(&mut self, text: &str) {
        self.push(ChangeKind::Neutral, text);
    }
    fn push(&mut self, kind: ChangeKind, text: &str) {
        self.push_terms(kind, text, Erasure::None, Vec::new());
    }
    fn push_terms(&mut self, kind: ChangeKind, text: &str, affects: Erasure, units: Vec<String>) {
        self.list.push(Change { kind, text: french(text), affects, units });
    }
    /// A text that is only shown.
    fn shown(&mut self, what: &str, old: &str, new: &str) {
        match (old, new) {
            (a, b) if a == b => {}
            ("", new) => self.neutral(&format!("{what} : « {new} », qui n'était pas dit.")),
            (old, "") => self.neutral(&format!("{what} : « {old} » n'est plus dit.")),
            (old, new) => self.neutral(&format!("{what} : « {new} » au lieu de « {old} ».")),
        }
    }
}

/// Which kind of change, when more of it is looser.
fn more_loosens(more: bool) -> ChangeKind {
    if more { ChangeKind::Loosens } else { ChangeKind::Tightens }
}

/// Things of the old and the new register, brought together by id.
struct Pairs<'a, T> {
    gone: Vec<&'a T>,
    added: Vec<&'a T>,
    kept: Vec<(&'a T, &'a T)>,
}

fn pairs<'a, T>(old: &'a [T], new: &'a [T], id: impl Fn(&T) -> &str) -> Pairs<'a, T> {
    let find = |list: &'a [T], wanted: &str| list.iter().find(|t| id(t) == wanted);
    Pairs {
        gone: old.iter().filter(|t| find(new, id(t)).is_none()).collect(),
        added: new.iter().filter(|t| find(old, id(t)).is_none()).collect(),
        kept: old.iter().filter_map(|t| Some((t, find(new, id(t))?))).collect(),
    }
}

/// The items of `a` that `b` lacks.
fn lacks<T: Clone + PartialEq>(a: &[T], b: &[T]) -> Vec<T> {
    a.iter().filter(|t| !b.contains(t)).cloned().collect()
}
