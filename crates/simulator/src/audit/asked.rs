//! What a request asks for and forbids, as the auditor reads it.

use serde_json::Value;

use super::reading::{decimal, flag, integer, integers, list, object, text, texts};

/// What a request asks for and forbids.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Its id; empty where it has none.
    pub id: String,
    /// A rehearsal.
    pub test: bool,
    /// Auction type, where it says one.
    pub auction_type: Option<i32>,
    /// Milliseconds until the answer is due, where it says so.
    pub tmax_ms: Option<i32>,
    /// The currencies that it takes; empty where the exchange's contract says.
    pub currencies: Vec<String>,
    /// Seats that may bid; all where empty.
    pub seats: Vec<String>,
    /// Seats that may not.
    pub blocked_seats: Vec<String>,
    /// Advertiser domains that may not.
    pub blocked_domains: Vec<String>,
    /// Categories that may not.
    pub blocked_categories: Vec<String>,
    /// Their taxonomy.
    pub category_taxonomy: i32,
    /// Advertised apps that may not.
    pub blocked_apps: Vec<String>,
    /// Languages that creatives may have; any where empty.
    pub languages: Vec<String>,
    /// The impressions that have an id.
    pub imps: Vec<AskedImp>,
    /// Where and by whom the ad would be seen.
    pub scene: Scene,
}

/// One impression.
#[derive(Clone, Debug, Default)]
pub struct AskedImp {
    /// Its id.
    pub id: String,
    /// The least price, as decimal text.
    pub floor: Option<String>,
    /// The currency of that; dollars where it says none.
    pub floor_currency: Option<String>,
    /// Everything must come over HTTPS.
    pub secure: bool,
    /// Position on the screen.
    pub position: Option<i32>,
    /// As a banner.
    pub banner: Option<AskedBanner>,
    /// As a film.
    pub video: Option<AskedMedia>,
    /// As a sound.
    pub audio: Option<AskedMedia>,
    /// As native.
    pub native: Option<AskedNative>,
    /// Only deals.
    pub private: bool,
    /// The deals.
    pub deals: Vec<AskedDeal>,
}

/// A banner place.
#[derive(Clone, Debug, Default)]
pub struct AskedBanner {
    /// Sizes that it takes; any where empty.
    pub sizes: Vec<(i32, i32)>,
    /// Attributes that it does not take.
    pub blocked_attributes: Vec<i32>,
    /// API frameworks that it has.
    pub apis: Vec<i32>,
}

/// A player.
#[derive(Clone, Debug, Default)]
pub struct AskedMedia {
    /// Media types that it plays; any where empty.
    pub mime_types: Vec<String>,
    /// The shortest in seconds.
    pub shortest: Option<i32>,
    /// The longest in seconds.
    pub longest: Option<i32>,
    /// The only ones in seconds; any where empty.
    pub exact: Vec<i32>,
    /// Protocols that it reads; any where empty.
    pub protocols: Vec<i32>,
    /// Attributes that it does not take.
    pub blocked_attributes: Vec<i32>,
    /// API frameworks that it has.
    pub apis: Vec<i32>,
    /// Video placement of 2.6.
    pub plcmt: Option<i32>,
    /// Width and height.
    pub player: Option<(i32, i32)>,
}

/// A native place.
#[derive(Clone, Debug, Default)]
pub struct AskedNative {
    /// Attributes that it does not take.
    pub blocked_attributes: Vec<i32>,
    /// The assets that have an id.
    pub assets: Vec<AskedAsset>,
}

/// One asset.
#[derive(Clone, Debug, Default)]
pub struct AskedAsset {
    /// Its id.
    pub id: i32,
    /// Without it no bid is taken.
    pub required: bool,
    /// `title`, `img`, `video` or `data`.
    pub kind: &'static str,
    /// The longest text, where it says so.
    pub length: Option<i32>,
    /// The least width and height of an image, where it says so.
    pub least: (Option<i32>, Option<i32>),
}

/// A deal.
#[derive(Clone, Debug, Default)]
pub struct AskedDeal {
    /// Its id.
    pub id: String,
    /// The least price, as decimal text.
    pub floor: Option<String>,
    /// The currency of that; dollars where it says none, whatever the impression says.
    pub floor_currency: Option<String>,
    /// Auction type, where it says one.
    pub auction_type: Option<i32>,
    /// Seats that may bid; all where empty.
    pub seats: Vec<String>,
}

/// Where and by whom the ad would be seen: what simple targeting asks for.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// `site`, `app` and `dooh`: which of them there are.
    pub channels: [bool; 3],
    /// The site's domain, lower case, without `www.`.
    pub domain: Option<String>,
    /// The app's bundle, lower case.
    pub bundle: Option<String>,
    /// The publisher's id, lower case.
    pub publisher: Option<String>,
    /// The country as it was sent.
    pub country: Option<String>,
    /// AdCOM's device type.
    pub device_type: Option<i32>,
    /// AdCOM's connection type.
    pub connection: Option<i32>,
    /// Year of birth.
    pub year_of_birth: Option<i32>,
    /// Segments by id and by name, lower case.
    pub segments: Vec<String>,
}

impl Asked {
    /// Reads a request. Nothing is refused: what cannot be read is taken as not said.
    pub fn read(request: &Value) -> Asked {
        Asked {
            id: text(&request["id"]).unwrap_or_default(),
            test: flag(&request["test"]),
            auction_type: integer(&request["at"]),
            tmax_ms: integer(&request["tmax"]),
            currencies: texts(&request["cur"]),
            seats: texts(&request["wseat"]),
            blocked_seats: texts(&request["bseat"]),
            blocked_domains: texts(&request["badv"]),
            blocked_categories: texts(&request["bcat"]),
            category_taxonomy: integer(&request["cattax"]).unwrap_or(1),
            blocked_apps: texts(&request["bapp"]),
            languages: texts(&request["wlang"]),
            imps: list(&request["imp"])
                .iter()
                .filter_map(AskedImp::read)
                .collect(),
            scene: Scene::read(request),
        }
    }

