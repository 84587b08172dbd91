//! Whether a film or a sound fits what a player takes, and how it would be written.

use std::cmp::Reverse;

use campaign::creative::{Audio, Companion, MediaFile, MediaSource, Video};
use campaign::time::Span;
use openrtb::adcom::{delivery, linearity};
use openrtb::request;

use super::media_type::{bare, is_playlist, is_type};
use super::vast::{Medium, Source, VastAd, VastVersion, choose_vast};
use super::{AdIdentity, Links};
use crate::reason::NoBidReason;

/// The most media files that a creative may have.
pub const MEDIA_FILES_MAX: usize = 16;

/// What a player takes: what `imp.video`, `imp.audio` and the video asset of a native request have in common. An empty
/// list and `None` mean that the publisher did not say, and then anything goes, except for API frameworks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MediaSlot<'a> {
    /// Content types.
    pub mimes: &'a [&'a str],
    /// VAST versions, AdCOM list "Creative Subtypes - Audio/Video".
    pub protocols: &'a [i32],
    /// API frameworks, AdCOM list "API Frameworks"; none when empty.
    pub apis: &'a [i32],
    /// Delivery methods, AdCOM list "Delivery Methods".
    pub deliveries: &'a [i32],
    /// The least duration in seconds.
    pub min_duration: Option<i32>,
    /// The greatest duration in seconds.
    pub max_duration: Option<i32>,
    /// The only durations in seconds.
    pub exact_durations: &'a [i32],
    /// The least bit rate in kilobits a second.
    pub min_bitrate: Option<i32>,
    /// The greatest.
    pub max_bitrate: Option<i32>,
    /// Width of the player; films are only ordered by it, because players scale them.
    pub width: Option<i32>,
    /// Linear or overlay, AdCOM list "Linearity Modes".
    pub linearity: Option<i32>,
    /// Whether the player lets people skip.
    pub skip: Option<bool>,
    /// Only ads longer than this many seconds can be skipped.
    pub skip_min: Option<i32>,
    /// The least number of seconds before an ad can be skipped.
    pub skip_after: Option<i32>,
}

impl<'a> From<&request::Video<'a>> for MediaSlot<'a> {
    fn from(video: &request::Video<'a>) -> MediaSlot<'a> {
        MediaSlot {
            mimes: video.mimes,
            protocols: video.protocols,
            apis: video.api,
            deliveries: video.delivery,
            min_duration: video.minduration,
            max_duration: video.maxduration,
            exact_durations: video.rqddurs,
            min_bitrate: video.minbitrate,
            max_bitrate: video.maxbitrate,
            width: video.w,
            linearity: video.linearity,
            skip: video.skip,
            skip_min: video.skipmin,
            skip_after: video.skipafter,
        }
    }
}

impl<'a> From<&request::Audio<'a>> for MediaSlot<'a> {
    fn from(audio: &request::Audio<'a>) -> MediaSlot<'a> {
        MediaSlot {
            mimes: audio.mimes,
            protocols: audio.protocols,
            apis: audio.api,
            deliveries: audio.delivery,
            min_duration: audio.minduration,
            max_duration: audio.maxduration,
            exact_durations: audio.rqddurs,
            min_bitrate: audio.minbitrate,
            max_bitrate: audio.maxbitrate,
            ..MediaSlot::default()
        }
    }
}

/// How a film or a sound that fits is written. Only a fit makes one, so whoever holds one can render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VastPlan {
    version: VastVersion,
    wrapper: bool,
    skip_after: Option<Span>,
    /// Which of the creative's files, best first.
    files: [u8; MEDIA_FILES_MAX],
    files_len: u8,
}

impl VastPlan {
    /// The version of VAST.
    pub fn version(&self) -> VastVersion {
        self.version
    }

    /// The number for `bid.protocol`.
    pub fn protocol(&self) -> i32 {
        self.version.protocol(self.wrapper)
    }

