use argon2::Argon2;
use hkdf::Hkdf;
use huis_kernel::Rng;
use sha2::Sha256;
use std::fmt;
use x25519_dalek::{PublicKey, StaticSecret};

use crate::{
    DataKey, KeyBlob, Slot, VaultError,
    keys::{ARCHIVED, decrypt, encrypt},
};

/// The archive's public half: the sweep seals to it and cannot open again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchivePublic(pub [u8; 32]);

/// The archive's private half: loaded for a session by an archive grant, or by the rights desk.
#[derive(Clone)]
pub struct ArchiveSecret(StaticSecret);

impl fmt::Debug for ArchiveSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArchiveSecret(…)")
    }
}

impl ArchiveSecret {
    /// A fresh pair, for `huis init`.
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        Self(StaticSecret::from(bytes))
    }

    /// The public half.
    pub fn public(&self) -> ArchivePublic {
        ArchivePublic(PublicKey::from(&self.0).to_bytes())
    }

    /// Locks the secret under a passphrase, for keeping.
    pub fn lock(&self, passphrase: &str, rng: &dyn Rng) -> Vec<u8> {
        let mut salt = [0; 16];
        rng.fill(&mut salt);
        let mut out = salt.to_vec();
        out.extend(encrypt(
            &stretch(passphrase, &salt),
            b"archive secret",
            &self.0.to_bytes(),
            rng,
        ));
        out
    }

    /// Opens what `lock` made.
    pub fn unlock(locked: &[u8], passphrase: &str) -> Result<Self, VaultError> {
        let (salt, blob) = locked.split_at_checked(16).ok_or(VaultError::Altered)?;
        let key = decrypt(&stretch(passphrase, salt), b"archive secret", blob)
            .map_err(|_| VaultError::Passphrase)?;
        Ok(Self(StaticSecret::from(*key.expose())))
    }

    pub(crate) fn open(&self, slot: Slot, blob: &[u8]) -> Result<DataKey, VaultError> {
        let (ephemeral, rest) = blob.split_at_checked(32).ok_or(VaultError::Altered)?;
        let ephemeral: [u8; 32] = ephemeral.try_into().map_err(|_| VaultError::Altered)?;
        let shared = self.0.diffie_hellman(&PublicKey::from(ephemeral));
        let key = agree(shared.as_bytes(), &ephemeral, &self.public().0);
        decrypt(&key, &slot.0.to_be_bytes(), rest)
    }
}

impl ArchivePublic {
    pub(crate) fn seal(&self, slot: Slot, key: &DataKey, rng: &dyn Rng) -> KeyBlob {
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        let once = StaticSecret::from(bytes);
        let ephemeral = PublicKey::from(&once).to_bytes();
        let shared = once.diffie_hellman(&PublicKey::from(self.0));
        let agreed = agree(shared.as_bytes(), &ephemeral, &self.0);
        let mut blob = vec![ARCHIVED];
        blob.extend(ephemeral);
        blob.extend(encrypt(&agreed, &slot.0.to_be_bytes(), key.expose(), rng));
        KeyBlob(blob)
    }
}

fn agree(shared: &[u8; 32], ephemeral: &[u8; 32], public: &[u8; 32]) -> [u8; 32] {
    let mut info = ephemeral.to_vec();
    info.extend(public);
    let mut out = [0; 32];
    let _ = Hkdf::<Sha256>::new(Some(b"huis archive v1"), shared).expand(&info, &mut out);
    out
}

/// argon2id with the crate's defaults (19 MiB, 2 passes): the blob may be attacked at leisure.
fn stretch(passphrase: &str, salt: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    // Fails only for salts or outputs of forbidden length; these are fixed.
    let _ = Argon2::default().hash_password_into(passphrase.as_bytes(), salt, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_kernel::SeededRng;

    #[test]
    fn the_secret_half_opens_with_its_passphrase_only() {
        let rng = SeededRng::new(3);
        let secret = ArchiveSecret::generate(&rng);
        let locked = secret.lock("sept mots bien choisis pour les archives", &rng);
        let opened =
            ArchiveSecret::unlock(&locked, "sept mots bien choisis pour les archives").unwrap();
        assert_eq!(opened.public(), secret.public());
        assert_eq!(ArchiveSecret::unlock(&locked, "autre").err(), Some(VaultError::Passphrase));
    }
}
