//! What the bidder's way of serving costs by itself: it takes requests as the bidder does, and answers each with the
//! same bytes. For measurements; nothing else is compiled with it.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::bidder::StartError;
use crate::config::{Config, Limits, Runtime};
use crate::floor::Gate;
use crate::serve::reply::{Payload, Reply, in_place_of, insert, status};
use crate::serve::workers::Workers;
use crate::serve::{Answers, Line, body};

/// An echo that runs until it is dropped.
#[derive(Debug)]
pub struct Echo {
    local_addr: SocketAddr,
    _workers: Workers,
    /// Connections end with it.
    _stop: watch::Sender<bool>,
}

impl Echo {
    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }
}

/// Starts an echo where the configuration has the bidder listen, with its limits and threads. It answers any request
/// with so many bytes.
///
/// # Errors
/// [`StartError`], as the bidder.
pub async fn start(config: Config, answer_bytes: usize) -> Result<Echo, StartError> {
    let address = config.listen;
    let listen = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let local_addr = listener.local_addr().map_err(listen)?;
    let (stop, until) = watch::channel(false);
    let (runtime, threads) = (config.runtime, config.threads);
    let mirror = Arc::new(Mirror {
        connections: Gate::new(config.limits.connections),
        under_way: Gate::new(config.limits.concurrent_bids),
        answer: vec![b' '; answer_bytes],
        limits: config.limits,
    });
    let workers = match runtime {
        Runtime::Shared => Workers::shared(listener, &mirror, &until),
        Runtime::PerCore => {
            Workers::per_core(threads, listener, &mirror, &until).map_err(StartError::Threads)?
        }
    };
    Ok(Echo {
        local_addr,
        _workers: workers,
        _stop: stop,
    })
}

struct Mirror {
    connections: Gate,
    under_way: Gate,
    answer: Vec<u8>,
    limits: Limits,
}

impl Answers for Mirror {
    async fn answer(&self, line: &Line, request: Request<Incoming>) -> Reply {
        let (mut head, incoming) = request.into_parts();
        let enter = || self.under_way.enter();
        match body::read(incoming, self.limits.body_bytes, &line.turn, enter).await {
            Ok(_) => {
                let body = Payload::written(|out| out.extend_from_slice(&self.answer));
                let mut reply = in_place_of(&mut head.headers, Some(body));
                insert(&mut reply, CONTENT_TYPE, "application/json");
                reply
            }
            Err(_) => status(StatusCode::BAD_REQUEST),
        }
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn connections(&self) -> &Gate {
        &self.connections
    }

    fn note_connection(&self, _taken: bool) {}
}
