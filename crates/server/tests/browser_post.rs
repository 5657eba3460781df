//! Mail and calendar from end to end: the prefect's request reaches the officers by mail, and the
//! report comes back; each morning's deadlines; a calendar behind a secret link.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    dead_code
)]

mod common;
#[path = "../src/mail.rs"]
mod mail;

use clap::Parser;
use common::{COLMAR, House, desk::Desk, squeeze};
use huis_testkit::{Mail, Smtp};

const PREFECTURE: &str = "Préfecture, prévention des expulsions";
const POLICE: &str = "Commissariat de Colmar";

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    mail: mail::MailOptions,
}

/// A house whose letters leave through a real SMTP server.
fn with_mail(house: &House, smtp: &Smtp) {
    let port = smtp.port().to_string();
    let url = format!("http://{}", house.address);
    let typed = [
        "huis",
        "--url",
        &url,
        "--mail-host",
        "127.0.0.1",
        "--mail-port",
        &port,
        "--mail-tls",
        "none",
        "--mail-from",
        "huis@example.org",
    ];
    let mailer = Line::try_parse_from(typed).unwrap().mail.mailer().unwrap().unwrap();
    house.huis.declare_mail_server(Box::new(mailer));
}

fn post(house: &House) -> u64 {
    house.wait(house.huis.post_mails()).unwrap()
}

/// X-13, I13: neither the household, nor the officer, nor the service is named; the only address
/// is the recipient's, and the house's own.
fn says_nothing_of_anyone(mail: &Mail) {
    let raw = squeeze(&format!("{} {} {}", mail.raw, mail.subject, mail.body));
    for hidden in ["Zimmermann", "Jeanne", "Tanneurs", "Colmar", "Stern", "Keller", "1500", "impay"]
    {
        let shown = raw.to_lowercase().replace(&mail.to[0].to_lowercase(), "");
        assert!(!shown.contains(&hidden.to_lowercase()), "« {hidden} » in {raw}");
    }
    assert_eq!(mail.to.len(), 1);
    // Whoever else is named by an address would be named all the same.
    for other in ["anne.keller@", "paul.stern@", "luc.adam@"] {
        assert!(mail.to[0].starts_with(other) || !raw.contains(other), "{other} in {raw}");
    }
}

fn open(desk: &Desk<'_>) -> String {
    desk.go("/dossiers/nouveau");
    desk.fill(&[
        ("occupant-1.qualite", "en_impaye"),
        ("occupant-1.nom", "Zimmermann"),
        ("occupant-1.prenom", "Jeanne"),
        ("local-1.type_bailleur", "social"),
        ("local-1.numero", "12"),
        ("local-1.nom_voie", "rue des Tanneurs"),
        ("local-1.code_postal", "68000"),
        ("local-1.commune", "Colmar (68066)"),
    ]);
    desk.send();
    desk.path()
}

