//! A small market for tests: one advertiser, one campaign, ads that a test adds, and a state that answers from a table.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its own part of the market, and a test may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use auction::book::{AdTerms, Book, Inventory, Slot};
use auction::decide::{Desk, decide};
use auction::dice::DiceKey;
use auction::explain::{Explanation, explain};
use auction::markup::Renderer;
use auction::prices::Shade;
use auction::privacy::{PrivacySettings, Reduced, reduce_known};
use auction::reason::NoBidReason;
use auction::state::{Scope, State, Witness};
use auction::terms::Terms;
use auction::token::{TokenKeys, TokenSecret};
use bumpalo::Bump;
use campaign::ad::{Ad, Budget, Delivery, FrequencyCap, Goal, Share};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::creative::{
    Banner, BannerMarkup, Creative, Image, Material, MediaFile, MediaSource, Native, Size, Video,
};
use campaign::exchange::Exchange;
use campaign::id::{
    AdId, AdvertiserId, BidId, CampaignId, CreativeId, ExchangeId, Incarnation, LeaseId,
};
use campaign::money::{Cpm, Currency, Money, RateTable};
use campaign::spending::Spending;
use campaign::targeting::Expression;
use campaign::time::{Flight, Span, TimeZone, Timestamp};
use journal::context::PriceContext;
use openrtb::consent::VendorConfig;

pub mod generated;

/// Compiling templates takes long, and they are the same for every test.
static RENDERER: LazyLock<Renderer> = LazyLock::new(Renderer::new);

pub const NOW: &str = "2026-11-20T12:00:00Z";

pub fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

pub fn size(width: i32, height: i32) -> Size {
    Size { width, height }
}

pub fn creative(id: u64, material: Material) -> Creative {
    Creative {
        id: CreativeId(id),
        advertiser: AdvertiserId(1),
        display_name: format!("creative {id}"),
        landing_url: "https://shop.example/landing".to_string(),
        advertiser_domains: vec!["shop.example".to_string()],
        categories: vec!["IAB22-1".to_string()],
        category_taxonomy: 1,
        attributes: vec![],
        language: String::new(),
        app_bundle: String::new(),
        material,
    }
}

pub fn banner(id: u64, width: i32, height: i32) -> Creative {
    let markup = BannerMarkup::Image {
        url: "https://cdn.example/a.png".to_string(),
        alt: "A".to_string(),
    };
    creative(
        id,
        Material::Banner(Banner {
            size: size(width, height),
            markup,
            apis: vec![],
        }),
    )
}

pub fn html_banner(id: u64, html: &str) -> Creative {
    let markup = BannerMarkup::Html(html.to_string());
    creative(
        id,
        Material::Banner(Banner {
            size: size(300, 250),
            markup,
            apis: vec![],
        }),
    )
}

pub fn video(id: u64, seconds: i64) -> Creative {
    let file = MediaFile {
        url: "https://cdn.example/a.mp4".to_string(),
        mime_type: "video/mp4".to_string(),
        size: size(1280, 720),
        bitrate_kbps: 1_500,
    };
    creative(
        id,
        Material::Video(Video {
            duration: Span::seconds(seconds),
            source: MediaSource::Inline(vec![file]),
            skip_after: None,
            apis: vec![],
            companion: None,
        }),
    )
}

pub fn native(id: u64) -> Creative {
    let image = Image {
        url: "https://cdn.example/n.png".to_string(),
        size: size(1200, 627),
    };
    creative(
        id,
        Material::Native(Native {
            title: "Shoes".to_string(),
            image: Some(image),
            ..Native::default()
        }),
    )
}

pub fn ad(id: u64, cpm: &str, creatives: &[u64]) -> Ad {
    Ad {
        id: AdId(id),
        campaign: CampaignId(1),
        display_name: format!("ad {id}"),
        state: campaign::ad::State::Active,
        flight: Flight::default(),
        budget: Budget::default(),
        goal: Goal::FixedCpm(Cpm::parse(cpm, Currency::USD).unwrap()),
        max_bid: Cpm::parse("100", Currency::USD).unwrap(),
        delivery: Delivery::AsFastAsPossible,
        frequency_caps: vec![],
        targeting: Expression::default(),
        creatives: creatives.iter().map(|id| CreativeId(*id)).collect(),
        share: Share::default(),
    }
}

