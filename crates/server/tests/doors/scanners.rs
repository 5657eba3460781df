//! Public scanners against the running program: sslyze on the channel, wapiti on the pages.

use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{
    common::http::Visitor,
    program::{demonstration, in_repository, program, real},
};

/// A server that ends with its handle.
struct Served {
    child: Child,
    address: SocketAddr,
}

impl Served {
    fn start(data: &Path, more: &[&str]) -> Self {
        let mut child = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("://").expect("it says where").1;
        Self { address: address.parse().unwrap(), child }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn tool(path: &str) -> PathBuf {
    let tool = in_repository("target/tools").join(path);
    assert!(tool.is_file(), "{}: cargo xtask setup", tool.display());
    tool
}

/// sslyze finds no protocol, cipher, curve, key or certificate weakness, and none of the known
/// attacks; the chain of the test is its own authority, and that alone is told.
#[test]
fn sslyze_finds_no_weakness_x_19() {
    let folder = tempfile::tempdir().unwrap();
    let made = real(folder.path(), "Quatre-vingt-huit-Lunes!7", "Bureau des droits");
    assert!(made.ok, "{}", made.errors);
    let issued = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = folder.path().join("certificat.pem");
    let key = folder.path().join("cle.pem");
    fs::write(&certificate, issued.cert.pem()).unwrap();
    fs::write(&key, issued.signing_key.serialize_pem()).unwrap();
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let served = Served::start(&folder.path().join("data"), &["--tls", certificate, key]);
    let out = folder.path().join("sslyze.json");
    let ran = Command::new(tool("checks/bin/python"))
        .args(["-m", "sslyze", "--json_out"])
        .arg(&out)
        .arg(format!("localhost:{}", served.address.port()))
        .output()
        .unwrap();
    let text = fs::read_to_string(&out)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&ran.stderr)));
    let report: Value = serde_json::from_str(&text).unwrap();
    let server = &report["server_scan_results"][0];
    assert_eq!(server["scan_status"], "COMPLETED", "{server}");
    let found = &server["scan_result"];
    let result = |name: &str| {
        let scan = &found[name];
        assert_eq!(scan["status"], "COMPLETED", "{name}: {scan}");
        scan["result"].clone()
    };
    let suites = |name: &str| -> Vec<String> {
        let accepted = result(name)["accepted_cipher_suites"].clone();
        let names = accepted.as_array().unwrap().iter();
        names.map(|s| s["cipher_suite"]["name"].as_str().unwrap().to_owned()).collect()
    };
    for old in ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"] {
        assert_eq!(suites(&format!("{old}_cipher_suites")), Vec::<String>::new(), "{old}");
    }
    assert!(!suites("tls_1_3_cipher_suites").is_empty(), "1.3 by default");
    for suite in suites("tls_1_2_cipher_suites") {
        let forward = suite.starts_with("TLS_ECDHE_");
        let sealed = suite.contains("_GCM_") || suite.contains("_POLY1305");
        assert!(forward && sealed, "{suite}");
    }
    assert_eq!(result("heartbleed")["is_vulnerable_to_heartbleed"], false);
    assert_eq!(result("openssl_ccs_injection")["is_vulnerable_to_ccs_injection"], false);
    assert_eq!(result("tls_compression")["supports_compression"], false);
    let robot = result("robot")["robot_result"].to_string();
    assert!(robot.contains("NOT_VULNERABLE"), "{robot}");
    let again = result("session_renegotiation");
    assert_eq!(again["is_vulnerable_to_client_renegotiation_dos"], false, "{again}");
    let curves = result("elliptic_curves")["supported_curves"].to_string();
    for weak in ["secp160", "secp192", "sect", "prime192"] {
        assert!(!curves.contains(weak), "{curves}");
    }
    let certificate = result("certificate_info");
    for deployment in certificate["certificate_deployments"].as_array().unwrap() {
        assert_eq!(deployment["received_chain_has_valid_order"], true);
        let leaf = &deployment["received_certificate_chain"][0];
        assert_eq!(leaf["subject_alternative_name"]["dns_names"][0], "localhost", "{leaf}");
        assert_eq!(leaf["signature_hash_algorithm"]["name"], "sha256", "{leaf}");
        let public = &leaf["public_key"];
        assert!(public["key_size"].as_u64().unwrap() >= 256, "{public}");
    }
}

