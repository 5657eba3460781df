use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

use crate::Rng;

/// A text that is not 32 hexadecimal digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("an identifier is 32 hexadecimal digits")]
pub struct IdError;

/// Identifiers are 16 random bytes: they order nothing and say nothing (I5, I9).
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A fresh identifier.
            pub fn random(rng: &dyn Rng) -> Self {
                let mut bytes = [0; 16];
                rng.fill(&mut bytes);
                Self(bytes)
            }
            /// From the 16 bytes kept in the store.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
            /// From a column of the store.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
                bytes.try_into().map(Self).map_err(|_| IdError)
            }
            /// The 16 bytes kept in the store.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(IdError);
                }
                u128::from_str_radix(text, 16).map(|n| Self(n.to_be_bytes())).map_err(|_| IdError)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(/// The tenant: one organisation, or one shared territory of several. First part of every key.
    OfficeId);
id!(/// A case file of one processing in one office.
    DossierId);
id!(/// A person who works with Huis.
    AgentId);
id!(/// *Habilitation*: one agent, one profile, one perimeter, from a day to a day.
    GrantId);
id!(/// A signed-in session.
    SessionId);
id!(/// An alert raised on the trace, which someone must close.
    AlertId);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRng;

    #[test]
    fn an_id_reads_back_what_it_writes() {
        let id = DossierId::random(&SeededRng::new(7));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("zz".parse::<DossierId>(), Err(IdError));
        assert_eq!("+0000000000000000000000000000001".parse::<DossierId>(), Err(IdError));
    }
}
