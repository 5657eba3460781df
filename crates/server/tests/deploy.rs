//! The program as a service of the machine and in a container: what `deploy/` says holds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;
mod program;

use common::http::Visitor;
use program::{demonstration, huis, in_repository};
use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

const USER: u32 = 10_001;

fn unit() -> String {
    fs::read_to_string(in_repository("deploy/huis.service")).unwrap()
}

/// The options that a command line of `deploy/` gives exist.
fn options_exist(command: &str) {
    let help = huis(&["serve", "--help"]).says;
    for option in command.split_whitespace().filter(|w| w.starts_with("--")) {
        assert!(help.contains(option), "{option} is no option of huis serve");
    }
}

/// A server that will not start as it is set says so to its supervisor, which does not try again; one
/// whose database is away for now is started again.
#[test]
fn what_is_wrongly_set_is_not_tried_again() {
    let (folder, data) = demonstration(1);
    let data = data.to_str().unwrap();
    let nothing = folder.path().join("vide");
    let serve = |more: &[&str]| {
        let ran = huis(&[&["serve", "--data", data], more].concat());
        (ran.code.unwrap(), ran.errors)
    };
    let lasting = |status: &str| {
        let line = unit()
            .lines()
            .find_map(|l| l.strip_prefix("RestartPreventExitStatus=").map(str::to_owned));
        line.unwrap().split(' ').any(|s| s == status)
    };
    for (more, says) in [
        (&["--date", "ici"] as &[&str], "--date"),
        (&["--key", nothing.to_str().unwrap()], "ne se lit pas"),
        (&["--listen", "0.0.0.0:0"], "A-17"),
        (&["--server-name", "é"], "--server-name"),
        (&["--mail-from", "huis@essai.example"], "--mail-host"),
    ] {
        let (code, errors) = serve(more);
        assert!(errors.contains(says), "{more:?}: {errors}");
        assert!(lasting(&code.to_string()), "{more:?}: {code}, {errors}");
    }
    // Nobody answers there, for now.
    let (code, errors) = serve(&["--database", "postgres://huis@127.0.0.1:9/huis"]);
    assert!(code != 0 && !lasting(&code.to_string()), "{code}: {errors}");
}

/// X-19, X-22: the unit is one that systemd reads, its exposure is low by systemd's own measure, and
/// what it says of the program is true of it.
#[test]
fn the_unit_is_read_by_systemd_and_closed_x_19() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("huis.service");
    // systemd wants the program to be there.
    let here = unit().replace("/usr/local/bin/huis", env!("CARGO_BIN_EXE_huis"));
    fs::write(&file, here).unwrap();
    for arguments in [&["verify"] as &[&str], &["security", "--offline=true", "--threshold=15"]] {
        let out = Command::new("systemd-analyze").args(arguments).arg(&file).output();
        let out = out.expect("apt-get install systemd");
        let told = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{arguments:?}: {told}");
        assert!(!told.contains("huis.service:"), "{told}");
    }
    let start = unit().lines().find_map(|l| l.strip_prefix("ExecStart=").map(str::to_owned));
    options_exist(&start.unwrap());
    let help = huis(&["serve", "--help"]).says;
    let settings = fs::read_to_string(in_repository("deploy/reglages")).unwrap();
    let unit = unit();
    let named = unit.lines().filter_map(|l| l.strip_prefix("Environment="));
    let set =
        settings.lines().map(|l| l.trim_start_matches('#')).filter(|l| l.starts_with("HUIS_"));
    let mut variables = 0;
    for name in named.chain(set) {
        let name = name.split('=').next().unwrap();
        assert!(help.contains(name), "{name} is no variable of huis serve");
        variables += 1;
    }
    assert!(variables > 8, "{variables}");
}

/// A root with the program and what it calls, as the container's recipe lays it.
fn lay(root: &Path) {
    for folder in ["bin", "etc/ssl/certs", "usr/share", "var/lib/huis", "tmp", "run", "proc", "dev"]
    {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    let program = Path::new(env!("CARGO_BIN_EXE_huis"));
    if fs::hard_link(program, root.join("bin/huis")).is_err() {
        fs::copy(program, root.join("bin/huis")).unwrap();
    }
    let called = Command::new("ldd").arg(program).output().unwrap();
    let called = String::from_utf8(called.stdout).unwrap();
    let mut libraries = 0;
    for path in called.split_whitespace().filter(|w| w.starts_with('/')) {
        let to = root.join(path.trim_start_matches('/'));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(path, to).unwrap();
        libraries += 1;
    }
    assert!((1..8).contains(&libraries), "the program calls few libraries: {called}");
    let zones = Command::new("cp")
        .args(["-r", "/usr/share/zoneinfo"])
        .arg(root.join("usr/share/zoneinfo"))
        .status();
    assert!(zones.unwrap().success());
}

/// X-19: nobody in particular, on a root that cannot be written and that holds no shell, with the
/// recipe's own folders and command: it founds an installation, serves it, and stops when told.
#[test]
fn the_program_runs_as_nobody_on_a_read_only_root_without_a_shell() {
    let recipe = fs::read_to_string(in_repository("deploy/Containerfile")).unwrap();
    assert!(recipe.contains("FROM scratch") && recipe.contains(&format!("USER {USER}:{USER}")));
    let command = recipe.lines().find_map(|l| l.strip_prefix("CMD ")).unwrap();
    options_exist(&command.replace(['[', ']', '"', ','], " "));
    let folder = tempfile::tempdir().unwrap();
    let (root, data) = (folder.path().join("racine"), folder.path().join("donnees"));
    lay(&root);
    fs::create_dir(&data).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    if is_root() {
        chown(&data, Some(USER), Some(USER)).unwrap();
    }
    let inside = |arguments: &[&str]| {
        let mut command = Command::new("bwrap");
        command
            .args(["--unshare-all", "--share-net", "--die-with-parent", "--new-session"])
            .args(["--clearenv", "--setenv", "HUIS_DATA", "/var/lib/huis", "--ro-bind"])
            .args([root.as_os_str(), "/".as_ref()])
            .arg("--bind")
            .args([data.as_os_str(), "/var/lib/huis".as_ref()])
            .args(["--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev", "--cap-drop", "ALL"]);
        if is_root() {
            command.uid(USER).gid(USER);
        }
        command.arg("/bin/huis").args(arguments);
        command
    };
    let made = inside(&["demo", "--prepare-only", "--dossiers", "3", "--data", "/var/lib/huis/d"])
        .output()
        .expect("apt-get install bubblewrap");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    // The root is not written, whoever asks.
    let refused = inside(&["demo", "--prepare-only", "--data", "/ailleurs"]).output().unwrap();
    assert!(!refused.status.success());
    assert!(!root.join("ailleurs").exists());
    assert!(!root.join("bin/sh").exists());
    let mut served = inside(&["serve", "--listen", "127.0.0.1:0", "--data", "/var/lib/huis/d"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let line = BufReader::new(served.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find(|l| l.contains("http://"))
        .unwrap();
    let address = line.rsplit_once("http://").unwrap().1.trim().parse().unwrap();
    let page = Visitor::new(address).get("/sante/pret");
    assert_eq!((page.status, page.body.as_str()), (200, "pret"));
    assert_eq!(Visitor::new(address).get("/connexion").status, 200);
    served.kill().unwrap();
    served.wait().unwrap();
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0)
}
