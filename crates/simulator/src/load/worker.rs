//! A thread that sends and receives: one loop around the moments at which requests come due and the sockets that are
//! ready.

mod upkeep;

use std::collections::VecDeque;
use std::io;
use std::iter::Peekable;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use super::arrivals::Due;
use super::connection::{Connection, Over, Received, Request, State};
use super::job::{Job, Moments};
use super::poll::{Poller, Ready};
use super::tally::{Done, Outcome, Progress, Tally};

/// How many requests of each thread and server may wait for a connection.
const WAITING_MAX: usize = 1 << 20;
/// How many requests are taken up before sockets are looked at again.
const TAKEN_UP_AT_ONCE: usize = 64;
/// The longest wait, so that a wish to stop is soon seen.
const WAIT_MAX_NS: u64 = 20_000_000;
/// How many bytes are read at once.
const READ_BYTES: usize = 64 * 1024;

/// The connections of a thread to one server.
#[derive(Default)]
struct Pool {
    /// Connections that can take a request, the one that has waited longest first: so all of them are used.
    free: VecDeque<usize>,
    /// Requests that wait for one: the target, and what came due.
    waiting: VecDeque<(usize, Due)>,
    /// Connections that are open or opening.
    alive: usize,
}

pub(super) struct Worker<'a> {
    job: &'a Job,
    /// What it is to send when; nothing in a closed loop.
    timetable: Option<Peekable<Moments>>,
    /// In a closed loop: the number of the next request.
    next_number: u64,
    poller: Poller,
    pools: Vec<Pool>,
    connections: Vec<Connection>,
    tally: Tally,
    room: Vec<u8>,
    start: Instant,
    next_sweep_ns: u64,
    next_line_ns: u64,
    lines: SyncSender<Progress>,
    /// No more requests are begun.
    ending: bool,
}

