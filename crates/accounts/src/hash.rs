use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use argon2::{
    Algorithm, Argon2, KeyId, Params, ParamsBuilder, PasswordHash as Phc, PasswordHasher,
    PasswordVerifier, Version,
};
use huis_kernel::Rng;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{Password, Pepper};

/// A stored password: argon2id over the keyed form, in the PHC text format. Never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Reads back what the store kept. A hash that is not argon2id, or whose cost would stop the
    /// server, is refused: a changed row must not become an attack.
    pub fn from_phc(text: &str) -> Result<Self, HashError> {
        let (params, _) = parse(text)?;
        if params.m_cost() > CEILING.memory_kib
            || params.t_cost() > CEILING.passes
            || params.p_cost() > CEILING.lanes
        {
            return Err(HashError::Cost);
        }
        Ok(Self(text.to_owned()))
    }
    /// The text to store.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What went wrong with a hash; nothing of the password.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum HashError {
    /// Not a PHC text of argon2id.
    #[error("the stored password hash is not readable")]
    Unreadable,
    /// Parameters out of bounds.
    #[error("the cost of the password hash is out of bounds")]
    Cost,
}

/// How dear a hash is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// 19 MiB, two passes, one lane: the OWASP minimum for argon2id, about 20 ms of one core.
    pub const DEFAULT: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
    /// For tests only: as cheap as argon2 allows.
    pub const LIGHTEST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
}

const CEILING: Cost = Cost { memory_kib: 1024 * 1024, passes: 16, lanes: 16 };

/// Hashes and verifies passwords with a cost and a secret key.
pub struct Hasher {
    current: Pepper,
    former: Vec<Pepper>,
    cost: Cost,
    decoy: PasswordHash,
    computed: AtomicU64,
}

impl Hasher {
    /// `former`: peppers that were in use before, still needed for the hashes made with them.
    pub fn new(
        current: Pepper,
        former: Vec<Pepper>,
        cost: Cost,
        rng: &dyn Rng,
    ) -> Result<Self, HashError> {
        let decoy = hash(&current, cost, &Password::typed(""), rng)?;
        Ok(Self { current, former, cost, decoy, computed: AtomicU64::new(0) })
    }

    /// How many hashes were asked of it: they are the work of a sign-in, and what trying passwords
    /// costs the server.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// The pepper in use, for recovery codes and throttle keys.
    pub const fn pepper(&self) -> &Pepper {
        &self.current
    }

    /// Hashes with a fresh salt.
    pub fn hash(&self, password: &Password, rng: &dyn Rng) -> Result<PasswordHash, HashError> {
        self.computed.fetch_add(1, Ordering::Relaxed);
        hash(&self.current, self.cost, password, rng)
    }

    /// Does the password open this hash? `None` (unknown login) costs the same and is false.
    pub fn verify(&self, password: &Password, stored: Option<&PasswordHash>) -> bool {
        let known = stored.is_some();
        let phc = stored.unwrap_or(&self.decoy);
        let Ok((_, pepper_id)) = parse(&phc.0) else { return false };
        let Ok(parsed) = Phc::new(&phc.0) else { return false };
        let pepper = self.peppers().find(|p| pepper_id == p.id()).unwrap_or(&self.current);
        let keyed = pepper.password(password);
        self.computed.fetch_add(1, Ordering::Relaxed);
        // The parameters are those of the text; argon2 compares in constant time.
        let right = Argon2::default().verify_password(keyed.as_slice(), &parsed).is_ok();
        right & known
    }

    /// Was it made with another cost or a former pepper? Then hash anew at the next sign-in, when
    /// the password is at hand.
    pub fn needs_rehash(&self, stored: &PasswordHash) -> bool {
        let wanted = (self.cost.memory_kib, self.cost.passes, self.cost.lanes);
        parse(&stored.0).is_ok_and(|(p, id)| {
            (p.m_cost(), p.t_cost(), p.p_cost()) != wanted || id != self.current.id()
        })
    }

    fn peppers(&self) -> impl Iterator<Item = &Pepper> {
        std::iter::once(&self.current).chain(&self.former)
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("cost", &self.cost).finish_non_exhaustive()
    }
}

fn hash(
    pepper: &Pepper,
    cost: Cost,
    password: &Password,
    rng: &dyn Rng,
) -> Result<PasswordHash, HashError> {
    let key_id = KeyId::new(&pepper.id()).map_err(|_| HashError::Cost)?;
    let params = ParamsBuilder::new()
        .m_cost(cost.memory_kib)
        .t_cost(cost.passes)
        .p_cost(cost.lanes)
        .keyid(key_id)
        .build()
        .map_err(|_| HashError::Cost)?;
    let mut salt = [0; 16];
    rng.fill(&mut salt);
    let keyed = pepper.password(password);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(keyed.as_slice(), &salt)
        .map(|phc| PasswordHash(phc.to_string()))
        .map_err(|_| HashError::Cost)
}

