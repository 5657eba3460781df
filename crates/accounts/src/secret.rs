use std::fmt;

use huis_kernel::AgentId;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::mac::hmac_sha256;

/// A password as typed: wiped when dropped, never printed.
///
/// It is brought to one Unicode form (NFC, every space an ordinary one: RFC 8265, OpaqueString),
/// so that « é » typed on two machines is the same password. Nothing else is changed, and no
/// length is too great (settlement 12).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// The password behind what was typed.
    pub fn typed(text: &str) -> Self {
        // Reserved once, and large enough for any NFC form, so that no copy is left by growth.
        let mut clean = String::with_capacity(text.len().saturating_mul(3));
        clean.extend(text.nfc().map(|c| if c.is_whitespace() { ' ' } else { c }));
        Self(clean)
    }
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The name under which a person signs in, in one form: without outer spaces, in small letters.
/// It often holds a person's name, so it is not printed either (I13).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Login(String);

impl Login {
    /// The login behind what was typed.
    pub fn typed(text: &str) -> Self {
        Self(text.trim().nfkc().flat_map(char::to_lowercase).collect())
    }
    /// The text, for the store and the page.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

/// The secret key of the hashes (« HMAC à clé secrète », X-18). It lives outside the database,
/// so a stolen database alone lets nobody try passwords.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Pepper([u8; 32]);

impl Pepper {
    /// From the 32 bytes of the key store.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// A mark that tells two peppers apart and says nothing of the key; it goes into each hash.
    pub(crate) fn id(&self) -> [u8; 4] {
        let digest: [u8; 32] =
            Sha256::new().chain_update(b"huis pepper id").chain_update(self.0).finalize().into();
        let [a, b, c, d, ..] = digest;
        [a, b, c, d]
    }
    /// The keyed form of a password, which argon2id then hardens.
    pub(crate) fn password(&self, password: &Password) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(hmac_sha256(&self.0, &[b"huis password", password.0.as_bytes()]))
    }
    /// The keyed form of a recovery code.
    pub(crate) fn recovery(&self, code: &[u8]) -> [u8; 32] {
        hmac_sha256(&self.0, &[b"huis recovery code", code])
    }
    /// What the store keeps of an identity at a provider: it says nothing of the person (I1), and
    /// whoever writes in the store cannot make one.
    pub fn identity(&self, issuer: &str, subject: &str) -> [u8; 32] {
        hmac_sha256(&self.0, &[b"huis identity", issuer.as_bytes(), subject.as_bytes()])
    }
    /// The key of a [`crate::Throttle`] row: no name and no address is left in the table (I1).
    pub fn throttle_key(&self, of: ThrottleKey<'_>) -> [u8; 32] {
        let (label, what): (&[u8], &[u8]) = match of {
            ThrottleKey::Password(login) => (b"huis throttle password", login.0.as_bytes()),
            ThrottleKey::Code(agent) => (b"huis throttle code", agent.as_bytes()),
            ThrottleKey::Reset(login) => (b"huis throttle reset", login.0.as_bytes()),
            ThrottleKey::Address(address) => (b"huis throttle address", address.as_bytes()),
        };
        hmac_sha256(&self.0, &[label, what])
    }
}

/// What is throttled, each apart from the others. Tries at a password must not lock the code, nor
/// the way out by a reset; and only who has proved a first factor can lock the code.
#[derive(Clone, Copy)]
pub enum ThrottleKey<'a> {
    /// The password of a login, known or not.
    Password(&'a Login),
    /// The second factor of an account.
    Code(&'a AgentId),
    /// Resets asked for a login, known or not.
    Reset(&'a Login),
    /// Everything that comes from an address.
    Address(&'a str),
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    ///
    #[test]
    fn secrets_are_not_printed_and_one_password_has_one_form() {
        let composed = Password::typed("cr\u{e9}maill\u{e8}re\u{a0}bleue");
        let decomposed = Password::typed("cre\u{301}maille\u{300}re bleue");
        assert_eq!(composed.as_str(), decomposed.as_str());
        assert_eq!(
            format!("{composed:?}{:?}", Pepper::from_bytes([7; 32])),
            "Password(…)Pepper(…)"
        );
        assert_eq!(Login::typed("  Jean.DUPONT "), Login::typed("jean.dupont"));
        assert_eq!(format!("{:?}", Login::typed("jean.dupont")), "Login(…)");
    }

    /// I5: what is keyed for one use is not the key of another.
    #[test]
    fn keyed_forms_of_two_uses_differ() {
        let pepper = Pepper::from_bytes([1; 32]);
        let login = Login::typed("a");
        let keys = [
            pepper.throttle_key(ThrottleKey::Password(&login)),
            pepper.throttle_key(ThrottleKey::Reset(&login)),
            pepper.throttle_key(ThrottleKey::Address("a")),
            pepper.recovery(b"a"),
            *pepper.password(&Password::typed("a")),
        ];
        assert_eq!(std::collections::BTreeSet::from(keys).len(), keys.len());
        assert_ne!(pepper.id(), Pepper::from_bytes([2; 32]).id());
    }
}
