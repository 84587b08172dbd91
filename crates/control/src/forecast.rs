//! What an ad would get: the decision itself, made with a book of that one ad on requests of the last while.

use std::collections::BTreeMap;

use auction::book::{AdTerms, Book, Inventory, Slot};
use auction::decide::{Desk, decide};
use auction::dice::DiceKey;
use auction::markup::Renderer;
use auction::privacy::{self, PrivacySettings};
use auction::reason::NoBidReason;
use auction::sample::{Sample, Samples};
use auction::state::{Scope, State, Witness};
use auction::terms::Terms;
use auction::token::{TokenKeys, TokenSecret};
use bumpalo::Bump;
use campaign::ad::FrequencyCap;
use campaign::id::{BidId, LeaseId};
use campaign::money::{Cpm, Currency, Money, Rounding};
use campaign::time::{Span, Timestamp};
use learning::reach::reach;
use openrtb::consent::VendorConfig;

/// Fewer bids than this say nothing of how often an ad wins.
const ENOUGH_BIDS: u64 = 100;

/// What is to be forecast.
#[derive(Debug)]
pub struct Question {
    /// The one ad, its creatives, and where it could bid.
    pub inventory: Inventory,
    /// The last while's requests.
    pub samples: Samples,
    /// When it is.
    pub now: Timestamp,
    /// How often bids win.
    pub wins: WinRates,
}

/// What the ad would get in a day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forecast {
    /// On how many requests this rests.
    pub samples: usize,
    /// Impressions that are offered.
    pub impressions: f64,
    /// Those that it could bid on.
    pub biddable: f64,
    /// Those that it would win, where that is known.
    pub wins: Option<f64>,
    /// Different people who would see those, at least, where enough were met to tell.
    pub reach: Option<f64>,
    /// Which share of what it could bid on is for people who may be told apart.
    pub known: f64,
    /// Those that it would not bid on, by the reason.
    pub refusals: BTreeMap<NoBidReason, f64>,
}

/// How often bids win by their price, as an advertiser's ads of late show it: rising with the price.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WinRates {
    /// Prices in CPM of US dollars with the share that wins, the lowest first.
    points: Vec<(f64, f64)>,
}

impl WinRates {
    /// Learns of ads: of each its price in CPM of US dollars, its bids and its wins. A dearer bid does not win less
    /// often, so neighbours that say it does are taken together (pool adjacent violators: Ayer et al., 1955).
    pub fn of(ads: impl IntoIterator<Item = (f64, u64, u64)>) -> WinRates {
        let enough = |(price, bids, _): &(f64, u64, u64)| *bids >= ENOUGH_BIDS && *price > 0.0;
        let mut ads: Vec<_> = ads.into_iter().filter(enough).collect();
        ads.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Pools of neighbours: the sum of prices times bids, of bids and of wins.
        let mut pools: Vec<(f64, f64, f64)> = Vec::new();
        for (price, bids, wins) in ads {
            let (bids, wins) = (bids as f64, wins.min(bids) as f64);
            pools.push((price * bids, bids, wins));
            while let [.., before, last] = pools[..]
                && before.2 / before.1 >= last.2 / last.1
            {
                pools.truncate(pools.len() - 2);
                pools.push((before.0 + last.0, before.1 + last.1, before.2 + last.2));
            }
        }
        let points = pools
            .iter()
            .map(|(worth, bids, wins)| (worth / bids, wins / bids));
        WinRates {
            points: points.collect(),
        }
    }

    /// The share of bids of this price that wins: between two prices that are known, on the line between them; below
    /// the lowest, on the line to nothing; above the highest, as there. `None` where nothing is known.
    pub fn at(&self, price: f64) -> Option<f64> {
        let above = self.points.iter().position(|(known, _)| *known >= price);
        let (from, to) = match above {
            None => return self.points.last().map(|(_, rate)| *rate),
            Some(0) => ((0.0, 0.0), self.points[0]),
            Some(place) => (self.points[place - 1], self.points[place]),
        };
        Some(from.1 + (to.1 - from.1) * (price - from.0) / (to.0 - from.0))
    }
}

