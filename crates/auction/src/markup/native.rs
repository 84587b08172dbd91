//! Native ads: JSON after the OpenRTB Native Ads Specification 1.2, fitted to the assets that are asked for.

use std::fmt;

use bumpalo::Bump;
use bumpalo::collections::{String as Text, Vec};
use campaign::creative::{Image, Native, Video};
use openrtb::adcom::{native_data, native_image, tracking_method};
use openrtb::native::request::{self, Asset, NativeRequest};
use openrtb::native::response::{self, AssetContent, EventTracker, Link, NativeResponse};

use super::fit::{MediaSlot, VastPlan, video_ad, video_fit};
use super::media_type::{image_type, same_type};
use super::vast::Documents;
use super::{AdIdentity, Links};

/// An asset that is asked for and that the material cannot give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct MissingAsset {
    /// Its id, where it has one.
    pub id: Option<i32>,
    /// What kind of asset it is.
    pub kind: AssetKind,
}

impl fmt::Display for MissingAsset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id {
            Some(id) => write!(f, "{} (asset {id})", self.kind.name()),
            None => f.write_str(self.kind.name()),
        }
    }
}

/// The kinds of assets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssetKind {
    /// A title: there is none, or it is too long. A title is never cut.
    Title,
    /// An image of this type and size.
    Image,
    /// A film that the player takes.
    Video,
    /// A text of this type and length.
    Data,
    /// An asset of no kind that we know, or without an id to answer to.
    Unknown,
    /// No asset is required, and not one can be given.
    Any,
}

impl AssetKind {
    /// The kind's name.
    pub const fn name(self) -> &'static str {
        match self {
            AssetKind::Title => "title",
            AssetKind::Image => "image",
            AssetKind::Video => "video",
            AssetKind::Data => "data",
            AssetKind::Unknown => "unknown asset",
            AssetKind::Any => "any asset",
        }
    }
}

/// Whether the material has all that a request requires, and at least one asset to show.
///
/// # Errors
/// The first asset that is missing.
pub fn native_fit(native: &Native, request: &NativeRequest<'_>) -> Result<(), MissingAsset> {
    let mut any = false;
    for asset in request.assets {
        match answer(native, asset) {
            Ok(_) => any = true,
            Err(kind) if asset.required => return Err(MissingAsset { id: asset.id, kind }),
            Err(_) => {}
        }
    }
    let nothing = MissingAsset {
        id: None,
        kind: AssetKind::Any,
    };
    if any { Ok(()) } else { Err(nothing) }
}

/// The answer as JSON, in the arena.
pub(super) fn write<'a>(
    documents: &Documents,
    native: &'a Native,
    request: &NativeRequest<'_>,
    identity: &AdIdentity<'_>,
    links: &Links<'_>,
    arena: &'a Bump,
) -> &'a str {
    let mut assets = Vec::with_capacity_in(request.assets.len(), arena);
    for asset in request.assets {
        let Ok((id, answer)) = answer(native, asset) else {
            continue;
        };
        let content = match answer {
            Answer::Title(text) => AssetContent::Title(text),
            Answer::Data(value) => AssetContent::Data(response::Data { kind: None, value }),
            Answer::Image(image) => AssetContent::Image(response::Image {
                kind: None,
                url: &image.url,
                w: Some(image.size.width),
                h: Some(image.size.height),
            }),
            // The native ad as a whole has the impression and the viewability trackers already, but a player may well
            // demand an `Impression`, so the same URL stands here again; what it names is counted once, however often
            // it is called.
            Answer::Video(video, plan) => {
                let ad = video_ad(video, &plan, identity, links);
                AssetContent::Video(documents.write(&ad, arena))
            }
        };
        assets.push(response::Asset {
            id,
            content,
            ..response::Asset::default()
        });
    }
    let (trackers, count) = event_trackers(request, links);
    let trackers = &trackers[..count];
    let imptrackers = [links.impression_url];
    let tracks_impression = trackers.iter().any(|tracker| tracker.event == IMPRESSION);
    let response = NativeResponse {
        ver: Some(request.ver.map_or("1.2", known_version)),
        assets: &assets,
        link: Link {
            url: links.click_url,
            ..Link::default()
        },
        // Never in both lists: an exchange that reads both would count twice.
        imptrackers: if tracks_impression { &[] } else { &imptrackers },
        eventtrackers: trackers,
        ..NativeResponse::default()
    };
    let mut out = Text::with_capacity_in(USUAL_BYTES, arena);
    if wants_root(request) {
        out.push_str("{\"native\":");
        response::write(&response, &mut out);
        out.push('}');
    } else {
        response::write(&response, &mut out);
    }
    out.into_bump_str()
}

/// An ordinary answer has about this many bytes. A longer one grows in its place.
const USUAL_BYTES: usize = 2_000;

/// Up to 1.0 the answer's root was an object with the one field `native`; from 1.1 on the object itself is the root
/// (1.2, section 5.1, note). Where no version is named, 1.2 is the default (section 4.1).
fn wants_root(request: &NativeRequest<'_>) -> bool {
    request.ver.is_some_and(|ver| known_version(ver) == "1.0")
}

