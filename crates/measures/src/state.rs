use prometheus_client::encoding::EncodeLabelValue;
use std::time::Duration;

/// A part of the program without which it does not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum Part {
    /// The stores answer.
    Database,
    /// The trace's writer is alive.
    Trace,
    /// A new dossier finds a key.
    Keys,
    /// The schema is the program's.
    Schema,
    /// The registers in force are the program's.
    Register,
    /// The server is not stopping.
    Running,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 6] =
        [Self::Database, Self::Trace, Self::Keys, Self::Schema, Self::Register, Self::Running];

    /// Its name, and what to do when it is not ready, for the log.
    pub const fn mend(self) -> (&'static str, &'static str) {
        match self {
            Self::Database => {
                ("base", "vérifiez que la base répond et que son disque n’est pas plein")
            }
            Self::Trace => {
                ("journal des accès", "relancez ce serveur ; rien ne s’affiche sans lui")
            }
            Self::Keys => ("clés d’avance", "vérifiez le second lieu des clés (huis doctor)"),
            Self::Schema => {
                ("schéma", "mettez ce serveur à jour : la base est d’une autre version")
            }
            Self::Register => ("registre", "mettez ce serveur à jour, ou « huis register adopt »"),
            Self::Running => ("arrêt", "rien : ce serveur s’arrête"),
        }
    }
}

/// The connections to one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Which store.
    pub store: &'static str,
    /// Open.
    pub open: u32,
    /// Of these, unused.
    pub idle: u32,
    /// At most.
    pub most: u32,
}

/// How things stand at this moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Lines that wait for the trace.
    pub outbox: u64,
    /// Keys ready for new dossiers.
    pub keys_ahead: u64,
    /// Retention units past their term.
    pub sweep_due: u64,
    /// Mails that wait.
    pub mails_waiting: u64,
    /// Mails given up.
    pub mails_dead: u64,
    /// Imports under way.
    pub imports: u64,
    /// Their rows.
    pub import_rows: u64,
    /// Of these, those behind.
    pub import_done: u64,
    /// Alerts to close.
    pub alerts: u64,
    /// Sessions that are not over.
    pub sessions: u64,
    /// Password hashes since the start.
    pub hashes: u64,
    /// Since the last backup that went well.
    pub backup_age: Option<Duration>,
    /// Since the last drill that went well.
    pub drill_age: Option<Duration>,
    /// What is not ready.
    pub missing: Vec<Part>,
    /// The connections.
    pub pools: Vec<Pool>,
}