/// Forecasts. `None` where there are no requests to rest on. It may take some tenths of a second.
pub fn forecast(question: Question) -> Option<Forecast> {
    let Question {
        inventory,
        samples,
        now,
        wins,
    } = question;
    let window = (now - samples.since).0;
    if samples.latest.is_empty() || window <= 0 {
        return None;
    }
    // Each request stands for those of its exchange.
    let mut kept: BTreeMap<_, u64> = BTreeMap::new();
    for sample in &samples.latest {
        *kept.entry(sample.exchange).or_default() += 1;
    }
    let days = window as f64 / Span::days(1).0 as f64;
    let weight = |sample: &Sample| {
        let funnel = samples.exchanges.get(&sample.exchange);
        let requests = funnel.map_or(0, |funnel| funnel.requests);
        requests as f64 / kept[&sample.exchange] as f64 / days
    };
    let book = Book::build(inventory);
    let rehearsal = Rehearsal::new(&book)?;
    let mut sum = Forecast {
        samples: samples.latest.len(),
        wins: (!wins.points.is_empty()).then_some(0.0),
        ..Forecast::default()
    };
    // How often each user was met, and what would be won of theirs.
    let (mut met, mut won) = (BTreeMap::<u64, u64>::new(), 0.0);
    let mut known = 0.0;
    let mut arena = Bump::new();
    for sample in &samples.latest {
        let weight = weight(sample);
        let seen = rehearsal.decide(sample, &arena);
        for (reason, count) in seen.refusals {
            sum.impressions += weight * f64::from(count);
            *sum.refusals.entry(reason).or_default() += weight * f64::from(count);
        }
        if let (Some(user), false) = (sample.user, seen.bids.is_empty()) {
            // A person sees a request's impressions together.
            let rates = seen.bids.iter().map(|price| wins.at(*price).unwrap_or(0.0));
            let none_won: f64 = rates.map(|rate| 1.0 - rate).product();
            *met.entry(user).or_default() += 1;
            known += weight * seen.bids.len() as f64;
            won += weight * (1.0 - none_won);
        }
        for price in seen.bids {
            sum.impressions += weight;
            sum.biddable += weight;
            if let (Some(sum), Some(rate)) = (&mut sum.wins, wins.at(price)) {
                *sum += weight * rate;
            }
        }
        arena.reset();
    }
    sum.reach = sum.wins.and_then(|_| reach(met.into_values(), won));
    sum.known = if sum.biddable > 0.0 {
        known / sum.biddable
    } else {
        0.0
    };
    Some(sum)
}

/// What one request came to.
#[derive(Debug, Default)]
struct Seen {
    /// The prices, in CPM of US dollars.
    bids: Vec<f64>,
    /// The other impressions.
    refusals: BTreeMap<NoBidReason, u32>,
}

/// Decides with a book of one ad, for nobody.
struct Rehearsal<'b> {
    book: &'b Book,
    terms: AdTerms,
    keys: TokenKeys,
    renderer: Renderer,
    dice: DiceKey,
    privacy: PrivacySettings,
}

