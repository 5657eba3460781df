//! The testkit's mail server: what a program sends is what a test reads.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
};

use huis_testkit::Smtp;

/// Speaks SMTP by hand, so that the server is shown against the protocol and not a library.
fn send(port: u16, lines: &[&str]) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let mut answer = String::new();
    answers.read_line(&mut answer).unwrap();
    for line in lines {
        stream.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        answer.clear();
        answers.read_line(&mut answer).unwrap();
        assert!(answer.starts_with(['2', '3']), "{line}: {answer}");
    }
}

#[test]
fn keeps_mails_in_order_with_their_envelope_and_decoded_text() {
    let smtp = Smtp::start().unwrap();
    assert!(smtp.mails().unwrap().is_empty());
    for number in ["1", "2"] {
        let data = format!(
            "Subject: =?utf-8?q?Demande_n=C2=B0_{number}?=\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\nDossier =C3=A0 lire.\r\n."
        );
        send(
            smtp.port(),
            &[
                "HELO test",
                "MAIL FROM:<huis@prefecture.example>",
                "RCPT TO:<commissariat@police.example>",
                "RCPT TO:<copie@police.example>",
                "DATA",
                &data,
            ],
        );
    }
    let mails = smtp.wait_mails(2).unwrap();
    let first = mails.first().unwrap();
    assert_eq!(first.from, "huis@prefecture.example");
    assert_eq!(first.to, ["commissariat@police.example", "copie@police.example"]);
    assert_eq!(first.subject, "Demande n° 1");
    assert_eq!(first.body.trim(), "Dossier à lire.");
    assert!(first.raw.contains("quoted-printable"));
    assert_eq!(mails.last().unwrap().subject, "Demande n° 2");
}
