//! A request that comes twice is done once: its key is kept for a day, as a keyed hash, with the
//! number of what it gave and never what was sent (I1).

use huis_store::tokens::Claimed;
use std::time::Duration;

use crate::{Caller, Huis, UseError};

/// How long a key is kept, in milliseconds.
const KEPT_MS: i64 = 24 * 3_600_000;
/// The longest that a request with a key goes on: whoever runs it stops it then, wherever it is.
pub const ONCE_LONGEST: Duration = Duration::from_secs(10 * 60);
/// A key under way since so long is under way no more, whatever server had it: the longest, and half
/// as much for what their clocks differ by.
const LOST_MS: i64 = 15 * 60_000;
/// The use of the root key that hashes keys and requests.
const USE: &str = "idempotence";

/// What a key says of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Once {
    /// It is new: do it, then tell what it gave, or let go.
    New(OnceKey),
    /// It was done: its status, and the ids that it gave.
    Done(u16, String),
    /// The same request is under way, or has just stopped.
    UnderWay,
    /// The same request stopped without an answer, with its server or by taking too long: nobody can
    /// say whether it was done. It is never done again under this key.
    Lost,
    /// The key served for another request.
    Other,
}

/// A key that was taken for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnceKey([u8; 32]);

impl Huis {
    /// Takes a key for a request. `request` is everything that makes it this one: what is asked of
    /// which address, and the body.
    pub async fn once(
        &self,
        caller: &Caller,
        key: &str,
        request: &[&[u8]],
    ) -> Result<Once, UseError> {
        let secret = self.root.derive(USE);
        let key = secret.hmac(b"cle", key.as_bytes());
        let mut whole = Vec::new();
        for part in request {
            whole.extend_from_slice(&(part.len() as u64).to_be_bytes());
            whole.extend_from_slice(part);
        }
        let request = secret.hmac(b"requete", &whole);
        let (office, agent) = (caller.office.office, caller.actor.agent);
        // Now, not when the request began to come: its body may have taken its time.
        let now = self.now();
        Ok(match self.store.claim_key(office, agent, key, request, now).await? {
            Claimed::Fresh => Once::New(OnceKey(key)),
            Claimed::Done(status, result) => Once::Done(status, result),
            Claimed::Open(since) if now > since.plus_ms(LOST_MS) => Once::Lost,
            Claimed::Open(_) => Once::UnderWay,
            Claimed::Other => Once::Other,
        })
    }

    /// Keeps what a request gave: a status and ids.
    pub async fn once_done(
        &self,
        caller: &Caller,
        key: OnceKey,
        status: u16,
        ids: &str,
    ) -> Result<(), UseError> {
        let (office, agent) = (caller.office.office, caller.actor.agent);
        Ok(self.store.keep_result(office, agent, key.0, status, ids).await?)
    }

    /// Lets go of a key whose request was refused: it may be mended and sent again.
    pub async fn once_refused(&self, caller: &Caller, key: OnceKey) -> Result<(), UseError> {
        Ok(self.store.drop_key(caller.office.office, caller.actor.agent, key.0).await?)
    }

    /// Forgets the keys of more than a day ago.
    pub(crate) async fn sweep_once(&self) -> Result<u64, UseError> {
        Ok(self.store.drop_old_keys(self.now().plus_ms(-KEPT_MS)).await?)
    }
}
