//! What a request may be, and what an answer always is: limits, cookies, names of hosts, addresses that
//! lead away, sessions that someone else chose, a lock-out that tells nothing.

use huis_usecases::accounts::Signed;
use huis_web::guard::{Hosts, our_name};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};
use tokio::net::TcpListener;

use crate::{
    answer::{Limits, answer},
    common::{COLMAR, House, PASSWORD},
    wire::{Answer, ask, raw},
};

/// The house behind limits of the test's own.
fn behind(house: &House, limits: Limits, hosts: &[&str]) -> SocketAddr {
    let hosts = Hosts(Arc::new(hosts.iter().map(|h| (*h).to_owned()).collect()));
    let app = huis_web::app(house.huis.clone(), true, false)
        .layer(axum::middleware::from_fn_with_state(hosts, our_name));
    house.wait(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(answer(listener, app, limits, std::future::pending()));
        address
    })
}

const QUICK: Limits = Limits {
    head_time: Duration::from_millis(400),
    body_time: Duration::from_millis(400),
    per_address: 3,
    ..Limits::DEFAULT
};

fn open(address: SocketAddr, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    stream
}

/// All that comes until the server closes the line.
fn to_the_end(mut stream: TcpStream) -> String {
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    String::from_utf8_lossy(&all).into_owned()
}

/// a head too large or with too many lines; a head or a body that never ends; more connections
/// than one address may have: each is closed, and the next visitor is served.
#[test]
fn a_request_has_its_limits_and_the_next_one_is_served() {
    let house = House::on("2026-11-23");
    let address = behind(&house, QUICK, &[]);
    let served = || {
        let page = ask(address, "GET", "/connexion", "", None);
        assert_eq!(page.status, 200);
    };
    let large = format!("GET / HTTP/1.0\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(64 * 1024));
    assert!(raw(address, large.as_bytes()).is_none_or(|a| a.status == 431), "a large head");
    let many = format!("GET / HTTP/1.0\r\nHost: a\r\n{}\r\n", "X: a\r\n".repeat(200));
    assert!(raw(address, many.as_bytes()).is_none_or(|a| a.status == 431), "many lines");
    let long = format!("GET /{} HTTP/1.0\r\nHost: a\r\n\r\n", "a".repeat(70_000));
    assert!(raw(address, long.as_bytes()).is_none_or(|a| [414, 431].contains(&a.status)));
    // It sends the beginning of a head, and no more: the server does not wait for ever.
    let slow = to_the_end(open(address, "GET /connexion HTTP/1.1\r\nHost: a\r\nX-Slow"));
    assert!(!slow.contains("200 OK"), "{slow}");
    // The same with the body of a form.
    let head = "POST /connexion HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n\r\n_csrf=";
    let slow = to_the_end(open(address, head));
    assert!(slow.starts_with("HTTP/1.1 4") || slow.is_empty(), "{slow}");
    served();
    // Three at once from one address; the fourth is closed without a word.
    let held: Vec<TcpStream> = (0..3).map(|_| open(address, "GET")).collect();
    let fourth = to_the_end(open(address, "GET /connexion HTTP/1.0\r\nHost: a\r\n\r\n"));
    assert_eq!(fourth, "");
    drop(held);
    // The places come back: the server sees the lines closed, sooner or later.
    let again = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        to_the_end(open(address, "GET /connexion HTTP/1.0\r\nHost: a\r\n\r\n")).contains("200 OK")
    });
    assert!(again);
    // Forms are small, and a number that says otherwise is not believed.
    let house_at = house.address;
    for size in [300_000usize, 3_000_000] {
        let form = format!("_csrf=a&nom={}", "a".repeat(size));
        let answer = ask(house_at, "POST", "/connexion", "", Some(&form));
        assert_eq!(answer.status, 413, "{size}");
    }
}

/// A declared address is the only name; the loopback by its number is this machine's own.
#[test]
fn another_host_gets_no_page() {
    let house = House::on("2026-11-23");
    let address = behind(&house, Limits::DEFAULT, &["huis.example.fr"]);
    let as_host = |host: &str| {
        let text = format!("GET /connexion HTTP/1.0\r\nHost: {host}\r\n\r\n");
        raw(address, text.as_bytes()).unwrap()
    };
    assert_eq!(as_host("huis.example.fr").status, 200);
    assert_eq!(as_host(&address.to_string()).status, 200);
    for host in ["evil.example", "huis.example.fr.evil.example", "localhost.evil.example:80"] {
        let answer = as_host(host);
        assert_eq!((answer.status, answer.body.len()), (421, 0), "{host}");
    }
    let nameless = raw(address, b"GET /connexion HTTP/1.0\r\n\r\n").unwrap();
    assert_eq!(nameless.status, 421);
    // No address is written from what a request says of its host.
    let page = ask(house.address, "GET", "/connexion", "", None);
    let forged = format!(
        "GET /connexion HTTP/1.0\r\nHost: {}\r\nX-Forwarded-Host: evil.example\r\n\r\n",
        house.address
    );
    let forged = raw(house.address, forged.as_bytes()).unwrap();
    assert!(!forged.text().contains("evil.example") && page.status == forged.status);
}

