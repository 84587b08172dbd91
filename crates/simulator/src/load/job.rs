//! What all threads of a run share: the plan, made ready so that sending costs little.

use std::iter::{Skip, StepBy};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::LoadError;
use super::arrivals::{Timetable, replayed};
use super::bodies::{Body, Supply};
use super::plan::{Pace, Plan, Stop};
use super::tally::{Tally, Window};
use super::target::{Target, turns};

/// How long the first connection to a server may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// An id is eight hexadecimal digits of the run, a dash, and twelve of the request's number.
const ID_BYTES: usize = 8 + 1 + 12;

/// The moments of one thread: each so-many-th of the run's.
pub(super) type Moments = StepBy<Skip<Timetable>>;

pub(super) struct Job {
    pub(super) addresses: Vec<SocketAddr>,
    /// For each target, which address is its server's.
    pub(super) pool_of: Vec<usize>,
    pub(super) window: Window,
    pub(super) timeout_ns: u64,
    pub(super) spin_ns: u64,
    pub(super) every_ns: Option<u64>,
    pub(super) pipeline: usize,
    pub(super) threads: usize,
    pub(super) pins: Vec<usize>,
    pub(super) stop: Stop,
    pub(super) rows_left_out: u64,
    connections: usize,
    plan: Plan,
    heads: Vec<Vec<u8>>,
    bodies: Vec<Arc<[Body]>>,
    /// Whose turn it is, round after round: over all targets, and over those of each address.
    turns: Vec<usize>,
    turns_of_pool: Vec<Vec<usize>>,
    /// The recorded moments; none where the pace follows from a rate.
    moments_ns: Option<Arc<[u64]>>,
    run: u32,
}

impl Job {
    /// Reads what is to be sent and finds out where to.
    pub(super) fn prepare(plan: &Plan, stop: &Stop) -> Result<Job, LoadError> {
        plan.check()?;
        let mut supply = Supply::gather(&plan.bodies, &plan.targets)?;
        let moments_ns = match plan.pace {
            Pace::Recorded { speed } => Some(recorded(&mut supply, speed, plan)?),
            Pace::Open { .. } | Pace::Closed => None,
        };
        let (addresses, pool_of) = servers(&plan.targets)?;
        let turns_of = |pool: Option<usize>| {
            let weights = plan.targets.iter().zip(&pool_of);
            let weight = |(target, its): (&Target, &usize)| match pool.is_none_or(|p| p == *its) {
                true => target.weight,
                false => 0,
            };
            turns(&weights.map(weight).collect::<Vec<u32>>())
        };
        let warm_up_ns = nanos(plan.warm_up);
        let mut to_ns = warm_up_ns.saturating_add(nanos(plan.duration));
        if let Some(last_ns) = moments_ns.as_ref().and_then(|moments| moments.last()) {
            // A recording ends a millisecond after its last request, so that its rate can be told.
            to_ns = to_ns.min(last_ns + 1_000_000).max(warm_up_ns);
        }
        Ok(Job {
            turns: turns_of(None),
            turns_of_pool: (0..addresses.len())
                .map(|pool| turns_of(Some(pool)))
                .collect(),
            addresses,
            pool_of,
            window: Window {
                from_ns: warm_up_ns,
                to_ns,
                part_ns: part_ns(to_ns - warm_up_ns),
            },
            timeout_ns: nanos(plan.timeout).max(1),
            spin_ns: nanos(plan.spin),
            every_ns: plan.every.map(|every| nanos(every).max(100_000_000)),
            pipeline: plan.pipeline,
            threads: plan.threads,
            pins: plan.pins.clone(),
            stop: stop.clone(),
            rows_left_out: supply.rows_left_out,
            connections: plan.connections,
            plan: plan.clone(),
            heads: plan.targets.iter().map(head).collect(),
            bodies: supply.of_target,
            moments_ns,
            run: run_number(),
        })
    }

    /// When this thread is to send what; none in a closed loop.
    pub(super) fn timetable(&self, thread: usize) -> Option<Moments> {
        let timetable = match (&self.plan.pace, &self.moments_ns) {
            (Pace::Open { shape, arrivals }, _) => {
                let course = shape.stretches(self.plan.warm_up, self.plan.duration);
                Timetable::of_course(*arrivals, course)
            }
            (Pace::Recorded { .. }, Some(moments_ns)) => Timetable::recorded(moments_ns.clone()),
            (Pace::Recorded { .. }, None) | (Pace::Closed, _) => return None,
        };
        Some(timetable.skip(thread).step_by(self.threads))
    }

    pub(super) fn tally(&self) -> Tally {
        Tally::new(self.window, self.timeout_ns, self.heads.len())
    }

    /// How many connections a thread has to each server: its share, one at least.
    pub(super) fn connections_of_thread(&self, thread: usize) -> usize {
        let more = usize::from(thread < self.connections % self.threads);
        (self.connections / self.threads + more).max(1)
    }

    /// Which target a request is for.
    pub(super) fn target_of(&self, number: u64) -> usize {
        self.turns[(number % self.turns.len() as u64) as usize]
    }

    /// Which of the targets of a server a request is for.
    pub(super) fn target_in_pool(&self, number: u64, pool: usize) -> usize {
        let turns = &self.turns_of_pool[pool];
        turns[(number % turns.len() as u64) as usize]
    }

