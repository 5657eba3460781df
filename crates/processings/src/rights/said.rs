//! What the registers of the installation say of each right: an answer rests on the register of the
//! processing concerned, never on another's (settlement of the texts: none is lent silently).

use huis_kernel::Delay;
use huis_register::Register;
use std::collections::BTreeMap;

/// What a register says of one right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Is it open? `Some(ground)` when it is not: what the person reads.
    pub ground: Option<String>,
    /// No text names it: the officer decides, with reasons.
    pub officer: bool,
    /// In how much time the register promises an answer.
    pub delay: Delay,
}

/// By processing, then by right.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registers(BTreeMap<String, BTreeMap<String, Said>>);

impl Registers {
    pub(crate) fn of(registers: &[&Register]) -> Self {
        let said = |r: &huis_register::Right| Said {
            ground: (!r.offered).then(|| r.ground.clone().unwrap_or_default()),
            officer: r.officer,
            delay: r.delay,
        };
        let rights = |r: &&Register| r.rights.iter().map(|x| (x.id.clone(), said(x))).collect();
        Self(registers.iter().map(|r| (r.id.clone(), rights(r))).collect())
    }

    /// What is said of a right; a register that is silent leaves it to the officer.
    pub(crate) fn right(&self, processing: &str, right: &str) -> Said {
        let found = self.0.get(processing).and_then(|rights| rights.get(right));
        found.cloned().unwrap_or(Said { ground: None, officer: true, delay: Delay::ZERO })
    }

    /// Is this processing one of the installation's?
    pub(crate) fn knows(&self, processing: &str) -> bool {
        self.0.contains_key(processing)
    }
}
