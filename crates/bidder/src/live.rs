//! What lives on while books come and go: of each ad its money and its counters, of each exchange its counters.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};

use arc_swap::ArcSwapOption;
use auction::reason::NoBidReason;
use campaign::id::{AdId, LeaseId};
use campaign::money::Money;
use campaign::time::Timestamp;
use pacing::lease::LeaseMeter;
use tokio::sync::mpsc;

use crate::leases::LOW_WATER;

/// One ad's money and counters. There is one for each ad, whatever book it stands in: a new book finds it by the ad's
/// number.
#[derive(Debug)]
pub struct AdLive {
    ad: AdId,
    /// The lease that is spent from. Only [`crate::refresh`] puts one here, and takes it away again.
    lease: ArcSwapOption<LeaseMeter>,
    /// Why there is no money, where there is none: a [`NoBidReason`] by its index.
    without_money: AtomicU8,
    /// Whether the refresher was told that money runs low, and has not looked since.
    hungry: AtomicBool,
    bids: AtomicU64,
    /// By reason. Most ads of a large book are never looked at, so the table comes with the first refusal.
    refusals: OnceLock<Box<[AtomicU32; NoBidReason::COUNT]>>,
}

/// Where ads that run out of money are called out. Bounded; a call that finds it full is made again with the next bid.
pub type Hunger = mpsc::Sender<AdId>;

impl AdLive {
    /// An ad without money, that was never bid for.
    pub fn new(ad: AdId) -> AdLive {
        AdLive {
            ad,
            lease: ArcSwapOption::empty(),
            without_money: AtomicU8::new(NoBidReason::AwaitingLease as u8),
            hungry: AtomicBool::new(false),
            bids: AtomicU64::new(0),
            refusals: OnceLock::new(),
        }
    }

    /// Which ad.
    pub fn ad(&self) -> AdId {
        self.ad
    }

    /// Takes the money for one bid: one compare-and-swap. Says to the refresher when money runs low.
    pub fn reserve(
        &self,
        cost: Money,
        now: Timestamp,
        hunger: &Hunger,
    ) -> Result<LeaseId, NoBidReason> {
        // A lease that was replaced between the load and the reservation is closed; a second look finds its successor.
        for _ in 0..2 {
            let lease = self.lease.load();
            let meter = lease.as_deref();
            if let Some(meter) = meter.filter(|meter| meter.reserve(cost, now)) {
                if meter.left().0 < meter.grant().amount.0 / LOW_WATER {
                    self.call_out(hunger);
                }
                self.bids.fetch_add(1, Ordering::Relaxed);
                return Ok(meter.grant().id);
            }
            if !meter.is_some_and(LeaseMeter::is_closed) {
                self.call_out(hunger);
                return Err(self.why_without_money(meter, now));
            }
        }
        self.call_out(hunger);
        Err(NoBidReason::AwaitingLease)
    }

    /// Whether that much could be reserved; nothing is.
    pub fn could_reserve(&self, cost: Money, now: Timestamp) -> Result<LeaseId, NoBidReason> {
        let lease = self.lease.load();
        match lease.as_deref() {
            Some(meter) if now < meter.grant().spend_until && meter.left() >= cost => {
                Ok(meter.grant().id)
            }
            lease => Err(self.why_without_money(lease, now)),
        }
    }

    /// A lease that is not over but too small leaves it to the authority's last word; one that is over is only awaited.
    fn why_without_money(&self, lease: Option<&LeaseMeter>, now: Timestamp) -> NoBidReason {
        let over = lease.is_some_and(|meter| now >= meter.grant().spend_until);
        let said = usize::from(self.without_money.load(Ordering::Relaxed));
        match NoBidReason::ALL.get(said) {
            Some(reason) if !over => *reason,
            _ => NoBidReason::AwaitingLease,
        }
    }

    fn call_out(&self, hunger: &Hunger) {
        let told = self.hungry.load(Ordering::Relaxed) || self.hungry.swap(true, Ordering::Relaxed);
        if !told && hunger.try_send(self.ad).is_err() {
            self.hungry.store(false, Ordering::Relaxed);
        }
    }

    /// The refresher looks: the next call is heard again.
    pub fn heard(&self) {
        self.hungry.store(false, Ordering::Relaxed);
    }

    /// The lease that is spent from.
    pub fn lease(&self) -> Option<std::sync::Arc<LeaseMeter>> {
        self.lease.load_full()
    }

    /// Spends from this lease from now on, or from none; returns the one before, which is still open.
    pub fn replace_lease(
        &self,
        lease: Option<std::sync::Arc<LeaseMeter>>,
    ) -> Option<std::sync::Arc<LeaseMeter>> {
        self.lease.swap(lease)
    }

