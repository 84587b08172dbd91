//! Who sells, shows and sees: site, app, device, user, source, law.

use serde::Deserialize;

/// `Device`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Device<S, R> {
    pub geo: Option<Geo<S, R>>,
    pub dnt: Option<u8>,
    pub lmt: Option<u8>,
    pub ua: Option<S>,
    pub sua: Option<UserAgent<S, R>>,
    pub ip: Option<S>,
    pub ipv6: Option<S>,
    pub devicetype: Option<i32>,
    pub make: Option<S>,
    pub model: Option<S>,
    pub os: Option<S>,
    pub osv: Option<S>,
    pub hwv: Option<S>,
    pub h: Option<i32>,
    pub w: Option<i32>,
    pub ppi: Option<i32>,
    pub pxratio: Option<f64>,
    pub js: Option<u8>,
    pub geofetch: Option<u8>,
    pub flashver: Option<S>,
    pub language: Option<S>,
    pub langb: Option<S>,
    pub carrier: Option<S>,
    pub mccmnc: Option<S>,
    pub connectiontype: Option<i32>,
    pub ifa: Option<S>,
    pub ifa_type: Option<S>,
    pub atts: Option<i32>,
    pub didsha1: Option<S>,
    pub didmd5: Option<S>,
    pub dpidsha1: Option<S>,
    pub dpidmd5: Option<S>,
    pub macsha1: Option<S>,
    pub macmd5: Option<S>,
    pub ext: Option<R>,
}

/// `Geo`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Geo<S, R> {
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    #[serde(rename = "type")]
    pub kind: Option<i32>,
    pub accuracy: Option<i32>,
    pub lastfix: Option<i32>,
    pub ipservice: Option<i32>,
    pub country: Option<S>,
    pub region: Option<S>,
    pub regionfips104: Option<S>,
    pub metro: Option<S>,
    pub city: Option<S>,
    pub zip: Option<S>,
    pub utcoffset: Option<i32>,
    pub ext: Option<R>,
}

/// `UserAgent`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct UserAgent<S, R> {
    #[serde(default)]
    pub browsers: Vec<BrandVersion<S, R>>,
    pub platform: Option<BrandVersion<S, R>>,
    pub mobile: Option<u8>,
    pub architecture: Option<S>,
    pub bitness: Option<S>,
    pub model: Option<S>,
    pub source: Option<i32>,
    pub ext: Option<R>,
}

/// `BrandVersion`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct BrandVersion<S, R> {
    pub brand: Option<S>,
    #[serde(default)]
    pub version: Vec<S>,
    pub ext: Option<R>,
}

/// `Site`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Site<S, R> {
    pub id: Option<S>,
    pub name: Option<S>,
    pub domain: Option<S>,
    pub cattax: Option<i32>,
    #[serde(default)]
    pub cat: Vec<S>,
    #[serde(default)]
    pub sectioncat: Vec<S>,
    #[serde(default)]
    pub pagecat: Vec<S>,
    pub page: Option<S>,
    pub search: Option<S>,
    pub mobile: Option<u8>,
    pub privacypolicy: Option<u8>,
    pub publisher: Option<Publisher<S, R>>,
    pub content: Option<Content<S, R>>,
    pub keywords: Option<S>,
    #[serde(default)]
    pub kwarray: Vec<S>,
    pub inventorypartnerdomain: Option<S>,
    pub ext: Option<R>,
}

/// `App`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct App<S, R> {
    pub id: Option<S>,
    pub name: Option<S>,
    pub bundle: Option<S>,
    pub domain: Option<S>,
    pub storeurl: Option<S>,
    pub cattax: Option<i32>,
    #[serde(default)]
    pub cat: Vec<S>,
    #[serde(default)]
    pub sectioncat: Vec<S>,
    #[serde(default)]
    pub pagecat: Vec<S>,
    pub ver: Option<S>,
    pub privacypolicy: Option<u8>,
    pub paid: Option<u8>,
    pub publisher: Option<Publisher<S, R>>,
    pub content: Option<Content<S, R>>,
    pub keywords: Option<S>,
    #[serde(default)]
    pub kwarray: Vec<S>,
    pub inventorypartnerdomain: Option<S>,
    pub ext: Option<R>,
}

/// `Dooh`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Dooh<S, R> {
    pub id: Option<S>,
    pub name: Option<S>,
    #[serde(default)]
    pub venuetype: Vec<S>,
    pub venuetypetax: Option<i32>,
    pub publisher: Option<Publisher<S, R>>,
    pub domain: Option<S>,
    pub keywords: Option<S>,
    pub content: Option<Content<S, R>>,
    pub ext: Option<R>,
}

/// `Publisher`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Publisher<S, R> {
    pub id: Option<S>,
    pub name: Option<S>,
    pub cattax: Option<i32>,
    #[serde(default)]
    pub cat: Vec<S>,
    pub domain: Option<S>,
    pub ext: Option<R>,
}

