//! The requests that a client sends, each whole in one piece of memory.

use crate::workload;
use crate::workload::requests::Body;

/// Requests by turns, each sending numbered anew.
pub struct Feed {
    heads: Vec<Vec<u8>>,
    bodies: Vec<Body>,
    sendings: u64,
    whole: Vec<u8>,
}

impl Feed {
    /// For the bidder: each body to its exchange's address.
    pub fn of_bids(bodies: Vec<Body>) -> Feed {
        Feed::new(bodies, |body| {
            format!("/bid/{}", workload::exchange_name(body.exchange))
        })
    }

    /// For the echo, which is to answer with so many bytes.
    pub fn of_echoes(bodies: Vec<Body>, answer_bytes: usize) -> Feed {
        Feed::new(bodies, |_| format!("/{answer_bytes}"))
    }

    fn new(bodies: Vec<Body>, path: impl Fn(&Body) -> String) -> Feed {
        let head = |body: &Body| {
            format!(
                "POST {} HTTP/1.1\r\nhost: bid.outbid.example\r\ncontent-type: application/json\r\n\
                 x-openrtb-version: 2.5\r\nuser-agent: exchange/3.1\r\ncontent-length: {}\r\n\r\n",
                path(body),
                body.bytes.len()
            )
        };
        Feed {
            heads: bodies.iter().map(|body| head(body).into_bytes()).collect(),
            bodies,
            sendings: 0,
            whole: Vec::with_capacity(16 * 1024),
        }
    }

    /// The next request.
    pub fn request(&mut self) -> &[u8] {
        let place = self.sendings as usize % self.bodies.len();
        self.sendings += 1;
        self.bodies[place].number(self.sendings);
        self.whole.clear();
        self.whole.extend_from_slice(&self.heads[place]);
        self.whole.extend_from_slice(&self.bodies[place].bytes);
        &self.whole
    }
}
