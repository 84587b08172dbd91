//! What it takes to win at each exchange, learned from what came of bids, and told to bidders as tables.
//!
//! Every bid of the open auction teaches: one that is billed says that its price was enough (in a second-price auction
//! its cost says what was), one that is lost says what would have won, where the exchange tells, else that it was not
//! enough. Of a bid of which nobody tells the bidder has said at which price it was made: it is taken for lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use auction::prices::{Offered, Prices as Table, Shades};
use campaign::exchange::Exchange;
use campaign::id::ExchangeId;
use campaign::money::Money;
use campaign::time::{Span, Timestamp};
use journal::context::PriceContext;
use journal::entry::{BidTerms, Entry, Event};
use learning::landscape::{Curve, Landscape, Settings, Told};
use openrtb::notice::loss;
use pacing::ledger::settle::{Effect, Settled, effects};

mod kept;
mod waiting;

use waiting::Waiting;

/// How often bidders are told what to bid.
const EVERY: Span = Span::seconds(5);
/// Before so many outcomes of an exchange's first-price auctions what an impression is worth is bid there.
const LEAST: f64 = 200.0;
/// A context is spoken of by itself once so many of its auctions were seen.
const SPEAKS: f64 = 50.0;
/// Contexts of one exchange that are told apart: each takes some 4 KiB.
const CONTEXTS_MAX: usize = 2_048;

/// What was learned of all exchanges.
#[derive(Debug)]
pub(super) struct Prices {
    markets: BTreeMap<ExchangeId, Market>,
    explored_ppm: u32,
    /// Whether bidders are to be told though nothing was learned.
    is_stale: bool,
    told: Timestamp,
}

/// What was learned of one exchange.
#[derive(Debug)]
pub(crate) struct Market {
    landscape: Landscape,
    waiting: Waiting,
    /// Of first-price auctions.
    outcomes: f64,
    curves: BTreeMap<PriceContext, Curve>,
    /// Kinds of impression of which something came since their curves were made.
    touched: BTreeSet<PriceContext>,
    /// The hour that the curves are of.
    hour: i64,
    /// What bidders are told of it, since they are told anything.
    shades: Option<Arc<Shades>>,
    explored: Explored,
    /// Contexts of which something was learned since they were last due to be kept, and those that are due.
    changed: BTreeSet<u64>,
    due: BTreeSet<u64>,
    /// When they last were, if ever.
    noted: Option<Timestamp>,
}

/// How often bids were made to learn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Explored {
    /// Bids in first-price auctions.
    pub bids: f64,
    /// Those of them that were made to learn.
    pub explored: f64,
    /// Those of these that won.
    pub wins: u64,
    /// What they cost, in the exchange's currency.
    pub spend: Money,
}

/// A context and those around it, from broad to narrow.
pub(crate) type Around = [u64; 5];

/// The kind of auction; in it the format, the size, the floor, and the hour of the day.
pub(crate) fn contexts(context: PriceContext, at: Timestamp) -> Around {
    let first = u64::from(context.is_first_price());
    let format = first << 2 | (context.format() as u64 - 1);
    let size = format << 4 | u64::from(context.size());
    let floor = size << 4 | u64::from(context.floor());
    let hour = floor << 5 | hour_of(at).rem_euclid(24) as u64;
    let levels = [first, format, size, floor, hour];
    std::array::from_fn(|level| (level as u64 + 1) << 32 | levels[level])
}

fn hour_of(at: Timestamp) -> i64 {
    at.0.div_euclid(Span::hours(1).0)
}

impl Prices {
    /// Nothing was learned yet; in so many of a million first-price auctions another bid is made, to learn.
    pub fn new(explored_ppm: u32, now: Timestamp) -> Prices {
        Prices {
            markets: BTreeMap::new(),
            explored_ppm,
            is_stale: false,
            told: now,
        }
    }

