//! Who writes a trace log. A writer's name is held by one live process at a time, and let go with
//! it, however it ends: on SQLite by a locked file beside the data, on PostgreSQL by a lock of a
//! session of its own (a pooler that shares sessions between transactions does not keep it). A
//! session that the database dropped is taken anew: until then a second process could take the
//! name, and of the two that write under it one is stopped (I8).

use std::{fs::File, path::Path, time::Duration};

use crate::{
    Store, StoreError,
    sql::{Db, Session},
};

/// A writer's name, held until this is dropped or the process ends.
#[derive(Debug)]
pub struct Claim {
    held: Held,
}

#[derive(Debug)]
enum Held {
    File { _lock: File },
    Session { lock: Session, db: Db, name: String },
}

/// How often the session of a lock is looked at.
const LOOK: Duration = Duration::from_secs(15);

impl Claim {
    /// Waits for something, the name being held all the while.
    pub async fn held_during(mut self, it: impl Future<Output = ()>) {
        tokio::select! {
            () = it => {}
            () = self.keep() => {}
        }
    }

    async fn keep(&mut self) {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Held::Session { lock, db, name } = &mut self.held
                && !lock.is_alive().await
                && let Ok(Some(again)) = db.session_lock(name).await
            {
                *lock = again;
            }
        }
    }
}

impl Store {
    /// Takes a writer's name; `None` while another live process holds it.
    pub async fn claim(&self, writer: &str) -> Result<Option<Claim>, StoreError> {
        let held = match (&self.folder, &self.data) {
            (Some(folder), _) => locked(folder, writer)?.map(|lock| Held::File { _lock: lock }),
            (None, db) => {
                let name = format!("huis {writer}");
                let lock = db.session_lock(&name).await?;
                lock.map(|lock| Held::Session { lock, db: db.clone(), name })
            }
        };
        Ok(held.map(|held| Claim { held }))
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
