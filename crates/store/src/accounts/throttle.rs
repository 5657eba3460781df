use huis_kernel::Instant;

use crate::{Store, StoreError, sql::params};

/// The key of a throttle: a keyed hash, so that the table names nobody (I1).
pub type Key = [u8; 32];

impl Store {
    /// Counts one attempt under several keys, all or none. `judge` is given the rank of the key,
    /// the failures so far and when the last was; it gives what to keep, or refuses. The rows are
    /// held meanwhile, so that a hundred parallel attempts are a hundred.
    pub async fn count_attempt<E: Send>(
        &self,
        keys: &[Key],
        mut judge: impl FnMut(usize, u32, Instant) -> Result<(u32, Instant), E> + Send,
    ) -> Result<Result<(), E>, StoreError> {
        let mut tx = self.data.begin().await?;
        let select =
            format!("SELECT failures, last_at FROM throttle WHERE key = $1 {}", tx.for_update());
        for (rank, key) in keys.iter().enumerate() {
            tx.run(
                "INSERT INTO throttle (key, failures, last_at) VALUES ($1, 0, 0)
                 ON CONFLICT (key) DO NOTHING",
                params![*key],
            )
            .await?;
            let row = tx.one(&select, params![*key]).await?;
            let row = row.ok_or(StoreError::Conflict)?;
            match judge(rank, row.small(0)?, Instant(row.int(1)?)) {
                Ok((failures, last)) => {
                    let sql = "UPDATE throttle SET failures = $2, last_at = $3 WHERE key = $1";
                    tx.run(sql, params![*key, failures, last]).await?;
                }
                // Dropped unsaved: what is not judged does not count.
                Err(refused) => return Ok(Err(refused)),
            }
        }
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// The failures under a key and when the last was.
    pub async fn attempts(&self, key: Key) -> Result<Option<(u32, Instant)>, StoreError> {
        let sql = "SELECT failures, last_at FROM throttle WHERE key = $1";
        let row = self.data.one(sql, params![key]).await?;
        row.map(|r| Ok((r.small(0)?, Instant(r.int(1)?)))).transpose()
    }

    /// Forgets the failures under a key.
    pub async fn forget_attempts(&self, key: Key) -> Result<(), StoreError> {
        self.data.run("DELETE FROM throttle WHERE key = $1", params![key]).await?;
        Ok(())
    }

    /// Takes one attempt back.
    pub async fn refund_attempt(&self, key: Key) -> Result<(), StoreError> {
        let sql = "UPDATE throttle SET failures = failures - 1 WHERE key = $1 AND failures > 0";
        self.data.run(sql, params![key]).await?;
        Ok(())
    }
}
