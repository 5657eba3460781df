//! How a backup is encrypted: age (age-encryption.org/v1), under a passphrase, or to public keys so
//! that the server that writes it cannot read it again.

use age::{Decryptor, Encryptor, secrecy::SecretString, stream::StreamWriter, x25519};
use std::io::{Read, Write};

use super::BackupError;

/// How backups are encrypted.
#[derive(Clone)]
pub enum Sealing {
    /// Under a passphrase.
    Passphrase(SecretString),
    /// To public keys.
    Recipients(Vec<x25519::Recipient>),
}

/// How backups are opened.
#[derive(Clone)]
pub enum Unsealing {
    /// By a passphrase.
    Passphrase(SecretString),
    /// By the private halves.
    Identities(Vec<x25519::Identity>),
}

impl Sealing {
    /// Under a passphrase.
    pub fn passphrase(text: &str) -> Self {
        Self::Passphrase(SecretString::from(text.to_owned()))
    }

    /// To public keys (`age1…`), at least one.
    pub fn recipients(keys: &[String]) -> Result<Self, BackupError> {
        let read = |k: &String| k.trim().parse().map_err(|_| BackupError::Recipient(k.clone()));
        let keys: Vec<x25519::Recipient> = keys.iter().map(read).collect::<Result<_, _>>()?;
        if keys.is_empty() {
            Err(BackupError::Recipient(String::new()))
        } else {
            Ok(Self::Recipients(keys))
        }
    }

    pub(super) fn lock<W: Write>(&self, out: W) -> std::io::Result<StreamWriter<W>> {
        let encryptor = match self {
            Self::Passphrase(text) => Encryptor::with_user_passphrase(text.clone()),
            Self::Recipients(keys) => {
                Encryptor::with_recipients(keys.iter().map(|k| k as &dyn age::Recipient))
                    .map_err(std::io::Error::other)?
            }
        };
        encryptor.wrap_output(out)
    }
}

impl Unsealing {
    /// By a passphrase.
    pub fn passphrase(text: &str) -> Self {
        Self::Passphrase(SecretString::from(text.to_owned()))
    }

    /// By the text of an identity file (`AGE-SECRET-KEY-1…`, one a line; `#` begins a comment).
    pub fn identities(text: &str) -> Result<Self, BackupError> {
        let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
        let keys: Vec<x25519::Identity> =
            lines.map(|l| l.parse().map_err(|_| BackupError::Locked)).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(BackupError::Locked) } else { Ok(Self::Identities(keys)) }
    }

    pub(super) fn open<'r, R: Read + Send + 'r>(
        &self,
        input: R,
    ) -> Result<Box<dyn Read + Send + 'r>, BackupError> {
        let decryptor =
            Decryptor::new(input).map_err(|_| BackupError::Damaged("pas un fichier age"))?;
        let opened = match self {
            Self::Passphrase(text) => {
                let identity = age::scrypt::Identity::new(text.clone());
                decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity))
            }
            Self::Identities(keys) => {
                decryptor.decrypt(keys.iter().map(|k| k as &dyn age::Identity))
            }
        };
        opened
            .map(|reader| Box::new(reader) as Box<dyn Read + Send + 'r>)
            .map_err(|_| BackupError::Locked)
    }
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealing(…)")
    }
}

impl std::fmt::Debug for Unsealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unsealing(…)")
    }
}
