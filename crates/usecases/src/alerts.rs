//! Alerts: unusual reading is noticed by the program, and someone must close what it raised
//! (X-24, A-20, I14). Nothing here says that a reading was wrong: it says that it stands out.

mod own;
mod watch;

use huis_kernel::{AgentId, AlertId, DossierId, Instant, OfficeId};
use huis_register::Power;
use huis_store::alerts::AlertRow;
use huis_trace::{Authority, Dossiers, Line, Operation};
use std::collections::BTreeSet;

use crate::{Caller, Huis, UseError, start::INSTALLATION};

pub use own::own_name_tokens;
pub use watch::Watch;

/// The rule of an alert on altered contents (I14, A-23).
pub const INTEGRITY: &str = "integrite";
/// The rule of an alert on a log that no longer verifies (I8, X-24).
pub const LOG: &str = "journal";

/// What an officer may find: code and label. A closed list, so that findings can be counted.
pub const FINDINGS: [(&str, &str); 6] = [
    ("justifie", "Consultation justifiée par le service"),
    ("fausse-alerte", "Fausse alerte"),
    ("erreur", "Erreur de manipulation, agent rappelé aux règles"),
    ("abus", "Consultation sans motif, suites disciplinaires demandées"),
    ("violation", "Violation de données : procédure de notification ouverte"),
    ("technique", "Incident technique corrigé"),
];

/// A second factor that an administrator took away. While it is open, that account gets no reset
/// link from an administrator: the two together would open it to whoever holds both, and someone
/// else must look in between.
pub(crate) const FACTOR: &str = "second-facteur";

/// The longest remark at the closing of an alert.
const LONGEST_NOTE: usize = 500;
/// How many alerts a page shows; open ones come first.
const SHOWN: u32 = 500;

/// What stood out, as the page names it.
pub fn rule_label(rule: &str) -> &str {
    match rule {
        "volume" => "Nombre de dossiers ouverts en une heure",
        "volume-agent" => "Activité inhabituelle pour cet agent",
        "volume-profil" => "Activité inhabituelle pour ce profil",
        "hors-horaires" => "Consultation hors des heures de service",
        "refus" => "Série de refus",
        "connexions" => "Série d’échecs de connexion",
        "parcours" => "Dossiers ouverts l’un après l’autre",
        "propre-nom" => "Recherche ou dossier à son propre nom",
        "dossiers-clos" => "Consultation de dossiers clos",
        FACTOR => "Second facteur retiré d’un compte",
        INTEGRITY => "Intégrité d’un dossier rompue",
        LOG => "Journal des accès altéré",
        other => other,
    }
}

/// How an alert was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// The finding, in words.
    pub finding: String,
    /// The remark.
    pub note: String,
}

/// An alert as an officer reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertLine {
    /// Identifier.
    pub id: AlertId,
    /// What stood out, a code.
    pub rule: String,
    /// The same in words.
    pub title: String,
    /// What was seen, in numbers.
    pub summary: String,
    /// Whose reading, with name and service.
    pub agent: Option<(AgentId, String, String)>,
    /// When it was raised.
    pub raised_at: Instant,
    /// May the caller close it? Nobody closes an alert about themselves.
    pub closable: bool,
    /// How it was closed; none while it is open.
    pub closed: Option<Closing>,
}

/// An alert to raise.
pub(crate) struct Raise<'a> {
    pub office: OfficeId,
    pub processing: &'a str,
    pub rule: &'a str,
    pub agent: Option<AgentId>,
    pub at: Instant,
    pub summary: String,
    pub dossiers: Dossiers,
}

impl Huis {
    /// Raises an alert: traced, then kept until someone closes it.
    pub(crate) async fn raise(&self, raise: Raise<'_>) -> Result<AlertId, UseError> {
        let id = AlertId::random(&*self.rng);
        let authority = Authority::Job("alertes".to_owned());
        let mut line =
            Line::new(self.now(), authority, raise.processing, "securite", Operation::AlertRaised);
        line.dossiers = raise.dossiers;
        line.detail.insert("alerte".to_owned(), id.to_string());
        line.detail.insert("regle".to_owned(), raise.rule.to_owned());
        if let Some(agent) = raise.agent {
            line.detail.insert("agent".to_owned(), agent.to_string());
        }
        // Straight to the writer: an alert does not feed the detectors that raised it.
        self.trace.write(line).await?;
        let row = AlertRow {
            office: raise.office,
            id,
            processing: raise.processing.to_owned(),
            rule: raise.rule.to_owned(),
            agent: raise.agent,
            raised_at: raise.at,
            summary: raise.summary,
            closed_at: None,
            closed_by: None,
            closing: None,
        };
        self.store.add_alert(&row).await?;
        Ok(id)
    }

    /// Something sealed was altered: whoever opened it sees nothing, and an officer is told once,
    /// while the alert stands (I14, A-23).
    pub(crate) async fn raise_broken(
        &self,
        caller: &Caller,
        processing: &str,
        dossier: DossierId,
    ) -> Result<(), UseError> {
        self.alert_broken(processing, caller.office.office, dossier).await
    }

    /// Is such an alert about this agent still open?
    pub(crate) async fn is_alerted(
        &self,
        office: OfficeId,
        rule: &str,
        agent: AgentId,
    ) -> Result<bool, UseError> {
        let alerts = self.store.alerts(office, SHOWN).await?;
        Ok(alerts.iter().any(|a| a.closed_at.is_none() && a.rule == rule && a.agent == Some(agent)))
    }

