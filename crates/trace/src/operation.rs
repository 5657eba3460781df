use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// A code that names no operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown operation")]
pub struct UnknownOperation;

/// A closed list: a line is written only for an operation that stands here, under a code that
/// never changes (it is part of what is signed), with the words that a reader of the trace sees.
macro_rules! operations {
    ($($name:ident = $code:literal, $label:literal;)*) => {
        /// What was done. A closed list (X-23: « l'opération effectuée »).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation {
            $(#[doc = $label] $name,)*
        }

        impl Operation {
            /// Every operation, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code that stands in the signed line.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The words that a reader of the trace sees.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)* }
            }
        }

        impl FromStr for Operation {
            type Err = UnknownOperation;
            fn from_str(code: &str) -> Result<Self, UnknownOperation> {
                match code { $($code => Ok(Self::$name),)* _ => Err(UnknownOperation) }
            }
        }
    };
}

operations! {
    SignIn = "sign-in", "Connexion";
    SignInFailed = "sign-in-failed", "Échec de connexion";
    SignOut = "sign-out", "Déconnexion";
    SessionEnded = "session-ended", "Fin de session";
    Read = "read", "Consultation";
    List = "list", "Affichage d’une liste";
    Search = "search", "Recherche";
    Create = "create", "Création";
    Act = "act", "Acte";
    Write = "write", "Modification";
    Void = "void", "Annulation d’un acte";
    Restrict = "restrict", "Limitation";
    RestrictLifted = "restrict-lifted", "Levée de la limitation";
    Hide = "hide", "Masquage à un cooccupant";
    ArchiveUnlock = "archive-unlock", "Ouverture des archives";
    ArchiveSearch = "archive-search", "Recherche dans les archives";
    ArchiveRead = "archive-read", "Consultation d’une archive";
    Reopen = "reopen", "Réouverture";
    Import = "import", "Import d’un fichier";
    Export = "export", "Export";
    Print = "print", "Impression";
    Letter = "letter", "Courrier";
    Transmit = "transmit", "Transmission";
    Statistic = "statistic", "Restitution statistique";
    Compute = "compute", "Calcul";
    RightAsked = "right-asked", "Demande d’exercice d’un droit";
    RightAnswered = "right-answered", "Réponse à une demande de droit";
    Consent = "consent", "Consentement";
    ConsentWithdrawn = "consent-withdrawn", "Retrait du consentement";
    Breach = "breach", "Violation de données";
    GrantGiven = "grant-given", "Habilitation donnée";
    GrantWithdrawn = "grant-withdrawn", "Habilitation retirée";
    GrantReviewed = "grant-reviewed", "Habilitation revue";
    AccountCreated = "account-created", "Création d’un compte";
    AccountClosed = "account-closed", "Fermeture d’un compte";
    AccountUnlocked = "account-unlocked", "Déverrouillage d’un compte";
    PasswordChanged = "password-changed", "Changement de mot de passe";
    SecondFactorChanged = "second-factor-changed", "Changement du second facteur";
    IdentityLinked = "identity-linked", "Identité professionnelle reliée";
    IdentityUnlinked = "identity-unlinked", "Identité professionnelle déliée";
    ResetAsked = "reset-asked", "Demande de réinitialisation";
    RegisterRead = "register-read", "Consultation du registre";
    RegisterChanged = "register-changed", "Changement du registre";
    TraceRead = "trace-read", "Consultation des traces";
    TraceVerify = "trace-verify", "Vérification des traces";
    TraceExport = "trace-export", "Export des traces";
    TracePurge = "trace-purge", "Purge des traces";
    Sweep = "sweep", "Passage des durées de conservation";
    Archive = "archive", "Archivage intermédiaire";
    Destroy = "destroy", "Destruction";
    Hold = "hold", "Gel";
    HoldLifted = "hold-lifted", "Levée du gel";
    MandateGiven = "mandate-given", "Désignation d’un partenaire";
    MandateEnded = "mandate-ended", "Fin du mandat d’un partenaire";
    PartnerChanged = "partner-changed", "Changement d’un organisme partenaire";
    FeedChanged = "feed-changed", "Changement du lien d’agenda";
    FeedRead = "feed-read", "Lecture d’un agenda";
    TokenMade = "token-made", "Jeton d’accès fait";
    TokenUsed = "token-used", "Ouverture par un jeton d’accès";
    TokenRevoked = "token-revoked", "Jeton d’accès révoqué";
    Mail = "mail", "Courriel";
    SettingChanged = "setting-changed", "Changement d’un réglage";
    AlertRaised = "alert-raised", "Alerte levée";
    AlertClosed = "alert-closed", "Alerte close";
    KeyRotation = "key-rotation", "Renouvellement des clés";
    Backup = "backup", "Sauvegarde";
    Restore = "restore", "Restauration";
    Drill = "drill", "Exercice";
    Rebuild = "rebuild", "Reconstruction de l’index";
    AdminCommand = "admin-command", "Commande d’administration";
    Start = "start", "Démarrage";
    Stop = "stop", "Arrêt";
}

impl Operation {
    /// Does it put the content of a dossier before someone? What the volume alerts count.
    pub const fn opens(self) -> bool {
        matches!(self, Self::Read | Self::ArchiveRead | Self::Export | Self::Print | Self::Letter)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_its_own_and_reads_back() {
        for op in Operation::ALL {
            assert_eq!(op.code().parse(), Ok(*op));
        }
        let codes: std::collections::BTreeSet<_> =
            Operation::ALL.iter().map(|o| o.code()).collect();
        assert_eq!(codes.len(), Operation::ALL.len());
        assert_eq!("lecture".parse::<Operation>(), Err(UnknownOperation));
    }
}
