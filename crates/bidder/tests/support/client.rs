//! A client that sends bytes, and reads what comes back.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub fn post(exchange: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes = format!(
        "POST /bid/{exchange} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {length}\r\n\r\n"
    )
    .into_bytes();
    bytes.extend(body);
    bytes
}

pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes()
}

/// A connection.
pub struct Client {
    pub stream: TcpStream,
    read: Vec<u8>,
    bodyless: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Client {
    pub async fn to(address: std::net::SocketAddr) -> Client {
        Client {
            stream: TcpStream::connect(address).await.unwrap(),
            read: Vec::new(),
            bodyless: false,
        }
    }

    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        // A peer that has closed its end is seen by the read.
        let _ = self.stream.write_all(bytes.as_ref()).await;
    }

    pub async fn send(&mut self, request: impl AsRef<[u8]>) -> io::Result<Reply> {
        // The answer to HEAD tells the length of a body that does not follow.
        self.bodyless = request.as_ref().starts_with(b"HEAD ");
        self.write(request).await;
        self.reply().await
    }

    /// Reads one answer; an error where the connection ends before it is whole.
    pub async fn reply(&mut self) -> io::Result<Reply> {
        let end = loop {
            if let Some(at) = self.read.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8(self.read.drain(..end).collect()).unwrap();
        let status = head[9..12].parse().unwrap();
        let length = header(&head, "content-length").filter(|_| !self.bodyless);
        let length = length.map_or(0, |n| n.parse().unwrap());
        while self.read.len() < length {
            self.more().await?;
        }
        let body = self.read.drain(..length).collect();
        Ok(Reply { status, head, body })
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The one bid of an answer.
    pub fn bid(&self) -> serde_json::Value {
        assert_eq!(self.status, 200, "{}", self.head);
        self.json()["seatbid"][0]["bid"][0].clone()
    }

    /// The path of one of the bid's URLs, with what the exchange puts for its macros.
    pub fn notice(&self, field: &str, macros: &[(&str, &str)]) -> String {
        let bid = self.bid();
        path_of(bid[field].as_str().unwrap(), macros)
    }

    /// The path of one of the URLs in the bid's markup.
    pub fn markup_url(&self, kind: &str, macros: &[(&str, &str)]) -> String {
        let bid = self.bid();
        let markup = bid["adm"].as_str().unwrap();
        let start = markup.find(&format!("http://bid.example/n/{kind}/"));
        let url = &markup[start.unwrap_or_else(|| panic!("no {kind} in {markup}"))..];
        let end = url.find(['"', '\'', '<', ' ']).unwrap();
        path_of(
            &url[..end].replace("&amp;", "&").replace("&#x2f;", "/"),
            macros,
        )
    }
}

fn path_of(url: &str, macros: &[(&str, &str)]) -> String {
    let mut path = url.strip_prefix("http://bid.example").unwrap().to_string();
    for (name, value) in macros {
        path = path.replace(&format!("${{{name}}}"), value);
    }
    path
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
