//! The keys of the blind indexes, by generation, and those of the searches in the trace, by month.
//! Both are drawn at random and kept here alone: once destroyed, what they hashed cannot be matched
//! again by anyone, the root key's holder included.

use huis_kernel::{DossierId, Instant, OfficeId};
use huis_vault::Token;

use crate::{
    Store, StoreError, Work,
    sql::{Row, params},
};

/// How a generation of an index stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexState {
    /// Written beside the serving one, and not searched yet.
    Building,
    /// Searched.
    Serving,
    /// Neither written nor searched any more: its tokens are about to go, then its key.
    Retired,
}

impl IndexState {
    const fn code(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Serving => "serving",
            Self::Retired => "retired",
        }
    }
}

/// One generation of the index of the active files, or of the archive's.
#[derive(Clone, Debug)]
pub struct IndexKeyRow {
    /// The archive's index?
    pub archive: bool,
    /// Generation, from 1.
    pub generation: u32,
    /// How it stands.
    pub state: IndexState,
    /// When it was made.
    pub made_at: Instant,
    /// Since when it stands so.
    pub since: Instant,
    /// Its key, sealed under the root.
    pub key: Vec<u8>,
}

fn row(r: &Row) -> Result<IndexKeyRow, StoreError> {
    Ok(IndexKeyRow {
        archive: r.flag(0)?,
        generation: r.small(1)?,
        state: match r.text(2)?.as_str() {
            "building" => IndexState::Building,
            "serving" => IndexState::Serving,
            "retired" => IndexState::Retired,
            _ => return Err(StoreError::Corrupt("état d'index")),
        },
        made_at: Instant(r.int(3)?),
        since: Instant(r.int(4)?),
        key: r.bytes(5)?,
    })
}

const fn table(archive: bool) -> &'static str {
    if archive { "archive_token" } else { "token" }
}

impl Store {
    /// The generations of an index, the oldest first.
    pub async fn index_keys(&self, archive: bool) -> Result<Vec<IndexKeyRow>, StoreError> {
        let sql = "SELECT archive, generation, state, made_at, since, key FROM index_key
                   WHERE archive = $1 ORDER BY generation";
        self.keys.all(sql, params![archive]).await?.iter().map(row).collect()
    }

    /// Adds a generation; nothing when another server just did.
    pub async fn add_index_key(&self, row: &IndexKeyRow) -> Result<(), StoreError> {
        self.keys
            .run(
                "INSERT INTO index_key (archive, generation, state, made_at, since, key)
                 VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (archive, generation) DO NOTHING",
                params![
                    row.archive,
                    row.generation,
                    row.state.code(),
                    row.made_at,
                    row.since,
                    &row.key
                ],
            )
            .await?;
        Ok(())
    }

    /// The generation that was built serves from now on; the one before it is retired.
    pub async fn swap_index(
        &self,
        archive: bool,
        generation: u32,
        now: Instant,
    ) -> Result<(), StoreError> {
        let mut tx = self.keys.begin().await?;
        for (state, which) in [(IndexState::Retired, "<"), (IndexState::Serving, "=")] {
            let sql = format!(
                "UPDATE index_key SET state = $3, since = $4
                 WHERE archive = $1 AND generation {which} $2"
            );
            tx.run(&sql, params![archive, generation, state.code(), now]).await?;
        }
        tx.commit().await
    }

    /// Destroys the keys of the generations before this one.
    pub async fn destroy_index_keys(&self, archive: bool, before: u32) -> Result<(), StoreError> {
        let mut tx = self.keys.begin().await?;
        let empty: Vec<u8> = Vec::new();
        let list = || params![archive, before];
        let mut overwritten = list();
        overwritten.extend(params![empty]);
        let which = "archive = $1 AND generation < $2";
        tx.run(&format!("UPDATE index_key SET key = $3 WHERE {which}"), overwritten).await?;
        tx.run(&format!("DELETE FROM index_key WHERE {which}"), list()).await?;
        tx.commit().await
    }

    /// Dossiers of a processing that an index knows by tokens older than these, and not by these.
    pub async fn outdated(
        &self,
        office: OfficeId,
        processing: &str,
        archive: bool,
        first: Token,
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<DossierId>, StoreError> {
        let table = table(archive);
        let sql = format!(
            "SELECT DISTINCT t.dossier FROM {table} t
             JOIN dossier d ON d.office = t.office AND d.dossier = t.dossier
             WHERE t.office = $1 AND d.processing = $2 AND t.token < $3 AND t.dossier > $4
             AND NOT EXISTS (SELECT 1 FROM {table} n WHERE n.office = t.office
                             AND n.dossier = t.dossier AND n.token >= $3)
             ORDER BY t.dossier LIMIT $5"
        );
        let after: Vec<u8> = after.map_or_else(Vec::new, |d| d.as_bytes().to_vec());
        let rows = self.data.all(&sql, params![office, processing, first, after, limit]).await?;
        rows.iter().map(|r| Ok(DossierId::from_bytes(r.id16(0)?))).collect()
    }

    /// Removes every token of an index older than these; tells how many.
    pub async fn drop_tokens_before(&self, archive: bool, first: Token) -> Result<u64, StoreError> {
        let sql = format!("DELETE FROM {} WHERE token < $1", table(archive));
        self.data.run(&sql, params![first]).await
    }

    /// The key of the searches traced in a month (`2026-03`), sealed under the root.
    pub async fn trace_key(&self, month: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT key FROM trace_key WHERE month = $1";
        let row = self.keys.one(sql, params![month]).await?;
        row.map(|r| r.bytes(0)).transpose()
    }

    /// Keeps the key of a month; nothing when another server just did.
    pub async fn add_trace_key(&self, month: &str, key: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT INTO trace_key (month, key) VALUES ($1, $2)
                   ON CONFLICT (month) DO NOTHING";
        self.keys.run(sql, params![month, key]).await?;
        Ok(())
    }

    /// Destroys the keys of the months before this one; tells how many.
    pub async fn destroy_trace_keys(&self, before: &str) -> Result<u64, StoreError> {
        let mut tx = self.keys.begin().await?;
        let empty: Vec<u8> = Vec::new();
        let sql = "UPDATE trace_key SET key = $2 WHERE month < $1";
        tx.run(sql, params![before, empty]).await?;
        let n = tx.run("DELETE FROM trace_key WHERE month < $1", params![before]).await?;
        tx.commit().await?;
        Ok(n)
    }
}

impl Work {
    /// Adds tokens of a dossier to an index, beside those that it has.
    pub async fn add_tokens(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        tokens: &[(String, Token)],
        archive: bool,
    ) -> Result<(), StoreError> {
        let rows = tokens.iter().map(|(u, t)| params![office, u, *t, dossier]).collect();
        let columns = "office, unit, token, dossier";
        self.0.insert(table(archive), columns, rows, "ON CONFLICT DO NOTHING").await
    }
}
