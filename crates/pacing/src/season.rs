//! Which hours of a day are worth more money than others, learned on other days.
//!
//! The best plan in hindsight has one multiplier all day. So it does not spend along the traffic: an hour of many good
//! and cheap impressions gets more for each auction, a poor and dear one less. How much more is the hour's *demand*:
//!
//! > demand(h) = (S(h) + k · p̄) ÷ (n(h) · s̄ + k · p̄)
//!
//! with S(h) what the n(h) auctions of that hour cost at the day's one multiplier, s̄ what an auction costs there on
//! average, p̄ what a purchase costs, and k = 30 purchases of belief in the mean. An hour of demand 2 counts as twice
//! as many auctions, wherever it is asked for how much traffic the rest of the money is to last.

/// The hours of a day.
pub const HOURS: usize = 24;
/// How many purchases the belief weighs that an hour is like any other.
const BELIEF: f64 = 30.0;
/// How many hours of traffic the belief weighs that today lasts as long as the days that were learned from.
const LEVEL_BELIEF: f64 = 1.0;

/// An auction of the past.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Past {
    /// The hour of its day, from 0 to 23.
    pub hour: usize,
    /// What its impression was worth.
    pub value: f64,
    /// What it took to win.
    pub price: f64,
}

/// Traffic and demand by the hour of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct Season {
    traffic: [f64; HOURS],
    demand: [f64; HOURS],
}

/// How today went so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Today {
    /// How many auctions came in each hour.
    seen: [f64; HOURS],
    first: Option<usize>,
    now: usize,
}

impl Today {
    /// Adds an auction of this hour.
    pub fn observe(&mut self, hour: usize) {
        self.now = hour % HOURS;
        self.first.get_or_insert(self.now);
        self.seen[self.now] += 1.0;
    }
}

impl Season {
    /// Learns from auctions of other days, for a budget that may spend `rate` an auction.
    pub fn learn(past: &[Past], rate: f64) -> Season {
        let spend_at = |multiplier: f64| -> f64 {
            let bought = past.iter().filter(|it| it.value >= multiplier * it.price);
            bought.map(|it| it.price).sum()
        };
        let all = rate * past.len() as f64;
        let (mut low, mut high) = (1e-18, 1e18);
        for _ in 0..60 {
            let middle = libm::sqrt(low * high);
            if spend_at(middle) > all {
                low = middle
            } else {
                high = middle
            }
        }
        let (mut traffic, mut spend, mut purchases) = ([0.0; HOURS], [0.0; HOURS], 0.0_f64);
        for it in past {
            traffic[it.hour % HOURS] += 1.0;
            if it.value >= high * it.price {
                spend[it.hour % HOURS] += it.price;
                purchases += 1.0;
            }
        }
        let total: f64 = spend.iter().sum();
        let belief = BELIEF * total / purchases.max(1.0);
        let mean = total / (past.len() as f64).max(1.0);
        let mut demand = [1.0; HOURS];
        for hour in (0..HOURS).filter(|_| belief > 0.0) {
            demand[hour] = (spend[hour] + belief) / (traffic[hour] * mean + belief);
        }
        Season { traffic, demand }
    }

    /// How many mean auctions one of this hour stands for.
    pub fn demand(&self, hour: usize) -> f64 {
        self.demand[hour % HOURS]
    }

    /// How many mean auctions so many of today's rest stand for. They are taken to come as on the days that were
    /// learned from, at today's level. None in an hour that no other day had: nothing is known of those after it
    /// either.
    pub fn left(&self, today: &Today, auctions: f64) -> Option<f64> {
        let (first, now) = (today.first?, today.now);
        if self.traffic[now] <= 0.0 {
            return None;
        }
        let level = self.level(today, first, auctions);
        let mut rest = auctions;
        let mut counted = 0.0;
        for ahead in 0..HOURS {
            let hour = (now + ahead) % HOURS;
            let all = level * self.traffic[hour];
            let over = if ahead == 0 { today.seen[hour] } else { 0.0 };
            let coming = (all - over).clamp(0.0, rest);
            counted += coming * self.demand[hour];
            rest -= coming;
        }
        // More than a day would have had goes on as the hour that is on.
        Some(counted + rest * self.demand[now])
    }

