use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use huis_kernel::Rng;
use zeroize::Zeroizing;

use crate::{RootKey, VaultError, keys::encrypt};

/// Small secrets of the installation, that must be read back (the shared secrets of second
/// factors). The key is derived from the root for this use alone: nothing of a dossier, whose keys
/// are random, can be opened this way (I2).
impl RootKey {
    /// Seals a secret, bound to its use and its owner: moved to another account it does not open.
    pub fn seal_secret(&self, of: &str, owner: &[u8], secret: &[u8], rng: &dyn Rng) -> Vec<u8> {
        encrypt(self.derive(&purpose(of)).expose(), owner, secret, rng)
    }

    /// Opens a sealed secret.
    pub fn open_secret(
        &self,
        of: &str,
        owner: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, text) = sealed.split_first_chunk::<12>().ok_or(VaultError::Altered)?;
        Aes256GcmSiv::new(self.derive(&purpose(of)).expose().into())
            .decrypt(&Nonce::from(*nonce), Payload { msg: text, aad: owner })
            .map(Zeroizing::new)
            .map_err(|_| VaultError::Altered)
    }
}

fn purpose(of: &str) -> String {
    format!("secret {of}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_kernel::SeededRng;

    #[test]
    fn a_secret_opens_for_its_use_and_owner_only_i14_a_17() {
        let rng = SeededRng::new(3);
        let root = RootKey::generate(&rng);
        let sealed = root.seal_secret("totp", b"anne", b"graine", &rng);
        let open = |of, owner: &[u8], blob: &[u8]| root.open_secret(of, owner, blob).ok();
        assert_eq!(open("totp", b"anne", &sealed).as_deref(), Some(&b"graine".to_vec()));
        assert!(open("totp", b"paul", &sealed).is_none());
        assert!(open("autre", b"anne", &sealed).is_none());
        assert!(RootKey::generate(&rng).open_secret("totp", b"anne", &sealed).is_err());
        for i in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[i] ^= 1;
            assert!(open("totp", b"anne", &bad).is_none(), "byte {i}");
        }
        assert!(open("totp", b"anne", &sealed[..11]).is_none());
    }
}
