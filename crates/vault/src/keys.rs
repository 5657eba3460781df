use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use huis_kernel::Rng;
use sha2::Sha256;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{ArchivePublic, ArchiveSecret, Slot};

/// What can go wrong with a key. It never says what the key sealed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum VaultError {
    /// The key was destroyed: what it sealed can no longer be read by anyone.
    #[error("la clé a été détruite")]
    Destroyed,
    /// The key is sealed to the archive, which is not unlocked.
    #[error("la clé est dans l'archive, qui n'est pas ouverte")]
    ArchiveLocked,
    /// The wrapped key was altered, exchanged, or wrapped under another root.
    #[error("la clé a été altérée ou vient d'une autre installation")]
    Altered,
    /// The passphrase is wrong.
    #[error("la phrase secrète est inexacte")]
    Passphrase,
}

/// The key under which all others are wrapped: from a file (0600), the environment, a systemd
/// credential or a passphrase.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RootKey {
    bytes: [u8; 32],
    /// The key that wraps the others, derived once: a dossier that opens unwraps some twenty.
    wrapping: DataKey,
}

/// The key of one retention unit, act payload or document.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

/// A key as the key store keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyBlob(pub Vec<u8>);

const WRAPPED: u8 = 1;
pub(crate) const ARCHIVED: u8 = 2;
/// A key sealed under another: nonce, key, tag.
const SEALED_KEY: usize = 12 + 32 + 16;

impl KeyBlob {
    /// In how many bytes a key is kept, whatever its form. A row that never changes its size is
    /// overwritten where it stands: one that grew or shrank would push its neighbours to other
    /// pages of the file, and what they leave behind is not cleared (I7).
    pub const KEPT: usize = 96;

    /// As the key store keeps it.
    pub fn kept(&self) -> Vec<u8> {
        let mut out = self.0.clone();
        out.resize(Self::KEPT.max(out.len()), 0);
        out
    }

    /// From what the key store kept. What is not a key and nothing after it is given as it is, and
    /// opens nothing.
    pub fn from_kept(bytes: Vec<u8>) -> Self {
        let length = match bytes.first() {
            Some(&WRAPPED) => 1 + SEALED_KEY,
            Some(&ARCHIVED) => 1 + 32 + SEALED_KEY,
            _ => 0,
        };
        match bytes.split_at_checked(length) {
            Some((key, rest)) if rest.iter().all(|b| *b == 0) => Self(key.to_vec()),
            _ => Self(bytes),
        }
    }

    /// Was the key destroyed? Its slot is empty.
    pub const fn is_destroyed(&self) -> bool {
        self.0.is_empty()
    }

    /// Is the key in the archive's form?
    pub fn is_archived(&self) -> bool {
        self.0.first() == Some(&ARCHIVED)
    }
}

impl RootKey {
    /// From its 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let wrapping = derived(&bytes, "key wrapping");
        Self { bytes, wrapping }
    }

    /// A fresh root key, for `huis init`.
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        Self::from_bytes(bytes)
    }

    /// The bytes, to write the key file.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// A key derived for one named use (index of an office, pepper, second factors…).
    pub fn derive(&self, purpose: &str) -> DataKey {
        derived(&self.bytes, purpose)
    }

    /// Wraps a data key for its slot: moved to another slot, it no longer opens (I14).
    pub fn wrap(&self, slot: Slot, key: &DataKey, rng: &dyn Rng) -> KeyBlob {
        let mut blob = vec![WRAPPED];
        blob.extend(encrypt(&self.wrapping.0, &slot.0.to_be_bytes(), &key.0, rng));
        KeyBlob(blob)
    }

    /// Opens a wrapped key; an archived one needs the archive's secret half.
    pub fn unwrap(
        &self,
        slot: Slot,
        blob: &KeyBlob,
        archive: Option<&ArchiveSecret>,
    ) -> Result<DataKey, VaultError> {
        match blob.0.split_first() {
            None => Err(VaultError::Destroyed),
            Some((&WRAPPED, rest)) => decrypt(&self.wrapping.0, &slot.0.to_be_bytes(), rest),
            Some((&ARCHIVED, rest)) => archive.ok_or(VaultError::ArchiveLocked)?.open(slot, rest),
            Some(_) => Err(VaultError::Altered),
        }
    }

    /// Moves a key into the archive: sealed to the public half, it no longer opens under the root
    /// . What it sealed is not rewritten.
    pub fn archive(
        &self,
        slot: Slot,
        blob: &KeyBlob,
        to: &ArchivePublic,
        rng: &dyn Rng,
    ) -> Result<KeyBlob, VaultError> {
        let key = self.unwrap(slot, blob, None)?;
        Ok(to.seal(slot, &key, rng))
    }
}