    /// From now on another bid is made in so many of a million first-price auctions.
    pub fn explore(&mut self, ppm: u32) {
        self.is_stale |= ppm != self.explored_ppm;
        self.explored_ppm = ppm;
    }

    /// What was learned of an exchange.
    pub fn market(&self, exchange: ExchangeId) -> Option<&Market> {
        self.markets.get(&exchange)
    }

    /// Bids were made.
    pub fn offered(&mut self, offered: &[Offered]) {
        for one in offered {
            self.of(one.exchange).offered(one);
        }
        self.markets.values_mut().for_each(|it| it.waiting.turn());
    }

    /// This came of bids; `settled` are what billings and losses among the entries did, in their order. What is told
    /// twice teaches once.
    pub fn learn(&mut self, entries: &[(journal::position::Position, Entry)], settled: &[Settled]) {
        for (entry, effect) in effects(entries, settled) {
            let Some(terms) = entry.event.terms().filter(|terms| terms.context.is_known()) else {
                continue;
            };
            let price = |money: Money| in_exchanges(terms, money);
            let bid = price(terms.max_cost);
            let told = match (effect, &entry.event) {
                (Some(Effect::Charged(_)), _) if terms.context.is_first_price() => {
                    Told::AtMost(bid)
                }
                (Some(Effect::Charged(charge)), _) => Told::Price(price(charge.charged)),
                (
                    Some(Effect::Voided(_)),
                    Event::Loss {
                        min_to_win: Some(least),
                        ..
                    },
                ) => Told::Price(price(*least).max(bid.saturating_add(1))),
                (Some(Effect::Voided(_)), Event::Loss { reason, .. }) if of_price(*reason) => {
                    Told::Above(bid)
                }
                (Some(Effect::Voided(_)), _) => {
                    // Thrown out for what it shows: that says nothing of prices, and it waits no more.
                    self.of(terms.exchange).waiting.end(terms, bid);
                    continue;
                }
                _ => continue,
            };
            let market = self.of(terms.exchange);
            market.waiting.end(terms, bid);
            if terms.context.is_explored() && matches!(told, Told::AtMost(_)) {
                market.explored.wins += 1;
                market.explored.spend = market.explored.spend.saturating_add(Money(bid));
            }
            market.observe(terms.context, terms.issued, told, 1.0);
        }
    }

    fn of(&mut self, exchange: ExchangeId) -> &mut Market {
        self.markets.entry(exchange).or_default()
    }

    /// What bidders are to be told, when it is time and there is something new.
    pub fn tell(&mut self, exchanges: &[Exchange], now: Timestamp) -> Option<Arc<Table>> {
        if now - self.told < EVERY {
            return None;
        }
        self.told = now;
        let known = |id: &ExchangeId| exchanges.iter().any(|exchange| exchange.id == *id);
        self.markets.retain(|id, _| known(id));
        let mut renewed = std::mem::take(&mut self.is_stale);
        for market in self.markets.values_mut() {
            market.give_up_waiting(now);
            renewed |= market.renew(now);
        }
        let shades = || {
            let all = self.markets.iter();
            all.filter_map(|(id, market)| Some((*id, market.shades.clone()?)))
        };
        renewed.then(|| Arc::new(Table::new(shades().collect(), self.explored_ppm)))
    }
}

impl Default for Market {
    fn default() -> Market {
        Market {
            landscape: Landscape::by_octaves(Settings {
                contexts_max: CONTEXTS_MAX,
                ..Settings::default()
            }),
            waiting: Waiting::default(),
            outcomes: 0.0,
            curves: BTreeMap::new(),
            touched: BTreeSet::new(),
            hour: i64::MIN,
            shades: None,
            explored: Explored::default(),
            changed: BTreeSet::new(),
            due: BTreeSet::new(),
            noted: None,
        }
    }
}

impl Market {
    /// What it takes to win.
    pub fn landscape(&self) -> &Landscape {
        &self.landscape
    }

    /// How often bids were made to learn.
    pub fn explored(&self) -> Explored {
        self.explored
    }

