//! Bodies: read within limits, inflated within limits, and compressed again.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::Read as _;
use std::pin::Pin;
use std::task::Poll;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use hyper::HeaderMap;
use hyper::body::{Body, Incoming};
use hyper::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};

use super::stall::{AwaitsBody, Turn};

/// How the body of a request is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// gzip.
    Gzip,
}

impl Encoding {
    /// Reads `Content-Encoding`; `None` where it names what we cannot undo.
    pub fn of(headers: &HeaderMap) -> Option<Encoding> {
        let mut all = headers.get_all(CONTENT_ENCODING).iter();
        let (first, second) = (all.next(), all.next());
        match (first.map(|value| value.as_bytes().trim_ascii()), second) {
            (None, _) => Some(Encoding::Identity),
            (Some(b""), None) => Some(Encoding::Identity),
            (Some(name), None) if name.eq_ignore_ascii_case(b"identity") => {
                Some(Encoding::Identity)
            }
            (Some(name), None)
                if name.eq_ignore_ascii_case(b"gzip") || name.eq_ignore_ascii_case(b"x-gzip") =>
            {
                Some(Encoding::Gzip)
            }
            _ => None,
        }
    }
}

/// What a request's head says of its body and of its answer's, read in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How the body is encoded; `None` where it is as we cannot undo.
    pub encoding: Option<Encoding>,
    /// Exchanges send JSON under every name there is, and under none; only what says that it is protobuf is believed.
    pub is_protobuf: bool,
    /// The answer may be compressed.
    pub takes_gzip: bool,
}

impl Terms {
    /// Reads them.
    pub fn of(headers: &HeaderMap) -> Terms {
        let (mut is_encoded, mut is_protobuf, mut accepts) = (false, false, false);
        // To look at all of a few names is faster than to look one of them up.
        for (name, value) in headers {
            if name == CONTENT_TYPE {
                is_protobuf |= names_protobuf(value.as_bytes());
            } else if name == CONTENT_ENCODING {
                is_encoded = true;
            } else if name == ACCEPT_ENCODING {
                accepts = true;
            }
        }
        Terms {
            encoding: if is_encoded {
                Encoding::of(headers)
            } else {
                Some(Encoding::Identity)
            },
            is_protobuf,
            takes_gzip: accepts && takes_gzip(headers),
        }
    }
}

fn names_protobuf(content_type: &[u8]) -> bool {
    let part = b"protobuf";
    content_type != b"application/json"
        && content_type
            .windows(part.len())
            .any(|window| window.eq_ignore_ascii_case(part))
}

/// Why a body cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// More bytes than are taken, as they came or inflated.
    TooLarge,
    /// It did not come in time.
    Slow,
    /// It did not come at once, and too many others are waited for.
    Crowded,
    /// The connection broke, or the chunks are malformed.
    Broken,
    /// It is not gzip, though it says so.
    NotGzip,
}

/// A body, and whether it had to be waited for.
#[derive(Debug)]
pub struct Read {
    /// All of it.
    pub bytes: Bytes,
    /// It did not come with the head.
    pub waited: bool,
}

/// Reads the whole body, at most `limit` bytes. While the rest of it is waited for, `enter` gives a pass, and the
/// connection's turn says so; where it gives none, nothing is waited for.
pub async fn read<P>(
    mut body: Incoming,
    limit: usize,
    turn: &Turn,
    enter: impl Fn() -> Option<P>,
) -> Result<Read, BodyError> {
    // A body whose length is said to be too large is not waited for.
    if body.size_hint().lower() > limit as u64 {
        return Err(BodyError::TooLarge);
    }
    let mut whole = Whole::default();
    // hyper hands over what it has read already when it is asked for the second time.
    let mut asked = 0;
    let mut waiting: Option<(P, AwaitsBody<'_>)> = None;
    poll_fn(|cx| {
        loop {
            match Pin::new(&mut body).poll_frame(cx) {
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Ready(Some(Err(_))) => return Poll::Ready(Err(BodyError::Broken)),
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(piece) = frame.into_data() {
                        whole.add(piece, limit)?;
                    }
                    if body.is_end_stream() {
                        return Poll::Ready(Ok(()));
                    }
                }
                Poll::Pending => break,
            }
        }
        asked += 1;
        match &waiting {
            Some((_, waits)) if waits.is_over() => return Poll::Ready(Err(BodyError::Slow)),
            None if asked > 1 => match enter() {
                Some(pass) => waiting = Some((pass, turn.await_body())),
                None => return Poll::Ready(Err(BodyError::Crowded)),
            },
            _ => {}
        }
        Poll::Pending
    })
    .await?;
    Ok(Read {
        bytes: whole.finish(),
        waited: waiting.is_some(),
    })
}

