//! What it takes to win a first-price auction is learned from notices, and bidders bid by it.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use std::time::Duration;

use api::v1;
use auction::book::{AdTerms, Slot, Update};
use auction::decide::{Desk, decide};
use auction::dice::DiceKey;
use auction::markup::Renderer;
use auction::prices::{Offered, Prices, Shade};
use auction::privacy::{PrivacySettings, reduce};
use auction::reason::NoBidReason;
use auction::state::{BidAlone, Scope, State};
use auction::terms::Terms;
use auction::token::{TokenKeys, TokenSecret};
use bumpalo::Bump;
use campaign::ad::FrequencyCap;
use campaign::exchange::Exchange;
use campaign::id::{AdId, BidId, ExchangeId, LeaseId};
use campaign::money::{Cpm, Money};
use campaign::time::{Clock, Span};
use harness::*;
use journal::context::PriceContext;
use journal::entry::{Event, Price};
use openrtb::consent::VendorConfig;
use tonic::Code;

/// Bids by what control says, as a bidder does.
struct Trader {
    ad: AdId,
    terms: AdTerms,
    prices: std::sync::Arc<Prices>,
    offered: Vec<(PriceContext, Cpm)>,
}

impl State for Trader {
    fn terms(&mut self, _: Slot) -> AdTerms {
        self.terms
    }

    fn shade(&mut self, exchange: ExchangeId, context: PriceContext, worth: Cpm) -> Option<Shade> {
        self.prices.shade(exchange, context, worth)
    }

    fn offered(&mut self, _: ExchangeId, context: PriceContext, price: Cpm) {
        self.offered.push((context, price));
    }

    fn exposures(&mut self, _: u64, _: Scope, _: FrequencyCap) -> u32 {
        0
    }

    fn reserve(&mut self, _: Slot, _: Money) -> Result<LeaseId, NoBidReason> {
        Ok(LeaseId(1))
    }

    fn next_bid(&mut self) -> BidId {
        BidId::default()
    }

    fn pend(&mut self, _: u64, _: Slot, _: BidId) {}
}

impl Trader {
    /// What it bids on one impression each, of requests with these numbers and floors in hundredths of a CPM.
    fn bids(&mut self, harness: &Harness, requests: &[(u64, i64)]) -> Vec<(PriceContext, Cpm)> {
        let secret = TokenSecret {
            id: 1,
            secret: [0; 32],
        };
        let keys = TokenKeys::new(secret, &[]).unwrap();
        let book = &*harness.book;
        let now = harness.clock.now();
        let ours = self.ad;
        let terms = Terms::new(book, now, |offer| AdTerms {
            halted: (offer.ad.id != ours).then_some(NoBidReason::AdPaused),
            ..self.terms
        });
        let exchange: &Exchange = &book.exchanges()[0];
        let desk = Desk {
            book,
            terms: &terms,
            exchange,
            now,
            renderer: &Renderer::new(),
            keys: &keys,
            dice: &DiceKey([5; 16]),
            notice_base: "https://bid.example",
        };
        let settings = PrivacySettings {
            vendor: VendorConfig::default(),
            user_key: [0; 16],
        };
        self.offered.clear();
        for (number, floor) in requests {
            let body = format!(
                r#"{{"id":"r{number}","at":1,"imp":[{{"id":"1","bidfloor":{}.{:02},"banner":{{"w":300,"h":250}}}}],
                "site":{{"domain":"news.example"}}}}"#,
                floor / 100,
                floor % 100
            );
            let arena = Bump::new();
            let request = openrtb::request::parse(body.as_bytes(), &arena).unwrap();
            let reduced = reduce(request, exchange.id, &settings, &arena);
            let before = self.offered.len();
            let decided = decide(&desk, &reduced, self, &mut BidAlone, &arena);
            let response = decided.unwrap_or_else(|reason| panic!("{reason:?}"));
            assert_eq!(self.offered.len(), before + 1);
            assert_eq!(
                response.seatbid[0].bid[0].price.units,
                self.offered[before].1.0
            );
        }
        self.offered.clone()
    }
}

/// The best bid of the others, hidden from the engine: where there is a floor they bid twice as much. Cubes of even
/// numbers: many low ones, few high ones.
fn rival(number: u64, floor: i64) -> i64 {
    let mut seed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    seed = (seed ^ seed >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let even = (seed >> 40) as f64 / (1 << 24) as f64;
    let price = 400_000.0 + 2_000_000.0 * even * even * even;
    price as i64 * if floor > 0 { 2 } else { 1 }
}

/// The floor of a request, in hundredths of a CPM.
fn floor_of(number: u64) -> i64 {
    if number.is_multiple_of(2) { 0 } else { 60 }
}

/// The bid that gains most of an impression of this worth, for who knows what the others bid.
fn clairvoyant(worth: i64, floor: i64) -> i64 {
    let sample: Vec<i64> = (0..20_000)
        .map(|number| rival(number * 7 + 1, floor))
        .collect();
    let gain = |bid: i64| {
        let won = sample.iter().filter(|rival| bid > **rival).count();
        (worth - bid) * won as i64
    };
    let bids = (1..200).map(|step| worth * step / 200);
    bids.max_by_key(|bid| gain(*bid)).unwrap()
}

/// What an exchange tells of losses.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Tells {
    /// What would have won.
    PriceToWin,
    /// That they are lost; of every other one nothing at all.
    Little,
}

