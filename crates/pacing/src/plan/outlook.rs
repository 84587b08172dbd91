//! What the plan says at a moment.

use campaign::money::Money;
use campaign::time::{Timestamp, WeekHour};

use super::Plan;
use super::span::Around;
use super::terms::{CatchUp, Delivery, Outlook, Spent, Window};

/// One budget's claim on the pace: what is left, over how much traffic.
struct Claim {
    window: Window,
    /// What may be spent until the end of the stretch over which it is spread.
    left: f64,
    auctions: f64,
    /// What the day gets of it.
    today: f64,
    /// When today it may be spent.
    from: Timestamp,
    until: Timestamp,
    /// Which share of that stretch's traffic is over.
    over: f64,
}

/// How much traffic a window has, in hours of average traffic.
#[derive(Clone, Copy)]
struct Extent {
    /// Before today.
    before: f64,
    /// After today.
    after: f64,
}

/// Today's traffic in a stretch, in hours of average traffic.
#[derive(Clone, Copy)]
struct Today {
    from: Timestamp,
    until: Timestamp,
    over: f64,
    left: f64,
}

impl Plan {
    /// What the plan says now, when so much was spent. Mutable, as what lies around a day is worked out once a day.
    pub fn outlook(&mut self, now: Timestamp, spent: &Spent) -> Outlook {
        let around = self.around(now).clone();
        let today = self.today(now, around.start, around.end);
        let claims = self.claims(now, &around, today, spent);
        let tightest = claims.iter().min_by(|a, b| pace(a).total_cmp(&pace(b)));
        let least = least(&claims);
        let day_amount = least.map(|claim| money(claim.today.max(0.0)));
        let delivery = self.terms.delivery;
        let hour = self.terms.zone.week_hour(now);
        let (left, auctions_left) = match tightest {
            Some(claim) => (claim.left, claim.auctions / delivery.factor()),
            None => (self.life_left(spent), f64::INFINITY),
        };
        let room = self.room(spent);
        Outlook {
            open: self.terms.flight.contains(now) && self.terms.dayparts.contains(hour),
            window: tightest.map(|claim| claim.window),
            left: money(left.min(room).max(0.0)),
            auctions_left,
            share_left: 1.0 - share(today.over, today.over + today.left),
            day_amount,
            target_today: least
                .zip(day_amount)
                .map(|(claim, amount)| part(amount, delivery.spent(claim.over))),
            target_life: self.target_life(&around, today),
            projected_today: self.projected_today(&claims, today, spent),
            projected_life: self.projected_life(&around, &claims, today, spent),
        }
    }

    /// The day's ideal curve: what is to be spent by each full hour, from the day's start to its end.
    pub fn day_curve(&mut self, now: Timestamp, spent: &Spent) -> Vec<(Timestamp, Money)> {
        let around = self.around(now).clone();
        let today = self.today(now, around.start, around.end);
        let claims = self.claims(now, &around, today, spent);
        let Some(claim) = least(&claims) else {
            return Vec::new();
        };
        let (amount, from, until) = (money(claim.today.max(0.0)), claim.from, claim.until);
        let busy = self.busy();
        let all = busy.between(from, until);
        let mut curve = vec![(from, Money::ZERO)];
        let (mut at, mut over) = (from, 0.0);
        while at < until {
            let end = self.terms.zone.hour_end(at).min(until);
            over += busy.between(at, end);
            at = end;
            let share = if at >= until { 1.0 } else { share(over, all) };
            curve.push((at, part(amount, self.terms.delivery.spent(share))));
        }
        curve
    }

    fn around(&mut self, now: Timestamp) -> &Around {
        let day = self.terms.zone.day(now).day;
        let segment = self
            .terms
            .segments
            .iter()
            .position(|segment| segment.start <= now && now < segment.end);
        let kept = self
            .cache
            .take()
            .filter(|around| around.day == day && around.segment == segment);
        let around = kept.unwrap_or_else(|| self.busy().around(now));
        self.cache.insert(around)
    }

    /// The traffic of a stretch of the day.
    fn today(&self, now: Timestamp, from: Timestamp, until: Timestamp) -> Today {
        let until = until.max(from);
        let now = now.clamp(from, until);
        Today {
            from,
            until,
            over: self.busy().between(from, now),
            left: self.busy().between(now, until),
        }
    }

    fn claims(&self, now: Timestamp, around: &Around, today: Today, spent: &Spent) -> Vec<Claim> {
        let mut claims = Vec::new();
        if let Some(daily) = self.terms.budget.daily {
            claims.push(self.day_claim(daily.nanos() as f64, today, spent));
        }
        if let Some(segment) = around.segment.map(|k| self.terms.segments[k])
            && let Some((before, after)) = around.of_segment
        {
            let extent = Extent { before, after };
            let today = self.today(
                now,
                around.start.max(segment.start),
                around.end.min(segment.end),
            );
            let amount = segment.amount.nanos() as f64;
            let of = (spent.segment, Window::Segment);
            claims.push(self.long_claim(amount, Some(extent), after, today, of, spent));
        }
        if let (Some(life), Some(after)) = (self.terms.budget.lifetime, around.after) {
            let extent = around.before.map(|before| Extent { before, after });
            let of = (spent.life, Window::Flight);
            claims.push(self.long_claim(life.nanos() as f64, extent, after, today, of, spent));
        }
        claims
    }

