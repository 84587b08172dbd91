//! Answers, read from the bytes that have come so far.

/// The longest that is read, head and body.
pub(super) const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How many headers an answer may have.
const HEADERS_MAX: usize = 64;
/// How many interim answers (1xx) may come before the real one.
const INTERIM_MAX: usize = 4;

/// A whole answer at the beginning of what has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// It holds a bid.
    pub(super) bid: bool,
    /// The server will close the connection.
    pub(super) close: bool,
    /// How many bytes it takes.
    pub(super) bytes: usize,
}

/// The bytes are no answer that a client could read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// How the end of a body is known.
enum Ending {
    Length(usize),
    Chunks,
    Close,
}

/// Reads the answer that the bytes begin with; none where it is not whole yet. `closed` tells that no more will come.
pub(super) fn read(bytes: &[u8], closed: bool) -> Result<Option<Answer>, Unreadable> {
    let mut at = 0;
    for _ in 0..=INTERIM_MAX {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut head = httparse::Response::new(&mut headers);
        let length = match head.parse(&bytes[at..]).map_err(|_| Unreadable)? {
            httparse::Status::Complete(length) => length,
            httparse::Status::Partial => return partial(bytes),
        };
        let status = head.code.ok_or(Unreadable)?;
        at += length;
        if (100..200).contains(&status) {
            continue;
        }
        let close = is_closing(&head);
        let ending = ending(status, head.headers)?;
        let rest = &bytes[at..];
        let (bid, body_bytes) = match ending {
            Ending::Length(length) if length > ANSWER_BYTES_MAX => return Err(Unreadable),
            Ending::Length(length) => match rest.get(..length) {
                Some(body) => (holds_bid(body), length),
                None => return partial(bytes),
            },
            Ending::Chunks => match dechunk(rest)? {
                Some((body, length)) => (holds_bid(&body), length),
                None => return partial(bytes),
            },
            Ending::Close if closed => (holds_bid(rest), rest.len()),
            Ending::Close => return partial(bytes),
        };
        return Ok(Some(Answer {
            status,
            bid: bid && status == 200,
            close: close || matches!(ending, Ending::Close),
            bytes: at + body_bytes,
        }));
    }
    Err(Unreadable)
}

/// Not whole yet; an error where it is too long to become so.
fn partial(bytes: &[u8]) -> Result<Option<Answer>, Unreadable> {
    match bytes.len() > ANSWER_BYTES_MAX {
        true => Err(Unreadable),
        false => Ok(None),
    }
}

fn is_closing(head: &httparse::Response<'_, '_>) -> bool {
    let connection = head
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("connection"));
    match connection {
        Some(header) => header.value.eq_ignore_ascii_case(b"close"),
        None => head.version == Some(0),
    }
}

fn ending(status: u16, headers: &[httparse::Header<'_>]) -> Result<Ending, Unreadable> {
    if status == 204 || status == 304 {
        return Ok(Ending::Length(0));
    }
    let value = |name: &str| {
        headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value)
    };
    if value("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case(b"chunked")) {
        return Ok(Ending::Chunks);
    }
    let Some(length) = value("content-length") else {
        return Ok(Ending::Close);
    };
    let length = std::str::from_utf8(length).map_err(|_| Unreadable)?;
    Ok(Ending::Length(
        length.trim().parse().map_err(|_| Unreadable)?,
    ))
}

/// A body in chunks and how many bytes it took; none where it is not whole.
fn dechunk(bytes: &[u8]) -> Result<Option<(Vec<u8>, usize)>, Unreadable> {
    let mut body = Vec::new();
    let mut at = 0;
    // Each turn takes three bytes at least, so that it ends.
    loop {
        let (head, size) = match httparse::parse_chunk_size(&bytes[at..]).map_err(|_| Unreadable)? {
            httparse::Status::Complete(found) => found,
            httparse::Status::Partial => return Ok(None),
        };
        at += head;
        if size > ANSWER_BYTES_MAX as u64 {
            return Err(Unreadable);
        }
        let size = size as usize;
        if size == 0 {
            // Trailers are not used by bidders: the empty line that ends them follows at once.
            return match bytes.get(at..at + 2) {
                Some(b"\r\n") => Ok(Some((body, at + 2))),
                Some(_) => Err(Unreadable),
                None => Ok(None),
            };
        }
        let Some(chunk) = bytes.get(at..at + size + 2) else {
            return Ok(None);
        };
        body.extend_from_slice(&chunk[..size]);
        at += size + 2;
    }
}

