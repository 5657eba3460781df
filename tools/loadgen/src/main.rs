//! `huis-loadgen`: what `cargo xtask bench` runs.

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use huis_loadgen::{bench::Bench, place::Place, postgres::Postgres, raw};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

/// As the program that is measured has it: the baseline must not be slower for another reason.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Mesures de Huis.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Mesure des rapports.
    Bench(Options),
    /// Sert les mêmes lignes sans la garde : le terme de comparaison.
    Raw {
        #[command(flatten)]
        served: Served,
        #[arg(long)]
        pages: PathBuf,
    },
    /// Sert les écrans de Huis sans sa presse : `huis serve` sans attendre que typst soit bâti.
    Screens {
        #[command(flatten)]
        served: Served,
    },
}

/// What a server of this tool is told.
#[derive(clap::Args)]
struct Served {
    #[arg(long)]
    data: PathBuf,
    #[arg(long)]
    database: Option<String>,
    #[arg(long)]
    listen: SocketAddr,
}

#[derive(clap::Args)]
struct Options {
    /// Nombres de dossiers, du plus petit au plus grand.
    #[arg(long, value_delimiter = ',', default_values_t = [5_000, 50_000])]
    sizes: Vec<usize>,
    /// Un serveur PostgreSQL aux commits durables, à la place de SQLite : postgres://hôte:port.
    #[arg(long)]
    postgres: Option<String>,
    /// Seulement les points dont le nom commence ainsi.
    #[arg(long)]
    only: Option<String>,
    /// Tours de chaque mesure.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Les écrans servis par ce programme plutôt que par « huis serve » : sans typst à bâtir.
    #[arg(long)]
    screens: bool,
    /// Où les installations mesurées sont gardées.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<()> {
    match command {
        Command::Bench(options) => bench(options).await,
        Command::Raw { served: Served { data, database, listen }, pages } => {
            let place = Place { folder: data, database, size: 0 };
            raw::serve(place.open("mesure-brute").await?, &pages, listen).await
        }
        Command::Screens { served: Served { data, database, listen } } => {
            let place = Place { folder: data, database, size: 0 };
            let app = huis_web::app(place.open("mesure-serveur").await?, false, false);
            let listener = tokio::net::TcpListener::bind(listen).await?;
            let app = app.into_make_service_with_connect_info::<SocketAddr>();
            Ok(axum::serve(listener, app).await?)
        }
    }
}

async fn bench(options: Options) -> Result<()> {
    let loadgen = std::env::current_exe()?;
    let huis = loadgen.with_file_name("huis");
    let folder = std::path::absolute(&options.folder)?;
    let postgres = options.postgres.map(|base| Postgres { base });
    let mut places = Vec::new();
    for size in options.sizes {
        let engine = if postgres.is_some() { "postgres" } else { "sqlite" };
        let folder = folder.join(format!("{size}-{engine}"));
        let database = postgres.as_ref().map(|p| p.named(&format!("bench_{size}"))).transpose()?;
        let place = Place { folder, database, size };
        if let Some(p) = postgres.as_ref().filter(|_| !place.is_whole()) {
            p.emptied(&format!("bench_{size}"))?;
        }
        let made = place
            .prepare(|done, of| {
                if done % 1_000 == 0 {
                    eprint!("\r{done}/{of} dossiers");
                }
            })
            .await
            .with_context(|| format!("préparation de {size} dossiers"))?;
        if let Some(took) = made {
            eprintln!("\r{size} dossiers préparés en {:.1} s", took.as_secs_f64());
        }
        places.push(place);
    }
    let mut bench = Bench {
        huis,
        loadgen,
        screens: options.screens,
        places,
        scratch: folder.join("copie"),
        only: options.only,
        rounds: options.rounds.max(1),
        postgres,
        found: Vec::new(),
    };
    bench.run().await?;
    let missed = bench.found.iter().filter(|r| r.holds() == Some(false)).count();
    println!("\n{} rapports, {missed} hors de ce qui est demandé", bench.found.len());
    Ok(())
}
