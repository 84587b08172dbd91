//! A rate table as the wire says it.

use campaign::money::{Currency, RateTable};
use campaign::time::Timestamp;

use crate::errors::Violations;
use crate::{money, text, time, v1};

/// How many currencies one table may have: there are fewer.
pub const MAX_RATES: usize = 200;

/// What currencies are worth from a time on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatesFrom {
    /// What people call the table.
    pub display_name: String,
    /// From when it is in force.
    pub from: Timestamp,
    /// The rates.
    pub rates: RateTable,
}

/// Reads a rate table; `path` is where it stands in the request.
pub fn read(wire: &v1::RateTable, path: &str, wrong: &mut Violations) -> RatesFrom {
    let at = |field: &str| format!("{path}.{field}");
    if wire.rates.is_empty() {
        let what = "write what a currency is worth: { currency_code = \"EUR\", usd = \"1.0842\" }";
        wrong.add(&at("rates"), "REQUIRED", what);
    }
    if wire.rates.len() > MAX_RATES {
        wrong.add(
            &at("rates"),
            "TOO_MANY",
            format!("write at most {MAX_RATES}"),
        );
    }
    let (mut rates, mut seen) = (RateTable::default(), Vec::new());
    for (place, rate) in wire.rates.iter().take(MAX_RATES).enumerate() {
        let at = |field: &str| format!("{path}.rates[{place}].{field}");
        let before = wrong.list().len();
        let currency = money::currency(&rate.currency_code, &at("currency_code"), wrong);
        if wrong.list().len() > before {
            continue;
        }
        if seen.contains(&currency) {
            wrong.add(&at("currency_code"), "REPEATED", "write each currency once");
        }
        seen.push(currency);
        if let Err(error) = rates.set(currency, &rate.usd) {
            wrong.add(&at("usd"), "INVALID_RATE", error.to_string());
        }
    }
    RatesFrom {
        display_name: text::display_name(&wire.display_name, &at("display_name"), wrong),
        from: wire
            .effective_time
            .as_ref()
            .map_or(Timestamp::MIN, time::moment),
        rates,
    }
}

/// Writes rates, each in the order of the codes. The dollar goes without saying.
pub fn write(rates: &RateTable) -> Vec<v1::Rate> {
    let others = rates
        .iter()
        .filter(|(currency, _)| *currency != Currency::USD);
    let each = others.map(|(currency, usd_nanos)| v1::Rate {
        currency_code: currency.to_string(),
        usd: decimal(usd_nanos),
    });
    each.collect()
}

/// Thousand-millionths as decimal text without zeros at the end.
fn decimal(nanos: i64) -> String {
    let text = format!("{}.{:09}", nanos / RateTable::ONE, nanos % RateTable::ONE);
    let short = text.trim_end_matches('0');
    short.trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rates: &[(&str, &str)]) -> v1::RateTable {
        let rate = |(code, usd): &(&str, &str)| v1::Rate {
            currency_code: code.to_string(),
            usd: usd.to_string(),
        };
        v1::RateTable {
            display_name: "November".to_string(),
            rates: rates.iter().map(rate).collect(),
            ..v1::RateTable::default()
        }
    }

    #[test]
    fn rates_read_back_as_they_were_written() {
        let wire = table(&[("EUR", "1.0842"), ("JPY", "0.0065"), ("KWD", "3")]);
        let mut wrong = Violations::default();
        let read = read(&wire, "rate_table", &mut wrong);
        assert_eq!(wrong.list(), []);
        assert_eq!(read.from, Timestamp::MIN);
        assert_eq!(write(&read.rates), wire.rates);
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_field() {
        let check = |rates: &[(&str, &str)], expect: &[&str]| {
            let mut wrong = Violations::default();
            read(&table(rates), "rate_table", &mut wrong);
            let fields: Vec<&str> = wrong.list().iter().map(|it| it.field.as_str()).collect();
            assert_eq!(fields, expect, "{rates:?}");
        };
        check(&[], &["rate_table.rates"]);
        check(&[("euro", "1")], &["rate_table.rates[0].currency_code"]);
        check(&[("EUR", "0")], &["rate_table.rates[0].usd"]);
        check(&[("USD", "1.1")], &["rate_table.rates[0].usd"]);
        check(
            &[("EUR", "1"), ("EUR", "1,2")],
            &[
                "rate_table.rates[1].currency_code",
                "rate_table.rates[1].usd",
            ],
        );
    }
}
