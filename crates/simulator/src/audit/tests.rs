//! One valid answer, and the means to spoil it: what may be wrong with an answer stands in the tables below.

mod forbidden;
mod form;
mod spoiled;

use super::*;
use auction::token::{NoticeUrls, Quantity, Signed, TokenKeys, TokenSecret};
use campaign::ad::{Ad, Budget, Delivery, Goal, Share, State};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::creative::{
    Banner, BannerMarkup, Creative, Format, Material, MediaSource, Native, Size, Video,
};
use campaign::exchange::BillingNotice;
use campaign::id::{AdId, AdvertiserId, BidId, CampaignId, CreativeId, ExchangeId, LeaseId};
use campaign::money::Money;
use campaign::spending::Spending;
use campaign::targeting::{Condition, Expression};
use campaign::time::{Flight, Span, TimeZone};
use journal::context::PriceContext;
use journal::entry::BidTerms;
use serde_json::json;

use crate::world::marketplace::Marketplace;

const BASE: &str = "https://bid.example";
const NOW: Timestamp = Timestamp(1_795_000_000_000);

/// Creative 1 is a banner, 2 a film, 3 native; ad 7 has them all.
fn inventory() -> Inventory {
    let creative = |id, material| Creative {
        id: CreativeId(id),
        advertiser: AdvertiserId(1),
        display_name: "a creative".to_string(),
        landing_url: "https://shop.example/".to_string(),
        advertiser_domains: vec!["shop.example".to_string()],
        categories: vec!["IAB22-4".to_string()],
        category_taxonomy: 1,
        attributes: vec![21],
        language: "en".to_string(),
        app_bundle: String::new(),
        material,
    };
    let size = Size {
        width: 300,
        height: 250,
    };
    let markup = BannerMarkup::Image {
        url: "https://cdn.example/a.png".to_string(),
        alt: String::new(),
    };
    let film = Video {
        duration: Span::seconds(15),
        source: MediaSource::Inline(Vec::new()),
        skip_after: None,
        apis: Vec::new(),
        companion: None,
    };
    let flight = Flight {
        start: Timestamp(0),
        end: None,
    };
    Inventory {
        advertisers: vec![Advertiser {
            id: AdvertiserId(1),
            display_name: "Shop".to_string(),
            state: State::Active,
            currency: Currency::USD,
            time_zone: TimeZone::default(),
            budget: Budget::default(),
            click_window_days: 30,
        }],
        campaigns: vec![Campaign {
            id: CampaignId(5),
            advertiser: AdvertiserId(1),
            display_name: "Spring".to_string(),
            state: State::Active,
            flight,
            time_zone: TimeZone::default(),
            budget: Budget::default(),
            frequency_caps: Vec::new(),
            spending: Spending::default(),
            share: Share::default(),
        }],
        ads: vec![Ad {
            id: AdId(7),
            campaign: CampaignId(5),
            display_name: "an ad".to_string(),
            state: State::Active,
            flight,
            budget: Budget::default(),
            goal: Goal::FixedCpm(Cpm(2_500_000)),
            max_bid: Cpm(3_000_000),
            delivery: Delivery::default(),
            frequency_caps: Vec::new(),
            targeting: Expression::Not(Box::new(Expression::Is(Condition::DeviceType(
                [3].into_iter().collect(),
            )))),
            creatives: vec![CreativeId(1), CreativeId(2), CreativeId(3)],
            share: Share::default(),
        }],
        creatives: vec![
            creative(
                1,
                Material::Banner(Banner {
                    size,
                    markup,
                    apis: Vec::new(),
                }),
            ),
            creative(2, Material::Video(film)),
            creative(3, Material::Native(Native::default())),
        ],
        exchanges: Marketplace::defaults()
            .into_iter()
            .map(|marketplace| marketplace.exchange)
            .collect(),
        ..Inventory::default()
    }
}

/// A request with an impression for each format.
fn request() -> Value {
    json!({
        "id": "r1", "at": 1, "tmax": 200, "cur": ["USD"],
        "imp": [
            {"id": "1", "secure": 1, "bidfloor": 1.25, "bidfloorcur": "USD", "banner": {
                "format": [{"w": 300, "h": 250}, {"w": 320, "h": 50}], "battr": [6, 8]}},
            {"id": "2", "secure": 1, "video": {"mimes": ["video/mp4"], "minduration": 5, "maxduration": 30,
                "protocols": [2, 3], "w": 640, "h": 360, "battr": [1]}},
            {"id": "3", "secure": 1, "native": {"request": {"assets": [
                {"id": 1, "required": 1, "title": {"len": 20}},
                {"id": 2, "required": 0, "img": {"type": 3, "wmin": 300, "hmin": 157}}]}}},
        ],
        "site": {"domain": "news.example", "publisher": {"id": "p"}},
        "device": {"devicetype": 2, "geo": {"country": "USA"}},
        "bcat": ["IAB25"], "badv": ["casino.example"],
    })
}

