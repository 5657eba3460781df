//! The export: what an outsider needs, with the public key, to verify a log offline.
//!
//! One JSON object a line: the header; each closed day, followed by its lines unless they were
//! purged; the lines of the day that is not closed; the last signed head. Nothing in it is
//! optional: the verifier finds any record that is missing.

use huis_kernel::{Delay, Instant};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

use crate::{Hash, Leaf, LogKey, Origin, SignedNote};

/// The version of the format.
pub(crate) const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Record {
    Header { v: u32, origin: String, key: String, exported_at: Instant, term: Option<Delay> },
    Day { note: String, purged: bool },
    Line { i: u64, h: Hash, leaf: String },
    Head { note: String },
}

/// A [`Record::Line`] as [`Exporter::line`] writes it, read by hand: its leaf is JSON within JSON, and
/// one sign in six is escaped. Gives its index and hash, and puts its leaf in `leaf`; none for
/// anything else, right or wrong, which is read as JSON.
pub(crate) fn read_line(record: &[u8], leaf: &mut Vec<u8>) -> Option<(u64, Hash)> {
    let rest = record.strip_prefix(br#"{"t":"line","i":"#)?;
    let (index, rest) = rest.split_at_checked(rest.iter().position(|b| *b == b',')?)?;
    let (hash, rest) = rest.strip_prefix(br#","h":""#)?.split_at_checked(Hash::TEXT)?;
    let text = rest.strip_prefix(br#"","leaf":""#)?.strip_suffix(br#""}"#)?;
    let plain = index == b"0" || !index.starts_with(b"0") && index.iter().all(u8::is_ascii_digit);
    let index = std::str::from_utf8(index).ok().filter(|_| plain)?.parse().ok()?;
    let hash = std::str::from_utf8(hash).ok()?.parse().ok()?;
    unescaped(text, leaf).then_some((index, hash))
}

/// Puts a JSON string in `out`, when it is of ASCII with no other escapes than `\"` and `\\`.
fn unescaped(text: &[u8], out: &mut Vec<u8>) -> bool {
    out.clear();
    let (mut from, mut quotes) = (0, 0);
    let mut escapes = memchr::memchr_iter(b'\\', text);
    while let Some(at) = escapes.next() {
        match text.get(at + 1) {
            Some(b'"') => quotes += 1,
            // It is found next, and escapes nothing.
            Some(b'\\') => {
                escapes.next();
            }
            _ => return false,
        }
        let Some(run) = text.get(from..at) else { return false };
        out.extend_from_slice(run);
        from = at + 1;
    }
    let Some(run) = text.get(from..) else { return false };
    out.extend_from_slice(run);
    // No sign that JSON would not leave as it is, and no quote but those.
    let least = text.iter().copied().fold(u8::MAX, u8::min);
    text.is_ascii() && least >= b' ' && memchr::memchr_iter(b'"', text).count() == quotes
}

/// What the export says of itself. It is not signed: a verifier that is told the day and the term
/// does not have to believe it.
#[derive(Clone, Debug)]
pub struct Header {
    /// The log.
    pub origin: Origin,
    /// Its public key.
    pub key: LogKey,
    /// When the export was made.
    pub exported_at: Instant,
    /// How long its lines are kept.
    pub term: Option<Delay>,
}

/// Writes an export, page by page: a log never stands in memory as a whole.
#[derive(Debug)]
pub struct Exporter<W: Write> {
    out: W,
}

impl<W: Write> Exporter<W> {
    /// Begins an export.
    pub fn begin(out: W, header: &Header) -> io::Result<Self> {
        let mut exporter = Self { out };
        exporter.record(&Record::Header {
            v: VERSION,
            origin: header.origin.to_string(),
            key: header.key.to_string(),
            exported_at: header.exported_at,
            term: header.term,
        })?;
        Ok(exporter)
    }

    /// A closed day. Its lines follow, unless they were purged.
    pub fn day(&mut self, closure: &SignedNote, purged: bool) -> io::Result<()> {
        self.record(&Record::Day { note: closure.to_string(), purged })
    }

    /// A line, with the hash that the store keeps beside it.
    pub fn line(&mut self, index: u64, leaf: &Leaf, stored: Hash) -> io::Result<()> {
        // A leaf damaged beyond UTF-8 is exported as it reads: the verifier must see it.
        let text = String::from_utf8_lossy(leaf.bytes()).into_owned();
        self.record(&Record::Line { i: index, h: stored, leaf: text })
    }

    /// Ends with the last signed head, if the log has one.
    pub fn end(mut self, head: Option<&SignedNote>) -> io::Result<W> {
        if let Some(head) = head {
            self.record(&Record::Head { note: head.to_string() })?;
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn record(&mut self, record: &Record) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, record)?;
        self.out.write_all(b"\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// By hand or as JSON, a record reads the same; and what the exporter writes of a leaf of
        /// ours is read by hand.
        #[test]
        fn a_line_reads_the_same_by_hand(
            i in any::<u64>(), h in any::<[u8; 32]>(), leaf in "[a-z\"\\\\{}:é\n\u{1}]{0,30}",
            cut in 0..200_usize, put in any::<u8>(),
        ) {
            let whole = Record::Line { i, h: Hash(h), leaf: leaf.clone() };
            let mut bytes = serde_json::to_vec(&whole).unwrap();
            let mut read = Vec::new();
            let by_hand = read_line(&bytes, &mut read);
            if leaf.bytes().all(|b| (0x20..0x80).contains(&b)) {
                prop_assert_eq!(by_hand, Some((i, Hash(h))));
                prop_assert_eq!(&read, leaf.as_bytes());
            }
            // Altered anywhere, it is read as JSON reads it, or left to it.
            let at = cut % bytes.len();
            bytes[at] = put;
            if let Some((i, h)) = read_line(&bytes, &mut read) {
                let Ok(Record::Line { i: json_i, h: json_h, leaf }) = serde_json::from_slice(&bytes)
                else {
                    panic!("JSON would not read it")
                };
                prop_assert_eq!((json_i, json_h), (i, h));
                prop_assert_eq!(leaf.as_bytes(), read);
            }
        }
    }
}
