//! What a notice says of the price.

use campaign::money::{Cpm, Money};
use journal::entry::{BidTerms, Price, cost_at};
use openrtb::Decimal;

use crate::query::Query;

/// Decimals that are kept of how many impressions a bid is for.
const MULTIPLIER_SCALE: u32 = 6;

/// Reads `p`, the clearing price as CPM in the bid's currency, and `m`, how many impressions it is for, where the URL
/// asks for that. An exchange that leaves a macro unexpanded, or empty, owes us the number and we owe it the money:
/// what was reserved counts then.
pub fn read(terms: &BidTerms, query: Query<'_>) -> Price {
    let Some(said) = query.get("p") else {
        return Price::Unreadable;
    };
    if said.trim().eq_ignore_ascii_case("AUDIT") {
        return Price::Audit;
    }
    let multiplier = query.get("m");
    match cost(terms, &said, multiplier.as_deref()) {
        Some(cost) => Price::Cost(cost),
        None => Price::Unreadable,
    }
}

/// A CPM in the bid's currency as the cost of an impression, or of so many, in the advertiser's currency, rounded up.
/// `None` where it is no number, below zero, or larger than money can be.
pub fn cost(terms: &BidTerms, cpm: &str, multiplier: Option<&str>) -> Option<Money> {
    let units = decimal(cpm, terms.currency.cpm_scale())?;
    let counted = match multiplier {
        Some(text) => decimal(text, MULTIPLIER_SCALE)?,
        None => 10_i64.pow(MULTIPLIER_SCALE),
    };
    let exact = i128::from(units) * i128::from(counted);
    let one = 10_i128.pow(MULTIPLIER_SCALE);
    let up = exact.div_euclid(one) + i128::from(exact.rem_euclid(one) != 0);
    cost_at(Cpm(i64::try_from(up).ok()?), terms.fx_nanos)
}

/// A number as exchanges write it, times 10^`scale`, rounded up; never through a float.
fn decimal(text: &str, scale: u32) -> Option<i64> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    // JSON's grammar, which the wire's numbers follow, wants a digit before the point.
    let whole = text.starts_with('.').then(|| format!("0{text}"));
    let number = Decimal::new(whole.as_deref().unwrap_or(text))?;
    number.to_scaled(scale).filter(|units| *units >= 0)
}

#[cfg(test)]
mod tests {
    use campaign::creative::Format;
    use campaign::id::{AdId, BidId, CreativeId, ExchangeId, LeaseId};
    use campaign::money::{Currency, RateTable};
    use campaign::time::{Day, Timestamp};

    use super::*;

    fn terms(currency: &str, fx_nanos: i64) -> BidTerms {
        BidTerms {
            bid: BidId::default(),
            exchange: ExchangeId(1),
            impression: 0,
            ad: AdId(1),
            creative: CreativeId(1),
            format: Format::Banner,
            lease: LeaseId(1),
            day: Day(0),
            max_cost: Money(2_000_000),
            currency: Currency::parse(currency).unwrap(),
            fx_nanos,
            issued: Timestamp(0),
            user: 0,
            measured: true,
            context: journal::context::PriceContext::NONE,
        }
    }

    fn read_in_usd(query: &str) -> Price {
        read(&terms("USD", RateTable::ONE), Query::new(Some(query)))
    }

    #[test]
    fn the_price_is_read_exactly() {
        let check = |query: &str, nanos| {
            assert_eq!(read_in_usd(query), Price::Cost(Money(nanos)), "{query}");
        };
        check("p=1.23", 1_230_000);
        check("p=0", 0);
        check("p=.5", 500_000);
        check("p=%201.5%20", 1_500_000);
        check("p=1%2E5", 1_500_000);
        check("p=+1.5", 1_500_000);
        check("p=1.5e-1", 150_000);
        // Finer than a nano of an impression: up.
        check("p=0.0000001", 1);
        check("p=1.0000001", 1_000_001);
        check("x=9&p=2&p=3", 2_000_000);
        // More than was reserved is for the ledger to cut.
        check("p=1000000", 1_000_000_000_000);
    }

    #[test]
    fn what_cannot_be_read_is_flagged_and_a_rehearsal_is_known() {
        for query in [
            "",
            "p=",
            "q=1",
            "p=%24%7BAUCTION_PRICE%7D",
            "p=${AUCTION_PRICE}",
            "p=-1",
            "p=1,5",
            "p=NaN",
            "p=1e400",
            "p=0x10",
            "p=%FF",
        ] {
            assert_eq!(read_in_usd(query), Price::Unreadable, "{query}");
        }
        assert_eq!(read_in_usd("p=AUDIT"), Price::Audit);
        assert_eq!(read_in_usd("p=audit"), Price::Audit);
    }

    #[test]
    fn a_screen_in_public_is_billed_for_as_many_as_were_counted() {
        let check = |query: &str, expect| assert_eq!(read_in_usd(query), expect, "{query}");
        check("p=2&m=14.25", Price::Cost(Money(28_500_000)));
        check("p=2&m=0.5", Price::Cost(Money(1_000_000)));
        check("p=0.000001&m=0.5", Price::Cost(Money(1)));
        check("p=2&m=", Price::Unreadable);
        check("p=2&m=${AUCTION_MULTIPLIER}", Price::Unreadable);
        check("p=2&m=-3", Price::Unreadable);
    }

    #[test]
    fn the_cost_is_in_the_advertisers_currency_rounded_up() {
        let check = |currency, fx_nanos, cpm, nanos| {
            let got = cost(&terms(currency, fx_nanos), cpm, None);
            assert_eq!(got, Some(Money(nanos)), "{currency} {cpm}");
        };
        check("EUR", 1_082_400_000, "1.00", 1_082_400);
        check("EUR", 1_000_000_001, "1.00", 1_000_001);
        // One yen unit of 10^-6 is 6.5 dollar units of 10^-9 at 0.0065 USD.
        check("JPY", 6_500_000_000, "150", 975_000);
        let too_large = cost(&terms("EUR", i64::MAX), "9000000000000", None);
        assert_eq!(too_large, None);
    }
}
