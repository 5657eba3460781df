//! Hostile bytes where the program reads what an identity provider says: the document of discovery, the
//! keys, the token. Nobody is signed in but whom the provider has signed for.

use super::*;
use huis_testkit::fuzz;
use std::{
    cell::Cell,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex as Shared},
    thread,
};
use tokio::runtime::Runtime;

/// How much memory any input may take, in MiB.
const MOST_MIB: u64 = 150;
/// Nobody listens there: whatever is asked goes through the proxy, which is this test.
const ISSUER: &str = "http://127.0.0.1:9";
/// What the good answers are: hand made, signed once by a key that was thrown away.
const GOOD: [&[u8]; 3] = [
    include_bytes!("../../../../fuzz/corpus/openid/1-discovery.json"),
    include_bytes!("../../../../fuzz/corpus/openid/2-keys.json"),
    include_bytes!("../../../../fuzz/corpus/openid/3-token.json"),
];

type Said = Arc<Shared<[Vec<u8>; 3]>>;

fn answer(stream: &TcpStream, said: &Said) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let (name, value) = line.trim().split_once(':').unwrap_or(("", ""));
        if name.is_empty() {
            break;
        }
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    reader.take(length).read_to_end(&mut Vec::new()).ok()?;
    let which = match first.split(' ').nth(1)? {
        path if path.ends_with("/.well-known/openid-configuration") => 0,
        path if path.ends_with("/keys") => 1,
        _ => 2,
    };
    let body = said.lock().ok()?[which].clone();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}

/// A provider that says what it is told to, whatever address it is asked at.
fn provider() -> (SocketAddr, Said) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let said: Said = Arc::new(Shared::new(GOOD.map(<[u8]>::to_vec)));
    let tells = Arc::clone(&said);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(&stream, &tells);
        }
    });
    (address, said)
}

fn client(http: &reqwest::Client) -> OpenId {
    OpenId {
        name: "Essai".to_owned(),
        issuer: IssuerUrl::new(ISSUER.to_owned()).unwrap(),
        client: ClientId::new("huis".to_owned()),
        secret: ClientSecret::new("confidentiel".to_owned()),
        back: RedirectUrl::new("http://127.0.0.1:8443/retour".to_owned()).unwrap(),
        strong: vec!["eidas2".to_owned()],
        http: http.clone(),
        known: Mutex::new(None),
    }
}

/// Whatever takes the place of one of its answers, the provider signs in whom it signed for, or nobody.
#[test]
fn answers_of_an_identity_provider() {
    let (address, said) = provider();
    let proxy = reqwest::Proxy::all(format!("http://{address}")).unwrap();
    let http = reqwest::Client::builder()
        .proxy(proxy)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .unwrap();
    let journey = Journey {
        state: "etat".to_owned(),
        nonce: "une-fois".to_owned(),
        verifier: "v".repeat(43),
    };
    let runtime = Runtime::new().unwrap();
    let arrives = || runtime.block_on(client(&http).identity("code", &journey));
    let good = arrives().unwrap_or_else(|why| panic!("the good answers prove someone: {why}"));
    assert_eq!((&*good.issuer, &*good.subject, good.strong), (ISSUER, "7d1c-forte", true));
    let (signed, refused) = (Cell::new(0_u32), Cell::new(0_u32));
    let done = fuzz("openid", MOST_MIB, |bytes| {
        for (which, good) in GOOD.iter().enumerate() {
            said.lock().unwrap()[which] = bytes.to_vec();
            match arrives() {
                Ok(who) => {
                    assert_eq!((&*who.issuer, &*who.subject), (ISSUER, "7d1c-forte"));
                    signed.set(signed.get() + 1);
                }
                Err(_) => refused.set(refused.get() + 1),
            }
            said.lock().unwrap()[which] = good.to_vec();
        }
    });
    let done = done.unwrap();
    println!("openid: {done:?}; {} signed in, {} refused", signed.get(), refused.get());
    assert!(done.corpus == GOOD.len() && signed.get() >= 3 && refused.get() > signed.get());
}