/// What came of the auctions after the engine has learned.
#[derive(Debug, Default)]
struct Outcome {
    wins: i64,
    cost: i64,
    gain: i64,
    /// Of who knows the distribution.
    best_gain: i64,
    /// Of who bids the worth.
    unshaded_wins: i64,
    unshaded_cost: i64,
    explored: u32,
}

const MINUTES: u64 = 60;
const A_MINUTE: u64 = 300;

async fn play(harness: &mut Harness, tells: Tells) -> Outcome {
    harness.usual().await;
    let mut request = new_ad("clicks");
    let ad = request.ad.as_mut().unwrap();
    let click = v1::goal::Worth::ClickMicros(1_000_000);
    ad.goal = Some(v1::Goal { worth: Some(click) });
    ad.max_bid_cpm_micros = 50_000_000;
    let ad = AdId(
        harness
            .ads()
            .create_ad(request)
            .await
            .unwrap()
            .into_inner()
            .number,
    );
    harness
        .updated("the ad is for sale", |h| h.book.slot(ad).is_some())
        .await;
    let mut trader = Trader {
        ad,
        terms: AdTerms {
            multiplier: 1.0,
            ..harness.terms[&ad]
        },
        prices: harness.prices.clone(),
        offered: Vec::new(),
    };
    let worth = auction::pricing::asking(&trader.terms).0;
    let best = [0, 60].map(|floor| (floor, clairvoyant(worth, floor)));
    let mut outcome = Outcome::default();
    for minute in 1..=MINUTES {
        harness.clock.advance(Span::minutes(1));
        let requests: Vec<(u64, i64)> = (0..A_MINUTE)
            .map(|k| minute * A_MINUTE + k)
            .map(|number| (number, floor_of(number)))
            .collect();
        let bids = trader.bids(harness, &requests);
        let offered = |(context, price): &(PriceContext, Cpm)| Offered {
            at: harness.clock.now(),
            exchange: ExchangeId(1),
            context: *context,
            price: *price,
            bids: 1.0,
        };
        let offers = bids.iter().map(offered).collect();
        harness.offers.send(offers).await.unwrap();
        let grant = harness.granted(minute, ad.0, worth * A_MINUTE as i64).await;
        let mut entries = Vec::new();
        for ((number, floor), (context, price)) in requests.iter().zip(&bids) {
            let mut terms = harness.terms_of(&grant, *number);
            (terms.max_cost, terms.context) = (Money(price.0), *context);
            let rival = rival(*number, *floor);
            let won = price.0 > rival;
            if minute > MINUTES * 2 / 3 {
                let (_, best) = best.iter().find(|(of, _)| of == floor).unwrap();
                outcome.explored += u32::from(context.is_explored());
                outcome.wins += i64::from(won);
                outcome.cost += if won { price.0 } else { 0 };
                outcome.gain += if won { worth - price.0 } else { 0 };
                outcome.best_gain += if *best > rival { worth - best } else { 0 };
                outcome.unshaded_wins += i64::from(worth > rival);
                outcome.unshaded_cost += if worth > rival { worth } else { 0 };
            }
            let event = match (won, tells) {
                (true, _) => Event::Billing {
                    terms,
                    price: Price::Cost(Money(price.0)),
                },
                (false, Tells::Little) if number % 4 < 2 => continue,
                (false, _) => Event::Loss {
                    terms,
                    reason: Some(102),
                    min_to_win: (tells == Tells::PriceToWin).then_some(Money(rival + 1)),
                },
            };
            entries.push(harness.entry(event));
        }
        harness.write(&entries);
        // The next tick comes after a quarter of a real second.
        tokio::time::sleep(Duration::from_millis(270)).await;
        while let Ok(update) = harness.updates.try_recv() {
            if let Update::Prices(prices) = update {
                harness.prices = prices.clone();
                trader.prices = prices;
            }
        }
    }
    outcome
}

fn judge(outcome: &Outcome, least: f64) {
    let per_win = outcome.cost as f64 / outcome.wins as f64;
    let unshaded = outcome.unshaded_cost as f64 / outcome.unshaded_wins as f64;
    let gained = outcome.gain as f64 / outcome.best_gain as f64;
    println!(
        "{outcome:?}: a win costs {:.3} of the worth, gain {gained:.3} of the best",
        per_win / unshaded
    );
    assert!(per_win < 0.75 * unshaded, "{outcome:?}");
    assert!(gained > least, "{gained}: {outcome:?}");
    // One in a hundred of some 6,000 bids.
    assert!((20..120).contains(&outcome.explored), "{outcome:?}");
}

async fn landscape(harness: &Harness, floor: i64) -> v1::BidLandscape {
    let request = v1::GetBidLandscapeRequest {
        name: format!("{CAMPAIGN}/ads/clicks"),
        width: 300,
        height: 250,
        floor_cpm_micros: floor,
        ..Default::default()
    };
    let told = harness.reports().get_bid_landscape(request).await;
    told.unwrap().into_inner()
}

