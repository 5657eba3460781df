//! Is the trace still what was written? The same verifier that an outsider runs on an export,
//! with the public key and the witness (X-24, I8).

use huis_register::Power;
use huis_trace::{Dossiers, Finding, Operation, Origin, Report, Verifier, witness};
use std::{
    io::{BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
};

use super::{By, export::Chunks};
use crate::{
    Huis, UseError,
    alerts::{LOG, Raise},
};

/// How much of the end of the witness's file is read to know what it holds already.
const TAIL: u64 = 65_536;

/// What the verification of one log says.
#[derive(Clone, Debug)]
pub struct LogReport {
    /// The log.
    pub log: String,
    /// What is told of it, or all that is wrong with it, in French.
    pub result: Result<Report, Vec<Finding>>,
}

/// What the verification of a processing's logs says.
#[derive(Clone, Debug, Default)]
pub struct TraceReport {
    /// Each log.
    pub logs: Vec<LogReport>,
}

impl TraceReport {
    /// Is nothing wrong?
    pub fn sound(&self) -> bool {
        self.logs.iter().all(|l| l.result.is_ok())
    }

    /// How many lines are there.
    pub fn lines(&self) -> u64 {
        self.logs.iter().filter_map(|l| l.result.as_ref().ok()).map(|r| r.lines).sum()
    }

    /// All that is wrong, log by log.
    pub fn findings(&self) -> impl Iterator<Item = (&str, &Finding)> {
        self.logs.iter().flat_map(|l| {
            let wrong = l.result.as_ref().err().into_iter().flatten();
            wrong.map(|f| (l.log.as_str(), f))
        })
    }
}

impl Huis {
    /// Verifies the logs of a processing and of the installation, against the witness's file when
    /// its text is given. What is wrong raises an alert that someone must close.
    pub async fn verify_trace(
        &self,
        by: By<'_>,
        processing: &str,
        witness: Option<&str>,
    ) -> Result<TraceReport, UseError> {
        self.allowed_by(by, processing, Power::Traces, Operation::TraceVerify).await?;
        let mut report = TraceReport::default();
        let logs = self.trace_logs(processing).await?;
        for log in &logs {
            let result = self.verify_log(log, witness).await?;
            report.logs.push(LogReport { log: log.clone(), result });
        }
        report.logs.extend(self.lost_logs(processing, &logs, witness));
        let wrong = report.findings().count();
        let mut line = self.line_by(by, processing, Operation::TraceVerify);
        let verdict = if report.sound() { "conforme" } else { "ecarts" };
        line.detail.insert("resultat".to_owned(), verdict.to_owned());
        line.detail.insert("journaux".to_owned(), report.logs.len().to_string());
        self.trace(line).await?;
        if wrong > 0 {
            self.raise_log(processing, wrong).await?;
        }
        Ok(report)
    }

    async fn verify_log(
        &self,
        log: &str,
        witness: Option<&str>,
    ) -> Result<Result<Report, Vec<Finding>>, UseError> {
        let mut verifier = Verifier::new(self.log_key.clone());
        let origin: Origin = log.parse().map_err(|_| UseError::NotFound)?;
        if let Some(term) = self.trace_term(origin.processing()) {
            verifier = verifier.term(term, self.now());
        }
        if let Some(heads) = witness {
            verifier = verifier.witnessed(heads);
        }
        let (send, chunks) = Chunks::pair();
        let read = tokio::task::spawn_blocking(move || verifier.verify(BufReader::new(chunks)));
        let (written, read) = tokio::join!(self.write_export(log, send), read);
        written?;
        read.map_err(|_| UseError::Internal("vérification"))
    }

    /// Logs that the witness has seen and that are no longer there at all.
    fn lost_logs(
        &self,
        processing: &str,
        logs: &[String],
        witness: Option<&str>,
    ) -> Vec<LogReport> {
        let heads = witness::last_heads(witness.unwrap_or_default(), &self.log_key);
        heads
            .into_iter()
            .filter(|h| h.origin.processing() == processing)
            .filter(|h| !logs.contains(&h.origin.to_string()))
            .map(|h| LogReport {
                log: h.origin.to_string(),
                result: Err(vec![Finding::Truncated { witnessed: h.size, found: 0 }]),
            })
            .collect()
    }

    /// One open alert is enough until it is closed.
    pub(crate) async fn raise_log(&self, processing: &str, wrong: usize) -> Result<(), UseError> {
        for office in self.store.offices().await? {
            let office = office.office;
            let known = self
                .store
                .alerts(office, 1_000)
                .await?
                .into_iter()
                .any(|a| a.closed_at.is_none() && a.rule == LOG && a.processing == processing);
            if !known {
                let s = if wrong > 1 { "s" } else { "" };
                let summary = format!(
                    "Le journal des accès ne se vérifie plus\u{a0}: {wrong} écart{s} constaté{s}."
                );
                let (at, dossiers) = (self.now(), Dossiers::None);
                let agent = None;
                self.raise(Raise { office, processing, rule: LOG, agent, at, summary, dossiers })
                    .await?;
            }
        }
        Ok(())
    }

    /// Appends to the witness's file the signed heads that it does not hold yet; tells how many.
    /// To be called each minute, on a file out of reach of whoever runs the server.
    pub async fn witness(&self, path: &Path) -> Result<u64, UseError> {
        let heads: Vec<String> = self.trace.heads().iter().map(witness::entry).collect();
        let path = path.to_owned();
        tokio::task::spawn_blocking(move || append(&path, &heads))
            .await
            .map_err(|_| UseError::Internal("témoin"))?
            .map_err(|_| UseError::Internal("fichier du témoin"))
    }
}

fn append(path: &Path, heads: &[String]) -> std::io::Result<u64> {
    let mut file = std::fs::OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let tail = String::from_utf8_lossy(&tail);
    let fresh: Vec<&String> = heads.iter().filter(|h| !tail.contains(h.as_str())).collect();
    for head in &fresh {
        file.write_all(head.as_bytes())?;
    }
    if !fresh.is_empty() {
        file.sync_data()?;
    }
    Ok(u64::try_from(fresh.len()).unwrap_or(u64::MAX))
}
