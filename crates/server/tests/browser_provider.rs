//! Signing in by an identity provider: a real one, on another site, before a real browser, whose
//! rules about cookies that cross sites are part of what is tried.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod program;

use huis_testkit::{Browser, OpenIdProvider, axe};
use program::{demonstration, program};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

const PASSWORD: &str = "huis-clos-sous-la-lune-68";
/// The provider says that it asked this one for two factors.
const STRONG: &str = r#"{"sub": "7d1c-forte", "acr": "eidas2"}"#;
const WEAK: &str = r#"{"sub": "90ab-simple", "acr": "eidas1"}"#;

struct Served {
    child: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(data: &Path, issuer: &str) -> Served {
    // The address of return is declared beforehand, so the port is chosen beforehand.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("http://127.0.0.1:{port}");
    let secret = data.join("secret-fournisseur");
    fs::write(&secret, "confidentiel\n").unwrap();
    let mut child = program()
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"])
        .arg(data)
        .args(["--oidc-issuer", issuer, "--oidc-client", "huis", "--oidc-address", &address])
        .args(["--oidc-strong-acr", "eidas2", "--oidc-secret-file"])
        .arg(&secret)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut says = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("écoute") {
        line.clear();
        assert!(says.read_line(&mut line).unwrap() > 0, "the server ended");
    }
    std::thread::spawn(move || std::io::copy(&mut says, &mut std::io::sink()));
    Served { child, address }
}

/// The same browser, page after page.
struct Seat<'a> {
    browser: Browser,
    served: &'a Served,
}

impl Seat<'_> {
    fn go(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.served.address)).unwrap();
    }

    /// Waits until the browser stands at an address that begins so.
    fn stands(&self, at: &str) {
        let at = if at.starts_with('/') {
            format!("{}{at}", self.served.address)
        } else {
            at.to_owned()
        };
        let started = Instant::now();
        let mut url = String::new();
        while started.elapsed() < Duration::from_secs(20) {
            url = self.browser.current_url().unwrap_or_default();
            if url.starts_with(&at) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("at {url}, not {at}: {}", self.text());
    }

    fn text(&self) -> String {
        self.browser.texts("main").unwrap_or_default().join(" ")
    }

    /// The login that the page of one's account shows.
    fn identity(&self) -> String {
        let text = self.text();
        text.lines().skip_while(|l| *l != "Identifiant").nth(1).unwrap().to_owned()
    }

    fn says(&self, part: &str) {
        let started = Instant::now();
        while !self.text().contains(part) {
            assert!(started.elapsed() < Duration::from_secs(20), "« {part} »: {}", self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Leaves for the provider from a page, and comes back as this person.
    fn as_person(&self, link: &str, issuer: &str, person: &str) {
        self.browser.click(&format!("a[href^='{link}']")).unwrap();
        self.stands(issuer);
        self.browser.click(&format!("button[value='{person}']")).unwrap();
    }

    /// Links an identity to the account that is open: by its password, and not without.
    fn links_as(&self, issuer: &str, person: &str) {
        const FORM: &str = "form[action='/mon-compte/identite']";
        for (typed, leads) in [("un-autre-mot", false), (PASSWORD, true)] {
            self.browser.fill(&format!("{FORM} [name='actuel']"), typed).unwrap();
            self.browser.click(&format!("{FORM} button")).unwrap();
            if leads {
                self.stands(issuer);
            } else {
                self.says("n’a pas été reliée");
            }
        }
        self.browser.click(&format!("button[value='{person}']")).unwrap();
    }
}

fn ask(served: &Served, path: &str, cookie: &str) -> String {
    let host = served.address.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn browser_signs_in_by_the_identity_provider_a_17_x_17() {
    let (_folder, data) = demonstration(20);
    let provider = OpenIdProvider::start(&[STRONG, WEAK]).unwrap();
    let issuer = provider.issuer();
    let served = serve(&data, &issuer);
    let seat = Seat { browser: Browser::start().unwrap(), served: &served };

    // An identity that nobody linked opens nothing, and says how to go about it.
    seat.go("/connexion");
    assert!(axe(&seat.browser).unwrap().is_empty());
    seat.as_person("/connexion/fournisseur", &issuer, "7d1c-forte");
    seat.says("n’ouvre aucun compte");

    // Its holder links it, signed in by password.
    seat.go("/connexion?essai=instructeur");
    seat.browser.fill("[name='mot_de_passe']", PASSWORD).unwrap();
    seat.browser.click("main form button.primary").unwrap();
    seat.stands("/journee");
    seat.go("/mon-compte");
    seat.links_as(&issuer, "7d1c-forte");
    seat.stands("/mon-compte");
    seat.says("ouvre ce compte");
    let whose = seat.identity();
    assert!(axe(&seat.browser).unwrap().is_empty());

    // Another day: the identity alone opens that account.
    seat.browser.forget_cookies().unwrap();
    seat.go("/mon-compte");
    seat.stands("/connexion");
    seat.as_person("/connexion/fournisseur", &issuer, "7d1c-forte");
    seat.stands("/mon-compte");
    assert_eq!(seat.identity(), whose);

    // One that is linked opens no second account.
    seat.browser.forget_cookies().unwrap();
    seat.go("/connexion?essai=chef");
    seat.browser.fill("[name='mot_de_passe']", PASSWORD).unwrap();
    seat.browser.click("main form button.primary").unwrap();
    seat.stands("/journee");
    seat.go("/mon-compte");
    seat.links_as(&issuer, "7d1c-forte");
    seat.stands("/mon-compte");
    let messages = seat.browser.texts("#messages").unwrap().join(" ");
    assert!(messages.contains("ouvre déjà un compte"), "{messages}");

    // Unlinked, it opens nothing again.
    seat.browser.forget_cookies().unwrap();
    seat.go("/connexion");
    seat.as_person("/connexion/fournisseur", &issuer, "7d1c-forte");
    seat.stands("/journee");
    seat.go("/mon-compte");
    seat.browser.click("form[action$='/delier'] button").unwrap();
    // The form leads back to the page it stands on: what the page says shows that it was read.
    seat.says("n’ouvre plus ce compte");
    seat.browser.forget_cookies().unwrap();
    seat.go("/connexion");
    seat.as_person("/connexion/fournisseur", &issuer, "7d1c-forte");
    seat.says("n’ouvre aucun compte");

    // A refusal at the provider's, a forged answer, an answer without what this browser carried:
    // the same page, no session.
    for path in [
        "/connexion/fournisseur/retour?error=access_denied&ici=1",
        "/connexion/fournisseur/retour?state=x&code=y&ici=1",
        "/connexion/fournisseur/retour?ici=1",
    ] {
        let answer = ask(&served, path, "huis_depart=abcdef");
        assert!(answer.contains("n’a pas abouti") && !answer.contains("huis_session="), "{answer}");
    }
    // And what is written into the address of return stays an address.
    let answer = ask(&served, "/connexion/fournisseur/retour?state=%22%3E%3Cscript%3E&code=a", "");
    assert!(
        answer.contains("state=%22%3E%3Cscript%3E") && !answer.contains("<script>"),
        "{answer}"
    );
}
