//! The objects that requests are put together from.

use super::device::{self, Device};
use super::dice::Dice;
use super::requests::{REQUEST, USER};
use super::words::{self, Spot};

/// A TC string that grants every purpose to many vendors, [`VENDOR`] among them, and one that grants nothing. Written
/// by hand to the letter of the framework's version 2.3; they name no real person's choice.
const TC_GRANTED: &str = "CQk9nIAQk9nIAAHABBENCgFgAP_AAEDAAAYgGQAMf5WyofrdS-josvze7Q7G-PILJ6Ig5FQ6f_b7eTxdPTd7OdRf3my2mf2IUa351qu9L2sxdxd9Z_f6Kn7zFu9f-_1-N5_39GC-3x-dNy279w3lD_6C35UA18NXJx2e4yJ-gD88DHgAJIJJAJBIJJBAABJJJIJBJBABAJAAIAIJJJJJJJIIBJIJBIIJJBJJBJJAIJJIIBBIBJAIIIIIIJJJBBJJABIJJJIJAIJJIBBJJIJIAJJJIIJABJJBJIIAIIAJAIJJIJAJABIIAAA.IF5gAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAg";
const TC_REFUSED: &str = "CQk9nIAQk9nIAAHABBENCgFgAAAAAAAAAAYgAAAAAAAA.IF5gAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAg";

/// What the bidder is in the Global Vendor List of this workload.
pub const VENDOR: u16 = 755;

/// Where a request comes from: what its parts agree about.
pub struct Where {
    spot: Spot,
    device: Device,
    site: bool,
    /// The rank of the site or the app.
    property: usize,
    granted: bool,
}

impl Where {
    /// Somewhere, on a site or in an app.
    pub fn roll(site: bool, dice: &mut Dice) -> Where {
        let devices = match (site, dice.below(10)) {
            (true, 0..6) => device::DESKTOPS,
            (false, 0..3) => device::SCREENS,
            _ => device::PHONES,
        };
        Where {
            spot: Spot::roll(dice),
            device: *dice.weighted(devices),
            site,
            property: dice.zipf(if site { words::SITES } else { words::APPS }),
            granted: dice.percent(78),
        }
    }

    fn european(&self) -> bool {
        !matches!(
            self.spot.country,
            "USA" | "CAN" | "BRA" | "MEX" | "JPN" | "AUS" | "TUR"
        )
    }

    /// The page in which it all happens.
    fn page(&self) -> String {
        let site = words::site(self.property);
        format!(
            "https://www.{site}/articles/2026/11/{}-what-we-know-so-far",
            10_000 + self.property * 3
        )
    }
}

/// A JSON list of texts.
pub fn list(count: usize, dice: &mut Dice, one: impl Fn(&mut Dice) -> String) -> String {
    let all: Vec<String> = (0..count).map(|_| format!("\"{}\"", one(dice))).collect();
    format!("[{}]", all.join(","))
}

fn floor(dice: &mut Dice) -> String {
    format!("{:.2}", 0.05 + dice.unit() * dice.unit() * 2.5)
}

/// What every impression says besides its format.
fn imp_end(place: &Where, slot: &str, dice: &mut Dice) -> String {
    let section = words::publisher(words::publisher_of(place.property));
    format!(
        r#""tagid":"/{}/{section}/{slot}","bidfloor":{},"bidfloorcur":"USD","secure":1,"displaymanager":"prebid.js","displaymanagerver":"9.{}.0","ext":{{"gpid":"/{}/{section}/{slot}#{}","tid":"4c1e6f0a-77b1-4d0e-9a55-{REQUEST}"}}"#,
        21_000_000 + place.property,
        floor(dice),
        dice.below(40),
        21_000_000 + place.property,
        dice.below(6),
    )
}