    /// Writes a whole request.
    pub(super) fn write(&self, target: usize, number: u64, to: &mut Vec<u8>) {
        let bodies = &self.bodies[target];
        let body = &bodies[self.body_of(number, bodies.len() as u64)];
        to.extend_from_slice(&self.heads[target]);
        write_decimal(body.len(ID_BYTES), to);
        to.extend_from_slice(b"\r\n\r\n");
        body.write(&id(self.run, number), to);
    }

    fn body_of(&self, number: u64, bodies: u64) -> usize {
        // One further in each round, so that targets that take turns do not send the same few for ever. What is
        // recorded has one round only, in its order.
        (number.wrapping_add(number / bodies) % bodies) as usize
    }
}

/// The moments of a recording; the bodies are put in the same order.
fn recorded(supply: &mut Supply, speed: f64, plan: &Plan) -> Result<Arc<[u64]>, LoadError> {
    let bodies = supply.of_target.first().cloned().unwrap_or_default();
    let (with_time, times): (Vec<&Body>, Vec<f64>) = bodies
        .iter()
        .filter_map(|body| Some((body, body.recorded_at?)))
        .unzip();
    supply.rows_left_out += (bodies.len() - with_time.len()) as u64;
    let limit = plan.warm_up.saturating_add(plan.duration);
    let (order, moments_ns) = replayed(&times, speed, Some(limit));
    if order.is_empty() {
        return Err(LoadError::NoTimes(plan.bodies.to_string()));
    }
    let ordered: Arc<[Body]> = order.iter().map(|row| with_time[*row].clone()).collect();
    supply.of_target.fill(ordered);
    Ok(moments_ns.into())
}

/// The addresses of all servers, and which is each target's. Each is tried once, so that it is known to be there.
fn servers(targets: &[Target]) -> Result<(Vec<SocketAddr>, Vec<usize>), LoadError> {
    let mut names: Vec<&str> = Vec::new();
    let mut pool_of = Vec::new();
    for target in targets {
        let known = names.iter().position(|name| *name == target.authority);
        pool_of.push(known.unwrap_or(names.len()));
        if known.is_none() {
            names.push(&target.authority);
        }
    }
    let addresses: Result<Vec<SocketAddr>, LoadError> =
        names.iter().map(|name| reach(name)).collect();
    Ok((addresses?, pool_of))
}

fn reach(authority: &str) -> Result<SocketAddr, LoadError> {
    let connect = |why: String| LoadError::Connect {
        target: format!("http://{authority}"),
        why,
    };
    // Without a port it is that of HTTP.
    let addresses = authority
        .to_socket_addrs()
        .or_else(|_| (authority, 80).to_socket_addrs())
        .map_err(|error| connect(error.to_string()))?;
    let mut why = "there is no address".to_string();
    for address in addresses {
        match TcpStream::connect_timeout(&address, CONNECT_LIMIT) {
            Ok(_) => return Ok(address),
            Err(error) => why = error.to_string(),
        }
    }
    Err(connect(why))
}

/// A request's head up to the length of its body.
fn head(target: &Target) -> Vec<u8> {
    format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nx-openrtb-version: 2.6\r\nContent-Length: ",
        target.path, target.authority
    )
    .into_bytes()
}

/// How long a part of the timeline is: about a hundred of them, each a round number and a tenth of a second at least.
fn part_ns(whole_ns: u64) -> u64 {
    const PARTS: u64 = 120;
    let mut part_ns = 100_000_000;
    while whole_ns / part_ns > PARTS {
        // 1, 2, 5, 10 …: the first digit tells which is next.
        part_ns = match part_ns.to_string().as_bytes()[0] {
            b'2' => part_ns / 2 * 5,
            _ => part_ns * 2,
        };
    }
    part_ns
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// A number of this run, so that ids of two runs differ.
fn run_number() -> u32 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    // Of milliseconds the low 32 bits are good for seven weeks.
    since.as_millis() as u32
}

fn id(run: u32, number: u64) -> [u8; ID_BYTES] {
    let mut id = [b'-'; ID_BYTES];
    let digit = |nibble: u64| b"0123456789abcdef"[(nibble & 15) as usize];
    for (place, byte) in id[..8].iter_mut().enumerate() {
        *byte = digit(u64::from(run) >> (28 - 4 * place));
    }
    for (place, byte) in id[9..].iter_mut().enumerate() {
        *byte = digit(number >> (44 - 4 * place));
    }
    id
}

fn write_decimal(number: usize, to: &mut Vec<u8>) {
    use std::io::Write;
    // A vector takes whatever is written to it.
    let _ = write!(to, "{number}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_has_an_id_of_its_own() {
        let check = |run, number, expect: &str| {
            assert_eq!(std::str::from_utf8(&id(run, number)), Ok(expect));
        };
        check(0xdead_beef, 0, "deadbeef-000000000000");
        check(7, 0x1234_5678_9abc, "00000007-123456789abc");
    }

    #[test]
    fn a_timeline_has_about_a_hundred_parts_of_a_round_length() {
        let check = |seconds: u64, expect_ms: u64| {
            let part = part_ns(seconds * 1_000_000_000);
            assert_eq!(part, expect_ms * 1_000_000, "{seconds} s");
        };
        check(0, 100);
        check(1, 100);
        check(12, 100);
        check(13, 200);
        check(30, 500);
        check(60, 500);
        check(61, 1_000);
        check(3_600, 50_000);
        check(30 * 86_400, 50_000_000);
    }
}
