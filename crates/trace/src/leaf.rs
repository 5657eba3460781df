use huis_kernel::{Instant, Rng};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use std::borrow::Cow;

use crate::{Hash, Line, merkle};

/// The version of the encoding that is written now.
const VERSION: u32 = 1;

/// Bytes that are not a leaf of a version known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unreadable trace leaf")]
pub struct LeafError;

/// The bytes of one line in the tree: JSON, its fields in the order of the types, and a salt.
///
/// The salt goes with the line when its day is purged. Without it, the hash that stays behind
/// would let anyone who guesses a line (this agent, that dossier, that second) confirm the guess
/// after the term (X-23, I7).
#[derive(Clone, PartialEq, Eq)]
pub struct Leaf {
    bytes: Vec<u8>,
    hash: Hash,
}

#[derive(Serialize)]
struct Out<'a> {
    v: u32,
    salt: &'a str,
    line: &'a Line,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct In {
    v: u32,
    #[expect(dead_code, reason = "hashed with the rest, read by nobody")]
    salt: String,
    line: Line,
}

/// As much of a leaf as a verifier reads. The other fields must be there and be no others; what is
/// in them is vouched for by the hash.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Brief<'a> {
    v: u32,
    #[expect(dead_code, reason = "hashed with the rest, read by nobody")]
    salt: IgnoredAny,
    #[serde(borrow)]
    line: BriefLine<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "that they are there is what is asked of most")]
struct BriefLine<'a> {
    at: Instant,
    authority: IgnoredAny,
    session: IgnoredAny,
    address: IgnoredAny,
    #[serde(borrow)]
    processing: Cow<'a, str>,
    purpose: IgnoredAny,
    operation: IgnoredAny,
    dossiers: IgnoredAny,
    sections: IgnoredAny,
    outcome: IgnoredAny,
    detail: IgnoredAny,
}

/// When the line of a leaf was written, and in the log of which processing it says it belongs: what a
/// verifier needs of it, some hundred thousand times a second.
pub(crate) fn brief(leaf: &[u8]) -> Result<(Instant, Cow<'_, str>), LeafError> {
    let read: Brief<'_> = serde_json::from_slice(leaf).map_err(|_| LeafError)?;
    if read.v == VERSION { Ok((read.line.at, read.line.processing)) } else { Err(LeafError) }
}

impl Leaf {
    /// Encodes a line under a fresh salt.
    pub fn encode(line: &Line, rng: &dyn Rng) -> Result<Self, LeafError> {
        let mut salt = [0; 16];
        rng.fill(&mut salt);
        let salt: String = salt.iter().map(|b| format!("{b:02x}")).collect();
        let out = Out { v: VERSION, salt: &salt, line };
        serde_json::to_vec(&out).map(Self::from_bytes).map_err(|_| LeafError)
    }

    /// A leaf as it was stored.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        let hash = merkle::leaf_hash(&bytes);
        Self { bytes, hash }
    }

    /// The line that the leaf holds.
    pub fn line(&self) -> Result<Line, LeafError> {
        let read: In = serde_json::from_slice(&self.bytes).map_err(|_| LeafError)?;
        if read.v == VERSION { Ok(read.line) } else { Err(LeafError) }
    }

    /// What is stored and hashed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The leaf's hash in the tree (RFC 6962).
    pub const fn hash(&self) -> Hash {
        self.hash
    }
}

impl std::fmt::Debug for Leaf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Leaf({})", self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Authority, Dossiers, Operation, Outcome, SectionFields};
    use huis_kernel::{AgentId, DossierId, SeededRng};

    /// One line of version 1: it must read, and be written, for ever.
    const SAMPLE: &str = concat!(
        r#"{"v":1,"salt":"acdf9c21dbdb6b95fec63f0d7ddb8b9b","line":{"at":1767323045000,"#,
        r#""authority":{"agent":{"agent":"01010101010101010101010101010101","grant":null}},"#,
        r#""session":null,"address":"192.0.2.7","processing":"expulsion","purpose":"procedure","#,
        r#""operation":"read","dossiers":{"list":["02020202020202020202020202020202"]},"#,
        r#""sections":[{"section":"occupant","occurrence":2,"fields":["nom"]}],"#,
        r#""outcome":{"refused":{"rule":"perimetre"}},"detail":{"acte":"assignation"}}}"#
    );

    fn line() -> Line {
        let agent = AgentId::from_bytes([1; 16]);
        let by = Authority::Agent { agent, grant: None };
        let at = Instant(1_767_323_045_000);
        Line {
            address: Some("192.0.2.7".into()),
            dossiers: Dossiers::one(DossierId::from_bytes([2; 16])),
            sections: vec![SectionFields {
                section: "occupant".into(),
                occurrence: Some(2),
                fields: vec!["nom".into()],
            }],
            outcome: Outcome::Refused { rule: "perimetre".into() },
            detail: [("acte".to_owned(), "assignation".to_owned())].into(),
            ..Line::new(at, by, "expulsion", "procedure", Operation::Read)
        }
    }

    #[test]
    fn a_sample_of_version_1_reads_and_is_written_the_same() {
        assert_eq!(Leaf::from_bytes(SAMPLE.into()).line(), Ok(line()));
        let unsalted = |text: &str| text.split_once(r#""line":"#).unwrap().1.to_owned();
        let leaf = Leaf::encode(&line(), &SeededRng::new(1)).unwrap();
        assert_eq!(unsalted(std::str::from_utf8(leaf.bytes()).unwrap()), unsalted(SAMPLE));
        let unknown = SAMPLE.replace(r#""v":1"#, r#""v":2"#);
        assert_eq!(Leaf::from_bytes(unknown.into()).line(), Err(LeafError));
    }

    #[test]
    fn x_23_the_same_line_twice_has_two_hashes() {
        let rng = SeededRng::new(1);
        let hash = || Leaf::encode(&line(), &rng).unwrap().hash();
        assert_ne!(hash(), hash());
    }
}
