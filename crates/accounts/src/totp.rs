use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use huis_kernel::{Instant, Rng};
use qrcode::{QrCode, render::svg};
use sha1::Sha1;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::Login;

/// The shared secret of an authenticator application: RFC 6238 with SHA-1, six digits and thirty
/// seconds, the only form that every application reads.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TotpSecret([u8; 20]);

/// Why a code is refused. The person reads one message for all; the trace says which.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum CodeRefused {
    /// Not the code of now, nor of the step before or after.
    #[error("wrong code")]
    Wrong,
    /// The right code of a step that was used already.
    #[error("code already used")]
    Replayed,
}

const STEP_MS: i64 = 30_000;

impl TotpSecret {
    /// A fresh secret.
    pub fn random(rng: &dyn Rng) -> Self {
        let mut bytes = [0; 20];
        rng.fill(&mut bytes);
        Self(bytes)
    }
    /// From the store, where it lies sealed.
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }
    /// For the store to seal: unlike a password it must be read back.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The secret for a person who types it: base32 (RFC 4648) in groups of four.
    pub fn to_base32(&self) -> Zeroizing<String> {
        base32_groups(&self.0, ' ')
    }

    /// The address that an authenticator application reads.
    pub fn uri(&self, issuer: &str, login: &Login) -> Zeroizing<String> {
        let (issuer, login) = (percent(issuer), percent(login.as_str()));
        let secret = base32(&self.0);
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{login}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
            *secret
        ))
    }

    /// [`TotpSecret::uri`] as a QR code, an `<svg>` element to set into the page. `None` when the
    /// names are too long for one; the text of [`TotpSecret::to_base32`] stands beside it anyway.
    pub fn qr_svg(&self, issuer: &str, login: &Login) -> Option<Zeroizing<String>> {
        let code = QrCode::new(self.uri(issuer, login).as_bytes()).ok()?;
        let image =
            Zeroizing::new(code.render::<svg::Color<'_>>().min_dimensions(200, 200).build());
        // The XML declaration is not allowed inside HTML.
        image.find("<svg").and_then(|at| image.get(at..)).map(|svg| {
            Zeroizing::new(svg.replacen("<svg", "<svg role=\"img\" aria-label=\"Code QR à photographier avec l’application d’authentification\"", 1))
        })
    }

    /// The step that `typed` proves, to be kept as `last_step`. One step before and after is taken
    /// for clocks that differ; a step counts once, and none before it counts again (RFC 6238 § 5.2).
    pub fn verify(
        &self,
        typed: &str,
        now: Instant,
        last_step: Option<u64>,
    ) -> Result<u64, CodeRefused> {
        let typed: Zeroizing<String> =
            Zeroizing::new(typed.chars().filter(|c| !c.is_whitespace()).take(7).collect());
        let present = u64::try_from(now.0.div_euclid(STEP_MS)).unwrap_or(0);
        // The three codes are always computed and compared; the last that fits is kept. 0: none.
        let mut found = 0_u64;
        for step in present.saturating_sub(1)..=present.saturating_add(1) {
            let code = Zeroizing::new(format!("{:06}", self.code(step)));
            found.conditional_assign(&step, code.as_bytes().ct_eq(typed.as_bytes()));
        }
        match found {
            0 => Err(CodeRefused::Wrong),
            step if last_step.is_some_and(|last| step <= last) => Err(CodeRefused::Replayed),
            step => Ok(step),
        }
    }

    /// The code of a step: HOTP (RFC 4226 § 5.3).
    fn code(&self, step: u64) -> u32 {
        self.truncated(step) % 1_000_000
    }

    fn truncated(&self, step: u64) -> u32 {
        let mut block = Zeroizing::new([0_u8; 64]);
        block.iter_mut().zip(self.0).for_each(|(to, from)| *to = from);
        let mut mac = Hmac::<Sha1>::new((&*block).into());
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let offset = usize::from(digest.last().copied().unwrap_or(0) & 0x0f);
        let word = digest.iter().skip(offset).take(4).fold(0_u32, |w, b| (w << 8) | u32::from(*b));
        word & 0x7fff_ffff
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// Base32 without padding (RFC 4648 § 6).
pub(crate) fn base32(bytes: &[u8]) -> Zeroizing<String> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().saturating_mul(2)));
    let (mut pool, mut bits) = (0_u16, 0_u32);
    let mut push = |five: u16| {
        text.extend(ALPHABET.get(usize::from(five & 31)).map(|b| char::from(*b)));
    };
    for byte in bytes {
        pool = (pool << 8) | u16::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(pool >> bits);
            pool &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        push(pool << (5 - bits));
    }
    text
}