/// What is bid for every kind of impression and some worths.
fn table(prices: &Prices) -> Vec<Option<Cpm>> {
    let kinds = (0..).take(PriceContext::CELLS).map(PriceContext::of_cell);
    let worths = [300_000, 1_000_000, 2_000_000, 5_000_000].map(Cpm);
    let each = kinds.flat_map(|kind| worths.map(|worth| (kind, worth)));
    each.map(|(kind, worth)| Some(prices.shade(ExchangeId(1), kind, worth)?.best))
        .collect()
}

/// Starts control again, and tells what bidders are told of prices before anything is bid.
async fn told_again(
    mut harness: Harness,
    directory: &std::path::Path,
) -> (Harness, Vec<Option<Cpm>>) {
    // An hour later every curve is made anew.
    let before = harness.prices.clone();
    harness.clock.advance(Span::hours(1));
    let renewed = |h: &Harness| !std::sync::Arc::ptr_eq(&h.prices, &before);
    harness
        .updated("prices are those of another hour", renewed)
        .await;
    let (now, told) = (harness.clock.now(), table(&harness.prices));
    let Harness {
        control, writer, ..
    } = harness;
    drop(writer);
    control.shutdown().await;
    let mut again = Harness::start_at(directory, now).await;
    let before = again.prices.clone();
    again.clock.advance(Span::seconds(10));
    let renewed = |h: &Harness| !std::sync::Arc::ptr_eq(&h.prices, &before);
    again.updated("prices are told again", renewed).await;
    (again, told)
}

#[tokio::test]
async fn first_prices_are_shaded_by_what_the_exchange_tells() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let outcome = play(&mut harness, Tells::PriceToWin).await;
    judge(&outcome, 0.93);

    let (free, floored) = (
        landscape(&harness, 0).await,
        landscape(&harness, 600_000).await,
    );
    for told in [&free, &floored] {
        assert!(told.points.len() > 10 && told.auctions > 50.0, "{told:?}");
        assert!(told.best_bid_cpm_micros < told.worth_cpm_micros, "{told:?}");
        assert!(told.points.is_sorted_by_key(|point| point.bid_cpm_micros));
        assert!(
            told.context
                .contains("first-price auctions, banner, 300x250"),
            "{told:?}"
        );
    }
    // Where there is a floor the others bid twice as much.
    let median = |told: &v1::BidLandscape| {
        let mut points = told.points.iter();
        points
            .find(|point| point.win_percent >= 50.0)
            .unwrap()
            .bid_cpm_micros
    };
    assert!(
        median(&floored) > 3 * median(&free) / 2,
        "{floored:?} {free:?}"
    );
    assert!(
        free.context.contains("were made to learn") && free.context.ends_with(" USD"),
        "{}",
        free.context
    );

    // And it is told with the campaign's spend.
    let request = v1::WatchPacingRequest {
        name: CAMPAIGN.to_string(),
        message_limit: 1,
    };
    let told = harness.reports().watch_pacing(request).await.unwrap();
    let told = told.into_inner().message().await.unwrap().unwrap();
    let spent = told.campaigns[0].exploration.unwrap();
    let won = format!(" and {} of them won", spent.price_impressions);
    assert!(free.context.contains(&won), "{spent:?} {}", free.context);
    let share = (0.1..5.0).contains(&spent.share_percent);
    assert!(share && spent.price_spend_micros > 0, "{spent:?}");
    let of_ads = told.campaigns[0]
        .ads
        .iter()
        .map(|it| it.exploration.unwrap());
    let of_ads: i64 = of_ads.map(|it| it.price_impressions).sum();
    assert_eq!((of_ads, spent.ad_impressions), (spent.price_impressions, 0));

    // What was learned outlives a restart.
    let (again, told) = told_again(harness, directory.path()).await;
    assert!(told.iter().all(Option::is_some));
    assert!(
        table(&again.prices) == told,
        "bidders are told other prices than before"
    );
    let explored = |told: &v1::BidLandscape| told.context.split_once("; ").unwrap().1.to_string();
    let after = landscape(&again, 0).await;
    assert!(after.points.len() > 10, "{after:?}");
    assert_eq!(explored(&after), explored(&free));
}

#[tokio::test]
async fn first_prices_are_shaded_though_nobody_tells_what_would_have_won() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let outcome = play(&mut harness, Tells::Little).await;
    judge(&outcome, 0.9);
}

#[tokio::test]
async fn a_deleted_ad_speaks_for_no_campaign() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let request = v1::GetBidLandscapeRequest {
        name: CAMPAIGN.to_string(),
        ..Default::default()
    };
    let ask = async || {
        let mut reports = harness.reports();
        reports.get_bid_landscape(request.clone()).await
    };
    ask().await.unwrap();
    let delete = v1::DeleteAdRequest {
        name: AD.to_string(),
        ..Default::default()
    };
    harness.ads().delete_ad(delete).await.unwrap();
    refused(ask().await, Code::FailedPrecondition, "NO_ADS");
}
