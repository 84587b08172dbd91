//! The last while's samples, for people who ask why nothing is bid: counts by exchange, and some of the requests.
//!
//! Only the sampler's thread writes here, and only who asks reads, so the lock is on nobody's way to a bid.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use auction::experiment::Trial;
use auction::sample::{ExchangeFunnel, Sample, Samples};
use campaign::id::{ExchangeId, ExperimentId};
use campaign::time::{Span, Timestamp};
use learning::recent::Recent;

/// How long half of what exchanges are counted in is. The trade's time.
const HALF: Span = Span::minutes(30);
/// How many requests are kept.
const KEPT_MAX: usize = 2_048;
/// How much they may weigh together, in bytes.
const KEPT_BYTES_MAX: usize = 8 << 20;
/// No more than one request in so long is kept, so that those that are there tell of minutes. Real time.
const KEPT_EVERY: Duration = Duration::from_millis(50);

/// How many different users of one experiment are kept.
const MET_MAX: usize = 16_384;

/// What is kept of samples.
#[derive(Debug)]
pub struct Lookback(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    exchanges: Recent<BTreeMap<ExchangeId, ExchangeFunnel>>,
    /// Oldest first.
    latest: VecDeque<Arc<Sample>>,
    bytes: usize,
    last: Option<Instant>,
    met: BTreeMap<ExperimentId, Met>,
}

impl Lookback {
    /// Nothing yet.
    pub fn new(now: Timestamp) -> Lookback {
        Lookback(Mutex::new(Kept {
            exchanges: Recent::new(HALF, now),
            latest: VecDeque::new(),
            bytes: 0,
            last: None,
            met: BTreeMap::new(),
        }))
    }

    /// Whether the next request is to be kept.
    pub fn is_due(&self) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last.is_none_or(|last| last.elapsed() >= KEPT_EVERY)
    }

    /// Takes a sample in; one whose request is empty is counted only.
    pub fn note(&self, sample: Sample) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let funnels = kept.exchanges.now(sample.at);
        let funnel = funnels.entry(sample.exchange).or_default();
        funnel.sampled += 1;
        funnel.requests += sample.stands_for;
        for (reason, count) in &sample.refusals {
            *funnel.refusals.entry(*reason).or_default() += count * sample.stands_for;
        }
        if sample.request.is_empty() {
            return;
        }
        kept.last = Some(Instant::now());
        kept.bytes += sample.request.len();
        kept.latest.push_back(Arc::new(sample));
        while kept.latest.len() > KEPT_MAX || kept.bytes > KEPT_BYTES_MAX {
            let Some(oldest) = kept.latest.pop_front() else {
                break;
            };
            kept.bytes -= oldest.request.len();
        }
    }

    /// A user who takes part in experiments was met, whatever was bid for him.
    pub fn meet(&self, user: u64, trials: &[Trial], now: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let met = &mut kept.met;
        if met.len() > trials.len() {
            met.retain(|id, _| trials.iter().any(|trial| trial.experiment.id == *id));
        }
        let on = |trial: &&Trial| trial.experiment.flight.contains(now);
        for trial in trials.iter().filter(on) {
            let arms = trial.experiment.arms.len();
            let met = met
                .entry(trial.experiment.id)
                .or_insert_with(|| Met::new(arms));
            met.note(user, trial.seat(user).arm);
        }
    }

    /// What there is.
    pub fn read(&self, now: Timestamp) -> Samples {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.exchanges.now(now);
        let mut exchanges: BTreeMap<ExchangeId, ExchangeFunnel> = BTreeMap::new();
        for (exchange, half) in kept.exchanges.halves().into_iter().flatten() {
            let sum = exchanges.entry(*exchange).or_default();
            sum.sampled += half.sampled;
            sum.requests += half.requests;
            for (reason, count) in &half.refusals {
                *sum.refusals.entry(*reason).or_default() += count;
            }
        }
        Samples {
            since: kept.exchanges.since(),
            exchanges,
            users: kept
                .met
                .iter()
                .map(|(id, met)| (*id, met.counts()))
                .collect(),
            latest: kept.latest.iter().rev().cloned().collect(),
        }
    }
}