    /// Sets what bids are told while there is no money.
    pub fn set_without_money(&self, reason: NoBidReason) {
        self.without_money.store(reason as u8, Ordering::Relaxed);
    }

    /// Counts refusals.
    pub fn refuse(&self, reason: NoBidReason, times: u32) {
        let refusals = self
            .refusals
            .get_or_init(|| Box::new([const { AtomicU32::new(0) }; _]));
        refusals[reason.index()].fetch_add(times, Ordering::Relaxed);
    }

    /// How many bids were made since the last time, and how many refusals of each reason.
    pub fn take_counts(&self) -> (u64, Vec<(NoBidReason, u32)>) {
        let bids = self.bids.swap(0, Ordering::Relaxed);
        let refusals = self.refusals.get().map_or_else(Vec::new, |refusals| {
            let counts = refusals
                .iter()
                .map(|count| count.swap(0, Ordering::Relaxed));
            let named = NoBidReason::ALL.iter().copied().zip(counts);
            named.filter(|(_, count)| *count > 0).collect()
        });
        (bids, refusals)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use campaign::id::Incarnation;
    use campaign::time::Day;
    use pacing::lease::LeaseGrant;

    use super::*;

    fn meter(amount: i64, spend_until: i64) -> Arc<LeaseMeter> {
        Arc::new(LeaseMeter::new(LeaseGrant {
            id: LeaseId(9),
            ad: AdId(1),
            holder: Incarnation::default(),
            request: 1,
            amount: Money(amount),
            advertiser_day: Day(0),
            campaign_day: Day(0),
            spend_until: Timestamp(spend_until),
            release_at: Timestamp(spend_until + 1_000),
        }))
    }

    #[test]
    fn a_bid_needs_a_lease_that_is_not_over_and_has_enough() {
        let (hunger, mut called) = mpsc::channel(4);
        let live = AdLive::new(AdId(1));
        let reserve = |cost, now| live.reserve(Money(cost), Timestamp(now), &hunger);
        assert_eq!(reserve(10, 0), Err(NoBidReason::AwaitingLease));
        live.replace_lease(Some(meter(100, 50)));
        live.set_without_money(NoBidReason::BudgetExhausted);
        assert_eq!(reserve(10, 49), Ok(LeaseId(9)));
        assert_eq!(reserve(91, 49), Err(NoBidReason::BudgetExhausted));
        // A stale lease is never spent from, and it says nothing of the budget.
        assert_eq!(reserve(10, 50), Err(NoBidReason::AwaitingLease));
        assert_eq!(called.try_recv(), Ok(AdId(1)));
    }

    #[test]
    fn an_ad_that_runs_low_is_called_out_once_until_it_was_heard() {
        let (hunger, mut called) = mpsc::channel(4);
        let live = AdLive::new(AdId(7));
        live.replace_lease(Some(meter(100, 50)));
        let reserve = |cost| live.reserve(Money(cost), Timestamp(0), &hunger);
        assert!(reserve(75).is_ok());
        assert!(called.try_recv().is_err());
        assert!(reserve(1).is_ok() && reserve(1).is_ok());
        assert_eq!(called.try_recv(), Ok(AdId(7)));
        assert!(called.try_recv().is_err());
        live.heard();
        assert!(reserve(1).is_ok());
        assert_eq!(called.try_recv(), Ok(AdId(7)));
    }

    #[test]
    fn a_call_that_found_no_room_is_made_again() {
        let (hunger, mut called) = mpsc::channel(1);
        let (first, second) = (AdLive::new(AdId(1)), AdLive::new(AdId(2)));
        let starve = |live: &AdLive| live.reserve(Money(1), Timestamp(0), &hunger).is_err();
        assert!(starve(&first) && starve(&second));
        assert_eq!(called.try_recv(), Ok(AdId(1)));
        assert!(starve(&second));
        assert_eq!(called.try_recv(), Ok(AdId(2)));
    }

    #[test]
    fn counts_are_handed_out_once() {
        let live = AdLive::new(AdId(1));
        assert_eq!(live.take_counts(), (0, vec![]));
        live.refuse(NoBidReason::Floor, 1);
        live.refuse(NoBidReason::Geo, 5);
        live.refuse(NoBidReason::Floor, 2);
        let expect = vec![(NoBidReason::Geo, 5), (NoBidReason::Floor, 3)];
        assert_eq!(live.take_counts(), (0, expect));
        assert_eq!(live.take_counts(), (0, vec![]));
    }
}
