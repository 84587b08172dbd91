//! A socket that runs out of patience: with a head that never ends, and with a peer that does not read.
//!
//! hyper's own timer bounds how long a connection may wait for a whole head, and that is also how long an idle
//! connection lives: minutes, since exchanges keep connections. A head that has begun must not take minutes. So this
//! looks at the bytes: from the first byte of a head until the service is called, a much shorter limit holds.

use std::future::Future;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// What a connection is at: counts the ends of heads and of answers. Even while no request is under way.
#[derive(Debug, Default)]
pub struct Turn(AtomicU32);

impl Turn {
    /// A head is whole; the request is under way until the guard is dropped.
    pub fn begin(self: &Arc<Turn>) -> UnderWay {
        self.0.fetch_add(1, Ordering::Relaxed);
        UnderWay(Arc::clone(self))
    }

    /// The number of the head that comes next, where none is whole.
    fn awaiting(&self) -> Option<u32> {
        let turn = self.0.load(Ordering::Relaxed);
        turn.is_multiple_of(2).then_some(turn)
    }
}

/// A request that is under way.
#[derive(Debug)]
pub struct UnderWay(Arc<Turn>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// How long a peer may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the head of a request, from its first byte.
    pub head: Duration,
    /// For taking bytes of an answer.
    pub write: Duration,
}

/// A socket with limits.
#[derive(Debug)]
pub struct Impatient<S> {
    stream: S,
    turn: Arc<Turn>,
    patience: Patience,
    /// Which head has begun, and when it must be whole.
    head: Option<(u32, Instant)>,
    head_timer: Option<Pin<Box<Sleep>>>,
    write_timer: Option<Pin<Box<Sleep>>>,
}

impl<S> Impatient<S> {
    /// Wraps a stream of which `turn` is told.
    pub fn new(stream: S, turn: Arc<Turn>, patience: Patience) -> Impatient<S> {
        Impatient {
            stream,
            turn,
            patience,
            head: None,
            head_timer: None,
            write_timer: None,
        }
    }

    /// Bytes came. Where no request is under way, they begin a head, or go on with it.
    fn note_read(&mut self) {
        self.head_timer = None;
        if let Some(turn) = self.turn.awaiting()
            && self.head.is_none_or(|(begun, _)| begun != turn)
        {
            self.head = Some((turn, Instant::now() + self.patience.head));
        }
    }

    /// No bytes came. Where a head has begun, it must be whole in time.
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.head {
            Some((begun, due)) if self.turn.awaiting() == Some(begun) => {
                let timer = self
                    .head_timer
                    .get_or_insert_with(|| Box::pin(sleep_until(due)));
                ready!(timer.as_mut().poll(cx));
                Poll::Ready(Err(timed_out("the head of a request took too long")))
            }
            _ => Poll::Pending,
        }
    }

    /// Bounds what a write said: progress ends the wait, no progress begins or continues it.
    fn bound_write<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write_timer = None;
            return written;
        }
        let due = Instant::now() + self.patience.write;
        let timer = self
            .write_timer
            .get_or_insert_with(|| Box::pin(sleep_until(due)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(timed_out("the peer does not take the answer")))
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
            Poll::Pending => self.poll_head(cx),
            ready => {
                if buffer.filled().len() > before {
                    self.note_read();
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
        self.bound_write(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.bound_write(cx, written)
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
