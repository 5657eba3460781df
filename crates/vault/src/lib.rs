//! Keys and sealing. One key a retention unit, an act's payload and a document; each wrapped under
//! the root key, or sealed to the archive's public half. Unsealing is not here: it is
//! `huis-unseal`'s, on which `huis-access` alone may depend (I2).

mod archive;
mod binding;
mod digest;
mod keys;
mod rows;
mod seal;
mod secret;
mod token;

pub use archive::{ArchivePublic, ArchiveSecret};
pub use binding::{Binding, Thing};
pub use digest::DigestError;
pub use keys::{DataKey, KeyBlob, RootKey, VaultError};
pub use rows::{Keys, SealedAct, SealedDossier, SealedSection, SealedUnit, Slot, UnitState};
pub use seal::{FORMAT, NONCE, Padding, seal};
pub use token::{IndexKey, Token};
