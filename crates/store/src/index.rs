//! The blind index: which dossiers may match some tokens. The match is confirmed after opening.

use huis_kernel::{DossierId, Instant, OfficeId, SessionId};
use huis_vault::Token;
use std::collections::BTreeSet;

use crate::{
    Store, StoreError,
    dossiers::{CARD_D, CardRow, card},
    lists::within,
    sql::params,
    work::{ids, places},
};

impl Store {
    /// Cards of the dossiers that share a token with the question, at most `limit`.
    pub async fn candidates(
        &self,
        office: OfficeId,
        processing: &str,
        tokens: &BTreeSet<Token>,
        territories: &[String],
        archive: bool,
        limit: u32,
    ) -> Result<Vec<CardRow>, StoreError> {
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        self.needs_index().await?;
        let table = if archive { "archive_token" } else { "token" };
        let sql = format!(
            "SELECT DISTINCT {CARD_D} FROM {table} t CROSS JOIN dossier d
             WHERE d.office = t.office AND d.dossier = t.dossier
             AND t.office = $1 AND d.processing = $2 AND d.archived = $3
             AND t.token IN ({}) {}
             ORDER BY d.changed_at DESC, d.dossier LIMIT {limit}",
            places(4, tokens.len()),
            within("d.territory", 4 + tokens.len(), territories)
        );
        let mut list = params![office, processing, archive];
        list.extend(ids(tokens.iter().copied()));
        list.extend(ids(territories.iter().map(String::as_str)));
        self.data.all(&sql, list).await?.iter().map(card).collect()
    }

    /// Does some dossier share at least so many tokens with the question? One may be chance (a
    /// token is cut to 20 bits); two in the same dossier hardly ever are.
    pub async fn shares_tokens(
        &self,
        office: OfficeId,
        tokens: &BTreeSet<Token>,
        archive: bool,
        at_least: u32,
    ) -> Result<bool, StoreError> {
        if tokens.is_empty() {
            return Ok(false);
        }
        self.needs_index().await?;
        let table = if archive { "archive_token" } else { "token" };
        let sql = format!(
            "SELECT dossier FROM {table} WHERE office = $1 AND token IN ({})
             GROUP BY dossier HAVING COUNT(DISTINCT token) >= $2 LIMIT 1",
            places(3, tokens.len())
        );
        let mut list = params![office, at_least];
        list.extend(ids(tokens.iter().copied()));
        Ok(!self.data.all(&sql, list).await?.is_empty())
    }

    /// An index that was emptied answers nothing: « not found » would be false, and a dossier would
    /// be opened twice. Only PostgreSQL empties it behind us.
    async fn needs_index(&self) -> Result<(), StoreError> {
        if self.data.is_postgres() && self.index_is_lost().await? {
            return Err(StoreError::Away("l’index de recherche se refait"));
        }
        Ok(())
    }

    /// Every dossier of an office that has no token yet: what a rebuild after a restore reads.
    pub async fn without_tokens(&self, office: OfficeId) -> Result<Vec<DossierId>, StoreError> {
        let sql = "SELECT d.dossier FROM dossier d WHERE d.office = $1
                   AND NOT EXISTS (SELECT 1 FROM token t WHERE t.office = d.office AND t.dossier = d.dossier)
                   AND NOT EXISTS (SELECT 1 FROM archive_token t WHERE t.office = d.office AND t.dossier = d.dossier)";
        let rows = self.data.all(sql, params![office]).await?;
        rows.iter().map(|r| Ok(DossierId::from_bytes(r.id16(0)?))).collect()
    }

    /// Tokens of dossiers that are no longer there: none, ever (I7).
    pub async fn stray_tokens(&self) -> Result<u64, StoreError> {
        let mut stray = 0;
        for table in ["token", "archive_token"] {
            let sql = format!(
                "SELECT COUNT(*) FROM {table} t WHERE t.unit <> '' AND NOT EXISTS
                 (SELECT 1 FROM dossier d WHERE d.office = t.office AND d.dossier = t.dossier)"
            );
            stray += self.data.one(&sql, vec![]).await?.map_or(Ok(0), |r| r.count(0))?;
        }
        Ok(stray)
    }

    /// Keeps a search for its session, sealed, under an opaque id: no name is ever in a URL.
    pub async fn keep_ticket(
        &self,
        ticket: [u8; 16],
        session: SessionId,
        body: Vec<u8>,
        until: Instant,
    ) -> Result<(), StoreError> {
        self.data
            .run(
                "INSERT INTO ticket (ticket, session, body, until_at) VALUES ($1,$2,$3,$4)",
                params![ticket, session, body, until],
            )
            .await?;
        Ok(())
    }

    /// A kept search, for the session that made it, while it lasts.
    pub async fn ticket(
        &self,
        ticket: [u8; 16],
        session: SessionId,
        now: Instant,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT body FROM ticket WHERE ticket = $1 AND session = $2 AND until_at > $3";
        let row = self.data.one(sql, params![ticket, session, now]).await?;
        row.map(|r| r.bytes(0)).transpose()
    }

    /// Forgets searches past their end.
    pub async fn drop_old_tickets(&self, now: Instant) -> Result<(), StoreError> {
        self.data.run("DELETE FROM ticket WHERE until_at <= $1", params![now]).await?;
        Ok(())
    }
}
