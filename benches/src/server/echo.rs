//! The floor: hyper, and nothing else. It reads a request's whole body and answers with as many bytes as the path
//! says.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

/// The most that it answers with.
const MOST_BYTES: usize = 64 * 1024;
static ANSWER: [u8; MOST_BYTES] = [b'x'; MOST_BYTES];

/// Serves until the process ends.
pub async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    super::attend(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(connection(stream));
    }
}

async fn connection(stream: TcpStream) {
    if stream.set_nodelay(true).is_ok() {
        let service = service_fn(answer);
        // A client that leaves is no error.
        let _ = http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let size = request
        .uri()
        .path()
        .trim_start_matches('/')
        .parse()
        .unwrap_or(0)
        .min(MOST_BYTES);
    let whole = request.into_body().collect().await.is_ok();
    let mut response = Response::new(Full::new(Bytes::from_static(&ANSWER[..size])));
    if size == 0 || !whole {
        *response.status_mut() = StatusCode::NO_CONTENT;
    } else {
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
    }
    response
        .headers_mut()
        .insert("x-openrtb-version", HeaderValue::from_static("2.6"));
    Ok(response)
}