pub fn token(page: &Answer) -> String {
    let text = page.text();
    text.split("name=\"_csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// The cookies that an answer sets: name, value, attributes.
fn cookies(answer: &Answer) -> Vec<(String, String, String)> {
    answer
        .all("set-cookie")
        .map(|c| {
            let (name, rest) = c.split_once('=').unwrap();
            let (value, attributes) = rest.split_once(';').unwrap_or((rest, ""));
            (name.to_owned(), value.to_owned(), attributes.to_ascii_lowercase())
        })
        .collect()
}

pub fn jar(answer: &Answer) -> String {
    let pairs = cookies(answer).into_iter().map(|(n, v, _)| format!("{n}={v}"));
    pairs.collect::<Vec<_>>().join("; ")
}

pub fn sign_in(address: SocketAddr, login: &str, password: &str, back: &str, more: &str) -> Answer {
    let page = ask(address, "GET", "/connexion", "", None);
    let form =
        format!("_csrf={}&identifiant={login}&mot_de_passe={password}&retour={back}", token(&page));
    ask(address, "POST", "/connexion", &format!("{}{more}", jar(&page)), Some(&form))
}

/// Cookies for this host, this channel and no script; a session that someone chose beforehand is not
/// taken, and the one before a sign-in is not the one after.
#[test]
fn cookies_are_strict_and_a_session_is_never_chosen_by_another_x_18() {
    let house = House::on("2026-11-23");
    house.agent("anne.keller", "instructeur", "Essai", &[COLMAR]);
    let secure = behind(&house, Limits::DEFAULT, &[]);
    let planted = "; __Host-huis_session=choisie; huis_session=choisie";
    let signed = sign_in(secure, "anne.keller", PASSWORD, "/dossiers", planted);
    assert_eq!((signed.status, signed.header("location")), (303, "/dossiers"), "{}", signed.text());
    let set = cookies(&signed);
    let session = set.iter().find(|(n, ..)| n == "__Host-huis_session").expect("a session");
    assert!(session.1.len() >= 32 && session.1 != "choisie");
    let page = ask(secure, "GET", "/connexion", "", None);
    for (name, _, attributes) in set.iter().chain(&cookies(&page)) {
        for flag in ["; httponly", "; samesite=strict", "; secure", "path=/"] {
            assert!(format!("; {attributes}").contains(flag), "{name}: {flag}: {attributes}");
        }
        assert!(!attributes.contains("domain"), "{name}: this host alone");
        assert!(name.starts_with("__Host-"), "{name}: no neighbour can plant it");
    }
    let outside = ask(secure, "GET", "/journee", "__Host-huis_session=choisie", None);
    assert_eq!((outside.status, outside.header("location")), (303, "/connexion?retour=/journee"));
    // Signing in again gives another session; signing out ends the one it was.
    let again = sign_in(secure, "anne.keller", PASSWORD, "", &format!("; {}", jar(&signed)));
    if let Some((_, value, _)) = cookies(&again).iter().find(|(n, ..)| n == "__Host-huis_session") {
        assert_ne!(*value, session.1);
    }
    let token = {
        let found = house.wait(house.huis.caller(&session.1, "127.0.0.1")).unwrap();
        found.map(|s| s.csrf)
    };
    if let Some(token) = token {
        let cookie = format!("__Host-huis_session={}", session.1);
        ask(secure, "POST", "/deconnexion", &cookie, Some(&format!("_csrf={token}")));
        let after = ask(secure, "GET", "/journee", &cookie, None);
        assert_eq!(after.status, 303, "the old cookie opens nothing");
    }
}

/// No address of ours leads to another site, whatever it is asked for.
#[test]
fn nothing_leads_away() {
    let house = House::on("2026-11-23");
    house.agent("anne.keller", "instructeur", "Essai", &[COLMAR]);
    let away = [
        "https://evil.example/",
        "//evil.example",
        "/%5Cevil.example",
        "%5C%5Cevil.example",
        "/%09/evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:%20x=y",
        "%20//evil.example",
        "/%2F/evil.example",
    ];
    let page = ask(house.address, "GET", "/connexion", "", None);
    for to in away {
        let signed = sign_in(house.address, "anne.keller", PASSWORD, to, "");
        let location = signed.header("location");
        let inside = location.starts_with('/')
            && !location.starts_with("//")
            && !location.starts_with("/\\");
        assert!(signed.status == 303 && inside && !location.contains("%09"), "{to} → {location}");
        assert!(!cookies(&signed).iter().any(|(n, ..)| n == "x"), "{to}");
        let form = format!("_csrf={}&langue=en&retour={to}", token(&page));
        let language = ask(house.address, "POST", "/langue", &jar(&page), Some(&form));
        let location = language.header("location");
        assert!(
            location.starts_with('/')
                && !location.starts_with("//")
                && !location.starts_with("/\\"),
            "{to} → {location}"
        );
    }
}

/// No address leads out of what is served: neither files of the machine nor logs of another name.
#[test]
fn no_path_leads_out() {
    let (house, _) = House::demonstration("2026-11-23", 20);
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let dpo = logins.iter().find(|l| l.profile == "dpo").unwrap();
    let signed = house.wait(house.huis.sign_in(&dpo.login, PASSWORD, "127.0.0.1")).unwrap();
    let Signed::Session(session) = signed else { panic!("no session") };
    let cookie = format!("huis_session={}", session.token);
    let css = huis_web::assets::address("huis.css");
    let hash = css.split('/').nth(2).unwrap();
    for path in [
        format!("/static/{hash}/../../../../etc/passwd"),
        format!("/static/{hash}/..%2f..%2f..%2fetc%2fpasswd"),
        format!("/static/{hash}/%2e%2e/%2e%2e/etc/passwd"),
        format!("/static/{hash}/huis.css%00.svg"),
        "/static/../Cargo.toml".to_owned(),
        "/traces/export/../../../../etc/passwd".to_owned(),
        "/traces/export/..%2f..%2fetc%2fpasswd".to_owned(),
        "/traces/export//etc/passwd".to_owned(),
        "/information/..%2f..%2fetc%2fpasswd".to_owned(),
        "/agenda/..%2f..%2fetc%2fpasswd".to_owned(),
        "//etc/passwd".to_owned(),
    ] {
        let answer = ask(house.address, "GET", &path, &cookie, None);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("root:"), "{path}");
    }
}

/// X-18, I13: an account that exists and one that does not are refused alike, from the first try to the
/// lock-out, and asked alike for a new password.
#[test]
fn a_lock_out_does_not_tell_who_exists_x_18_i13() {
    let house = House::on("2026-11-23");
    house.agent("anne.keller", "instructeur", "Essai", &[COLMAR]);
    let bare = |answer: &Answer, login: &str| {
        let text = answer
            .text()
            .replace(answer.header("x-request-id"), "")
            .replace(login, "N")
            .replace("anne.keller", "N");
        let text = text
            .split("name=\"_csrf\" value=\"")
            .map(|p| p.split_once('"').map_or(p, |(_, r)| r))
            .collect::<String>();
        (answer.status, answer.header("retry-after").is_empty(), text)
    };
    let mut locked = false;
    for round in 0..14 {
        let known = sign_in(house.address, "anne.keller", "pas-le-bon-mot", "", "");
        let unknown = sign_in(house.address, "zoe.personne", "pas-le-bon-mot", "", "");
        assert_eq!(bare(&known, "anne.keller"), bare(&unknown, "zoe.personne"), "try {round}");
        locked |= known.status == 429;
    }
    assert!(locked, "tries are bounded");
    let page = ask(house.address, "GET", "/connexion/oubli", "", None);
    let [known, unknown] = ["anne.keller", "zoe.personne"].map(|login| {
        let form = format!("_csrf={}&identifiant={login}", token(&page));
        let answer = ask(house.address, "POST", "/connexion/oubli", &jar(&page), Some(&form));
        (answer.status, answer.header("location").to_owned(), bare(&answer, login).2)
    });
    assert_eq!(known, unknown);
}

/// Every answer is dressed, whatever it is: a page, an error, a way elsewhere, a file.
#[test]
fn every_answer_has_the_strict_policy_and_is_not_kept() {
    let house = House::on("2026-11-23");
    for path in [
        "/connexion",
        "/nulle-part",
        "/journee",
        "/information/expulsion",
        "/dossiers/0000-0000-A",
        "/agenda/0",
        "/connexion/lien/0",
        huis_web::assets::address("huis.css"),
    ] {
        let answer = ask(house.address, "GET", path, "", None);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        for weak in ["unsafe", "*", "data:", "http:", "https:"] {
            assert!(!policy.contains(weak), "{path}: {weak}");
        }
        for part in ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{path}: {part}");
        }
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let kept = answer.header("cache-control");
        assert!(kept == "no-store" || path.starts_with("/static/"), "{path}: {kept}");
        assert_eq!(answer.header("server"), "", "{path}: the server does not name itself");
        let text = answer.text();
        assert!(
            !text.contains("<script>") && !text.contains(" onclick=") && !text.contains(" style="),
            "{path}"
        );
    }
}

/// A fault of the program, whatever it was working on, is answered without a word of it, and the
/// server goes on.
#[test]
fn a_fault_of_the_program_tells_nothing_and_stops_nothing_i13() {
    let house = House::on("2026-11-23");
    let fault = async || -> String { panic!("Kowalski, 12 rue des Vignes") };
    let app = axum::Router::new()
        .route("/faute", axum::routing::get(fault))
        .route("/bien", axum::routing::get(async || "bien"))
        .layer(axum::middleware::from_fn_with_state(house.huis.clone(), huis_web::observe::every));
    let address = house.wait(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        address
    });
    for _ in 0..3 {
        let answer = ask(address, "GET", "/faute", "", None);
        assert_eq!(answer.status, 500);
        assert!(!answer.text().contains("Kowalski"), "{}", answer.text());
        assert_eq!(ask(address, "GET", "/bien", "", None).text(), "bien");
    }
}
