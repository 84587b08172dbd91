//! A connection to the product, over which one request goes at a time.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, LOCATION};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long anything may take. Then it is in doubt, as if the connection had broken.
const LIMIT: Duration = Duration::from_secs(10);
/// The longest answer that is read.
const ANSWER_BYTES: usize = 1024 * 1024;

/// A connection that is kept alive. After an error it is of no use any more.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// Where it leads to, if it does.
    pub location: Option<String>,
    pub body: Bytes,
}

impl Reply {
    /// Whether a notice that is answered so is acknowledged.
    pub fn acknowledges(&self) -> bool {
        matches!(self.status, 200..=299 | 302)
    }
}

impl Connection {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Connection> {
        let stream = timeout(LIMIT, TcpStream::connect(address))
            .await
            .context("no connection in time")??;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the sender or with the server, whose going away is what this test is about.
        tokio::spawn(connection);
        Ok(Connection {
            sender,
            host: address.to_string(),
        })
    }

    pub async fn get(&mut self, path: &str) -> anyhow::Result<Reply> {
        self.send(Method::GET, path, Bytes::new()).await
    }

    pub async fn post(&mut self, path: &str, body: Bytes) -> anyhow::Result<Reply> {
        self.send(Method::POST, path, body).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Bytes) -> anyhow::Result<Reply> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.host)
            .header(ACCEPT, "*/*")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))?;
        timeout(LIMIT, self.exchange(request))
            .await
            .context("no answer in time")?
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> anyhow::Result<Reply> {
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status().as_u16();
        let location = answer
            .headers()
            .get(LOCATION)
            .and_then(|value| value.to_str().ok())
            .map(str::to_string);
        let body = Limited::new(answer.into_body(), ANSWER_BYTES)
            .collect()
            .await;
        let body = body
            .map_err(|error| anyhow::anyhow!("unreadable answer: {error}"))?
            .to_bytes();
        Ok(Reply {
            status,
            location,
            body,
        })
    }
}
