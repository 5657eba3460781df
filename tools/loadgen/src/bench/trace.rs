//! Verifying a log offline, on one core: lines a second, against reading the same export line by
//! line as JSON and hashing it.

use anyhow::{Context, Result};
use huis_kernel::{AgentId, DossierId, GrantId, Instant, SeededRng, SessionId};
use huis_trace::{
    Authority, Batch, Dossiers, Line, LineStore, Log, LogSigner, LogState, Operation, Origin,
    SectionFields, Writer,
    export::{Exporter, Header},
    verify,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

use super::Bench;
use crate::figures::{Asked, Figures};

/// Lines of the log.
const LINES: usize = 200_000;
/// Lines a commit.
const GROUP: usize = 2_000;

/// What the writer writes, kept to be exported.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Batch>>>);

impl LineStore for Kept {
    type Error = ();

    async fn persist(&self, batches: &[Batch]) -> Result<(), ()> {
        self.0.lock().await.extend_from_slice(batches);
        Ok(())
    }

    async fn state(&self, _: &Origin) -> Result<LogState, ()> {
        Ok(LogState::empty())
    }
}

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let runtime = tokio::runtime::Handle::current();
    let (export, key) = tokio::task::block_in_place(|| runtime.block_on(export()))?;
    let (mut took, mut plain) = (Figures::new(), Figures::new());
    for _ in 0..bench.rounds.max(3) {
        let started = std::time::Instant::now();
        let report = verify(export.as_slice(), &key);
        took.add_ms(started.elapsed());
        let report = report.map_err(|f| anyhow::anyhow!("{} fautes", f.len()))?;
        anyhow::ensure!(report.lines == LINES as u64, "lignes");
        plain.add_ms(parsed(&export)?);
    }
    #[expect(clippy::cast_precision_loss, reason = "some hundred thousand lines")]
    let per_second = |ms: f64| LINES as f64 / (ms / 1_000.0);
    bench.tell(
        None,
        "journal vérifié hors ligne",
        format!(
            "{:.0} lignes/s sur un cœur ({LINES} lignes, {} Mio) ; la même lecture en JSON seule : {:.0} lignes/s ; rapport à 500 000 lignes/s",
            per_second(took.median()),
            export.len() / (1024 * 1024),
            per_second(plain.median())
        ),
        per_second(took.median()) / 500_000.0,
        Asked::AtLeast(1.0),
    );
    Ok(())
}

/// Reads each line as JSON, and no more.
fn parsed(export: &[u8]) -> Result<Duration> {
    let started = std::time::Instant::now();
    for line in export.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
        let _: serde_json::Value = serde_json::from_slice(line).context("JSON")?;
    }
    Ok(started.elapsed())
}

/// A log of the lines that readings leave, over some days.
async fn export() -> Result<(Vec<u8>, huis_trace::LogKey)> {
    let rng = Arc::new(SeededRng::new(7));
    let signer = Arc::new(LogSigner::from_seed("mesure".to_owned(), &[9; 32])?);
    let key = signer.public();
    let origin = Origin::new("mesure", "expulsion", "un")?;
    let log = Log::open(signer, origin.clone(), LogState::empty(), rng.clone())?;
    let kept = Kept::default();
    let mut writer = Writer::new([log])?;
    let agents: Vec<AgentId> = (0..40).map(|_| AgentId::random(&*rng)).collect();
    let mut at = 1_790_000_000_000_i64;
    let mut lines = Vec::with_capacity(GROUP);
    for n in 0..LINES {
        at += 900;
        let agent = agents.get(n % agents.len()).copied().context("agent")?;
        let authority = Authority::Agent { agent, grant: Some(GrantId::random(&*rng)) };
        let mut line = Line::new(Instant(at), authority, "expulsion", "procedure", Operation::Read);
        line.session = Some(SessionId::random(&*rng));
        line.address = Some("192.0.2.10".to_owned());
        line.dossiers = Dossiers::one(DossierId::random(&*rng));
        line.sections = ["occupant", "local", "dette", "diagnostic"]
            .into_iter()
            .map(|section| SectionFields {
                section: section.to_owned(),
                occurrence: Some(1),
                fields: ["nom", "prenom", "commune"].map(str::to_owned).into_iter().collect(),
            })
            .collect();
        lines.push(line);
        if lines.len() == GROUP {
            writer.write(&kept, std::mem::take(&mut lines)).await?;
        }
    }
    let head = writer.heads().into_iter().next();
    let header = Header { origin, key: key.clone(), exported_at: Instant(at), term: None };
    let mut exporter = Exporter::begin(Vec::new(), &header)?;
    // A day's closure stands before its lines: closures are gathered first.
    let batches = kept.0.lock().await;
    let closures = batches.iter().flat_map(Batch::closures);
    let mut rows = batches.iter().flat_map(Batch::rows).peekable();
    for closed in closures {
        exporter.day(&closed.note, false)?;
        while let Some(row) = rows.next_if(|r| r.index < closed.closure.range.end()) {
            exporter.line(row.index, &row.leaf, row.leaf.hash())?;
        }
    }
    for row in rows {
        exporter.line(row.index, &row.leaf, row.leaf.hash())?;
    }
    Ok((exporter.end(head.as_ref())?, key))
}
