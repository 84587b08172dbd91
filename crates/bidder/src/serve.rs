//! The sockets: connections within limits, kept alive, and drained.

pub mod body;
pub mod reply;
pub mod stall;
pub mod workers;

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::config::Limits;
use crate::floor::Gate;
use reply::Reply;
use stall::{Impatient, Patience, Turn, Watched};

/// When a connection cannot be taken, mostly for want of file descriptors, others may end meanwhile.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);
/// What a connection buffers of a body at most, before the body's reader takes it.
const BUFFER_BYTES: usize = 64 * 1024;

/// Who answers requests: the bidder, and the echo that it is measured against.
pub trait Answers: Send + Sync + 'static {
    /// Answers one request, whose head has just come on this line.
    fn answer(&self, line: &Line, request: Request<Incoming>)
    -> impl Future<Output = Reply> + Send;

    /// What peers may take.
    fn limits(&self) -> &Limits;

    /// How many connections may be open, and are.
    fn connections(&self) -> &Gate;

    /// A connection was taken, or refused because there are too many.
    fn note_connection(&self, taken: bool);
}

/// What a connection knows beyond a request.
#[derive(Debug)]
pub struct Line {
    /// What it waits for.
    pub turn: Arc<Turn>,
    /// Where the exchange of the last request was found.
    exchange: AtomicUsize,
}

impl Line {
    /// Where the exchange of the last request was found.
    pub fn exchange(&self) -> usize {
        self.exchange.load(Ordering::Relaxed)
    }

    /// Where the exchange of this request was found.
    pub fn set_exchange(&self, place: usize) {
        self.exchange.store(place, Ordering::Relaxed);
    }
}

/// Takes connections until `stop` is true, and then no more, and hands each on.
async fn accept(
    listener: TcpListener,
    mut stop: watch::Receiver<bool>,
    mut take: impl FnMut(TcpStream),
) {
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => take(stream),
            Err(error) => {
                tracing::warn!(%error, "could not take a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Serves a connection on a task of its own, in the runtime that this is called in, unless there are too many. The seat
/// is kept until it ends.
fn take<A: Answers>(
    stream: TcpStream,
    seat: impl Send + 'static,
    answers: &Arc<A>,
    watched: &Watched,
) {
    let answers = Arc::clone(answers);
    let turn = watched.enter();
    tokio::spawn(async move {
        let _seat = seat;
        let Some(_pass) = answers.connections().enter() else {
            answers.note_connection(false);
            return;
        };
        answers.note_connection(true);
        if let Err(error) = serve(stream, &*answers, turn).await {
            tracing::debug!(%error, "a connection broke");
        }
    });
}

/// Serves one connection until it ends, or, once it is told to, until the request under way is answered.
async fn serve<A: Answers>(stream: TcpStream, answers: &A, turn: Arc<Turn>) -> Result<(), Broken> {
    stream.set_nodelay(true)?;
    let limits = answers.limits();
    let io = TokioIo::new(Impatient::new(stream, Arc::clone(&turn)));
    let line = Line {
        turn,
        exchange: AtomicUsize::new(0),
    };
    let line = &line;
    let service = service_fn(|request| {
        let under_way = line.turn.begin();
        async move {
            let _under_way = under_way;
            Ok::<_, Infallible>(answers.answer(line, request).await)
        }
    });
    let connection = http1::Builder::new()
        // The watchman bounds what hyper's timers would, and costs nothing with a request.
        .header_read_timeout(None)
        .max_header_size(limits.header_bytes)
        .max_buf_size(BUFFER_BYTES.max(limits.header_bytes))
        // Head and body go out in one write. To copy the few kilobytes of an answer behind its head costs less than to
        // hand the system two pieces: measured, 0.6 to 1.6 of 10 microseconds.
        .writev(false)
        .serve_connection(io, service);
    let mut connection = pin!(connection);
    let mut ending = false;
    poll_fn(|cx| {
        line.turn.runs_on(cx.waker());
        if !ending && line.turn.is_last() {
            ending = true;
            connection.as_mut().graceful_shutdown();
        }
        connection.as_mut().poll(cx)
    })
    .await?;
    Ok(())
}

/// How long peers may take.
fn patience(limits: &Limits) -> Patience {
    Patience {
        idle: limits.idle_timeout,
        head: limits.header_timeout,
        body: limits.body_timeout,
        write: limits.write_timeout,
    }
}

/// Why a connection ended early. All of it is the peer's affair, so it is told to the debug log only.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
}
