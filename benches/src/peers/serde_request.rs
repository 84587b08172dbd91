//! A bid request as a reader of `serde` declares it: the fields that `openrtb::request` reads, in the places where
//! the workload's requests have them, generic over what holds a text (`S`: borrowed or owned) and what holds the JSON
//! of an extension that nobody reads (`R`).
//!
//! Prices are `f64` and flags are numbers, which is the least work that a reader can have with them; `openrtb` keeps
//! prices as decimals, checks each text's UTF-8, and reads on where a field has the wrong type.

#![allow(missing_docs, reason = "the fields are the specification's")]

mod parties;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

pub use parties::*;

/// A text that is borrowed where it holds no escapes: what makes serde fastest.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Read by `serde_json`, borrowed. True where all of it could be read.
pub fn read_borrowed(body: &[u8]) -> bool {
    let request: Result<BidRequest<Text<'_>, &RawValue>, _> = serde_json::from_slice(body);
    request.is_ok_and(|request| {
        read_native(&request, |text| {
            serde_json::from_str::<NativeRequest<Text<'_>, &RawValue>>(text).is_ok()
        })
    })
}

/// Read by `serde_json`, each text a `String`.
pub fn read_owned(body: &[u8]) -> bool {
    let request: Result<BidRequest<String, Box<RawValue>>, _> = serde_json::from_slice(body);
    request.is_ok_and(|request| {
        read_native(&request, |text| {
            serde_json::from_str::<NativeRequest<String, Box<RawValue>>>(text).is_ok()
        })
    })
}

/// Read by `sonic_rs`, borrowed.
pub fn read_sonic(body: &[u8]) -> bool {
    type Raw<'a> = sonic_rs::LazyValue<'a>;
    let request: Result<BidRequest<Text<'_>, Raw<'_>>, _> = sonic_rs::from_slice(body);
    request.is_ok_and(|request| {
        read_native(&request, |text| {
            sonic_rs::from_str::<NativeRequest<Text<'_>, Raw<'_>>>(text).is_ok()
        })
    })
}

/// Reads what native impressions carry as JSON in a text, and lets go of all.
fn read_native<S: AsRef<str>, R>(request: &BidRequest<S, R>, read: impl Fn(&str) -> bool) -> bool {
    let texts = request
        .imp
        .iter()
        .filter_map(|imp| imp.native.as_ref()?.request.as_ref());
    let readable = texts
        .map(|text| read(text.as_ref()))
        .fold(true, |all, one| all & one);
    std::hint::black_box(request);
    readable
}

/// `BidRequest`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct BidRequest<S, R> {
    pub id: Option<S>,
    #[serde(default)]
    pub imp: Vec<Imp<S, R>>,
    pub site: Option<Site<S, R>>,
    pub app: Option<App<S, R>>,
    pub dooh: Option<Dooh<S, R>>,
    pub device: Option<Device<S, R>>,
    pub user: Option<User<S, R>>,
    pub test: Option<u8>,
    pub at: Option<i32>,
    pub tmax: Option<i32>,
    #[serde(default)]
    pub wseat: Vec<S>,
    #[serde(default)]
    pub bseat: Vec<S>,
    pub allimps: Option<u8>,
    #[serde(default)]
    pub cur: Vec<S>,
    #[serde(default)]
    pub wlang: Vec<S>,
    #[serde(default)]
    pub wlangb: Vec<S>,
    #[serde(default)]
    pub acat: Vec<S>,
    #[serde(default)]
    pub bcat: Vec<S>,
    pub cattax: Option<i32>,
    #[serde(default)]
    pub badv: Vec<S>,
    #[serde(default)]
    pub bapp: Vec<S>,
    pub source: Option<Source<S, R>>,
    pub regs: Option<Regs<S, R>>,
    pub ext: Option<R>,
}

/// `Imp`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Imp<S, R> {
    pub id: Option<S>,
    #[serde(default)]
    pub metric: Vec<Metric<S, R>>,
    pub banner: Option<Banner<S, R>>,
    pub video: Option<Video<S, R>>,
    pub audio: Option<Audio<S, R>>,
    pub native: Option<Native<S, R>>,
    pub pmp: Option<Pmp<S, R>>,
    pub displaymanager: Option<S>,
    pub displaymanagerver: Option<S>,
    pub instl: Option<u8>,
    pub tagid: Option<S>,
    pub bidfloor: Option<f64>,
    pub bidfloorcur: Option<S>,
    pub clickbrowser: Option<u8>,
    pub secure: Option<u8>,
    #[serde(default)]
    pub iframebuster: Vec<S>,
    pub rwdd: Option<u8>,
    pub ssai: Option<i32>,
    pub exp: Option<i32>,
    pub qty: Option<Qty<S, R>>,
    pub dt: Option<i64>,
    pub refresh: Option<Refresh<R>>,
    pub ext: Option<ImpExt<S, R>>,
}

