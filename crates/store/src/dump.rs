//! The rows of a store as they are, table by table and a few at a time: what a backup holds. One
//! form for both engines, so that a backup of SQLite restores into PostgreSQL and the reverse: it
//! is also the way to grow.
//!
//! The blind indexes are in no backup (I7): what the schema makes `UNLOGGED` is left out, and is
//! made again from the opened sections. Sessions, links and leases are of the moment: a restore
//! must not bring them back.

mod wire;

pub use wire::{Cell, Chunk, decode, encode};

use crate::{
    Store, StoreError,
    open::{DATA, KEYS, TRACE},
    sql::{Db, Param, Row, Tx, params},
};

/// One of the three stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Cards, sealed rows, accounts, grants, settings.
    Data,
    /// The key store.
    Keys,
    /// The access log.
    Trace,
}

/// Of the moment: a restore closes every session and every way in that was under way.
/// Marks tell data that were brought back from the past, which a restore does on purpose.
/// Tokens of the API go as sessions do: one that was revoked since the backup must not come back.
/// The board is counted anew at its first look.
const OF_THE_MOMENT: [&str; 9] = [
    "migration",
    "session",
    "reset",
    "throttle",
    "lease",
    "key_mark",
    "api_token",
    "board_day",
    "board_cell",
];

/// How many rows a chunk holds at most.
const ROWS: usize = 200;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 64-bit integer.
    Int,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// A table: its columns, and which of them are its primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Name.
    pub name: String,
    /// Columns in their order.
    pub columns: Vec<(String, Kind)>,
    pub(crate) key: Vec<usize>,
}

