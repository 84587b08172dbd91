//! Connections that wait for their peer too long are cut: one that idles, one whose head or body does not end, one
//! that does not take its answer.
//!
//! No connection has a timer, since a timer for each request costs more than parsing it. A connection says in a number
//! of its own what it waits for, and that is all that a request costs; a watchman looks at all of these numbers a few
//! times within the shortest limit. One that has stood still for longer than its limit is cut, so a limit is kept to
//! about an eighth of the shortest.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;

/// How long a peer may take. Real time.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// With no request under way.
    pub idle: Duration,
    /// For the head of a request, from its first byte.
    pub head: Duration,
    /// For its body.
    pub body: Duration,
    /// For taking bytes of an answer.
    pub write: Duration,
}

/// What a connection waits for from its peer's next bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// A request, of which nothing has come.
    Idle,
    /// The rest of a head.
    Head,
    /// Nothing: the request is ours to answer.
    Nothing,
    /// The rest of a body.
    Body,
}

/// One connection's state, written by the connection alone and read by the watchman. The numbers change whenever the
/// state does, so that a state that came back is not taken for one that never went.
#[derive(Debug, Default)]
pub struct Turn {
    /// A [`Wait`] in the lowest two bits, and above them how often it has changed.
    reading: AtomicU64,
    /// Odd while the peer takes nothing.
    writing: AtomicU64,
    /// What of both stood still for too long, one more than it was.
    over: [AtomicU64; 2],
    /// The connection is to end with the request that is under way.
    last: AtomicBool,
    /// Wakes the connection.
    waker: OnceLock<Waker>,
}

impl Turn {
    /// A head is whole; the request is ours until the guard is dropped.
    pub fn begin(&self) -> UnderWay<'_> {
        self.wait_for(Wait::Nothing);
        UnderWay(self)
    }

    /// The rest of a body is waited for until the guard is dropped.
    pub fn await_body(&self) -> AwaitsBody<'_> {
        self.wait_for(Wait::Body);
        AwaitsBody(self)
    }

    fn wait_for(&self, wait: Wait) {
        let count = self.reading.load(Ordering::Relaxed) >> 2;
        let reading = (count.wrapping_add(1) << 2) | wait as u64;
        self.reading.store(reading, Ordering::Relaxed);
    }

    fn waits_for(&self) -> Wait {
        match self.reading.load(Ordering::Relaxed) & 3 {
            0 => Wait::Idle,
            1 => Wait::Head,
            2 => Wait::Nothing,
            _ => Wait::Body,
        }
    }

    /// Whether the peer has taken too long with what is read.
    fn is_read_over(&self) -> bool {
        self.over[0].load(Ordering::Relaxed) == self.reading.load(Ordering::Relaxed) + 1
    }

    fn is_write_over(&self) -> bool {
        self.over[1].load(Ordering::Relaxed) == self.writing.load(Ordering::Relaxed) + 1
    }

    /// The connection runs on this task, and on no other.
    pub fn runs_on(&self, waker: &Waker) {
        if self.waker.get().is_none() {
            let _ = self.waker.set(waker.clone());
        }
    }

    /// Whether the connection is to end with the request that is under way.
    pub fn is_last(&self) -> bool {
        self.last.load(Ordering::Relaxed)
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.get() {
            waker.wake_by_ref();
        }
    }
}

/// A request that is ours to answer.
#[derive(Debug)]
pub struct UnderWay<'a>(&'a Turn);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.wait_for(Wait::Idle);
    }
}

/// A request of which the rest of the body is waited for.
#[derive(Debug)]
pub struct AwaitsBody<'a>(&'a Turn);

impl AwaitsBody<'_> {
    /// Whether it took too long.
    pub fn is_over(&self) -> bool {
        self.0.is_read_over()
    }
}

impl Drop for AwaitsBody<'_> {
    fn drop(&mut self) {
        self.0.wait_for(Wait::Nothing);
    }
}

/// The connections that are watched.
#[derive(Debug, Default)]
pub struct Watched(Mutex<New>);

#[derive(Debug, Default)]
struct New {
    /// Those that the watchman has not seen yet.
    turns: Vec<Arc<Turn>>,
    /// None is to take another request.
    ending: bool,
}

impl Watched {
    /// A new connection.
    pub fn enter(&self) -> Arc<Turn> {
        let turn = Arc::new(Turn::default());
        // Once for a connection, and never held for long.
        let mut new = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turn.last.store(new.ending, Ordering::Relaxed);
        new.turns.push(Arc::clone(&turn));
        turn
    }

