//! How often bids win, by their price.

use api::errors::CallError;
use api::names::Kind;
use api::v1;
use auction::prices::{floor_class, lowest_floor, size_class, size_name};
use auction::pricing::is_paced_by_price;
use campaign::ad::State;
use campaign::creative::{Format, Size};
use campaign::exchange::Exchange;
use campaign::id::AdId;
use campaign::money::{Cpm, Currency, Rounding};
use campaign::time::Timestamp;
use journal::context::{PriceContext, Traits};
use tonic::Code;

use super::funnel::unknown_exchange;
use super::pacing::find;
use crate::authority::Authority;
use crate::authority::prices::{Market, contexts};
use crate::catalog::{Noun, Placed};

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
    let placed = ads.iter().filter_map(|ad: &AdId| catalog.placed(*ad));
    let mut living = placed.filter(|placed| placed.ad.state != State::Deleted);
    let Some(placed) = living.next() else {
        let what = format!(
            "{} has no ad that is not deleted: create one first",
            entry.name
        );
        return Err(CallError::new(Code::FailedPrecondition, "NO_ADS", what));
    };
    let exchanges = catalog.market.exchanges();
    let wanted = |name: &str| request.exchange.is_empty() || request.exchange == name;
    let Some(exchange) = exchanges.iter().find(|exchange| wanted(&exchange.name)) else {
        return Err(unknown_exchange(&request.exchange, "exchange"));
    };
    let context = context(authority, &placed, exchange, request)?;
    let (own, there) = (placed.advertiser.currency, exchange.currency);
    let asking = auction::pricing::asking(&authority.terms_of(&placed));
    let worth = catalog.rates.cpm(asking, own, there, Rounding::Down);
    let worth = worth.unwrap_or(Cpm::ZERO);
    let micros = |price: Cpm| price.micros(there).unwrap_or(0);
    let answer = v1::BidLandscape {
        currency_code: there.to_string(),
        exchange: exchange.name.clone(),
        context: "nothing was learned of this exchange yet: what an impression is worth is bid"
            .to_string(),
        auctions: 0.0,
        worth_cpm_micros: micros(worth),
        best_bid_cpm_micros: micros(worth),
        points: Vec::new(),
    };
    let market = authority.prices_of(exchange.id);
    let Some(market) = market.filter(|market| market.is_known()) else {
        return Ok(answer);
    };
    let traits = context.mostly(market, authority.now());
    let all = contexts(traits, authority.now());
    let speaking = market.speaking(&all[..context.levels]);
    let landscape = market.landscape();
    let best = landscape.curve(speaking).best_bid(worth.0);
    let best = match context.floor {
        floor if floor > worth => Cpm::ZERO,
        floor => Cpm(best).max(floor),
    };
    let shaded = market.is_shaded() && is_paced_by_price(placed.ad.goal);
    let points = landscape.points(speaking, MAX_POINTS).into_iter();
    Ok(v1::BidLandscape {
        context: sentence(traits, speaking.len(), market, there),
        auctions: landscape.weight(speaking),
        best_bid_cpm_micros: micros(if shaded { best } else { worth }),
        points: points
            .map(|(bid, won)| v1::BidLandscapePoint {
                bid_cpm_micros: micros(Cpm(bid)),
                win_percent: won * 100.0,
                gain_cpm_micros: micros(Cpm(((worth.0 - bid) as f64 * won) as i64)),
            })
            .collect(),
        ..answer
    })
}

/// How many bids are told of at most.
const MAX_POINTS: usize = 100;

/// The kind of impression that is asked about.
struct Asked {
    traits: PriceContext,
    /// How far it is told apart: the kind of auction and the format; with a size, also by size, floor and hour.
    levels: usize,
    floor: Cpm,
}

impl Asked {
    /// The same in the kind of auction that the exchange mostly holds.
    fn mostly(&self, market: &Market, now: Timestamp) -> PriceContext {
        let first = PriceContext::of_cell(self.traits.cell() as u16);
        let kinds = [self.traits, first, first.second_price()];
        let seen = |kind: &PriceContext| market.landscape().seen(contexts(*kind, now)[0]);
        // Of equals the first is taken, which is what the exchange's configuration says.
        let most = |a: PriceContext, b: PriceContext| if seen(&b) > seen(&a) { b } else { a };
        kinds.into_iter().fold(self.traits, most)
    }
}

fn context(
    authority: &Authority,
    placed: &Placed<'_>,
    exchange: &Exchange,
    request: &v1::GetBidLandscapeRequest,
) -> Result<Asked, CallError> {
    let catalog = authority.catalog();
    let first = placed.ad.creatives.first();
    let shown = first.and_then(|id| catalog.numbered(id.0));
    let shown = shown.and_then(|entry| match &*entry.noun {
        Noun::Creative(creative) => Some(creative.format()),
        _ => None,
    });
    let format = match request.format.as_str() {
        "" => shown.unwrap_or(Format::Banner),
        name => {
            let mut all = Format::ALL.into_iter();
            all.find(|format| format.name() == name).ok_or_else(|| {
                let what = "write banner, video, audio or native";
                CallError::field("format", "UNKNOWN_FORMAT", what)
            })?
        }
    };
    let (width, height) = (request.width, request.height);
    if width < 0 || height < 0 || (width == 0) != (height == 0) {
        let what = "write the width and the height, or neither";
        return Err(CallError::field("width", "INVALID_SIZE", what));
    }
    if request.floor_cpm_micros < 0 {
        let what = "write 0 or more";
        return Err(CallError::field("floor_cpm_micros", "NEGATIVE", what));
    }
    let floor = Cpm::from_micros(request.floor_cpm_micros, exchange.currency);
    let size = [Size { width, height }];
    let traits = Traits {
        first_price: exchange.auction_type == 1,
        format,
        size: size_class(if width > 0 { &size } else { &[] }),
        floor: floor_class(floor),
    };
    Ok(Asked {
        traits: PriceContext::new(traits),
        levels: if width > 0 { 5 } else { 2 },
        floor,
    })
}

/// What was told apart, in words, and how much was bid to learn it.
fn sentence(context: PriceContext, levels: usize, market: &Market, currency: Currency) -> String {
    let kind = match context.is_first_price() {
        true => "first-price auctions",
        false => "second-price auctions",
    };
    let floor = lowest_floor(context.floor()).map_or("without a floor".to_string(), |floor| {
        format!("with a floor of {} or more", floor.to_decimal(currency))
    });
    let parts = [
        kind.to_string(),
        context.format().name().to_string(),
        size_name(context.size()).to_string(),
        floor,
        "this hour of the day".to_string(),
    ];
    let told = match levels {
        0 => "all auctions of the exchange".to_string(),
        levels => parts[..levels].join(", "),
    };
    let explored = market.explored();
    if explored.bids <= 0.0 {
        return told;
    }
    let percent = explored.explored * 100.0 / explored.bids;
    format!(
        "{told}; {:.0} of {:.0} first-price bids ({percent:.2} %) were made to learn, and {} of them won, for {} \
         {currency}",
        explored.explored,
        explored.bids,
        explored.wins,
        explored.spend.to_decimal(currency)
    )
}