impl<'b> Rehearsal<'b> {
    fn new(book: &'b Book) -> Option<Rehearsal<'b>> {
        // What is signed with this goes nowhere.
        let secret = TokenSecret {
            id: 0,
            secret: [0; 32],
        };
        Some(Rehearsal {
            terms: AdTerms::of(&book.offers().first()?.ad, 0),
            book,
            keys: TokenKeys::new(secret, &[]).ok()?,
            renderer: Renderer::new(),
            dice: DiceKey([0; 16]),
            privacy: PrivacySettings {
                vendor: VendorConfig::default(),
                user_key: [0; 16],
            },
        })
    }

    fn decide(&self, sample: &Sample, arena: &Bump) -> Seen {
        let mut seen = Seen::default();
        let Some(exchange) = self.book.exchange_by_id(sample.exchange) else {
            return seen;
        };
        let Ok(request) = openrtb::request::parse(&sample.request, arena) else {
            return seen;
        };
        let reduced = privacy::reduce(request, exchange.id, &self.privacy, arena);
        let terms = Terms::new(self.book, sample.at, |_| self.terms);
        let desk = Desk {
            book: self.book,
            terms: &terms,
            exchange,
            now: sample.at,
            renderer: &self.renderer,
            keys: &self.keys,
            dice: &self.dice,
            notice_base: "https://forecast.invalid",
        };
        let mut fates = Fates::default();
        let decided = decide(&desk, &reduced, &mut Always(self.terms), &mut fates, arena);
        let imps = reduced.request().imp.len();
        if let Ok(response) = &decided {
            let currency = response.cur.and_then(|code| Currency::parse(code).ok());
            let currency = currency.unwrap_or(Currency::USD);
            for bid in response.seatbid.iter().flat_map(|seat| seat.bid) {
                fates.0.remove(bid.impid);
                seen.bids.push(self.dollars(Cpm(bid.price.units), currency));
            }
        }
        for reason in fates.0.into_values() {
            *seen.refusals.entry(reason).or_default() += 1;
        }
        // A request that was refused as a whole tells of no impression.
        let told = seen.bids.len() + seen.refusals.values().sum::<u32>() as usize;
        if let (Err(reason), Some(rest)) = (&decided, imps.checked_sub(told)) {
            *seen.refusals.entry(*reason).or_default() += u32::try_from(rest).unwrap_or(0);
        }
        seen
    }

    fn dollars(&self, price: Cpm, currency: Currency) -> f64 {
        let usd = Currency::USD;
        let rates = self.book.rates();
        let price = rates.cpm(price, currency, usd, Rounding::Down);
        let micros = price.and_then(|price| price.micros(usd));
        micros.unwrap_or(0) as f64 / 1e6
    }
}

/// What kept the ad from each impression: what came last.
#[derive(Debug, Default)]
struct Fates(BTreeMap<String, NoBidReason>);

impl Fates {
    fn note(&mut self, imp: &str, reason: NoBidReason) {
        let furthest = self.0.entry(imp.to_string()).or_insert(reason);
        *furthest = (*furthest).max(reason);
    }
}

impl Witness for Fates {
    fn impression_refused(&mut self, imp: &str, reason: NoBidReason) {
        self.note(imp, reason);
    }

    fn ad_refused(&mut self, imp: &str, _: Slot, reason: NoBidReason, _: impl FnOnce() -> String) {
        self.note(imp, reason);
    }
}

/// Nobody has seen the ad, and there is money for every bid.
struct Always(AdTerms);

impl State for Always {
    fn terms(&mut self, _: Slot) -> AdTerms {
        self.0
    }

    fn exposures(&mut self, _: u64, _: Scope, _: FrequencyCap) -> u32 {
        0
    }

    fn reserve(&mut self, _: Slot, _: Money) -> Result<LeaseId, NoBidReason> {
        Ok(LeaseId::default())
    }

    fn next_bid(&mut self) -> BidId {
        BidId::default()
    }

    fn pend(&mut self, _: u64, _: Slot, _: BidId) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dearer_bid_wins_no_less() {
        let rates = WinRates::of([
            (4.0, 1_000, 300),
            (1.0, 1_000, 200),
            // Says that it wins less than the cheaper one: both are one of 2.00 and 0.15.
            (3.0, 1_000, 100),
            // Too few to tell.
            (0.5, 99, 99),
        ]);
        let check = |price: f64, expect: f64| {
            let told = rates.at(price).unwrap();
            assert!((told - expect).abs() < 1e-9, "{price}: {told}");
        };
        check(2.0, 0.15);
        check(1.0, 0.075);
        check(3.0, 0.225);
        check(4.0, 0.3);
        check(9.0, 0.3);
        check(0.0, 0.0);
        assert_eq!(WinRates::of([(1.0, 99, 50)]).at(1.0), None);
    }
}