/// The pieces of a body. Nearly every body comes in one, which then is not copied.
#[derive(Default)]
struct Whole {
    first: Bytes,
    joined: Vec<u8>,
}

impl Whole {
    fn add(&mut self, piece: Bytes, limit: usize) -> Result<(), BodyError> {
        if self.first.len() + self.joined.len() + piece.len() > limit {
            return Err(BodyError::TooLarge);
        }
        if self.first.is_empty() && self.joined.is_empty() {
            self.first = piece;
        } else {
            if self.joined.is_empty() {
                self.joined.extend_from_slice(&self.first);
                self.first = Bytes::new();
            }
            self.joined.extend_from_slice(&piece);
        }
        Ok(())
    }

    fn finish(self) -> Bytes {
        if self.joined.is_empty() {
            self.first
        } else {
            self.joined.into()
        }
    }
}

/// Inflates the body, at most to `limit` bytes, and hands it to `work`. The bytes live in a buffer that the thread
/// keeps.
pub fn with_inflated<T>(
    body: &[u8],
    limit: usize,
    work: impl FnOnce(&[u8]) -> T,
) -> Result<T, BodyError> {
    thread_local! {
        static KEPT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }
    KEPT.with_borrow_mut(|out| {
        inflate(body, limit, out)?;
        Ok(work(out))
    })
}

/// Inflates into `out`, at most `limit` bytes. What would become larger is given up at the limit.
fn inflate(body: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), BodyError> {
    out.clear();
    let read = MultiGzDecoder::new(body)
        .take(limit as u64 + 1)
        .read_to_end(out);
    match read {
        Ok(length) if length > limit => Err(BodyError::TooLarge),
        Ok(_) => Ok(()),
        Err(_) => Err(BodyError::NotGzip),
    }
}

/// Whether `Accept-Encoding` takes gzip.
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(names_gzip)
}

fn names_gzip(item: &str) -> bool {
    let (name, weight) = item.split_once(';').unwrap_or((item, ""));
    let name = name.trim();
    let gzip = name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip");
    // "q=0" in its four spellings means "not this".
    let refused = weight
        .trim()
        .strip_prefix("q=")
        .is_some_and(|q| q.bytes().all(|b| b == b'0' || b == b'.'));
    gzip && !refused
}

