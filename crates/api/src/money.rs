//! Amounts of money on the wire: whole millionths, with a currency beside them.

use campaign::ad::{Budget, FrequencyCap};
use campaign::money::{Cpm, Currency, Money};
use campaign::time::Span;

use crate::errors::Violations;
use crate::{time, v1};

/// The most that a thousand impressions may cost, in the currency's unit: a price above it is a slip of the keyboard.
pub const MAX_CPM_UNITS: i64 = 1_000_000;
/// How many frequency caps one campaign or ad may have.
pub const MAX_FREQUENCY_CAPS: usize = 8;

/// Reads a currency's code.
pub fn currency(code: &str, path: &str, wrong: &mut Violations) -> Currency {
    match Currency::parse(code) {
        Ok(currency) => currency,
        Err(error) => {
            let reason = if code.is_empty() {
                "REQUIRED"
            } else {
                "INVALID_CURRENCY"
            };
            wrong.add(path, reason, error.to_string());
            Currency::USD
        }
    }
}

/// Reads an amount that must not be negative.
pub fn amount(micros: i64, currency: Currency, path: &str, wrong: &mut Violations) -> Money {
    if micros < 0 {
        wrong.add(path, "NEGATIVE_AMOUNT", "write an amount of 0 or more");
        return Money::ZERO;
    }
    Money::from_micros(micros, currency).unwrap_or_else(|| {
        let most = Money::MAX.micros(currency);
        wrong.add(path, "AMOUNT_TOO_LARGE", format!("write at most {most}"));
        Money::ZERO
    })
}

/// Reads a price of a thousand impressions, which must be above nothing.
pub fn cpm(micros: i64, currency: Currency, path: &str, wrong: &mut Violations) -> Cpm {
    let price = Cpm::from_micros(micros, currency);
    if price <= Cpm::ZERO {
        wrong.add(
            path,
            "PRICE_TOO_LOW",
            "write a price above 0, in micros for a thousand impressions",
        );
    } else if micros > MAX_CPM_UNITS * 1_000_000 {
        let most = MAX_CPM_UNITS * 1_000_000;
        wrong.add(path, "PRICE_TOO_HIGH", format!("write at most {most}"));
    }
    price
}

/// Reads a budget. None at all is no limit.
pub fn budget(
    wire: Option<&v1::Budget>,
    currency: Currency,
    path: &str,
    wrong: &mut Violations,
) -> Budget {
    let Some(wire) = wire else {
        return Budget::default();
    };
    let mut read = |micros: Option<i64>, field: &str| {
        micros.map(|micros| amount(micros, currency, &format!("{path}.{field}"), wrong))
    };
    Budget {
        lifetime: read(wire.lifetime_micros, "lifetime_micros"),
        daily: read(wire.daily_micros, "daily_micros"),
    }
}

/// Writes a budget.
pub fn write_budget(budget: &Budget, currency: Currency) -> v1::Budget {
    v1::Budget {
        lifetime_micros: budget.lifetime.map(|money| money.micros(currency)),
        daily_micros: budget.daily.map(|money| money.micros(currency)),
    }
}

/// Reads frequency caps.
pub fn frequency_caps(
    wire: &[v1::FrequencyCap],
    path: &str,
    wrong: &mut Violations,
) -> Vec<FrequencyCap> {
    if wire.len() > MAX_FREQUENCY_CAPS {
        wrong.add(
            path,
            "TOO_MANY",
            format!("write at most {MAX_FREQUENCY_CAPS} caps"),
        );
    }
    let mut caps = Vec::new();
    for (place, cap) in wire.iter().take(MAX_FREQUENCY_CAPS).enumerate() {
        let at = |field: &str| format!("{path}[{place}].{field}");
        let impressions = u32::try_from(cap.impressions).unwrap_or(0);
        if impressions == 0 {
            wrong.add(&at("impressions"), "OUT_OF_RANGE", "write 1 or more");
        }
        let period = time::span(cap.period.as_ref());
        if !(Span::minutes(1)..=Span::days(90)).contains(&period) {
            wrong.add(
                &at("period"),
                "OUT_OF_RANGE",
                "write a minute to 90 days, such as \"86400s\"",
            );
        }
        caps.push(FrequencyCap {
            impressions,
            period,
        });
    }
    caps
}
