//! The life of a thread's connections: opened before time begins, broken off, given up, opened again.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use super::{Pool, Worker};
use crate::load::connection::{Over, Request, State};
use crate::load::tally::Outcome;

/// How long the first connections may take to open.
const OPENING_MAX: Duration = Duration::from_secs(5);
/// How long after a failure a connection is tried again: the first time, and at most.
const RETRY_NS: u64 = 10_000_000;
const RETRY_MAX_NS: u64 = 1_000_000_000;

impl Worker<'_> {
    /// Opens all connections before time begins, so that no request pays for it.
    pub(super) fn open_all(&mut self) -> io::Result<()> {
        // None of it is measured: time has not begun.
        for connection in 0..self.connections.len() {
            self.reopen(connection, 0)?;
        }
        let begun = Instant::now();
        let mut ready = Vec::new();
        let opening = |worker: &Worker<'_>| {
            worker
                .connections
                .iter()
                .any(|connection| connection.state == State::Opening)
        };
        while opening(self) && begun.elapsed() < OPENING_MAX {
            self.poller.wait(Duration::from_millis(10), &mut ready)?;
            for ready in ready.drain(..) {
                self.look_at(ready, 0)?;
            }
        }
        self.tally = self.job.tally();
        Ok(())
    }

    /// Closes a connection, tells what is lost with it, and opens it again.
    pub(super) fn break_off(
        &mut self,
        connection: usize,
        over: Over,
        now_ns: u64,
    ) -> io::Result<()> {
        if self.connections[connection].state != State::Open {
            return Ok(());
        }
        let lost = self.close(connection);
        if !lost.is_empty() && self.tally.is_measured(now_ns) {
            self.tally.connections_broken += 1;
        }
        // What cannot be read is the fault of the oldest; those behind it never had a chance.
        let mut outcome = match over {
            Over::Unreadable => Outcome::Unreadable,
            Over::Broken => Outcome::Broken,
        };
        for request in lost {
            self.tell(request, outcome, None, now_ns);
            outcome = Outcome::Broken;
        }
        self.reopen(connection, now_ns)
    }

    fn close(&mut self, connection: usize) -> VecDeque<Request> {
        self.poller.forget(connection);
        let line = &mut self.connections[connection];
        let pool = &mut self.pools[line.pool];
        pool.alive -= 1;
        if line.listed {
            line.listed = false;
            pool.free.retain(|free| *free != connection);
        }
        line.state = State::Down {
            retry_at_ns: u64::MAX,
        };
        line.close()
    }

    fn reopen(&mut self, connection: usize, now_ns: u64) -> io::Result<()> {
        let pool = self.connections[connection].pool;
        self.pools[pool].alive += 1;
        match self.connections[connection].open(self.job.addresses[pool]) {
            Ok(stream) => self.poller.add(stream, connection),
            Err(_) => self.was_refused(connection, now_ns),
        }
    }

    /// A connection could not be opened: it is tried again after a while. Where none is left, nothing need wait.
    pub(super) fn was_refused(&mut self, connection: usize, now_ns: u64) -> io::Result<()> {
        if self.tally.is_measured(now_ns) {
            self.tally.connects_failed += 1;
        }
        self.close(connection);
        let line = &mut self.connections[connection];
        let wait_ns = (RETRY_NS << line.failures.min(20)).min(RETRY_MAX_NS);
        line.failures += 1;
        line.state = State::Down {
            retry_at_ns: now_ns + wait_ns,
        };
        let pool = line.pool;
        if self.pools[pool].alive == 0 {
            while let Some((target, due)) = self.pools[pool].waiting.pop_front() {
                self.fail(target, due, Outcome::Refused, now_ns);
            }
        }
        Ok(())
    }

    /// Gives up what has waited too long, and tries again what was refused.
    pub(super) fn sweep(&mut self, now_ns: u64) -> io::Result<()> {
        let timeout_ns = self.job.timeout_ns;
        self.next_sweep_ns = now_ns + (timeout_ns / 20).clamp(500_000, 20_000_000);
        let is_late = |due_ns: u64| due_ns.saturating_add(timeout_ns) <= now_ns;
        for pool in 0..self.pools.len() {
            self.give_up_waiting(pool, now_ns);
        }
        for connection in 0..self.connections.len() {
            let line = &mut self.connections[connection];
            match line.state {
                State::Down { retry_at_ns } if retry_at_ns <= now_ns && !self.ending => {
                    self.reopen(connection, now_ns)?;
                }
                State::Open
                    if line
                        .flying
                        .front()
                        .is_some_and(|first| is_late(first.due_ns)) =>
                {
                    for request in self.close(connection) {
                        let outcome = match is_late(request.due_ns) {
                            true => Outcome::Timeout,
                            false => Outcome::Broken,
                        };
                        self.tell(request, outcome, None, now_ns);
                    }
                    self.reopen(connection, now_ns)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Gives up what has waited for a connection for half of the timeout. What is sent has the other half left: where
    /// more comes than can be done, the harness would otherwise send what is as good as late, and nothing would be
    /// answered in time at all.
    pub(super) fn give_up_waiting(&mut self, pool: usize, now_ns: u64) {
        let patience_ns = self.job.timeout_ns / 2;
        let waiting = |pool: &mut Pool| {
            pool.waiting
                .pop_front_if(|(_, due)| due.at_ns.saturating_add(patience_ns) <= now_ns)
        };
        while let Some((target, due)) = waiting(&mut self.pools[pool]) {
            self.fail(target, due, Outcome::NotSent, now_ns);
        }
    }

    /// Waits for nothing any more.
    pub(super) fn abandon(&mut self, now_ns: u64) {
        for pool in 0..self.pools.len() {
            while let Some((target, due)) = self.pools[pool].waiting.pop_front() {
                self.fail(target, due, Outcome::Abandoned, now_ns);
            }
        }
        for connection in 0..self.connections.len() {
            while let Some(request) = self.connections[connection].flying.pop_front() {
                self.tell(request, Outcome::Abandoned, None, now_ns);
            }
        }
    }
}
