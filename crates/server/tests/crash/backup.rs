//! A backup that is taken while everybody writes: what it brings back, in the other engine, is of one
//! instant, and holds all that was acknowledged before it began.

use huis_testkit::Postgres;
use std::{fs, path::Path, sync::Arc};

use crate::{
    house::House,
    program::huis,
    proof::prove_restored,
    seed,
    storm::{Fate, Storm},
    tell,
};

async fn taken_in_a_storm(house: House, folder: &Path, into_database: Option<String>) {
    let path = |p: &Path| p.to_str().unwrap().to_owned();
    let (to, keys_to) = (path(&folder.join("site")), path(&folder.join("coffre")));
    let phrase = folder.join("phrase");
    fs::write(&phrase, "sept mots bien choisis pour les sauvegardes\n").unwrap();
    let phrase = path(&phrase);
    let served = house.serve();
    let storm = Storm::begin(&house, served.address, seed());
    storm.goes_on(30, "before the backup");
    let before = storm.log.lock().unwrap().clone();
    let mut backup = vec!["backup", "--to", &to, "--keys-to", &keys_to];
    backup.extend(["--passphrase-file", &phrase]);
    backup.extend(house.place());
    let ran = huis(&backup);
    assert!(ran.ok, "{}{}", ran.says, ran.errors);
    let during = storm.acknowledged() - before.count(Fate::Acknowledged);
    storm.goes_on(10, "after the backup");
    let mut log = storm.end();
    drop(served);
    // What was acknowledged before it began must be there; of the rest, any may be.
    for (then, now) in [(&before.acts, &mut log.acts), (&before.sections, &mut log.sections)] {
        for (i, write) in now.iter_mut().enumerate() {
            let known = then.get(i).is_some_and(|w| w.fate == Fate::Acknowledged);
            if write.fate == Fate::Acknowledged && !known {
                write.fate = Fate::Unknown;
            }
        }
    }
    let there = folder.join("retour");
    let (into, key) = (path(&there), path(&house.folder.join("cle-racine")));
    let mut restore = vec!["restore", "--from", &to, "--keys", &keys_to, "--into", &into];
    restore.extend(["--key", &key, "--passphrase-file", &phrase]);
    if let Some(url) = &into_database {
        restore.extend(["--into-database", url]);
    }
    let ran = huis(&restore);
    assert!(ran.ok, "{}{}", ran.says, ran.errors);
    fs::copy(&key, there.join("cle-racine")).unwrap();
    let restored = House {
        folder: there,
        database: into_database,
        clock: Arc::clone(&house.clock),
        numbers: house.numbers.clone(),
    };
    // The server chains what stood in the outbox at that instant, once.
    let served = restored.serve();
    let verdict = prove_restored(&restored, &log, &folder.join("preuve")).await;
    drop(served);
    let what = format!("one backup, {during} writes acknowledged while it was taken");
    tell("backup", &what, &log, &verdict);
    assert!(during > 0, "others went on writing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_in_a_storm_is_of_one_instant_from_sqlite_into_postgresql_x_20() {
    let server = Postgres::start().unwrap();
    let database = server.database("retour").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let house = House::found(&folder.path().join("data"), None).await;
    taken_in_a_storm(house, folder.path(), Some(database.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_in_a_storm_is_of_one_instant_from_postgresql_into_sqlite_x_20() {
    let server = Postgres::start().unwrap();
    let database = server.database("depart").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let house = House::found(&folder.path().join("data"), Some(database.url())).await;
    taken_in_a_storm(house, folder.path(), None).await;
}
