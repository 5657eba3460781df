//! The files of a folder of backups: which is the newest, which have lived long enough. A backup of
//! the keys must not outlive the days that the certificates of destruction state.

use std::path::{Path, PathBuf};

use super::BackupError;

/// The end of the name of a file of data.
pub(super) const DATA: &str = "-donnees.age";
/// The end of the name of a file of keys.
pub(super) const KEYS: &str = "-cles.age";
const START: &str = "huis-";

/// A backup found in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file of data.
    pub data: PathBuf,
    /// The file of keys, when it is in the folder given for it.
    pub keys: Option<PathBuf>,
}

/// The name of a backup's file: it says when, and sorts by it.
pub(super) fn name(made_at: huis_kernel::Instant, id: &str, end: &str) -> String {
    let stamp: String = made_at.rfc3339().chars().filter(char::is_ascii_alphanumeric).collect();
    let stamp = stamp.get(..15).unwrap_or(&stamp);
    format!("{START}{stamp}Z-{}{end}", id.get(..8).unwrap_or(id))
}

fn of(folder: &Path, end: &str) -> Result<Vec<PathBuf>, BackupError> {
    let fault = |e: std::io::Error| BackupError::file(folder, &e);
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name.starts_with(START) && name.ends_with(end) {
            out.push(path);
        }
    }
    out.sort();
    Ok(out)
}

/// The newest backup of a folder, or the one whose file of data is named; with its keys, from the
/// same folder or another.
pub fn newest(from: &Path, keys_from: Option<&Path>) -> Result<Found, BackupError> {
    let data = if from.is_dir() {
        of(from, DATA)?.pop().ok_or(BackupError::Nothing)?
    } else {
        from.to_owned()
    };
    let named = data.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let mate = named.strip_suffix(DATA).map(|start| format!("{start}{KEYS}"));
    let keys = match keys_from {
        Some(file) if file.is_file() => Some(file.to_owned()),
        Some(folder) => {
            let mut all = of(folder, KEYS)?;
            let same =
                all.iter().position(|p| p.file_name().and_then(|n| n.to_str()) == mate.as_deref());
            same.map(|i| all.swap_remove(i)).or_else(|| all.pop())
        }
        None => data.parent().zip(mate).map(|(f, m)| f.join(m)).filter(|p| p.is_file()),
    };
    Ok(Found { data, keys })
}

/// Removes the files older than so many days, but never the newest. Tells how many.
pub(super) fn prune(
    folder: &Path,
    end: &str,
    before: huis_kernel::Instant,
) -> Result<u64, BackupError> {
    let limit = name(before, "", end);
    let mut files = of(folder, end)?;
    files.pop();
    let mut gone = 0;
    for file in files {
        let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name < limit.as_str() {
            std::fs::remove_file(&file).map_err(|e| BackupError::file(&file, &e))?;
            gone += 1;
        }
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_kernel::Instant;

    const DAY: i64 = 86_400_000;

    #[test]
    fn the_newest_is_found_with_its_keys_and_the_old_ones_go_but_the_last_i7() {
        let folder = tempfile::tempdir().unwrap();
        let at = |d: i64| Instant(1_800_000_000_000 + d * DAY);
        for d in 0..5 {
            for end in [DATA, KEYS] {
                std::fs::write(folder.path().join(name(at(d), "abcdef0123", end)), "").unwrap();
            }
        }
        std::fs::write(folder.path().join("autre.age"), "").unwrap();
        let found = newest(folder.path(), None).unwrap();
        assert!(found.data.ends_with(name(at(4), "abcdef0123", DATA)), "{found:?}");
        assert!(found.keys.unwrap().ends_with(name(at(4), "abcdef0123", KEYS)));
        assert_eq!(prune(folder.path(), KEYS, at(2)).unwrap(), 2);
        assert_eq!(prune(folder.path(), KEYS, at(90)).unwrap(), 2, "never the newest");
        assert_eq!(of(folder.path(), KEYS).unwrap().len(), 1);
        assert_eq!(of(folder.path(), DATA).unwrap().len(), 5);
        assert!(folder.path().join("autre.age").exists(), "not ours");
    }
}
