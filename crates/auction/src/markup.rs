//! What is shown: the text of `bid.adm` for each format, from the creative's material, our signed URLs and what the
//! request asks for.
//!
//! Whether material fits is asked before money is reserved ([`video_fit`], [`audio_fit`], [`native_fit`]), and whether
//! it may be taken at all before it is kept ([`validate`]). What fits renders, always. **Invariant:** no function that
//! renders can fail.
//!
//! A bid copies sheets: MiniJinja (HTML) and quick-xml (VAST) write them once, at the start, with holes in the place of
//! all values. Every value is escaped for the hole that it goes into, as those libraries would; JSON is written by the
//! wire crate. No text of a request is in any of them. The macros that exchanges replace, `${AUCTION_PRICE}` and its
//! kin, pass through all of it unchanged. **Invariant:** to render takes nothing from the heap.

mod fit;
mod prepared;
mod renderer;
mod validate;

mod banner;
mod native;
mod own_html;
mod vast;

mod escape;
mod media_type;
mod sheet;
mod web_url;
mod xml;

pub use fit::{MEDIA_FILES_MAX, MediaSlot, VastPlan, audio_fit, video_fit, whole_seconds};
pub use native::{AssetKind, MissingAsset, native_fit};
pub use own_html::OwnHtml;
pub use prepared::Prepared;
pub use renderer::Renderer;
pub use validate::{
    BITRATE_KBPS_MAX, DURATION_MAX, HTML_BYTES_MAX, MaterialError, Problem, SIDE_MAX,
    TEXT_CHARACTERS_MAX, validate,
};
pub use vast::{VastVersion, choose_vast};

/// The URLs of one bid, absolute and signed. They may hold `${AUCTION_PRICE}` where the exchange bills on the
/// impression pixel; it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Links<'a> {
    /// Counts a click and leads on to the landing URL.
    pub click_url: &'a str,
    /// Counts a click and leads nowhere. It is for wrappers, where another server's click URL leads on; without it
    /// `click_url` is called there, and its redirect followed for nothing.
    pub click_ping_url: Option<&'a str>,
    /// Counts an impression; an image of one pixel.
    pub impression_url: &'a str,
    /// Counts a view. Called by GET, or by POST with an empty body (`sendBeacon`). Without it views are not measured,
    /// and then a banner from an image has no script at all.
    pub view_url: Option<&'a str>,
    /// Told when a player cannot show the ad; may hold `[ERRORCODE]`.
    pub error_url: Option<&'a str>,
    /// Told of a film's or a sound's progress; mostly of [`Playback::Start`] alone, often of nothing.
    pub playback: &'a [(Playback, &'a str)],
}

impl Links<'_> {
    /// How many bytes the URLs have that nearly every markup holds.
    fn len(&self) -> usize {
        self.click_url.len() + self.impression_url.len() + self.view_url.map_or(0, str::len)
    }
}

/// How far a film or a sound has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Playback {
    /// It began.
    Start,
    /// A quarter has played.
    FirstQuartile,
    /// Half of it has.
    Midpoint,
    /// Three quarters have.
    ThirdQuartile,
    /// All of it has.
    Complete,
}

impl Playback {
    /// VAST's name of the event.
    pub const fn name(self) -> &'static str {
        match self {
            Playback::Start => "start",
            Playback::FirstQuartile => "firstQuartile",
            Playback::Midpoint => "midpoint",
            Playback::ThirdQuartile => "thirdQuartile",
            Playback::Complete => "complete",
        }
    }
}

/// What VAST says of an ad besides its media.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdIdentity<'a> {
    /// Which ad this is, as `bid.adid` has it.
    pub ad_id: &'a str,
    /// Which creative, as `bid.crid` has it. Servers that transcode keep their copies under it, so it must change when
    /// the media do.
    pub creative_id: &'a str,
    /// What people call the creative.
    pub title: &'a str,
    /// Which showing of it, unlike any other: the bid's id.
    pub serving_id: &'a str,
}