impl DataKey {
    /// A fresh key.
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        Self(bytes)
    }

    /// The key of an act's payload: both its own slot and the unit's key are needed, so that
    /// destroying either one ends it (voiding an act; the unit's term).
    #[must_use]
    pub fn of_act(&self, own: &Self) -> Self {
        Self(self.hmac(b"act", &own.0))
    }

    /// A keyed 32-byte hash: places, sub-keys.
    pub fn hmac(&self, label: &[u8], data: &[u8]) -> [u8; 32] {
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0) else {
            return [0; 32]; // INVARIANT: HMAC takes any key length
        };
        mac.update(&(label.len() as u64).to_be_bytes());
        mac.update(label);
        mac.update(data);
        mac.finalize().into_bytes().into()
    }

    /// The bytes, for the cipher. `huis-unseal` and this crate alone may depend on a cipher: the
    /// test on the dependency arrows checks it.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

fn derived(root: &[u8; 32], purpose: &str) -> DataKey {
    let mut out = [0; 32];
    // 32 bytes is always a valid HKDF-SHA-256 length.
    let _ = Hkdf::<Sha256>::new(Some(b"huis root v1"), root).expand(purpose.as_bytes(), &mut out);
    DataKey(out)
}

pub(crate) fn encrypt(key: &[u8; 32], aad: &[u8], plain: &[u8], rng: &dyn Rng) -> Vec<u8> {
    let mut nonce = [0; 12];
    rng.fill(&mut nonce);
    let cipher = Aes256GcmSiv::new(key.into());
    let mut out = nonce.to_vec();
    // AES-GCM-SIV fails only past 64 GiB; nothing sealed here reaches a thousandth of that.
    out.extend(
        cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad }).unwrap_or_default(),
    );
    out
}

pub(crate) fn decrypt(key: &[u8; 32], aad: &[u8], blob: &[u8]) -> Result<DataKey, VaultError> {
    let (nonce, text) = blob.split_at_checked(12).ok_or(VaultError::Altered)?;
    let nonce: [u8; 12] = nonce.try_into().map_err(|_| VaultError::Altered)?;
    let mut plain = Aes256GcmSiv::new(key.into())
        .decrypt(&Nonce::from(nonce), Payload { msg: text, aad })
        .map_err(|_| VaultError::Altered)?;
    let bytes = plain.as_slice().try_into().map_err(|_| VaultError::Altered);
    plain.zeroize();
    bytes.map(DataKey)
}

macro_rules! redacted {
    ($($t:ty),*) => {$(
        impl fmt::Debug for $t {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($t), "(…)"))
            }
        }
    )*};
}
redacted!(RootKey, DataKey, KeyBlob);

#[cfg(test)]
mod tests {
    use super::*;
    use huis_kernel::SeededRng;

    #[test]
    fn a_wrapped_key_opens_in_its_slot_only_and_not_once_altered_i14() {
        let rng = SeededRng::new(1);
        let root = RootKey::generate(&rng);
        let key = DataKey::generate(&rng);
        let blob = root.wrap(Slot(7), &key, &rng);
        assert_eq!(root.unwrap(Slot(7), &blob, None).map(|k| k.0), Ok(key.0));
        assert_eq!(root.unwrap(Slot(8), &blob, None).map(|k| k.0), Err(VaultError::Altered));
        for i in 0..blob.0.len() {
            let mut bad = blob.clone();
            bad.0[i] ^= 1;
            assert!(root.unwrap(Slot(7), &bad, None).is_err(), "byte {i}");
        }
        assert_eq!(
            root.unwrap(Slot(7), &KeyBlob(vec![]), None).map(|k| k.0),
            Err(VaultError::Destroyed)
        );
    }

    #[test]
    fn every_key_is_kept_in_as_many_bytes_i7() {
        let rng = SeededRng::new(3);
        let (root, key) = (RootKey::generate(&rng), DataKey::generate(&rng));
        let active = root.wrap(Slot(7), &key, &rng);
        let public = ArchiveSecret::generate(&rng).public();
        let archived = root.archive(Slot(7), &active, &public, &rng).unwrap();
        for blob in [active, archived, KeyBlob(vec![])] {
            let kept = blob.kept();
            assert_eq!(kept.len(), KeyBlob::KEPT);
            assert!(KeyBlob::from_kept(kept.clone()) == blob);
            assert!(KeyBlob::from_kept(blob.0.clone()) == blob, "as it was kept before");
            let mut altered = kept;
            altered[KeyBlob::KEPT - 1] = 1;
            assert!(root.unwrap(Slot(7), &KeyBlob::from_kept(altered), None).is_err());
        }
    }

    #[test]
    fn an_archived_key_needs_the_archive_secret_x_12() {
        let rng = SeededRng::new(2);
        let root = RootKey::generate(&rng);
        let secret = ArchiveSecret::generate(&rng);
        let key = DataKey::generate(&rng);
        let active = root.wrap(Slot(7), &key, &rng);
        let blob = root.archive(Slot(7), &active, &secret.public(), &rng).unwrap();
        assert_eq!(root.unwrap(Slot(7), &blob, None).map(|k| k.0), Err(VaultError::ArchiveLocked));
        assert_eq!(root.unwrap(Slot(7), &blob, Some(&secret)).map(|k| k.0), Ok(key.0));
        assert_eq!(
            root.unwrap(Slot(9), &blob, Some(&secret)).map(|k| k.0),
            Err(VaultError::Altered)
        );
        let other = ArchiveSecret::generate(&rng);
        assert!(root.unwrap(Slot(7), &blob, Some(&other)).is_err());
    }
}
