//! The schema's steps: forward only, each in one transaction, taken once whoever starts at the same
//! moment. What this program does not know it does not touch: a database of a newer program, or of
//! a layout that was never delivered, is refused before anything is changed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::{
    Store, StoreError,
    open::{DATA, KEYS, TRACE},
    sql::{Db, Tx, params},
};

/// How far each store's schema is: the number of its last step, 0 for an empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Of the data.
    pub data: i64,
    /// Of the key store.
    pub keys: i64,
    /// Of the access log.
    pub trace: i64,
}

impl Schema {
    /// Nothing yet.
    pub const NONE: Self = Self { data: 0, keys: 0, trace: 0 };
    /// The first one that was delivered: that of the backups which do not say theirs.
    pub const FIRST: Self = Self { data: 1, keys: 1, trace: 1 };

    /// The one of this program.
    pub fn of_this_program() -> Self {
        Self { data: last(DATA), keys: last(KEYS), trace: last(TRACE) }
    }

    /// Is one of its stores beyond this program?
    pub fn is_newer(self) -> bool {
        let mine = Self::of_this_program();
        self.data > mine.data || self.keys > mine.keys || self.trace > mine.trace
    }
}

impl std::fmt::Display for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "données {}, clés {}, journal {}", self.data, self.keys, self.trace)
    }
}

