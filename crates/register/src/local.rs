//! A local register may only be stricter than the shipped one (A-03, I11).

use crate::{
    Change, ChangeKind, Register, RegisterFault, diff,
    typography::{french, quote},
};

/// How a local register stands against the shipped one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalStatus {
    /// It loosens nothing: served as it is.
    Stricter {
        /// What it tightens, and the rest.
        changes: Vec<Change>,
    },
    /// It loosens something under an authorisation of its own: every page that uses it says so.
    Loosened {
        /// The authorisation that it names (`traitement.autorisation`).
        authorisation: String,
        /// What it loosens.
        changes: Vec<Change>,
    },
}

impl LocalStatus {
    /// What the pages must say, if anything.
    pub fn banner(&self) -> Option<String> {
        match self {
            Self::Stricter { .. } => None,
            Self::Loosened { authorisation, .. } => Some(french(&format!(
                "Ce registre local va au-delà du cadre livré, sur le fondement de l'autorisation {}.",
                quote(authorisation)
            ))),
        }
    }
}

/// Refuses a local register that loosens the shipped one, unless it names its authorisation.
pub fn check_local(
    shipped: &Register,
    local: &Register,
) -> Result<LocalStatus, Vec<RegisterFault>> {
    let fault = |path: &str, message: &str, mend: &str| RegisterFault {
        file: format!("{}.toml", local.id),
        line: None,
        path: path.to_owned(),
        message: french(message),
        mend: french(mend),
    };
    if shipped.id != local.id {
        return Err(vec![fault(
            "traitement.id",
            &format!("ce registre local n'est pas celui du traitement {}.", quote(&shipped.id)),
            "Un autre traitement a son propre registre.",
        )]);
    }
    let changes = diff(shipped, local);
    let (loosening, others): (Vec<_>, Vec<_>) =
        changes.into_iter().partition(|c| c.kind == ChangeKind::Loosens);
    if loosening.is_empty() {
        return Ok(LocalStatus::Stricter { changes: others });
    }
    // An authorisation that the shipped register already had covers the shipped text alone.
    let own = local.authorisation.as_ref().filter(|a| shipped.authorisation.as_ref() != Some(*a));
    match own {
        Some(authorisation) => {
            Ok(LocalStatus::Loosened { authorisation: authorisation.clone(), changes: loosening })
        }
        None => Err(loosening
            .iter()
            .map(|change| {
                fault(
                    "traitement.autorisation",
                    &format!("ce registre local assouplit le cadre livré. {}", change.text),
                    "Retirez ce changement, ou nommez l'autorisation qui le permet (A-03).",
                )
            })
            .collect()),
    }
}
