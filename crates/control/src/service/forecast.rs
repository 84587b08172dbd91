//! What an ad would get in a day.

use api::errors::{CallError, Violations};
use api::names::{Kind, Name};
use api::v1;
use auction::book::Inventory;
use auction::reason::NoBidReason;
use auction::sample::Samples;
use campaign::ad::{Ad, Budget, Delivery, Goal, Share, State};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::creative::Creative;
use campaign::id::{AdId, AdvertiserId, CampaignId};
use campaign::money::{Cpm, Currency, Money, Rounding};
use campaign::spending::Spending;
use campaign::targeting::Expression;
use campaign::time::{Flight, Span};
use tonic::{Code, Response, Status};

use super::diagnostics::reason;
use crate::authority::{Authority, AuthorityHandle};
use crate::catalog::Noun;
use crate::forecast::{Forecast, Question, WinRates, forecast};

/// Requests of less than this say nothing of a day.
const WINDOW_MIN: Span = Span::seconds(10);
/// How many creatives are looked at where none is named.
const CREATIVES_MAX: usize = 200;

/// Answers a forecast; deciding is done beside the authority.
pub async fn answer(
    handle: &AuthorityHandle,
    samples: Samples,
    request: v1::ForecastDeliveryRequest,
) -> Result<Response<v1::ForecastDeliveryResponse>, Status> {
    let since = samples.since;
    let work = move |authority: &mut Authority| read(authority, samples, &request);
    let asked = handle.call(work).await?;
    let (now, mut notes) = (asked.question.now, asked.notes);
    let told = tokio::task::spawn_blocking(move || forecast(asked.question));
    let told = told.await.map_err(|_| Status::from(nothing_yet()))?;
    let told = told.ok_or_else(nothing_yet)?;
    notes.push(of_people(&told));
    Ok(Response::new(v1::ForecastDeliveryResponse {
        start_time: api::time::write_moment(since),
        end_time: api::time::write_moment(now),
        notes,
        ..write(&told, asked.price, asked.currency)
    }))
}

/// What is asked, with what is needed to word the answer.
struct Asked {
    question: Question,
    price: Cpm,
    currency: Currency,
    notes: Vec<String>,
}

fn nothing_yet() -> CallError {
    let what =
        "no request of an exchange was looked at yet: send some, wait ten seconds, and ask again";
    CallError::new(Code::FailedPrecondition, "NO_SAMPLES", what)
}

fn read(
    authority: &Authority,
    samples: Samples,
    request: &v1::ForecastDeliveryRequest,
) -> Result<Asked, CallError> {
    let catalog = authority.catalog();
    let name = Name::of(Kind::Advertiser, &request.parent)
        .map_err(|error| CallError::field("parent", "INVALID_NAME", error.to_string()))?;
    let Some(advertiser) = catalog.advertiser_of(&name) else {
        let what = format!("{name} does not exist: list what does");
        return Err(
            CallError::new(Code::NotFound, "NOT_FOUND", what).with("resource", name.as_str())
        );
    };
    let now = authority.view().now;
    let mut wrong = Violations::default();
    let currency = advertiser.currency;
    let price = api::money::cpm(
        request.bid_cpm_micros,
        currency,
        "bid_cpm_micros",
        &mut wrong,
    );
    let targeting = api::targeting::read(
        request.targeting.as_ref(),
        api::targeting::Named {
            exchange: &|name| catalog.exchange(name),
            audience: &|text| catalog.audience(&name.advertiser(), text),
        },
        "targeting",
        &mut wrong,
    );
    let creatives = creatives(authority, &name, &request.creatives, &mut wrong);
    wrong.or(())?;
    if now - samples.since < WINDOW_MIN {
        return Err(nothing_yet());
    }
    let notes = notes(&targeting);
    let ad = ad(price, targeting, &creatives);
    Ok(Asked {
        question: Question {
            inventory: inventory(authority, advertiser, ad, creatives),
            samples,
            now,
            wins: win_rates(authority, advertiser.id),
        },
        price,
        currency,
        notes,
    })
}

/// The creatives of these names, or all of the advertiser's.
fn creatives(
    authority: &Authority,
    advertiser: &Name,
    names: &[String],
    wrong: &mut Violations,
) -> Vec<Creative> {
    let catalog = authority.catalog();
    let mut found = Vec::new();
    for (place, text) in names.iter().take(CREATIVES_MAX).enumerate() {
        let named = Name::of(Kind::Creative, text).ok();
        let named = named.filter(|name| name.advertiser() == *advertiser);
        match named
            .and_then(|name| catalog.named(&name))
            .map(|entry| &*entry.noun)
        {
            Some(Noun::Creative(creative)) => found.push(Creative::clone(creative)),
            _ => {
                let what = format!("write the name of a creative of {advertiser}");
                wrong.add(&format!("creatives[{place}]"), "NOT_FOUND", what);
            }
        }
    }
    if names.is_empty() {
        let number = catalog
            .named(advertiser)
            .map_or(0, |entry| entry.record.id.0);
        let living = catalog.below(number).filter(|entry| !entry.is_deleted());
        let own = living.filter_map(|entry| match &*entry.noun {
            Noun::Creative(creative) => Some(Creative::clone(creative)),
            _ => None,
        });
        found.extend(own.take(CREATIVES_MAX));
        if found.is_empty() {
            let what = "the advertiser has no creative, and so nothing fits: create one first";
            wrong.add("creatives", "REQUIRED", what);
        }
    }
    found
}

