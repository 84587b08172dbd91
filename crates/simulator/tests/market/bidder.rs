//! A bidder of few words: one banner of each common size at a fixed price, signed notices, and counts.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auction::book::Inventory;
use auction::token::{self, Click, Notice, NoticeUrls, Quantity, Signed, TokenKeys, TokenSecret};
use bytes::Bytes;
use campaign::ad::{Ad, Budget, Delivery, Goal, Share, State};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::creative::{Banner, BannerMarkup, Creative, Format, Material, Size};
use campaign::exchange::BillingNotice;
use campaign::id::{AdId, AdvertiserId, BidId, CampaignId, CreativeId, LeaseId};
use campaign::money::{Cpm, Currency, Money};
use campaign::spending::Spending;
use campaign::targeting::Expression;
use campaign::time::{Clock, Flight, TimeZone, Timestamp};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use journal::context::PriceContext;
use journal::entry::BidTerms;
use serde_json::{Value, json};
use simulator::audit::books::{Posted, Statement};
use simulator::world::marketplace::Marketplace;
use tokio::net::TcpListener;

/// What the bidder does otherwise than it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Nothing.
    Honest,
    /// It answers after every exchange has given up.
    Late,
    /// Its answers are no JSON.
    Garbled,
    /// It bids a micro below the floor.
    BelowFloor,
    /// It acknowledges the third billing and forgets it.
    Forgets,
    /// It counts the second notice of a billing too.
    CountsTwice,
    /// It charges a nano more for each ninth billing.
    ChargesMore,
    /// It is not there for the first notice of each kind about a bid.
    Flaky,
    /// Its clicks lead elsewhere.
    LeadsElsewhere,
    /// Its clicks can be followed though nobody allowed it.
    Tracks,
    /// It takes none of its own notices for its own.
    Disowns,
}

/// The sizes of which it has a banner; the creative's number is the place in the list, from 1.
const SIZES: [(i32, i32); 8] = [
    (300, 250),
    (320, 50),
    (728, 90),
    (160, 600),
    (300, 600),
    (320, 480),
    (970, 250),
    (336, 280),
];
const PRICE: Cpm = Cpm(2_345_678);
const LANDING: &str = "https://quiet.example/offer?from=ad#top";

pub struct Bidder {
    pub address: String,
    connections: Arc<AtomicUsize>,
    state: Arc<Shop>,
}

struct Shop {
    manner: Manner,
    base: String,
    keys: TokenKeys,
    clock: Arc<dyn Clock>,
    marketplaces: Vec<Marketplace>,
    books: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    bids: u64,
    seen: BTreeSet<(&'static str, String)>,
    tried: BTreeSet<String>,
    billings: u64,
    posted: BTreeMap<AdId, Posted>,
}

impl Bidder {
    pub async fn start(manner: Manner, clock: Arc<dyn Clock>) -> Bidder {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        let secret = TokenSecret {
            id: 1,
            secret: [9; 32],
        };
        let state = Arc::new(Shop {
            manner,
            base: format!("http://{address}"),
            keys: TokenKeys::new(secret, &[]).expect("one key"),
            clock,
            marketplaces: Marketplace::defaults(),
            books: Mutex::default(),
        });
        let shop = state.clone();
        let connections = Arc::new(AtomicUsize::new(0));
        let opened = connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                opened.fetch_add(1, Ordering::Relaxed);
                let shop = shop.clone();
                let serve = service_fn(move |request| shop.clone().answer(request));
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), serve);
                tokio::spawn(async move { drop(connection.await) });
            }
        });
        Bidder {
            address,
            connections,
            state,
        }
    }

    /// How many connections were opened so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub fn statement(&self) -> Statement {
        let posted = self.state.books.lock().expect("no panic").posted.clone();
        let mut all = Posted::default();
        let counts = |posted: &Posted| {
            [
                posted.wins,
                posted.billed,
                posted.clicks,
                posted.conversions,
            ]
        };
        for one in posted.values() {
            all.spend += one.spend;
            let sums: Vec<_> = counts(&all)
                .into_iter()
                .zip(counts(one))
                .map(|(a, b)| Some(a? + b?))
                .collect();
            [all.wins, all.billed, all.clicks, all.conversions] =
                [sums[0], sums[1], sums[2], sums[3]];
        }
        Statement {
            ads: posted,
            campaigns: BTreeMap::from([(CampaignId(5), all)]),
            ..Statement::default()
        }
    }
}