/// asked for by the prefect's agent at the stage of the request, told by mail with the
/// number and a link, deposited straight into the file.
#[test]
fn the_police_are_asked_by_mail_and_deposit_x_08_x_13() {
    let house = House::on("2025-06-02");
    let smtp = Smtp::start().unwrap();
    with_mail(&house, &smtp);
    let desk = Desk::new(&house);
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    house.agent("paul.stern", "police", POLICE, &[COLMAR]);
    house.agent("luc.adam", "police", "Commissariat de Mulhouse", &["684"]);
    desk.sign_in("anne.keller");
    let dossier = open(&desk);
    let number = dossier.trim_start_matches("/dossiers/").to_owned();
    desk.record(&dossier, "information-occupant", "02/06/2025", &[("occupant", "1")]);
    desk.record(&dossier, "assignation", "10/01/2025", &[("audience_le", "12/03/2025")]);
    desk.record(&dossier, "assignation-recue-prefet", "13/01/2025", &[]);
    desk.record(&dossier, "jugement", "19/03/2025", &[("issue", "expulsion")]);
    desk.record(&dossier, "commandement-quitter-lieux", "24/03/2025", &[]);
    desk.record(&dossier, "cql-recu-prefet", "25/03/2025", &[]);
    desk.record(&dossier, "information-ccapex", "25/03/2025", &[("objet", "commandement_quitter")]);
    // before the request for the police's help no report is asked for, and nobody is told.
    desk.go(&format!("{dossier}/actes/rapport-police-demande"));
    desk.fill(&[("on", "02/06/2025")]);
    desk.send();
    desk.says("ne se demande qu'au stade");
    desk.record(&dossier, "demande-cfp", "30/05/2025", &[]);
    post(&house);
    let before = smtp.mails().unwrap().into_iter().filter(|m| m.to[0].starts_with("paul")).count();
    assert_eq!(before, 0, "not asked yet");
    desk.record(&dossier, "rapport-police-demande", "02/06/2025", &[]);
    assert_eq!(post(&house), 1);
    assert_eq!(post(&house), 0, "told once");
    let mails = smtp.mails().unwrap();
    let asked: Vec<&Mail> =
        mails.iter().filter(|m| m.subject.contains("dépôt vous est demandé")).collect();
    assert_eq!(asked.len(), 1, "the officers of the unit, and no other: {mails:?}");
    let mail = asked[0];
    assert_eq!(mail.to, ["paul.stern@example.org"]);
    assert!(mail.body.contains(&number), "{}", mail.body);
    says_nothing_of_anyone(mail);
    // The link leads to the file once signed in; the page asks for the report.
    let link = mail.body.split_whitespace().find(|w| w.starts_with("http://")).unwrap().to_owned();
    desk.browser.forget_cookies().unwrap();
    desk.browser.goto(&link).unwrap();
    assert!(desk.path().starts_with("/connexion"), "{}", desk.path());
    desk.sign_in("paul.stern");
    assert!(desk.all("#attendu tbody tr").join("").contains(&number), "{}", desk.main());
    desk.browser.goto(&link).unwrap();
    assert_eq!(desk.path(), dossier);
    for seen in [number.as_str(), "02/06/2025", "Zimmermann", "rue des Tanneurs"] {
        desk.says(seen);
    }
    let report = [
        ("rapport_police.risque", "modere"),
        ("rapport_police.avis", "Présence possible de tiers."),
    ];
    desk.record(&dossier, "deposer-rapport", "02/06/2025", &report);
    assert!(desk.path().contains("/recus/"), "{}", desk.path());
    assert!(!desk.main().contains("Présence possible"), "deposited, not read back");
    desk.go("/journee");
    assert!(!desk.all("#attendu tbody tr").join("").contains(&number), "no longer asked");
    // Whoever acted in the file is told that something came, by its number.
    post(&house);
    let came: Vec<Mail> = smtp.mails().unwrap();
    let came: Vec<&Mail> =
        came.iter().filter(|m| m.subject.contains("un dépôt est arrivé")).collect();
    assert_eq!(came.len(), 1);
    assert_eq!(came[0].to, ["anne.keller@example.org"]);
    assert!(came[0].body.contains(&number));
    says_nothing_of_anyone(came[0]);
    desk.sign_in("anne.keller");
    desk.go(&dossier);
    desk.says("Présence possible de tiers.");
}