    /// Whether anything was learned of it.
    pub fn is_known(&self) -> bool {
        self.landscape.weight(&[]) >= SPEAKS
    }

    /// Whether first-price bids are shaded there.
    pub fn is_shaded(&self) -> bool {
        self.outcomes >= LEAST
    }

    /// The narrowest of these contexts that speaks for itself, and those around it.
    pub fn speaking<'a>(&self, around: &'a [u64]) -> &'a [u64] {
        let speaks = |context: &&u64| self.landscape.seen(**context) >= SPEAKS;
        &around[..around.iter().take_while(speaks).count()]
    }

    fn offered(&mut self, offered: &Offered) {
        if offered.context.is_first_price() {
            self.explored.bids += offered.bids;
            if offered.context.is_explored() {
                self.explored.explored += offered.bids;
            }
        }
        self.waiting.begin(offered);
    }

    fn observe(&mut self, context: PriceContext, at: Timestamp, told: Told, times: f64) {
        let context = context.plain();
        let around = contexts(context, at);
        self.landscape.observe_times(&around, told, times);
        self.note_change(&around);
        if context.is_first_price() {
            self.outcomes += times;
            self.touched.insert(context);
        }
    }

    fn give_up_waiting(&mut self, now: Timestamp) {
        for lost in self.waiting.give_up(now) {
            self.observe(lost.context, lost.at, Told::Above(lost.price), lost.count);
        }
    }

    /// Makes the curves anew of which something came, or all where another hour has begun. Tells whether there was
    /// anything to do. There are no more curves than kinds of impression.
    fn renew(&mut self, now: Timestamp) -> bool {
        if !self.is_shaded() {
            return false;
        }
        let hour = hour_of(now);
        if std::mem::replace(&mut self.hour, hour) != hour {
            self.touched.extend(self.curves.keys().copied());
        }
        let touched = std::mem::take(&mut self.touched);
        for context in &touched {
            let around = contexts(*context, now);
            self.curves.insert(*context, self.landscape.curve(&around));
        }
        if !touched.is_empty() {
            self.shades = self.make_shades().map(Arc::new);
        }
        !touched.is_empty()
    }

    /// A curve for every kind of impression: of those never seen, that of the broadest around them that was.
    fn make_shades(&self) -> Option<Shades> {
        if !self.is_shaded() {
            return None;
        }
        let mut curves = Vec::new();
        let mut of: BTreeMap<u64, u16> = BTreeMap::new();
        let mut cells = Box::new([0; PriceContext::CELLS]);
        for (cell, place) in (0..).zip(cells.iter_mut()) {
            let context = PriceContext::of_cell(cell);
            let around = contexts(context, Timestamp(0));
            let own = self.curves.get(&context);
            // The hour is in the curves of what was seen; without them it is left out.
            let level = (0..4)
                .rev()
                .find(|level| self.landscape.seen(around[*level]) > 0.0)?;
            let level = if own.is_some() { 3 } else { level.min(2) };
            let key = around[level];
            *place = *of.entry(key).or_insert_with(|| {
                let curve = own.cloned();
                curves.push(curve.unwrap_or_else(|| self.landscape.curve(&around[..=level])));
                (curves.len() - 1) as u16
            });
        }
        Shades::new(cells, curves)
    }
}

/// What one impression costs the advertiser, in the exchange's currency: as it was bid.
fn in_exchanges(terms: &BidTerms, money: Money) -> i64 {
    let nanos = i128::from(money.nanos()) * 1_000_000_000 / i128::from(terms.fx_nanos.max(1));
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

/// Whether a loss for this reason says that the bid was too low.
fn of_price(reason: Option<i32>) -> bool {
    matches!(
        reason,
        None | Some(loss::BELOW_AUCTION_FLOOR | loss::HIGHER_BID | loss::DEAL_BID)
    )
}

#[cfg(test)]
mod tests;
