//! An application of one-time codes (RFC 6238), as an agent's telephone has it: the codes of the
//! program are checked against another writing of the rule than its own.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Someone's telephone, once it was told the secret.
#[derive(Clone, Debug, Default)]
pub struct Phone(Vec<u8>);

impl Phone {
    /// Takes the secret as the page shows it: in base 32, cut in groups.
    pub fn enrolled(secret: &str) -> Self {
        const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let (mut out, mut pool, mut bits) = (Vec::new(), 0_u64, 0_u32);
        let digits = secret.bytes().filter_map(|c| DIGITS.iter().position(|d| *d == c));
        for digit in digits {
            pool = (pool << 5 | digit as u64) & 0xffff;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                out.extend(u8::try_from(pool >> bits & 0xff));
            }
        }
        Self(out)
    }

    /// What it shows at a time, in milliseconds since 1970.
    pub fn code(&self, at_ms: i64) -> String {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.0) else { return String::new() };
        mac.update(&(at_ms / 30_000).to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let from = usize::from(digest.last().copied().unwrap_or_default() & 15);
        let four = digest.iter().skip(from).take(4);
        let word = four.fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) & 0x7fff_ffff;
        format!("{:06}", word % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B: the secret « 12345678901234567890 », the six last digits.
        let phone = Phone::enrolled("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let shown = [59, 1_111_111_109, 1_234_567_890].map(|s| phone.code(s * 1_000));
        assert_eq!(shown, ["287082", "081804", "005924"]);
    }
}
