//! A program before the API: JSON over plain HTTP, with a token that its owner made on the page.

use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use crate::common::{COLMAR, House, PASSWORD, http::Visitor};

pub const PREFECTURE: &str = "Préfecture, prévention des expulsions";
pub const MULHOUSE: &str = "684";
pub const ALL: [&str; 4] = ["lecture", "actes", "imports", "administration"];

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }
    /// The end of the problem's type.
    pub fn problem(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text());
        let kind = self.json()["type"].as_str().unwrap().to_owned();
        kind.strip_prefix("/api/v1/problemes/").unwrap().to_owned()
    }
    pub fn faults(&self) -> Vec<String> {
        let faults = self.json()["faults"].as_array().cloned().unwrap_or_default();
        faults.iter().map(|f| f["champ"].as_str().unwrap_or_default().to_owned()).collect()
    }
    /// Is it this status? Says what came otherwise.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// Someone's token at an address.
#[derive(Clone)]
pub struct Program {
    pub address: SocketAddr,
    pub token: Option<String>,
}

impl Program {
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = format!("{method} /api/v1{path} HTTP/1.0\r\nHost: {}\r\n", self.address);
        if let Some(token) = &self.token {
            head.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        // A server that refuses by the head alone may have closed the way already.
        let _ = stream.write_all(body);
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        let end = all.windows(4).position(|w| w == b"\r\n\r\n").expect("an answer");
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .filter_map(|l| l.split_once(": "))
            .map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned()))
            .collect();
        Answer { status, headers, bytes: all[end + 4..].to_vec() }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    pub fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        let headers = [("Content-Type", "application/json")];
        self.send(method, path, &headers, body.to_string().as_bytes())
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.json("POST", path, body)
    }

    /// With an idempotency key.
    pub fn once(&self, key: &str, path: &str, body: &Value) -> Answer {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
        self.send("POST", path, &headers, body.to_string().as_bytes())
    }

    pub fn act(&self, number: &str, kind: &str, on: &str, fields: Value) -> Answer {
        let version = self.get(&format!("/dossiers/{number}"));
        let mut body = json!({ "acte": kind, "le": on, "champs": fields });
        if version.status == 200 {
            body["version"] = version.json()["version"].clone();
        }
        self.post(&format!("/dossiers/{number}/actes"), &body)
    }
}

/// Makes a token on its page, as its owner does. Gives the program that holds it.
pub fn program(house: &House, login: &str, scopes: &[&str], until: &str) -> Program {
    let mut visitor = Visitor::new(house.address);
    visitor.sign_in(login);
    let page = make(&mut visitor, scopes, until);
    assert_eq!(page.status, 200, "{login}: {}", page.body);
    let (_, rest) = page.body.split_once("id=\"jeton\" type=\"text\" value=\"").expect("a token");
    let token = rest.split('"').next().unwrap().to_owned();
    Program { address: house.address, token: Some(token) }
}

/// Sends the form of the page.
pub fn make(visitor: &mut Visitor, scopes: &[&str], until: &str) -> crate::common::http::Page {
    let mut fields = vec![("nom", "Logiciel d’essai"), ("fin", until), ("actuel", PASSWORD)];
    fields.extend(scopes.iter().map(|s| ("portee", *s)));
    visitor.fill("/mon-compte/jetons", &fields)
}

pub fn nobody(house: &House) -> Program {
    Program { address: house.address, token: None }
}

/// A dossier to open: of whom, where.
pub fn case(last: &str, unit: &str, town: &str) -> Value {
    json!({
        "secteur": unit,
        "volets": [
            { "volet": "occupant", "champs": {
                "qualite": "en_impaye", "nom": last, "prenom": "Élise",
                "date_naissance": "1980-05-17", "telephone": "06 39 98 00 01",
            } },
            { "volet": "local", "champs": {
                "type_bailleur": "social", "numero": "12", "type_voie": "rue",
                "nom_voie": "des Tanneurs", "code_postal": "68000", "commune": town,
                "loyer": "650.00",
            } },
        ],
    })
}

/// Opens a dossier in Colmar.
pub fn open(by: &Program, last: &str) -> String {
    let made = by.post("/dossiers", &case(last, COLMAR, "68066")).is(201).json();
    made["numero"].as_str().unwrap().to_owned()
}
