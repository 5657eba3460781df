use huis_kernel::Rng;

use crate::{Binding, DataKey, keys::encrypt};

/// First byte of every sealed blob.
pub const FORMAT: u8 = 1;
/// Length of the nonce after the format byte.
pub const NONCE: usize = 12;

/// How a plaintext is padded before sealing, so that its length says little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// To the next 64 bytes.
    Ordinary,
    /// To the next 1 024 bytes: sensitive sections look alike, and so do empty ones.
    Sensitive,
}

/// Seals a plaintext under a key, bound to its place (AES-256-GCM-SIV).
pub fn seal(
    key: &DataKey,
    binding: &Binding<'_>,
    plain: &[u8],
    padding: Padding,
    rng: &dyn Rng,
) -> Vec<u8> {
    let bucket = match padding {
        Padding::Ordinary => 64,
        Padding::Sensitive => 1024,
    };
    let mut padded = Vec::with_capacity(plain.len() + bucket + 8);
    padded.extend((plain.len() as u64).to_be_bytes());
    padded.extend(plain);
    padded.resize(padded.len().next_multiple_of(bucket), 0);
    let mut out = vec![FORMAT];
    out.extend(encrypt(key.expose(), &binding.bytes(), &padded, rng));
    out
}
