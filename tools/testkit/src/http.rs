//! The little HTTP that a WebDriver needs: one request, one JSON answer, on the loopback.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

use crate::TestkitError;

/// Longest time a browser may take for one command (a page that loads, an axe run).
const PATIENCE: Duration = Duration::from_secs(90);

/// Sends one request and reads the whole JSON answer.
pub(crate) fn call(
    port: u16,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> Result<Value, TestkitError> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(port, request.as_bytes()).map_err(TestkitError::io("WebDriver"))?;
    serde_json::from_slice(&answer).map_err(|error| TestkitError::Refused {
        what: "WebDriver",
        message: format!("{error} in {}", String::from_utf8_lossy(&answer)),
    })
}

/// Gives the answer's body. Its length is told by the head: chromedriver keeps the line open.
fn exchange(port: u16, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request)?;
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    Ok(body)
}
