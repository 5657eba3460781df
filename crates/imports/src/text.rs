//! Bytes → text, as they come: what encoding it is, decoded by pieces.

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, Read};

use crate::FileFault;

/// What the file is written in: by its mark, else UTF-8 when it is valid, else Windows-1252 (which
/// holds Latin-1).
pub(crate) fn encoding(bytes: &[u8]) -> Result<&'static Encoding, FileFault> {
    if let Some((found, _)) = Encoding::for_bom(bytes) {
        return Ok(found);
    }
    if bytes.contains(&0) {
        return Err(FileFault::Kind("contenu binaire, ou texte Unicode sans sa marque"));
    }
    Ok(if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 })
}

/// What people call it.
pub(crate) fn name(encoding: &'static Encoding) -> &'static str {
    if encoding == UTF_8 {
        "UTF-8"
    } else if encoding == UTF_16LE || encoding == UTF_16BE {
        "UTF-16"
    } else {
        "Windows-1252"
    }
}

/// A reader of UTF-8 over bytes of any encoding: one buffer, whatever the length of the file.
pub(crate) struct Decoding<'a> {
    rest: &'a [u8],
    decoder: Decoder,
    over: bool,
}

impl<'a> Decoding<'a> {
    pub(crate) fn new(bytes: &'a [u8], encoding: &'static Encoding) -> Self {
        Self { rest: bytes, decoder: encoding.new_decoder_with_bom_removal(), over: false }
    }
}

impl Read for Decoding<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A character takes up to four bytes: a smaller buffer could never be filled.
        if self.over || out.len() < 4 {
            return Ok(0);
        }
        loop {
            let (result, read, written, _) = self.decoder.decode_to_utf8(self.rest, out, false);
            self.rest = self.rest.get(read..).unwrap_or_default();
            match result {
                CoderResult::InputEmpty if written > 0 => return Ok(written),
                CoderResult::InputEmpty => {
                    // Each line ends, the last one too: lines are counted by their ends.
                    self.over = true;
                    if let Some(first) = out.first_mut() {
                        *first = b'\n';
                    }
                    return Ok(1);
                }
                CoderResult::OutputFull if written > 0 => return Ok(written),
                CoderResult::OutputFull if read == 0 => return Ok(0),
                CoderResult::OutputFull => {}
            }
        }
    }
}