fn ad(price: Cpm, targeting: Expression, creatives: &[Creative]) -> Ad {
    Ad {
        id: AdId(1),
        campaign: CampaignId(1),
        display_name: String::new(),
        state: State::Active,
        flight: Flight::default(),
        budget: Budget::default(),
        goal: Goal::FixedCpm(price),
        max_bid: price,
        delivery: Delivery::AsFastAsPossible,
        frequency_caps: Vec::new(),
        targeting,
        creatives: creatives.iter().map(|creative| creative.id).collect(),
        share: Share::default(),
    }
}

/// A book's worth of one ad.
fn inventory(
    authority: &Authority,
    advertiser: &Advertiser,
    ad: Ad,
    creatives: Vec<Creative>,
) -> Inventory {
    let market = &authority.catalog().market;
    let campaign = Campaign {
        id: ad.campaign,
        advertiser: advertiser.id,
        display_name: String::new(),
        state: State::Active,
        flight: Flight::default(),
        time_zone: advertiser.time_zone.clone(),
        budget: Budget::default(),
        frequency_caps: Vec::new(),
        spending: Spending::default(),
        share: Share::default(),
    };
    Inventory {
        version: 1,
        advertisers: vec![advertiser.clone()],
        campaigns: vec![campaign],
        ads: vec![ad],
        creatives,
        market_version: market.version(),
        exchanges: market.all_exchanges().to_vec(),
        deals: market.deals().to_vec(),
        block_lists: Vec::new(),
        rates: authority.catalog().rates.clone(),
        ..Inventory::default()
    }
}

/// What the advertiser's own ads show of winning of late: what others pay is nobody else's business.
fn win_rates(authority: &Authority, advertiser: AdvertiserId) -> WinRates {
    let catalog = authority.catalog();
    let usd = Currency::USD;
    let own = catalog.living_ads();
    let own = own.filter(|placed| placed.advertiser.id == advertiser);
    WinRates::of(own.filter_map(|placed| {
        let traffic = authority.traffic().of(placed.ad.id);
        let asking = auction::pricing::asking(&authority.terms_of(&placed));
        let rates = &catalog.rates;
        let price = rates.cpm(asking, placed.advertiser.currency, usd, Rounding::Down)?;
        let price = price.micros(usd)? as f64 / 1e6;
        Some((price, traffic.bids, traffic.wins))
    }))
}

/// What the number of people leaves out.
fn of_people(told: &Forecast) -> String {
    let percent = told.known * 100.0;
    match told.reach {
        Some(_) => format!(
            "People are counted where they may be told apart, on {percent:.0} % of what it could bid on, and as the \
             last while's requests meet them: those of other hours come to them."
        ),
        None => format!(
            "How many people this reaches is not known: too few of those who may be told apart, on {percent:.0} % of \
             what it could bid on, were met again in the last while, or nothing is known of what wins."
        ),
    }
}

fn notes(targeting: &Expression) -> Vec<String> {
    let mut notes = Vec::new();
    if auction::targeting::asks_about_user(targeting) {
        let what = "The targeting asks about the user (audiences, segments, age, keywords), of which nothing is kept: such a \
                    condition is taken for one that does not hold.";
        notes.push(what.to_string());
    }
    notes
}

fn write(told: &Forecast, price: Cpm, currency: Currency) -> v1::ForecastDeliveryResponse {
    let count = |n: f64| n.round() as i64;
    let cost = price.impression_cost().nanos() as f64;
    let spend = |wins: f64| Money((wins * cost) as i64).micros(currency);
    let refusal = |(why, times): (&NoBidReason, &f64)| v1::Refusal {
        reason: Some(reason(*why)),
        count: count(*times),
    };
    v1::ForecastDeliveryResponse {
        sample_count: i64::try_from(told.samples).unwrap_or(i64::MAX),
        impression_count: count(told.impressions),
        biddable_count: count(told.biddable),
        win_count: told.wins.map(count),
        spend_micros: told.wins.map(spend),
        reach_count: told.reach.map(count),
        currency_code: currency.to_string(),
        refusals: told.refusals.iter().map(refusal).collect(),
        ..v1::ForecastDeliveryResponse::default()
    }
}
