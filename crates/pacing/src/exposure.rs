//! How often one user has seen something, for frequency caps.
//!
//! Where the counters are kept, and for how many users, is the bidder's affair; here is only how one of them counts.

use campaign::ad::FrequencyCap;
use campaign::id::{AdId, BidId, CampaignId};
use campaign::time::{Span, Timestamp};

/// What a cap counts the impressions of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One ad.
    Ad(AdId),
    /// All ads of a campaign together.
    Campaign(CampaignId),
}

/// Which counter: each user, scope and period has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExposureKey {
    /// The user, as a keyed hash.
    pub user: u64,
    /// What is counted.
    pub scope: Scope,
    /// Over how long.
    pub period: Span,
}

/// How many impressions a counter knows bid by bid. Older ones are only counted.
pub const REMEMBERED: usize = 32;

/// In how many parts a period is cut to count the impressions that are not known bid by bid.
pub const BUCKETS: i64 = 8;

/// How long a bid that nobody says anything of counts as an impression that may yet come.
pub const PENDING_FOR: Span = Span::hours(1);

/// What one user has seen of one scope during one period.
///
/// **How a period is counted.** At `now`, an impression counts while it lies in the sliding window (`now` − period,
/// `now`]. It is counted at the later of its bid and its first billing. A bid counts from when it is made, as an
/// impression that may come, until it is billed, lost, or [`PENDING_FOR`] has passed (or the period, where that is
/// shorter).
///
/// The last [`REMEMBERED`] impressions are known one by one, so for them this is exact, and saying anything of a bid
/// twice changes nothing. Where there are more, the oldest go into buckets an eighth of a period wide that count
/// until their *end* leaves the window: up to an eighth of a period too long. So the count may be too high; it is
/// never too low.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposures {
    period: Span,
    recent: Vec<Exposure>,
    older: Vec<Bucket>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Exposure {
    bid: BidId,
    at: Timestamp,
    billed: bool,
}

/// So many impressions in one eighth of a period, counted from the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bucket {
    number: i64,
    impressions: u32,
}

impl Exposures {
    /// A counter of nothing yet. A period is at least a millisecond for every bucket.
    pub fn new(period: Span) -> Exposures {
        Exposures {
            period: Span(period.0.max(BUCKETS)),
            recent: Vec::new(),
            older: Vec::new(),
        }
    }

    /// How many impressions there are, or may yet come, in the period that ends now.
    pub fn count(&self, now: Timestamp) -> u32 {
        let recent = self.recent.iter().filter(|e| self.counts(e, now)).count();
        let older = self.older.iter().filter(|b| self.is_open(b, now));
        older.fold(u32::try_from(recent).unwrap_or(u32::MAX), |sum, bucket| {
            sum.saturating_add(bucket.impressions)
        })
    }

    /// Whether one more impression keeps within the cap.
    pub fn allows(&self, cap: &FrequencyCap, now: Timestamp) -> bool {
        self.count(now) < cap.impressions
    }

    /// A bid is made, and may become an impression.
    pub fn pend(&mut self, bid: BidId, now: Timestamp) {
        if !self.recent.iter().any(|e| e.bid == bid) {
            self.remember(bid, now, false);
        }
    }

    /// A bid is billed: it was an impression. It need not have been seen to be made; a counter is rebuilt this way.
    pub fn confirm(&mut self, bid: BidId, now: Timestamp) {
        match self.recent.iter_mut().find(|e| e.bid == bid) {
            Some(exposure) if exposure.billed => {}
            Some(exposure) => {
                exposure.billed = true;
                exposure.at = exposure.at.max(now);
            }
            None => self.remember(bid, now, true),
        }
    }

    /// A bid is lost: it will not be an impression. One that was billed stays one.
    pub fn release(&mut self, bid: BidId) {
        self.recent.retain(|e| e.bid != bid || e.billed);
    }