/// What a test sells, and how the world answers.
#[derive(Debug)]
pub struct Market {
    pub inventory: Inventory,
    pub world: World,
    pub vendor: VendorConfig,
}

/// The state, from tables.
#[derive(Debug, Default)]
pub struct World {
    /// What is best to bid in first-price auctions.
    pub shade: Option<Shade>,
    pub terms: BTreeMap<AdId, AdTerms>,
    pub broke: BTreeSet<AdId>,
    pub shown: u32,
    pub reserved: Vec<(AdId, Money)>,
    pub pended: Vec<(u64, AdId)>,
    bids: u64,
    ads: Vec<Ad>,
}

impl Market {
    pub fn new(ads: Vec<Ad>, creatives: Vec<Creative>) -> Market {
        let mut rates = RateTable::default();
        rates.set(Currency::EUR, "1.1").unwrap();
        Market {
            inventory: Inventory {
                version: 1,
                advertisers: vec![Advertiser {
                    id: AdvertiserId(1),
                    display_name: "Shop".to_string(),
                    state: campaign::ad::State::Active,
                    currency: Currency::USD,
                    time_zone: TimeZone::default(),
                    budget: Budget::default(),
                    click_window_days: 30,
                }],
                campaigns: vec![Campaign {
                    id: CampaignId(1),
                    advertiser: AdvertiserId(1),
                    display_name: "Spring".to_string(),
                    state: campaign::ad::State::Active,
                    flight: Flight::default(),
                    time_zone: TimeZone::default(),
                    budget: Budget::default(),
                    frequency_caps: vec![],
                    spending: Spending::default(),
                    share: Share::default(),
                }],
                ads,
                creatives,
                market_version: 1,
                exchanges: vec![exchange()],
                deals: Vec::new(),
                block_lists: Vec::new(),
                rates,
                ..Inventory::default()
            },
            world: World::default(),
            vendor: VendorConfig {
                tcf_vendor_id: Some(7),
                ..VendorConfig::default()
            },
        }
    }

    /// One ad of 2 USD CPM with a 300x250 banner, changed as the test wants.
    pub fn of_banner(change: impl FnOnce(&mut Ad, &mut Creative)) -> Market {
        let (mut ad, mut creative) = (ad(1, "2", &[1]), banner(1, 300, 250));
        change(&mut ad, &mut creative);
        Market::new(vec![ad], vec![creative])
    }

    /// Decides a request and hands the answer to `look`, with what each ad was refused for.
    pub fn decide<T>(&mut self, body: &str, look: impl FnOnce(Answer<'_>) -> T) -> T {
        self.at_desk(body, |desk, reduced, world, arena| {
            let mut refusals = Refusals::default();
            let result = decide(desk, reduced, world, &mut refusals, arena);
            look(Answer {
                result,
                refusals: refusals.0,
            })
        })
    }

    /// Explains a request.
    pub fn explain(&mut self, body: &str) -> Explanation {
        self.at_desk(body, explain)
    }

    /// Reads and reduces a request, and hands all that a decision takes to `work`.
    pub fn at_desk<T>(
        &mut self,
        body: &str,
        work: impl for<'a> FnOnce(&Desk<'a>, &'a Reduced<'a>, &mut World, &'a Bump) -> T,
    ) -> T {
        let book = Book::build(self.inventory.clone());
        let arena = Bump::new();
        let request = openrtb::request::parse(body.as_bytes(), &arena).unwrap();
        let settings = PrivacySettings {
            vendor: self.vendor,
            user_key: [3; 16],
        };
        let exchange = book.exchanges()[0].clone();
        let reduced = reduce_known(request, exchange.id, &settings, book.members(now()), &arena);
        let (keys, dice) = (keys(), DiceKey([5; 16]));
        self.world.ads = book.offers().iter().map(|offer| offer.ad.clone()).collect();
        let terms = Terms::new(&book, now(), |offer| self.world.terms_of(&offer.ad));
        let desk = desk(&book, &terms, &exchange, &RENDERER, &keys, &dice);
        work(&desk, &reduced, &mut self.world, &arena)
    }

    /// The only ad's reason for not bidding, or "bid".
    pub fn fate(&mut self, body: &str) -> &'static str {
        self.decide(body, |answer| match answer.result {
            Ok(_) => "bid",
            Err(reason) => answer
                .refusals
                .last()
                .map_or(reason, |(_, reason)| *reason)
                .name(),
        })
    }
}

