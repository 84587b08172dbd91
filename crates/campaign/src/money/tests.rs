use super::*;

const JPY: Currency = Currency(*b"JPY");

#[test]
fn a_micro_of_cpm_is_a_nano_of_an_impression() {
    assert_eq!(
        Cpm::parse("1.23", Currency::USD).unwrap().impression_cost(),
        Money(1_230_000)
    );
    assert_eq!(Cpm::from_micros(1_230_000, Currency::USD), Cpm(1_230_000));
    assert_eq!(
        Cpm::parse("150", JPY).unwrap().impression_cost(),
        Money(150_000)
    );
    assert_eq!(
        Cpm::from_micros(150_000_000, JPY).micros(JPY),
        Some(150_000_000)
    );
}

#[test]
fn decimal_text_is_exact_or_refused() {
    let check = |text: &str, expect: Result<i64, &str>| {
        let got = Money::parse(text, Currency::USD);
        match expect {
            Ok(nanos) => assert_eq!(got, Ok(Money(nanos)), "{text}"),
            Err(part) => assert!(
                got.as_ref().unwrap_err().to_string().contains(part),
                "{text}: {got:?}"
            ),
        }
    };
    check("12.50", Ok(12_500_000_000));
    check("0.000000001", Ok(1));
    check("-3", Ok(-3_000_000_000));
    check(".5", Ok(500_000_000));
    check("1.10000000000000", Ok(1_100_000_000));
    check("0.0000000001", Err("more than 9 decimals"));
    check("9223372037", Err("larger"));
    check("1e3", Err("no amount"));
    check("", Err("no amount"));
    check(".", Err("no amount"));
    check("1,000", Err("no amount"));
}

#[test]
fn decimal_text_reads_back() {
    for nanos in [0, 1, -1, 12_500_000_000, i64::MAX, 1_230_000] {
        let text = Money(nanos).to_decimal(Currency::USD);
        assert_eq!(
            Money::parse(&text, Currency::USD),
            Ok(Money(nanos)),
            "{text}"
        );
    }
    assert_eq!(Money(12_500_000_000).to_decimal(Currency::USD), "12.50");
}

#[test]
fn a_conversion_rounds_the_way_it_is_told() {
    let mut rates = RateTable::default();
    rates.set(Currency::EUR, "1.1").unwrap();
    rates.set(JPY, "0.0065").unwrap();
    let check = |units, from, to, rounding, expect| {
        assert_eq!(rates.convert(units, from, to, rounding), expect)
    };
    check(
        1_000_000_000,
        Currency::EUR,
        Currency::USD,
        Rounding::Down,
        Some(1_100_000_000),
    );
    check(1, Currency::USD, Currency::EUR, Rounding::Down, Some(0));
    check(1, Currency::USD, Currency::EUR, Rounding::Up, Some(1));
    // 1 USD (10⁹ nanos) is 153.846153… JPY, kept at 10⁻⁶.
    check(
        1_000_000_000,
        Currency::USD,
        JPY,
        Rounding::Down,
        Some(153_846_153),
    );
    check(
        1_000_000_000,
        Currency::USD,
        JPY,
        Rounding::Up,
        Some(153_846_154),
    );
    check(7, Currency(*b"XXX"), Currency::USD, Rounding::Up, None);
    check(i64::MAX, Currency::EUR, Currency::USD, Rounding::Up, None);
}

#[test]
fn a_rate_must_be_positive_and_a_dollar_a_dollar() {
    let mut rates = RateTable::default();
    assert!(rates.set(Currency::EUR, "0").is_err());
    assert!(rates.set(Currency::EUR, "-1").is_err());
    assert!(rates.set(Currency::USD, "1.01").is_err());
}

/// The conversion as it is defined: one fraction of whole numbers, rounded once.
fn converted(
    units: i64,
    (worth_from, from): (i64, Currency),
    (worth_to, to): (i64, Currency),
    rounding: Rounding,
) -> Option<i64> {
    let numerator = i128::from(worth_from) * 10_i128.pow(to.scale());
    let denominator = i128::from(worth_to) * 10_i128.pow(from.scale());
    mul_div(units, numerator, denominator, rounding)
}

proptest::proptest! {
    #[test]
    fn a_conversion_is_exact_however_it_is_computed(
        units in proptest::prop_oneof![-2_000_000_000_i64..2_000_000_000, i64::MIN..=i64::MAX],
        worths in proptest::array::uniform3(proptest::prop_oneof![1..2_000_000_000_i64, 1..=i64::MAX]),
        up in proptest::bool::ANY,
    ) {
        let gbp = Currency(*b"GBP");
        let mut rates = RateTable::default();
        let pairs = [(worths[0], Currency::EUR), (worths[1], gbp), (worths[2], JPY), (RateTable::ONE, Currency::USD)];
        for (worth, currency) in pairs {
            rates.set(currency, &write_decimal(worth, 9)).unwrap();
            proptest::prop_assert_eq!(rates.worth(currency), Some(worth));
        }
        let rounding = if up { Rounding::Up } else { Rounding::Down };
        for (from, to) in pairs.iter().flat_map(|from| pairs.iter().map(move |to| (*from, *to))) {
            let expect = if from.1 == to.1 { Some(units) } else { converted(units, from, to, rounding) };
            proptest::prop_assert_eq!(rates.convert(units, from.1, to.1, rounding), expect);
        }
    }
}
