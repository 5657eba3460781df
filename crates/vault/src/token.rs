use crate::DataKey;

/// How many bits of a token tell values apart.
const BITS: u32 = 20;

/// A token of the blind index: 20 bits, so that several values share one and a stolen table ranks
/// no frequency; the match is confirmed after opening, under *rule*. The generation of its key
/// stands above them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub i64);

impl Token {
    /// The lowest token of a generation: those of older ones are all below it.
    pub fn first_of(generation: u32) -> Self {
        Self(i64::from(generation) << BITS)
    }
}

/// The key of one office's index (or of its archive's index): of the generation that is searched,
/// and of the one that is being built beside it.
#[derive(Clone, Debug)]
pub struct IndexKey {
    serving: (u32, DataKey),
    next: Option<(u32, DataKey)>,
}

impl IndexKey {
    /// The key of the generation that is searched.
    pub const fn new(generation: u32, key: DataKey) -> Self {
        Self { serving: (generation, key), next: None }
    }

    /// With the generation that is being built: what is written is found under both.
    #[must_use]
    pub fn and_next(self, generation: u32, key: DataKey) -> Self {
        Self { next: Some((generation, key)), ..self }
    }

    /// The generation that is searched, alone: a question is asked of it only.
    #[must_use]
    pub fn serving(&self) -> Self {
        Self { serving: self.serving.clone(), next: None }
    }

    /// The tokens of a compound value under one declared search, one a generation.
    pub fn tokens(&self, search: &str, parts: &[&str]) -> impl Iterator<Item = Token> {
        let mut data = Vec::new();
        for part in parts {
            data.extend((part.len() as u64).to_be_bytes());
            data.extend(part.as_bytes());
        }
        let of = move |(generation, key): &(u32, DataKey)| {
            let [a, b, c, ..] = key.hmac(search.as_bytes(), &data);
            let hash = (u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c)) >> 4;
            Token(Token::first_of(*generation).0 | i64::from(hash))
        };
        std::iter::once(&self.serving).chain(&self.next).map(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_kernel::SeededRng;

    #[test]
    fn generations_share_no_token_and_stand_in_their_order_i5_i7() {
        let rng = SeededRng::new(1);
        let (old, new) = (DataKey::generate(&rng), DataKey::generate(&rng));
        let key = IndexKey::new(3, old.clone()).and_next(4, new.clone());
        let tokens: Vec<Token> = key.tokens("nom", &["SON:MARTIN", "SON:JAN"]).collect();
        let of = |no, key| IndexKey::new(no, key).tokens("nom", &["SON:MARTIN", "SON:JAN"]).next();
        assert_eq!(tokens, [of(3, old).unwrap(), of(4, new).unwrap()]);
        assert!(Token::first_of(3) <= tokens[0] && tokens[0] < Token::first_of(4));
        assert!(Token::first_of(4) <= tokens[1] && tokens[1] < Token::first_of(5));
        assert_ne!(tokens[0].0 & 0xf_ffff, tokens[1].0 & 0xf_ffff);
        let other: Vec<Token> = key.serving().tokens("nom", &["SON:MARTIN", "SON:PAUL"]).collect();
        assert!(other.len() == 1 && other[0] != tokens[0]);
        assert_eq!(key.serving().tokens("nom", &["SON:MARTIN", "SON:JAN"]).count(), 1);
    }
}