fn signed(creative: u64, impression: u16, format: Format) -> (String, Signed) {
    let bid = BidId {
        sequence: creative,
        ..BidId::default()
    };
    let terms = BidTerms {
        bid,
        exchange: ExchangeId(1),
        impression,
        ad: AdId(7),
        creative: CreativeId(creative),
        format,
        lease: LeaseId(1),
        day: TimeZone::default().day(NOW).day,
        max_cost: Money(2_500_000),
        currency: Currency::USD,
        fx_nanos: 1_000_000_000,
        issued: NOW,
        user: 0,
        measured: false,
        context: PriceContext::NONE,
    };
    let keys = TokenKeys::new(
        TokenSecret {
            id: 1,
            secret: [7; 32],
        },
        &[],
    )
    .expect("one key");
    (bid.to_string(), Signed::new(&terms, &keys))
}

/// A bid without fault for the impression of this place.
fn bid(place: u16) -> Value {
    let (creative, format) =
        [(1, Format::Banner), (2, Format::Video), (3, Format::Native)][usize::from(place)];
    let (id, signed) = signed(creative, place, format);
    let arena = bumpalo::Bump::new();
    let urls = NoticeUrls {
        base: BASE,
        signed: &signed,
        quantity: Quantity::One,
        arena: &arena,
    };
    let (pixel, click) = (urls.impression(), urls.click());
    let adm = match format {
        Format::Banner => format!(
            r#"<div><img src="{pixel}" alt=""><a href="{click}"><img src="https://cdn.example/a.png" alt=""></a></div>"#
        ),
        Format::Native => json!({
            "assets": [{"id": 1, "title": {"text": "A good title"}},
                {"id": 2, "img": {"url": "https://cdn.example/b.png", "w": 600, "h": 315}}],
            "link": {"url": click}, "imptrackers": [pixel],
        })
        .to_string(),
        _ => format!(
            "<VAST version=\"3.0\"><Ad><InLine><Impression>{pixel}</Impression><Creatives><Creative><Linear>\
             <Duration>00:00:15</Duration><VideoClicks><ClickThrough>{click}</ClickThrough></VideoClicks><MediaFiles>\
             <MediaFile type=\"video/mp4\">https://cdn.example/a.mp4</MediaFile></MediaFiles></Linear></Creative>\
             </Creatives></InLine></Ad></VAST>"
        ),
    };
    let mut bid = json!({
        "id": id, "impid": (place + 1).to_string(), "price": 2.5, "adid": "7", "cid": "5", "crid": creative.to_string(),
        "adomain": ["shop.example"], "cat": ["IAB22-4"], "cattax": 1, "attr": [21], "language": "en",
        "mtype": format as i32, "adm": adm,
        "nurl": urls.win(),
        "burl": urls.billing(),
        "lurl": urls.loss(),
    });
    if format == Format::Banner {
        (bid["w"], bid["h"]) = (json!(300), json!(250));
    }
    if format == Format::Video {
        (bid["protocol"], bid["dur"]) = (json!(3), json!(15));
    }
    bid
}

fn response() -> Value {
    json!({"id": "r1", "cur": "USD", "seatbid": [{"seat": "outbid", "bid": [bid(0), bid(1), bid(2)]}]})
}

/// A request and its answer, before they are sent, in a market of these records.
struct Case {
    request: Value,
    response: Value,
    inventory: Inventory,
    status: u16,
    version: &'static str,
}

impl Case {
    fn imp(&mut self, place: usize) -> &mut Value {
        &mut self.request["imp"][place]
    }

    fn bid(&mut self, place: usize) -> &mut Value {
        &mut self.response["seatbid"][0]["bid"][place]
    }

    /// Replaces in one field of a bid.
    fn replace(&mut self, place: usize, field: &str, from: &str, to: &str) {
        let old = self.bid(place)[field].as_str().expect("a text").to_string();
        assert!(old.contains(from), "{from} is not in {old}");
        self.bid(place)[field] = json!(old.replace(from, to));
    }

    fn faults(&self, auditor: &Auditor) -> Vec<Fault> {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().expect("a value"));
        headers.insert("x-openrtb-version", self.version.parse().expect("a value"));
        let body = match &self.response {
            Value::String(text) => text.clone(),
            json => json.to_string(),
        };
        let exchanged = Exchanged {
            exchange: "demo",
            request: &self.request,
            status: StatusCode::from_u16(self.status).expect("a status"),
            headers: &headers,
            body: body.as_bytes(),
        };
        let contract = Contract {
            seat: Some("outbid"),
            currency: Currency::USD,
            rates: Some(&self.inventory.rates),
            notice_base: Some(BASE),
            billing: Some(BillingNotice::Burl),
        };
        auditor
            .audit(&exchanged, &contract, NOW)
            .all_faults()
            .cloned()
            .collect()
    }
}

fn case() -> Case {
    Case {
        request: request(),
        response: response(),
        inventory: inventory(),
        status: 200,
        version: "2.6",
    }
}

/// Audits the good answer with one change, and expects exactly these kinds of fault.
fn check(what: &str, change: impl FnOnce(&mut Case), expect: &[FaultKind]) {
    let mut case = case();
    change(&mut case);
    let auditor = Auditor::default();
    auditor.set_inventory(&case.inventory);
    let faults = case.faults(&auditor);
    let kinds: BTreeSet<FaultKind> = faults.iter().map(|fault| fault.kind).collect();
    assert_eq!(
        kinds,
        expect.iter().copied().collect(),
        "{what}: {faults:?}"
    );
}
