//! Replays the reading statements of a use case on an engine that counts: how many rows it steps
//! over, how many pages it reads. Counts, not times: they are the same on a busy machine.

use anyhow::{Context, Result, bail};
use huis_store::measure::Statement;
use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::place::Place;

/// What a use case costs its database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Statements that read.
    pub statements: u64,
    /// SQLite: instructions of its virtual machine. PostgreSQL: rows that came out of its nodes or
    /// were thrown away by them.
    pub steps: u64,
    /// Pages looked at, in memory or not.
    pub pages: u64,
}

/// Replays what reads among these statements.
pub fn cost(place: &Place, asked: &[Statement]) -> Result<Cost> {
    let reads: Vec<&Statement> = asked.iter().filter(|s| s.reads()).collect();
    let mut cost = match &place.database {
        None => sqlite(place, &reads)?,
        Some(url) => postgres(url, &reads)?,
    };
    cost.statements = reads.len() as u64;
    Ok(cost)
}

/// SQLite's own shell counts for each statement.
fn sqlite(place: &Place, reads: &[&Statement]) -> Result<Cost> {
    let mut script = String::from(".stats on\n");
    for (file, name) in [("keys.db", "keys"), ("trace.db", "trace")] {
        let file = place.folder.join(file);
        script.push_str(&format!("ATTACH '{}' AS {name};\n", file.display()));
    }
    for read in reads {
        // The shell wants one line a statement, so that its own words are told from SQL.
        let text: Vec<String> =
            read.written_out(false).lines().map(|l| l.trim().to_owned()).collect();
        script.push_str(&format!("{};\n", text.join(" ")));
    }
    let out = shell(
        Command::new("sqlite3").arg("-batch").arg("-readonly").arg(place.folder.join("data.db")),
        &script,
    )?;
    let all = |name: &str| {
        out.lines().filter_map(|l| l.strip_prefix(name)?.trim().parse::<u64>().ok()).collect()
    };
    let steps: Vec<u64> = all("Virtual Machine Steps:");
    let (hits, misses): (Vec<u64>, Vec<u64>) = (all("Page cache hits:"), all("Page cache misses:"));
    // The two first are the ATTACH.
    if steps.len() != reads.len() + 2 {
        bail!("sqlite3 a compté {} instructions pour {} requêtes", steps.len(), reads.len());
    }
    let read = |counts: &[u64]| counts.iter().skip(2).sum::<u64>();
    Ok(Cost { statements: 0, steps: read(&steps), pages: read(&hits) + read(&misses) })
}

/// PostgreSQL tells the rows and the pages of each node of the plan.
fn postgres(url: &str, reads: &[&Statement]) -> Result<Cost> {
    let mut script = String::from("SET search_path = huis_data, huis_keys, huis_trace;\n");
    for read in reads {
        script.push_str(&format!(
            "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, COSTS OFF, FORMAT JSON) {};\n",
            read.written_out(true)
        ));
    }
    let out = shell(
        Command::new("psql").args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]).arg(url),
        &script,
    )?;
    let mut cost = Cost::default();
    let plans = serde_json::Deserializer::from_str(&out).into_iter::<serde_json::Value>();
    for plan in plans {
        let plan = plan.context("plan")?;
        let root = plan.pointer("/0/Plan").context("plan")?;
        let count = |name: &str| root.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
        cost.pages += count("Shared Hit Blocks") + count("Shared Read Blocks");
        cost.steps += rows(root);
    }
    Ok(cost)
}

/// The rows that a node gave or threw away, with those of the nodes under it.
fn rows(node: &serde_json::Value) -> u64 {
    let count = |name: &str| node.get(name).and_then(serde_json::Value::as_f64).unwrap_or(0.0);
    let thrown: f64 =
        ["Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter"]
            .iter()
            .map(|name| count(name))
            .sum();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of rows")]
    let own = ((count("Actual Rows") + thrown) * count("Actual Loops").max(1.0)) as u64;
    let under = node.get("Plans").and_then(serde_json::Value::as_array);
    own + under.map_or(0, |plans| plans.iter().map(rows).sum())
}

fn shell(command: &mut Command, script: &str) -> Result<String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("sqlite3 ou psql : lancez « cargo xtask setup »")?;
    let mut input = child.stdin.take().context("entrée")?;
    let script = script.to_owned();
    let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
    let done = child.wait_with_output()?;
    writer.join().map_err(|_| anyhow::anyhow!("entrée"))??;
    let errors = String::from_utf8_lossy(&done.stderr);
    if !done.status.success() || !errors.trim().is_empty() {
        bail!("{}", errors.trim());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}