/// one mail a morning, quiet when nothing is due, and none for whom does not want it; a
/// calendar says the same behind a link that its owner revokes.
#[test]
fn deadlines_come_by_mail_and_in_a_calendar_x_02() {
    let house = House::on("2025-06-02");
    let smtp = Smtp::start().unwrap();
    with_mail(&house, &smtp);
    let desk = Desk::new(&house);
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    house.agent("luc.adam", "instructeur", PREFECTURE, &["684"]);
    post(&house);
    assert_eq!(smtp.mails().unwrap().len(), 0, "nothing is due anywhere");
    desk.sign_in("anne.keller");
    let dossier = open(&desk);
    let number = dossier.trim_start_matches("/dossiers/").to_owned();
    desk.record(&dossier, "assignation", "02/06/2025", &[("audience_le", "20/07/2025")]);
    let digests = || -> Vec<Mail> {
        let mails = smtp.mails().unwrap();
        mails.into_iter().filter(|m| m.subject.contains("échéances")).collect()
    };
    house.go_to("2025-06-03");
    post(&house);
    post(&house);
    let first = digests();
    assert_eq!(first.len(), 1, "one mail, to whom something is due: {first:?}");
    assert_eq!(first[0].to, ["anne.keller@example.org"]);
    assert!(
        first[0].body.contains(&number) && first[0].body.contains("préfet"),
        "{}",
        first[0].body
    );
    says_nothing_of_anyone(&first[0]);
    house.go_to("2025-06-04");
    post(&house);
    assert_eq!(digests().len(), 2, "one a day");
    // Switched off on « Mon compte », it is quiet; what the law requires has no switch.
    desk.sign_in("anne.keller");
    desk.go("/mon-compte");
    desk.browser.click("#courriel-echeances").unwrap();
    desk.leave(|| desk.browser.click("#courriels button").unwrap());
    assert!(desk.note().contains("choix de courriels"), "{}", desk.main());
    house.go_to("2025-06-05");
    post(&house);
    assert_eq!(digests().len(), 2, "not wanted, not sent");
    calendar(&house, &desk, &number);
}

fn calendar(house: &House, desk: &Desk<'_>, number: &str) {
    desk.sign_in("anne.keller");
    desk.go("/mon-compte");
    desk.leave(|| desk.browser.click("#agenda button").unwrap());
    let url = desk.browser.property("#lien", "value").unwrap();
    let url = url.as_str().unwrap();
    let path = url.strip_prefix(&desk.url("")).unwrap().to_owned();
    let mut visitor = common::http::Visitor::new(house.address);
    let answer = visitor.get(&path);
    assert_eq!(answer.status, 200);
    let events = read_by_another(&answer.body);
    assert!(!events.is_empty());
    assert!(events.iter().all(|(_, summary, _)| summary.starts_with(number)), "{events:?}");
    assert!(
        events.iter().any(|(_, s, on)| s.contains("Audience") && on == "2025-07-20")
            || events.iter().any(|(_, s, _)| s.contains("préfet")),
        "{events:?}"
    );
    for hidden in ["Zimmermann", "Jeanne", "Tanneurs", "Keller"] {
        assert!(!answer.body.contains(hidden));
    }
    let uids: std::collections::BTreeSet<&String> = events.iter().map(|e| &e.0).collect();
    assert_eq!(uids.len(), events.len());
    // The same identities at the next reading; another link opens nothing.
    let again = read_by_another(&visitor.get(&path).body);
    assert_eq!(
        again.iter().map(|e| &e.0).collect::<Vec<_>>(),
        events.iter().map(|e| &e.0).collect::<Vec<_>>()
    );
    let wrong = path.replace("/agenda/", "/agenda/x");
    assert_eq!(visitor.get(&wrong).status, 404);
    // Read too often within the hour, it waits.
    let often = (0..40).map(|_| visitor.get(&path).status).filter(|s| *s == 429).count();
    assert!(often > 5, "{often}");
    desk.go("/mon-compte");
    desk.leave(|| desk.browser.click("#agenda form[action$='retirer'] button").unwrap());
    assert_eq!(visitor.get(&path).status, 404, "revoked");
}

/// The calendar as an independent library reads it: identity, summary, day.
fn read_by_another(text: &str) -> Vec<(String, String, String)> {
    use std::io::Write;
    let python = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools/venv/bin/python");
    let script = "import sys, json, icalendar\n\
        c = icalendar.Calendar.from_ical(sys.stdin.buffer.read())\n\
        print(json.dumps([[str(e['uid']), str(e['summary']), str(e['dtstart'].dt)] for e in c.walk('VEVENT')]))";
    let mut child = std::process::Command::new(python)
        .args(["-c", script])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "not a calendar: {text}");
    serde_json::from_slice(&out.stdout).unwrap()
}
