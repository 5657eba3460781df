//! A visitor without JavaScript: plain HTTP, a jar of cookies, and the forms as the page gives them.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use super::PASSWORD;

/// A page as it came.
pub struct Page {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}

pub struct Visitor {
    address: SocketAddr,
    jar: BTreeMap<String, String>,
}

impl Visitor {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, jar: BTreeMap::new() }
    }

    /// The same visitor, with the same cookies, at another server of the same house.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, jar: self.jar.clone() }
    }

    /// One request, without following where it leads.
    fn send(&mut self, method: &str, path: &str, body: &str) -> Page {
        self.try_send(method, path, body).unwrap()
    }

    /// The same to a server that may be gone before it answers.
    pub fn try_send(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<Page> {
        let cookies: Vec<String> = self.jar.iter().map(|(n, v)| format!("{n}={v}")).collect();
        // HTTP/1.0: the answer comes whole and the line closes after it.
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nCookie: {}\r\nAccept-Language: fr\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            self.address,
            cookies.join("; "),
            body.len()
        );
        let mut stream = TcpStream::connect(self.address)?;
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        // A file is not text: enough of it is read to know it.
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let cut = std::io::ErrorKind::UnexpectedEof;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or(cut)?;
        let mut page = Page {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            location: None,
            body: body.to_owned(),
        };
        for (name, value) in head.lines().filter_map(|l| l.split_once(": ")) {
            match name.to_ascii_lowercase().as_str() {
                "location" => page.location = Some(value.to_owned()),
                "set-cookie" => {
                    let (name, rest) = value.split_once('=').unwrap();
                    let value = rest.split(';').next().unwrap_or_default();
                    self.jar.insert(name.to_owned(), value.to_owned());
                }
                _ => {}
            }
        }
        self.jar.retain(|_, value| !value.is_empty());
        Ok(page)
    }

    /// Goes to another server, or to the same at another address.
    pub fn move_to(&mut self, address: SocketAddr) {
        self.address = address;
    }

    /// Opens a page, and goes where it leads.
    pub fn get(&mut self, path: &str) -> Page {
        let page = self.send("GET", path, "");
        self.follow(page)
    }

    /// Sends a form, without following where it leads.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send("POST", path, &form(fields))
    }

    /// Goes where an answer leads, as a browser does.
    pub fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..5 {
            let Some(to) = page.location.take() else { return page };
            page = self.send("GET", to.split('#').next().unwrap(), "");
        }
        panic!("a page leads round and round");
    }

    /// What a browser sends with each request.
    pub fn cookies(&self) -> String {
        let pairs: Vec<String> = self.jar.iter().map(|(n, v)| format!("{n}={v}")).collect();
        pairs.join("; ")
    }

    /// Opens the page of a form, fills these fields beside those that it hides, sends it.
    pub fn fill(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(path);
        let hidden = page.hidden();
        let mut all = pairs(&hidden);
        all.extend(fields);
        self.post(path, &all)
    }

    pub fn sign_in(&mut self, login: &str) -> Page {
        let page = self.fill("/connexion", &[("identifiant", login), ("mot_de_passe", PASSWORD)]);
        let page = self.follow(page);
        assert!(page.body.contains("/deconnexion"), "{login} did not sign in: {}", page.title());
        page
    }
}

impl Page {
    /// The hidden fields of the page's own form: within the page, else whatever form there is.
    pub fn hidden(&self) -> BTreeMap<String, String> {
        let main = self.body.split_once("<main").map_or(self.body.as_str(), |(_, main)| main);
        let form = main.split_once("<form").map_or(main, |(_, form)| form);
        let form = form.split_once("</form>").map_or(form, |(form, _)| form);
        let attribute = |tag: &str, name: &str| {
            let (_, rest) = tag.split_once(&format!("{name}=\""))?;
            Some(rest.split_once('"')?.0.to_owned())
        };
        form.split("<input ")
            .filter(|tag| tag.starts_with("type=\"hidden\""))
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)))
            .collect()
    }

    /// What a field of the page holds.
    pub fn value(&self, name: &str) -> String {
        let tag = self.body.split("<input ").find(|tag| tag.contains(&format!("name=\"{name}\"")));
        let value =
            tag.and_then(|t| t.split('>').next()?.split_once("value=\"")?.1.split_once('"'));
        value.map(|(v, _)| v.to_owned()).unwrap_or_default()
    }

    pub fn title(&self) -> &str {
        let rest = self.body.split_once("<title>").map_or("", |(_, rest)| rest);
        rest.split_once("</title>").map_or("", |(title, _)| title)
    }

    /// The addresses that the page links to and that begin so.
    pub fn links(&self, start: &str) -> Vec<String> {
        let hrefs = self.body.split("href=\"").skip(1).filter_map(|r| r.split('"').next());
        hrefs.filter(|h| h.starts_with(start)).map(str::to_owned).collect()
    }
}

/// Fields as a form is sent.
pub fn pairs(fields: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The body of a form.
pub fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(n, v)| format!("{}={}", escape(n), escape(v))).collect();
    pairs.join("&")
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
