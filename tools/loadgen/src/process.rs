//! A server that is measured, as a process of its own.

use anyhow::{Context, Result, bail};
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::client::Client;

/// A running server, ended with its handle.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// How long it took from the start to its first page.
    pub first_page: Duration,
}

impl Server {
    /// Starts a server and waits for its first page.
    pub async fn start(program: &Path, arguments: &[String]) -> Result<Self> {
        let address = free_address()?;
        let started = Instant::now();
        let child = Command::new(program)
            .args(arguments)
            .arg("--listen")
            .arg(address.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| program.display().to_string())?;
        let mut server = Self { child, address, first_page: Duration::ZERO };
        while started.elapsed() < Duration::from_secs(60) {
            if let Some(status) = server.child.try_wait()? {
                bail!("{} s'est arrêté ({status})", program.display());
            }
            if let Ok(mut client) = Client::open(address).await
                && client.get("/connexion").await.is_ok()
            {
                server.first_page = started.elapsed();
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bail!("{} ne répond pas", program.display())
    }

    /// The memory that it holds, in MiB: now, and at its highest.
    pub fn memory_mib(&self) -> Result<(f64, f64)> {
        memory_mib(self.child.id())
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whatever state it is in, it goes with its handle.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The memory that a process holds, in MiB: now, and at its highest.
pub fn memory_mib(process: u32) -> Result<(f64, f64)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let of = |name: &str| -> Option<f64> {
        let line = status.lines().find(|l| l.starts_with(name))?;
        Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
    };
    Ok((of("VmRSS:").context("VmRSS")?, of("VmHWM:").context("VmHWM")?))
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
