//! A bidder over a real socket, a control that grants what is asked, and a client that sends bytes.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "tests, each of which uses its own part"
)]

mod client;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auction::book::{AdTerms, BidTally, Book, Inventory, Update};
use auction::dice::DiceKey;
use auction::prices::Offered;
use auction::privacy::PrivacySettings;
use auction::reason::NoBidReason;
use auction::token::{TokenKeys, TokenSecret};
use bidder::config::{Config, RawConfig};
use bidder::{BidderHandle, ControlLinks, Readiness, Seams};
use campaign::ad::{Ad, Budget, Delivery, FrequencyCap, Goal, Share, State};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::creative::{Banner, BannerMarkup, Creative, Material, Size};
use campaign::exchange::{BillingNotice, Exchange, NoBidForm};
use campaign::id::{AdId, AdvertiserId, CampaignId, CreativeId, ExchangeId, Incarnation, LeaseId};
use campaign::money::{Cpm, Currency, Money};
use campaign::spending::Spending;
use campaign::targeting::Expression;
use campaign::time::{Day, Flight, ManualClock, Span, TimeZone, Timestamp};
use journal::codec;
use journal::entry::{Entry, Event};
use journal::position::Position;
use openrtb::consent::VendorConfig;
use pacing::lease::{GrantAnswer, GrantRequest, LeaseGrant, LeaseMessage, LeaseReturn};
use store::disk::simulated::SimulatedDisk;
use store::segment::outbox::Outbox;
use store::segment::reader::Reader;
use store::segment::writer::Writer;
use tokio::sync::mpsc;

pub use client::{Client, Reply, get, post};

pub const AD: AdId = AdId(31);
pub const ADVERTISER: AdvertiserId = AdvertiserId(11);
pub const NOW: Timestamp = Timestamp(1_795_000_000_000);
pub const TTL: Span = Span::seconds(5);

/// The secret that signs notices in tests.
pub fn keys() -> TokenKeys {
    let secret = TokenSecret {
        id: 1,
        secret: [7; 32],
    };
    TokenKeys::new(secret, &[]).unwrap()
}

pub fn exchange(id: u64, name: &str) -> Exchange {
    Exchange {
        auction_type: 1,
        timeout_margin: Span::milliseconds(5),
        // Tests run on busy machines: only a test of lateness sets less.
        default_timeout: Span::minutes(1),
        ..Exchange::new(ExchangeId(id), name, "outbid")
    }
}

/// One advertiser with one campaign with one ad with one banner, on three exchanges.
pub fn inventory() -> Inventory {
    let pixel = Exchange {
        billing: BillingNotice::ImpressionPixel,
        ..exchange(2, "pixel")
    };
    let reasons = Exchange {
        no_bid: NoBidForm::Reason,
        ..exchange(3, "reasons")
    };
    Inventory {
        version: 1,
        advertisers: vec![Advertiser {
            id: ADVERTISER,
            display_name: "Acme".to_string(),
            state: State::Active,
            currency: Currency::USD,
            time_zone: TimeZone::default(),
            budget: Budget::default(),
            click_window_days: 30,
        }],
        campaigns: vec![Campaign {
            id: CampaignId(21),
            advertiser: ADVERTISER,
            display_name: "Spring".to_string(),
            state: State::Active,
            flight: Flight::default(),
            time_zone: TimeZone::default(),
            budget: Budget::default(),
            frequency_caps: Vec::new(),
            spending: Spending::default(),
            share: Share::default(),
        }],
        ads: vec![ad(AD)],
        creatives: vec![Creative {
            id: CreativeId(41),
            advertiser: ADVERTISER,
            display_name: "Square".to_string(),
            landing_url: "https://acme.example/spring?x=1#top".to_string(),
            advertiser_domains: vec!["acme.example".to_string()],
            categories: Vec::new(),
            category_taxonomy: 1,
            attributes: Vec::new(),
            language: String::new(),
            app_bundle: String::new(),
            material: Material::Banner(Banner {
                size: Size {
                    width: 300,
                    height: 250,
                },
                markup: BannerMarkup::Image {
                    url: "https://cdn.example/spring.png".to_string(),
                    alt: "Spring".to_string(),
                },
                apis: Vec::new(),
            }),
        }],
        exchanges: vec![exchange(1, "demo"), pixel, reasons],
        market_version: 1,
        ..Inventory::default()
    }
}

pub fn ad(id: AdId) -> Ad {
    Ad {
        id,
        campaign: CampaignId(21),
        display_name: format!("Ad {id}"),
        state: State::Active,
        flight: Flight::default(),
        budget: Budget::default(),
        goal: Goal::FixedCpm(Cpm(2_000_000)),
        max_bid: Cpm(2_000_000),
        delivery: Delivery::AsFastAsPossible,
        frequency_caps: Vec::new(),
        targeting: Expression::default(),
        creatives: vec![CreativeId(41)],
        share: Share::default(),
    }
}

