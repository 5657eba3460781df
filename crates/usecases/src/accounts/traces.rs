use huis_kernel::{AgentId, Instant, SessionId};
use huis_store::Work;
use huis_trace::{Authority, Line, Operation, Outcome};

use crate::{Huis, UseError, accounts::state::Standing, start::INSTALLATION};

/// The purpose of every line about signing in.
const PURPOSE: &str = "securite";

/// What is to be told of a sign-in, whatever the logs it is filed in.
pub(super) struct Told<'a> {
    pub operation: Operation,
    pub authority: Authority,
    pub session: Option<SessionId>,
    pub address: Option<&'a str>,
    pub outcome: Outcome,
    pub detail: Vec<(&'static str, String)>,
}

impl<'a> Told<'a> {
    /// Something done by the person whose account it is.
    pub const fn by(agent: AgentId, operation: Operation) -> Self {
        let authority = Authority::Agent { agent, grant: None };
        Self::new(operation, authority)
    }

    /// Something done by nobody that was recognised.
    pub const fn by_nobody(operation: Operation) -> Self {
        Self::new(operation, Authority::System)
    }

    const fn new(operation: Operation, authority: Authority) -> Self {
        Self {
            operation,
            authority,
            session: None,
            address: None,
            outcome: Outcome::Done,
            detail: Vec::new(),
        }
    }

    pub const fn from(mut self, address: &'a str) -> Self {
        self.address = Some(address);
        self
    }

    pub const fn in_session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }

    pub fn refused(mut self, rule: &str) -> Self {
        self.outcome = Outcome::Refused { rule: rule.to_owned() };
        self
    }

    pub fn with(mut self, key: &'static str, code: impl ToString) -> Self {
        self.detail.push((key, code.to_string()));
        self
    }

    fn line(&self, processing: &str, at: Instant) -> Line {
        let mut line = Line::new(at, self.authority.clone(), processing, PURPOSE, self.operation);
        line.session = self.session;
        line.address = self.address.map(str::to_owned);
        line.outcome = self.outcome.clone();
        for (key, code) in &self.detail {
            line.detail.insert((*key).to_owned(), code.clone());
        }
        line
    }
}

impl Huis {
    /// The lines of one event, one for each processing in which the account has a grant: a
    /// sign-in is kept as long as what it opens (settlement 1). Without a grant, or an account:
    /// the installation's own log.
    pub(super) fn told_lines(&self, told: &Told<'_>, standing: Option<&Standing>) -> Vec<Line> {
        let now = self.now();
        let of = |s: &Standing| s.grants.iter().map(|g| g.processing.clone()).collect();
        let mut logs: Vec<String> = standing.map(of).unwrap_or_default();
        logs.retain(|processing| self.processed.contains_key(processing));
        logs.sort_unstable();
        logs.dedup();
        if logs.is_empty() {
            logs.push(INSTALLATION.to_owned());
        }
        logs.iter().map(|processing| told.line(processing, now)).collect()
    }

    /// Makes the lines of one event durable.
    pub(super) async fn tell(
        &self,
        told: Told<'_>,
        standing: Option<&Standing>,
    ) -> Result<(), UseError> {
        let lines = self.told_lines(&told, standing);
        let receipts = self.trace.write_all(lines.clone()).await?;
        for (receipt, line) in receipts.iter().zip(&lines) {
            self.watch(receipt, line).await;
        }
        Ok(())
    }

    /// Commits a change together with its lines, then chains them.
    pub(crate) async fn commit_told(
        &self,
        mut work: Work,
        lines: Vec<Line>,
    ) -> Result<(), UseError> {
        let mut entries = Vec::with_capacity(lines.len());
        for mut line in lines {
            entries.push((self.beside(&mut work, &mut line).await?, line));
        }
        work.commit().await?;
        self.chain(entries).await;
        Ok(())
    }
}
