use crate::DataKey;

/// A token of the blind index: 20 bits, so that several values share one and a stolen table ranks
/// no frequency; the match is confirmed after opening, under *rule*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub i64);

/// The key of one office's index (or of its archive's index), re-derived each year.
#[derive(Clone, Debug)]
pub struct IndexKey(DataKey);

impl IndexKey {
    /// From the derived key.
    pub const fn new(key: DataKey) -> Self {
        Self(key)
    }

    /// The token of a compound value under one declared search.
    pub fn token(&self, search: &str, parts: &[&str]) -> Token {
        let mut data = Vec::new();
        for part in parts {
            data.extend((part.len() as u64).to_be_bytes());
            data.extend(part.as_bytes());
        }
        let hash = self.0.hmac(search.as_bytes(), &data);
        let [a, b, c, ..] = hash;
        Token(i64::from((u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c)) >> 4))
    }
}