    /// Whether nothing counts any more, so that the counter can be dropped.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.count(now) == 0
    }

    fn remember(&mut self, bid: BidId, now: Timestamp, billed: bool) {
        if self.recent.len() >= REMEMBERED {
            self.make_room(now);
        }
        self.recent.push(Exposure {
            bid,
            at: now,
            billed,
        });
    }

    /// Forgets what no longer counts; where all still counts, moves the oldest into its bucket. One that is pending
    /// goes there as if it had been billed: too many is the safe side.
    fn make_room(&mut self, now: Timestamp) {
        let (older, recent) = (
            std::mem::take(&mut self.older),
            std::mem::take(&mut self.recent),
        );
        self.older = older.into_iter().filter(|b| self.is_open(b, now)).collect();
        self.recent = recent.into_iter().filter(|e| self.counts(e, now)).collect();
        if self.recent.len() < REMEMBERED {
            return;
        }
        let oldest = (0..self.recent.len()).min_by_key(|i| self.recent[*i].at);
        if let Some(oldest) = oldest {
            let oldest = self.recent.swap_remove(oldest);
            let number = oldest.at.0.div_euclid(self.width());
            match self.older.iter_mut().find(|b| b.number == number) {
                Some(bucket) => bucket.impressions = bucket.impressions.saturating_add(1),
                None => self.older.push(Bucket {
                    number,
                    impressions: 1,
                }),
            }
        }
    }

    fn counts(&self, exposure: &Exposure, now: Timestamp) -> bool {
        let life = if exposure.billed {
            self.period
        } else {
            self.period.min(PENDING_FOR)
        };
        now < exposure.at + life
    }

    fn is_open(&self, bucket: &Bucket, now: Timestamp) -> bool {
        let end = Timestamp(bucket.number.saturating_add(1).saturating_mul(self.width()));
        now < end + self.period
    }

    /// Rounded up, so that [`BUCKETS`] + 1 buckets always span a period, and no more than that are ever open.
    fn width(&self) -> i64 {
        (self.period.0 - 1) / BUCKETS + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use campaign::id::Incarnation;

    const HOUR: Span = Span::hours(1);

    fn bid(sequence: u64) -> BidId {
        BidId {
            incarnation: Incarnation { node: 1, start: 1 },
            sequence,
        }
    }

    /// Steps such as `pend 1 @0`, and `count 2 @59` for what must be counted, at minutes of a period of an hour.
    fn check(script: &str) {
        let mut exposures = Exposures::new(HOUR);
        for line in script.split(';').map(str::trim) {
            let (step, minute) = line.split_once(" @").unwrap();
            let now = Timestamp(minute.parse::<i64>().unwrap() * 60_000);
            let (verb, number) = step.split_once(' ').unwrap();
            let number: u64 = number.parse().unwrap();
            match verb {
                "pend" => exposures.pend(bid(number), now),
                "confirm" => exposures.confirm(bid(number), now),
                "release" => exposures.release(bid(number)),
                "count" => {
                    assert_eq!(
                        u64::from(exposures.count(now)),
                        number,
                        "{line} in {script}"
                    );
                    assert_eq!(exposures.is_stale(now), number == 0, "{line} in {script}");
                }
                other => panic!("no such step: {other}"),
            }
        }
    }

    #[test]
    fn an_impression_counts_for_one_period() {
        check("count 0 @0; confirm 1 @0; count 1 @0; count 1 @59; count 0 @60");
        check("confirm 1 @0; confirm 2 @30; count 2 @59; count 1 @60; count 0 @90");
    }

    #[test]
    fn a_bid_counts_until_its_end_is_known() {
        check("pend 1 @0; count 1 @0; release 1 @1; count 0 @1");
        check("pend 1 @0; confirm 1 @10; count 1 @10; count 1 @69; count 0 @70");
        check("pend 1 @0; count 1 @59; count 0 @60");
    }

    #[test]
    fn saying_it_twice_changes_nothing() {
        check("pend 1 @0; pend 1 @5; count 1 @5; release 1 @6; release 1 @6; count 0 @6");
        check("pend 1 @0; confirm 1 @10; confirm 1 @20; count 1 @20; count 0 @70");
        check("confirm 1 @0; release 1 @1; count 1 @1");
        check("pend 1 @0; release 1 @1; confirm 1 @2; count 1 @2; count 0 @62");
    }

    #[test]
    fn a_billing_after_the_wait_still_counts() {
        check("pend 1 @0; count 0 @60; confirm 1 @61; count 1 @61; count 0 @121");
    }

    #[test]
    fn a_cap_allows_one_less_than_it_says() {
        let mut exposures = Exposures::new(HOUR);
        let cap = FrequencyCap {
            impressions: 2,
            period: HOUR,
        };
        let now = Timestamp(0);
        exposures.pend(bid(1), now);
        assert!(exposures.allows(&cap, now));
        exposures.pend(bid(2), now);
        assert!(!exposures.allows(&cap, now));
        exposures.release(bid(1));
        assert!(exposures.allows(&cap, now));
    }

    /// Against the plain truth: every impression's time, and a window slid over them.
    #[test]
    fn many_impressions_are_never_too_few_and_an_eighth_too_long_at_most() {
        for (period_ms, step_ms) in [
            (60_000, 97),
            (3_600_000, 7_919),
            (1_000, 3),
            (10, 1),
            (1, 1),
        ] {
            let mut exposures = Exposures::new(Span(period_ms));
            let period_ms = period_ms.max(BUCKETS);
            let width_ms = (period_ms - 1) / BUCKETS + 1;
            let mut shown = Vec::new();
            for i in 0..2_000_i64 {
                // Bursts and pauses, the same each time.
                let at = i * step_ms + (i / 300) * period_ms / 3;
                exposures.pend(bid(i as u64), Timestamp(at));
                if i % 3 == 0 {
                    exposures.release(bid(i as u64));
                } else {
                    exposures.confirm(bid(i as u64), Timestamp(at));
                    shown.push(at);
                }
                let within = |span: i64| shown.iter().filter(|t| **t > at - span).count() as u32;
                let count = exposures.count(Timestamp(at));
                assert!(count >= within(period_ms), "{period_ms} at {at}");
                assert!(count <= within(period_ms + width_ms), "{period_ms} at {at}");
                assert!(exposures.recent.len() <= REMEMBERED);
                assert!(exposures.older.len() as i64 <= BUCKETS + 2);
            }
        }
    }
}
