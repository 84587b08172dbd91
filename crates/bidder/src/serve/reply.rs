//! What goes out: a head, and a body in memory that is used again.

use std::cell::RefCell;

use bytes::Buf;
use http_body_util::Full;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};

/// What goes out.
pub type Reply = Response<Full<Payload>>;

/// The bytes of a body. Those of an answer are kept by the thread that has sent them, for another answer.
#[derive(Debug, Default)]
pub struct Payload {
    bytes: Bytes,
    sent: usize,
}

#[derive(Debug)]
enum Bytes {
    Static(&'static [u8]),
    Owned(Vec<u8>),
}

impl Default for Bytes {
    fn default() -> Bytes {
        Bytes::Static(b"")
    }
}

/// A thread keeps so many buffers at most: more answers than this seldom wait for their peers.
const KEPT: usize = 64;
/// A buffer that has grown beyond this is given back, so that one monstrous answer does not weigh on a thread for ever.
const KEPT_BYTES: usize = 64 * 1024;
/// Answers are mostly one banner, a few kilobytes.
const ANSWER_BYTES: usize = 4_096;

thread_local! {
    static POOL: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

impl Payload {
    /// The bytes that `write` writes into an empty buffer.
    pub fn written(write: impl FnOnce(&mut Vec<u8>)) -> Payload {
        let kept = POOL.with_borrow_mut(Vec::pop);
        let mut out = kept.unwrap_or_else(|| Vec::with_capacity(ANSWER_BYTES));
        write(&mut out);
        Payload::from(out)
    }

    /// The bytes that are left.
    pub fn bytes(&self) -> &[u8] {
        self.chunk()
    }

    /// How many bytes are left.
    pub fn len(&self) -> usize {
        self.chunk().len()
    }
}

impl From<&'static [u8]> for Payload {
    fn from(bytes: &'static [u8]) -> Payload {
        Payload {
            bytes: Bytes::Static(bytes),
            sent: 0,
        }
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Payload {
        Payload {
            bytes: Bytes::Owned(bytes),
            sent: 0,
        }
    }
}

impl Buf for Payload {
    fn remaining(&self) -> usize {
        self.len()
    }

    fn chunk(&self) -> &[u8] {
        let all = match &self.bytes {
            Bytes::Static(bytes) => bytes,
            Bytes::Owned(bytes) => &bytes[..],
        };
        &all[self.sent..]
    }

    fn advance(&mut self, count: usize) {
        assert!(count <= self.len(), "more is not there");
        self.sent += count;
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        let Bytes::Owned(mut bytes) = std::mem::take(&mut self.bytes) else {
            return;
        };
        if bytes.capacity() > KEPT_BYTES {
            return;
        }
        bytes.clear();
        // A thread that ends keeps nothing.
        let _ = POOL.try_with(|pool| {
            let mut pool = pool.borrow_mut();
            if pool.len() < KEPT {
                pool.push(bytes);
            }
        });
    }
}

/// An answer with nothing in it.
pub fn status(code: StatusCode) -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = code;
    reply
}

/// An answer that says so much.
pub fn with_body(body: Payload) -> Reply {
    Response::new(Full::new(body))
}

/// An answer whose head is written where the request's stood: hyper reads the next request into that same map.
pub fn in_place_of(headers: &mut HeaderMap, body: Option<Payload>) -> Reply {
    let mut reply = match body {
        Some(body) => with_body(body),
        None => status(StatusCode::NO_CONTENT),
    };
    headers.clear();
    *reply.headers_mut() = std::mem::take(headers);
    reply
}

/// Sets one header.
pub fn insert(reply: &mut Reply, name: HeaderName, value: &'static str) {
    reply
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_that_was_sent_is_used_again_and_a_large_one_is_not() {
        let pooled = || POOL.with_borrow(Vec::len);
        let place = |payload: &Payload| payload.chunk().as_ptr().addr();
        let mut first = Payload::written(|out| out.extend(b"abc"));
        let at = place(&first);
        first.advance(1);
        assert_eq!((first.chunk(), first.remaining()), (&b"bc"[..], 2));
        drop(first);
        assert_eq!(pooled(), 1);
        let second = Payload::written(|out| out.extend(b"xyz"));
        assert_eq!((place(&second), second.chunk()), (at, &b"xyz"[..]));
        drop(Payload::from(Vec::with_capacity(KEPT_BYTES + 1)));
        assert_eq!(pooled(), 0);
        drop(Payload::from(&b"static"[..]));
        assert_eq!(pooled(), 0);
        let many: Vec<_> = (0..KEPT + 9).map(|_| Payload::written(|_| {})).collect();
        drop((second, many));
        assert_eq!(pooled(), KEPT);
    }
}
