use std::fmt;

use huis_kernel::Rng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    Pepper,
    totp::{base32, base32_groups},
};

/// A code for the day when the telephone is lost: 80 random bits, shown once, good once.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryCode([u8; 10]);

impl RecoveryCode {
    /// How many are given at once.
    pub const COUNT: usize = 10;

    /// A fresh set; the former one must be dropped.
    pub fn set(rng: &dyn Rng) -> Vec<Self> {
        (0..Self::COUNT)
            .map(|_| {
                let mut bytes = [0; 10];
                rng.fill(&mut bytes);
                Self(bytes)
            })
            .collect()
    }
    /// As printed: `ABCD-EFGH-IJKL-MNOP`.
    pub fn to_text(&self) -> Zeroizing<String> {
        base32_groups(&self.0, '-')
    }
    /// What the store keeps. Keyed, and of 80 random bits: a slow hash would add nothing.
    pub fn hash(&self, pepper: &Pepper) -> RecoveryHash {
        RecoveryHash(pepper.recovery(base32(&self.0).as_bytes()))
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// A stored recovery code.
#[derive(Clone, Copy)]
pub struct RecoveryHash([u8; 32]);

impl RecoveryHash {
    /// From the store.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// For the store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for RecoveryHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}
impl Eq for RecoveryHash {}

impl fmt::Debug for RecoveryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryHash(…)")
    }
}

/// Which of the stored codes was typed (dashes, spaces and case do not count); remove it from the
/// store. All are compared.
pub(crate) fn find(typed: &str, stored: &[RecoveryHash], pepper: &Pepper) -> Option<usize> {
    let plain: Zeroizing<String> = Zeroizing::new(
        typed
            .chars()
            .filter(char::is_ascii_alphanumeric)
            // Not in the alphabet, so these can only be misread letters.
            .map(|c| match c.to_ascii_uppercase() {
                '0' => 'O',
                '1' => 'I',
                '8' => 'B',
                c => c,
            })
            .take(17)
            .collect(),
    );
    let given = RecoveryHash(pepper.recovery(plain.as_bytes()));
    stored.iter().enumerate().fold(None, |at, (i, kept)| if *kept == given { Some(i) } else { at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_kernel::SeededRng;

    ///
    #[test]
    fn ten_codes_each_found_as_typed_and_only_while_kept() {
        let pepper = Pepper::from_bytes([3; 32]);
        let codes = RecoveryCode::set(&SeededRng::new(9));
        let mut kept: Vec<_> = codes.iter().map(|c| c.hash(&pepper)).collect();
        assert_eq!(kept.len(), 10);
        for (i, code) in codes.iter().enumerate() {
            let text = code.to_text();
            assert_eq!(text.len(), 19);
            assert_eq!(find(&text, &kept, &pepper), Some(i));
            assert_eq!(find(&text.to_lowercase().replace('-', " "), &kept, &pepper), Some(i));
            assert_eq!(find(&text, &kept, &Pepper::from_bytes([4; 32])), None, "keyed");
        }
        kept.remove(4);
        assert_eq!(find(&codes[4].to_text(), &kept, &pepper), None, "good once");
        assert_eq!(find("", &kept, &pepper), None);
        assert_eq!(format!("{:?}{:?}", codes[0], kept[0]), "RecoveryCode(…)RecoveryHash(…)");
    }
}
