//! What is asked of a bid: a seat that is let in, a currency, a floor.

use campaign::block_list::Blocked;
use campaign::creative::Format;
use campaign::deal::DealPrice;
use campaign::exchange::Exchange;
use campaign::money::{Cpm, Currency, RateTable, Rounding};
use openrtb::Decimal;
use openrtb::adcom::auction_type::FIXED_PRICE;
use openrtb::request::{BidRequest, Deal, Imp};

use super::{OpenDeal, Visit};
use crate::market::Market;
use crate::reason::NoBidReason;
use crate::targeting::{category_matches, domain_matches};

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

/// A deal of the request as we may bid for it; `None` where we may not. What was agreed comes before what the request
/// says, but for a floor that is higher.
pub fn deal<'a>(
    deal: &'a Deal<'a>,
    visit: &Visit<'a>,
    market: &'a Market,
    rates: &RateTable,
) -> Option<OpenDeal<'a>> {
    if deal.id.is_empty() {
        return None;
    }
    let agreed = market.deal(visit.exchange.id, deal.id);
    if agreed.is_some_and(|agreed| !agreed.is_on(visit.now)) {
        return None;
    }
    let seat = seats(visit.exchange, visit.request).find(|seat| {
        seat_allowed(seat, deal.wseat) && agreed.is_none_or(|agreed| agreed.takes_seat(seat))
    })?;
    // A deal whose floor cannot be compared is one that cannot be used; the others still can.
    let asked = floor(deal.bidfloor, deal.bidfloorcur, visit.currency, rates)?;
    let priced = agreed.and_then(|agreed| Some((agreed.price?, agreed.currency)));
    let (floor, fixed_price) = match priced {
        None => (asked, deal.at == Some(FIXED_PRICE)),
        Some((DealPrice::Floor(least), own)) => {
            let least = rates.cpm(least, own, visit.currency, Rounding::Up)?;
            (asked.max(least), deal.at == Some(FIXED_PRICE))
        }
        Some((DealPrice::Fixed(price), own)) => {
            let price = rates.cpm(price, own, visit.currency, Rounding::Up)?;
            if asked > price {
                return None;
            }
            (price, true)
        }
    };
    Some(OpenDeal {
        deal,
        floor,
        fixed_price,
        seat,
        agreed,
    })
}

/// Whether nobody of ours wants the site, the app, the publisher or the content.
pub fn is_blocked(blocked: &Blocked, visit: &Visit<'_>) -> bool {
    let domain = |domain| domain_matches(domain, |it| blocked.domains.contains(it));
    visit.domain.is_some_and(domain)
        || visit
            .bundle
            .is_some_and(|bundle| blocked.bundles.contains(bundle))
        || visit
            .publisher
            .is_some_and(|publisher| blocked.publishers.contains(publisher))
        || blocked.categories.iter().any(|(taxonomy, ids)| {
            let of_it = visit.categories.iter().filter(|(of, _)| of == taxonomy);
            of_it
                .into_iter()
                .any(|(_, id)| category_matches(id, |it| ids.contains(it)))
        })
}
