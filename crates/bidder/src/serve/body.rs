//! Bodies: read within limits, inflated within limits, and compressed again.

use std::cell::RefCell;
use std::io::Read;
use std::time::Duration;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use http_body_util::BodyExt;
use hyper::HeaderMap;
use hyper::body::{Body, Incoming};
use hyper::header::{ACCEPT_ENCODING, CONTENT_ENCODING};

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

/// Why a body cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// More bytes than are taken, as they came or inflated.
    TooLarge,
    /// It did not come in time.
    Slow,
    /// The connection broke, or the chunks are malformed.
    Broken,
    /// It is not gzip, though it says so.
    NotGzip,
}

/// Reads the whole body, at most `limit` bytes, at most so long.
pub async fn read(body: Incoming, limit: usize, patience: Duration) -> Result<Bytes, BodyError> {
    // A body whose length is said to be too large is not waited for.
    if body.size_hint().lower() > limit as u64 {
        return Err(BodyError::TooLarge);
    }
    match tokio::time::timeout(patience, collect(body, limit)).await {
        Ok(collected) => collected,
        Err(_) => Err(BodyError::Slow),
    }
}

async fn collect(mut body: Incoming, limit: usize) -> Result<Bytes, BodyError> {
    // Nearly every body comes in one piece, which then is not copied.
    let mut first = Bytes::new();
    let mut whole: Vec<u8> = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame.map_err(|_| BodyError::Broken)?.into_data() else {
            continue;
        };
        if first.len() + whole.len() + piece.len() > limit {
            return Err(BodyError::TooLarge);
        }
        if first.is_empty() && whole.is_empty() {
            first = piece;
        } else {
            if whole.is_empty() {
                whole.extend_from_slice(&first);
                first = Bytes::new();
            }
            whole.extend_from_slice(&piece);
        }
    }
    Ok(if whole.is_empty() {
        first
    } else {
        whole.into()
    })
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

/// Compresses with gzip, fast.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    /// A compressor weighs hundreds of kilobytes, so each thread keeps one.
    struct Kept(RefCell<Compress>);
    thread_local! {
        static KEPT: Kept = Kept(RefCell::new(Compress::new(Compression::fast(), false)));
    }
    /// Magic, deflate, no flags, no time, fastest, unknown system (RFC 1952, 2.3).
    const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
    // Where nothing can be compressed, deflate adds 5 bytes to each 16 KiB or less, and gzip 18 to all.
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 1024 + 64);
    out.extend(HEAD);
    KEPT.with(|kept| {
        let mut compress = kept.0.borrow_mut();
        compress.reset();
        loop {
            let done = compress.total_in() as usize;
            let status = compress.compress_vec(&bytes[done..], &mut out, FlushCompress::Finish);
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
    out
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
