//! The sockets: connections within limits, kept alive, and drained.

pub mod body;
mod stall;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::counts::Counted;
use crate::floor::Floor;
use crate::route;
use stall::{Impatient, Patience, Turn};

/// When a connection cannot be taken, mostly for want of file descriptors, others may end meanwhile.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);
/// What a connection buffers of a body at most, before the body's reader takes it.
const BUFFER_BYTES: usize = 64 * 1024;

/// Takes connections until `stop` is true, and then no more. Those that are open end after the request that is under
/// way.
pub async fn accept(listener: TcpListener, floor: Arc<Floor>, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => take(stream, &floor, &stop),
            Err(error) => {
                tracing::warn!(%error, "could not take a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn take(stream: TcpStream, floor: &Arc<Floor>, stop: &watch::Receiver<bool>) {
    let floor = Arc::clone(floor);
    let stop = stop.clone();
    tokio::spawn(async move {
        let Some(_pass) = floor.connections.enter() else {
            floor.counts.add(Counted::ConnectionRefused);
            return;
        };
        floor.counts.add(Counted::ConnectionTaken);
        if let Err(error) = serve(stream, &floor, stop).await {
            tracing::debug!(%error, "a connection broke");
        }
    });
}

/// Serves one connection until it ends, or, once `stop` is true, until the request under way is answered.
async fn serve(
    stream: TcpStream,
    floor: &Arc<Floor>,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Broken> {
    stream.set_nodelay(true)?;
    let limits = &floor.config.limits;
    let turn = Arc::new(Turn::default());
    let patience = Patience {
        head: limits.header_timeout,
        write: limits.write_timeout,
    };
    let io = TokioIo::new(Impatient::new(stream, Arc::clone(&turn), patience));
    let service = service_fn(|request| {
        let under_way = turn.begin();
        async move {
            let _under_way = under_way;
            Ok::<_, Infallible>(route::answer(floor, request).await)
        }
    });
    let connection = http1::Builder::new()
        // Without a timer hyper's timeout does nothing.
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle_timeout)
        .max_header_size(limits.header_bytes)
        .max_buf_size(BUFFER_BYTES.max(limits.header_bytes))
        .serve_connection(io, service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return Ok(ended?),
        _ = stop.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    Ok(connection.await?)
}

/// Why a connection ended early. All of it is the peer's affair, so it is told to the debug log only.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
}
