//! HTTP as an exchange speaks it: a bounded number of connections that are kept alive, one request at a time on each.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{HeaderMap, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

/// The longest answer that is read, before and after it is inflated.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Connections to one server.
#[derive(Debug)]
pub(crate) struct Client {
    authority: String,
    permits: Semaphore,
    /// Connections that wait for the next request; never more than there are permits. Locked only to push and pop.
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
}

/// An answer, read whole and inflated.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SendError {
    /// It did not come in time. The connection is closed, since the answer may still come on it.
    #[error("no answer in time")]
    Late,
    /// Nobody listens there, or the connection broke.
    #[error("{0}")]
    Transport(String),
    /// There is one, and it cannot be read.
    #[error("unreadable answer: {0}")]
    Unreadable(String),
}

impl Client {
    /// A client of the server at `authority` (`127.0.0.1:8080`), with at most so many connections.
    pub(crate) fn new(authority: &str, connections: usize) -> Arc<Client> {
        Arc::new(Client {
            authority: authority.to_string(),
            permits: Semaphore::new(connections.max(1)),
            idle: Mutex::new(Vec::new()),
        })
    }

    /// Sends a request, waiting for a connection if need be, and reads the answer whole by the deadline.
    pub(crate) async fn send(
        &self,
        request: &Request<Full<Bytes>>,
        deadline: Instant,
    ) -> Result<Reply, SendError> {
        let permit = timeout_at(deadline, self.permits.acquire());
        let _permit = permit
            .await
            .map_err(|_| SendError::Late)?
            .map_err(transport)?;
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        if let Some(connection) = idle {
            match timeout_at(deadline, self.send_on(connection, request))
                .await
                .map_err(|_| SendError::Late)?
            {
                // The server closed it while it waited: not a failure of this request.
                Err(Failure::Stale) => {}
                Err(Failure::Real(error)) => return Err(error),
                Ok(reply) => return Ok(reply),
            }
        }
        let fresh = async {
            let connection = self.connect().await?;
            self.send_on(connection, request)
                .await
                .map_err(|failure| match failure {
                    Failure::Stale => SendError::Transport("closed before the answer".to_string()),
                    Failure::Real(error) => error,
                })
        };
        timeout_at(deadline, fresh)
            .await
            .map_err(|_| SendError::Late)?
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, SendError> {
        const CONNECT_LIMIT: Duration = Duration::from_secs(5);
        let stream = timeout(CONNECT_LIMIT, TcpStream::connect(&self.authority)).await;
        let stream = stream.map_err(|_| SendError::Late)?.map_err(transport)?;
        stream.set_nodelay(true).map_err(transport)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(transport)?;
        // It ends when the sender is dropped or the server closes; its error reaches the sender too.
        tokio::spawn(connection);
        Ok(sender)
    }

    async fn send_on(
        &self,
        mut connection: SendRequest<Full<Bytes>>,
        request: &Request<Full<Bytes>>,
    ) -> Result<Reply, Failure> {
        connection.ready().await.map_err(|_| Failure::Stale)?;
        let answer = connection
            .send_request(request.clone())
            .await
            .map_err(|error| {
                if error.is_canceled() || error.is_incomplete_message() {
                    Failure::Stale
                } else {
                    Failure::from(error)
                }
            })?;
        let (parts, mut body) = answer.into_parts();
        let mut bytes = BytesMut::new();
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame?.into_data() {
                if bytes.len() + data.len() > ANSWER_BYTES_MAX {
                    return Err(Failure::Real(SendError::Unreadable(
                        "longer than 4 MiB".to_string(),
                    )));
                }
                bytes.extend_from_slice(&data);
            }
        }
        let keep = parts
            .headers
            .get(header::CONNECTION)
            .is_none_or(|value| value != "close");
        if keep && !connection.is_closed() {
            self.keep(connection);
        }
        let body = inflate(&parts.headers, bytes.freeze()).map_err(Failure::Real)?;
        Ok(Reply {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    fn keep(&self, connection: SendRequest<Full<Bytes>>) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
    }
}

enum Failure {
    /// The connection was closed by the server before it answered anything.
    Stale,
    Real(SendError),
}

impl From<hyper::Error> for Failure {
    fn from(error: hyper::Error) -> Failure {
        Failure::Real(SendError::Transport(error.to_string()))
    }
}

fn transport(error: impl std::fmt::Display) -> SendError {
    SendError::Transport(error.to_string())
}

fn inflate(headers: &HeaderMap, body: Bytes) -> Result<Bytes, SendError> {
    match headers
        .get(header::CONTENT_ENCODING)
        .map(|value| value.as_bytes())
    {
        None | Some(b"identity") => Ok(body),
        Some(b"gzip") => gunzip(&body, ANSWER_BYTES_MAX)
            .map(Bytes::from)
            .map_err(SendError::Unreadable),
        Some(other) => {
            let name = String::from_utf8_lossy(other).into_owned();
            Err(SendError::Unreadable(format!(
                "content-encoding {name} was not asked for"
            )))
        }
    }
}

/// Inflates, up to a limit.
pub(crate) fn gunzip(bytes: &[u8], bytes_max: usize) -> Result<Vec<u8>, String> {
    use std::io::Read;
    let mut inflated = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes).take(bytes_max as u64 + 1);
    reader
        .read_to_end(&mut inflated)
        .map_err(|error| format!("gzip: {error}"))?;
    if inflated.len() > bytes_max {
        return Err(format!("more than {bytes_max} bytes after inflating"));
    }
    Ok(inflated)
}

/// Deflates.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer
        .write_all(bytes)
        .and_then(|()| writer.finish())
        .expect("a growing vector takes whatever is written to it")
}

/// A URL of plain HTTP, split: `127.0.0.1:8080` and `/bid/demo?x=1`.
pub(crate) fn split_url(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("http://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = path.split('#').next().unwrap_or(path);
    (!authority.is_empty()).then_some((authority, if path.is_empty() { "/" } else { path }))
}
