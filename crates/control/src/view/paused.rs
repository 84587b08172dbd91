//! Whether anything runs of what an ad could be bought by: a person may have paused its exchanges or its deals.

use std::collections::BTreeSet;

use api::v1::ServingStatusReason as Reason;
use auction::market::Market;
use campaign::ad::State;
use campaign::exchange::Exchange;
use campaign::targeting::{Condition, Expression};

/// Which deals are offered.
#[derive(Clone, Copy, PartialEq)]
enum Deals {
    /// Those alone that run, as bidders go by it.
    Running,
    /// The paused ones too.
    All,
}

/// What shuts an ad out of everything that it could be bought by, so far as a person paused that: every deal that it
/// asks for, or every exchange.
pub(super) fn paused(market: &Market, targeting: &Expression) -> Option<Reason> {
    let may = |exchange: &Exchange, deals| holds(targeting, market, exchange, deals) != Some(false);
    let running = || {
        let exchanges = market.exchanges().iter();
        exchanges.filter(|exchange| exchange.state == State::Active)
    };
    if running().any(|exchange| may(exchange, Deals::Running)) {
        None
    } else if running().any(|exchange| may(exchange, Deals::All)) {
        Some(Reason::DealsPaused)
    } else {
        let mut all = market.exchanges().iter();
        all.any(|exchange| may(exchange, Deals::All))
            .then_some(Reason::ExchangesPaused)
    }
}

/// The same of a campaign none of whose ads can bid, for these reasons: what stops those that nothing else stops.
pub(super) fn of_ads(reasons: &[Vec<Reason>]) -> Option<Reason> {
    let stopped = |reasons: &Vec<Reason>| match reasons[..] {
        [reason @ (Reason::DealsPaused | Reason::ExchangesPaused)] => Some(reason),
        _ => None,
    };
    reasons.iter().find_map(stopped)
}

/// Whether an expression holds for what an exchange sends; `None` where that is up to the request.
fn holds(
    expression: &Expression,
    market: &Market,
    exchange: &Exchange,
    deals: Deals,
) -> Option<bool> {
    let of = |part: &Expression| holds(part, market, exchange, deals);
    match expression {
        Expression::All(parts) => all(parts.iter().map(of)),
        Expression::Any(parts) => {
            all(parts.iter().map(|part| of(part).map(|is| !is))).map(|is| !is)
        }
        Expression::Not(part) => of(part).map(|is| !is),
        Expression::Is(Condition::Exchange(wanted)) => Some(wanted.contains(&exchange.id)),
        Expression::Is(Condition::Deal(ids)) => {
            if offered(ids, market, exchange, deals) {
                None
            } else {
                Some(false)
            }
        }
        Expression::Is(_) => None,
    }
}

/// Whether every one holds: one that does not settles it.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut sum = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => sum = None,
        }
    }
    sum
}

/// Whether any of these deals may be offered there. One that nobody wrote down goes by what requests say.
fn offered(ids: &BTreeSet<String>, market: &Market, exchange: &Exchange, deals: Deals) -> bool {
    ids.iter().any(|id| {
        let agreed = market.deal(exchange.id, id);
        deals == Deals::All || agreed.is_none_or(|deal| deal.state == State::Active)
    })
}

#[cfg(test)]
mod tests {
    use campaign::deal::Deal;
    use campaign::id::ExchangeId;
    use campaign::money::Currency;
    use campaign::time::Flight;

    use super::*;

    fn exchange(id: u64, state: State) -> Exchange {
        Exchange {
            state,
            ..Exchange::new(ExchangeId(id), "x", "seat")
        }
    }

    fn on(ids: &[u64]) -> Expression {
        let ids = ids.iter().map(|id| ExchangeId(*id));
        Expression::Is(Condition::Exchange(ids.collect()))
    }

    fn deals(ids: &[&str]) -> Expression {
        let ids = ids.iter().map(|id| id.to_string());
        Expression::Is(Condition::Deal(ids.collect()))
    }

    #[test]
    fn an_ad_is_shut_out_where_all_that_it_could_be_bought_by_is_paused() {
        let deal = |id: &str, state| Deal {
            exchange: ExchangeId(1),
            id: id.to_string(),
            display_name: String::new(),
            state,
            flight: Flight::default(),
            price: None,
            currency: Currency::USD,
            seats: Vec::new(),
            advertisers: Vec::new(),
        };
        let market = Market::new(
            1,
            vec![exchange(1, State::Active), exchange(2, State::Paused)],
        );
        let market = market.with_deals(vec![deal("off", State::Paused), deal("on", State::Active)]);
        let check = |targeting: Expression, expect: Option<Reason>| {
            assert_eq!(paused(&market, &targeting), expect, "{targeting:?}");
        };
        check(Expression::default(), None);
        check(on(&[1, 2]), None);
        check(on(&[2]), Some(Reason::ExchangesPaused));
        check(
            Expression::Not(Box::new(on(&[1]))),
            Some(Reason::ExchangesPaused),
        );
        // It asks for what is not there: its targeting is wrong, and nothing is paused.
        check(on(&[3]), None);
        check(deals(&["off"]), Some(Reason::DealsPaused));
        check(deals(&["off", "on"]), None);
        check(deals(&["off", "unwritten"]), None);
        check(
            Expression::All(vec![deals(&["off"]), on(&[2])]),
            Some(Reason::ExchangesPaused),
        );
        check(
            Expression::Any(vec![deals(&["off"]), Expression::default()]),
            None,
        );
        check(
            Expression::Any(vec![deals(&["off"]), on(&[2])]),
            Some(Reason::DealsPaused),
        );
        check(Expression::Not(Box::new(deals(&["off"]))), None);
    }

    #[test]
    fn where_every_exchange_is_paused_nothing_is_bought() {
        let market = Market::new(1, vec![exchange(2, State::Paused)]);
        let told = paused(&market, &Expression::default());
        assert_eq!(told, Some(Reason::ExchangesPaused));
        // Without any, nobody paused anything.
        assert_eq!(paused(&Market::default(), &Expression::default()), None);
    }
}