/// The different users who were met, by arm; of many, those in an even part of all users that halves as it fills
/// (Flajolet, "On adaptive sampling", Computing 43, 1990). So it is bounded, and each user counts once or never.
#[derive(Debug)]
struct Met {
    /// Only users whose keyed hash ends in so many zeros are kept.
    zeros: u32,
    arms: Vec<HashSet<u64>>,
}

impl Met {
    fn new(arms: usize) -> Met {
        Met {
            zeros: 0,
            arms: vec![HashSet::new(); arms],
        }
    }

    fn note(&mut self, user: u64, arm: usize) {
        if user.trailing_zeros() < self.zeros {
            return;
        }
        if let Some(arm) = self.arms.get_mut(arm) {
            arm.insert(user);
        }
        if self.arms.iter().map(HashSet::len).sum::<usize>() > MET_MAX {
            self.zeros += 1;
            let zeros = self.zeros;
            let halve = |arm: &mut HashSet<u64>| arm.retain(|user| user.trailing_zeros() >= zeros);
            self.arms.iter_mut().for_each(halve);
        }
    }

    fn counts(&self) -> Vec<u64> {
        self.arms.iter().map(|arm| arm.len() as u64).collect()
    }
}

#[cfg(test)]
mod tests {
    use auction::reason::NoBidReason;

    use super::*;

    fn sample(minute: i64, request: Vec<u8>) -> Sample {
        Sample {
            at: Timestamp(0) + Span::minutes(minute),
            exchange: ExchangeId(1),
            stands_for: 5,
            request,
            user: None,
            outcome: Err(NoBidReason::Floor),
            refusals: vec![(NoBidReason::Geo, 2), (NoBidReason::Floor, 1)],
            nearest_miss: None,
        }
    }

    #[test]
    fn samples_count_for_those_that_they_stand_for_until_they_are_old() {
        let lookback = Lookback::new(Timestamp(0));
        let check = |minute, sampled| {
            let told = lookback.read(Timestamp(0) + Span::minutes(minute));
            let funnel = told.exchanges.get(&ExchangeId(1)).cloned();
            let funnel = funnel.unwrap_or_default();
            assert_eq!((funnel.sampled, funnel.requests), (sampled, sampled * 5));
            let geo = funnel.refusals.get(&NoBidReason::Geo).copied();
            assert_eq!(geo.unwrap_or(0), sampled * 10);
        };
        lookback.note(sample(1, vec![]));
        lookback.note(sample(31, vec![]));
        check(32, 2);
        check(62, 1);
        check(200, 0);
        assert!(lookback.read(Timestamp(0)).latest.is_empty());
    }

    #[test]
    fn of_many_users_an_even_part_is_counted_each_once() {
        let mut met = Met::new(2);
        // Of such products the last bits are even, and the first have nothing to do with them.
        for round in 0..2u64 {
            for number in 0..100_000u64 {
                let user = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                met.note(user, usize::from(user >> 62 == 0));
            }
            let counts = met.counts();
            assert!(counts.iter().sum::<u64>() <= MET_MAX as u64, "{counts:?}");
            let share = counts[1] as f64 / (counts[0] + counts[1]) as f64;
            assert!((share - 0.25).abs() < 0.02, "round {round}: {counts:?}");
        }
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let lookback = Lookback::new(Timestamp(0));
        for minute in 0..3_000 {
            lookback.note(sample(minute, vec![b' '; 10]));
        }
        assert!(!lookback.is_due());
        let told = lookback.read(Timestamp(0)).latest;
        assert_eq!(told.len(), KEPT_MAX);
        assert_eq!(told[0].at, Timestamp(0) + Span::minutes(2_999));
        for minute in 0..20 {
            lookback.note(sample(minute, vec![b' '; 1 << 20]));
        }
        assert_eq!(lookback.read(Timestamp(0)).latest.len(), 8);
    }
}