    /// The impression of this id.
    pub fn imp(&self, id: &str) -> Option<&AskedImp> {
        self.imps.iter().find(|imp| imp.id == id)
    }
}

impl AskedImp {
    fn read(imp: &Value) -> Option<AskedImp> {
        let (banner, video) = (object(&imp["banner"]), object(&imp["video"]));
        let position = banner.as_ref().and_then(|banner| integer(&banner["pos"]));
        let position = position.or_else(|| video.as_ref().and_then(|video| integer(&video["pos"])));
        let pmp = object(&imp["pmp"]).unwrap_or_default();
        Some(AskedImp {
            id: text(&imp["id"])?,
            floor: amount(&imp["bidfloor"]),
            floor_currency: text(&imp["bidfloorcur"]),
            secure: flag(&imp["secure"]),
            position,
            banner: banner.map(|banner| AskedBanner {
                sizes: sizes(&banner),
                blocked_attributes: integers(&banner["battr"]),
                apis: integers(&banner["api"]),
            }),
            video: video.map(|video| media(&video)),
            audio: object(&imp["audio"]).map(|audio| media(&audio)),
            native: object(&imp["native"]).map(|native| AskedNative {
                blocked_attributes: integers(&native["battr"]),
                assets: assets(&native["request"]),
            }),
            private: flag(&pmp["private_auction"]),
            deals: list(&pmp["deals"])
                .iter()
                .filter_map(AskedDeal::read)
                .collect(),
        })
    }

    /// The deal of this id.
    pub fn deal(&self, id: &str) -> Option<&AskedDeal> {
        self.deals.iter().find(|deal| deal.id == id)
    }
}

impl AskedDeal {
    fn read(deal: &Value) -> Option<AskedDeal> {
        Some(AskedDeal {
            id: text(&deal["id"])?,
            floor: amount(&deal["bidfloor"]),
            floor_currency: text(&deal["bidfloorcur"]),
            auction_type: integer(&deal["at"]),
            seats: texts(&deal["wseat"]),
        })
    }
}

impl Scene {
    fn read(request: &Value) -> Scene {
        let (site, app) = (&request["site"], &request["app"]);
        let (device, user) = (&request["device"], &request["user"]);
        let lower = |value: &Value| text(value).map(|text| text.to_lowercase());
        let publisher = |property: &Value| lower(&property["publisher"]["id"]);
        let segments = list(&user["data"])
            .iter()
            .flat_map(|data| list(&data["segment"]));
        Scene {
            channels: [
                site.is_object(),
                app.is_object(),
                request["dooh"].is_object(),
            ],
            domain: lower(&site["domain"])
                .map(|domain| domain.trim_start_matches("www.").to_string()),
            bundle: lower(&app["bundle"]),
            publisher: publisher(site)
                .or_else(|| publisher(app))
                .or_else(|| publisher(&request["dooh"])),
            country: text(&device["geo"]["country"]).or_else(|| text(&user["geo"]["country"])),
            device_type: integer(&device["devicetype"]),
            connection: integer(&device["connectiontype"]),
            year_of_birth: integer(&user["yob"]),
            segments: segments
                .flat_map(|s| [lower(&s["id"]), lower(&s["name"])])
                .flatten()
                .collect(),
        }
    }
}

/// A positive amount as decimal text.
fn amount(value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => decimal(number),
        Value::String(text) => text.trim().to_string(),
        _ => return None,
    };
    text.parse::<f64>()
        .is_ok_and(|amount| amount > 0.0)
        .then_some(text)
}

fn sizes(banner: &Value) -> Vec<(i32, i32)> {
    let one = |format: &Value| {
        integer(&format["w"])
            .zip(integer(&format["h"]))
            .filter(|(w, h)| *w > 0 && *h > 0)
    };
    let mut sizes: Vec<(i32, i32)> = list(&banner["format"]).iter().filter_map(one).collect();
    sizes.extend(one(banner));
    sizes
}

fn media(media: &Value) -> AskedMedia {
    AskedMedia {
        mime_types: texts(&media["mimes"]),
        shortest: integer(&media["minduration"]),
        // Some exchanges send 0 where they mean that there is no limit.
        longest: integer(&media["maxduration"]).filter(|longest| *longest > 0),
        exact: integers(&media["rqddurs"]),
        protocols: integers(&media["protocols"]),
        blocked_attributes: integers(&media["battr"]),
        apis: integers(&media["api"]),
        plcmt: integer(&media["plcmt"]),
        player: integer(&media["w"]).zip(integer(&media["h"])),
    }
}

fn assets(request: &Value) -> Vec<AskedAsset> {
    let Some(request) = object(request) else {
        return Vec::new();
    };
    // Native 1.0 wrapped the request in an object named `native`.
    let inner = object(&request["native"]).unwrap_or(request);
    let read = |asset: &Value| {
        let kind = ["title", "img", "video", "data"]
            .into_iter()
            .find(|kind| asset[*kind].is_object())?;
        let inside = &asset[kind];
        Some(AskedAsset {
            id: integer(&asset["id"])?,
            required: flag(&asset["required"]),
            kind,
            length: integer(&inside["len"]),
            least: (integer(&inside["wmin"]), integer(&inside["hmin"])),
        })
    };
    list(&inner["assets"]).iter().filter_map(read).collect()
}
