use huis_kernel::{AgentId, Instant};

use crate::{Store, StoreError, Work, sql::params};

impl Store {
    /// The account that an identity was linked to.
    pub async fn agent_by_identity(
        &self,
        identity: [u8; 32],
    ) -> Result<Option<AgentId>, StoreError> {
        let sql = "SELECT agent FROM agent_identity WHERE identity = $1";
        let row = self.data.one(sql, params![identity]).await?;
        row.map(|r| Ok(AgentId::from_bytes(r.id16(0)?))).transpose()
    }

    /// Is an identity linked to an account?
    pub async fn has_identity(&self, agent: AgentId) -> Result<bool, StoreError> {
        let sql = "SELECT agent FROM agent_identity WHERE agent = $1";
        Ok(self.data.one(sql, params![agent]).await?.is_some())
    }
}

impl Work {
    /// Links an identity. False when it is linked already, to this account or another.
    pub async fn add_identity(
        &mut self,
        identity: [u8; 32],
        agent: AgentId,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO agent_identity (identity, agent, linked_at) VALUES ($1, $2, $3)
                   ON CONFLICT (identity) DO NOTHING";
        Ok(self.0.run(sql, params![identity, agent, now]).await? == 1)
    }

    /// Unlinks the identities of an account. False when there was none.
    pub async fn drop_identities(&mut self, agent: AgentId) -> Result<bool, StoreError> {
        let sql = "DELETE FROM agent_identity WHERE agent = $1";
        Ok(self.0.run(sql, params![agent]).await? > 0)
    }
}