    /// How busy today is against the days that were learned from: by its hours that are over, and as long as there are
    /// few of those, by what is left to come until the day's end.
    fn level(&self, today: &Today, first: usize, auctions: f64) -> f64 {
        let of = |hours: &mut dyn Iterator<Item = usize>| {
            hours.fold((0.0, 0.0), |(seen, usual), hour| {
                (seen + today.seen[hour], usual + self.traffic[hour])
            })
        };
        // The first hour may have begun before, and the one that is on is not over.
        let over = (today.now + HOURS - first) % HOURS;
        let (seen, usual) = of(&mut (1..over).map(|ahead| (first + ahead) % HOURS));
        let (_, until_end) = of(&mut (first..HOURS));
        let seen_in_all: f64 = today.seen.iter().sum();
        let guess = (seen_in_all + auctions) / until_end.max(1.0);
        let hours = self.traffic.iter().filter(|count| **count > 0.0).count();
        let belief = LEVEL_BELIEF * self.traffic.iter().sum::<f64>() / hours.max(1) as f64;
        (seen + belief * guess) / (usual + belief)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A day whose hours 6 to 11 have twice the traffic, and whose hours 12 to 17 cost half as much for the same value.
    fn day() -> Vec<Past> {
        let of = |hour: usize| {
            let count = if (6..12).contains(&hour) {
                2_000
            } else {
                1_000
            };
            let factor = if (12..18).contains(&hour) { 2.0 } else { 1.0 };
            (0..count).map(move |k| Past {
                hour,
                value: factor * (1 + k % 100) as f64,
                price: 10.0,
            })
        };
        (0..HOURS).flat_map(of).collect()
    }

    #[test]
    fn hours_that_buy_more_for_their_money_count_for_more() {
        // 2.5 an auction: a quarter of all is bought, above one value: v of 24 thousand plain auctions and 2v of 6.
        let season = Season::learn(&day(), 2.5);
        let (plain, cheap) = (season.demand(3), season.demand(14));
        // With t the threshold: 24 · (100 − t) + 6 · (100 − t ÷ 2) = 0.25 · 30 · 100, so t = 83⅓.
        assert!((plain / (16.67 / 25.0) - 1.0).abs() < 0.12, "{plain}");
        assert!((cheap / (58.33 / 25.0) - 1.0).abs() < 0.12, "{cheap}");
        assert!((season.demand(8) - plain).abs() < 0.05);
    }

    #[test]
    fn the_rest_of_a_day_is_what_other_days_had_at_todays_level() {
        let season = Season::learn(&day(), 2.5);
        // Half the traffic of the other day, from midnight on; it lasts until midnight.
        let mut today = Today::default();
        let mut left = 15_000.0;
        let mut play = |until: usize, from: usize| {
            for hour in from..until {
                let count = if (6..12).contains(&hour) { 1_000 } else { 500 };
                (0..count).for_each(|_| today.observe(hour));
                left -= f64::from(count);
            }
            (season.left(&today, left).unwrap(), left)
        };
        let (counted, left) = play(12, 0);
        let expect = 3_000.0 * season.demand(14) + (left - 3_000.0) * season.demand(20);
        assert!((counted / expect - 1.0).abs() < 0.05, "{counted} {expect}");
        let (counted, left) = play(18, 12);
        assert!((counted / (left * season.demand(20)) - 1.0).abs() < 0.1);
    }

    #[test]
    fn of_hours_that_no_other_day_had_nothing_is_said() {
        let past: Vec<Past> = day().into_iter().filter(|it| it.hour < 12).collect();
        let season = Season::learn(&past, 2.5);
        assert_eq!(season.left(&Today::default(), 100.0), None);
        let mut today = Today::default();
        today.observe(15);
        assert_eq!(season.left(&today, 100.0), None);
        // Nothing was bought: every hour is like any other.
        let nothing = Season::learn(&[], 1.0);
        assert_eq!(nothing.demand(5), 1.0);
    }
}
