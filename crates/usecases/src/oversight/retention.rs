//! What the sweep will do by a date, before it does it, and what it has done. Counts
//! and numbers, no personal datum.

use huis_kernel::{CaseNumber, Date, Instant, OfficeId};
use huis_register::Power;
use huis_store::{lifecycle::DueRow, oversight::Perimeter};
use huis_trace::{Dossiers, Operation};
use std::collections::BTreeSet;

use crate::{Caller, Certificate, Huis, PlanLine, UseError, oversight::Deposited};

/// How many dossiers the plan names.
const NAMED: u32 = 200;
/// How many certificates are shown.
const CERTIFICATES: u32 = 50;

/// A dossier that a step awaits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedCard {
    /// Number.
    pub number: CaseNumber,
    /// Retention unit.
    pub unit: String,
    /// `archive` or `destroy`; `alert` when the event that starts its term is late.
    pub step: String,
    /// The day.
    pub on: Date,
}

impl From<DueRow> for PlannedCard {
    fn from(row: DueRow) -> Self {
        Self { number: row.card.number, unit: row.unit, step: row.step, on: row.on }
    }
}

/// A certificate of destruction, or the record of a deposit to the public archives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateLine {
    /// When it was made.
    pub at: Instant,
    /// What was destroyed: counts and rule names.
    pub certificate: Option<Certificate>,
    /// What was deposited.
    pub deposit: Option<Deposited>,
    /// Its place in the signed log.
    pub proof: String,
}

/// What will be archived and destroyed by a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionPlan {
    /// The processing.
    pub processing: String,
    /// The date.
    pub at: Date,
    /// Counts by retention unit and step.
    pub lines: Vec<PlanLine>,
    /// Units whose starting event is late: alerts (I6).
    pub waiting: u64,
    /// The first of them, by the day since when they are.
    pub late: Vec<PlannedCard>,
    /// Dossiers that a hold keeps.
    pub held: u64,
    /// The first that a step awaits, by date.
    pub first: Vec<PlannedCard>,
    /// Past destructions, newest first.
    pub certificates: Vec<CertificateLine>,
}

impl Huis {
    /// The plan for a date, within the caller's perimeter.
    pub async fn retention_plan(
        &self,
        caller: &Caller,
        processing: &str,
        at: Date,
    ) -> Result<RetentionPlan, UseError> {
        self.retention_plan_as(caller, processing, at, Operation::List).await
    }

    /// As [`Huis::retention_plan`], for a screen or for a file.
    pub(crate) async fn retention_plan_as(
        &self,
        caller: &Caller,
        processing: &str,
        at: Date,
        operation: Operation,
    ) -> Result<RetentionPlan, UseError> {
        let powers = [Power::Retention];
        let mine = self.allowed(caller, processing, &powers, operation).await?;
        let office = caller.office.office;
        let (plan, dossiers) = self.plan_of(office, processing, &mine, at, caller.today).await?;
        let mut line = self.line(caller, processing, operation);
        line.dossiers = dossiers;
        line.detail.insert("liste".to_owned(), "conservation".to_owned());
        line.detail.insert("date".to_owned(), at.to_string());
        self.trace(line).await?;
        Ok(plan)
    }

    /// The plan of an office for a date, for the operator's command. Traced as the page is.
    pub async fn retention_plan_of(
        &self,
        office: OfficeId,
        processing: &str,
        at: Date,
    ) -> Result<RetentionPlan, UseError> {
        let offices = self.store.offices().await?;
        let row = offices.iter().find(|o| o.office == office).ok_or(UseError::NotFound)?;
        let today = self.today(row);
        let (plan, dossiers) = self.plan_of(office, processing, &[], at, today).await?;
        let mut line = self.job_line(processing, "conservation", Operation::AdminCommand);
        line.dossiers = dossiers;
        line.detail.insert("date".to_owned(), at.to_string());
        self.trace(line).await?;
        Ok(plan)
    }

    /// Applies what is due, for the operator's command: traced whatever it finds to do.
    pub async fn apply_retention(&self) -> Result<crate::SweepReport, UseError> {
        let job = "conservation";
        let mut line = self.job_line(crate::start::INSTALLATION, job, Operation::AdminCommand);
        line.detail.insert("commande".to_owned(), job.to_owned());
        self.trace(line).await?;
        self.sweep().await
    }

    async fn plan_of(
        &self,
        office: OfficeId,
        processing: &str,
        territories: &[String],
        at: Date,
        today: Date,
    ) -> Result<(RetentionPlan, Dossiers), UseError> {
        self.processed(processing)?;
        let perimeter = Perimeter { office, processing, territories };
        let planned = self.store.planned(perimeter, at).await?;
        let (alerts, steps): (Vec<_>, Vec<_>) =
            planned.into_iter().partition(|(_, step, _)| step == "alert");
        let first = self.store.first_planned(perimeter, at, NAMED).await?;
        let late = self.store.first_late(perimeter, at, NAMED).await?;
        let named: BTreeSet<_> = first.iter().chain(&late).map(|d| d.card.dossier).collect();
        let dossiers = Dossiers::List(named.into_iter().collect());
        let plan = RetentionPlan {
            processing: processing.to_owned(),
            at,
            lines: steps
                .into_iter()
                .map(|(unit, step, count)| PlanLine { unit, step, count })
                .collect(),
            waiting: alerts.iter().map(|a| a.2).sum(),
            held: self.store.held(perimeter, today).await?,
            late: late.into_iter().map(PlannedCard::from).collect(),
            first: first.into_iter().map(PlannedCard::from).collect(),
            certificates: self
                .store
                .certificates(office, CERTIFICATES)
                .await?
                .into_iter()
                .map(|(at, body, proof)| CertificateLine {
                    at,
                    certificate: serde_json::from_str(&body).ok(),
                    deposit: serde_json::from_str(&body).ok(),
                    proof,
                })
                .collect(),
        };
        Ok((plan, dossiers))
    }
}
