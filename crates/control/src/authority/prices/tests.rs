use auction::prices::Offered;
use campaign::creative::Format;
use campaign::money::Cpm;
use journal::context::Traits;

use super::*;

fn kind(size: u8) -> PriceContext {
    PriceContext::new(Traits {
        first_price: true,
        format: Format::Banner,
        size,
        floor: 1,
    })
}

fn market(outcomes: &[(u8, Told, u32)]) -> Market {
    let mut market = Market::default();
    for (size, told, times) in outcomes {
        for _ in 0..*times {
            market.observe(kind(*size), Timestamp(0), *told, 1.0);
        }
    }
    market
}

#[test]
fn nothing_is_shaded_before_there_are_outcomes_enough() {
    let few = market(&[(1, Told::Price(900_000), 199)]);
    assert!(few.make_shades().is_none());
    let mut enough = market(&[(1, Told::Price(900_000), 200)]);
    assert!(enough.renew(Timestamp(0)));
    let first = enough.shades.clone().unwrap();
    let same = |market: &Market| Arc::ptr_eq(&first, market.shades.as_ref().unwrap());
    assert!(!enough.renew(Timestamp(5_000)), "nothing new came");
    assert!(same(&enough), "what is not renewed is not made anew");
    assert!(enough.renew(Timestamp(3_600_000)), "another hour has begun");
    assert!(!same(&enough));
}

#[test]
fn a_kind_that_was_never_seen_has_the_curve_of_those_around_it() {
    let mut market = market(&[
        (1, Told::Price(500_000), 2_000),
        (2, Told::Price(1_500_000), 2_000),
    ]);
    market.renew(Timestamp(0));
    let shades = market.shades.clone().unwrap();
    let table = Table::new(vec![(ExchangeId(7), shades)], 10_000);
    let bid = |size| {
        let shade = table
            .shade(ExchangeId(7), kind(size), Cpm(2_500_000))
            .unwrap();
        shade.best.0 as f64 / 1e6
    };
    assert!((bid(1) - 0.5).abs() < 0.02, "{}", bid(1));
    assert!((bid(2) - 1.5).abs() < 0.05, "{}", bid(2));
    // Half of what was seen costs 0.5, half 1.5: the lower gains as much for half of the auctions.
    assert!(
        [bid(1), bid(2)].iter().any(|it| (it - bid(9)).abs() < 0.05),
        "{}",
        bid(9)
    );
    assert!(
        table
            .shade(ExchangeId(8), kind(1), Cpm(2_500_000))
            .is_none()
    );
}

#[test]
fn a_bid_of_which_nobody_tells_is_taken_for_lost_and_no_other() {
    let mut market = Market::default();
    let offered = |at: i64, bids: f64| Offered {
        at: Timestamp(at),
        exchange: ExchangeId(1),
        context: kind(1),
        price: Cpm(1_000_000),
        bids,
    };
    let terms = |issued: i64| {
        let mut terms = terms();
        (terms.context, terms.issued) = (kind(1), Timestamp(issued));
        terms
    };
    market.offered(&offered(1_000, 10.0));
    for _ in 0..4 {
        // One off, by a conversion there and back.
        market.waiting.end(&terms(900), 999_999);
    }
    // Told of before the bidder tells of the bids.
    for _ in 0..3 {
        market.waiting.end(&terms(20_000), 1_000_000);
    }
    market.waiting.turn();
    market.offered(&offered(20_500, 3.0));
    market.give_up_waiting(Timestamp(90_000));
    assert_eq!(market.outcomes, 0.0);
    market.give_up_waiting(Timestamp(91_000));
    assert_eq!(market.outcomes, 6.0);
    market.give_up_waiting(Timestamp(200_000));
    assert_eq!(market.outcomes, 6.0, "of the others was told");
    assert_eq!(market.explored.bids, 13.0);
}

fn terms() -> BidTerms {
    BidTerms {
        bid: Default::default(),
        exchange: ExchangeId(1),
        impression: 0,
        ad: Default::default(),
        creative: Default::default(),
        format: Format::Banner,
        lease: Default::default(),
        day: campaign::time::Day(0),
        max_cost: Money(1_000_000),
        currency: campaign::money::Currency::USD,
        fx_nanos: 1_000_000_000,
        issued: Timestamp(0),
        user: 0,
        measured: true,
        context: PriceContext::NONE,
    }
}

#[test]
fn prices_are_learned_in_the_exchanges_currency() {
    let terms = BidTerms {
        fx_nanos: 1_100_000_000,
        ..terms()
    };
    assert_eq!(in_exchanges(&terms, Money(1_100_000)), 1_000_000);
    for (reason, expect) in [
        (None, true),
        (Some(102), true),
        (Some(202), false),
        (Some(1), false),
    ] {
        assert_eq!(of_price(reason), expect, "{reason:?}");
    }
}

#[test]
fn another_share_of_bids_to_learn_from_is_told_once() {
    let mut prices = Prices::new(10_000, Timestamp(0));
    let mut check = |ppm: u32, seconds: i64, expect: bool| {
        prices.explore(ppm);
        let now = Timestamp(0) + Span::seconds(seconds);
        assert_eq!(prices.tell(&[], now).is_some(), expect, "{ppm}");
    };
    check(10_000, 5, false);
    check(20_000, 10, true);
    check(20_000, 15, false);
}

#[test]
fn what_was_learned_is_noted_once_an_hour_some_at_a_time_and_all_at_the_end() {
    let at = |minutes: i64| Timestamp(0) + Span::minutes(minutes);
    let mut prices = Prices::new(0, at(0));
    let observe = |prices: &mut Prices, hour: i64| {
        for size in 0..16 {
            let market = prices.of(ExchangeId(1));
            market.observe(kind(size), at(hour * 60), Told::Price(900_000), 20.0);
        }
    };
    // All, the kind of auction, the format; of each size itself, its floor, and ten hours of the day.
    (0..10).for_each(|hour| observe(&mut prices, hour));
    let all = 1 + 2 + 16 * 2 + 16 * 10;
    let count =
        |(markets, cells): (Vec<_>, Vec<store::price::PriceCell>)| (markets.len(), cells.len());
    let mut kept = prices.unnoted(at(1), false);
    assert_eq!((kept.0.len(), kept.1.len()), (1, 128));
    let more = prices.unnoted(at(2), false);
    assert_eq!((more.0.len(), more.1.len()), (1, all - 128));
    kept.1.extend(more.1);
    assert_eq!(count(prices.unnoted(at(3), false)), (0, 0));
    observe(&mut prices, 0);
    assert_eq!(count(prices.unnoted(at(60), false)), (0, 0), "too early");
    assert_eq!(count(prices.unnoted(at(61), false)), (1, 1 + 2 + 16 * 3));
    (0..10).for_each(|hour| observe(&mut prices, hour));
    assert_eq!(count(prices.unnoted(at(62), true)), (1, all));

    // What was kept is what was learned by then.
    let mut again = Prices::new(0, at(0));
    kept.0
        .iter()
        .for_each(|(exchange, market)| again.resume(*exchange, market));
    kept.1.iter().for_each(|cell| again.resume_cell(cell));
    again.resumed();
    let table = again.tell(&[], at(3));
    assert!(table.is_none(), "there is no such exchange any more");
    kept.0
        .iter()
        .for_each(|(exchange, market)| again.resume(*exchange, market));
    assert_eq!(again.markets[&ExchangeId(1)].outcomes, 10.0 * 16.0 * 20.0);
}
