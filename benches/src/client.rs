//! A client for one core: many connections, no threads, requests made beforehand.

mod connection;
mod feed;

pub use feed::Feed;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::fd::OwnedFd;

use crate::workload::dice::Dice;
use connection::{Connection, Reply};

/// Connections to one server.
pub struct Client {
    connections: Vec<Connection>,
    ready: OwnedFd,
    events: Vec<epoll::Event>,
}

/// What came back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Answers.
    pub answers: u64,
    /// Those that were 200, and not 204.
    pub full: u64,
    /// Those that were neither.
    pub odd: u64,
    /// Bytes of their bodies.
    pub bytes: u64,
    /// How long it took.
    pub elapsed: Duration,
}

/// How late answers came, in nanoseconds from the moment at which each request was to be sent.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<u64>);

/// A server that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(20);

impl Tally {
    fn add(&mut self, reply: Reply) {
        self.answers += 1;
        self.bytes += reply.bytes as u64;
        self.full += u64::from(reply.status == *b"200");
        self.odd += u64::from(reply.status != *b"200" && reply.status != *b"204");
    }

    /// Answers in a second.
    pub fn rate(&self) -> f64 {
        self.answers as f64 / self.elapsed.as_secs_f64()
    }

    /// Bytes of a body, in the mean.
    pub fn mean_bytes(&self) -> usize {
        (self.bytes / self.answers.max(1)) as usize
    }
}

impl Latencies {
    /// So many of all answers (0.99) came no later, in nanoseconds.
    pub fn quantile(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        let place = (self.0.len() as f64 * share).ceil() as usize;
        self.0
            .get(place.saturating_sub(1))
            .map_or(f64::NAN, |nanos| *nanos as f64)
    }
}

impl Client {
    /// So many connections.
    ///
    /// # Errors
    /// Where the server takes none.
    pub fn connect(address: SocketAddr, connections: usize) -> anyhow::Result<Client> {
        let ready = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let connections = (0..connections)
            .map(|_| Connection::open(address))
            .collect::<Result<Vec<_>, _>>()
            .with_context(|| format!("cannot connect to {address}"))?;
        for (number, connection) in (0..).zip(&connections) {
            let number = epoll::EventData::new_u64(number);
            epoll::add(&ready, connection.socket(), number, epoll::EventFlags::IN)?;
        }
        Ok(Client {
            events: Vec::with_capacity(connections.len()),
            connections,
            ready,
        })
    }

    /// Sends the next request on each connection as soon as its answer has come, and waits busily: to wake a client
    /// that sleeps is work of the server's core, the more the slower the server is.
    ///
    /// # Errors
    /// Where a connection breaks, or the server says nothing any more.
    pub fn closed(&mut self, feed: &mut Feed, lasts: Duration) -> anyhow::Result<Tally> {
        let started = Instant::now();
        let mut tally = Tally::default();
        for connection in &mut self.connections {
            connection.send(feed.request())?;
        }
        let mut under_way = self.connections.len();
        let mut heard = started;
        while under_way > 0 {
            let now = Instant::now();
            let over = now - started >= lasts;
            let ready = self.wait(None)?;
            if !ready.is_empty() {
                heard = now;
            }
            anyhow::ensure!(
                now - heard < SILENCE,
                "the server says nothing for {SILENCE:?}"
            );
            for number in ready {
                let connection = &mut self.connections[number];
                let Some(reply) = connection.read()? else {
                    continue;
                };
                tally.add(reply);
                if over {
                    under_way -= 1;
                } else {
                    connection.send(feed.request())?;
                }
            }
        }
        tally.elapsed = started.elapsed();
        Ok(tally)
    }

    /// Sends one request after the other on the first connection.
    ///
    /// # Errors
    /// Where the connection breaks.
    pub fn one_by_one(&mut self, feed: &mut Feed, count: usize) -> anyhow::Result<Tally> {
        let mut tally = Tally::default();
        let started = Instant::now();
        for _ in 0..count {
            self.connections[0].send(feed.request())?;
            loop {
                self.wait(Some(SILENCE))?;
                if let Some(reply) = self.connections[0].read()? {
                    tally.add(reply);
                    break;
                }
            }
        }
        tally.elapsed = started.elapsed();
        Ok(tally)
    }

    /// Sends `rate` requests a second, at moments that know nothing of the answers (a Poisson process), and waits
    /// busily, because a timer would be late by more than what is measured.
    ///
    /// # Errors
    /// Where a connection breaks.
    pub fn open(
        &mut self,
        feed: &mut Feed,
        rate: f64,
        lasts: Duration,
        seed: u64,
    ) -> anyhow::Result<Latencies> {
        let mut dice = Dice::new(seed);
        let mut latencies = Latencies(Vec::with_capacity(
            (rate * lasts.as_secs_f64() * 1.1) as usize,
        ));
        let mut idle: Vec<usize> = (0..self.connections.len()).collect();
        let mut due_of = vec![Duration::ZERO; self.connections.len()];
        let mut waiting: VecDeque<Duration> = VecDeque::new();
        let started = Instant::now();
        let mut next = Duration::ZERO;
        loop {
            let now = started.elapsed();
            while next <= now && next < lasts {
                waiting.push_back(next);
                next += Duration::from_secs_f64(-(1.0 - dice.unit()).ln() / rate);
            }
            while let (Some(due), Some(number)) = (waiting.front(), idle.last()) {
                self.connections[*number].send(feed.request())?;
                due_of[*number] = *due;
                waiting.pop_front();
                idle.pop();
            }
            if next >= lasts && waiting.is_empty() && idle.len() == self.connections.len() {
                return Ok(latencies);
            }
            anyhow::ensure!(
                now < lasts + SILENCE,
                "{} answers never came",
                waiting.len()
            );
            for number in self.wait(None)? {
                if self.connections[number].read()?.is_some() {
                    let late = started.elapsed() - due_of[number];
                    latencies
                        .0
                        .push(u64::try_from(late.as_nanos()).unwrap_or(u64::MAX));
                    idle.push(number);
                }
            }
        }
    }

    /// The connections that have something to read: those that have it now, or, with a patience, the first.
    fn wait(&mut self, patience: Option<Duration>) -> anyhow::Result<Vec<usize>> {
        let limit = patience.unwrap_or(Duration::ZERO).try_into()?;
        self.events.clear();
        let found = epoll::wait(&self.ready, spare_capacity(&mut self.events), Some(&limit));
        match found {
            Ok(0) if patience.is_some() => anyhow::bail!("the server says nothing for {SILENCE:?}"),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let numbers = self.events.iter().map(|event| event.data.u64() as usize);
        Ok(numbers.collect())
    }
}
