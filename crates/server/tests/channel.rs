//! The channel: nothing in the clear but on the loopback, TLS of today.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod program;

use program::{huis, program, real};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    sync::Arc,
    time::Duration,
};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, Stream,
    SupportedProtocolVersion,
    crypto::ring,
    pki_types::ServerName,
    version::{TLS12, TLS13},
};

/// an address that others reach is not served in the clear.
#[test]
fn serve_refuses_an_open_address_without_tls_a_17() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8443"] {
        let ran = huis(&["serve", "--data", data, "--listen", address]);
        assert!(!ran.ok && ran.errors.contains("(A-17)"), "{address}: {}", ran.errors);
    }
}

/// A server that ends with its handle.
struct Served {
    child: Child,
    address: SocketAddr,
    authority: RootCertStore,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn over_tls(folder: &Path) -> Self {
        let made = real(folder, "Quatre-vingt-huit-Lunes!7", "Bureau des droits");
        assert!(made.ok, "{}", made.errors);
        let issued = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let file = |name: &str, text: String| -> PathBuf {
            let file = folder.join(name);
            fs::write(&file, text).unwrap();
            file
        };
        let mut authority = RootCertStore::empty();
        authority.add(issued.cert.der().clone()).unwrap();
        let mut child = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.join("data"))
            .arg("--tls")
            .arg(file("certificat.pem", issued.cert.pem()))
            .arg(file("cle.pem", issued.signing_key.serialize_pem()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("https://").expect("it says where").1;
        Self { address: address.parse().unwrap(), child, authority }
    }

    fn stream(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// The version agreed on with a client that speaks these, and the head of the sign-in page.
    fn sign_in_page(
        &self,
        versions: &[&'static SupportedProtocolVersion],
    ) -> (ProtocolVersion, String) {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(self.authority.clone())
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut socket = self.stream();
        let mut stream = Stream::new(&mut client, &mut socket);
        stream.write_all(b"GET /connexion HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
        let mut page = Vec::new();
        // The end may come as a closed line: what matters has come.
        let _ = stream.read_to_end(&mut page);
        let page = String::from_utf8(page).unwrap();
        let head = page.split("\r\n\r\n").next().unwrap().to_ascii_lowercase();
        (client.protocol_version().unwrap(), head)
    }
}

/// 1.3 with whoever speaks it, 1.2 at least, 1.1 and below refused by the server itself;
/// over it, cookies for that channel alone and a browser told never to come back without.
#[test]
fn tls_of_today_and_nothing_under_1_2_x_19() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::over_tls(folder.path());
    let (version, head) = served.sign_in_page(&[&TLS12, &TLS13]);
    assert_eq!(version, ProtocolVersion::TLSv1_3, "the best that both speak");
    assert!(head.starts_with("http/1.0 200") || head.starts_with("http/1.1 200"), "{head}");
    assert!(head.contains("strict-transport-security: max-age="), "{head}");
    let cookies: Vec<&str> = head.lines().filter(|l| l.starts_with("set-cookie")).collect();
    assert!(!cookies.is_empty() && cookies.iter().all(|c| c.contains("; secure")), "{cookies:?}");
    assert_eq!(served.sign_in_page(&[&TLS12]).0, ProtocolVersion::TLSv1_2);
    for minor in [0, 1, 2] {
        assert_eq!(hello(&served, minor), PROTOCOL_VERSION, "SSL 3.0, TLS 1.0, TLS 1.1: {minor}");
    }
    // In the clear, on the same port, nothing answers.
    let mut plain = served.stream();
    plain.write_all(b"GET /connexion HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("html"));
}

/// A fatal alert « protocol version » (RFC 8446, 6.2).
const PROTOCOL_VERSION: [u8; 2] = [2, 70];

/// The alert by which the server answers the greeting of a client of version 3.`minor`, written
/// here by hand: no library of today speaks it any more.
fn hello(served: &Served, minor: u8) -> [u8; 2] {
    let suites = [0x00, 0x2f, 0xc0, 0x13, 0xc0, 0x14];
    let mut body = vec![3, minor];
    body.extend([0x5a; 32]);
    body.push(0);
    body.extend([0, 6]);
    body.extend(suites);
    body.extend([1, 0]);
    // supported_groups and signature_algorithms, which a client of TLS 1.1 may send too.
    let extensions = [
        [0u8, 10, 0, 4, 0, 2, 0, 23].as_slice(),
        &[0, 13, 0, 6, 0, 4, 4, 1, 4, 3],
        &[0, 11, 0, 2, 1, 0],
    ]
    .concat();
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let mut record = vec![22, 3, 1];
    record.extend(u16::try_from(body.len() + 4).unwrap().to_be_bytes());
    record.push(1);
    record.extend(&length[1..]);
    record.extend(body);
    let mut stream = served.stream();
    stream.write_all(&record).unwrap();
    let mut alert = [0; 7];
    stream.read_exact(&mut alert).unwrap();
    assert_eq!(alert[0], 21, "an alert, not a greeting: {alert:?}");
    [alert[5], alert[6]]
}
