//! Why ads do not bid, found out beside the bids.
//!
//! A decision looks only at the ads that the index finds, so it cannot say why the others do not bid. Requests are
//! therefore decided again, with a look at every ad and nothing reserved, on one thread that may use no more than a
//! hundredth of a core. Where that is enough, every request is; where it is not, each that is stands for those that
//! came since the one before, so that counts stay as large as what they count.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use campaign::exchange::Exchange;
use campaign::id::ExchangeId;

use crate::bid;
use crate::counts::Counted;
use crate::floor::Floor;
use crate::per_thread::PerThread;

/// Samples that may wait.
const QUEUE: usize = 64;
/// A larger request is no sample, and others stand for it.
const SAMPLE_BYTES: usize = 64 * 1024;

/// Where requests are handed to.
#[derive(Debug)]
pub struct Sampler {
    /// How many samples there is time for.
    wanted: Arc<AtomicUsize>,
    queue: SyncSender<Sample>,
    /// How many requests each thread has had since its last sample.
    passed: PerThread<AtomicU64>,
    /// Buffers of samples that are done.
    spare: Arc<Mutex<Vec<Vec<u8>>>>,
    closed: Arc<AtomicBool>,
}

/// One request.
#[derive(Debug)]
struct Sample {
    exchange: ExchangeId,
    body: Vec<u8>,
    /// How many requests it is counted for, itself among them.
    stands_for: u64,
}

/// What the thread begins with.
#[derive(Debug)]
pub struct Samples {
    wanted: Arc<AtomicUsize>,
    queue: Receiver<Sample>,
    spare: Arc<Mutex<Vec<Vec<u8>>>>,
    closed: Arc<AtomicBool>,
}

impl Sampler {
    /// Both ends.
    pub fn new() -> (Sampler, Samples) {
        let (wanted, spare, closed) = (Arc::default(), Arc::default(), Arc::default());
        let (sender, queue) = sync_channel(QUEUE);
        let sampler = Sampler {
            wanted: Arc::clone(&wanted),
            queue: sender,
            passed: PerThread::default(),
            spare: Arc::clone(&spare),
            closed: Arc::clone(&closed),
        };
        let samples = Samples {
            wanted,
            queue,
            spare,
            closed,
        };
        (sampler, samples)
    }

    /// A request is decided. Copies it only if there is time to decide it again, and waits for nothing.
    pub fn offer(&self, exchange: &Exchange, body: &[u8]) {
        self.passed.mine().add(|passed| passed, 1);
        if self.wanted.load(Ordering::Relaxed) > 0 && body.len() <= SAMPLE_BYTES {
            self.hand_over(exchange, body);
        }
    }

    #[cold]
    fn hand_over(&self, exchange: &Exchange, body: &[u8]) {
        let relaxed = Ordering::Relaxed;
        let one_less = |wanted: usize| wanted.checked_sub(1);
        if self.wanted.try_update(relaxed, relaxed, one_less).is_err() {
            return;
        }
        // Another thread has the buffers: this one makes its own rather than wait.
        let spare = self.spare.try_lock().ok().and_then(|mut spare| spare.pop());
        let mut copy = spare.unwrap_or_default();
        copy.clear();
        copy.extend_from_slice(body);
        let passed = self.passed.mine().take(|passed| passed);
        let sample = Sample {
            exchange: exchange.id,
            body: copy,
            stands_for: passed,
        };
        if self.queue.try_send(sample).is_err() {
            self.passed.mine().add(|passed| passed, passed);
        }
    }

    /// Nothing more is sampled.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }
}

/// Starts the thread. It ends when the sampler is closed, or nobody has the floor any more.
///
/// # Errors
/// What the system says where it gives no thread.
pub fn start(floor: &Arc<Floor>, samples: Samples) -> std::io::Result<JoinHandle<()>> {
    let floor = Arc::downgrade(floor);
    let thread = thread::Builder::new().name("sampler".to_string());
    thread.spawn(move || samples.run(&floor))
}

/// How long the thread sleeps between looks at what was handed to it. Nobody wakes it: that would cost the bid that
/// does more than its sample is worth.
const PAUSE: Duration = Duration::from_millis(10);

impl Samples {
    fn run(self, floor: &Weak<Floor>) {
        let mut allowance = Allowance::new(Instant::now());
        loop {
            let Some(floor) = floor.upgrade() else { return };
            let closed = self.closed.load(Ordering::Relaxed);
            self.decide_some(&floor, &mut allowance);
            if closed {
                return;
            }
            drop(floor);
            let affordable = allowance.affordable(Instant::now());
            self.wanted.store(affordable, Ordering::Relaxed);
            thread::sleep(PAUSE);
        }
    }

