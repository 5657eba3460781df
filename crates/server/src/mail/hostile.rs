//! Hostile bytes where mail is read: the address of an account, and what a mail server answers.

use super::{tests::options, *};
use huis_testkit::fuzz;
use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener},
    sync::mpsc,
    thread,
};
use tokio::runtime::Runtime;

/// How much memory any input may take, in MiB.
const MOST_MIB: u64 = 100;

fn run(target: &str, reader: impl Fn(&[u8])) {
    println!("{target}: {:?}", fuzz(target, MOST_MIB, reader).unwrap());
}

fn mailer(port: u16) -> SmtpMailer {
    let typed = format!(
        "--mail-host 127.0.0.1 --mail-port {port} --mail-tls none --mail-from huis@essai.example \
         --url https://huis.essai.example"
    );
    options(&typed).mailer().unwrap().unwrap()
}

fn notice(to: &str, text: &str) -> Letter {
    Letter::Notice {
        to: to.to_owned(),
        id: "0f".repeat(16),
        subject: "Huis\u{a0}: vos échéances",
        text: text.to_owned(),
        path: "/journee".to_owned(),
    }
}

/// An address that is no address is refused; one that is adds neither a recipient nor a header, and what a
/// letter says stays under its head.
#[test]
fn addresses_of_accounts_and_texts_of_letters() {
    // No server is asked: the letter is only made.
    let mailer = mailer(9);
    run("mail", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        for (to, says) in [(first, rest), (&*text, "un texte"), ("a@exemple.fr", &*text)] {
            let Ok(message) = mailer.message(notice(to, says)) else {
                assert_ne!(to, "a@exemple.fr", "a good address is taken, whatever is said to it");
                continue;
            };
            assert_eq!(message.envelope().to().len(), 1, "{to:?}");
            let raw = message.formatted();
            let raw = String::from_utf8_lossy(&raw);
            let (head, _) = raw.split_once("\r\n\r\n").expect("a head, then the text");
            let names: Vec<&str> = head
                .split("\r\n")
                .filter(|line| !line.starts_with(' '))
                .map(|line| line.split(':').next().unwrap_or_default())
                .collect();
            let once: BTreeSet<&str> = names.iter().copied().collect();
            let ours = ["From", "To", "Subject", "Message-ID", "Content-Type"];
            let theirs = ["Content-Transfer-Encoding", "MIME-Version", "Date"];
            let known = |name: &&str| ours.contains(name) || theirs.contains(name);
            assert!(once.iter().all(known) && once.len() == names.len(), "{to:?}: {head}");
        }
    });
}

/// Whatever a mail server answers, a letter is taken, refused, or tried again later.
#[test]
fn answers_of_a_mail_server() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mailer = mailer(listener.local_addr().unwrap().port());
    let (give, answers) = mpsc::channel::<Vec<u8>>();
    thread::spawn(move || {
        for (stream, answer) in listener.incoming().zip(answers) {
            let Ok(mut stream) = stream else { continue };
            // A client that has heard enough hangs up before the end.
            let _ = stream.write_all(&answer);
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    let runtime = Runtime::new().unwrap();
    let taken = std::cell::Cell::new(0_u32);
    run("smtp", |bytes| {
        give.send(bytes.to_vec()).unwrap();
        let sent = runtime.block_on(mailer.clone().attempt(notice("a@exemple.fr", "un texte")));
        taken.set(taken.get() + u32::from(sent.is_ok()));
    });
    println!("smtp: {} letters taken", taken.get());
    assert!(taken.get() > 0, "the corpus holds a whole conversation");
}