    /// The same, found by a job (the sweep, the pass over deadlines).
    pub(crate) async fn alert_broken(
        &self,
        processing: &str,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<(), UseError> {
        let card = self.store.cards(office, &[dossier]).await?.into_iter().next();
        let which = card.map_or_else(String::new, |c| format!(" {}", c.number));
        let summary = format!(
            "Le contenu du dossier{which} a été modifié hors de l’application : il n’a pas été affiché."
        );
        let open = self.store.alerts(office, SHOWN).await?.into_iter().any(|a| {
            a.closed_at.is_none()
                && a.rule == INTEGRITY
                && a.processing == processing
                && a.summary == summary
        });
        if open {
            return Ok(());
        }
        let dossiers = Dossiers::one(dossier);
        let (rule, at) = (INTEGRITY, self.now());
        self.raise(Raise { office, processing, rule, agent: None, at, summary, dossiers }).await?;
        Ok(())
    }

    /// The alerts of a processing and of the installation, open ones first.
    pub async fn alerts(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<AlertLine>, UseError> {
        self.alerts_power(caller, processing, Operation::TraceRead).await?;
        let mut line = self.line(caller, processing, Operation::TraceRead);
        line.detail.insert("objet".to_owned(), "alertes".to_owned());
        self.trace(line).await?;
        let mut rows = self.caught_up().await.alerts(caller.office.office, SHOWN).await?;
        rows.retain(|a| a.processing == processing || a.processing == INSTALLATION);
        let named: BTreeSet<AgentId> =
            rows.iter().flat_map(|a| [a.agent, a.closed_by]).flatten().collect();
        let who = self.store.who(&named).await?;
        let name = |id: AgentId| who.get(&id).cloned().unwrap_or_default();
        Ok(rows
            .into_iter()
            .map(|a| AlertLine {
                id: a.id,
                title: rule_label(&a.rule).to_owned(),
                rule: a.rule,
                summary: a.summary,
                agent: a.agent.map(|id| {
                    let (name, service) = name(id);
                    (id, name, service)
                }),
                raised_at: a.raised_at,
                closable: a.closed_at.is_none() && a.agent != Some(caller.actor.agent),
                closed: a.closed_at.map(|at| {
                    let closing = a.closing.unwrap_or_default();
                    let (code, note) = closing.split_once('\n').unwrap_or((&closing, ""));
                    let finding = FINDINGS.iter().find(|f| f.0 == code).map_or(code, |f| f.1);
                    Closing {
                        at,
                        by: a.closed_by.map(|id| name(id).0).unwrap_or_default(),
                        finding: finding.to_owned(),
                        note: note.to_owned(),
                    }
                }),
            })
            .collect())
    }

    /// How many alerts wait for the caller; none for who does not close any. Counts nothing of a
    /// dossier: no line.
    pub async fn open_alerts(&self, caller: &Caller, processing: &str) -> Result<u64, UseError> {
        let register = &self.processed(processing)?.register;
        if !caller.can(register, Power::Alerts) {
            return Ok(0);
        }
        let of = [processing, INSTALLATION];
        Ok(self.store.open_alerts_of(caller.office.office, &of).await?)
    }

    /// Closes an alert with a finding of the closed list and a short remark.
    pub async fn close_alert(
        &self,
        caller: &Caller,
        processing: &str,
        id: AlertId,
        finding: &str,
        note: &str,
    ) -> Result<(), UseError> {
        self.alerts_power(caller, processing, Operation::AlertClosed).await?;
        let note = note.trim();
        let mut wrong = Vec::new();
        if !FINDINGS.iter().any(|f| f.0 == finding) {
            wrong.push("Choisissez le constat.".to_owned());
        }
        if note.chars().count() > LONGEST_NOTE {
            wrong.push(format!("La remarque dépasse {LONGEST_NOTE} caractères."));
        }
        if !wrong.is_empty() {
            return Err(UseError::Invalid(wrong));
        }
        let office = caller.office.office;
        let alert = self
            .store
            .alerts(office, u32::MAX)
            .await?
            .into_iter()
            .find(|a| a.id == id && (a.processing == processing || a.processing == INSTALLATION))
            .ok_or(UseError::NotFound)?;
        let mut line = self.line(caller, processing, Operation::AlertClosed);
        line.detail.insert("alerte".to_owned(), id.to_string());
        line.detail.insert("constat".to_owned(), finding.to_owned());
        if alert.agent == Some(caller.actor.agent) {
            // Nobody judges their own reading (X-24: « someone must close »).
            line.outcome = huis_trace::Outcome::Refused { rule: "propre-alerte".to_owned() };
            self.trace(line).await?;
            return Err(UseError::Refused("propre-alerte".to_owned()));
        }
        if alert.closed_at.is_some() {
            return Err(UseError::Invalid(vec!["Cette alerte est déjà close.".to_owned()]));
        }
        self.trace(line).await?;
        let closing = format!("{finding}\n{note}");
        let by = caller.actor.agent;
        if self.store.close_alert(office, id, by, &closing, caller.now).await? {
            Ok(())
        } else {
            Err(UseError::Invalid(vec!["Cette alerte est déjà close.".to_owned()]))
        }
    }

    async fn alerts_power(
        &self,
        caller: &Caller,
        processing: &str,
        operation: Operation,
    ) -> Result<(), UseError> {
        let register = &self.processed(processing)?.register;
        match caller.power(register, Power::Alerts) {
            Ok(_) => Ok(()),
            Err(refusal) => self.refuse(caller, processing, operation, None, refusal).await,
        }
    }
}
