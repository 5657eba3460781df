//! Signed notes (C2SP `signed-note`): a text, a blank line, and `— name base64(key hash ‖ signature)`.
//! Ed25519. Anyone with the public key and a few lines of code can check one.

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use huis_kernel::Rng;
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// The signature kind of C2SP for Ed25519.
const ED25519: u8 = 1;

/// What is wrong with a note or a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text is not a signed note.
    #[error("not a signed note")]
    Malformed,
    /// No signature of this key, or a false one.
    #[error("no valid signature by the key of the log")]
    Forged,
    /// The text is not a public key, or the name cannot be a key's.
    #[error("not a verifier key")]
    Key,
}

/// The private key of a log. Its memory is wiped when it goes.
pub struct LogSigner {
    name: String,
    key: SigningKey,
}

/// The public key of a log: what an outsider needs, with an export, to verify it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKey {
    name: String,
    key: VerifyingKey,
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

impl LogSigner {
    /// From the seed kept with the keys. The name must have neither space nor `+`.
    pub fn from_seed(name: impl Into<String>, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let name = name.into();
        let key = SigningKey::from_bytes(seed);
        if is_name(&name) { Ok(Self { name, key }) } else { Err(NoteError::Key) }
    }

    /// A fresh seed.
    pub fn fresh_seed(rng: &dyn Rng) -> [u8; 32] {
        let mut seed = [0; 32];
        rng.fill(&mut seed);
        seed
    }

    /// The public half.
    pub fn public(&self) -> LogKey {
        LogKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// Signs a text: every line of it ends in a newline.
    pub(crate) fn sign(&self, text: &str) -> SignedNote {
        let mut signed = self.public().hash().to_vec();
        signed.extend(self.key.sign(text.as_bytes()).to_bytes());
        let signature = format!("— {} {}\n", self.name, STANDARD.encode(signed));
        SignedNote { text: text.to_owned(), signatures: signature }
    }
}

impl fmt::Debug for LogSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogSigner({})", self.name)
    }
}

impl LogKey {
    /// The key's name, which stands in its signatures.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// C2SP: the first four bytes of SHA-256(name ‖ newline ‖ kind ‖ public key).
    fn hash(&self) -> [u8; 4] {
        let hash: [u8; 32] = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = hash;
        [a, b, c, d]
    }

    fn signed(&self, text: &str, signature: &str) -> bool {
        let signature = signature.strip_prefix("— ").and_then(|s| s.split_once(' '));
        let Some((name, encoded)) = signature else { return false };
        let Ok(bytes) = STANDARD.decode(encoded) else { return false };
        let Some((hash, signature)) = bytes.split_first_chunk::<4>() else { return false };
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        name == self.name
            && *hash == self.hash()
            && self.key.verify_strict(text.as_bytes(), &signature).is_ok()
    }
}

/// The verifier key of C2SP: `name+hash+base64(kind ‖ public key)`.
impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+", self.name, u32::from_be_bytes(self.hash()))?;
        let mut key = vec![ED25519];
        key.extend(self.key.as_bytes());
        f.write_str(&STANDARD.encode(key))
    }
}

impl FromStr for LogKey {
    type Err = NoteError;
    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let key = STANDARD.decode(key).map_err(|_| NoteError::Key)?;
        let Some((&ED25519, key)) = key.split_first() else { return Err(NoteError::Key) };
        let key = key.try_into().map_err(|_| NoteError::Key)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| NoteError::Key)?;
        let key = Self { name: name.to_owned(), key };
        let hash_fits = format!("{:08x}", u32::from_be_bytes(key.hash())) == hash;
        if is_name(name) && hash_fits { Ok(key) } else { Err(NoteError::Key) }
    }
}

/// A text with its signatures; nothing of it is believed before [`SignedNote::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: String,
}

impl SignedNote {
    /// The text, when the key signed it. Signatures of others (witnesses) may stand beside.
    pub fn verify(&self, key: &LogKey) -> Result<&str, NoteError> {
        let signed = self.signatures.lines().any(|s| key.signed(&self.text, s));
        if signed { Ok(&self.text) } else { Err(NoteError::Forged) }
    }

    /// The text, verified or not: to know which log a note says that it is of.
    pub(crate) fn unverified(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.text, self.signatures)
    }
}

impl FromStr for SignedNote {
    type Err = NoteError;
    fn from_str(note: &str) -> Result<Self, NoteError> {
        let (text, signatures) = note.split_once("\n\n").ok_or(NoteError::Malformed)?;
        let lines_fit = signatures.lines().all(|l| l.starts_with("— "));
        if signatures.is_empty() || !signatures.ends_with('\n') || !lines_fit {
            return Err(NoteError::Malformed);
        }
        Ok(Self { text: format!("{text}\n"), signatures: signatures.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the C2SP text (signed-note, « Format »), as published with its key.
    const PUBLISHED: (&str, &str) = (
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "If you think cryptography is the answer to your problem,\n\
         then you don't know what your problem is.\n\n\
         — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
    );

    #[test]
    fn the_published_example_of_a_signed_note_verifies() {
        let key: LogKey = PUBLISHED.0.parse().unwrap();
        assert_eq!(key.to_string(), PUBLISHED.0);
        let note: SignedNote = PUBLISHED.1.parse().unwrap();
        assert!(note.verify(&key).is_ok());
        assert_eq!(note.to_string(), PUBLISHED.1);
        let changed: SignedNote = PUBLISHED.1.replace("answer", "Answer").parse().unwrap();
        assert_eq!(changed.verify(&key), Err(NoteError::Forged));
    }

    #[test]
    fn another_key_of_the_same_name_does_not_pass() {
        let signer = |seed| LogSigner::from_seed("huis.exemple", &[seed; 32]).unwrap();
        let note = signer(1).sign("bonjour\n");
        assert_eq!(note.verify(&signer(1).public()), Ok("bonjour\n"));
        assert_eq!(note.verify(&signer(2).public()), Err(NoteError::Forged));
        for name in ["", "a b", "a+b", "a\nb"] {
            assert!(LogSigner::from_seed(name, &[1; 32]).is_err(), "{name:?}");
        }
    }
}
