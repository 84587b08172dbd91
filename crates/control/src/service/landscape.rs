//! How often bids win, by their price.

use api::errors::CallError;
use api::names::Kind;
use api::v1;
use campaign::id::AdId;
use campaign::money::Rounding;
use tonic::Code;

use super::pacing::find;
use crate::authority::Authority;

/// Answers for an ad, or for the first ad of a campaign.
pub fn answer(
    authority: &mut Authority,
    request: &v1::GetBidLandscapeRequest,
) -> Result<v1::BidLandscape, CallError> {
    let authority = &*authority;
    let entry = find(
        authority,
        &request.name,
        "name",
        &[Kind::Ad, Kind::Campaign],
    )?;
    let catalog = authority.catalog();
    let ads = catalog.ads_under(entry.record.id.0);
    let mut placed = ads.iter().filter_map(|ad: &AdId| catalog.placed(*ad));
    let Some(placed) = placed.next() else {
        let what = format!("{} has no ad: create one first", entry.name);
        return Err(CallError::new(Code::FailedPrecondition, "NO_ADS", what));
    };
    let exchanges = catalog.market.exchanges();
    let wanted = |name: &str| request.exchange.is_empty() || request.exchange == name;
    let Some(exchange) = exchanges.iter().find(|exchange| wanted(&exchange.name)) else {
        let what = "no exchange has this name: write one that is configured";
        return Err(CallError::field("exchange", "UNKNOWN_EXCHANGE", what));
    };
    let (own, there) = (placed.advertiser.currency, exchange.currency);
    let asking = auction::pricing::asking(&authority.terms_of(&placed));
    let worth = catalog.rates.cpm(asking, own, there, Rounding::Down);
    let worth = worth.and_then(|worth| worth.micros(there)).unwrap_or(0);
    Ok(v1::BidLandscape {
        currency_code: there.to_string(),
        exchange: exchange.name.clone(),
        context: "nothing was learned of this exchange yet: what an impression is worth is bid"
            .to_string(),
        auctions: 0.0,
        worth_cpm_micros: worth,
        best_bid_cpm_micros: worth,
        points: Vec::new(),
    })
}
