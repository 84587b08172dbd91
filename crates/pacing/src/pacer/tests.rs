use super::*;

/// Prices of 10, values from 1 to 100 in turn.
fn taught(auctions: u32) -> Pacer {
    let mut pacer = Pacer::new(5.0, 10.0, Settings::default());
    (0..auctions).for_each(|k| pacer.observe(f64::from(1 + k % 100), 5.0, Shown::Price(10.0)));
    pacer
}

fn account(left: f64, auctions_left: f64) -> Account {
    Account {
        left,
        auctions_left,
        spent: 0.0,
        value: 0.0,
        cap: None,
    }
}

#[test]
fn the_multiplier_is_the_higher_of_what_budget_and_cap_ask_for() {
    let check = |left: f64, cap: Option<f64>, spent: f64, value: f64, expect: f64| {
        let got = taught(10_000).tick(&Account {
            cap,
            spent,
            value,
            ..account(left, 1_000.0)
        });
        assert!((got / expect - 1.0).abs() < 0.05, "{left} {cap:?}: {got}");
    };
    // 2.5 an auction buy values above 75; without a limit all is bought.
    check(2_500.0, None, 0.0, 0.0, 7.5);
    check(1e9, None, 0.0, 0.0, 5e-3);
    // Values above v cost 10 for (v + 100) ÷ 2: at a cap of 1 ÷ 8 they are above 60. A loose cap changes nothing.
    check(1e9, Some(0.125), 0.0, 0.0, 6.0);
    check(2_500.0, Some(0.125), 0.0, 0.0, 7.5);
    check(2_500.0, Some(1.0), 0.0, 0.0, 7.5);
    // What was overspent is made good by better value for the rest: 800 above what 3,200 may cost.
    check(1e9, Some(0.125), 1_200.0, 3_200.0, 8.0);
    check(1e9, Some(0.125), 450.0, 3_200.0, 6.3);
    // No better value is to be had than 1 ÷ cap: nothing helps but to wait.
    check(1e9, Some(0.125), 1e9, 0.0, 8.0);
}

#[test]
fn a_deficit_is_what_the_rest_is_sure_to_make_good_and_ends_before_the_end() {
    let deficit = |auctions: u32, left: f64| {
        let mut pacer = taught(0);
        let account = Account {
            cap: Some(0.125),
            ..account(1e9, left)
        };
        pacer.tick(&account);
        (0..auctions).for_each(|k| pacer.observe(f64::from(1 + k % 100), 5.0, Shown::Price(10.0)));
        pacer.tick(&account);
        pacer.deficit()
    };
    assert_eq!(deficit(200, 1e6), 0.0);
    // Values above 80 make up a fifth of all and leave 0 to 2.5 below 0.125 × value: 0.2625 an auction, and its square
    // is 0.4484. Half of it may be missing, less what chance may take in two of three cases in a hundred.
    let (mean, square) = (0.2625, 0.4484);
    for left in [100_000.0, 10_000.0, 1_000.0, 100.0, 40.0, 20.0_f64] {
        let doubt = (square / left).sqrt() / mean;
        let expect = 0.5 * left * mean * (1.0 - 2.0 * doubt).max(0.0);
        let got = deficit(100_000, left);
        assert!(
            (got - expect).abs() <= 0.01 * expect,
            "{left}: {got} {expect}"
        );
    }
    assert_eq!(deficit(100_000, 20.0), 0.0);
    let mut free = taught(10_000);
    free.tick(&account(1e3, 1e5));
    assert_eq!(free.deficit(), 0.0);
}

#[test]
fn a_bid_costs_no_more_than_its_own_value_and_what_there_is_to_spare() {
    let mut pacer = taught(0);
    let check = |pacer: &Pacer, spare: f64, expect: f64| {
        let got = pacer.within_cap(30.0, 10.0, spare);
        assert!((got - expect).abs() < 1e-9, "{spare}: {got}");
    };
    check(&pacer, 100.0, 30.0);
    check(&pacer, 5.0, 15.0);
    check(&pacer, -5.0, 10.0);
    let account = Account {
        cap: Some(0.125),
        ..account(1e9, 1e5)
    };
    pacer.tick(&account);
    (0..10_000).for_each(|k| pacer.observe(f64::from(1 + k % 100), 5.0, Shown::Price(10.0)));
    pacer.tick(&account);
    let deficit = pacer.deficit();
    check(&pacer, 5.0 - deficit, 15.0);
    check(&pacer, -5.0 - deficit, 10.0);
}

