//! Planted words, and looking for them in whatever a program can write them as.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::{fs, path::Path};

/// What is planted: never in a word of the program, never in one of its made-up people.
pub const LAST: &str = "Zyrkhovenbourg";
pub const FIRST: &str = "Philomelinde";
pub const STREET: &str = "des Ornithorynques";
pub const PHONE: &str = "0639981357";
pub const MAIL: &str = "ph.zyrkho.privee";
pub const NIR: &str = "2 85 05 78 006 084 36";
pub const NOTE: &str = "Hospitalisation au pavillon Vandersmurf";
pub const NUMBER: &str = "9182736";

const PLANTED: [&str; 10] = [
    LAST,
    FIRST,
    "Ornithorynques",
    PHONE,
    "06 39 98 13 57",
    MAIL,
    NIR,
    "285057800608436",
    "Vandersmurf",
    NUMBER,
];

/// All that came out, each thing with where it came from.
#[derive(Default)]
pub struct Heard(pub Vec<(String, Vec<u8>)>);

impl Heard {
    pub fn add(&mut self, from: &str, bytes: &[u8]) {
        self.0.push((from.to_owned(), bytes.to_vec()));
    }

    pub fn folder(&mut self, from: &Path) {
        for entry in fs::read_dir(from).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                self.folder(&path);
            } else if let Ok(bytes) = fs::read(&path) {
                // A name of a file says something too.
                self.add(&path.display().to_string(), path.display().to_string().as_bytes());
                self.add(&path.display().to_string(), &bytes);
            }
        }
    }

    /// Where each planted word is, in any of the ways a program writes it.
    pub fn found(&self) -> Vec<String> {
        let forms: Vec<(String, Vec<u8>)> = PLANTED.iter().flat_map(|word| forms(word)).collect();
        let mut found = Vec::new();
        for (from, bytes) in &self.0 {
            let small = bytes.to_ascii_lowercase();
            for (form, needle) in &forms {
                let hay = if form.starts_with("base64") { bytes } else { &small };
                if let Some(at) = position(hay, needle) {
                    let around =
                        &bytes[at.saturating_sub(60)..(at + needle.len() + 20).min(bytes.len())];
                    found.push(format!("{from}: {form}: …{}…", String::from_utf8_lossy(around)));
                }
            }
        }
        found
    }
}

fn position(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = hay[from..].iter().position(|b| *b == first) {
        let at = from + at;
        if hay[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect()
}

/// UTF-8 (Latin-1 is the same: the words are plain letters), UTF-16 both ways, hexadecimal, an address,
/// JSON of bytes, base64 at its three places, as typed and in capitals.
fn forms(word: &str) -> Vec<(String, Vec<u8>)> {
    let small = word.to_ascii_lowercase();
    let mut out = vec![(format!("text « {word} »"), small.clone().into_bytes())];
    let utf16: Vec<u16> = small.encode_utf16().collect();
    out.push((format!("UTF-16 « {word} »"), utf16.iter().flat_map(|u| u.to_le_bytes()).collect()));
    out.push((
        format!("UTF-16 BE « {word} »"),
        utf16.iter().flat_map(|u| u.to_be_bytes()).collect(),
    ));
    out.push((format!("percent « {word} »"), small.replace(' ', "%20").into_bytes()));
    out.push((format!("plus « {word} »"), small.replace(' ', "+").into_bytes()));
    let normal: String = small.chars().filter(char::is_ascii_alphanumeric).collect();
    out.push((format!("letters « {word} »"), normal.into_bytes()));
    for typed in [word.to_owned(), word.to_uppercase(), small] {
        out.push((format!("hex « {typed} »"), hex(typed.as_bytes())));
        for shift in 0..3 {
            let mut padded = vec![b'x'; shift];
            padded.extend_from_slice(typed.as_bytes());
            let coded = STANDARD.encode(&padded);
            // The ends depend on the neighbours: the middle is the word's own.
            let middle = &coded[(shift * 4).div_ceil(3)..coded.len() - 4];
            out.push((format!("base64 « {typed} »"), middle.as_bytes().to_vec()));
        }
    }
    out
}

/// The search itself: each form of a planted word is found where it stands.
#[test]
fn a_planted_word_would_be_found() {
    let mut heard = Heard::default();
    heard.add("nothing", b"une page sans rien de personne");
    assert_eq!(heard.found(), Vec::<String>::new());
    let coded = STANDARD.encode(format!("{{\"nom\":\"{LAST}\"}}"));
    let shifted = STANDARD.encode(format!("x{{\"nom\":\"{LAST}\"}}"));
    for bytes in [
        format!("… {} …", LAST.to_uppercase()).into_bytes(),
        LAST.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        hex(LAST.as_bytes()),
        coded.into_bytes(),
        shifted.into_bytes(),
        format!("q={}", NIR.replace(' ', "%20")).into_bytes(),
    ] {
        let mut heard = Heard::default();
        heard.add("somewhere", &bytes);
        assert!(!heard.found().is_empty(), "{}", String::from_utf8_lossy(&bytes));
    }
}
