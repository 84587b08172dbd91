//! A keep-alive connection that never makes its thread wait.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::{io, mem};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketType, connect, socket};

use super::answer::{self, Answer, Unreadable};

/// A request on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    /// Which target it is for.
    pub(super) target: usize,
    /// When it was to be sent: nanoseconds since the start.
    pub(super) due_ns: u64,
    /// When it was.
    pub(super) sent_ns: u64,
}

/// What a connection can be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It is being opened.
    Opening,
    /// It takes requests.
    Open,
    /// It could not be opened; the next try is at this moment.
    Down { retry_at_ns: u64 },
}

/// What came of reading.
#[derive(Debug)]
pub(super) enum Received {
    /// An answer to the oldest request.
    Answer(Request, Answer),
    /// Nothing more for now.
    Nothing,
    /// The connection ended or can no longer be understood.
    Over(Over),
}

/// Why a connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// The other side closed it, or it broke.
    Broken,
    /// What came is no HTTP.
    Unreadable,
}

#[derive(Debug)]
pub(super) struct Connection {
    /// Which server it leads to.
    pub(super) pool: usize,
    pub(super) state: State,
    /// Requests without an answer, the oldest first.
    pub(super) flying: VecDeque<Request>,
    /// It stands in the list of those that can take a request.
    pub(super) listed: bool,
    /// How often in a row it could not be opened.
    pub(super) failures: u32,
    stream: Option<TcpStream>,
    /// What is still to be written.
    out: Vec<u8>,
    written: usize,
    /// What came and is no whole answer yet.
    got: Vec<u8>,
    taken: usize,
    /// More may be there to be read.
    readable: bool,
    ended: bool,
}

impl Connection {
    pub(super) fn to(pool: usize) -> Connection {
        Connection {
            pool,
            state: State::Down { retry_at_ns: 0 },
            flying: VecDeque::new(),
            listed: false,
            failures: 0,
            stream: None,
            out: Vec::new(),
            written: 0,
            got: Vec::new(),
            taken: 0,
            readable: false,
            ended: false,
        }
    }

    /// Begins to open it. The stream is to be watched: it tells when it is open.
    pub(super) fn open(&mut self, address: SocketAddr) -> io::Result<&TcpStream> {
        let family = match address {
            SocketAddr::V4(_) => AddressFamily::INET,
            SocketAddr::V6(_) => AddressFamily::INET6,
        };
        let socket = socket(family, SocketType::STREAM, None)?;
        rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
        rustix::io::ioctl_fionbio(&socket, true)?;
        match connect(&socket, &address) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        let stream = TcpStream::from(socket);
        stream.set_nodelay(true)?;
        self.state = State::Opening;
        Ok(self.stream.insert(stream))
    }

    /// Whether it has opened by now.
    pub(super) fn has_opened(&mut self) -> io::Result<bool> {
        let Some(stream) = &self.stream else {
            return Ok(false);
        };
        if let Some(error) = stream.take_error()? {
            return Err(error);
        }
        match stream.peer_addr() {
            Ok(_) => {
                self.state = State::Open;
                self.failures = 0;
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Closes it and gives back what had no answer.
    pub(super) fn close(&mut self) -> VecDeque<Request> {
        self.stream = None;
        self.out.clear();
        self.written = 0;
        self.got.clear();
        self.taken = 0;
        self.readable = false;
        self.ended = false;
        mem::take(&mut self.flying)
    }

    /// Adds a request; `write` appends its bytes to what is to be sent.
    pub(super) fn push(&mut self, request: Request, write: impl FnOnce(&mut Vec<u8>)) {
        self.flying.push_back(request);
        write(&mut self.out);
    }

    /// Writes as much as the socket takes, and tells how much that was.
    pub(super) fn flush(&mut self) -> io::Result<u64> {
        let mut wrote = 0;
        let Some(stream) = &mut self.stream else {
            return Ok(0);
        };
        while self.written < self.out.len() {
            match stream.write(&self.out[self.written..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(bytes) => {
                    self.written += bytes;
                    wrote += bytes as u64;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(wrote),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.out.clear();
        self.written = 0;
        Ok(wrote)
    }

    /// There is something to be read; `ended` tells that the other side has closed.
    pub(super) fn wake(&mut self, ended: bool) {
        self.readable = true;
        self.ended |= ended;
    }

    /// The next thing that came. To be called until there is nothing or the connection is over. `room` is where bytes
    /// are read to first; what was read is added to `bytes`.
    pub(super) fn receive(&mut self, room: &mut [u8], bytes: &mut u64) -> Received {
        loop {
            match self.answer(false) {
                Ok(None) => {}
                Ok(Some((request, answer))) => return Received::Answer(request, answer),
                Err(Unreadable) => return Received::Over(Over::Unreadable),
            }
            let Some(stream) = self.stream.as_mut().filter(|_| self.readable) else {
                return Received::Nothing;
            };
            match stream.read(room) {
                Ok(0) => {
                    self.readable = false;
                    return match self.answer(true) {
                        Ok(Some((request, answer))) => Received::Answer(request, answer),
                        Ok(None) => Received::Over(Over::Broken),
                        Err(Unreadable) => Received::Over(Over::Unreadable),
                    };
                }
                Ok(read) => {
                    *bytes += read as u64;
                    self.got.extend_from_slice(&room[..read]);
                    // A read that did not fill the room took all there was, unless the other side has closed since.
                    self.readable = read == room.len() || self.ended;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.readable = false;
                    self.ended = false;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Received::Over(Over::Broken),
            }
        }
    }

    /// The answer that what came begins with.
    fn answer(&mut self, closed: bool) -> Result<Option<(Request, Answer)>, Unreadable> {
        let rest = &self.got[self.taken..];
        if rest.is_empty() {
            self.got.clear();
            self.taken = 0;
            return Ok(None);
        }
        let Some(answer) = answer::read(rest, closed)? else {
            // What was taken is let go, so that the next answer finds its place again.
            self.got.drain(..self.taken);
            self.taken = 0;
            return Ok(None);
        };
        self.taken += answer.bytes;
        // An answer to nothing is as bad as one that cannot be read.
        let request = self.flying.pop_front().ok_or(Unreadable)?;
        Ok(Some((request, answer)))
    }
}
