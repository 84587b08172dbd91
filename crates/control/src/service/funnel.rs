//! Why ads did not bid of late: counted by what is asked for, and request by request.

use std::collections::{BTreeMap, HashSet};

use api::errors::CallError;
use api::names::{Kind, Name, Parent};
use api::v1;
use auction::reason::NoBidReason;
use auction::sample::{ExchangeFunnel, Sample, Samples};
use campaign::id::{AdId, ExchangeId};
use campaign::money::Cpm;
use tonic::Code;

use super::diagnostics::reason;
use crate::authority::Authority;
use crate::catalog::{Catalog, Entry};
use crate::paging;
use crate::traffic::AdTraffic;

/// How many resources below the one that is asked for are told of.
const MAX_BELOW: usize = 1_000;
/// How many traces are told where nothing is said, and at most.
const USUAL_TRACES: usize = 20;
const MAX_TRACES: usize = 200;

/// Counts why ads did not bid.
pub fn no_bid_reasons(
    authority: &Authority,
    samples: &Samples,
    parent: &str,
) -> Result<v1::ListNoBidReasonsResponse, CallError> {
    let now = authority.view().now;
    if let Some(exchange) = parent.strip_prefix("exchanges/") {
        let exchange = exchange_named(authority.catalog(), exchange, "parent")?;
        let funnel = samples.exchanges.get(&exchange).cloned();
        let funnel = funnel.unwrap_or_default();
        return Ok(v1::ListNoBidReasonsResponse {
            start_time: api::time::write_moment(samples.since),
            end_time: api::time::write_moment(now),
            request_count: count(funnel.requests),
            sampled_count: count(funnel.sampled),
            refusals: refusals(&funnel.refusals),
            ..v1::ListNoBidReasonsResponse::default()
        });
    }
    let (ads, below) = subject(authority, parent)?;
    let sum = traffic_of(authority, ads);
    let all = samples.exchanges.values();
    let requests = |each: fn(&ExchangeFunnel) -> u64| all.clone().map(each).sum();
    Ok(v1::ListNoBidReasonsResponse {
        start_time: api::time::write_moment(authority.traffic().since()),
        end_time: api::time::write_moment(now),
        request_count: count(requests(|funnel| funnel.requests)),
        sampled_count: count(requests(|funnel| funnel.sampled)),
        bid_count: count(sum.bids),
        win_count: count(sum.wins),
        refusals: refusals(&sum.refusals),
        below: funnels(authority, below),
    })
}

/// The ads that are asked about, and what is right below what is asked about.
fn subject<'a>(
    authority: &'a Authority,
    parent: &str,
) -> Result<(Vec<AdId>, Vec<&'a Entry>), CallError> {
    let catalog = authority.catalog();
    let living = |entry: &&Entry| !entry.is_deleted();
    if Parent::parse(Kind::Campaign, parent).is_ok_and(|all| all.exact(Kind::Campaign).is_none()) {
        let ads = catalog.living_ads().map(|placed| placed.ad.id);
        let below = catalog.after(Kind::Advertiser, 0).filter(living);
        return Ok((ads.collect(), below.collect()));
    }
    let wrong = |error: String| {
        let what = format!(
            "{error}: write advertisers/-, the name of an advertiser, a campaign or an ad, or exchanges/{{exchange}}"
        );
        CallError::field("parent", "INVALID_NAME", what)
    };
    let name = Name::parse(parent).map_err(|error| wrong(error.to_string()))?;
    if !matches!(name.kind(), Kind::Advertiser | Kind::Campaign | Kind::Ad) {
        return Err(wrong(format!("{name} does not bid")));
    }
    let entry = catalog.named(&name).ok_or_else(|| {
        let what = format!("{name} does not exist: list what does");
        CallError::new(Code::NotFound, "NOT_FOUND", what).with("resource", name.as_str())
    })?;
    let number = entry.record.id.0;
    let below = catalog.below(number).filter(living);
    let below = below.filter(|entry| matches!(entry.name.kind(), Kind::Campaign | Kind::Ad));
    Ok((catalog.ads_under(number), below.collect()))
}

fn traffic_of(authority: &Authority, ads: impl IntoIterator<Item = AdId>) -> AdTraffic {
    let mut sum = AdTraffic::default();
    for ad in ads {
        sum.add(&authority.traffic().of(ad));
    }
    sum
}

/// Those with bids first.
fn funnels(authority: &Authority, below: Vec<&Entry>) -> Vec<v1::NoBidFunnel> {
    let each = below.into_iter().map(|entry| {
        let ads = authority.catalog().ads_under(entry.record.id.0);
        (entry, traffic_of(authority, ads))
    });
    let mut each: Vec<_> = each.collect();
    each.sort_by_key(|(_, traffic)| std::cmp::Reverse(traffic.bids));
    let told = each.into_iter().take(MAX_BELOW);
    told.map(|(entry, traffic)| v1::NoBidFunnel {
        name: entry.name.to_string(),
        display_name: entry.noun.display_name().to_string(),
        bid_count: count(traffic.bids),
        win_count: count(traffic.wins),
        refusals: refusals(&traffic.refusals),
    })
    .collect()
}

