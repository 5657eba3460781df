//! Letters: the texts that offices adapted, and the dossiers whose deadlines a letter answers.

use huis_kernel::{AgentId, Instant, OfficeId};

use crate::{
    Store, StoreError,
    dossiers::CARD_D,
    lists::{TermDue, term_due},
    sql::params,
    work::{ids, places},
};

/// A version of an adapted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterTextRow {
    /// Letter.
    pub letter: String,
    /// Version, from 1.
    pub version: u64,
    /// Subject.
    pub subject: String,
    /// Text; empty goes back to the shipped one.
    pub body: String,
    /// When.
    pub changed_at: Instant,
    /// By whom.
    pub changed_by: AgentId,
}

impl Store {
    /// Every version of the texts that an office adapted, newest first.
    pub async fn letter_texts(
        &self,
        office: OfficeId,
        processing: &str,
    ) -> Result<Vec<LetterTextRow>, StoreError> {
        let sql = "SELECT letter, version, subject, body, changed_at, changed_by FROM letter_text
                   WHERE office = $1 AND processing = $2 ORDER BY letter, version DESC";
        let rows = self.data.all(sql, params![office, processing]).await?;
        rows.iter()
            .map(|r| {
                Ok(LetterTextRow {
                    letter: r.text(0)?,
                    version: r.count(1)?,
                    subject: r.text(2)?,
                    body: r.text(3)?,
                    changed_at: Instant(r.int(4)?),
                    changed_by: AgentId::from_bytes(r.id16(5)?),
                })
            })
            .collect()
    }

    /// Adds a version; `false` when another took its number first.
    pub async fn add_letter_text(
        &self,
        office: OfficeId,
        processing: &str,
        row: &LetterTextRow,
    ) -> Result<bool, StoreError> {
        let version = i64::try_from(row.version).unwrap_or(i64::MAX);
        let done = self
            .data
            .run(
                "INSERT INTO letter_text (office, processing, letter, version, subject, body,
                 changed_at, changed_by) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
                 ON CONFLICT (office, processing, letter, version) DO NOTHING",
                params![
                    office,
                    processing,
                    &row.letter,
                    version,
                    &row.subject,
                    &row.body,
                    row.changed_at,
                    row.changed_by
                ],
            )
            .await?;
        Ok(done > 0)
    }

    /// The running dossiers where one of these deadlines runs, oldest first.
    pub async fn terms_named(
        &self,
        office: OfficeId,
        processing: &str,
        territories: &[String],
        rules: &[&str],
        limit: u32,
    ) -> Result<Vec<TermDue>, StoreError> {
        if rules.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {CARD_D}, t.rule, t.due, t.action FROM {} AND t.state = 'running'
             AND t.rule IN ({}) ORDER BY t.due, t.dossier LIMIT {limit}",
            self.terms_of_open(2, territories),
            places(3 + territories.len(), rules.len())
        );
        let mut list = params![office, processing];
        list.extend(ids(territories.iter().map(String::as_str)));
        list.extend(ids(rules.iter().copied()));
        self.data.all(&sql, list).await?.iter().map(term_due).collect()
    }
}
