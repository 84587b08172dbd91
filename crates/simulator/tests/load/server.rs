//! A server of few words on 127.0.0.1: a thread for each connection, one request after the other.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What it answers.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    /// With a bid.
    Bids,
    /// With 204.
    NoBids,
    /// With a bid to every second request, with 204 to the others.
    Alternates,
    /// With this status.
    Status(u16),
    /// With a bid, but each n-th request with the end of the connection.
    BreaksEach(u64),
    /// With a bid, after which it closes the connection as it said it would.
    ClosesPolitely,
    /// With something that is no HTTP.
    Babbles,
    /// Never.
    NeverAnswers,
    /// With a bid; before the n-th request it waits for so long.
    StallsOnce {
        /// Which request, counted from 1.
        at: u64,
        /// How long.
        stall: Duration,
    },
    /// With a bid, in pieces of one byte.
    Dribbles,
    /// With a bid to so many requests; then the server goes away with all its connections.
    GoesAwayAfter(u64),
}

pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    requests: AtomicU64,
    connections: AtomicU64,
    gone: AtomicBool,
    ids: Mutex<BTreeSet<String>>,
    paths: Mutex<Vec<String>>,
    bodies: Mutex<Vec<String>>,
}

const BID: &str = r#"{"id":"1","seatbid":[{"bid":[{"id":"1","impid":"1","price":1.5}]}]}"#;

impl Server {
    pub fn start(manner: Manner) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let all = seen.clone();
        listener.set_nonblocking(true).unwrap();
        // It ends with the test's process, if not before.
        thread::spawn(move || {
            while !all.gone.load(Ordering::SeqCst) {
                let Ok((stream, _)) = listener.accept() else {
                    thread::sleep(Duration::from_millis(1));
                    continue;
                };
                stream.set_nonblocking(false).unwrap();
                let seen = all.clone();
                seen.connections.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || serve(stream, manner, &seen));
            }
        });
        Server { address, seen }
    }

    pub fn url(&self) -> String {
        format!("http://{}/bid/demo", self.address)
    }

    /// Requests that were read whole.
    pub fn requests(&self) -> u64 {
        self.seen.requests.load(Ordering::SeqCst)
    }

    /// Connections that were accepted, and how many of them the harness never sends on: the first to each server only
    /// finds out whether it is there.
    pub fn connections(&self) -> u64 {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// How many different ids requests had.
    pub fn ids(&self) -> usize {
        self.seen.ids.lock().unwrap().len()
    }

    /// Where requests went, in the order in which they came.
    pub fn paths(&self) -> Vec<String> {
        self.seen.paths.lock().unwrap().clone()
    }

    /// What they held.
    pub fn bodies(&self) -> Vec<String> {
        self.seen.bodies.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, manner: Manner, seen: &Seen) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    while let Some((path, body)) = request(&mut reader) {
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        let id = json["id"].as_str().unwrap().to_string();
        seen.ids.lock().unwrap().insert(id);
        seen.paths.lock().unwrap().push(path);
        seen.bodies.lock().unwrap().push(body);
        let number = seen.requests.fetch_add(1, Ordering::SeqCst) + 1;
        let answer = match manner {
            Manner::Status(status) => with_body(status, "oh", ""),
            Manner::NoBids => no_bid(),
            Manner::Alternates if number.is_multiple_of(2) => no_bid(),
            Manner::BreaksEach(each) if number.is_multiple_of(each) => return,
            Manner::NeverAnswers => continue,
            Manner::Babbles => "SSH-2.0-OpenSSH_9.9\r\n".to_string(),
            Manner::ClosesPolitely => with_body(200, BID, "Connection: close\r\n"),
            Manner::StallsOnce { at, stall } if number == at => {
                thread::sleep(stall);
                with_body(200, BID, "")
            }
            _ => with_body(200, BID, ""),
        };
        let piece = match manner {
            Manner::Dribbles => 1,
            _ => answer.len(),
        };
        for piece in answer.as_bytes().chunks(piece) {
            if writer.write_all(piece).is_err() {
                return;
            }
        }
        if matches!(manner, Manner::ClosesPolitely) {
            return;
        }
        if matches!(manner, Manner::GoesAwayAfter(last) if number == last) {
            seen.gone.store(true, Ordering::SeqCst);
            return;
        }
    }
}

/// The next request's path and body; none at the end.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split(' ').nth(1)?.to_string();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, String::from_utf8(body).ok()?))
}

fn no_bid() -> String {
    "HTTP/1.1 204 No Content\r\n\r\n".to_string()
}

fn with_body(status: u16, body: &str, headers: &str) -> String {
    format!(
        "HTTP/1.1 {status} So\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
