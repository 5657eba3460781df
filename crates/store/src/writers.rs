//! Who writes a trace log. A writer's name is held by one live process at a time, and let go with
//! it, however it ends: on SQLite by a locked file beside the data, on PostgreSQL by a lock of a
//! session of its own (a pooler that shares sessions between transactions does not keep it).

use std::{fs::File, path::Path};

use crate::{
    Store, StoreError,
    sql::{Db, Session},
};

/// A writer's name, held until this is dropped or the process ends.
#[derive(Debug)]
pub struct Claim {
    _held: Held,
}

#[derive(Debug)]
enum Held {
    File { _lock: File },
    Session { _lock: Session },
}

impl Store {
    /// Takes a writer's name; `None` while another live process holds it.
    pub async fn claim(&self, writer: &str) -> Result<Option<Claim>, StoreError> {
        let held = match (&self.folder, &self.data) {
            (Some(folder), _) => locked(folder, writer)?.map(|lock| Held::File { _lock: lock }),
            (None, db) => {
                let name = format!("huis {writer}");
                Db::session_lock(db, &name).await?.map(|lock| Held::Session { _lock: lock })
            }
        };
        Ok(held.map(|held| Claim { _held: held }))
    }
}

fn locked(folder: &Path, writer: &str) -> Result<Option<File>, StoreError> {
    let failed = |e: std::io::Error| StoreError::Open(format!("verrou du journal : {}", e.kind()));
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(format!("journal-{writer}.verrou")))
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(e)) => Err(failed(e)),
    }
}
