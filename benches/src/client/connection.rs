//! One connection: a request out, an answer in.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// A connection with at most one request under way.
pub struct Connection {
    socket: TcpStream,
    read: Vec<u8>,
    filled: usize,
}

/// What an answer is.
#[derive(Clone, Copy, Debug)]
pub struct Reply {
    /// Its status, in digits.
    pub status: [u8; 3],
    /// How many bytes its body has.
    pub bytes: usize,
}

impl Connection {
    pub fn open(address: SocketAddr) -> io::Result<Connection> {
        let socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        socket.set_nonblocking(true)?;
        Ok(Connection {
            socket,
            read: vec![0; 128 * 1024],
            filled: 0,
        })
    }

    pub fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// Sends a request. With nothing else under way there is always room for it.
    pub fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.filled = 0;
        self.socket.write_all(request)
    }

    /// Reads what has come; the answer, once it is whole.
    pub fn read(&mut self) -> io::Result<Option<Reply>> {
        match self.socket.read(&mut self.read[self.filled..]) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => self.filled += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        }
        Ok(reply(&self.read[..self.filled]))
    }
}

/// The answer, if these bytes are all of it.
fn reply(bytes: &[u8]) -> Option<Reply> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let status = bytes.get(9..12)?.try_into().ok()?;
    let length = length(&bytes[..end]).unwrap_or(0);
    (bytes.len() >= end + length).then_some(Reply {
        status,
        bytes: length,
    })
}

fn length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length: ";
    let at = head
        .windows(NAME.len())
        .position(|part| part.eq_ignore_ascii_case(NAME))?
        + NAME.len();
    let digits = head[at..].iter().take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0, |value, digit| value * 10 + usize::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_known_by_its_length() {
        let check = |text: &str, expect: Option<usize>| {
            assert_eq!(
                reply(text.as_bytes()).map(|reply| reply.bytes),
                expect,
                "{text}"
            );
        };
        check("HTTP/1.1 204 No Content\r\n\r\n", Some(0));
        check("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", None);
        check("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc", Some(3));
        check("HTTP/1.1 200 OK\r\ncontent-len", None);
    }
}