pub struct Answer<'a> {
    pub result: Result<openrtb::response::BidResponse<'a>, NoBidReason>,
    pub refusals: Vec<(Slot, NoBidReason)>,
}

impl<'a> Answer<'a> {
    pub fn bid(&self) -> openrtb::response::Bid<'a> {
        self.result.expect("a bid").seatbid[0].bid[0]
    }
}

pub fn exchange() -> Exchange {
    Exchange {
        auction_type: 1,
        default_timeout: Span::milliseconds(200),
        ..Exchange::new(ExchangeId(1), "demo", "outbid")
    }
}

pub fn keys() -> TokenKeys {
    TokenKeys::new(
        TokenSecret {
            id: 1,
            secret: [9; 32],
        },
        &[],
    )
    .unwrap()
}

fn desk<'a>(
    book: &'a Book,
    terms: &'a Terms,
    exchange: &'a Exchange,
    renderer: &'a Renderer,
    keys: &'a TokenKeys,
    dice: &'a DiceKey,
) -> Desk<'a> {
    Desk {
        book,
        terms,
        exchange,
        now: now(),
        renderer,
        keys,
        dice,
        notice_base: "https://bid.example",
    }
}

#[derive(Default)]
pub struct Refusals(pub Vec<(Slot, NoBidReason)>);

impl Witness for Refusals {
    fn impression_refused(&mut self, _imp: &str, _reason: NoBidReason) {}

    fn ad_refused(
        &mut self,
        _imp: &str,
        slot: Slot,
        reason: NoBidReason,
        detail: impl FnOnce() -> String,
    ) {
        assert!(!detail().is_empty());
        self.0.push((slot, reason));
    }
}

impl World {
    /// Forgets what was reserved and bid.
    pub fn start_again(&mut self) {
        (self.reserved, self.pended, self.bids) = (vec![], vec![], 0);
    }

    fn terms_of(&self, ad: &Ad) -> AdTerms {
        let said = self.terms.get(&ad.id).copied();
        said.unwrap_or_else(|| AdTerms::of(ad, 1))
    }
}

impl State for World {
    fn terms(&mut self, slot: Slot) -> AdTerms {
        self.terms_of(&self.ads[slot.0 as usize])
    }

    fn shade(&mut self, _: ExchangeId, _: PriceContext, _: Cpm) -> Option<Shade> {
        self.shade
    }

    fn exposures(&mut self, _user: u64, _scope: Scope, _cap: FrequencyCap) -> u32 {
        self.shown
    }

    fn reserve(&mut self, slot: Slot, cost: Money) -> Result<LeaseId, NoBidReason> {
        let ad = self.ads[slot.0 as usize].id;
        if self.broke.contains(&ad) {
            return Err(NoBidReason::BudgetExhausted);
        }
        self.reserved.push((ad, cost));
        Ok(LeaseId(1))
    }

    fn next_bid(&mut self) -> BidId {
        self.bids += 1;
        BidId {
            incarnation: Incarnation { node: 1, start: 1 },
            sequence: self.bids,
        }
    }

    fn pend(&mut self, user: u64, slot: Slot, _bid: BidId) {
        self.pended.push((user, self.ads[slot.0 as usize].id));
    }
}

/// A request with one 300x250 banner impression; `more` goes into the imp, `around` beside it.
pub fn request(more: &str, around: &str) -> String {
    let imp = format!(
        r#"{{"id":"1","banner":{{"format":[{{"w":300,"h":250}}]}}{}}}"#,
        comma(more)
    );
    format!(r#"{{"id":"r","imp":[{imp}]{}}}"#, comma(around))
}

fn comma(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(",{text}")
    }
}
