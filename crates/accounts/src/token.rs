use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use huis_kernel::Rng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::mac::hmac_sha256;

/// 32 random bytes given to a browser (a session) or put in a letter (a reset). The store keeps
/// its hash only: whoever reads the store signs in as nobody.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Token([u8; 32]);

/// What a token is for; a token of one use never passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// The session cookie.
    Session,
    /// The link of a password reset.
    Reset,
    /// The link of a calendar.
    Feed,
    /// A personal token of the API.
    Api,
}

impl Token {
    /// A fresh token.
    pub fn random(rng: &dyn Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        Self(bytes)
    }
    /// From a cookie or a link; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        // The length is looked at first, so that a huge text is not decoded.
        if text.len() != 43 {
            return None;
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let token = bytes.as_slice().try_into().ok().map(Self);
        bytes.zeroize();
        token
    }
    /// The text of the cookie or the link: 43 characters, safe in both.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
    /// What the store keeps.
    pub fn hash(&self, use_: TokenUse) -> TokenHash {
        let label: &[u8] = match use_ {
            TokenUse::Session => b"huis session token\0",
            TokenUse::Reset => b"huis reset token\0",
            TokenUse::Feed => b"huis feed token\0",
            TokenUse::Api => b"huis api token\0",
        };
        TokenHash(Sha256::new().chain_update(label).chain_update(self.0).finalize().into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// SHA-256 of a token: what the store keeps and looks up. Compared in constant time.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// From the store.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// For the store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}
impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// The token that each form of a session carries. It is derived, so nothing is stored; and it is
/// not the session's secret, so a page that leaks does not give the session away.
pub fn csrf_token(session: &Token) -> String {
    URL_SAFE_NO_PAD.encode(hmac_sha256(&session.0, &[b"huis form token"]))
}

/// Does the form's token belong to the session? In constant time.
pub fn check_csrf(session: &Token, given: &str) -> bool {
    csrf_token(session).as_bytes().ct_eq(given.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_kernel::SeededRng;
    use proptest::prelude::*;

    proptest! {
        /// a token equals itself, through text and hash, and no other.
        #[test]
        fn tokens_are_equal_exactly_when_their_bytes_are(a: [u8; 32], b: [u8; 32], flip in 0_usize..256) {
            let (x, y) = (Token(a), Token(b));
            let back = Token::parse(&x.to_text()).unwrap();
            prop_assert_eq!(back.hash(TokenUse::Session), x.hash(TokenUse::Session));
            prop_assert_eq!(x.hash(TokenUse::Reset) == y.hash(TokenUse::Reset), a == b);
            prop_assert_eq!(check_csrf(&x, &csrf_token(&y)), a == b);
            let mut near = a;
            near[flip / 8] ^= 1 << (flip % 8);
            prop_assert_ne!(Token(near).hash(TokenUse::Session), x.hash(TokenUse::Session));
            prop_assert!(!check_csrf(&Token(near), &csrf_token(&x)));
        }

        /// Hostile input never panics.
        #[test]
        fn any_text_is_a_token_or_none(text in ".{0,60}") {
            if let Some(token) = Token::parse(&text) {
                prop_assert_eq!(token.to_text(), text);
            }
        }
    }

    #[test]
    fn a_token_of_one_use_is_not_of_another_and_none_is_printed() {
        let token = Token::random(&SeededRng::new(5));
        assert_ne!(token.hash(TokenUse::Session), token.hash(TokenUse::Reset));
        assert_ne!(csrf_token(&token), token.to_text());
        assert!(!check_csrf(&token, "") && !check_csrf(&token, &token.to_text()));
        assert_eq!(format!("{token:?}{:?}", token.hash(TokenUse::Reset)), "Token(…)TokenHash(…)");
    }
}