/// The parameters of a PHC text and the id of its pepper.
fn parse(text: &str) -> Result<(Params, Vec<u8>), HashError> {
    let phc = Phc::new(text).map_err(|_| HashError::Unreadable)?;
    if phc.algorithm != argon2::ARGON2ID_IDENT || phc.hash.is_none() {
        return Err(HashError::Unreadable);
    }
    let params = Params::try_from(&phc).map_err(|_| HashError::Unreadable)?;
    let id = params.keyid().to_vec();
    Ok((params, id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use huis_kernel::SeededRng;

    fn hasher(key: u8, former: &[u8], cost: Cost) -> Hasher {
        let former = former.iter().map(|k| Pepper::from_bytes([*k; 32])).collect();
        Hasher::new(Pepper::from_bytes([key; 32]), former, cost, &SeededRng::new(1)).unwrap()
    }

    /// HMAC with a secret key, and a salt.
    #[test]
    fn a_hash_is_salted_keyed_and_verifies() {
        let rng = SeededRng::new(2);
        let ours = hasher(1, &[], Cost::DEFAULT);
        let password = Password::typed("Crépuscule-42-rivière");
        let (a, b) = (ours.hash(&password, &rng).unwrap(), ours.hash(&password, &rng).unwrap());
        assert_ne!(a.as_phc(), b.as_phc(), "salted");
        assert!(a.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1"));
        let read = PasswordHash::from_phc(a.as_phc()).unwrap();
        assert!(ours.verify(&password, Some(&read)));
        assert!(!ours.verify(&Password::typed("Crépuscule-42-riviere"), Some(&a)));
        assert!(!hasher(2, &[], Cost::DEFAULT).verify(&password, Some(&a)), "keyed");
    }

    /// S-11, X-18: an unknown login is refused whatever is typed, even what the decoy was made of.
    #[test]
    fn an_unknown_login_verifies_nothing() {
        assert!(!hasher(1, &[], Cost::LIGHTEST).verify(&Password::typed(""), None));
    }

    /// S-11: an unknown login costs what a known one does: one hash, as dear.
    #[test]
    fn an_unknown_login_costs_the_same() {
        let ours = hasher(1, &[], Cost::DEFAULT);
        let password = Password::typed("x");
        let stored = ours.hash(&password, &SeededRng::new(6)).unwrap();
        let asked = |of: Option<&PasswordHash>| {
            let before = ours.computed();
            ours.verify(&password, of);
            ours.computed() - before
        };
        assert_eq!((asked(Some(&stored)), asked(None)), (1, 1));
        assert!(!ours.needs_rehash(&ours.decoy), "the decoy is of the cost and pepper in use");
    }

    ///
    #[test]
    fn a_former_pepper_or_cost_still_opens_and_asks_for_a_new_hash() {
        let rng = SeededRng::new(3);
        let password = Password::typed("une phrase");
        let old = hasher(1, &[], Cost::LIGHTEST).hash(&password, &rng).unwrap();
        let new = hasher(2, &[1], Cost::LIGHTEST);
        assert!(new.verify(&password, Some(&old)) && new.needs_rehash(&old));
        let fresh = new.hash(&password, &rng).unwrap();
        assert!(new.verify(&password, Some(&fresh)) && !new.needs_rehash(&fresh));
        let dearer = hasher(2, &[], Cost { memory_kib: 64, ..Cost::LIGHTEST });
        assert!(dearer.verify(&password, Some(&fresh)) && dearer.needs_rehash(&fresh));
    }

    /// a changed row neither opens nor stops the server.
    #[test]
    fn a_hostile_stored_hash_is_refused() {
        let good =
            hasher(1, &[], Cost::LIGHTEST).hash(&Password::typed("x"), &SeededRng::new(4)).unwrap();
        let dear = good.as_phc().replace("m=8,", "m=4194304,");
        assert_eq!(PasswordHash::from_phc(&dear).err(), Some(HashError::Cost));
        for bad in [
            "",
            "x",
            "$argon2id$",
            "$2b$12$abcdefghijklmnopqrstuv",
            &good.as_phc().replace("argon2id", "argon2i"),
        ] {
            assert_eq!(PasswordHash::from_phc(bad).err(), Some(HashError::Unreadable), "{bad}");
        }
        assert_eq!(format!("{good:?}"), "PasswordHash(…)");
    }
}