    /// When people may skip, `None` where they may not. A bid for what can be skipped says so, with 16 in `attr`.
    pub fn skip_after(&self) -> Option<Span> {
        self.skip_after
    }

    /// The file that comes first, which is the one that a bid names the size of; `None` for a wrapper.
    pub fn first_file<'m>(&self, source: &'m MediaSource) -> Option<&'m MediaFile> {
        match source {
            MediaSource::Inline(files) => files.get(usize::from(*self.chosen().first()?)),
            MediaSource::Wrapper { .. } => None,
        }
    }

    fn chosen(&self) -> &[u8] {
        &self.files[..usize::from(self.files_len)]
    }

    fn source<'m>(&'m self, source: &'m MediaSource) -> Source<'m> {
        match source {
            MediaSource::Wrapper { vast_url, .. } => Source::Wrapper { vast_url },
            MediaSource::Inline(files) => Source::Inline {
                files,
                chosen: self.chosen(),
            },
        }
    }
}

/// Whether a film fits, and how it is written.
///
/// # Errors
/// The first thing that does not fit.
pub fn video_fit(video: &Video, slot: &MediaSlot<'_>) -> Result<VastPlan, NoBidReason> {
    if slot.linearity == Some(linearity::NON_LINEAR) {
        return Err(NoBidReason::Format);
    }
    if !video.apis.iter().all(|api| slot.apis.contains(api)) {
        return Err(NoBidReason::Api);
    }
    let plan = media_fit(&video.source, video.duration, slot)?;
    Ok(VastPlan {
        skip_after: skip_after(video, plan.version, slot),
        ..plan
    })
}

/// Whether a sound fits, and how it is written.
///
/// # Errors
/// The first thing that does not fit.
pub fn audio_fit(audio: &Audio, slot: &MediaSlot<'_>) -> Result<VastPlan, NoBidReason> {
    media_fit(&audio.source, audio.duration, slot)
}

/// The duration as OpenRTB counts it, in whole seconds (`bid.dur`). It is rounded, because encoders round frames: a
/// film of 15.02 seconds fits where 15 are taken.
pub fn whole_seconds(duration: Span) -> i32 {
    i32::try_from(duration.0.saturating_add(500) / 1_000).unwrap_or(i32::MAX)
}

pub(super) fn video_ad<'a>(
    video: &'a Video,
    plan: &'a VastPlan,
    identity: &'a AdIdentity<'a>,
    links: &'a Links<'a>,
) -> VastAd<'a> {
    let companion = video.companion.as_ref();
    VastAd {
        skip_after: plan.skip_after,
        ..vast_ad(
            Medium::Video,
            (&video.source, video.duration, companion),
            plan,
            identity,
            links,
        )
    }
}

pub(super) fn audio_ad<'a>(
    audio: &'a Audio,
    plan: &'a VastPlan,
    identity: &'a AdIdentity<'a>,
    links: &'a Links<'a>,
) -> VastAd<'a> {
    let companion = audio.companion.as_ref();
    vast_ad(
        Medium::Audio,
        (&audio.source, audio.duration, companion),
        plan,
        identity,
        links,
    )
}

fn vast_ad<'a>(
    medium: Medium,
    (source, duration, companion): (&'a MediaSource, Span, Option<&'a Companion>),
    plan: &'a VastPlan,
    identity: &'a AdIdentity<'a>,
    links: &'a Links<'a>,
) -> VastAd<'a> {
    VastAd {
        version: plan.version,
        medium,
        identity,
        links,
        duration,
        skip_after: None,
        source: plan.source(source),
        companion,
    }
}