pub fn capped(impressions: u32) -> Inventory {
    let mut inventory = inventory();
    inventory.ads[0].frequency_caps = vec![FrequencyCap {
        impressions,
        period: Span::days(1),
    }];
    inventory
}

/// A request that the inventory's ad bids on.
pub const REQUEST: &str = r#"{"id":"r1","tmax":60000,"imp":[{"id":"1","banner":{"w":300,"h":250},"bidfloor":0.5}],
    "site":{"domain":"news.example","page":"https://news.example/a"},"device":{"ip":"203.0.113.9","ifa":"6d92078a-8246-4ba4-ae5b-76104861e7dc"},
    "user":{"id":"user-of-the-exchange"}}"#;

/// What the control of a test does.
#[derive(Clone, Copy, Debug)]
pub struct Generosity {
    /// The most that one grant is.
    pub amount: Money,
    /// Whether requests are answered at all.
    pub answers: bool,
}

impl Default for Generosity {
    fn default() -> Generosity {
        Generosity {
            amount: Money::MAX,
            answers: true,
        }
    }
}

/// What the control of a test was told.
#[derive(Debug, Default)]
pub struct Told {
    pub requests: Vec<GrantRequest>,
    pub grants: Vec<LeaseGrant>,
    pub returns: Vec<LeaseReturn>,
}

pub struct Fixture {
    pub bidder: Option<BidderHandle>,
    pub clock: Arc<ManualClock>,
    pub disk: SimulatedDisk,
    pub updates: mpsc::Sender<Update>,
    pub tallies: mpsc::Receiver<Vec<BidTally>>,
    pub offers: mpsc::Receiver<Vec<Offered>>,
    pub told: Arc<Mutex<Told>>,
    pub generosity: Arc<Mutex<Generosity>>,
    pub journal_thread: Option<store::segment::outbox::OutboxThread>,
}

pub struct Setup {
    pub raw: RawConfig,
    pub inventory: Inventory,
    pub generosity: Generosity,
    pub history: Vec<Entry>,
    pub disk: SimulatedDisk,
    pub queue: usize,
    pub assume_gdpr: bool,
    /// Control has not sent its book yet.
    pub no_book: bool,
}

impl Default for Setup {
    fn default() -> Setup {
        Setup {
            raw: RawConfig {
                listen: "127.0.0.1:0".to_string(),
                public_url: "http://bid.example".to_string(),
                ..RawConfig::default()
            },
            inventory: inventory(),
            generosity: Generosity::default(),
            history: Vec::new(),
            disk: SimulatedDisk::new(),
            queue: 1_024,
            assume_gdpr: false,
            no_book: false,
        }
    }
}

impl Setup {
    /// Starts a bidder, and waits until it is ready and has money.
    pub async fn start(self) -> Fixture {
        let answers = self.generosity.answers;
        let fixture = self.start_unready().await;
        fixture
            .until(|f| f.bidder().readiness() == Readiness::Ready)
            .await;
        if answers {
            fixture
                .until(|f| !f.told.lock().unwrap().grants.is_empty())
                .await;
            // The grant has been sent; it is taken when the ad is not waiting for it any more.
            fixture.until(|f| !f.awaits_lease()).await;
        }
        fixture
    }

    pub async fn start_unready(self) -> Fixture {
        let config: Config = self.raw.check().unwrap();
        let clock = Arc::new(ManualClock::new(NOW));
        let (writer, _) = Writer::open(self.disk.clone()).unwrap();
        let (outbox, journal_thread) = Outbox::start(writer, self.queue).unwrap();
        let (updates, updates_in) = mpsc::channel(16);
        let (answers, answers_in) = mpsc::channel(1_024);
        let (leases, lease_messages) = mpsc::channel(1_024);
        let (tallies_out, tallies) = mpsc::channel(16);
        let (offers_out, offers) = mpsc::channel(16);
        let told = Arc::new(Mutex::new(Told::default()));
        let generosity = Arc::new(Mutex::new(self.generosity));
        tokio::spawn(control(
            lease_messages,
            answers,
            Arc::clone(&told),
            Arc::clone(&generosity),
        ));
        let seams = Seams {
            clock: clock.clone(),
            incarnation: Incarnation { node: 1, start: 1 },
            keys: keys(),
            dice: DiceKey([3; 16]),
            privacy: PrivacySettings {
                vendor: VendorConfig {
                    assume_gdpr: self.assume_gdpr,
                    ..VendorConfig::default()
                },
                user_key: [9; 16],
            },
            outbox,
            links: ControlLinks {
                updates: updates_in,
                answers: answers_in,
                leases,
                tallies: tallies_out,
                offers: offers_out,
            },
            history: Box::new(self.history.into_iter()),
        };
        let bidder = bidder::start(config, seams).await.unwrap();
        if !self.no_book {
            updates.send(book(self.inventory)).await.unwrap();
        }
        Fixture {
            bidder: Some(bidder),
            clock,
            disk: self.disk,
            updates,
            tallies,
            offers,
            told,
            generosity,
            journal_thread: Some(journal_thread),
        }
    }
}

