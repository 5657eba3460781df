//! The root key and the installation's key.
//!
//! The root key is a file. It seals one key, the installation's, which lies in the key store and
//! from which every other is wrapped or derived. So the file can be renewed in a moment, the
//! service running: one row is sealed anew, and nothing else is rewritten (ADR 0007).

use huis_store::Store;
use huis_trace::{Authority, Line, Operation};
use huis_vault::{DataKey, RootKey, Slot};

use crate::{
    Huis, UseError,
    start::{INSTALLATION, StartError},
};

/// The name of the installation's key in the key store, and the use that seals it.
const NAME: &str = "installation";

/// Founds an installation: makes its key, sealed under the root key.
pub(crate) async fn found(
    store: &Store,
    root: &RootKey,
    rng: &dyn huis_kernel::Rng,
) -> Result<(), StartError> {
    let key = RootKey::generate(rng);
    store.keep_named_key(NAME, &root.seal_secret(NAME, b"", key.expose(), rng)).await?;
    // A known key: tells the copies of one installation from those of another, whatever its root.
    let check = key.wrap(Slot(0), &DataKey::generate(rng), rng);
    store.keep_named_key("root-check", &check.0).await?;
    Ok(())
}

/// Opens the installation's key: with another root key than its own it says so.
pub(crate) async fn open(store: &Store, root: &RootKey) -> Result<Option<RootKey>, StartError> {
    let Some(sealed) = store.named_key(NAME).await? else { return Ok(None) };
    let key = root.open_secret(NAME, b"", &sealed).map_err(|_| StartError::WrongKey)?;
    let bytes = key.as_slice().try_into().map_err(|_| StartError::WrongKey)?;
    Ok(Some(RootKey::from_bytes(bytes)))
}

impl Huis {
    /// Renews the root key: from now on `new` opens this installation, and the former does not
    /// . The copy of the keys follows; backups of keys made before keep the former.
    pub async fn renew_root(&self, new: &RootKey) -> Result<(), UseError> {
        let sealed = new.seal_secret(NAME, b"", self.root.expose(), &*self.rng);
        let line = Line::new(
            self.now(),
            Authority::System,
            INSTALLATION,
            "administration",
            Operation::KeyRotation,
        );
        // Traced first: a renewal that nobody could read of is not made.
        self.trace(line).await?;
        self.store.keep_named_key(NAME, &sealed).await?;
        if self.store.has_keys_copy() {
            self.store.reconcile_copy(self.now()).await?;
        }
        Ok(())
    }
}
