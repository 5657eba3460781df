//! What a file says before it is in dossiers: sealed under the import's own key, and opened only
//! to who sent it, while a grant of theirs still records the act (I1, X-17, X-26).

use huis_kernel::{AgentId, Date, OfficeId, Rng};
use huis_register::{Import, Register};
use huis_trace::Line;
use huis_vault::{Binding, KeyBlob, Padding, RootKey, Slot, Thing, seal};
use zeroize::Zeroizing;

use crate::{Actor, OpenError, Pending, Refusal};

/// That someone may open the rows they sent: made by [`decide_import`] only.
#[derive(Debug)]
pub struct ImportProof<'r> {
    register: &'r Register,
    office: OfficeId,
    import: [u8; 16],
}

/// Decides for who sends a file, or works on the one they sent.
///
/// # Errors
/// Another's file, or no grant in force that records this act.
pub fn decide_import<'r>(
    register: &'r Register,
    actor: &Actor,
    kind: &Import,
    of: (OfficeId, [u8; 16], AgentId),
    today: Date,
    partners_on: bool,
) -> Result<ImportProof<'r>, Refusal> {
    let (office, import, owner) = of;
    let mut refusal = Refusal::OutOfPerimeter;
    if actor.agent != owner {
        return Err(refusal);
    }
    for grant in actor
        .grants
        .iter()
        .filter(|g| g.in_force(today) && g.office == office && g.processing == register.id)
    {
        let Some(profile) = register.profile(&grant.profile).filter(|p| p.may_act(&kind.act))
        else {
            continue;
        };
        if profile.partner && !partners_on {
            refusal = Refusal::PartnersOff;
        } else if profile.second_factor && !actor.strong {
            refusal = Refusal::SecondFactor;
        } else {
            return Ok(ImportProof { register, office, import });
        }
    }
    Err(refusal)
}

impl ImportProof<'_> {
    fn binding<'a>(&'a self, part: &'a str, no: u32) -> Binding<'a> {
        Binding {
            processing: &self.register.id,
            office: self.office,
            dossier: huis_kernel::DossierId::from_bytes(self.import),
            thing: Thing::Staged { part, no },
            version: 1,
        }
    }

    /// Seals a part of the file.
    pub fn seal(
        &self,
        root: &RootKey,
        key: (Slot, &KeyBlob),
        part: &str,
        no: u32,
        plain: &[u8],
        rng: &dyn Rng,
    ) -> Result<Vec<u8>, OpenError> {
        let key = root.unwrap(key.0, key.1, None)?;
        Ok(seal(&key, &self.binding(part, no), plain, Padding::Ordinary, rng))
    }

    /// Opens a part of the file, for the work on it. What is shown of it goes through
    /// [`ImportProof::shown`].
    pub fn open(
        &self,
        root: &RootKey,
        key: (Slot, &KeyBlob),
        part: &str,
        no: u32,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let key = root.unwrap(key.0, key.1, None)?;
        Ok(huis_unseal::unseal(&key, &self.binding(part, no), sealed)?)
    }

    /// What is shown to the sender waits for its trace.
    pub fn shown<T>(&self, value: T, line: Line) -> Pending<T> {
        Pending::new(value, line)
    }
}
