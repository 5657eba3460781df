//! The security of the installation as an organisation sees to it: the risks reviewed on a
//! date, the next review due; the procedure of grants approved on record, in versions, and read by
//! each agent before a grant opens anything.

use huis_kernel::{AgentId, Date, Instant, OfficeId};
use huis_register::Power;
use huis_store::{
    accounts::Duty,
    offices::OfficeRow,
    security::{ProcedureRow, RiskReviewRow},
};
use huis_trace::Operation;

use crate::{Caller, Huis, UseError};

/// How often the risks are reviewed at least.
const EVERY: &str = "securite.revue-risques";
/// The longest summary of a review, in characters.
const LONGEST_SUMMARY: usize = 4_000;
/// The longest procedure, in characters.
const LONGEST_PROCEDURE: usize = 20_000;
/// The longest name of who approved it, in characters.
const LONGEST_APPROVER: usize = 200;

/// A review of the risks, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskReview {
    /// When it was held.
    pub held_on: Date,
    /// When the next one is due.
    pub next_on: Date,
    /// What it found and decided.
    pub summary: String,
    /// Who recorded it.
    pub by: String,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// A version of the procedure of grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// From 1.
    pub version: u64,
    /// When it was approved.
    pub approved_on: Date,
    /// By whom.
    pub approver: String,
    /// Its text.
    pub body: String,
    /// How many agents have read this version.
    pub read_by: u64,
}

/// What the page of security shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Security {
    /// Reviews, the last first.
    pub reviews: Vec<RiskReview>,
    /// Versions of the procedure, the newest first.
    pub procedures: Vec<Procedure>,
    /// When the next review may be due at the latest, held today.
    pub latest: Option<Date>,
}

/// What security still asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// The risks were never reviewed.
    NeverReviewed,
    /// The review was due on that day.
    Overdue(Date),
    /// No procedure of grants is on record.
    NoProcedure,
}

impl Due {
    /// What is to be seen to, in French.
    pub fn words(self) -> String {
        match self {
            Self::NeverReviewed => "Aucune revue des risques n’est enregistrée.".to_owned(),
            Self::Overdue(on) => format!(
                "La revue des risques est en retard\u{a0}: elle était attendue le {}.",
                on.strftime("%d/%m/%Y")
            ),
            Self::NoProcedure => {
                "Aucune procédure d’habilitation approuvée n’est enregistrée.".to_owned()
            }
        }
    }
}

impl Huis {
    /// What security still asks for in an office: for those who watch over it, and the doctor.
    pub async fn security_due(&self, office: &OfficeRow) -> Result<Vec<Due>, UseError> {
        let mut due = Vec::new();
        match self.store.risk_reviews(office.office).await?.first() {
            None => due.push(Due::NeverReviewed),
            Some(last) if last.next_on < self.today(office) => due.push(Due::Overdue(last.next_on)),
            Some(_) => {}
        }
        if self.store.procedures(office.office).await?.is_empty() {
            due.push(Due::NoProcedure);
        }
        Ok(due)
    }

    /// Reviews and procedure, for the officer who answers for them.
    pub async fn security(&self, caller: &Caller, processing: &str) -> Result<Security, UseError> {
        self.allowed(caller, processing, &[Power::Alerts], Operation::RegisterRead).await?;
        let office = caller.office.office;
        let rows = self.store.risk_reviews(office).await?;
        let names = self.names_of(&rows.iter().map(|r| r.recorded_by).collect()).await?;
        let mut procedures = Vec::new();
        for row in self.store.procedures(office).await? {
            let read_by = self.store.acknowledged(office, row.version).await?;
            procedures.push(shown(row, read_by));
        }
        let reviews = rows.into_iter().map(|r| RiskReview {
            by: names.get(&r.recorded_by).cloned().unwrap_or_default(),
            held_on: r.held_on,
            next_on: r.next_on,
            summary: r.summary,
            recorded_at: r.recorded_at,
        });
        Ok(Security {
            reviews: reviews.collect(),
            procedures,
            latest: self.latest_review(caller.today),
        })
    }

    fn latest_review(&self, held_on: Date) -> Option<Date> {
        Some(self.law().delay(EVERY, held_on).ok()?.0.after(held_on))
    }

