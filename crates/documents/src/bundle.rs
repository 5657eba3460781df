//! Several files in one, for whoever takes them away together.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, write::ZipWriter};

use crate::{SheetError, ods::file};

/// A ZIP archive of these files, by name: the same files give the same bytes.
///
/// # Errors
/// The archive could not be written.
pub fn bundle<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<Vec<u8>, SheetError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        file(&mut zip, name, CompressionMethod::Deflated)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish().map_err(std::io::Error::from)?.into_inner())
}