/// Base32 in groups of four, to be read from paper.
pub(crate) fn base32_groups(bytes: &[u8], separator: char) -> Zeroizing<String> {
    let plain = base32(bytes);
    let mut grouped = Zeroizing::new(String::with_capacity(plain.len().saturating_mul(2)));
    for (i, c) in plain.chars().enumerate() {
        if i > 0 && i.is_multiple_of(4) {
            grouped.push(separator);
        }
        grouped.push(c);
    }
    grouped
}

/// Percent-encoding of all but the unreserved characters (RFC 3986 § 2.3).
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_kernel::SeededRng;

    const RFC: TotpSecret = TotpSecret::from_bytes(*b"12345678901234567890");

    /// RFC 6238, appendix B (SHA-1, eight digits).
    #[test]
    fn rfc_6238_vectors() {
        for (seconds, expect) in [
            (59_u64, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(RFC.truncated(seconds / 30) % 100_000_000, expect, "{seconds}");
        }
    }

    /// RFC 4648, section 10, without padding.
    #[test]
    fn rfc_4648_vectors() {
        for (plain, expect) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(*base32(plain.as_bytes()), expect);
        }
    }

    /// one step either way, each code once.
    #[test]
    fn a_code_holds_one_step_either_way_and_once() {
        let now = Instant(1_111_111_109_000);
        let step = 1_111_111_109 / 30;
        let code = |s: u64| format!("{:06}", RFC.code(s));
        assert_eq!(RFC.verify("081 804", now, None), Ok(step), "as typed, with a space");
        assert_eq!(RFC.verify(&code(step - 1), now, None), Ok(step - 1));
        assert_eq!(RFC.verify(&code(step + 1), now, None), Ok(step + 1));
        assert_eq!(RFC.verify(&code(step - 2), now, None), Err(CodeRefused::Wrong));
        assert_eq!(RFC.verify(&code(step + 2), now, None), Err(CodeRefused::Wrong));
        assert_eq!(RFC.verify("081804", now, Some(step)), Err(CodeRefused::Replayed));
        assert_eq!(RFC.verify(&code(step - 1), now, Some(step)), Err(CodeRefused::Replayed));
        assert_eq!(RFC.verify(&code(step + 1), now, Some(step)), Ok(step + 1));
        for bad in ["", "81804", "0818040", "08180４", "abcdef"] {
            assert_eq!(RFC.verify(bad, now, None), Err(CodeRefused::Wrong), "{bad}");
        }
    }

    #[test]
    fn the_address_names_issuer_and_login_and_draws() {
        let login = Login::typed("amélie.roux@ville.fr");
        assert_eq!(
            *RFC.uri("Huis démo", &login),
            "otpauth://totp/Huis%20d%C3%A9mo:am%C3%A9lie.roux%40ville.fr?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Huis%20d%C3%A9mo&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(*RFC.to_base32(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let svg = RFC.qr_svg("Huis démo", &login).unwrap();
        assert!(svg.starts_with("<svg role=\"img\"") && svg.ends_with("</svg>"));
        assert!(
            !svg.contains("GEZD") && !svg.contains("style"),
            "no secret in text, no inline style (CSP)"
        );
        assert!(RFC.qr_svg(&"x".repeat(4000), &login).is_none());
        assert_ne!(
            TotpSecret::random(&SeededRng::new(1)).as_bytes(),
            TotpSecret::random(&SeededRng::new(2)).as_bytes()
        );
        assert_eq!(format!("{RFC:?}"), "TotpSecret(…)");
    }
}
