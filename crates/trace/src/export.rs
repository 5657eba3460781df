//! The export: what an outsider needs, with the public key, to verify a log offline.
//!
//! One JSON object a line: the header; each closed day, followed by its lines unless they were
//! purged; the lines of the day that is not closed; the last signed head. Nothing in it is
//! optional: the verifier finds any record that is missing.

use huis_kernel::{Delay, Instant};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    io::{self, Write},
};

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

/// A [`Record::Line`], read without a copy of what it holds: nearly all of an export is lines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineRecord<'a> {
    #[serde(borrow)]
    pub t: Cow<'a, str>,
    pub i: u64,
    pub h: Hash,
    #[serde(borrow)]
    pub leaf: Cow<'a, str>,
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
