use huis_kernel::{AgentId, Date, DossierId, Instant, OfficeId};

/// What a sealed blob is bound to: moved anywhere else, or paired with another version, it does
/// not open (I14).
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// Processing.
    pub processing: &'a str,
    /// Office.
    pub office: OfficeId,
    /// Dossier.
    pub dossier: DossierId,
    /// Which thing of the dossier.
    pub thing: Thing<'a>,
    /// Its version.
    pub version: u64,
}

/// The things of a dossier that are sealed.
#[derive(Clone, Copy, Debug)]
pub enum Thing<'a> {
    /// The contents list of a retention unit.
    Contents {
        /// Retention unit.
        unit: &'a str,
    },
    /// One occurrence of a section.
    Section {
        /// Section id.
        section: &'a str,
        /// Occurrence number, from 1.
        occurrence: u32,
    },
    /// A part of a file that waits to be imported; its « dossier » is the import's own id.
    Staged {
        /// Which part.
        part: &'a str,
        /// Its number.
        no: u32,
    },
    /// An act's payload, bound to what stands of the act in the clear.
    Act {
        /// Number in the dossier.
        no: u32,
        /// Kind.
        kind: &'a str,
        /// Legal date.
        on: Date,
        /// The act it corrects (0: none).
        corrects: u32,
        /// When it was recorded.
        recorded: Instant,
        /// Who recorded it; `None` for a rule.
        agent: Option<AgentId>,
    },
}

impl Binding<'_> {
    /// The associated data: every part with its length, so that no two bindings read alike.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        let mut part = |bytes: &[u8]| {
            out.extend((bytes.len() as u64).to_be_bytes());
            out.extend(bytes);
        };
        part(self.processing.as_bytes());
        part(self.office.as_bytes());
        part(self.dossier.as_bytes());
        part(&self.version.to_be_bytes());
        match self.thing {
            Thing::Contents { unit } => {
                part(b"contents");
                part(unit.as_bytes());
            }
            Thing::Section { section, occurrence } => {
                part(b"section");
                part(section.as_bytes());
                part(&occurrence.to_be_bytes());
            }
            Thing::Staged { part: name, no } => {
                part(b"staged");
                part(name.as_bytes());
                part(&no.to_be_bytes());
            }
            Thing::Act { no, kind, on, corrects, recorded, agent } => {
                part(b"act");
                part(&no.to_be_bytes());
                part(kind.as_bytes());
                part(on.to_string().as_bytes());
                part(&corrects.to_be_bytes());
                part(&recorded.0.to_be_bytes());
                part(agent.as_ref().map_or(&[][..], |a| a.as_bytes()));
            }
        }
        out
    }
}