fn media_fit(
    source: &MediaSource,
    duration: Span,
    slot: &MediaSlot<'_>,
) -> Result<VastPlan, NoBidReason> {
    if !duration_fits(whole_seconds(duration), slot) {
        return Err(NoBidReason::Duration);
    }
    let wrapper = matches!(source, MediaSource::Wrapper { .. });
    let version = choose_vast(slot.protocols, wrapper).ok_or(NoBidReason::Protocol)?;
    let mut plan = VastPlan {
        version,
        wrapper,
        skip_after: None,
        files: [0; MEDIA_FILES_MAX],
        files_len: 0,
    };
    match source {
        MediaSource::Inline(files) => choose_files(files, slot, &mut plan)?,
        // One type that the player takes is enough: the other server offers all of them, and the player picks.
        MediaSource::Wrapper { mime_types, .. } => {
            let fits = |kind: &String| type_fits(kind, is_playlist(kind), slot);
            if !mime_types.iter().any(fits) {
                return Err(NoBidReason::MimeType);
            }
        }
    }
    Ok(plan)
}

fn duration_fits(seconds: i32, slot: &MediaSlot<'_>) -> bool {
    let exact = slot.exact_durations;
    (exact.is_empty() || exact.contains(&seconds))
        && slot.min_duration.is_none_or(|least| seconds >= least)
        // Some exchanges send 0 where they mean that there is no limit.
        && slot.max_duration.is_none_or(|most| most <= 0 || seconds <= most)
}

fn type_fits(mime_type: &str, playlist: bool, slot: &MediaSlot<'_>) -> bool {
    let method = if playlist {
        delivery::STREAMING
    } else {
        delivery::PROGRESSIVE
    };
    let named = bare(mime_type);
    (slot.mimes.is_empty() || slot.mimes.iter().any(|kind| is_type(kind, named)))
        && (slot.deliveries.is_empty() || slot.deliveries.contains(&method))
}

fn choose_files(
    files: &[MediaFile],
    slot: &MediaSlot<'_>,
    plan: &mut VastPlan,
) -> Result<(), NoBidReason> {
    let mut reason = NoBidReason::MimeType;
    let mut playlists = 0_u16;
    // `zip` counts in bytes, and ends at the most files that there may be.
    for (file, n) in files.iter().zip(0..MEDIA_FILES_MAX as u8) {
        let playlist = is_playlist(&file.mime_type);
        playlists |= u16::from(playlist) << n;
        if !type_fits(&file.mime_type, playlist, slot) {
            continue;
        }
        let rate = file.bitrate_kbps;
        let low = slot.min_bitrate.is_some_and(|least| rate < least);
        let high = slot.max_bitrate.is_some_and(|most| most > 0 && rate > most);
        if low || high {
            reason = NoBidReason::Bitrate;
            continue;
        }
        plan.files[usize::from(plan.files_len)] = n;
        plan.files_len += 1;
    }
    if plan.files_len == 0 {
        return Err(reason);
    }
    // Simple players take the first file: the nearest to their own width, of those a file rather than a playlist, and
    // of those the best.
    let order = |&n: &u8| {
        let file = &files[usize::from(n)];
        let width = slot.width.unwrap_or(file.size.width);
        let distance = file.size.width.abs_diff(width);
        let playlist = playlists >> n & 1;
        (distance, playlist, Reverse(file.bitrate_kbps), n)
    };
    plan.files[..usize::from(plan.files_len)].sort_unstable_by_key(order);
    Ok(())
}

/// When people may skip: not before the creative says nor before the player does. A player that forbids it gets the
/// film without.
fn skip_after(video: &Video, version: VastVersion, slot: &MediaSlot<'_>) -> Option<Span> {
    let seconds = |n: Option<i32>| Span::seconds(i64::from(n.unwrap_or(0).max(0)));
    let wanted = video.skip_after?;
    let possible = version >= VastVersion::V3
        && matches!(video.source, MediaSource::Inline(_))
        && slot.skip != Some(false)
        && video.duration > seconds(slot.skip_min);
    let after = wanted.max(seconds(slot.skip_after));
    (possible && after < video.duration).then_some(after)
}