    fn day_claim(&self, amount: f64, today: Today, spent: &Spent) -> Claim {
        let room = amount - spent.today.nanos() as f64;
        let share = share(today.over, today.over + today.left);
        let planned = amount - amount * self.terms.delivery.spent(share);
        Claim {
            window: Window::Day,
            left: match self.terms.catch_up {
                CatchUp::LetGo if self.terms.delivery != Delivery::AsFastAsPossible => {
                    room.min(planned)
                }
                _ => room,
            },
            auctions: self.today.get() * today.left,
            today: amount.min(self.life_left(spent) + spent.today.nanos() as f64),
            from: today.from,
            until: today.until,
            over: share,
        }
    }

    /// A claim of money that lasts for more than a day.
    fn long_claim(
        &self,
        amount: f64,
        extent: Option<Extent>,
        after: f64,
        today: Today,
        (so_far, window): (Money, Window),
        spent: &Spent,
    ) -> Claim {
        let delivery = self.terms.delivery;
        let (so_far, spent_today) = (so_far.nanos() as f64, spent.today.nanos() as f64);
        // A segment may have begun today.
        let at_dawn = amount - (so_far - spent_today).max(0.0);
        let day = today.over + today.left;
        let by_day = at_dawn.max(0.0) * delivery.spent(share(day, day + after));
        let auctions_today = self.today.get() * today.left;
        let auctions_all = auctions_today + self.usual.get() * after;
        let claim = |left: f64, auctions: f64, of_today: f64| Claim {
            window,
            left: left.min(amount - so_far),
            auctions,
            today: of_today,
            from: today.from,
            until: today.until,
            over: share(today.over, day),
        };
        match (self.terms.catch_up, extent) {
            (CatchUp::LetGo, Some(extent)) if delivery != Delivery::AsFastAsPossible => {
                let all = extent.before + day + extent.after;
                let planned = |over: f64| amount * delivery.spent(share(over, all));
                let until_now = planned(extent.before + today.over);
                let of_today = planned(extent.before + day) - planned(extent.before);
                claim(
                    amount - until_now,
                    auctions_all,
                    of_today.min(at_dawn.max(0.0)),
                )
            }
            (CatchUp::Day, _) => claim(by_day - spent_today.min(so_far), auctions_today, by_day),
            _ => {
                let left = amount - so_far;
                let now = left * delivery.spent(share(today.left, today.left + after));
                claim(left, auctions_all, spent_today + now.max(0.0))
            }
        }
    }

    fn life_left(&self, spent: &Spent) -> f64 {
        let life = self.terms.budget.lifetime.unwrap_or(Money(i64::MAX));
        life.nanos() as f64 - spent.life.nanos() as f64
    }

    /// What no window forbids.
    fn room(&self, spent: &Spent) -> f64 {
        let daily = self.terms.budget.daily.unwrap_or(Money(i64::MAX));
        self.life_left(spent)
            .min(daily.nanos() as f64 - spent.today.nanos() as f64)
    }

    fn target_life(&self, around: &Around, today: Today) -> Option<Money> {
        let (life, before, after) = (self.terms.budget.lifetime?, around.before?, around.after?);
        let over = before + today.over;
        let share = share(over, over + today.left + after);
        Some(part(life, self.terms.delivery.spent(share)))
    }

    /// What an auction costs: as lately, or as the plan has it.
    fn per_auction(&self, claims: &[Claim], spent: &Spent) -> f64 {
        let planned = claims.iter().map(pace).reduce(f64::min).unwrap_or(0.0);
        let planned = planned * self.terms.delivery.factor().min(10.0);
        spent.per_auction.unwrap_or(planned).max(0.0)
    }

    fn projected_today(&self, claims: &[Claim], today: Today, spent: &Spent) -> Money {
        let more = self.per_auction(claims, spent) * self.today.get() * today.left;
        let more = more.min(self.room(spent)).max(0.0);
        money(spent.today.nanos() as f64 + more)
    }

    fn projected_life(
        &self,
        around: &Around,
        claims: &[Claim],
        today: Today,
        spent: &Spent,
    ) -> Option<Money> {
        around.after?;
        let rest = self.projected_today(claims, today, spent).nanos() - spent.today.nanos();
        let rate = self.per_auction(claims, spent) * self.usual.get();
        let daily = self
            .terms
            .budget
            .daily
            .map_or(f64::INFINITY, |d| d.nanos() as f64);
        let later: f64 = around
            .days_after
            .iter()
            .map(|(_, weight)| (rate * weight).min(daily))
            .sum();
        let more = (rest as f64 + later)
            .min(self.life_left(spent).max(0.0))
            .max(0.0);
        Some(money(spent.life.nanos() as f64 + more))
    }

    /// Whether an hour of the week is open and how busy it is: for who draws the plan.
    pub fn hour(&self, hour: WeekHour) -> f64 {
        self.busy().at(hour)
    }
}

/// The claim that gives the day least.
fn least(claims: &[Claim]) -> Option<&Claim> {
    claims.iter().min_by(|a, b| a.today.total_cmp(&b.today))
}

/// What an auction may cost on average.
fn pace(claim: &Claim) -> f64 {
    if claim.left <= 0.0 {
        0.0
    } else {
        claim.left / claim.auctions.max(1e-9)
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        (part / whole).clamp(0.0, 1.0)
    } else {
        1.0
    }
}

/// An amount that was worked out. Plans are in floats; the ledger is not, and it alone says what may be spent.
fn money(nanos: f64) -> Money {
    // A cast keeps to the range.
    Money(libm::rint(nanos) as i64)
}

/// A share of an amount, and the whole of it exactly.
fn part(amount: Money, share: f64) -> Money {
    if share >= 1.0 {
        return amount;
    }
    let nanos = money(amount.nanos() as f64 * share.max(0.0)).nanos();
    Money(nanos.min(amount.nanos()))
}
