//! The native markup response, section 5 of the OpenRTB Native Ads Specification 1.2, for writing.

use bumpalo::collections::String;

use crate::write::{Sink, object};

/// The markup of a native ad, 5.1. Written into `bid.adm` as a string.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NativeResponse<'a> {
    /// Version of the specification.
    pub ver: Option<&'a str>,
    /// The elements.
    pub assets: &'a [Asset<'a>],
    /// URL of the assets instead of `assets`.
    pub assetsurl: Option<&'a str>,
    /// URL of a dynamic creative instead of `assets`.
    pub dcourl: Option<&'a str>,
    /// Where a click leads. Required.
    pub link: Link<'a>,
    /// Impression pixels, as before 1.2.
    pub imptrackers: &'a [&'a str],
    /// Impression script (markup), as before 1.2.
    pub jstracker: Option<&'a str>,
    /// Trackers.
    pub eventtrackers: &'a [EventTracker<'a>],
    /// URL of the privacy notice.
    pub privacy: Option<&'a str>,
    /// Raw extension, which must be valid JSON.
    pub ext: Option<&'a str>,
}

/// One element of the answer, 5.2.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Asset<'a> {
    /// Id of the requested asset.
    pub id: i32,
    /// We require it to be shown.
    pub required: bool,
    /// What it is.
    pub content: AssetContent<'a>,
    /// A link of its own.
    pub link: Option<Link<'a>>,
}

/// The one thing that an asset is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AssetContent<'a> {
    /// 5.3, the text.
    Title(&'a str),
    /// 5.4
    Image(Image<'a>),
    /// 5.5
    Data(Data<'a>),
    /// 5.6, a VAST document.
    Video(&'a str),
}

impl Default for AssetContent<'_> {
    fn default() -> Self {
        Self::Title("")
    }
}

/// An image, 5.4.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Image<'a> {
    /// [`crate::adcom::native_image`] (`type`).
    pub kind: Option<i32>,
    /// URL. Required.
    pub url: &'a str,
    /// Width in pixels.
    pub w: Option<i32>,
    /// Height in pixels.
    pub h: Option<i32>,
}

/// Any other text, 5.5.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Data<'a> {
    /// [`crate::adcom::native_data`] (`type`).
    pub kind: Option<i32>,
    /// The text. Required.
    pub value: &'a str,
}

/// Where a click leads, 5.7.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Link<'a> {
    /// Landing URL. Required.
    pub url: &'a str,
    /// URLs to be called on a click.
    pub clicktrackers: &'a [&'a str],
    /// Where to go when `url` cannot be opened.
    pub fallback: Option<&'a str>,
}

/// A tracker, 5.8.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EventTracker<'a> {
    /// [`crate::adcom::event`].
    pub event: i32,
    /// [`crate::adcom::tracking_method`].
    pub method: i32,
    /// URL of the pixel or script.
    pub url: Option<&'a str>,
    /// Raw JSON object of strings, as agreed with the exchange; must be valid JSON.
    pub customdata: Option<&'a str>,
}

/// Appends the markup as JSON, as it goes into `bid.adm`. Absent fields and empty lists are left out.
pub fn write(response: &NativeResponse<'_>, out: &mut String<'_>) {
    let mut members = object(out);
    members.text("ver", response.ver);
    members.list("assets", response.assets, write_asset);
    members.text("assetsurl", response.assetsurl);
    members.text("dcourl", response.dcourl);
    write_link(&response.link, members.key("link"));
    members.texts("imptrackers", response.imptrackers);
    members.text("jstracker", response.jstracker);
    members.list("eventtrackers", response.eventtrackers, write_tracker);
    members.text("privacy", response.privacy);
    members.raw("ext", response.ext);
    members.end();
}

fn write_asset(asset: &Asset<'_>, out: &mut impl Sink) {
    let mut members = object(out);
    members.int("id", asset.id);
    members.flag("required", asset.required);
    match &asset.content {
        AssetContent::Title(text) => write_one("text", text, members.key("title")),
        AssetContent::Video(vast) => write_one("vasttag", vast, members.key("video")),
        AssetContent::Image(image) => write_image(image, members.key("img")),
        AssetContent::Data(data) => write_data(data, members.key("data")),
    }
    if let Some(link) = &asset.link {
        write_link(link, members.key("link"));
    }
    members.end();
}

/// An object of one text.
fn write_one(key: &'static str, text: &str, out: &mut impl Sink) {
    let mut members = object(out);
    members.text(key, text);
    members.end();
}

fn write_image(image: &Image<'_>, out: &mut impl Sink) {
    let mut members = object(out);
    members.int("type", image.kind);
    members.text("url", image.url);
    members.int("w", image.w);
    members.int("h", image.h);
    members.end();
}

fn write_data(data: &Data<'_>, out: &mut impl Sink) {
    let mut members = object(out);
    members.int("type", data.kind);
    members.text("value", data.value);
    members.end();
}

fn write_link(link: &Link<'_>, out: &mut impl Sink) {
    let mut members = object(out);
    members.text("url", link.url);
    members.texts("clicktrackers", link.clicktrackers);
    members.text("fallback", link.fallback);
    members.end();
}

fn write_tracker(tracker: &EventTracker<'_>, out: &mut impl Sink) {
    let mut members = object(out);
    members.int("event", tracker.event);
    members.int("method", tracker.method);
    members.text("url", tracker.url);
    members.raw("customdata", tracker.customdata);
    members.end();
}
