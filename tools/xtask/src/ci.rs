//! `cargo xtask ci`: what continuous integration runs, and a developer before pushing.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{clauses, deny, generate, project, service, tidy};

/// All the stages, the quick ones first. A stage that fails does not hide the next: one run tells
/// all that is wrong.
pub fn run() -> Result<()> {
    setup()?;
    let mut stages = Stages::default();
    stages.run("format", || cargo(&["fmt", "--all", "--check"]));
    stages.run("tidy", tidy::run);
    stages.run("clauses", clauses::check);
    stages.run("gen", || generate::run(true));
    stages.run("deny", deny::graph);
    stages.run("clippy", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])
    });
    // The proofs that a handler which skips the trace does not compile (I2). The whole workspace,
    // so that the features of the dependencies, hence their builds, are those of the tests.
    stages.run("doctest", || cargo(&["test", "--doc", "--workspace", "--quiet"]));
    stages.run("tests", tests);
    stages.run("service", service::run);
    stages.verdict()
}

/// Installs what is missing.
pub fn setup() -> Result<()> {
    let started = Instant::now();
    command("bash", &["tools/setup.sh"], &[])?;
    announce("setup", started.elapsed(), true);
    Ok(())
}

/// One PostgreSQL for all the test processes, gone with this one.
fn tests() -> Result<()> {
    let postgres = huis_testkit::Postgres::start()?;
    command("cargo", &["nextest", "run", "--workspace"], &[("HUIS_TEST_POSTGRES", &postgres.url())])
}

fn cargo(arguments: &[&str]) -> Result<()> {
    command("cargo", arguments, &[])
}

fn command(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(project::root())
        .stdin(Stdio::null())
        .status()
        .with_context(|| program.to_owned())?;
    if !status.success() {
        bail!("{program} {} : {status}", arguments.join(" "));
    }
    Ok(())
}

#[derive(Default)]
struct Stages {
    done: Vec<(&'static str, Duration, bool)>,
}

impl Stages {
    fn run(&mut self, name: &'static str, stage: impl FnOnce() -> Result<()>) {
        let started = Instant::now();
        let result = stage();
        if let Err(error) = &result {
            eprintln!("{error:#}");
        }
        announce(name, started.elapsed(), result.is_ok());
        self.done.push((name, started.elapsed(), result.is_ok()));
    }

    fn verdict(&self) -> Result<()> {
        println!("──");
        for (name, took, good) in &self.done {
            announce(name, *took, *good);
        }
        let failed: Vec<&str> =
            self.done.iter().filter(|(_, _, good)| !good).map(|(name, ..)| *name).collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("en échec : {}", failed.join(", "))
    }
}

fn announce(name: &str, took: Duration, good: bool) {
    println!("{} {name:<9} {:>7.1} s", if good { "✓" } else { "✗" }, took.as_secs_f64());
}