/// The update that brings this inventory.
pub fn book(inventory: Inventory) -> Update {
    let terms = inventory
        .ads
        .iter()
        .map(|ad| (ad.id, AdTerms::of(ad, 1)))
        .collect();
    Update::Book {
        book: Arc::new(Book::build(inventory)),
        terms,
    }
}

/// Grants what is asked, within its generosity, and writes down what it is told.
async fn control(
    mut messages: mpsc::Receiver<LeaseMessage>,
    answers: mpsc::Sender<GrantAnswer>,
    told: Arc<Mutex<Told>>,
    generosity: Arc<Mutex<Generosity>>,
) {
    let mut next_lease = 100;
    while let Some(message) = messages.recv().await {
        let requests = match message {
            LeaseMessage::Requests(requests) => requests,
            LeaseMessage::Return(returned) => {
                told.lock().unwrap().returns.push(returned);
                continue;
            }
        };
        for request in requests {
            let generous = *generosity.lock().unwrap();
            told.lock().unwrap().requests.push(request);
            if !generous.answers {
                continue;
            }
            next_lease += 1;
            let spend_until = request.sent + Span(TTL.0 * 98 / 100);
            let grant = LeaseGrant {
                id: LeaseId(next_lease),
                ad: request.ad,
                holder: request.holder,
                request: request.request,
                amount: request.wanted.min(generous.amount),
                advertiser_day: Day(0),
                campaign_day: Day(0),
                spend_until,
                release_at: spend_until + Span::minutes(5),
            };
            told.lock().unwrap().grants.push(grant);
            if answers.send(GrantAnswer::Granted(grant)).await.is_err() {
                return;
            }
        }
    }
}

impl Fixture {
    fn awaits_lease(&self) -> bool {
        let explainer = self.bidder().explainer();
        let explained = explainer.explain("demo", REQUEST.as_bytes());
        explained.unwrap().refused == Some(NoBidReason::AwaitingLease)
    }

    pub fn bidder(&self) -> &BidderHandle {
        self.bidder.as_ref().expect("it has not been drained")
    }

    /// Waits for what will come; the test runner ends a test that waits for ever.
    pub async fn until(&self, come: impl Fn(&Fixture) -> bool) {
        while !come(self) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    pub async fn connect(&self) -> Client {
        Client::to(self.bidder().local_addr()).await
    }

    /// One request on a connection of its own.
    pub async fn send(&self, request: impl AsRef<[u8]>) -> Reply {
        self.connect().await.send(request).await.unwrap()
    }

    pub async fn bid(&self, exchange: &str, body: &str) -> Reply {
        self.send(post(exchange, "", body.as_bytes())).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(get(path)).await
    }

    /// What the journal holds, as another process would read it.
    pub fn journal(&self) -> Vec<Entry> {
        let mut reader = Reader::offline(self.disk.clone(), Position::START).unwrap();
        let records = reader.read_batch(usize::MAX).unwrap();
        let entries = records.iter().map(|(_, bytes)| codec::decode(bytes));
        entries.collect::<Result<_, _>>().unwrap()
    }
}

/// What happened, in words that a test can list.
pub fn words(entry: &Entry) -> String {
    match &entry.event {
        Event::Win { price, .. } => format!("win {price:?}"),
        Event::Billing { price, .. } => format!("billing {price:?}"),
        Event::Loss {
            reason, min_to_win, ..
        } => format!("loss {reason:?} {min_to_win:?}"),
        Event::Impression { .. } => "impression".to_string(),
        Event::View { .. } => "view".to_string(),
        Event::Click { .. } => "click".to_string(),
        Event::Conversion {
            order,
            value,
            credited,
            ..
        } => {
            let clicked = credited.map(|(_, at)| at - NOW);
            format!("conversion {order} {value:?} {clicked:?}")
        }
    }
}

/// The same of everything that the journal holds.
pub fn journal(bidder: &Fixture) -> Vec<String> {
    bidder.journal().iter().map(words).collect()
}