/// What it has to sell, as the auditor is told: each size is an ad of its own.
pub fn inventory() -> Inventory {
    let flight = Flight {
        start: Timestamp(0),
        end: None,
    };
    let ad = |number: u64| Ad {
        id: AdId(number),
        campaign: CampaignId(5),
        display_name: String::new(),
        state: State::Active,
        flight,
        budget: Budget::default(),
        goal: Goal::FixedCpm(PRICE),
        max_bid: PRICE,
        delivery: Delivery::default(),
        frequency_caps: Vec::new(),
        targeting: Expression::default(),
        creatives: vec![CreativeId(number)],
        share: Share::default(),
    };
    let creative = |(number, (width, height)): (u64, (i32, i32))| Creative {
        id: CreativeId(number),
        advertiser: AdvertiserId(1),
        display_name: String::new(),
        landing_url: LANDING.to_string(),
        advertiser_domains: vec!["quiet.example".to_string()],
        categories: vec!["IAB3-1".to_string()],
        category_taxonomy: 1,
        attributes: Vec::new(),
        language: String::new(),
        app_bundle: String::new(),
        material: Material::Banner(Banner {
            size: Size { width, height },
            markup: BannerMarkup::Html(String::new()),
            apis: Vec::new(),
        }),
    };
    Inventory {
        advertisers: vec![Advertiser {
            id: AdvertiserId(1),
            display_name: "Quiet".to_string(),
            state: State::Active,
            currency: Currency::USD,
            time_zone: TimeZone::default(),
            budget: Budget::default(),
            click_window_days: 30,
        }],
        campaigns: vec![Campaign {
            id: CampaignId(5),
            advertiser: AdvertiserId(1),
            display_name: "Always".to_string(),
            state: State::Active,
            flight,
            time_zone: TimeZone::default(),
            budget: Budget::default(),
            frequency_caps: Vec::new(),
            spending: Spending::default(),
            share: Share::default(),
        }],
        ads: (1..=SIZES.len() as u64).map(ad).collect(),
        creatives: (1..).zip(SIZES).map(creative).collect(),
        exchanges: Marketplace::defaults()
            .into_iter()
            .map(|marketplace| marketplace.exchange)
            .collect(),
        ..Inventory::default()
    }
}

type Reply = Response<Full<Bytes>>;

fn reply(status: StatusCode, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = status;
    reply
}