fn last(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

impl Store {
    /// How far the schemas are.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        Ok(Schema {
            data: version(&self.data).await?,
            keys: version(&self.keys).await?,
            trace: version(&self.trace).await?,
        })
    }

    /// Takes the steps that are missing up to a schema, once the three stores were recognised. Never
    /// backwards.
    pub async fn migrate(&self, upto: Schema) -> Result<(), StoreError> {
        let stores = [
            (&self.data, DATA, upto.data),
            (&self.keys, KEYS, upto.keys),
            (&self.trace, TRACE, upto.trace),
        ];
        for (db, steps, _) in stores {
            recognise(db, steps).await?;
        }
        for (db, steps, upto) in stores {
            take_steps(db, steps, upto).await?;
        }
        Ok(())
    }

    /// Removes every table: what an interrupted restore left, whose schema may be another's.
    pub async fn wipe(&self) -> Result<(), StoreError> {
        for db in [&self.data, &self.keys, &self.trace] {
            let mut tables: Vec<String> = columns(db).await?.into_iter().map(|(t, _)| t).collect();
            tables.dedup();
            let mut tx = db.begin().await?;
            for table in tables {
                tx.run(&format!("DROP TABLE {table}"), vec![]).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Brings one store to the last of its steps, once it was recognised.
pub(crate) async fn bring_up(db: &Db, steps: &[&str]) -> Result<(), StoreError> {
    recognise(db, steps).await?;
    take_steps(db, steps, last(steps)).await
}

/// Refuses what this program would misread: nothing of it is changed.
async fn recognise(db: &Db, steps: &[&str]) -> Result<(), StoreError> {
    let (done, known) = (version(db).await?, last(steps));
    if done > known {
        return Err(StoreError::Open(format!(
            "cette base a été mise à jour par une version plus récente de Huis (son schéma est à \
             l’étape {done}, ce programme connaît l’étape {known}) : rien n’y a été changé. \
             Installez la version la plus récente du programme ou, pour revenir en arrière, \
             restaurez la sauvegarde prise avant la mise à jour (« huis restore »)"
        )));
    }
    if done == 0 && columns(db).await?.iter().any(|(table, _)| table != "migration") {
        return Err(StoreError::Open(
            "cette base contient autre chose que Huis : rien n’y a été changé. Donnez-lui une base \
             (ou un dossier) qui ne serve qu’à lui"
                .into(),
        ));
    }
    let taken = steps.get(..usize::try_from(done).unwrap_or(0)).unwrap_or_default();
    let here: BTreeSet<(String, String)> = columns(db).await?.into_iter().collect();
    if let Some((table, column)) = made_by(taken).await?.iter().find(|c| !here.contains(c)) {
        return Err(StoreError::Open(format!(
            "cette base vient d’une version d’essai de Huis, antérieure à la première livrée, et \
             ce programme ne sait pas la lire (il y manque « {table}.{column} ») : rien n’y a été \
             changé. Recommencez la démonstration (« huis demo --fresh »), ou faites une \
             installation neuve dans un autre dossier (« huis init »)"
        )));
    }
    Ok(())
}

/// The columns that steps make, as SQLite itself understands them.
async fn made_by(steps: &[&str]) -> Result<Vec<(String, String)>, StoreError> {
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    let db = Db::in_memory();
    for step in steps {
        db.script(dialect(step, false)).await?;
    }
    let made = columns(&db).await;
    db.close().await;
    made
}

/// The steps after the last that was taken, each in one transaction with its number: one that is
/// interrupted is not there, and two programs that start together take it once.
async fn take_steps(db: &Db, steps: &[&str], upto: i64) -> Result<(), StoreError> {
    for (step, number) in steps.iter().zip(1_i64..).take_while(|(_, n)| *n <= upto) {
        if number <= version(db).await? {
            continue;
        }
        let mut tx = db.begin().await?;
        tx.alone("huis schema").await?;
        tx.script("CREATE TABLE IF NOT EXISTS migration (version BIGINT NOT NULL PRIMARY KEY)")
            .await?;
        if number <= step_of(&mut tx).await? {
            continue; // another program took it while this one waited
        }
        if db.is_postgres() {
            // Where tables are spread, their servers take the statements of a step one after the other.
            tx.script("SET LOCAL citus.multi_shard_modify_mode = 'sequential'").await?;
        }
        tx.script(&dialect(step, db.is_postgres())).await?;
        tx.run("INSERT INTO migration (version) VALUES ($1)", params![number]).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn step_of(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = tx.one("SELECT COALESCE(MAX(version), 0) FROM migration", vec![]).await?;
    row.map_or(Ok(0), |r| r.int(0))
}

/// The last step that was taken; 0 when the store is empty.
async fn version(db: &Db) -> Result<i64, StoreError> {
    let sql = if db.is_postgres() {
        "SELECT CASE WHEN to_regclass(current_schema() || '.migration') IS NULL THEN 0::bigint
         ELSE 1::bigint END"
    } else {
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration'"
    };
    if !db.one(sql, vec![]).await?.map_or(Ok(false), |r| r.flag(0))? {
        return Ok(0);
    }
    let row = db.one("SELECT COALESCE(MAX(version), 0) FROM migration", vec![]).await?;
    row.map_or(Ok(0), |r| r.int(0))
}

/// Has a store been made there?
pub(crate) async fn is_made(db: &Db) -> Result<bool, StoreError> {
    Ok(version(db).await? > 0)
}

/// Every column of a live schema, as (table, column), table by table.
pub(crate) async fn columns(db: &Db) -> Result<Vec<(String, String)>, StoreError> {
    let sql = if db.is_postgres() {
        "SELECT table_name::text, column_name::text FROM information_schema.columns
         WHERE table_schema = current_schema() ORDER BY 1, ordinal_position"
    } else {
        "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, p.cid"
    };
    let rows = db.all(sql, vec![]).await?;
    rows.iter().map(|r| Ok((r.text(0)?, r.text(1)?))).collect()
}

/// The one source of the schema, in the words of each engine. What stands between `-- [sqlite]` and
/// `-- [/sqlite]` is about how that engine keeps rows, and is no step of the other; and so is what
/// `-- [postgres]` opens.
fn dialect(sql: &str, postgres: bool) -> String {
    if postgres {
        without(sql, "sqlite").replace(" BLOB", " BYTEA")
    } else {
        without(sql, "postgres").replace("CREATE UNLOGGED TABLE", "CREATE TABLE")
    }
}

/// A text without the parts that are of one engine.
fn without(sql: &str, engine: &str) -> String {
    let (opens, closes) = (format!("-- [{engine}]\n"), format!("-- [/{engine}]\n"));
    let mut parts = sql.split(opens.as_str());
    let mut out = parts.next().unwrap_or_default().to_owned();
    out.extend(parts.filter_map(|part| part.split_once(closes.as_str())).map(|(_, on)| on));
    out
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