    /// Records a review of the risks, or tells all that is wrong with it.
    pub async fn record_risk_review(
        &self,
        caller: &Caller,
        processing: &str,
        held_on: Date,
        next_on: Date,
        summary: &str,
    ) -> Result<(), UseError> {
        self.allowed(caller, processing, &[Power::Alerts], Operation::SettingChanged).await?;
        let mut wrong = Vec::new();
        if held_on > caller.today {
            wrong.push("La revue n’a pas encore eu lieu\u{a0}: sa date est à venir.".to_owned());
        }
        if next_on <= held_on {
            wrong.push("La prochaine revue vient après celle-ci.".to_owned());
        } else if let Some(latest) = self.latest_review(held_on).filter(|l| next_on > *l) {
            let latest = latest.strftime("%d/%m/%Y");
            wrong.push(format!("La prochaine revue vient au plus tard le {latest}."));
        }
        let summary = text(summary, "le compte rendu", LONGEST_SUMMARY, &mut wrong);
        if !wrong.is_empty() {
            return Err(UseError::Invalid(wrong));
        }
        let (recorded_at, recorded_by) = (self.now(), caller.actor.agent);
        let row = RiskReviewRow {
            review: self.id16(),
            held_on,
            next_on,
            summary,
            recorded_at,
            recorded_by,
        };
        let mut line = self.line(caller, processing, Operation::SettingChanged);
        line.detail.insert("objet".to_owned(), "revue-risques".to_owned());
        line.detail.insert("du".to_owned(), held_on.to_string());
        let mut work = self.store.begin().await?;
        work.add_risk_review(caller.office.office, &row).await?;
        self.commit_told(work, vec![line]).await
    }

    /// Records a version of the procedure of grants. From then on every agent reads it before
    /// anything opens. Tells all that is wrong with it.
    pub async fn record_procedure(
        &self,
        caller: &Caller,
        processing: &str,
        approved_on: Date,
        approver: &str,
        body: &str,
    ) -> Result<(), UseError> {
        self.allowed(caller, processing, &[Power::Alerts], Operation::SettingChanged).await?;
        let mut wrong = Vec::new();
        if approved_on > caller.today {
            wrong.push("La date d’approbation est à venir.".to_owned());
        }
        let approver = text(approver, "qui l’a approuvée", LONGEST_APPROVER, &mut wrong);
        let body = text(body, "le texte de la procédure", LONGEST_PROCEDURE, &mut wrong);
        if !wrong.is_empty() {
            return Err(UseError::Invalid(wrong));
        }
        let office = caller.office.office;
        let last = self.store.procedures(office).await?.first().map_or(0, |p| p.version);
        let row = ProcedureRow {
            version: last + 1,
            approved_on,
            approver,
            body,
            recorded_at: self.now(),
            recorded_by: caller.actor.agent,
        };
        let mut line = self.line(caller, processing, Operation::SettingChanged);
        line.detail.insert("objet".to_owned(), "procedure-habilitation".to_owned());
        line.detail.insert("version".to_owned(), row.version.to_string());
        let mut work = self.store.begin().await?;
        work.add_procedure(office, &row).await?;
        // Who records it has it before them.
        work.acknowledge(office, caller.actor.agent, row.version, self.now()).await?;
        self.commit_told(work, vec![line]).await
    }

    /// Is there a version of the procedure that this agent has not read?
    pub(crate) async fn procedure_unread(
        &self,
        office: OfficeId,
        agent: AgentId,
    ) -> Result<bool, UseError> {
        let (version, read) = self.store.procedure_read(office, agent).await?;
        Ok(version > read)
    }

    /// The procedure in force, for any agent of the office to read.
    pub async fn procedure(&self, caller: &Caller) -> Result<Option<Procedure>, UseError> {
        let newest = self.store.procedures(caller.office.office).await?.into_iter().next();
        Ok(newest.map(|row| shown(row, 0)))
    }

    /// An agent has read a version of the procedure: the grant opens from the next request on.
    pub async fn acknowledge_procedure(
        &self,
        caller: &Caller,
        version: u64,
    ) -> Result<(), UseError> {
        let (office, agent) = (caller.office.office, caller.actor.agent);
        let (newest, _) = self.store.procedure_read(office, agent).await?;
        if newest != version || version == 0 {
            let newer = "La procédure a changé entre-temps\u{a0}: relisez-la.";
            return Err(UseError::Invalid(vec![newer.to_owned()]));
        }
        let row = self.store.agent(agent).await?;
        let mut work = self.store.begin().await?;
        work.acknowledge(office, agent, version, self.now()).await?;
        if row.is_some_and(|r| r.duties.committed_on.is_none()) {
            work.set_duty(agent, Duty::Committed, caller.today).await?;
        }
        let lines = self.processed.keys().map(|processing| {
            let mut line = self.line(caller, processing, Operation::GrantReviewed);
            line.detail.insert("objet".to_owned(), "procedure-lue".to_owned());
            line.detail.insert("version".to_owned(), version.to_string());
            line
        });
        let lines = lines.collect();
        self.commit_told(work, lines).await
    }
}

fn shown(row: ProcedureRow, read_by: u64) -> Procedure {
    Procedure {
        version: row.version,
        approved_on: row.approved_on,
        approver: row.approver,
        body: row.body,
        read_by,
    }
}

/// A text that must be there, and fit.
fn text(typed: &str, what: &str, most: usize, wrong: &mut Vec<String>) -> String {
    let typed = typed.trim();
    match typed.chars().count() {
        0 => wrong.push(format!("Écrivez {what}.")),
        n if n > most => wrong.push(format!("Trop long\u{a0}: {what} tient en {most} caractères.")),
        _ => {}
    }
    typed.to_owned()
}
