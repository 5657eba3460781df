//! Unsealing. `huis-access` is the only crate allowed to depend on this one (I2); a test on the
//! dependency arrows fails otherwise.

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use huis_vault::{Binding, DataKey, FORMAT, NONCE};
use zeroize::Zeroizing;

/// The blob was altered, moved, rolled back or sealed under another key (I14).
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("un contenu scellé a été altéré, déplacé ou remplacé")]
pub struct Altered;

/// Opens a sealed blob at its place.
pub fn unseal(
    key: &DataKey,
    binding: &Binding<'_>,
    blob: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Altered> {
    let (format, rest) = blob.split_first().ok_or(Altered)?;
    if *format != FORMAT {
        return Err(Altered);
    }
    let (nonce, text) = rest.split_at_checked(NONCE).ok_or(Altered)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Altered)?;
    let payload = Payload { msg: text, aad: &binding.bytes() };
    let padded = Zeroizing::new(
        Aes256GcmSiv::new(key.expose().into())
            .decrypt(&Nonce::from(nonce), payload)
            .map_err(|_| Altered)?,
    );
    let (length, body) = padded.split_first_chunk::<8>().ok_or(Altered)?;
    let length = usize::try_from(u64::from_be_bytes(*length)).map_err(|_| Altered)?;
    body.get(..length).map(|plain| Zeroizing::new(plain.to_vec())).ok_or(Altered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_kernel::{DossierId, OfficeId, SeededRng};
    use huis_vault::{Padding, Thing, seal};

    #[test]
    fn a_blob_opens_at_its_place_and_version_only_i14_a_23() {
        let rng = SeededRng::new(5);
        let key = DataKey::generate(&rng);
        let at = |section, occurrence, version| Binding {
            processing: "p",
            office: OfficeId::from_bytes([1; 16]),
            dossier: DossierId::from_bytes([2; 16]),
            thing: Thing::Section { section, occurrence },
            version,
        };
        let blob = seal(&key, &at("occupant", 1, 3), b"secret", Padding::Ordinary, &rng);
        assert_eq!(
            unseal(&key, &at("occupant", 1, 3), &blob).map(|p| p.to_vec()),
            Ok(b"secret".to_vec())
        );
        for elsewhere in [at("occupant", 2, 3), at("occupant", 1, 4), at("local", 1, 3)] {
            assert_eq!(unseal(&key, &elsewhere, &blob), Err(Altered));
        }
        for i in 0..blob.len() {
            let mut bad = blob.clone();
            bad[i] ^= 0x80;
            assert_eq!(unseal(&key, &at("occupant", 1, 3), &bad), Err(Altered), "byte {i}");
        }
    }

    #[test]
    fn sensitive_plaintexts_of_any_length_below_a_bucket_look_alike() {
        let rng = SeededRng::new(6);
        let key = DataKey::generate(&rng);
        let at = Binding {
            processing: "p",
            office: OfficeId::from_bytes([1; 16]),
            dossier: DossierId::from_bytes([2; 16]),
            thing: Thing::Section { section: "s", occurrence: 1 },
            version: 1,
        };
        let lengths: std::collections::BTreeSet<usize> = [0, 1, 200, 1000]
            .map(|n| seal(&key, &at, &vec![b'x'; n], Padding::Sensitive, &rng).len())
            .into();
        assert_eq!(lengths.len(), 1);
    }
}