impl Shape {
    fn list(&self) -> String {
        self.columns.iter().map(|(c, _)| c.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The cells of a row's primary key.
    pub(crate) fn key_of(&self, row: &[Cell]) -> Vec<Cell> {
        self.key.iter().filter_map(|i| row.get(*i).cloned()).collect()
    }

    /// A row as parameters.
    pub(crate) fn params(&self, row: Vec<Cell>) -> Result<Vec<Param>, StoreError> {
        row.into_iter().zip(&self.columns).map(|(c, (_, kind))| c.param(*kind)).collect()
    }

    /// The removal of a row.
    pub(crate) fn delete(&self, row: &[Cell]) -> Result<(String, Vec<Param>), StoreError> {
        let key = self.key_of(row).into_iter().zip(self.keys());
        let list = key.map(|(c, (_, kind))| c.param(*kind)).collect::<Result<_, _>>()?;
        let wheres: Vec<String> =
            (1..).zip(self.keys()).map(|(n, (c, _))| format!("{c} = ${n}")).collect();
        Ok((format!("DELETE FROM {} WHERE {}", self.name, wheres.join(" AND ")), list))
    }

    fn keys(&self) -> impl Iterator<Item = &(String, Kind)> {
        self.key.iter().filter_map(|i| self.columns.get(*i))
    }
}

/// A store as of one instant, read table by table.
pub struct Dump {
    tx: Tx,
    tables: Vec<Shape>,
    table: usize,
    after: Option<Vec<Cell>>,
}

impl Store {
    const fn part(&self, part: Part) -> &Db {
        match part {
            Part::Data => &self.data,
            Part::Keys => &self.keys,
            Part::Trace => &self.trace,
        }
    }

    /// The tables that a backup holds.
    pub async fn shapes(&self, part: Part) -> Result<Vec<Shape>, StoreError> {
        let all = shapes(self.part(part)).await?;
        let left_out = left_out();
        Ok(all.into_iter().filter(|s| !left_out.contains(&s.name)).collect())
    }

    /// Opens a store as of now, to be read whole while others go on writing.
    pub async fn dump(&self, part: Part) -> Result<Dump, StoreError> {
        let tables = self.shapes(part).await?;
        let mut tx = self.part(part).snapshot().await?;
        // SQLite takes its snapshot at the first read.
        tx.one("SELECT COUNT(*) FROM migration", vec![]).await?;
        Ok(Dump { tx, tables, table: 0, after: None })
    }

    /// Adds rows of a backup to a table of a store that is being restored; rows that are there
    /// already stay as they are. Columns that this version does not have are refused; those that
    /// the backup does not have take their default.
    pub async fn load(
        &self,
        part: Part,
        shape: &Shape,
        columns: &[String],
        rows: Vec<Vec<Cell>>,
    ) -> Result<(), StoreError> {
        let mut kinds = Vec::with_capacity(columns.len());
        for column in columns {
            let kind = shape.columns.iter().find(|(c, _)| c == column).map(|(_, k)| *k);
            kinds.push(kind.ok_or(StoreError::Corrupt("colonne inconnue"))?);
        }
        let rows = rows
            .into_iter()
            .map(|row| row.into_iter().zip(&kinds).map(|(c, k)| c.param(*k)).collect())
            .collect::<Result<Vec<Vec<Param>>, _>>()?;
        let mut tx = self.part(part).begin().await?;
        tx.insert(&shape.name, &columns.join(", "), rows, "ON CONFLICT DO NOTHING").await?;
        tx.commit().await
    }

    /// Is there nothing in the three stores?
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        for part in [Part::Data, Part::Keys, Part::Trace] {
            for shape in self.shapes(part).await? {
                let sql = format!("SELECT 1 FROM {} LIMIT 1", shape.name);
                if self.part(part).one(&sql, vec![]).await?.is_some() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// How many rows a table has now.
    pub async fn rows_of(&self, part: Part, shape: &Shape) -> Result<u64, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM {}", shape.name);
        self.part(part).one(&sql, vec![]).await?.map_or(Ok(0), |r| r.count(0))
    }
}

impl Dump {
    /// The tables, by the number that chunks use.
    pub fn tables(&self) -> &[Shape] {
        &self.tables
    }

    /// The next rows; none when all were given.
    pub async fn next(&mut self) -> Result<Option<Chunk>, StoreError> {
        while let Some(shape) = self.tables.get(self.table) {
            let rows = page(&mut self.tx, shape, self.after.as_deref(), ROWS).await?;
            let table = self.table;
            match rows.last() {
                Some(last) if rows.len() == ROWS => {
                    self.after = Some(shape.key_of(last));
                }
                _ => {
                    self.after = None;
                    self.table += 1;
                }
            }
            if !rows.is_empty() {
                return Ok(Some(Chunk { table, rows }));
            }
        }
        Ok(None)
    }
}

/// Rows of a table in the order of its key, after a position.
pub(crate) async fn page(
    tx: &mut Tx,
    shape: &Shape,
    after: Option<&[Cell]>,
    limit: usize,
) -> Result<Vec<Vec<Cell>>, StoreError> {
    let key: Vec<&str> = shape.keys().map(|(c, _)| c.as_str()).collect();
    let (mut list, mut filter) = (Vec::new(), String::new());
    if let Some(after) = after {
        for (cell, (_, kind)) in after.iter().zip(shape.keys()) {
            list.push(cell.clone().param(*kind)?);
        }
        let marks: Vec<String> = (1..=list.len()).map(|n| format!("${n}")).collect();
        filter = format!("WHERE ({}) > ({})", key.join(","), marks.join(","));
    }
    let sql = format!(
        "SELECT {} FROM {} {filter} ORDER BY {} LIMIT {limit}",
        shape.list(),
        shape.name,
        key.join(",")
    );
    tx.all(&sql, list).await?.iter().map(|row| cells(row, shape)).collect()
}

fn cells(row: &Row, shape: &Shape) -> Result<Vec<Cell>, StoreError> {
    shape
        .columns
        .iter()
        .enumerate()
        .map(|(i, (_, kind))| {
            Ok(match kind {
                Kind::Int => row.opt_int(i)?.map_or(Cell::Null, Cell::Int),
                Kind::Text => row.opt_text(i)?.map_or(Cell::Null, Cell::Text),
                Kind::Bytes => row.opt_bytes(i)?.map_or(Cell::Null, Cell::Bytes),
            })
        })
        .collect()
}

impl Cell {
    pub(crate) fn param(self, kind: Kind) -> Result<Param, StoreError> {
        Ok(match (self, kind) {
            (Self::Int(v), Kind::Int) => Param::Int(Some(v)),
            (Self::Text(v), Kind::Text) => Param::Text(Some(v)),
            (Self::Bytes(v), Kind::Bytes) => Param::Bytes(Some(v)),
            (Self::Null, Kind::Int) => Param::Int(None),
            (Self::Null, Kind::Text) => Param::Text(None),
            (Self::Null, Kind::Bytes) => Param::Bytes(None),
            _ => return Err(StoreError::Corrupt("type de colonne")),
        })
    }
}

/// Every table of a database, with its columns and primary key, from the live schema.
pub(crate) async fn shapes(db: &Db) -> Result<Vec<Shape>, StoreError> {
    let sql = if db.is_postgres() {
        "SELECT c.table_name::text, c.column_name::text, c.data_type::text,
         COALESCE((SELECT k.ordinal_position FROM information_schema.key_column_usage k
           JOIN information_schema.table_constraints t ON t.constraint_name = k.constraint_name
             AND t.table_schema = k.table_schema AND t.table_name = k.table_name
           WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema
             AND k.table_name = c.table_name AND k.column_name = c.column_name), 0)::bigint
         FROM information_schema.columns c
         WHERE c.table_schema = current_schema() ORDER BY 1, c.ordinal_position"
    } else {
        "SELECT m.name, p.name, p.type, p.pk FROM sqlite_master m
         JOIN pragma_table_info(m.name) p
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, p.cid"
    };
    let mut out: Vec<(Shape, Vec<(i64, usize)>)> = Vec::new();
    for row in db.all(sql, params![]).await? {
        let (table, column, declared, rank) =
            (row.text(0)?, row.text(1)?, row.text(2)?, row.int(3)?);
        let kind = match declared.to_ascii_lowercase().as_str() {
            // SQLite's own row number is declared so.
            "bigint" | "integer" => Kind::Int,
            "text" => Kind::Text,
            "blob" | "bytea" => Kind::Bytes,
            _ => return Err(StoreError::Corrupt("type de colonne")),
        };
        if out.last().is_none_or(|(s, _)| s.name != table) {
            out.push((Shape { name: table, columns: Vec::new(), key: Vec::new() }, Vec::new()));
        }
        if let Some((shape, ranks)) = out.last_mut() {
            if rank > 0 {
                ranks.push((rank, shape.columns.len()));
            }
            shape.columns.push((column, kind));
        }
    }
    Ok(out
        .into_iter()
        .map(|(mut shape, mut ranks)| {
            ranks.sort_unstable();
            shape.key = ranks.into_iter().map(|(_, i)| i).collect();
            shape
        })
        .collect())
}

/// The tables that no backup holds: those that the schema makes `UNLOGGED`, and what is of the
/// moment.
fn left_out() -> Vec<String> {
    let unlogged = [DATA, KEYS, TRACE].into_iter().flatten().flat_map(|schema| {
        schema.split("CREATE UNLOGGED TABLE ").skip(1).filter_map(|t| t.split_whitespace().next())
    });
    unlogged.chain(OF_THE_MOMENT).map(str::to_owned).collect()
}
