//! What is asked of a bid: a seat that is let in, a currency, a floor.

use campaign::creative::Format;
use campaign::exchange::Exchange;
use campaign::money::{Cpm, Currency, RateTable, Rounding};
use openrtb::Decimal;
use openrtb::request::{BidRequest, Imp};

use super::Visit;
use crate::reason::NoBidReason;

/// Our seats that the request lets in, in our order.
pub fn seats<'a>(
    exchange: &'a Exchange,
    request: &'a BidRequest<'a>,
) -> impl Iterator<Item = &'a str> + 'a {
    let ours = exchange.seats.iter().map(String::as_str);
    ours.filter(|seat| seat_allowed(seat, request.wseat) && !request.bseat.contains(seat))
}

/// An empty list of seats leaves everybody in.
pub fn seat_allowed(seat: &str, allowed: &[&str]) -> bool {
    allowed.is_empty() || allowed.contains(&seat)
}

/// The exchange's own currency if the request takes it, else the first that it takes and we have a rate for.
pub fn answer_currency(
    accepted: &[&str],
    exchange: &Exchange,
    rates: &RateTable,
) -> Result<Currency, NoBidReason> {
    let has_rate = |currency: &Currency| rates.worth(*currency).is_some();
    if accepted.is_empty() {
        return Some(exchange.currency)
            .filter(has_rate)
            .ok_or(NoBidReason::NoCommonCurrency);
    }
    let mut known = accepted
        .iter()
        .filter_map(|code| Currency::parse(code).ok())
        .filter(has_rate);
    let first = known.clone().next().ok_or(NoBidReason::NoCommonCurrency)?;
    Ok(known
        .find(|currency| *currency == exchange.currency)
        .unwrap_or(first))
}

/// A floor in the currency of the answer, rounded up. Without a currency it is in dollars, whatever
/// else the request says. A negative floor is none. `None` where it cannot be compared.
pub fn floor(
    floor: Option<Decimal<'_>>,
    currency: Option<&str>,
    answer: Currency,
    rates: &RateTable,
) -> Option<Cpm> {
    let Some(floor) = floor.filter(|f| !f.is_zero() && !f.is_negative()) else {
        return Some(Cpm::ZERO);
    };
    let currency = match currency {
        Some(code) => Currency::parse(code).ok()?,
        None => Currency::USD,
    };
    let units = floor.to_scaled(currency.cpm_scale())?;
    rates.cpm(Cpm(units), currency, answer, Rounding::Up)
}

/// The least open bid: the exchange's floor, or what our own policy there makes of it.
pub fn least(floor: Cpm, imp: &Imp<'_>, visit: &Visit<'_>, rates: &RateTable) -> Option<Cpm> {
    let Some(policy) = &visit.exchange.floors else {
        return Some(floor);
    };
    let formats = [
        imp.banner.map(|_| Format::Banner),
        imp.video.map(|_| Format::Video),
        imp.audio.map(|_| Format::Audio),
        imp.native.map(|_| Format::Native),
    ];
    let own = visit.exchange.currency;
    policy.least(floor, formats.into_iter().flatten(), |least| {
        rates.cpm(least, own, visit.currency, Rounding::Up)
    })
}
