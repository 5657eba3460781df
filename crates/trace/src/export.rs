//! The export: what an outsider needs, with the public key, to verify a log offline.
//!
//! One JSON object a line: the header; each closed day, followed by its lines unless they were
//! purged; the lines of the day that is not closed; the last signed head. Nothing in it is
//! optional: the verifier finds any record that is missing. A line holds the bytes of its leaf as
//! they are hashed (version 2); what could not stand so, a leaf damaged beyond JSON, is a string.

use huis_kernel::{Delay, Instant};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use std::io::{self, Write};

use crate::{Hash, Leaf, LogKey, Origin, SignedNote};

/// The version of the format that is written.
const VERSION: u32 = 2;

/// The versions that are read: in the first, every leaf stood as a string.
pub(crate) const VERSIONS: std::ops::RangeInclusive<u32> = 1..=VERSION;

#[derive(Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Record {
    Header {
        v: u32,
        origin: String,
        key: String,
        exported_at: Instant,
        term: Option<Delay>,
    },
    Day {
        note: String,
        purged: bool,
    },
    /// A line whose leaf is not an object on one line: of version 1, or damaged.
    Line {
        i: u64,
        h: Hash,
        leaf: String,
    },
    Head {
        note: String,
    },
}

/// A line as [`Exporter::line`] writes it: its index, its hash, and its leaf as it stands, byte for
/// byte. Whether that is JSON is seen by who reads the leaf. None for any other record, or a line
/// that is written otherwise.
pub(crate) fn read_line(record: &[u8]) -> Option<(u64, Hash, &[u8])> {
    let rest = record.strip_prefix(br#"{"t":"line","i":"#)?;
    let (index, rest) = rest.split_at_checked(rest.iter().position(|b| *b == b',')?)?;
    let (hash, rest) = rest.strip_prefix(br#","h":""#)?.split_at_checked(Hash::TEXT)?;
    let leaf = rest.strip_prefix(br#"","leaf":"#)?.strip_suffix(b"}")?;
    let plain = index == b"0" || !index.starts_with(b"0") && index.iter().all(u8::is_ascii_digit);
    let index = std::str::from_utf8(index).ok().filter(|_| plain)?.parse().ok()?;
    let hash = std::str::from_utf8(hash).ok()?.parse().ok()?;
    leaf.starts_with(b"{").then_some((index, hash, leaf))
}

/// May these bytes stand in a record as they are? A line of its own, and a whole JSON object.
fn stands(leaf: &[u8]) -> bool {
    leaf.starts_with(b"{")
        && leaf.ends_with(b"}")
        && memchr::memchr2(b'\n', b'\r', leaf).is_none()
        && std::str::from_utf8(leaf).is_ok_and(|l| serde_json::from_str::<IgnoredAny>(l).is_ok())
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

    /// A line, with the hash that the store keeps beside it. Its leaf stands as it is, for what
    /// reads the export to hash it without taking it out of a string first.
    pub fn line(&mut self, index: u64, leaf: &Leaf, stored: Hash) -> io::Result<()> {
        let bytes = leaf.bytes();
        if !stands(bytes) {
            // A leaf damaged beyond UTF-8 is exported as it reads: the verifier must see it.
            let leaf = String::from_utf8_lossy(bytes).into_owned();
            return self.record(&Record::Line { i: index, h: stored, leaf });
        }
        write!(self.out, r#"{{"t":"line","i":{index},"h":"{stored}","leaf":"#)?;
        self.out.write_all(bytes)?;
        self.out.write_all(b"}\n")
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

    fn exported(index: u64, leaf: &[u8]) -> (Vec<u8>, Hash) {
        let leaf = Leaf::from_bytes(leaf.to_vec());
        let mut exporter = Exporter { out: Vec::new() };
        exporter.line(index, &leaf, leaf.hash()).unwrap();
        assert_eq!(exporter.out.pop(), Some(b'\n'));
        (exporter.out, leaf.hash())
    }

    proptest! {
        /// Whatever a leaf is, its line is one record, in JSON, and reads back as it was.
        #[test]
        fn a_leaf_stands_as_it_is_or_as_a_string(
            index in any::<u64>(), json in any::<bool>(), text in "[a-z\"\\\\{}:é\n\u{1}]{0,30}",
        ) {
            let object = serde_json::json!({ "texte": text }).to_string();
            let leaf = if json { &object } else { &text };
            let (record, hash) = exported(index, leaf.as_bytes());
            prop_assert!(!record.contains(&b'\n'));
            prop_assert!(serde_json::from_slice::<IgnoredAny>(&record).is_ok());
            match read_line(&record) {
                Some(read) => prop_assert_eq!(read, (index, hash, leaf.as_bytes())),
                None => match serde_json::from_slice(&record).unwrap() {
                    Record::Line { i, h, leaf: read } => {
                        prop_assert!(!json);
                        prop_assert_eq!((i, h, &read), (index, hash, leaf));
                    }
                    _ => panic!("no line"),
                },
            }
        }
    }

    #[test]
    fn a_damaged_leaf_takes_no_other_place_than_its_own() {
        for leaf in [
            &b"{\"v\":1}\n{\"t\":\"head\"}"[..],
            b"{},\"leaf\":{}",
            b"{\"v\":1} ",
            b" {\"v\":1}",
            b"{\"v\":\"\xff\"}",
            b"{\"v\":1,\r\n\"w\":2}",
            b"",
        ] {
            let (record, _) = exported(3, leaf);
            assert_eq!(read_line(&record), None);
            let read = serde_json::from_slice(&record).unwrap();
            let Record::Line { leaf: read, .. } = read else { panic!("no line") };
            assert_eq!(read, String::from_utf8_lossy(leaf));
        }
    }
}
