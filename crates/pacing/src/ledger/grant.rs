//! Granting: money is held at every level before anybody may spend it.

use campaign::id::LeaseId;
use campaign::money::Money;
use campaign::time::{DayWindow, Span, Timestamp};

use super::accounts::{Path, path};
use super::rows::{LeaseRow, LeaseState};
use super::terms::{MINIMUM_GRANT, Rules};
use super::{Due, Ledger};
use crate::account::{AccountKey, Level, Window};
use crate::lease::{GrantAnswer, GrantRefusal, GrantRefused, GrantRequest, LeaseGrant};

impl Ledger {
    /// Answers requests in their order. A request that was granted before gets the same lease again; one that was
    /// refused is tried afresh. Each gets what it wants, or what is left at the tightest level.
    pub fn grant(&mut self, requests: &[GrantRequest], now: Timestamp) -> Vec<GrantAnswer> {
        requests
            .iter()
            .map(|request| match self.grant_one(request, now) {
                Ok(grant) => GrantAnswer::Granted(grant),
                Err(reason) => GrantAnswer::Refused(GrantRefused {
                    holder: request.holder,
                    request: request.request,
                    ad: request.ad,
                    reason,
                }),
            })
            .collect()
    }

    fn grant_one(
        &mut self,
        request: &GrantRequest,
        now: Timestamp,
    ) -> Result<LeaseGrant, GrantRefusal> {
        let key = (request.holder, request.request);
        if let Some(granted) = self.requests.get(&key).and_then(|id| self.leases.get(id)) {
            return match granted.state {
                LeaseState::Open => Ok(grant_of(granted)),
                _ => Err(GrantRefusal::Over),
            };
        }
        let place = *self.ads.get(&request.ad).ok_or(GrantRefusal::UnknownAd)?;
        if place.halted {
            return Err(GrantRefusal::Halted);
        }
        let [advertiser, campaign, ad] = place.levels;
        let (advertiser_day, campaign_day) = (self.day(advertiser, now)?, self.day(campaign, now)?);
        let ends = advertiser_day.end.min(campaign_day.end);
        if !self.rules.is_timely(request.sent, now) {
            return Err(GrantRefusal::Outside);
        }
        let spend_until = self.rules.spend_until(request.sent).min(ends);
        for (level, day) in [
            (advertiser, advertiser_day),
            (campaign, campaign_day),
            (ad, campaign_day),
        ] {
            self.open_accounts(level, day);
        }
        let (Level::Advertiser(advertiser), Level::Campaign(campaign)) = (advertiser, campaign)
        else {
            return Err(GrantRefusal::UnknownAd);
        };
        let mut row = LeaseRow {
            id: self.progress.next_lease,
            ad: request.ad,
            campaign,
            advertiser,
            holder: request.holder,
            request: request.request,
            advertiser_day: advertiser_day.day,
            campaign_day: campaign_day.day,
            state: LeaseState::Open,
            amount: Money::ZERO,
            settled: Money::ZERO,
            released: Money::ZERO,
            held_back: Money::ZERO,
            beyond: Money::ZERO,
            spend_until,
            release_at: self.rules.release_at(now),
        };
        let path = path(&row);
        row.amount = self.affordable(&path, request.wanted)?;
        self.accounts.hold(&path, row.amount);
        self.requests.insert(key, row.id);
        self.agenda.insert((row.release_at, Due::Lease(row.id)));
        self.leases.put(row.id, row);
        self.progress.next_lease = LeaseId(row.id.0 + 1);
        self.progress_changed = true;
        Ok(grant_of(&row))
    }

    fn affordable(&self, path: &Path, wanted: Money) -> Result<Money, GrantRefusal> {
        let (room, tightest) = self.accounts.room(path);
        if room < MINIMUM_GRANT {
            return Err(GrantRefusal::Exhausted(tightest));
        }
        Ok(wanted.max(MINIMUM_GRANT).min(room))
    }

    fn day(&self, level: Level, now: Timestamp) -> Result<DayWindow, GrantRefusal> {
        let terms = self.levels.get(&level).ok_or(GrantRefusal::UnknownAd)?;
        Ok(terms.zone.day(now))
    }

    fn open_accounts(&mut self, level: Level, day: DayWindow) {
        let Some(terms) = self.levels.get(&level) else {
            return;
        };
        let key = |window| AccountKey { level, window };
        self.accounts
            .open(key(Window::Lifetime), None, terms.budget.lifetime);
        let today = key(Window::Day(day.day));
        if self.accounts.open(today, Some(day.end), terms.budget.daily) {
            let forget_at = day.end + self.rules.account_retention();
            self.agenda.insert((forget_at, Due::Account(today)));
        }
    }
}

impl Rules {
    /// Until when a lease may be spent whose request was sent then, both by the holder's clock: the time to live,
    /// less a guard of one part in fifty for a clock that runs slow. The authority's clock has no part in it, so the
    /// two need not agree: the lease was granted after it was sent, and so ends before `now` + time to live by any
    /// clock.
    fn spend_until(&self, sent: Timestamp) -> Timestamp {
        let guard = self.time_to_live.0 / 50;
        sent + Span(self.time_to_live.0 - guard)
    }

    /// Whether a request is young enough to be worth a grant, and its holder's clock near enough for days to mean the
    /// same.
    fn is_timely(&self, sent: Timestamp, now: Timestamp) -> bool {
        (now - sent).0.saturating_abs() <= self.lateness.0
    }

    /// When the notices of a lease that is granted now, and never returned, are complete.
    fn release_at(&self, now: Timestamp) -> Timestamp {
        now + self.time_to_live + self.lateness
    }
}

fn grant_of(row: &LeaseRow) -> LeaseGrant {
    LeaseGrant {
        id: row.id,
        ad: row.ad,
        holder: row.holder,
        request: row.request,
        amount: row.amount,
        advertiser_day: row.advertiser_day,
        campaign_day: row.campaign_day,
        spend_until: row.spend_until,
        release_at: row.release_at,
    }
}
