//! `cargo xtask service`: the unit of `deploy/` under a real systemd. This machine's own system is
//! booted anew in a container, from its `/usr`, with an empty `/etc` and `/var`, and no network; the
//! operator's guide is played in it as written, then what the unit promises is looked at.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::project::root;

/// What the unit promises (X-17, X-19, X-20, X-22), each a script that says nothing when it holds.
const PROMISES: &[(&str, &str)] = &[
    ("elle dit qu’elle est prête", "until_ready"),
    (
        "elle tourne sans privilège, sous son utilisateur",
        r#"[ "$(stat -c %U "/proc/$(main)")" = huis ]
           grep -qx 'CapEff:.0000000000000000' "/proc/$(main)/status"
           grep -qx 'CapBnd:.0000000000000000' "/proc/$(main)/status"
           grep -qx 'NoNewPrivs:.1' "/proc/$(main)/status""#,
    ),
    (
        "de son système, elle n’écrit que deux dossiers",
        r#"for folder in /usr/local/bin /etc/huis /etc/huis/secrets /etc /root; do
             refused nsenter -m -t "$(main)" touch "$folder/essai"
           done
           nsenter -m -t "$(main)" touch /var/lib/huis/essai /srv/huis/sauvegardes/essai
           rm /var/lib/huis/essai /srv/huis/sauvegardes/essai"#,
    ),
    (
        "nul autre ne lit ses fichiers, et tous sont à elle",
        r#"refused setpriv --reuid=65534 --regid=65534 --clear-groups ls /var/lib/huis
           refused setpriv --reuid=65534 --regid=65534 --clear-groups cat /etc/huis/reglages
           [ -z "$(find /var/lib/huis /srv/huis/* /etc/huis/secrets \( -perm /077 -o ! -user huis \))" ]"#,
    ),
    (
        "la clé racine se renouvelle",
        r#"before=$(cat /etc/huis/secrets/cle-racine)
           huis-commande keys rotate
           [ "$before" != "$(cat /etc/huis/secrets/cle-racine)" ]
           systemctl restart huis
           until_ready
           huis-commande doctor"#,
    ),
    (
        "la sauvegarde du jour est faite, et se restaure",
        r#"for _ in $(seq 100); do ls /srv/huis/sauvegardes/*.age >/dev/null 2>&1 && break; sleep 0.2; done
           huis-commande drill --from /srv/huis/sauvegardes --keys /srv/huis/sauvegardes-des-cles \
             --passphrase-file /etc/huis/secrets/sauvegardes"#,
    ),
    (
        "tuée, elle revient",
        r#"kill -9 "$(main)"
           restarted 1"#,
    ),
    (
        "figée, elle est tuée et revient",
        r#"mkdir -p /run/systemd/system/huis.service.d
           printf '[Service]\nWatchdogSec=3\n' >/run/systemd/system/huis.service.d/essai.conf
           systemctl daemon-reload
           systemctl restart huis
           until_ready
           kill -STOP "$(main)"
           restarted 1
           journalctl -q -u huis >/tmp/journal
           grep -q 'Watchdog timeout' /tmp/journal"#,
    ),
    (
        "arrêtée, elle finit ce qu’elle a commencé",
        r#"systemctl stop huis
           [ "$(systemctl show -P Result huis)" = success ]
           [ "$(systemctl show -P ExecMainStatus huis)" = 0 ]"#,
    ),
    (
        "mal réglée, elle le dit, et n’essaie pas sans fin",
        r#"cp -p /etc/huis/reglages /tmp/reglages
           sed -i 's/cle-racine/cle-perdue/' /etc/huis/reglages
           refused systemctl start huis
           [ "$(systemctl show -P ActiveState huis)" = failed ]
           [ "$(systemctl show -P ExecMainStatus huis)" = 78 ]
           journalctl -q -u huis -n 5 >/tmp/journal
           grep -q cle-perdue /tmp/journal
           cp -p /tmp/reglages /etc/huis/reglages
           systemctl start huis
           until_ready
           systemctl stop huis"#,
    ),
];

/// What the scripts share.
const WORDS: &str = r#"
refused() { if "$@" 2>/dev/null; then echo "permis : $*"; return 1; fi; }
main() { systemctl show -P MainPID huis; }
ready() (
  exec 3<>/dev/tcp/127.0.0.1/8443
  printf 'GET /sante/pret HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
  grep -q '^pret' <&3
) 2>/dev/null
until_ready() { for _ in $(seq 150); do ready && return 0; sleep 0.2; done; return 1; }
restarted() {
  for _ in $(seq 150); do
    [ "$(systemctl show -P NRestarts huis)" -ge "$1" ] && ready && return
    sleep 0.2
  done
  return 1
}
"#;