/// Whether a bid response holds a bid: whether a field `bid` is a list that is not empty.
fn holds_bid(body: &[u8]) -> bool {
    const FIELD: &[u8] = b"\"bid\"";
    let mut rest = body;
    while let Some(at) = find(rest, FIELD) {
        rest = &rest[at + FIELD.len()..];
        let mut after = rest.iter().filter(|byte| !byte.is_ascii_whitespace());
        if after.next() == Some(&b':') && after.next() == Some(&b'[') && after.next() == Some(&b'{')
        {
            return true;
        }
    }
    false
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BID: &str = r#"{"id":"1","seatbid":[{"bid":[{"price":1}]}]}"#;

    fn with_length(head: &str, body: &str) -> String {
        format!(
            "HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    #[test]
    fn each_kind_of_answer_is_read_to_its_end() {
        let check = |text: &str, closed: bool, expect: Option<(u16, bool, bool)>| {
            let answer = read(text.as_bytes(), closed).unwrap();
            let told = answer.map(|answer| (answer.status, answer.bid, answer.close));
            assert_eq!(told, expect, "{text}");
            if let Some(answer) = answer {
                assert_eq!(answer.bytes, text.len(), "{text}");
            }
        };
        check(&with_length("200 OK", BID), false, Some((200, true, false)));
        check(
            &with_length("200 OK", "{}"),
            false,
            Some((200, false, false)),
        );
        check(
            &with_length("500 Oops", BID),
            false,
            Some((500, false, false)),
        );
        check(
            &with_length("200 OK\r\nConnection: Close", "{}"),
            false,
            Some((200, false, true)),
        );
        check(
            "HTTP/1.1 204 No Content\r\n\r\n",
            false,
            Some((204, false, false)),
        );
        check(
            "HTTP/1.0 204 No Content\r\n\r\n",
            false,
            Some((204, false, true)),
        );
        check(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
            false,
            Some((204, false, false)),
        );
        let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"bid\" :\r\n3;x=1\r\n [{\r\n0\r\n\r\n";
        check(chunks, false, Some((200, true, false)));
        let to_the_end = format!("HTTP/1.1 200 OK\r\n\r\n{BID}");
        check(&to_the_end, true, Some((200, true, true)));
        for text in [with_length("200 OK", BID), chunks.to_string()] {
            for end in 0..text.len() {
                check(&text[..end], false, None);
            }
        }
        check(&to_the_end, false, None);
    }

    #[test]
    fn what_follows_an_answer_is_left_for_the_next() {
        let first = with_length("200 OK", "{}");
        let answer = read(format!("{first}HTTP/1.1 204").as_bytes(), false).unwrap();
        assert_eq!(answer.unwrap().bytes, first.len());
    }

    #[test]
    fn what_is_no_answer_or_too_long_for_one_is_refused() {
        let check =
            |text: &str| assert_eq!(read(text.as_bytes(), false), Err(Unreadable), "{text:.80}");
        check("SSH-2.0-OpenSSH\r\n");
        check("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n");
        check("HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n");
        check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
        check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n");
        check(&"HTTP/1.1 100 Continue\r\n\r\n".repeat(9));
        check(&format!(
            "HTTP/1.1 200 OK\r\n\r\n{}",
            " ".repeat(ANSWER_BYTES_MAX)
        ));
    }

    #[test]
    fn a_bid_is_known_by_a_list_that_is_not_empty() {
        let check =
            |body: &str, expect: bool| assert_eq!(holds_bid(body.as_bytes()), expect, "{body}");
        check(BID, true);
        check(r#"{"seatbid":[{"bid": [ {"id":"1"}]}]}"#, true);
        check(r#"{"seatbid":[{"bid":[]}]}"#, false);
        check(r#"{"id":"bid","nbr":2}"#, false);
        check(r#"{"id":"bid","seatbid":[{"bid":[{}]}]}"#, true);
        check("", false);
    }
}
