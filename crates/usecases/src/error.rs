use huis_access::{OpenError, Refusal, WriteError};
use huis_dossier::Fault;
use huis_store::StoreError;
use huis_trace::TraceError;

/// Why a use case does not do what was asked. No personal datum in any of them (I13).
#[derive(Debug, thiserror::Error)]
pub enum UseError {
    /// It does not exist, or the caller may not know that it does: the same answer (I13).
    #[error("introuvable")]
    NotFound,
    /// The caller's profile does not include it.
    #[error("votre habilitation ne le permet pas ({0})")]
    Refused(String),
    /// The profile needs a second factor in this session.
    #[error("un second facteur est nécessaire")]
    SecondFactor,
    /// The archive is not unlocked in this session.
    #[error("l'archive n'est pas ouverte")]
    ArchiveLocked,
    /// A rule refuses; all the faults at once.
    #[error("la saisie est refusée")]
    Faults(Vec<Fault>),
    /// Acts were added since the form was shown.
    #[error("des actes ont été ajoutés entre-temps")]
    Moved {
        /// The version now.
        version: u64,
    },
    /// Someone else wrote this section since the form was shown.
    #[error("ce volet a été modifié entre-temps")]
    Conflict {
        /// Section.
        section: String,
        /// Occurrence.
        occurrence: u32,
    },
    /// What was typed is not acceptable (reasons in French, one a fault).
    #[error("{}", .0.join(" ; "))]
    Invalid(Vec<String>),
    /// The processing does not open: no rights desk is named.
    #[error("le service des droits n'est pas désigné : le traitement n'ouvre pas")]
    NoRightsDesk,
    /// Something sealed was altered: it is not shown, and an alert is raised (I14).
    #[error("l'intégrité du dossier est rompue : rien n'est affiché, une alerte est levée")]
    Broken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The trace could not be made durable: nothing is shown.
    #[error("la trace n'a pas pu être écrite : rien n'est affiché")]
    Trace(#[from] TraceError),
    /// The document was not made.
    #[error(transparent)]
    Document(#[from] huis_documents::DocumentError),
    /// The sheet was not written.
    #[error(transparent)]
    Sheet(#[from] huis_documents::SheetError),
    /// A fault of the program.
    #[error("erreur interne ({0})")]
    Internal(&'static str),
}

impl UseError {
    /// Did someone else change the same thing first? Trying again shows what they did.
    pub const fn is_conflict(&self) -> bool {
        matches!(
            self,
            Self::Moved { .. } | Self::Conflict { .. } | Self::Store(StoreError::Conflict)
        )
    }
}

impl UseError {
    /// Its kind, a code for the log.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::NotFound => "introuvable",
            Self::Refused(_) => "refus",
            Self::SecondFactor => "second-facteur",
            Self::ArchiveLocked => "archive-fermee",
            Self::Faults(_) | Self::Invalid(_) => "saisie",
            Self::Moved { .. } | Self::Conflict { .. } => "entre-temps",
            Self::NoRightsDesk => "service-des-droits",
            Self::Broken => "integrite",
            Self::Store(_) => "base",
            Self::Trace(_) => "trace",
            Self::Document(_) | Self::Sheet(_) => "document",
            Self::Internal(_) => "interne",
        }
    }

    /// What whoever watches over the service does about it, for the log.
    pub const fn mend(&self) -> &'static str {
        match self {
            Self::Broken => {
                "une alerte est levée : lisez-la avec le délégué à la protection des données"
            }
            Self::NoRightsDesk => "Réglages, « Service des droits »",
            Self::Store(_) => {
                "vérifiez que la base répond et que son disque n’est pas plein, puis « huis doctor »"
            }
            Self::Trace(_) => {
                "vérifiez la base du journal et son disque ; sans trace, rien ne s’affiche"
            }
            Self::Document(_) | Self::Sheet(_) | Self::Internal(_) => {
                "signalez la ligne, avec le numéro de la requête, à qui maintient Huis"
            }
            _ => "rien : la réponse dit à l’agent quoi faire",
        }
    }

    /// Is it for what the machine lacks just now (its database, room on its disk)? The same may be
    /// asked again once it is back.
    pub const fn passes(&self) -> bool {
        match self {
            Self::Store(error) => error.passes(),
            Self::Trace(error) => {
                matches!(error, TraceError::NotPersisted | TraceError::NoRoom | TraceError::Stopped)
            }
            _ => false,
        }
    }

    /// Does it stop a job, which is taken up again, and not just the dossier it was at?
    pub(crate) const fn stops_work(&self) -> bool {
        self.passes() || matches!(self, Self::Store(StoreError::Database(_)) | Self::Trace(_))
    }

    /// Is there no room left to write?
    pub const fn no_room(&self) -> bool {
        matches!(self, Self::Store(StoreError::NoRoom) | Self::Trace(TraceError::NoRoom))
    }
}

impl From<Refusal> for UseError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::SecondFactor => Self::SecondFactor,
            r if r.hides() => Self::NotFound,
            r => Self::Refused(r.code()),
        }
    }
}

impl From<OpenError> for UseError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Key(huis_vault::VaultError::ArchiveLocked) => Self::ArchiveLocked,
            OpenError::Key(huis_vault::VaultError::Destroyed) => Self::NotFound,
            OpenError::Key(_) | OpenError::Broken(_) => Self::Broken,
            OpenError::WrongProof => Self::Internal("preuve"),
        }
    }
}

impl From<WriteError> for UseError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Open(e) => e.into(),
            WriteError::NotInRegister(what) => {
                Self::Invalid(vec![format!("Le registre ne prévoit pas « {what} ».")])
            }
            WriteError::NotAllowed(what) => Self::Refused(what),
            WriteError::NoSlot => Self::Internal("clés"),
            WriteError::Archived => Self::ArchiveLocked,
        }
    }
}

impl From<huis_access::WrongReceipt> for UseError {
    fn from(_: huis_access::WrongReceipt) -> Self {
        Self::Internal("reçu")
    }
}