impl Shop {
    async fn answer(self: Arc<Shop>, request: Request<Incoming>) -> Result<Reply, Infallible> {
        let (head, body) = request.into_parts();
        let path = head.uri.path().to_string();
        let query = head.uri.query().unwrap_or_default().to_string();
        if let Some(exchange) = path.strip_prefix("/bid/") {
            if head.method != Method::POST {
                return Ok(reply(StatusCode::METHOD_NOT_ALLOWED, ""));
            }
            let body = body
                .collect()
                .await
                .map(|body| body.to_bytes())
                .unwrap_or_default();
            let mut text = Vec::new();
            match head.headers.get("content-encoding") {
                Some(_) => drop(flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut text)),
                None => text.extend_from_slice(&body),
            }
            return Ok(self.bid(exchange, &text).await);
        }
        if let Some((kind, token)) = path
            .strip_prefix("/n/")
            .and_then(|rest| rest.split_once('/'))
        {
            return Ok(self.notice(kind, token, &query));
        }
        Ok(self.conversion(&query))
    }

    async fn bid(&self, exchange: &str, body: &[u8]) -> Reply {
        if self.manner == Manner::Late {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        let Ok(request) = serde_json::from_slice::<Value>(body) else {
            return reply(StatusCode::BAD_REQUEST, "");
        };
        let marketplace = self
            .marketplaces
            .iter()
            .find(|marketplace| marketplace.exchange.name == exchange);
        let Some(marketplace) = marketplace.filter(|m| m.exchange.currency == Currency::USD) else {
            return reply(StatusCode::NO_CONTENT, "");
        };
        let imps = request["imp"].as_array().into_iter().flatten().enumerate();
        let bids: Vec<Value> = imps
            .filter_map(|(place, imp)| self.bid_on(place, imp, marketplace))
            .collect();
        if bids.is_empty() {
            return reply(StatusCode::NO_CONTENT, "");
        }
        let seat = json!({"seat": "outbid", "bid": bids});
        let mut text = json!({"id": request["id"], "cur": "USD", "seatbid": [seat]}).to_string();
        if self.manner == Manner::Garbled {
            text.truncate(text.len() / 2);
        }
        let mut answer = reply(StatusCode::OK, text);
        answer
            .headers_mut()
            .insert("content-type", "application/json".parse().expect("a value"));
        answer
            .headers_mut()
            .insert("x-openrtb-version", "2.6".parse().expect("a value"));
        answer
    }

    fn bid_on(&self, place: usize, imp: &Value, marketplace: &Marketplace) -> Option<Value> {
        let asked = imp["banner"]["format"].as_array()?;
        let (number, (w, h)) = (1..)
            .zip(SIZES)
            .find(|(_, (w, h))| asked.iter().any(|f| f["w"] == *w && f["h"] == *h))?;
        let floor = Cpm::parse(
            &imp["bidfloor"].as_f64().unwrap_or(0.0).to_string(),
            Currency::USD,
        )
        .ok()?;
        let low = self.manner == Manner::BelowFloor;
        let price = if low { Cpm(floor.0 - 1) } else { PRICE };
        if (price < floor) != low || price <= Cpm::ZERO || imp["pmp"]["private_auction"] == 1 {
            return None;
        }
        let bid = {
            let mut books = self.books.lock().expect("no panic");
            books.bids += 1;
            BidId {
                sequence: books.bids,
                ..BidId::default()
            }
        };
        let now = self.clock.now();
        let terms = BidTerms {
            bid,
            exchange: marketplace.exchange.id,
            impression: place as u16,
            ad: AdId(number),
            creative: CreativeId(number),
            format: Format::Banner,
            lease: LeaseId(1),
            day: TimeZone::default().day(now).day,
            max_cost: price.impression_cost(),
            currency: Currency::USD,
            fx_nanos: 1_000_000_000,
            issued: now,
            user: 0,
            measured: self.manner != Manner::Tracks,
            context: PriceContext::NONE,
        };
        let signed = Signed::new(&terms, &self.keys);
        let arena = bumpalo::Bump::new();
        let urls = NoticeUrls {
            base: &self.base,
            signed: &signed,
            quantity: Quantity::One,
            arena: &arena,
        };
        let burl = marketplace.exchange.billing == BillingNotice::Burl;
        let pixel = if burl {
            urls.impression()
        } else {
            urls.billing_impression()
        };
        let (view, click) = (urls.view(), urls.click());
        let adm = format!(
            r#"<div><img src="{pixel}" alt=""><script>beacon("{view}")</script><a href="{click}">an offer</a></div>"#
        );
        let mut answer = json!({
            "id": bid.to_string(), "impid": imp["id"], "price": price.0 as f64 / 1e6, "adid": number.to_string(),
            "cid": "5", "crid": number.to_string(), "adomain": ["quiet.example"], "cat": ["IAB3-1"], "cattax": 1,
            "mtype": 1, "w": w, "h": h, "adm": adm, "nurl": urls.win(),
            "lurl": urls.loss(),
        });
        if burl {
            answer["burl"] = json!(urls.billing());
        }
        Some(answer)
    }

    fn notice(&self, kind: &str, token: &str, query: &str) -> Reply {
        let Some(kind) = Notice::parse(kind) else {
            return reply(StatusCode::NOT_FOUND, "");
        };
        let Ok(terms) = token::verify(token, kind.class(), &self.keys) else {
            return reply(StatusCode::FORBIDDEN, "");
        };
        if self.manner == Manner::Disowns {
            return reply(StatusCode::FORBIDDEN, "");
        }
        let mut books = self.books.lock().expect("no panic");
        if self.manner == Manner::Flaky && books.tried.insert(format!("{kind:?}{}", terms.bid)) {
            return reply(StatusCode::SERVICE_UNAVAILABLE, "");
        }
        let price = query.split('&').find_map(|part| part.strip_prefix("p="));
        let bills = kind == Notice::Billing || (kind == Notice::Impression && price.is_some());
        let name = if bills { "billing" } else { kind.name() };
        let first = books.seen.insert((name, terms.bid.to_string()));
        let posted = books.posted.entry(terms.ad).or_insert(Posted {
            wins: Some(0),
            billed: Some(0),
            clicks: Some(0),
            conversions: Some(0),
            ..Posted::default()
        });
        let more = |count: &mut Option<u64>| *count = count.map(|count| count + u64::from(first));
        match kind {
            Notice::Win => more(&mut posted.wins),
            Notice::Click => more(&mut posted.clicks),
            _ => {}
        }
        if bills && (first || self.manner == Manner::CountsTwice) {
            books.billings += 1;
            let nth = books.billings;
            let cost = Cpm::parse(price.expect("it bills"), Currency::USD)
                .expect("a price")
                .impression_cost();
            let extra = Money(i64::from(
                self.manner == Manner::ChargesMore && nth.is_multiple_of(9),
            ));
            if self.manner != Manner::Forgets || nth != 3 {
                let posted = books.posted.get_mut(&terms.ad).expect("it was made above");
                posted.spend += cost.min(terms.max_cost) + extra;
                posted.billed = posted.billed.map(|count| count + 1);
            }
        }
        drop(books);
        if kind != Notice::Click {
            return reply(StatusCode::NO_CONTENT, "");
        }
        let mut id = String::new();
        Click {
            terms,
            at: self.clock.now(),
        }
        .push_id(&self.keys, &mut id);
        let place = if self.manner == Manner::LeadsElsewhere {
            "https://evil.example/?"
        } else {
            "https://quiet.example/offer?from=ad&"
        };
        let mut answer = reply(StatusCode::FOUND, "");
        let location = format!("{place}obclid={id}#top").parse().expect("a value");
        answer.headers_mut().insert("location", location);
        answer
    }

    fn conversion(&self, query: &str) -> Reply {
        let field = |name: &str| {
            query
                .split('&')
                .find_map(|part| part.strip_prefix(name))
                .unwrap_or_default()
                .to_string()
        };
        let Ok(click) = Click::verify_id(&field("obclid="), &self.keys) else {
            return reply(StatusCode::FORBIDDEN, "");
        };
        let mut books = self.books.lock().expect("no panic");
        if books.seen.insert(("conversion", field("order="))) {
            let posted = books.posted.entry(click.terms.ad).or_default();
            posted.conversions = Some(posted.conversions.unwrap_or(0) + 1);
        }
        reply(StatusCode::NO_CONTENT, "")
    }
}