/// `Native`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Native<S, R> {
    pub request: Option<S>,
    pub ver: Option<S>,
    #[serde(default)]
    pub api: Vec<i32>,
    #[serde(default)]
    pub battr: Vec<i32>,
    pub ext: Option<R>,
}

/// `Metric`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Metric<S, R> {
    #[serde(rename = "type")]
    pub kind: Option<S>,
    pub value: Option<f64>,
    pub vendor: Option<S>,
    pub ext: Option<R>,
}

/// `Pmp`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Pmp<S, R> {
    pub private_auction: Option<u8>,
    #[serde(default)]
    pub deals: Vec<Deal<S, R>>,
    pub ext: Option<R>,
}

/// `Deal`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Deal<S, R> {
    pub id: Option<S>,
    pub bidfloor: Option<f64>,
    pub bidfloorcur: Option<S>,
    pub at: Option<i32>,
    #[serde(default)]
    pub wseat: Vec<S>,
    #[serde(default)]
    pub wadomain: Vec<S>,
    pub guar: Option<u8>,
    pub mincpmpersec: Option<f64>,
    #[serde(default)]
    pub durfloors: Vec<DurFloor<R>>,
    pub ext: Option<R>,
}

/// `Qty`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Qty<S, R> {
    pub multiplier: Option<f64>,
    pub sourcetype: Option<i32>,
    pub vendor: Option<S>,
    pub ext: Option<R>,
}

/// `Refresh`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "R: Deserialize<'de>"))]
pub struct Refresh<R> {
    #[serde(default)]
    pub refsettings: Vec<RefSettings<R>>,
    pub count: Option<i32>,
    pub ext: Option<R>,
}

/// `RefSettings`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "R: Deserialize<'de>"))]
pub struct RefSettings<R> {
    pub reftype: Option<i32>,
    pub minint: Option<i32>,
    pub ext: Option<R>,
}

/// `Banner`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Banner<S, R> {
    #[serde(default)]
    pub format: Vec<Format<R>>,
    pub w: Option<i32>,
    pub h: Option<i32>,
    #[serde(default)]
    pub btype: Vec<i32>,
    #[serde(default)]
    pub battr: Vec<i32>,
    pub pos: Option<i32>,
    #[serde(default)]
    pub mimes: Vec<S>,
    pub topframe: Option<u8>,
    #[serde(default)]
    pub expdir: Vec<i32>,
    #[serde(default)]
    pub api: Vec<i32>,
    pub id: Option<S>,
    pub vcm: Option<u8>,
    pub ext: Option<R>,
}

/// `Format`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "R: Deserialize<'de>"))]
pub struct Format<R> {
    pub w: Option<i32>,
    pub h: Option<i32>,
    pub wratio: Option<i32>,
    pub hratio: Option<i32>,
    pub wmin: Option<i32>,
    pub ext: Option<R>,
}

/// `Video`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Video<S, R> {
    #[serde(default)]
    pub mimes: Vec<S>,
    pub minduration: Option<i32>,
    pub maxduration: Option<i32>,
    pub startdelay: Option<i32>,
    pub maxseq: Option<i32>,
    pub poddur: Option<i32>,
    #[serde(default)]
    pub protocols: Vec<i32>,
    pub w: Option<i32>,
    pub h: Option<i32>,
    pub podid: Option<S>,
    pub podseq: Option<i32>,
    #[serde(default)]
    pub rqddurs: Vec<i32>,
    pub placement: Option<i32>,
    pub plcmt: Option<i32>,
    pub linearity: Option<i32>,
    pub skip: Option<u8>,
    pub skipmin: Option<i32>,
    pub skipafter: Option<i32>,
    pub sequence: Option<i32>,
    pub slotinpod: Option<i32>,
    pub mincpmpersec: Option<f64>,
    #[serde(default)]
    pub battr: Vec<i32>,
    pub maxextended: Option<i32>,
    pub minbitrate: Option<i32>,
    pub maxbitrate: Option<i32>,
    pub boxingallowed: Option<u8>,
    #[serde(default)]
    pub playbackmethod: Vec<i32>,
    pub playbackend: Option<i32>,
    #[serde(default)]
    pub delivery: Vec<i32>,
    pub pos: Option<i32>,
    #[serde(default)]
    pub companionad: Vec<Banner<S, R>>,
    #[serde(default)]
    pub api: Vec<i32>,
    #[serde(default)]
    pub companiontype: Vec<i32>,
    #[serde(default)]
    pub poddedupe: Vec<i32>,
    #[serde(default)]
    pub durfloors: Vec<DurFloor<R>>,
    pub ext: Option<R>,
}