/// The last requests, newest first.
pub fn traces(
    authority: &Authority,
    samples: &Samples,
    request: &v1::ListBidTracesRequest,
) -> Result<v1::ListBidTracesResponse, CallError> {
    let catalog = authority.catalog();
    let size = paging::size(request.page_size, USUAL_TRACES, MAX_TRACES)?;
    let exchange = wanted_exchange(catalog, &request.exchange)?;
    let ad = match request.ad.as_str() {
        "" => None,
        name => {
            let name = Name::of(Kind::Ad, name)
                .map_err(|error| CallError::field("ad", "INVALID_NAME", error.to_string()))?;
            let entry = catalog.named(&name).ok_or_else(|| {
                CallError::field("ad", "NOT_FOUND", format!("{name} does not exist"))
            })?;
            Some(AdId(entry.record.id.0))
        }
    };
    let wanted = samples.latest.iter().filter(|sample| {
        let bid = sample.outcome.ok().map(|bid| bid.ad);
        let near = sample.nearest_miss.map(|(ad, _)| ad);
        exchange.is_none_or(|exchange| sample.exchange == exchange)
            && ad.is_none_or(|ad| bid == Some(ad) || near == Some(ad))
    });
    let traces = wanted.take(size).map(|sample| trace(catalog, sample));
    Ok(v1::ListBidTracesResponse {
        traces: traces.collect(),
    })
}

/// The last impressions that were won, newest first.
pub fn wins(
    authority: &Authority,
    request: &v1::ListWinsRequest,
) -> Result<v1::ListWinsResponse, CallError> {
    let catalog = authority.catalog();
    let size = paging::size(request.page_size, USUAL_TRACES, MAX_TRACES)?;
    let exchange = wanted_exchange(catalog, &request.exchange)?;
    let ads: HashSet<AdId> = subject(authority, &request.parent)?.0.into_iter().collect();
    let wanted = authority.wins().latest().filter(|win| {
        exchange.is_none_or(|exchange| win.exchange == exchange) && ads.contains(&win.ad)
    });
    let wins = wanted.filter_map(|win| {
        let placed = catalog.placed(win.ad)?;
        let ad = catalog.name_of(win.ad.0);
        let currency = placed.advertiser.currency;
        authority.may_read(&ad).then(|| v1::Win {
            time: api::time::write_moment(win.at),
            bid: win.bid.to_string(),
            exchange: catalog.exchange_name(win.exchange),
            ad,
            creative: catalog.name_of(win.creative.0),
            price_cpm_micros: win.cost.and_then(|cost| Cpm(cost.nanos()).micros(currency)),
            currency_code: currency.to_string(),
            billed: win.billed,
            viewed: win.viewed,
            clicked: win.clicked,
        })
    });
    Ok(v1::ListWinsResponse {
        wins: wins.take(size).collect(),
    })
}

fn trace(catalog: &Catalog, sample: &Sample) -> v1::BidTrace {
    let bid = sample.outcome.ok();
    let name = |ad: AdId| catalog.name_of(ad.0);
    v1::BidTrace {
        time: api::time::write_moment(sample.at),
        exchange: catalog.exchange_name(sample.exchange),
        request_json: String::from_utf8_lossy(&sample.request).into_owned(),
        refused: sample.outcome.err().map(reason),
        ad: bid.map(|bid| name(bid.ad)).unwrap_or_default(),
        bid: bid.map(|bid| v1::ExplainedBid {
            price_cpm_micros: bid.price.micros(bid.currency).unwrap_or(i64::MAX),
            currency_code: bid.currency.to_string(),
            creative: catalog.name_of(bid.creative.0),
            creative_number: bid.creative.0,
        }),
        nearest_miss: sample
            .nearest_miss
            .map(|(ad, _)| name(ad))
            .unwrap_or_default(),
        nearest_miss_reason: sample.nearest_miss.map(|(_, why)| reason(why)),
        refusals: refusals(&sample.refusals.iter().copied().collect()),
    }
}

fn refusals(counted: &BTreeMap<NoBidReason, u64>) -> Vec<v1::Refusal> {
    let told = counted.iter().filter(|(_, times)| **times > 0);
    told.map(|(why, times)| v1::Refusal {
        reason: Some(reason(*why)),
        count: count(*times),
    })
    .collect()
}

/// The exchange that a list is narrowed to; `None` where it is of all.
fn wanted_exchange(catalog: &Catalog, name: &str) -> Result<Option<ExchangeId>, CallError> {
    match name {
        "" => Ok(None),
        name => exchange_named(catalog, name, "exchange").map(Some),
    }
}

fn exchange_named(catalog: &Catalog, name: &str, field: &str) -> Result<ExchangeId, CallError> {
    let found = catalog.exchange(name);
    found.ok_or_else(|| unknown_exchange(name, field))
}

/// That no exchange has this name, and what to do.
pub(super) fn unknown_exchange(name: &str, field: &str) -> CallError {
    let what = format!("no exchange is named \"{name}\": list the exchanges that there are");
    CallError::field(field, "UNKNOWN_EXCHANGE", what)
}

fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