/// A banner in one to four sizes.
pub fn banner(id: usize, place: &Where, dice: &mut Dice) -> String {
    let formats: Vec<String> = (0..dice.between(1, 4))
        .map(|_| *dice.weighted(words::SIZES))
        .map(|(w, h)| format!(r#"{{"w":{w},"h":{h}}}"#))
        .collect();
    let (w, h) = *dice.weighted(words::SIZES);
    format!(
        r#"{{"id":"{id}","banner":{{"format":[{}],"w":{w},"h":{h},"pos":{},"battr":[1,3,{}],"mimes":["image/jpeg","image/png","image/gif","text/html"],"api":[3,5,7],"topframe":1}},{}}}"#,
        formats.join(","),
        dice.one_of(&[0, 1, 1, 3, 7]),
        dice.between(8, 10),
        imp_end(place, "mid-article", dice),
    )
}

/// A film before a film.
pub fn video(id: usize, place: &Where, dice: &mut Dice) -> String {
    format!(
        r#"{{"id":"{id}","video":{},{}}}"#,
        video_object(dice),
        imp_end(place, "player", dice)
    )
}

fn video_object(dice: &mut Dice) -> String {
    let (w, h) = *dice.one_of(&[(640, 360), (1280, 720), (1920, 1080)]);
    format!(
        r#"{{"mimes":["video/mp4","video/webm","application/javascript"],"minduration":{},"maxduration":{},"protocols":[2,3,5,6,7,8],"w":{w},"h":{h},"startdelay":0,"placement":1,"plcmt":{},"linearity":1,"skip":1,"skipafter":5,"battr":[2,16],"minbitrate":300,"maxbitrate":{},"boxingallowed":1,"playbackmethod":[1,3],"delivery":[1,2],"pos":{},"api":[7]}}"#,
        dice.one_of(&[3, 5, 6]),
        dice.one_of(&[15, 30, 30, 60]),
        dice.between(1, 4),
        dice.one_of(&[3_000, 8_000]),
        dice.one_of(&[1, 7]),
    )
}

/// A film in a break that is partly sold beforehand.
pub fn video_with_deals(id: usize, place: &Where, dice: &mut Dice) -> String {
    let deals: Vec<String> = (0..dice.between(2, 4))
        .map(|_| {
            format!(
                r#"{{"id":"{}","bidfloor":{},"bidfloorcur":"USD","at":{},"wseat":["outbid","seat-2201"]}}"#,
                words::deal(dice.zipf(words::DEALS)),
                floor(dice),
                dice.one_of(&[1, 1, 3]),
            )
        })
        .collect();
    format!(
        r#"{{"id":"{id}","video":{},"pmp":{{"private_auction":0,"deals":[{}]}},{}}}"#,
        video_object(dice),
        deals.join(","),
        imp_end(place, "break-1", dice),
    )
}

/// A place in a feed, whose request is JSON in a text, as the specification wants it.
pub fn native(id: usize, place: &Where, dice: &mut Dice) -> String {
    let request = format!(
        r#"{{"ver":"1.2","context":1,"plcmttype":1,"plcmtcnt":1,"assets":[{{"id":1,"required":1,"title":{{"len":{}}}}},{{"id":2,"required":1,"img":{{"type":3,"wmin":600,"hmin":314,"mimes":["image/jpeg","image/png","image/webp"]}}}},{{"id":3,"img":{{"type":1,"wmin":50,"hmin":50}}}},{{"id":4,"data":{{"type":2,"len":140}}}},{{"id":5,"data":{{"type":1,"len":40}}}},{{"id":6,"data":{{"type":12,"len":15}}}}],"eventtrackers":[{{"event":1,"methods":[1,2]}}]}}"#,
        dice.one_of(&[60, 90, 140]),
    );
    format!(
        r#"{{"id":"{id}","native":{{"request":"{}","ver":"1.2","api":[7],"battr":[1,3,5]}},{}}}"#,
        request.replace('"', "\\\""),
        imp_end(place, "feed", dice),
    )
}

/// The site or the app.
pub fn channel(place: &Where, rich: bool, dice: &mut Dice) -> String {
    let cat = list(dice.between(1, 4), dice, |dice| {
        words::category(dice.zipf(words::CATEGORIES))
    });
    let owner = words::publisher_of(place.property);
    let publisher = format!(
        r#"{{"id":"{}","name":"Publisher {owner}","domain":"group-{}.example"}}"#,
        words::publisher(owner),
        owner % 90,
    );
    let content = if rich {
        format!(",{}", content(place, dice))
    } else {
        String::new()
    };
    if place.site {
        let page = place.page();
        return format!(
            r#""site":{{"id":"s{}","name":"{}","domain":"{}","cat":{cat},"pagecat":{cat},"page":"{page}","ref":"https://www.search.example/?q={}","mobile":1,"privacypolicy":1,"publisher":{publisher}{content}}}"#,
            3_000 + place.property,
            words::site(place.property).trim_end_matches(".example"),
            words::site(place.property),
            words::keyword(dice.zipf(words::KEYWORDS)).replace(' ', "+"),
        );
    }
    format!(
        r#""app":{{"id":"a{}","name":"App {}","bundle":"{}","domain":"app-{}.example","storeurl":"https://store.example/apps/details?id={}","cat":{cat},"ver":"{}.{}.1","privacypolicy":1,"paid":0,"publisher":{publisher}{content}}}"#,
        7_000 + place.property,
        place.property,
        words::bundle(place.property),
        place.property,
        words::bundle(place.property),
        dice.between(1, 12),
        dice.below(30),
    )
}

fn content(place: &Where, dice: &mut Dice) -> String {
    let words = [0, 1, 2, 3].map(|_| words::keyword(dice.zipf(words::KEYWORDS)));
    format!(
        r#""content":{{"id":"c-{}","title":"What happened in {}, and why it matters","genre":"news","context":{},"len":{},"language":"{}","livestream":0,"keywords":"{}","cat":["{}"],"producer":{{"id":"p{}","name":"Newsroom"}}}}"#,
        dice.below(100_000),
        words::city(place.spot.country, place.spot.region, place.spot.city),
        dice.between(1, 7),
        dice.between(60, 3_600),
        words::language_of(place.spot.country),
        words.join(","),
        words::category(dice.zipf(words::CATEGORIES)),
        dice.below(200),
    )
}

/// The device and where it is.
pub fn device(place: &Where, dice: &mut Dice) -> String {
    let Device {
        kind,
        os,
        make,
        model,
        screen: (w, h),
        ..
    } = place.device;
    let made = if make.is_empty() {
        String::new()
    } else {
        format!(r#""make":"{make}","model":"{model}","#)
    };
    let ifa = if place.site {
        String::new()
    } else {
        format!(r#","ifa":"6d92078a-8246-4ba4-ae5b-{USER}""#)
    };
    let connection = match kind {
        4 => *dice.one_of(&[2, 2, 5, 6, 7]),
        _ => *dice.one_of(&[1, 2]),
    };
    format!(
        r#"{{"ua":"{}","geo":{},"dnt":0,"lmt":0,"ip":"203.0.{}.{}","devicetype":{kind},{made}"os":"{os}","osv":"{}.{}","h":{h},"w":{w},"pxratio":2.0,"js":1,"language":"{}","carrier":"Carrier {}","connectiontype":{connection}{ifa}}}"#,
        place.device.versioned(dice),
        geo(place, dice),
        dice.below(255),
        dice.below(255),
        dice.between(10, 18),
        dice.below(6),
        if dice.percent(85) {
            words::language_of(place.spot.country)
        } else {
            "en"
        },
        dice.below(12),
    )
}

fn geo(place: &Where, dice: &mut Dice) -> String {
    let Spot {
        country,
        region,
        city,
    } = place.spot;
    let (latitude, longitude) = place.spot.point();
    let metro = if country == "USA" {
        format!(r#","metro":"{}""#, words::metro(region, city))
    } else {
        String::new()
    };
    format!(
        r#"{{"lat":{latitude:.4},"lon":{longitude:.4},"type":2,"ipservice":3,"country":"{country}","region":"{}","city":"{}"{metro},"zip":"{}","utcoffset":{}}}"#,
        words::region(country, region),
        words::city(country, region, city),
        words::zip(region, dice.below(40)),
        dice.one_of(&[-480, -300, 0, 60, 60]),
    )
}

/// Who looks, with so many segments and so many ids of other makers.
pub fn user(place: &Where, segments: usize, ids: usize, dice: &mut Dice) -> String {
    let segments_of = |count: usize, dice: &mut Dice| {
        let all: Vec<String> = (0..count)
            .map(|_| dice.zipf(words::SEGMENTS))
            .map(|rank| format!(r#"{{"id":"{}"}}"#, words::segment(rank)))
            .collect();
        let provider = dice.one_of(&words::PROVIDERS);
        format!(
            r#"{{"id":"{provider}","name":"{provider}","segment":[{}]}}"#,
            all.join(",")
        )
    };
    let first = segments_of(segments.div_ceil(2), dice);
    let second = segments_of(segments / 2, dice);
    let eids: Vec<String> = (0..ids)
        .map(|maker| {
            format!(
                r#"{{"source":"id-{maker}.example","uids":[{{"id":"E0:{:016x}:{:016x}","atype":{}}}]}}"#,
                dice.bits(),
                dice.bits(),
                dice.one_of(&[1, 3]),
            )
        })
        .collect();
    let buyer = if dice.percent(70) {
        format!(r#""buyeruid":"ob-{USER}","#)
    } else {
        String::new()
    };
    let age = if dice.percent(35) {
        format!(
            r#""yob":{},"gender":"{}","#,
            dice.between(1950, 2007),
            dice.one_of(&["M", "F"])
        )
    } else {
        String::new()
    };
    let consent = match (place.european(), place.granted) {
        (false, _) => String::new(),
        (true, true) => format!(r#","consent":"{TC_GRANTED}""#),
        (true, false) => format!(r#","consent":"{TC_REFUSED}""#),
    };
    format!(
        r#"{{"id":"x-{USER}",{buyer}{age}"keywords":"{}","data":[{first},{second}],"ext":{{"eids":[{}]{consent}}}}}"#,
        words::keyword(dice.zipf(words::KEYWORDS)),
        eids.join(","),
    )
}

/// Who sold it to whom.
pub fn source(place: &Where, nodes: usize, dice: &mut Dice) -> String {
    let nodes: Vec<String> = (0..nodes)
        .map(|node| {
            format!(
                r#"{{"asi":"ssp-{}.example","sid":"{}","rid":"{REQUEST}-{node}","hp":1}}"#,
                dice.between(1, 40),
                words::publisher(words::publisher_of(place.property)),
            )
        })
        .collect();
    format!(
        r#"{{"fd":1,"tid":"9b7c2f4e-01d3-4c55-8e21-{REQUEST}","ext":{{"schain":{{"complete":1,"ver":"1.0","nodes":[{}]}}}}}}"#,
        nodes.join(","),
    )
}

/// The law that holds there.
pub fn regs(place: &Where) -> String {
    if place.european() {
        return r#"{"coppa":0,"ext":{"gdpr":1}}"#.to_string();
    }
    match place.spot.country {
        "USA" => r#"{"coppa":0,"ext":{"gdpr":0,"us_privacy":"1YNN"}}"#.to_string(),
        _ => r#"{"coppa":0,"ext":{"gdpr":0}}"#.to_string(),
    }
}