/// `Content`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Content<S, R> {
    pub id: Option<S>,
    pub episode: Option<i32>,
    pub title: Option<S>,
    pub series: Option<S>,
    pub season: Option<S>,
    pub artist: Option<S>,
    pub genre: Option<S>,
    pub gtax: Option<i32>,
    #[serde(default)]
    pub genres: Vec<S>,
    pub album: Option<S>,
    pub isrc: Option<S>,
    pub producer: Option<Producer<S, R>>,
    pub url: Option<S>,
    pub cattax: Option<i32>,
    #[serde(default)]
    pub cat: Vec<S>,
    pub prodq: Option<i32>,
    pub context: Option<i32>,
    pub contentrating: Option<S>,
    pub userrating: Option<S>,
    pub qagmediarating: Option<i32>,
    pub keywords: Option<S>,
    #[serde(default)]
    pub kwarray: Vec<S>,
    pub livestream: Option<i32>,
    pub sourcerelationship: Option<u8>,
    pub len: Option<i32>,
    pub language: Option<S>,
    pub langb: Option<S>,
    pub embeddable: Option<u8>,
    #[serde(default)]
    pub data: Vec<Data<S, R>>,
    pub network: Option<Network<S, R>>,
    pub channel: Option<Channel<S, R>>,
    pub realtime: Option<i32>,
    pub firstbroadcast: Option<i32>,
    pub ext: Option<R>,
}

/// `Producer`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Producer<S, R> {
    pub id: Option<S>,
    pub name: Option<S>,
    pub cattax: Option<i32>,
    #[serde(default)]
    pub cat: Vec<S>,
    pub domain: Option<S>,
    pub ext: Option<R>,
}

/// `Network`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Network<S, R> {
    pub id: Option<S>,
    pub name: Option<S>,
    pub domain: Option<S>,
    pub ext: Option<R>,
}

/// `Channel`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Channel<S, R> {
    pub id: Option<S>,
    pub name: Option<S>,
    pub domain: Option<S>,
    pub ext: Option<R>,
}

/// `Source`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Source<S, R> {
    pub fd: Option<u8>,
    pub tid: Option<S>,
    pub pchain: Option<S>,
    pub schain: Option<SupplyChain<S, R>>,
    pub ext: Option<SourceExt<S, R>>,
}

/// `SupplyChain`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct SupplyChain<S, R> {
    pub complete: Option<u8>,
    #[serde(default)]
    pub nodes: Vec<SupplyChainNode<S, R>>,
    pub ver: Option<S>,
    pub ext: Option<R>,
}

/// `SupplyChainNode`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct SupplyChainNode<S, R> {
    pub asi: Option<S>,
    pub sid: Option<S>,
    pub rid: Option<S>,
    pub name: Option<S>,
    pub domain: Option<S>,
    pub hp: Option<u8>,
    pub ext: Option<R>,
}

/// `Regs`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Regs<S, R> {
    pub coppa: Option<u8>,
    pub gdpr: Option<u8>,
    pub us_privacy: Option<S>,
    pub gpp: Option<S>,
    #[serde(default)]
    pub gpp_sid: Vec<i32>,
    pub ext: Option<RegsExt<S, R>>,
}

/// `Dsa`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "R: Deserialize<'de>"))]
pub struct Dsa<R> {
    pub dsarequired: Option<i32>,
    pub pubrender: Option<i32>,
    pub datatopub: Option<i32>,
    pub ext: Option<R>,
}

/// `User`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct User<S, R> {
    pub id: Option<S>,
    pub buyeruid: Option<S>,
    pub yob: Option<i32>,
    pub gender: Option<S>,
    pub keywords: Option<S>,
    #[serde(default)]
    pub kwarray: Vec<S>,
    pub customdata: Option<S>,
    pub geo: Option<Geo<S, R>>,
    #[serde(default)]
    pub data: Vec<Data<S, R>>,
    pub consent: Option<S>,
    #[serde(default)]
    pub eids: Vec<Eid<S, R>>,
    pub ext: Option<UserExt<S, R>>,
}

/// `Eid`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Eid<S, R> {
    pub inserter: Option<S>,
    pub source: Option<S>,
    pub matcher: Option<S>,
    pub mm: Option<i32>,
    #[serde(default)]
    pub uids: Vec<Uid<S, R>>,
    pub ext: Option<R>,
}

/// `Uid`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Uid<S, R> {
    pub id: Option<S>,
    pub atype: Option<i32>,
    pub ext: Option<R>,
}

/// `Data`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Data<S, R> {
    pub id: Option<S>,
    pub name: Option<S>,
    #[serde(default)]
    pub cids: Vec<S>,
    #[serde(default)]
    pub segment: Vec<Segment<S, R>>,
    pub ext: Option<R>,
}

/// `Segment`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Segment<S, R> {
    pub id: Option<S>,
    pub name: Option<S>,
    pub value: Option<S>,
    pub ext: Option<R>,
}

/// `SourceExt`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct SourceExt<S, R> {
    pub schain: Option<SupplyChain<S, R>>,
}

/// `RegsExt`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct RegsExt<S, R> {
    pub coppa: Option<u8>,
    pub gdpr: Option<u8>,
    pub us_privacy: Option<S>,
    pub gpp: Option<S>,
    #[serde(default)]
    pub gpp_sid: Vec<i32>,
    pub gpc: Option<S>,
    pub dsa: Option<Dsa<R>>,
}

/// `UserExt`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct UserExt<S, R> {
    pub consent: Option<S>,
    #[serde(default)]
    pub eids: Vec<Eid<S, R>>,
}