/// What wapiti looks for: injections of every kind, files of the machine, addresses that lead away, forms
/// without their token, cookies and headers. Time-bounded; every page that a visitor, then a signed-in
/// agent, reaches from the start page within two clicks.
const MODULES: &str = "cookieflags,crlf,csp,csrf,exec,file,http_headers,methods,permanentxss,redirect,sql,ssrf,xss,xxe";

fn scan(address: SocketAddr, cookie: Option<&str>, folder: &Path, seconds: &str) -> Vec<String> {
    let out = folder.join("wapiti.json");
    let mut command = Command::new(tool("scanner/bin/python"));
    command
        .args(["-c", "import sys; from wapitiCore.main.wapiti import wapiti_asyncio_wrapper as w; sys.exit(w())"])
        .arg("-u")
        .arg(format!("https://localhost:{}/", address.port()))
        .args(["--module", MODULES, "--scope", "folder", "--depth", "2", "--max-links-per-page", "8"])
        .args(["--max-files-per-dir", "6", "--max-scan-time", seconds, "--max-attack-time", "2"])
        .args(["--flush-session", "--no-bugreport", "--store-session"])
        .arg(folder)
        .args(["-x", &format!("https://localhost:{}/deconnexion", address.port()), "-v", "0", "-f", "json", "-o"])
        .arg(&out)
        .env("HOME", folder)
        .stdin(Stdio::null());
    if let Some(cookie) = cookie {
        command.args(["-H", &format!("Cookie: {cookie}")]);
    }
    let ran = command.output().unwrap();
    let text = fs::read_to_string(&out).unwrap_or_else(|_| {
        panic!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr))
    });
    let report: Value = serde_json::from_str(&text).unwrap();
    let pages = if cookie.is_some() { 6 } else { 3 };
    let crawled = report["infos"]["crawled_pages_nbr"].as_u64().unwrap();
    assert!(crawled >= pages, "it went nowhere: {}", report["infos"]);
    let mut found = Vec::new();
    for group in ["vulnerabilities", "anomalies"] {
        let all: BTreeMap<String, Vec<Value>> =
            serde_json::from_value(report[group].clone()).unwrap();
        for (name, hits) in all {
            for hit in hits {
                found.push(format!("{name}: {} {} {}", hit["method"], hit["path"], hit["info"]));
            }
        }
    }
    found
}

/// over TLS, as an installation is; before and after the sign-in.
#[test]
fn wapiti_finds_nothing_outside_nor_signed_in() {
    let (folder, data) = demonstration(30);
    let session = {
        let served = Served::start(&data, &[]);
        let mut visitor = Visitor::new(served.address);
        let login = visitor.get("/connexion?essai=instructeur").value("identifiant");
        let page = visitor.fill("/connexion", &[("identifiant", &login), ("mot_de_passe", DEMO)]);
        assert_eq!(page.status, 303, "{}", page.title());
        let cookies = visitor.cookies();
        let own = cookies.split("; ").find_map(|c| c.strip_prefix("huis_session="));
        own.expect("a session").to_owned()
    };
    let issued = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let [certificate, key] = ["certificat.pem", "cle.pem"].map(|name| folder.path().join(name));
    fs::write(&certificate, issued.cert.pem()).unwrap();
    fs::write(&key, issued.signing_key.serialize_pem()).unwrap();
    let tls = ["--tls", certificate.to_str().unwrap(), key.to_str().unwrap()];
    let served = Served::start(&data, &tls);
    let outside = scan(served.address, None, folder.path(), "5");
    let cookie = format!("__Host-huis_session={session}");
    let inside = scan(served.address, Some(&cookie), folder.path(), "15");
    let found: Vec<&String> = outside.iter().chain(&inside).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// The one password of a demonstration.
const DEMO: &str = "huis-clos-sous-la-lune-68";