/// `Audio`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Audio<S, R> {
    #[serde(default)]
    pub mimes: Vec<S>,
    pub minduration: Option<i32>,
    pub maxduration: Option<i32>,
    pub poddur: Option<i32>,
    #[serde(default)]
    pub protocols: Vec<i32>,
    pub startdelay: Option<i32>,
    #[serde(default)]
    pub rqddurs: Vec<i32>,
    pub podid: Option<S>,
    pub podseq: Option<i32>,
    pub sequence: Option<i32>,
    pub slotinpod: Option<i32>,
    pub mincpmpersec: Option<f64>,
    #[serde(default)]
    pub battr: Vec<i32>,
    pub maxextended: Option<i32>,
    pub minbitrate: Option<i32>,
    pub maxbitrate: Option<i32>,
    #[serde(default)]
    pub delivery: Vec<i32>,
    #[serde(default)]
    pub companionad: Vec<Banner<S, R>>,
    #[serde(default)]
    pub api: Vec<i32>,
    #[serde(default)]
    pub companiontype: Vec<i32>,
    pub maxseq: Option<i32>,
    pub feed: Option<i32>,
    pub stitched: Option<u8>,
    pub nvol: Option<i32>,
    #[serde(default)]
    pub durfloors: Vec<DurFloor<R>>,
    pub ext: Option<R>,
}

/// `DurFloor`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "R: Deserialize<'de>"))]
pub struct DurFloor<R> {
    pub mindur: Option<i32>,
    pub maxdur: Option<i32>,
    pub bidfloor: Option<f64>,
    pub ext: Option<R>,
}

/// `NativeRequest`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct NativeRequest<S, R> {
    pub ver: Option<S>,
    pub layout: Option<i32>,
    pub adunit: Option<i32>,
    pub context: Option<i32>,
    pub contextsubtype: Option<i32>,
    pub plcmttype: Option<i32>,
    pub plcmtcnt: Option<i32>,
    pub seq: Option<i32>,
    #[serde(default)]
    pub assets: Vec<Asset<S, R>>,
    pub aurlsupport: Option<u8>,
    pub durlsupport: Option<u8>,
    #[serde(default)]
    pub eventtrackers: Vec<EventTracker<R>>,
    pub privacy: Option<u8>,
    pub ext: Option<R>,
}

/// `Asset`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Asset<S, R> {
    pub id: Option<i32>,
    pub required: Option<u8>,
    pub title: Option<Title<R>>,
    pub img: Option<Image<S, R>>,
    pub video: Option<Video<S, R>>,
    pub data: Option<AssetData<R>>,
    pub ext: Option<R>,
}

/// `Title`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "R: Deserialize<'de>"))]
pub struct Title<R> {
    pub len: Option<i32>,
    pub ext: Option<R>,
}

/// `Image`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct Image<S, R> {
    #[serde(rename = "type")]
    pub kind: Option<i32>,
    pub w: Option<i32>,
    pub wmin: Option<i32>,
    pub h: Option<i32>,
    pub hmin: Option<i32>,
    #[serde(default)]
    pub mimes: Vec<S>,
    pub ext: Option<R>,
}

/// `AssetData`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "R: Deserialize<'de>"))]
pub struct AssetData<R> {
    #[serde(rename = "type")]
    pub kind: Option<i32>,
    pub len: Option<i32>,
    pub ext: Option<R>,
}

/// `EventTracker`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "R: Deserialize<'de>"))]
pub struct EventTracker<R> {
    pub event: Option<i32>,
    #[serde(default)]
    pub methods: Vec<i32>,
    pub ext: Option<R>,
}

/// `ImpExt`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct ImpExt<S, R> {
    pub gpid: Option<S>,
    pub tid: Option<S>,
    pub prebid: Option<R>,
}
