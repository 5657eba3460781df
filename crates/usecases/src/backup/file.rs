//! A backup's file, inside its encryption: a line that names the form, a header, frames of rows, a
//! trailer with the number of rows of each table. age tells a file that was cut or altered; the
//! trailer tells one that was never finished.

use huis_kernel::Instant;
use huis_store::{
    Schema,
    dump::{Chunk, decode, encode},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use super::{BackupError, Sealing, Unsealing};

const FORM: &[u8] = b"huis-sauvegarde/v1\n";
/// The largest frame that is read: a few hundred rows.
const LARGEST: u32 = 512 << 20;

/// A table of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TableHeader {
    pub name: String,
    pub columns: Vec<String>,
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The installation.
    pub installation: String,
    /// The same in the two files of one backup.
    pub id: String,
    /// As of when.
    pub made_at: Instant,
    /// The version of the program.
    pub program: String,
    /// The schema that its rows follow.
    #[serde(default = "first")]
    pub schema: Schema,
    pub(super) tables: Vec<TableHeader>,
}

/// The schema of the backups that do not say theirs.
const fn first() -> Schema {
    Schema::FIRST
}

/// Rows by table: what was written, against which a restore is compared.
pub(super) type Counts = BTreeMap<String, u64>;

/// What goes to the file, from the side that reads the store.
pub(super) enum Frame {
    Rows(Chunk),
    End(Counts),
}

/// Writes a file, frame after frame, until its end; gives its length. It takes its name only when
/// it is whole and on the disk.
pub(super) fn write(
    path: &Path,
    sealing: &Sealing,
    header: &Header,
    mut frames: impl Iterator<Item = Frame>,
) -> Result<u64, BackupError> {
    let part = path.with_extension("partiel");
    let fault = |e: std::io::Error| BackupError::file(path, &e);
    let done = (|| {
        let mut out = sealing.lock(BufWriter::new(create(&part)?))?;
        out.write_all(FORM)?;
        framed(&mut out, &serde_json::to_vec(header)?)?;
        loop {
            match frames.next() {
                Some(Frame::Rows(chunk)) => framed(&mut out, &encode(&chunk))?,
                Some(Frame::End(counts)) => {
                    out.write_all(&0_u32.to_be_bytes())?;
                    framed(&mut out, &serde_json::to_vec(&counts)?)?;
                    break;
                }
                None => return Err(std::io::ErrorKind::Interrupted.into()),
            }
        }
        let file = out.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let length = file.metadata()?.len();
        std::fs::rename(&part, path)?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(length)
    })();
    if done.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    done.map_err(fault)
}

fn create(path: &PathBuf) -> std::io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn framed(out: &mut impl Write, bytes: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(std::io::Error::other)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(bytes)
}

/// A backup being read.
pub(super) struct Reading {
    input: Box<dyn Read + Send>,
    pub header: Header,
}

impl Reading {
    /// Opens a file and reads its header.
    pub fn open(path: &Path, unsealing: &Unsealing) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(|e| BackupError::file(path, &e))?;
        let mut input = unsealing.open(BufReader::new(file))?;
        let mut form = [0; FORM.len()];
        input.read_exact(&mut form).map_err(|_| BackupError::Damaged("début"))?;
        if form != FORM {
            return Err(BackupError::Damaged("forme inconnue"));
        }
        let header = frame(&mut input)?.ok_or(BackupError::Damaged("en-tête"))?;
        let header =
            serde_json::from_slice(&header).map_err(|_| BackupError::Damaged("en-tête"))?;
        Ok(Self { input, header })
    }

    /// The next rows, or the end.
    pub fn next(&mut self) -> Result<Frame, BackupError> {
        Ok(match frame(&mut self.input)? {
            Some(bytes) => Frame::Rows(decode(&bytes).map_err(|_| BackupError::Damaged("lignes"))?),
            None => {
                let counts = frame(&mut self.input)?.ok_or(BackupError::Damaged("fin"))?;
                Frame::End(
                    serde_json::from_slice(&counts).map_err(|_| BackupError::Damaged("fin"))?,
                )
            }
        })
    }
}

/// A frame; none for the mark of the end. Its length is believed only as far as bytes come.
fn frame(input: &mut impl Read) -> Result<Option<Vec<u8>>, BackupError> {
    let mut length = [0; 4];
    input.read_exact(&mut length).map_err(|_| BackupError::Damaged("coupée"))?;
    let length = u32::from_be_bytes(length);
    if length == 0 {
        return Ok(None);
    }
    if length > LARGEST {
        return Err(BackupError::Damaged("longueur"));
    }
    let mut bytes = Vec::new();
    let read = input.take(u64::from(length)).read_to_end(&mut bytes);
    match read {
        Ok(n) if n as u64 == u64::from(length) => Ok(Some(bytes)),
        _ => Err(BackupError::Damaged("coupée")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_store::dump::Cell;

    fn header() -> Header {
        Header {
            installation: "essai".into(),
            id: "01".into(),
            made_at: Instant(7),
            program: "0".into(),
            schema: Schema::FIRST,
            tables: vec![TableHeader { name: "t".into(), columns: vec!["a".into()] }],
        }
    }

    fn frames() -> Vec<Frame> {
        let chunk = Chunk { table: 0, rows: vec![vec![Cell::Text("Zimmermann".into())]] };
        vec![Frame::Rows(chunk), Frame::End(Counts::from([("t".to_owned(), 1)]))]
    }

    #[test]
    fn a_file_reads_back_by_its_key_alone_and_not_once_altered_or_cut_x_20_i14() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.age");
        let key = age::x25519::Identity::generate();
        let sealing = Sealing::recipients(&[key.to_public().to_string()]).unwrap();
        write(&path, &sealing, &header(), frames().into_iter()).unwrap();
        let unsealing = Unsealing::Identities(vec![key]);
        let mut reading = Reading::open(&path, &unsealing).unwrap();
        assert_eq!(reading.header, header());
        assert!(matches!(reading.next().unwrap(), Frame::Rows(c) if c.rows.len() == 1));
        assert!(matches!(reading.next().unwrap(), Frame::End(c) if c["t"] == 1));
        let other = Unsealing::Identities(vec![age::x25519::Identity::generate()]);
        assert!(matches!(Reading::open(&path, &other).err(), Some(BackupError::Locked)));
        let good = std::fs::read(&path).unwrap();
        assert!(!good.windows(10).any(|w| w == b"Zimmermann"), "encrypted");
        let all = |path: &Path| -> Result<(), BackupError> {
            let mut reading = Reading::open(path, &unsealing)?;
            while !matches!(reading.next()?, Frame::End(_)) {}
            Ok(())
        };
        for at in (0..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&path, &bad).unwrap();
            assert!(all(&path).is_err(), "byte {at}");
            std::fs::write(&path, &good[..at]).unwrap();
            assert!(all(&path).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_backup_that_stops_half_way_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.age");
        let half = frames().into_iter().take(1);
        assert!(write(&path, &Sealing::passphrase("essai"), &header(), half).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