    /// Watches until `stop` is true; then tells every connection to end with the request that is under way, and watches
    /// on for as long as it is polled.
    pub async fn watch(&self, patience: Patience, mut stop: watch::Receiver<bool>) {
        let mut rounds = Rounds::default();
        let mut every = tokio::time::interval(patience.look_every());
        let mut stopping = false;
        loop {
            tokio::select! {
                _ = every.tick() => {}
                _ = stop.wait_for(|stop| *stop), if !stopping => stopping = true,
            }
            {
                let mut new = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                new.ending = stopping;
                rounds.add(new.turns.drain(..));
            }
            rounds.look(&patience, Instant::now(), stopping);
        }
    }
}

impl Patience {
    fn look_every(&self) -> Duration {
        let limits = [self.idle, self.head, self.body, self.write];
        let shortest = limits.into_iter().min().unwrap_or_default();
        (shortest / 8).clamp(Duration::from_millis(1), Duration::from_millis(250))
    }

    /// How long what a connection waits for may take.
    fn limit(&self, turn: &Turn) -> Option<Duration> {
        if !turn.writing.load(Ordering::Relaxed).is_multiple_of(2) {
            return Some(self.write);
        }
        match turn.waits_for() {
            Wait::Idle => Some(self.idle),
            Wait::Head => Some(self.head),
            Wait::Body => Some(self.body),
            Wait::Nothing => None,
        }
    }
}

/// What the watchman remembers.
#[derive(Debug, Default)]
struct Rounds(Vec<Seen>);

#[derive(Debug)]
struct Seen {
    turn: Arc<Turn>,
    /// What was read off it, and since when.
    state: [u64; 2],
    since: Option<Instant>,
}

impl Rounds {
    fn add(&mut self, turns: impl Iterator<Item = Arc<Turn>>) {
        self.0.extend(turns.map(|turn| Seen {
            turn,
            state: [0; 2],
            since: None,
        }));
    }

    fn look(&mut self, patience: &Patience, now: Instant, stopping: bool) {
        // Where nobody else has it, the connection is gone.
        self.0.retain(|seen| Arc::strong_count(&seen.turn) > 1);
        for seen in &mut self.0 {
            let turn = &seen.turn;
            if stopping {
                // Again and again, so that one that was about to say where it runs is woken too.
                turn.last.store(true, Ordering::Relaxed);
                turn.wake();
            }
            let state = [&turn.reading, &turn.writing].map(|part| part.load(Ordering::Relaxed));
            let since = *match &mut seen.since {
                Some(since) if seen.state == state => since,
                other => other.insert(now),
            };
            seen.state = state;
            if patience
                .limit(turn)
                .is_some_and(|limit| now - since >= limit)
            {
                for (over, state) in turn.over.iter().zip(state) {
                    over.store(state + 1, Ordering::Relaxed);
                }
                turn.wake();
            }
        }
    }
}

/// A socket that says what it waits for.
#[derive(Debug)]
pub struct Impatient<S> {
    stream: S,
    turn: Arc<Turn>,
}

impl<S> Impatient<S> {
    /// Wraps a stream of which `turn` is told.
    pub fn new(stream: S, turn: Arc<Turn>) -> Impatient<S> {
        Impatient { stream, turn }
    }

    /// Progress ends the wait for the peer to take something, no progress begins it, or goes on with it.
    fn note_write<T>(&mut self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        let writing = self.turn.writing.load(Ordering::Relaxed);
        let stood = !writing.is_multiple_of(2);
        if written.is_pending() && stood && self.turn.is_write_over() {
            return Poll::Ready(Err(timed_out("the peer does not take the answer")));
        }
        if written.is_pending() != stood {
            let writing = writing.wrapping_add(1);
            self.turn.writing.store(writing, Ordering::Relaxed);
        }
        written
    }
}

fn timed_out(why: &'static str) -> io::Error {
    io::Error::new(ErrorKind::TimedOut, why)
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Pending => match self.turn.waits_for() {
                Wait::Idle | Wait::Head if self.turn.is_read_over() => {
                    Poll::Ready(Err(timed_out("a request took too long to come")))
                }
                // Whoever reads the body answers that it took too long.
                _ => Poll::Pending,
            },
            ready => {
                // Where no request is under way, bytes begin a head, or go on with it.
                if buffer.filled().len() > before && self.turn.waits_for() == Wait::Idle {
                    self.turn.wait_for(Wait::Head);
                }
                ready
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note_write(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.note_write(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
