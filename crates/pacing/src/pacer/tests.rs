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
fn a_deficit_is_what_the_rest_can_make_good_and_ends_before_the_end() {
    let deficit = |auctions: u32, left: f64| {
        let mut pacer = taught(auctions);
        pacer.tick(&Account {
            cap: Some(0.125),
            ..account(1e9, left)
        });
        pacer.deficit()
    };
    assert_eq!(deficit(200, 1e6), 0.0);
    // Nothing was bought so far, so all of the value is to come. Values above 80 make up a fifth of all and are worth
    // 90 for 10: 0.125 × 18 − 2 = 0.25 an auction, nine tenths of it
    // allowed, less what chance may take of 20,000 purchases.
    let most = deficit(10_000, 100_000.0);
    assert!(
        (most / (0.9 * 25_000.0 * (1.0 - 3.0 / 20_000.0_f64.sqrt())) - 1.0).abs() < 0.15,
        "{most}"
    );
    let falling: Vec<f64> = [1e5, 1e4, 1e3, 1e2, 40.0]
        .map(|left| deficit(10_000, left))
        .to_vec();
    assert!(
        falling.is_sorted_by(|a, b| a >= b) && falling[4] == 0.0,
        "{falling:?}"
    );
    let mut free = taught(10_000);
    free.tick(&account(1e3, 1e5));
    assert_eq!(free.deficit(), 0.0);
}
