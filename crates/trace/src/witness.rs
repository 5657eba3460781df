//! The witness: an append-only text file of signed heads, kept out of reach of whoever runs the
//! server. What it has seen cannot be rewritten or cut off any more, whoever holds the key.

use std::io::BufRead;

use crate::{Finding, Head, LogKey, Report, SignedNote, Verifier};

/// What is appended to the witness's file for one head.
pub fn entry(head: &SignedNote) -> String {
    head.to_string()
}

/// Verifies an export against the heads that the witness holds.
pub fn check(heads: &str, export: impl BufRead, key: &LogKey) -> Result<Report, Vec<Finding>> {
    Verifier::new(key.clone()).witnessed(heads).verify(export)
}

/// The last head of each log in the file, as read: what a restored log names.
pub fn last_heads(heads: &str, key: &LogKey) -> Vec<Head> {
    let mut last: Vec<Head> = Vec::new();
    for head in notes(heads).filter_map(|note| Head::open(&note.ok()?, key).ok()) {
        match last.iter_mut().find(|h| h.origin == head.origin) {
            Some(known) if known.size <= head.size => *known = head,
            Some(_) => {}
            None => last.push(head),
        }
    }
    last
}

/// The heads of one log, and what is wrong with them. Heads of other logs may stand in the file.
pub(crate) fn heads_of(origin: &str, file: &str, key: &LogKey) -> (Vec<Head>, Vec<Finding>) {
    let (mut heads, mut findings) = (Vec::new(), Vec::new());
    for (no, note) in (1..).zip(notes(file)) {
        match note {
            Err(()) => findings.push(Finding::WitnessUnreadable(no)),
            Ok(note) if note.unverified().lines().next() != Some(origin) => {}
            Ok(note) => match Head::open(&note, key) {
                Ok(head) => heads.push(head),
                Err(_) => findings.push(Finding::WitnessForged(no)),
            },
        }
    }
    heads.sort_by_key(|h| h.size);
    (heads, findings)
}

/// The notes of the file: each ends with its last signature line.
fn notes(file: &str) -> impl Iterator<Item = Result<SignedNote, ()>> {
    let mut lines = file.split_inclusive('\n').peekable();
    std::iter::from_fn(move || {
        let mut note = String::new();
        while let Some(line) = lines.next() {
            note.push_str(line);
            let more = lines.peek().is_some_and(|next| next.starts_with("— "));
            if line.starts_with("— ") && !more {
                break;
            }
        }
        (!note.is_empty()).then(|| note.parse().map_err(|_| ()))
    })
}