#[test]
fn what_chance_may_take_is_not_counted_on() {
    // One in a hundred values is 1,000 and leaves 115 below the cap: of a thousand such auctions ten are to come.
    let multiplier = |caution: f64| {
        let settings = Settings {
            caution,
            ..Settings::default()
        };
        let mut pacer = Pacer::new(5.0, 10.0, settings);
        let account = Account {
            cap: Some(0.125),
            ..account(1e9, 1_000.0)
        };
        pacer.tick(&account);
        for k in 0..50_000 {
            let value = if k % 100 == 0 {
                1_000.0
            } else {
                f64::from(1 + k % 100)
            };
            pacer.observe(value, 5.0, Shown::Price(10.0));
        }
        pacer.tick(&account)
    };
    assert!(multiplier(0.75) > 1.03 * multiplier(0.0));
    // What is not to be counted on at all leaves what keeps the cap by itself.
    assert!((multiplier(100.0) - 8.0).abs() < 0.05);
}

/// One of a budget's last money: 20 purchases left, of prices of 10 and values from 1 to 100.
fn last_money(teach: impl FnOnce(&mut Pacer)) -> Pacer {
    let mut pacer = taught(10_000);
    teach(&mut pacer);
    pacer.tick(&account(200.0, 1_000.0));
    pacer
}

#[test]
fn the_worth_of_the_last_money_is_worked_out_finer_as_it_gets_less() {
    let mut pacer = last_money(|_| {});
    let range = |pacer: &Pacer| pacer.worth.as_ref().map(Worth::range);
    assert_eq!(range(&pacer), Some(200.0));
    for (left, expect) in [
        (150.0, 200.0),
        (90.0, 90.0),
        (46.0, 90.0),
        (12.0, 12.0),
        (5.0, 12.0),
        (1.0, 12.0),
    ] {
        pacer.tick(&account(left, 900.0));
        assert_eq!(range(&pacer), Some(expect), "{left}");
    }
}

#[test]
fn of_a_large_budget_nothing_should_be_left_and_of_a_small_one_little_matters() {
    // Of every other auction nobody could pay the price. Two purchases are left, and six auctions.
    let bid = |budget: f64| {
        let mut pacer = taught(0);
        for k in 0..10_000 {
            let price = if k % 2 == 0 { 10.0 } else { 1_000.0 };
            pacer.observe(f64::from(1 + k / 2 % 100), 5.0, Shown::Price(price));
        }
        pacer.begin(budget);
        pacer.tick(&account(20.0, 6.0));
        pacer.bid(10.0, 20.0, 6.0)
    };
    // 10 wins.
    let bids = [0.0, 300.0, 10_000.0].map(bid);
    assert!(
        bids[0] < 10.0 && bids[1] < 10.0 && bids[2] >= 10.0,
        "{bids:?}"
    );
}

#[test]
fn the_last_money_is_in_fewer_hands_the_less_it_is() {
    let holders = |bidders: usize, left: f64| {
        let mut pacer = last_money(|pacer| pacer.share_among(bidders));
        pacer.tick(&account(left, 500.0));
        pacer.holders(left, 500.0)
    };
    for (bidders, left, expect) in [
        (1, 35.0, Some(1)),
        (8, 200.0, Some(8)),
        (8, 35.0, Some(3)),
        (8, 20.0, Some(2)),
        (8, 12.0, Some(1)),
        // Of 160 mean prices each of eight has twenty: enough.
        (8, 1_700.0, None),
        (2, 500.0, None),
    ] {
        assert_eq!(holders(bidders, left), expect, "{bidders} {left}");
    }
}

#[test]
fn what_nobody_had_the_money_for_is_no_traffic_and_tells_its_price() {
    // Every other auction finds no money. The rest buys as much as before; the market is as it is.
    let mut pacer = taught(0);
    for k in 0..20_000 {
        let value = f64::from(1 + k / 2 % 100);
        let shown = if k % 2 == 0 {
            Shown::Price(10.0)
        } else {
            Shown::Unfunded(10.0)
        };
        pacer.observe(value, 5.0, shown);
    }
    let got = pacer.tick(&account(1_250.0, 1_000.0));
    assert!((got / 7.5 - 1.0).abs() < 0.05, "{got}");
    assert!((pacer.known(7.5).unwrap().spend / 1.25 - 1.0).abs() < 0.1);
    let mut funded = last_money(|_| {});
    pacer.tick(&account(200.0, 1_000.0));
    funded.tick(&account(200.0, 1_000.0));
    let [got, expect] = [&pacer, &funded].map(|pacer| pacer.bid(90.0, 200.0, 1_000.0));
    assert!((got / expect - 1.0).abs() < 0.02, "{got} {expect}");
}
