use huis_kernel::Date;

/// What the verifier found. In French: it is read by the officer who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// The export has no readable header of this version.
    #[error("l’export n’a pas d’en-tête lisible")]
    Header,
    /// The header names another key than the verifier was given.
    #[error("l’export se réclame d’une autre clé que celle qui a été fournie")]
    OtherKey,
    /// A record cannot be read.
    #[error("enregistrement illisible à la ligne {0} de l’export")]
    Unreadable(
        /// Line of the file, from 1.
        u64,
    ),
    /// A signed text of another log.
    #[error("ligne {0} de l’export : le texte signé appartient à un autre journal")]
    OtherLog(
        /// Line of the file, from 1.
        u64,
    ),
    /// A record stands where none may.
    #[error("ligne {0} de l’export : enregistrement déplacé")]
    Misplaced(
        /// Line of the file, from 1.
        u64,
    ),
    /// Lines of the log are missing.
    #[error("traces manquantes : n° {from} à {to}")]
    Missing {
        /// First missing index.
        from: u64,
        /// Last missing index.
        to: u64,
    },
    /// A line stands twice, or in the place of another.
    #[error("trace n° {0} en double ou déplacée")]
    OutOfOrder(
        /// Its index.
        u64,
    ),
    /// A line is not what its hash says.
    #[error("trace n° {0} modifiée")]
    Changed(
        /// Its index.
        u64,
    ),
    /// A line does not read as a trace of this log.
    #[error("trace n° {0} illisible ou étrangère à ce journal")]
    Foreign(
        /// Its index.
        u64,
    ),
    /// A line stands in a day before its own: it would be purged too early.
    #[error("trace n° {index} rangée au {day}, avant sa propre date")]
    Early {
        /// Its index.
        index: u64,
        /// The day in which it stands.
        day: Date,
    },
    /// The lines of a day are not those that were closed.
    #[error("les traces du {0} ne sont pas celles qui ont été closes")]
    DayChanged(
        /// The day.
        Date,
    ),
    /// A closure that the log's key did not sign.
    #[error("ligne {0} de l’export : clôture de journée non signée par la clé du journal")]
    ClosureForged(
        /// Line of the file, from 1.
        u64,
    ),
    /// Days that do not follow each other.
    #[error("la journée du {0} n’est pas à sa place")]
    DayOutOfOrder(
        /// The day.
        Date,
    ),
    /// The head counts other closed days than the export holds.
    #[error("des clôtures de journée manquent : {found} traces closes au lieu de {signed}")]
    ClosuresMissing {
        /// Leaves in closed days that the head counts.
        signed: u64,
        /// Those that the export holds.
        found: u64,
    },
    /// A day whose lines were purged before their term.
    #[error("les traces du {0} ont été purgées avant leur terme")]
    PurgedTooEarly(
        /// The day.
        Date,
    ),
    /// A purged day after one that was kept.
    #[error("les traces du {0} ont été purgées avant de plus anciennes")]
    PurgedOutOfOrder(
        /// The day.
        Date,
    ),
    /// There is no signed head over the last lines.
    #[error("aucune tête signée ne couvre les {0} traces de l’export")]
    Unsigned(
        /// How many lines there are.
        u64,
    ),
    /// A head that the log's key did not sign.
    #[error("tête du journal non signée par la clé du journal")]
    HeadForged,
    /// The signed head counts more or fewer lines than there are.
    #[error("la tête signée compte {signed} traces, l’export en a {found}")]
    HeadSize {
        /// What the head says.
        signed: u64,
        /// What the export holds.
        found: u64,
    },
    /// The lines do not lead to the signed head.
    #[error("les traces ne mènent pas à la tête signée")]
    HeadMismatch,
    /// The witness holds a longer log than the export.
    #[error("journal tronqué : le témoin a vu {witnessed} traces, l’export en a {found}")]
    Truncated {
        /// What the witness saw.
        witnessed: u64,
        /// What the export holds.
        found: u64,
    },
    /// The log was rewritten since the witness saw it.
    #[error(
        "le journal a été réécrit : la tête vue par le témoin à {0} traces ne s’y retrouve pas"
    )]
    Rewritten(
        /// Size of the head that the witness saw.
        u64,
    ),
    /// A day closed under a date before that of the lines which the witness saw in it.
    #[error("journée antidatée : le témoin a vu après le {0} des traces rangées à cette date")]
    Backdated(
        /// The day.
        Date,
    ),
    /// A note of the witness cannot be read.
    #[error("note n° {0} du témoin illisible")]
    WitnessUnreadable(
        /// Its rank in the file, from 1.
        u64,
    ),
    /// A head of this log in the witness's file that the log's key did not sign.
    #[error("note n° {0} du témoin non signée par la clé du journal")]
    WitnessForged(
        /// Its rank in the file, from 1.
        u64,
    ),
}
