//! Letters that leave: the built program, a real mail server, the link of the letter in the hands
//! of whom it was sent to (S-11, X-13, X-18, A-17).
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

use common::http::{Visitor, pairs};
use huis_testkit::Smtp;
use program::{huis, program, real};
use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Stdio},
};

const FIRST: &str = "Quatre-vingt-huit-Lunes!7";
const SECOND: &str = "Neuf-cents-Nuages-d’été!3";

/// The program, serving; it ends with its handle.
struct Served {
    child: Child,
    address: SocketAddr,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(folder: &Path, mail: &[&str]) -> Served {
    let mut child = program()
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.join("data"))
        .args(mail)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit_once("http://").expect("it says where").1;
    Served { address: address.parse().unwrap(), child }
}

/// S-11, X-13, I13: the letter reaches its address and names nobody; its link leads to a page that
/// asks for a new password, and serves.
#[test]
fn s_11_the_reset_letter_arrives_names_nobody_and_its_link_works() {
    let smtp = Smtp::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let made = real(folder.path(), FIRST, "Bureau des droits");
    assert!(made.ok, "{}", made.errors);
    let port = smtp.port().to_string();
    let mail = [
        "--mail-host",
        "127.0.0.1",
        "--mail-port",
        &port,
        "--mail-tls",
        "none",
        "--mail-from",
        "huis@essai.example",
        "--url",
        "https://huis.essai.example",
    ];
    let data = folder.path().join("data");
    let doctor: Vec<&str> =
        ["doctor", "--data", data.to_str().unwrap()].iter().chain(&mail).copied().collect();
    let doctor = huis(&doctor);
    assert!(doctor.says.contains("le serveur de courriel répond"), "{}", doctor.says);
    let served = serve(folder.path(), &mail);
    let mut visitor = Visitor::new(served.address);
    let known = visitor.fill("/connexion/oubli", &[("identifiant", "a.martin")]);
    let known = visitor.follow(known);
    let unknown = visitor.fill("/connexion/oubli", &[("identifiant", "z.personne")]);
    let unknown = visitor.follow(unknown);
    assert_eq!((known.status, known.title()), (unknown.status, unknown.title()));
    let mails = smtp.wait_mails(1).unwrap();
    let [mail] = mails.as_slice() else { panic!("one letter: {}", mails.len()) };
    assert_eq!(mail.from, "huis@essai.example");
    assert_eq!(mail.to, ["a.martin@example.org"]);
    assert!(mail.subject.contains("nouveau mot de passe"), "{}", mail.subject);
    for named in ["Alice", "Martin", "a.martin "] {
        let without_address = mail.raw.replace("a.martin@example.org", "");
        assert!(!without_address.contains(named) && !mail.body.contains(named), "{named}");
    }
    let start = "https://huis.essai.example/connexion/lien/";
    let (_, link) = mail.body.split_once(start).expect("a link");
    let link = format!("/connexion/lien/{}", link.split_whitespace().next().unwrap());
    // The link is opened elsewhere, by whom has it.
    let mut other = Visitor::new(served.address);
    let page = other.get(&link);
    let hidden = page.hidden();
    let hidden = pairs(&hidden);
    let page = other.post("/connexion/lien", &hidden);
    assert_eq!(page.location.as_deref(), Some("/mon-compte/mot-de-passe"), "{}", page.title());
    let page = other.fill("/mon-compte/mot-de-passe", &[("nouveau", SECOND), ("encore", SECOND)]);
    assert_eq!(page.status, 303, "{}", page.body);
    // The old password opens nothing now, the new one does.
    let mut third = Visitor::new(served.address);
    let sign = |who: &mut Visitor, password: &str| {
        let page =
            who.fill("/connexion", &[("identifiant", "a.martin"), ("mot_de_passe", password)]);
        page.location.unwrap_or_default()
    };
    assert_eq!(sign(&mut third, FIRST), "");
    assert_ne!(sign(&mut third, SECOND), "");
    assert_eq!(smtp.mails().unwrap().len(), 1, "nobody else was written to");
}

/// with STARTTLS asked for, a server that does not offer it is given nothing.
#[test]
fn a_17_a_mail_server_without_encryption_is_given_no_letter() {
    let smtp = Smtp::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert!(real(folder.path(), FIRST, "Bureau des droits").ok);
    let port = smtp.port().to_string();
    let data = folder.path().join("data");
    let doctor = huis(&[
        "doctor",
        "--data",
        data.to_str().unwrap(),
        "--mail-host",
        "127.0.0.1",
        "--mail-port",
        &port,
        "--mail-from",
        "huis@essai.example",
        "--url",
        "https://huis.essai.example",
    ]);
    assert!(!doctor.ok && doctor.says.contains("ne se laisse pas joindre"), "{}", doctor.says);
    assert!(smtp.mails().unwrap().is_empty());
}

/// an administrator in office names the others; the command line names none beside.
#[test]
fn admin_bootstrap_serves_only_when_no_administrator_is_in_office_x_17() {
    let folder = tempfile::tempdir().unwrap();
    assert!(real(folder.path(), FIRST, "Bureau des droits").ok);
    let file = folder.path().join("second");
    fs::write(&file, SECOND).unwrap();
    let data = folder.path().join("data");
    let ran = huis(&[
        "admin",
        "bootstrap",
        "--data",
        data.to_str().unwrap(),
        "--admin",
        "b.blanc",
        "--first-name",
        "Berthe",
        "--last-name",
        "Blanc",
        "--email",
        "b.blanc@example.org",
        "--password-file",
        file.to_str().unwrap(),
    ]);
    assert!(!ran.ok && ran.errors.contains("Un administrateur est en fonction"), "{}", ran.errors);
}