/// Plays the guide, then looks at each promise; all that fails is told.
pub fn run() -> Result<()> {
    let Some(machine) = boot()? else {
        println!(
            "service   : ce système ne démarre pas dans un conteneur ici, rien n’a été essayé"
        );
        return Ok(());
    };
    let guide = fs::read_to_string(root().join("docs/exploitation.md"))?;
    let blocks = huis_testkit::blocks(&guide, "service")?;
    if blocks.len() < 2 {
        bail!("le guide a perdu ses commandes de service");
    }
    for block in blocks {
        machine
            .plays(&block.text)
            .with_context(|| format!("docs/exploitation.md:{}", block.line))?;
    }
    let mut failed = Vec::new();
    for (promise, script) in PROMISES {
        let held = machine.plays(script);
        println!("{} {promise}", if held.is_ok() { "✓" } else { "✗" });
        if let Err(error) = held {
            eprintln!("{error:#}");
            failed.push(*promise);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    let journal = machine.enter(&["journalctl", "-q", "-u", "huis", "-n", "40"])?;
    eprintln!("{}", String::from_utf8_lossy(&journal.stdout));
    bail!("n’est pas tenu : {}", failed.join(" ; "))
}

/// A system that runs in a container, gone with this.
struct Machine {
    container: Child,
    /// Its first process, seen from here.
    init: String,
}

/// Boots it; nothing where a container of a whole system cannot be made (without root, or within
/// another container).
fn boot() -> Result<Option<Machine>> {
    // As the tests have built it: alone, it would be built again with other features.
    let built = Command::new("cargo")
        .args(["test", "--no-run", "--quiet", "--workspace"])
        .current_dir(root())
        .status()
        .context("cargo build")?;
    if !built.success() {
        bail!("cargo build : {built}");
    }
    let program = root().join("target/debug/huis");
    let shown = |from: &Path, to: &str| format!("--bind-ro={}:{to}", from.display());
    let started = Command::new("systemd-nspawn")
        .args(["--quiet", "--directory=/", "--volatile=yes", "--boot", "--register=no"])
        .args(["--keep-unit", "--console=pipe", "--private-network", "--machine=huis-essai"])
        .arg("--tmpfs=/usr/local/bin")
        .arg(shown(&program, "/mnt/huis"))
        .arg(shown(&root().join("deploy"), "/mnt/deploy"))
        // It waits for no network, asks nothing, and starts nothing else.
        .args(["systemd.mask=systemd-networkd-wait-online.service", "systemd.firstboot=off"])
        .args(["systemd.mask=podman-restart.service", "systemd.mask=postgresql.service"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(container) = started else { return Ok(None) };
    let mut machine = Machine { container, init: String::new() };
    let id = machine.container.id();
    let patience = Instant::now();
    while patience.elapsed() < Duration::from_secs(60) {
        if machine.container.try_wait()?.is_some() {
            return Ok(None);
        }
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        machine.init = children.unwrap_or_default().trim().to_owned();
        // A system that is up, whatever else of this machine did not start in it.
        let state = machine.enter(&["systemctl", "is-system-running"])?;
        if matches!(state.stdout.trim_ascii(), b"running" | b"degraded") {
            return Ok(Some(machine));
        }
        sleep(Duration::from_millis(200));
    }
    Ok(None)
}

impl Machine {
    /// A command of its root.
    fn enter(&self, command: &[&str]) -> Result<Output> {
        Command::new("nsenter")
            .args(["-t", &self.init, "-m", "-u", "-i", "-n", "-p", "-r", "-w", "env", "-i"])
            .args(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG=C.UTF-8"])
            .args(command)
            .stdin(Stdio::null())
            .output()
            .context("nsenter")
    }

    /// A script, in the folder where the program and `deploy/` were put.
    fn plays(&self, script: &str) -> Result<()> {
        let script = format!("cd /mnt\n{WORDS}\n{script}");
        let done = self.enter(&["bash", "-euo", "pipefail", "-c", &script])?;
        if done.status.success() {
            return Ok(());
        }
        let told = [done.stdout, done.stderr].concat();
        bail!("{} : {}", done.status, String::from_utf8_lossy(&told).trim())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // With its first process all the others end; killed alone, what started it leaves them there.
        if !self.init.is_empty() {
            let _ = Command::new("kill").args(["-9", &self.init]).status();
        }
        let _ = self.container.kill();
        let _ = self.container.wait();
    }
}
