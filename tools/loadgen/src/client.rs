//! One connection that is kept open, with its cookies.

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, StatusCode,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header,
};
use hyper_util::rt::TokioIo;
use std::{collections::BTreeMap, net::SocketAddr};
use tokio::net::TcpStream;

/// A connection.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Where to go, for a redirection.
    pub location: Option<String>,
    /// The whole body.
    pub body: Bytes,
}

impl Client {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("connexion")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, address, cookies: BTreeMap::new() })
    }

    /// Connects with a session that is open already.
    pub async fn in_session(address: SocketAddr, token: &str) -> Result<Self> {
        let mut client = Self::open(address).await?;
        client.cookies.insert("huis_session".to_owned(), token.to_owned());
        Ok(client)
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, Bytes::new()).await
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let body: Vec<String> =
            fields.iter().map(|(k, v)| format!("{}={}", escaped(k), escaped(v))).collect();
        self.send(Method::POST, path, Bytes::from(body.join("&"))).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Bytes) -> Result<Answer> {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::HOST, self.address.to_string())
            .header(header::COOKIE, cookies.join("; "));
        if method == Method::POST {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(Full::new(body))?;
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let (parts, body) = answer.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().ok().and_then(|c| c.split(';').next()?.split_once('='));
            if let Some((name, value)) = pair {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = parts.headers.get(header::LOCATION);
        let location = location.and_then(|v| v.to_str().ok()).map(str::to_owned);
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: parts.status, location, body })
    }

    /// Signs in, as a browser does.
    pub async fn sign_in(&mut self, login: &str, password: &str) -> Result<()> {
        let form = self.get("/connexion").await?;
        let csrf = csrf(&form.body).context("formulaire de connexion")?;
        let fields = [("_csrf", csrf.as_str()), ("identifiant", login), ("mot_de_passe", password)];
        let answer = self.post("/connexion", &fields).await?;
        if answer.status != StatusCode::SEE_OTHER {
            bail!("la connexion de {login} est refusée ({})", answer.status);
        }
        Ok(())
    }
}

/// The token that the forms of a page carry.
pub fn csrf(page: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(page);
    let (_, rest) = text.split_once("name=\"_csrf\"")?;
    let (_, rest) = rest.split_once("value=\"")?;
    Some(rest.split_once('"')?.0.to_owned())
}

fn escaped(text: &str) -> String {
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
