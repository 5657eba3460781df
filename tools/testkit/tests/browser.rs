//! The testkit's browser and axe, on pages of their own.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    thread,
};

use huis_testkit::{Browser, Key, TestkitError, axe};
use serde_json::json;

const FORM: &str = r#"<!doctype html><html lang="fr"><head><title>Un formulaire</title></head><body>
<main><h1>Signaler</h1><form action="/recu">
<p><label for="nom">Nom</label> <input id="nom" name="nom" required value="ancien"></p>
<p><label for="le">Le</label> <input id="le" name="le" type="date"></p>
<p><label for="type">Type</label> <select id="type" name="type"><option value="a">Un</option><option value="b">Deux</option></select></p>
<p><button>Envoyer</button></p></form>
<p><a href="/autre">Autre page</a></p></main></body></html>"#;

const BAD: &str = r#"<!doctype html><html><head><title></title></head><body>
<script>document.title = "jamais"</script>
<input id="nu"><img src="/x.png"></body></html>"#;

/// Serves the two pages, and an echo of the address under /recu.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(&stream)));
    base
}

fn answer(mut stream: &TcpStream) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    for line in lines {
        if line.is_empty() {
            break;
        }
    }
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let body = match path.as_str() {
        "/formulaire" => FORM.to_owned(),
        "/mauvaise" => BAD.to_owned(),
        _ => format!("<!doctype html><title>Reçu</title><p id='recu'>{path}</p>"),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Security-Policy: default-src 'none'\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

#[test]
fn drives_a_form_as_a_person_does() {
    let base = serve();
    let browser = Browser::start().unwrap();
    browser.goto(&format!("{base}/formulaire")).unwrap();
    assert_eq!(browser.title().unwrap(), "Un formulaire");
    assert_eq!(browser.text("h1").unwrap(), "Signaler");
    assert_eq!(browser.count("label").unwrap(), 3);

    browser.fill("#nom", "Éloïse").unwrap();
    browser.fill("#le", "2026-03-01").unwrap();
    browser.fill("#type", "b").unwrap();
    assert_eq!(browser.property("#nom", "value").unwrap(), json!("Éloïse"));
    assert!(browser.fill("#type", "inconnu").is_err());
    browser.fill("#type", "b").unwrap();
    browser.submit("form").unwrap();
    browser.wait_url("/recu?").unwrap();
    browser.wait_text("#recu", "le=2026-03-01&type=b").unwrap();
    assert!(browser.current_url().unwrap().contains("nom=%C3%89lo%C3%AFse"));

    browser.back().unwrap();
    browser.wait_for("a").unwrap();
    browser.click_link("Autre page").unwrap();
    browser.wait_url("/autre").unwrap();
    assert!(browser.click_link("Autre page").is_err());
    assert!(
        matches!(browser.text("#absent"), Err(TestkitError::Browser { kind, .. }) if kind == "no such element")
    );
}

#[test]
fn moves_by_keyboard_and_keeps_pictures_and_paper() {
    let base = serve();
    let browser = Browser::start().unwrap();
    browser.goto(&format!("{base}/formulaire")).unwrap();
    browser.press(&[Key::Tab]).unwrap();
    browser.type_text("Zoé").unwrap();
    assert_eq!(browser.execute("return document.activeElement.id", &[]).unwrap(), json!("nom"));
    assert_eq!(browser.property("#nom", "value").unwrap(), json!("Zoé"));
    browser.press(&[Key::Enter]).unwrap();
    browser.wait_url("/recu").unwrap();

    let folder = tempfile::tempdir().unwrap();
    let (png, pdf) = (folder.path().join("page.png"), folder.path().join("page.pdf"));
    let starts = |path: &Path, with: &[u8]| std::fs::read(path).unwrap().starts_with(with);
    browser.screenshot(&png).unwrap();
    browser.print(&pdf).unwrap();
    assert!(starts(&png, b"\x89PNG") && starts(&pdf, b"%PDF"));
}

#[test]
fn axe_finds_faults_under_a_strict_policy_and_the_console_tells_breaches_of_it() {
    let base = serve();
    let browser = Browser::start().unwrap();
    browser.goto(&format!("{base}/formulaire")).unwrap();
    assert_eq!(axe(&browser).unwrap(), []);
    assert_eq!(browser.console().unwrap(), Vec::<String>::new());

    browser.goto(&format!("{base}/mauvaise")).unwrap();
    let ids: Vec<String> = axe(&browser).unwrap().into_iter().map(|v| v.id).collect();
    for id in ["label", "image-alt", "html-has-lang", "document-title"] {
        assert!(ids.iter().any(|found| found == id), "{id} in {ids:?}");
    }
    let console = browser.console().unwrap().join("\n");
    assert!(console.contains("Content Security Policy"), "{console}");
}