    /// Decides as many of those that wait as there is time for.
    fn decide_some(&self, floor: &Floor, allowance: &mut Allowance) {
        for _ in 0..allowance.affordable(Instant::now()) {
            // The first of a large book take longer than those before.
            if !allowance.is_left() {
                return;
            }
            let Ok(sample) = self.queue.try_recv() else {
                return;
            };
            let began = Instant::now();
            self.decide(floor, sample);
            allowance.spend(began.elapsed());
        }
    }

    fn decide(&self, floor: &Floor, sample: Sample) {
        let snapshot = floor.snapshot.load_full();
        if let Some(exchange) = snapshot.book.exchange_by_id(sample.exchange) {
            let keep = floor.lookback.is_due();
            let times = sample.stands_for;
            let decided =
                bid::decide_again(floor, &snapshot, exchange, &sample.body, (times, keep));
            if let Some(decided) = decided {
                floor.lookback.note(decided);
            }
            floor.counts.add(Counted::Sampled);
        }
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < QUEUE {
            spare.push(sample.body);
        }
    }
}

/// How much time samples may take: a share of the time that goes by, of which some is saved up.
#[derive(Debug)]
struct Allowance {
    /// Nanoseconds; below zero where more was spent than there was.
    saved: i64,
    looked: Instant,
    /// What a sample costs of late, in nanoseconds.
    usual: i64,
}

/// Of so much time that goes by, one part is for samples.
const SHARE: i64 = 100;
/// No more than this is saved up, so that a pause is not followed by a storm: 20 ms.
const SAVED_MAX: i64 = 20_000_000;

impl Allowance {
    fn new(now: Instant) -> Allowance {
        Allowance {
            saved: SAVED_MAX,
            looked: now,
            usual: 100_000,
        }
    }

    /// How many samples there is time for now.
    fn affordable(&mut self, now: Instant) -> usize {
        let gone_by = i64::try_from((now - self.looked).as_nanos()).unwrap_or(i64::MAX);
        self.looked = now;
        self.saved = self.saved.saturating_add(gone_by / SHARE).min(SAVED_MAX);
        match self.saved {
            ..=0 => 0,
            saved => ((saved / self.usual).max(1) as usize).min(QUEUE),
        }
    }

    /// Whether more was saved than was spent.
    fn is_left(&self) -> bool {
        self.saved > 0
    }

    fn spend(&mut self, took: Duration) {
        let took = i64::try_from(took.as_nanos()).unwrap_or(i64::MAX);
        self.saved = self.saved.saturating_sub(took);
        self.usual = (self.usual / 8 * 7 + took / 8).max(1_000);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_take_a_hundredth_of_the_time_however_long_one_takes() {
        let check = |sample: Duration| {
            let start = Instant::now();
            let mut allowance = Allowance::new(start);
            let (mut now, mut busy) = (start, Duration::ZERO);
            while now - start < Duration::from_secs(1_000) {
                for _ in 0..allowance.affordable(now) {
                    if allowance.is_left() {
                        allowance.spend(sample);
                        now += sample;
                        busy += sample;
                    }
                }
                now += PAUSE;
            }
            let share = busy.as_secs_f64() / (now - start).as_secs_f64();
            assert!((0.0095..=0.0104).contains(&share), "{sample:?}: {share}");
        };
        check(Duration::from_micros(7));
        check(Duration::from_millis(1));
        check(Duration::from_millis(300));
    }

    #[test]
    fn a_sample_stands_for_those_that_were_not_taken() {
        let (sampler, samples) = Sampler::new();
        let exchange = crate::test_book::exchange();
        let offer =
            |times: usize, body: &[u8]| (0..times).for_each(|_| sampler.offer(&exchange, body));
        offer(4, b"{}");
        sampler.wanted.store(2, Ordering::Relaxed);
        offer(1, &vec![b' '; SAMPLE_BYTES + 1]);
        offer(7, b"{}");
        sampler.wanted.store(1, Ordering::Relaxed);
        offer(1, b"{}");
        let all: Vec<_> = samples.queue.try_iter().collect();
        let stands_for: Vec<_> = all.iter().map(|sample| sample.stands_for).collect();
        // Five had passed before the first; five passed after the second.
        assert_eq!(stands_for, [6, 1, 6]);
    }
}
