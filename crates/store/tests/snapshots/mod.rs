//! The kept installations: `make.sh` says how each was made. Fictitious from end to end.
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use huis_store::{Location, Store, dump::Part};
use std::{
    fs,
    io::Read,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Where the snapshots stand.
fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/tests/snapshots")
}

fn kept(step: i64) -> PathBuf {
    here().join(format!("schema-{step}.zip"))
}

/// The schemas of which one is kept.
pub fn all() -> Vec<i64> {
    let names = fs::read_dir(here()).unwrap().map(|e| e.unwrap().file_name());
    let mut steps: Vec<i64> = names
        .filter_map(|n| n.to_str()?.strip_prefix("schema-")?.strip_suffix(".zip")?.parse().ok())
        .collect();
    steps.sort_unstable();
    steps
}

/// Puts an installation of that schema in a folder, as its program left it.
pub fn unzip(step: i64, folder: &Path) {
    let file = fs::File::open(kept(step)).unwrap_or_else(|_| {
        panic!("no snapshot of step {step}: make.sh, with the last program of that schema")
    });
    let mut archive = zip::ZipArchive::new(file).unwrap();
    fs::create_dir_all(folder).unwrap();
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let file = folder.join(entry.name().unwrap().as_ref());
        fs::write(&file, bytes).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// The same installation as its program would have kept it elsewhere: its schema, its rows.
pub async fn into(files: &Path, location: &Location) {
    let from = Store::connect(&Location::Folder(files.to_owned())).await.unwrap();
    let to = Store::connect(location).await.unwrap();
    to.migrate(from.schema().await.unwrap()).await.unwrap();
    for part in [Part::Data, Part::Keys, Part::Trace] {
        let shapes = to.shapes(part).await.unwrap();
        let mut dump = from.dump(part).await.unwrap();
        let tables = dump.tables().to_vec();
        while let Some(chunk) = dump.next().await.unwrap() {
            let table = &tables[chunk.table];
            let columns: Vec<String> = table.columns.iter().map(|(c, _)| c.clone()).collect();
            let shape = shapes.iter().find(|s| s.name == table.name).unwrap();
            to.load(part, shape, &columns, chunk.rows).await.unwrap();
        }
    }
    from.close().await;
    to.close().await;
}
