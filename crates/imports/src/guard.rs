//! Before a workbook is opened: what it would become is measured, and what has no place in a table
//! is refused. Every part is inflated once, into nothing.

use quick_xml::{Reader, events::Event};
use std::io::{self, BufReader, Cursor, Read};
use zip::ZipArchive;

use crate::{FileFault, Limits};

/// Smaller parts may be as repetitive as they like.
const SMALL: u64 = 1024 * 1024;

/// Refuses a workbook that is not a plain one, or that would grow past the limits.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<(), FileFault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| FileFault::Broken)?;
    if archive.len() > limits.parts {
        return Err(FileFault::Hostile("il a trop de parties"));
    }
    let mut left = limits.inflated_bytes;
    let mut workbook = false;
    let mut sheets = 0;
    for at in 0..archive.len() {
        let raw = archive.by_index_raw(at).map_err(|_| FileFault::Broken)?;
        if raw.encrypted() {
            return Err(FileFault::Locked);
        }
        let name = raw.name().map_err(|_| FileFault::Broken)?.to_ascii_lowercase();
        let packed = raw.compressed_size();
        drop(raw);
        match name.as_str() {
            "mimetype" => return Err(FileFault::Kind("classeur OpenDocument")),
            "word/document.xml" => return Err(FileFault::Kind("document Word")),
            "xl/workbook.bin" => return Err(FileFault::Kind("classeur binaire .xlsb")),
            "xl/workbook.xml" => workbook = true,
            _ => {}
        }
        sheets += usize::from(name.starts_with("xl/worksheets/") && name.ends_with(".xml"));
        if sheets > limits.sheets {
            return Err(FileFault::Sheets(limits.sheets));
        }
        let part = archive.by_index(at).map_err(|_| FileFault::Broken)?;
        // What a part claims to weigh is not believed: what comes out is counted.
        let most = left.min(packed.saturating_mul(limits.ratio).max(SMALL));
        let mut counted = Counted { inner: part, read: 0, most, over: false };
        let whole = if name.ends_with(".xml") || name.ends_with(".rels") {
            plain_xml(&mut counted, limits.depth)
        } else {
            io::copy(&mut counted, &mut io::sink()).map(drop).map_err(|_| FileFault::Broken)
        };
        if counted.over {
            return Err(FileFault::Hostile("il grossit démesurément à l’ouverture"));
        }
        whole?;
        left = left.saturating_sub(counted.read);
    }
    if workbook { Ok(()) } else { Err(FileFault::Kind("archive")) }
}

/// A part as XML: no document type (that is where entities grow), not too deep.
fn plain_xml(input: &mut impl Read, most: usize) -> Result<(), FileFault> {
    let mut reader = Reader::from_reader(BufReader::new(input));
    let mut buffer = Vec::new();
    let mut depth = 0usize;
    loop {
        match reader.read_event_into(&mut buffer).map_err(|_| FileFault::Broken)? {
            Event::DocType(_) => return Err(FileFault::Hostile("il déclare des entités XML")),
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof => return Ok(()),
            _ => {}
        }
        if depth > most {
            return Err(FileFault::Hostile("ses éléments sont trop imbriqués"));
        }
        buffer.clear();
    }
}

struct Counted<R> {
    inner: R,
    read: u64,
    most: u64,
    over: bool,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.read += u64::try_from(n).unwrap_or(u64::MAX);
        if self.read > self.most {
            self.over = true;
            return Err(io::Error::other("too large"));
        }
        Ok(n)
    }
}
