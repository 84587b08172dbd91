//! What was learned of prices, kept over a restart.

use campaign::id::ExchangeId;
use campaign::time::{Span, Timestamp};
use journal::context::PriceContext;
use store::price::{PriceCell, PriceMarket};

use super::{Explored, Market, Prices, contexts};

/// How often it is noted what was learned of an exchange.
const NOTE_EVERY: Span = Span::hours(1);
/// How many kinds of impression are noted at once, at most, while control runs: each takes some 4 KiB.
const CELLS_AT_ONCE: usize = 128;
/// What stands for all kinds of impression together: no context has this number.
const ALL: u64 = 0;

fn named(context: u64) -> Option<u64> {
    (context != ALL).then_some(context)
}

impl Prices {
    /// Goes on from what was learned of an exchange before.
    pub fn resume(&mut self, exchange: ExchangeId, kept: &PriceMarket) {
        let market = self.of(exchange);
        market.outcomes = kept.outcomes;
        market.explored = Explored {
            bids: kept.bids,
            explored: kept.explored,
            wins: kept.wins,
            spend: kept.spend,
        };
    }

    /// Goes on from what was learned of one kind of impression there.
    pub fn resume_cell(&mut self, cell: &PriceCell) {
        let market = self.of(cell.exchange);
        if !market.landscape.resume(named(cell.context), &cell.numbers) {
            tracing::warn!(
                exchange = cell.exchange.0,
                context = cell.context,
                "what was kept of its prices is not read"
            );
        }
    }

    /// Makes the curves of all that was learned before, at the next time when bidders are told.
    pub fn resumed(&mut self) {
        for market in self.markets.values_mut() {
            let all = (0..).take(PriceContext::CELLS).map(PriceContext::of_cell);
            let seen = all.filter(|context| {
                let [.., floor, _] = contexts(*context, Timestamp(0));
                market.landscape.seen(floor) > 0.0
            });
            market.touched = seen.collect();
        }
    }

    /// What was learned and is not kept yet: of each exchange what changed in the last hour, not all of it at once; or
    /// everything, if this is the last time.
    pub fn unnoted(
        &mut self,
        now: Timestamp,
        is_last: bool,
    ) -> (Vec<(ExchangeId, PriceMarket)>, Vec<PriceCell>) {
        let (mut markets, mut cells) = (Vec::new(), Vec::new());
        for (exchange, market) in &mut self.markets {
            let is_over = |noted: Timestamp| now - noted >= NOTE_EVERY;
            if is_last || market.due.is_empty() && market.noted.is_none_or(is_over) {
                market.noted = Some(now);
                market.due.append(&mut market.changed);
            }
            let room = match is_last {
                true => usize::MAX,
                false => CELLS_AT_ONCE - cells.len().min(CELLS_AT_ONCE),
            };
            let mut some = market.take_due(room).peekable();
            if some.peek().is_none() {
                continue;
            }
            cells.extend(some.map(|(context, numbers)| PriceCell {
                exchange: *exchange,
                context,
                numbers,
            }));
            markets.push((*exchange, market.kept()));
        }
        (markets, cells)
    }
}

impl Market {
    /// Takes down that these contexts are not kept as they are now.
    pub(super) fn note_change(&mut self, contexts: &[u64]) {
        self.changed.insert(ALL);
        self.changed.extend(contexts);
    }

    fn take_due(&mut self, most: usize) -> impl Iterator<Item = (u64, Vec<f64>)> {
        let landscape = &self.landscape;
        let due = std::iter::from_fn(|| self.due.pop_first()).take(most);
        due.filter_map(|context| Some((context, landscape.kept(named(context))?)))
    }

    fn kept(&self) -> PriceMarket {
        PriceMarket {
            outcomes: self.outcomes,
            bids: self.explored.bids,
            explored: self.explored.explored,
            wins: self.explored.wins,
            spend: self.explored.spend,
        }
    }
}