impl<'a> Worker<'a> {
    /// Opens its connections.
    pub(super) fn prepare(
        job: &'a Job,
        thread: usize,
        lines: SyncSender<Progress>,
    ) -> io::Result<Worker<'a>> {
        if let Some(cpu) = job.pins.get(thread % job.pins.len().max(1)) {
            super::poll::pin_thread(*cpu)?;
        }
        Poller::sharpen_timers();
        let mut connections = Vec::new();
        for pool in 0..job.addresses.len() {
            let here = job.connections_of_thread(thread);
            connections.extend((0..here).map(|_| Connection::to(pool)));
        }
        let mut worker = Worker {
            job,
            timetable: job.timetable(thread).map(Iterator::peekable),
            next_number: thread as u64,
            poller: Poller::new()?,
            pools: job.addresses.iter().map(|_| Pool::default()).collect(),
            connections,
            tally: job.tally(),
            room: vec![0; READ_BYTES],
            start: Instant::now(),
            next_sweep_ns: 0,
            next_line_ns: u64::MAX,
            lines,
            ending: false,
        };
        worker.open_all()?;
        Ok(worker)
    }

    fn now_ns(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    /// Sends and receives until all is done. Time begins at `start`.
    pub(super) fn run(mut self, start: Instant) -> io::Result<Tally> {
        self.start = start;
        if let Some(every_ns) = self.job.every_ns {
            self.next_line_ns = every_ns;
        }
        let mut ready = Vec::new();
        loop {
            let now_ns = self.now_ns();
            self.heed_end(now_ns);
            if now_ns >= self.next_sweep_ns {
                self.sweep(now_ns)?;
            }
            if now_ns >= self.next_line_ns {
                self.tell_line();
            }
            match self.timetable {
                Some(_) => self.take_up_due(now_ns)?,
                None => self.fill_all()?,
            }
            if self.is_done() {
                return Ok(self.tally);
            }
            let wait = Duration::from_nanos(self.wait_ns());
            self.poller.wait(wait, &mut ready)?;
            for ready in ready.drain(..) {
                let now_ns = self.now_ns();
                self.look_at(ready, now_ns)?;
            }
        }
    }

    /// Stops beginning requests where time is over or somebody asked.
    fn heed_end(&mut self, now_ns: u64) {
        let asked = self.job.stop.asked();
        if asked > 0 && !self.ending {
            self.tally.window.to_ns = self.tally.window.to_ns.min(now_ns);
        }
        if asked > 0 || (self.timetable.is_none() && now_ns >= self.tally.window.to_ns) {
            self.ending = true;
        }
        if asked > 1 {
            self.abandon(now_ns);
        }
    }

    fn is_done(&mut self) -> bool {
        let more = !self.ending
            && self
                .timetable
                .as_mut()
                .is_none_or(|all| all.peek().is_some());
        !more
            && self.pools.iter().all(|pool| pool.waiting.is_empty())
            && self
                .connections
                .iter()
                .all(|connection| connection.flying.is_empty())
    }

    /// How long nothing is to be done unless a socket is ready.
    fn wait_ns(&mut self) -> u64 {
        let now_ns = self.now_ns();
        let mut until_ns = (now_ns + WAIT_MAX_NS)
            .min(self.next_sweep_ns)
            .min(self.next_line_ns);
        if !self.ending
            && let Some(due) = self.timetable.as_mut().and_then(Peekable::peek)
        {
            // The last bit is spent asking again and again: a sleep that ends in time does not always wake in time.
            until_ns = until_ns.min(due.at_ns.saturating_sub(self.job.spin_ns));
        }
        until_ns.saturating_sub(now_ns)
    }

    /// Takes up what is due, whatever became of what was before it.
    fn take_up_due(&mut self, mut now_ns: u64) -> io::Result<()> {
        for _ in 0..TAKEN_UP_AT_ONCE {
            let Some(timetable) = self.timetable.as_mut().filter(|_| !self.ending) else {
                return Ok(());
            };
            let Some(due) = timetable.next_if(|due| due.at_ns <= now_ns) else {
                return Ok(());
            };
            self.tally.taken_up(due.at_ns, now_ns);
            let target = self.job.target_of(due.number);
            let pool = &mut self.pools[self.job.pool_of[target]];
            match pool.free.pop_front() {
                Some(connection) => {
                    self.connections[connection].listed = false;
                    self.send(connection, target, due, now_ns)?;
                }
                None if pool.alive == 0 => self.fail(target, due, Outcome::Refused, now_ns),
                None if pool.waiting.len() >= WAITING_MAX => {
                    self.fail(target, due, Outcome::NotSent, now_ns);
                }
                None => pool.waiting.push_back((target, due)),
            }
            now_ns = self.now_ns();
        }
        Ok(())
    }

    /// In a closed loop: gives every free connection something to do.
    fn fill_all(&mut self) -> io::Result<()> {
        for pool in 0..self.pools.len() {
            loop {
                let now_ns = self.now_ns();
                // What would be begun after the end would be counted nowhere.
                if self.ending || now_ns >= self.tally.window.to_ns {
                    return Ok(());
                }
                let Some(connection) = self.pools[pool].free.pop_front() else {
                    break;
                };
                self.connections[connection].listed = false;
                let due = Due {
                    number: self.next_number,
                    at_ns: now_ns,
                };
                self.next_number += self.job.threads as u64;
                let target = self.job.target_in_pool(due.number, pool);
                self.send(connection, target, due, now_ns)?;
            }
        }
        Ok(())
    }

    fn send(&mut self, connection: usize, target: usize, due: Due, now_ns: u64) -> io::Result<()> {
        self.put(connection, target, due, now_ns)?;
        self.offer(connection)
    }

    /// Writes a request to a connection that has room for it.
    fn put(&mut self, connection: usize, target: usize, due: Due, now_ns: u64) -> io::Result<()> {
        let request = Request {
            target,
            due_ns: due.at_ns,
            sent_ns: now_ns,
        };
        let job = self.job;
        let line = &mut self.connections[connection];
        line.push(request, |out| job.write(target, due.number, out));
        self.flush(connection, now_ns)
    }

    fn flush(&mut self, connection: usize, now_ns: u64) -> io::Result<()> {
        match self.connections[connection].flush() {
            Ok(bytes) if self.tally.is_measured(now_ns) => self.tally.bytes_sent += bytes,
            Ok(_) => {}
            Err(_) => self.break_off(connection, Over::Broken, now_ns)?,
        }
        Ok(())
    }

    /// Lets a connection that has room take what waits, or stand in the list.
    fn offer(&mut self, connection: usize) -> io::Result<()> {
        // Each turn sends one request, of which there is room for a few only.
        loop {
            let line = &mut self.connections[connection];
            if line.state != State::Open || line.listed || line.flying.len() >= self.job.pipeline {
                return Ok(());
            }
            let number = line.pool;
            let now_ns = self.now_ns();
            self.give_up_waiting(number, now_ns);
            let (line, pool) = (&mut self.connections[connection], &mut self.pools[number]);
            let Some((target, due)) = pool.waiting.pop_front() else {
                line.listed = true;
                pool.free.push_back(connection);
                return Ok(());
            };
            self.tally.sent_from_queue(due.at_ns, now_ns);
            self.put(connection, target, due, now_ns)?;
        }
    }

    /// A socket can be used.
    fn look_at(&mut self, ready: Ready, now_ns: u64) -> io::Result<()> {
        let connection = ready.socket;
        match self.connections[connection].state {
            State::Down { .. } => return Ok(()),
            State::Opening => match self.connections[connection].has_opened() {
                Ok(true) => {
                    if self.tally.is_measured(now_ns) {
                        self.tally.connections_opened += 1;
                    }
                    self.offer(connection)?;
                }
                Ok(false) => return Ok(()),
                Err(_) => return self.was_refused(connection, now_ns),
            },
            State::Open => {}
        }
        self.connections[connection].wake(ready.ended);
        self.flush(connection, now_ns)?;
        self.receive(connection)
    }

    fn receive(&mut self, connection: usize) -> io::Result<()> {
        loop {
            let mut bytes = 0;
            let received = self.connections[connection].receive(&mut self.room, &mut bytes);
            let now_ns = self.now_ns();
            if self.tally.is_measured(now_ns) {
                self.tally.bytes_received += bytes;
            }
            match received {
                Received::Nothing => return self.offer(connection),
                Received::Over(over) => return self.break_off(connection, over, now_ns),
                Received::Answer(request, answer) => {
                    let outcome = match answer.status {
                        200 if answer.bid => Outcome::Bid,
                        200 | 204 => Outcome::NoBid,
                        _ => Outcome::HttpError,
                    };
                    self.tell(request, outcome, Some(answer.status), now_ns);
                    if answer.close {
                        return self.break_off(connection, Over::Broken, now_ns);
                    }
                }
            }
        }
    }

    /// A request was never sent.
    fn fail(&mut self, target: usize, due: Due, outcome: Outcome, now_ns: u64) {
        self.tally.done(Done {
            target,
            outcome,
            status: None,
            due_ns: due.at_ns,
            sent_ns: None,
            done_ns: now_ns,
        });
    }

    fn tell(&mut self, request: Request, outcome: Outcome, status: Option<u16>, now_ns: u64) {
        self.tally.done(Done {
            target: request.target,
            outcome,
            status,
            due_ns: request.due_ns,
            sent_ns: Some(request.sent_ns),
            done_ns: now_ns,
        });
    }

    fn tell_line(&mut self) {
        self.next_line_ns += self.job.every_ns.unwrap_or(u64::MAX / 2);
        // A reader that does not keep up misses lines, never answers: what is not taken is told with the next line.
        let line = std::mem::take(&mut self.tally.progress);
        if let Err(std::sync::mpsc::TrySendError::Full(line)) = self.lines.try_send(line) {
            self.tally.progress = line;
        }
    }
}