/// Compresses with gzip, fast, into an empty buffer.
pub fn deflate(bytes: &[u8], out: &mut Vec<u8>) {
    /// A compressor weighs hundreds of kilobytes, so each thread keeps one.
    struct Kept(RefCell<Compress>);
    thread_local! {
        static KEPT: Kept = Kept(RefCell::new(Compress::new(Compression::fast(), false)));
    }
    /// Magic, deflate, no flags, no time, fastest, unknown system (RFC 1952, 2.3).
    const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
    // Where nothing can be compressed, deflate adds 5 bytes to each 16 KiB or less, and gzip 18 to all.
    out.reserve(bytes.len() + bytes.len() / 1024 + 64);
    out.extend(HEAD);
    KEPT.with(|kept| {
        let mut compress = kept.0.borrow_mut();
        compress.reset();
        loop {
            let done = compress.total_in() as usize;
            let status = compress.compress_vec(&bytes[done..], out, FlushCompress::Finish);
            match status {
                Ok(Status::StreamEnd) => break,
                // More room, and on.
                _ => out.reserve(bytes.len() / 2 + 64),
            }
        }
    });
    let mut crc = Crc::new();
    crc.update(bytes);
    out.extend(crc.sum().to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&'static str]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for value in values {
            map.append(name, value.parse().unwrap());
        }
        map
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        super::deflate(bytes, &mut out);
        out
    }

    #[test]
    fn only_what_says_that_it_is_protobuf_is_believed() {
        let check = |said: &'static str, expect: bool| {
            let map = headers("content-type", &[said]);
            assert_eq!(Terms::of(&map).is_protobuf, expect, "{said}");
        };
        check("application/json", false);
        check("text/plain; charset=utf-8", false);
        check("application/x-protobuf", true);
        check("application/PROTOBUF; v=2", true);
        let nothing = Terms::of(&HeaderMap::new());
        assert_eq!(nothing.encoding, Some(Encoding::Identity));
        assert!(!nothing.is_protobuf && !nothing.takes_gzip);
        let gzip = headers("content-encoding", &["gzip", "gzip"]);
        assert_eq!(Terms::of(&gzip).encoding, None);
    }

    #[test]
    fn the_encoding_is_read_as_clients_write_it() {
        let check = |values: &[&'static str], expect| {
            let map = headers("content-encoding", values);
            assert_eq!(Encoding::of(&map), expect, "{values:?}");
        };
        check(&[], Some(Encoding::Identity));
        check(&[""], Some(Encoding::Identity));
        check(&["identity"], Some(Encoding::Identity));
        check(&["gzip"], Some(Encoding::Gzip));
        check(&[" GZIP "], Some(Encoding::Gzip));
        check(&["x-gzip"], Some(Encoding::Gzip));
        check(&["br"], None);
        check(&["gzip, gzip"], None);
        check(&["gzip", "gzip"], None);
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        let check = |values: &[&'static str], expect| {
            let map = headers("accept-encoding", values);
            assert_eq!(takes_gzip(&map), expect, "{values:?}");
        };
        check(&[], false);
        check(&["gzip"], true);
        check(&["deflate, gzip;q=0.5, br"], true);
        check(&["br", "GZip"], true);
        check(&["gzip;q=0"], false);
        check(&["gzip; q=0.000"], false);
        check(&["identity"], false);
        check(&["notgzip"], false);
    }

    #[test]
    fn what_is_compressed_comes_back() {
        let text = r#"{"id":"1","seatbid":[]}"#.repeat(300);
        // A body of noise, which no compressor makes smaller.
        let mut state = 1u64;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        })
        .take(100_000)
        .collect();
        for bytes in [&b""[..], b"a", text.as_bytes(), &noise] {
            let packed = deflate(bytes);
            let mut out = Vec::new();
            inflate(&packed, bytes.len(), &mut out).unwrap();
            assert!(out == bytes, "{} bytes", bytes.len());
        }
        assert!(deflate(text.as_bytes()).len() < text.len() / 20);
    }

    #[test]
    fn a_body_is_inflated_to_its_limit_and_no_further() {
        let packed = deflate(&vec![b' '; 64 << 20]);
        let mut out = Vec::new();
        assert_eq!(inflate(&packed, 1_000, &mut out), Err(BodyError::TooLarge));
        assert!(out.capacity() < 100_000, "{}", out.capacity());
        let exact = deflate(&[b'x'; 1_000]);
        assert_eq!(inflate(&exact, 1_000, &mut out), Ok(()));
        assert_eq!(inflate(&exact, 999, &mut out), Err(BodyError::TooLarge));
    }

    #[test]
    fn what_is_not_gzip_or_not_whole_is_refused() {
        let packed = deflate(b"{\"id\":\"1\"}");
        let mut out = Vec::new();
        assert_eq!(inflate(b"{}", 100, &mut out), Err(BodyError::NotGzip));
        for length in 1..packed.len() {
            let read = inflate(&packed[..length], 100, &mut out);
            assert_eq!(read, Err(BodyError::NotGzip), "cut at {length}");
        }
    }
}