/// The version that we answer in. It is not the request's own text, which has no business in markup.
fn known_version(ver: &str) -> &'static str {
    match ver.trim() {
        "1" | "1.0" | "1.0.0" => "1.0",
        "1.1" | "1.1.0" => "1.1",
        _ => "1.2",
    }
}

/// Native's own list of events, 1.2 section 7.6. AdCOM's list, which OpenRTB 3 uses, has other numbers.
const IMPRESSION: i32 = 1;
const VIEWABLE_MRC_50: i32 = 2;

/// The trackers that the request allows, and how many they are; as images only: our URLs answer with a pixel, not with
/// a script.
fn event_trackers<'l>(
    request: &NativeRequest<'_>,
    links: &Links<'l>,
) -> ([EventTracker<'l>; 2], usize) {
    let allows = |event: i32| {
        let image = |tracker: &request::EventTracker<'_>| {
            tracker.event == Some(event) && tracker.methods.contains(&tracking_method::IMAGE)
        };
        request.eventtrackers.iter().any(image)
    };
    let wanted = [
        (IMPRESSION, Some(links.impression_url)),
        (VIEWABLE_MRC_50, links.view_url),
    ];
    let (mut trackers, mut count) = ([EventTracker::default(); 2], 0);
    for (event, url) in wanted {
        if url.is_some() && allows(event) {
            trackers[count] = EventTracker {
                event,
                method: tracking_method::IMAGE,
                url,
                customdata: None,
            };
            count += 1;
        }
    }
    (trackers, count)
}

/// What answers one asset.
enum Answer<'m> {
    Title(&'m str),
    Image(&'m Image),
    Data(&'m str),
    Video(&'m Video, VastPlan),
}

/// The one place that decides what answers an asset. Fit and rendering both ask here, so they cannot disagree.
fn answer<'m>(native: &'m Native, asset: &Asset<'_>) -> Result<(i32, Answer<'m>), AssetKind> {
    let id = asset.id.ok_or(AssetKind::Unknown)?;
    let answer = if let Some(title) = asset.title {
        let text = text_of(&native.title, title.len).ok_or(AssetKind::Title)?;
        Answer::Title(text)
    } else if let Some(img) = asset.img {
        Answer::Image(image_for(native, img).ok_or(AssetKind::Image)?)
    } else if let Some(video) = asset.video {
        let (video, plan) = film_for(native, video).ok_or(AssetKind::Video)?;
        Answer::Video(video, plan)
    } else if let Some(data) = asset.data {
        Answer::Data(text_for(native, data).ok_or(AssetKind::Data)?)
    } else {
        return Err(AssetKind::Unknown);
    };
    Ok((id, answer))
}

/// The text, if there is one and it is no longer than this many characters.
fn text_of(text: &str, len: Option<i32>) -> Option<&str> {
    // Some exchanges send 0 where they mean that there is no limit.
    let limit = len.and_then(|len| usize::try_from(len).ok());
    let limit = limit.filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    (!text.is_empty() && text.chars().count() <= limit).then_some(text)
}

fn text_for<'m>(native: &'m Native, data: &request::Data<'_>) -> Option<&'m str> {
    let kind = data.kind?;
    let text = match kind {
        native_data::SPONSORED => &native.sponsored,
        native_data::DESC => &native.description,
        native_data::CTA_TEXT => &native.call_to_action,
        _ => {
            let mut others = native.other_texts.iter();
            others
                .find(|(other, _)| *other == kind)
                .map(|(_, text)| text)?
        }
    };
    text_of(text, data.len)
}

fn image_for<'m>(native: &'m Native, wanted: &request::Image<'_>) -> Option<&'m Image> {
    let (main, icon) = (native.image.as_ref(), native.icon.as_ref());
    let candidates = match wanted.kind {
        Some(native_image::MAIN) => [main, None],
        Some(native_image::ICON | native_image::LOGO) => [icon, None],
        // No type is asked for: whichever has the size, the large one first.
        None => [main, icon],
        Some(_) => [None, None],
    };
    let mut candidates = candidates.into_iter().flatten();
    candidates.find(|image| image_fits(image, wanted))
}

/// A side that comes without a least side is exact, 1.2 section 4.4.
fn image_fits(image: &Image, wanted: &request::Image<'_>) -> bool {
    let positive = |side: Option<i32>| side.filter(|side| *side > 0);
    let side_fits = |side: i32, exact: Option<i32>, least: Option<i32>| match positive(least) {
        Some(least) => side >= least,
        None => positive(exact).is_none_or(|exact| side == exact),
    };
    let type_fits = || {
        image_type(&image.url)
            .is_some_and(|kind| wanted.mimes.iter().any(|mime| same_type(mime, kind)))
    };
    side_fits(image.size.width, wanted.w, wanted.wmin)
        && side_fits(image.size.height, wanted.h, wanted.hmin)
        && (wanted.mimes.is_empty() || type_fits())
}

fn film_for<'m>(
    native: &'m Native,
    wanted: &openrtb::request::Video<'_>,
) -> Option<(&'m Video, VastPlan)> {
    let video = native.video.as_ref()?;
    let plan = video_fit(video, &MediaSlot::from(wanted)).ok()?;
    Some((video, plan))
}
