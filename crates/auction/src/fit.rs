//! Whether a creative fits an impression, and how it would be rendered there.

use campaign::creative::{Banner, BannerMarkup, Format, Material, Size};
use openrtb::adcom::banner_type;
use openrtb::native::request::NativeRequest;
use openrtb::request;

use crate::markup::{self, MediaSlot, OwnHtml, Prepared, VastPlan};
use crate::opportunity::{Opportunity, Visit};
use crate::reason::NoBidReason;

/// How a creative that fits is rendered. Only a fit makes one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rendition<'a> {
    /// As HTML of this size.
    Banner {
        /// The creative's own size.
        size: Size,
        /// Whether the page takes scripts; without, views are not measured.
        scripts: bool,
    },
    /// As VAST with a film.
    Video(VastPlan),
    /// As VAST with a sound.
    Audio(VastPlan),
    /// As native JSON with the assets that were asked for.
    Native(&'a NativeRequest<'a>),
}

impl Rendition<'_> {
    /// The format of the impression that it is rendered for.
    pub fn format(&self) -> Format {
        match self {
            Rendition::Banner { .. } => Format::Banner,
            Rendition::Video(_) => Format::Video,
            Rendition::Audio(_) => Format::Audio,
            Rendition::Native(_) => Format::Native,
        }
    }
}

/// Tests a creative against what the impression takes.
pub fn check<'a>(
    creative: &Prepared,
    visit: &Visit<'a>,
    opportunity: &Opportunity<'a>,
) -> Result<Rendition<'a>, NoBidReason> {
    let imp = opportunity.imp;
    match &creative.material {
        Material::Banner(banner) => banner_fit(
            banner,
            creative.own_html(),
            imp.banner.ok_or(NoBidReason::Format)?,
            visit,
            opportunity,
        ),
        Material::Video(video) => {
            let slot = MediaSlot::from(imp.video.ok_or(NoBidReason::Format)?);
            markup::video_fit(video, &slot).map(Rendition::Video)
        }
        Material::Audio(audio) => {
            let slot = MediaSlot::from(imp.audio.ok_or(NoBidReason::Format)?);
            markup::audio_fit(audio, &slot).map(Rendition::Audio)
        }
        Material::Native(native) => {
            let asked = imp
                .native
                .and_then(|native| native.request)
                .ok_or(NoBidReason::Format)?;
            match markup::native_fit(native, asked) {
                Ok(()) => Ok(Rendition::Native(asked)),
                Err(_) => Err(NoBidReason::NativeAsset),
            }
        }
    }
}

fn banner_fit<'a>(
    banner: &Banner,
    own: &OwnHtml,
    asked: &request::Banner<'_>,
    visit: &Visit<'a>,
    opportunity: &Opportunity<'a>,
) -> Result<Rendition<'a>, NoBidReason> {
    if !size_fits(banner.size, asked, visit, opportunity.imp.instl) {
        let full_screen = opportunity.imp.instl && !has_sizes(asked);
        return Err(if full_screen {
            NoBidReason::InterstitialSize
        } else {
            NoBidReason::Size
        });
    }
    if !asked.mimes.is_empty() && !asked.mimes.iter().any(|kind| mime_type_fits(kind)) {
        return Err(NoBidReason::MimeType);
    }
    if !banner.apis.iter().all(|api| asked.api.contains(api)) {
        return Err(NoBidReason::Api);
    }
    let scripts_forbidden = asked.btype.contains(&banner_type::JAVASCRIPT);
    match &banner.markup {
        BannerMarkup::Image { .. } if asked.btype.contains(&banner_type::XHTML_BANNER) => {
            Err(NoBidReason::CreativeType)
        }
        BannerMarkup::Html(_) if own.types().iter().any(|kind| asked.btype.contains(kind)) => {
            Err(NoBidReason::CreativeType)
        }
        _ => Ok(Rendition::Banner {
            size: banner.size,
            scripts: !scripts_forbidden,
        }),
    }
}

/// Our banners are HTML documents: they go where HTML is taken, or an image, which they show.
fn mime_type_fits(mime_type: &str) -> bool {
    let head = |prefix: &str| {
        mime_type
            .get(..prefix.len())
            .is_some_and(|h| h.eq_ignore_ascii_case(prefix))
    };
    head("text/html") || head("image/")
}

fn has_sizes(asked: &request::Banner<'_>) -> bool {
    positive(asked.w, asked.h).is_some() || !asked.format.is_empty()
}

pub(crate) fn positive(width: Option<i32>, height: Option<i32>) -> Option<Size> {
    match (width, height) {
        (Some(width @ 1..), Some(height @ 1..)) => Some(Size { width, height }),
        _ => None,
    }
}

/// Whether the banner's size is one that is asked for: listed, or of a listed ratio; `w` and `h`
/// say more than a wish only where nothing is listed. An interstitial that names no size takes what
/// fills at least half of the screen's width and height. Any other that names none takes none: we
/// would not know what we bid on.
pub(crate) fn size_fits(
    size: Size,
    asked: &request::Banner<'_>,
    visit: &Visit<'_>,
    interstitial: bool,
) -> bool {
    if asked.format.is_empty() && positive(asked.w, asked.h) == Some(size) {
        return true;
    }
    let listed = asked
        .format
        .iter()
        .any(|format| match positive(format.w, format.h) {
            Some(exact) => exact == size,
            None => ratio_fits(size, format),
        });
    if listed || !interstitial || has_sizes(asked) {
        return listed;
    }
    let device = visit.request.device;
    device
        .and_then(|device| positive(device.w, device.h))
        .is_some_and(|screen| {
            let fills =
                |ad: i32, screen: i32| ad <= screen && i64::from(ad) * 2 >= i64::from(screen);
            fills(size.width, screen.width) && fills(size.height, screen.height)
        })
}

/// Flexible sizes (OpenRTB 3.2.10): `wratio`:`hratio` at no less than `wmin`.
fn ratio_fits(size: Size, format: &request::Format<'_>) -> bool {
    let Some(ratio) = positive(format.wratio, format.hratio) else {
        return false;
    };
    let same_shape = i64::from(size.width) * i64::from(ratio.height)
        == i64::from(size.height) * i64::from(ratio.width);
    same_shape && format.wmin.is_none_or(|least| size.width >= least)
}
