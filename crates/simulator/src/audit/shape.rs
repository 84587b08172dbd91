//! Whether what a bid shows fits the place that it is for.

use campaign::creative::Format;

use super::asked::{AskedAsset, AskedBanner, AskedImp, AskedMedia};
use super::fault::FaultKind;
use super::judge::Judged;
use super::markup::GivenAsset;

/// VAST 2.0 knows whole seconds only, and `dur` is rounded, so the two may differ by this much.
const ROUNDING_MS: i64 = 1_000;

pub(super) fn check(judged: &mut Judged, imp: &AskedImp, format: Format) {
    match format {
        Format::Banner => imp
            .banner
            .iter()
            .for_each(|banner| as_banner(judged, banner)),
        Format::Video => imp.video.iter().for_each(|video| as_media(judged, video)),
        Format::Audio => imp.audio.iter().for_each(|audio| as_media(judged, audio)),
        Format::Native => imp.native.iter().for_each(|native| {
            attributes(judged, &native.blocked_attributes);
            as_native(judged, &native.assets);
        }),
    }
}

fn attributes(judged: &mut Judged, blocked: &[i32]) {
    for attribute in judged.bid.integers("attr") {
        if blocked.contains(&attribute) {
            judged.fault(FaultKind::BlockedAttribute, attribute.to_string());
        }
    }
}

fn apis(judged: &mut Judged, known: &[i32]) {
    for api in judged.bid.integers("apis") {
        if !known.contains(&api) {
            judged.fault(FaultKind::Api, format!("{api} is none of {known:?}"));
        }
    }
}

fn as_banner(judged: &mut Judged, banner: &AskedBanner) {
    attributes(judged, &banner.blocked_attributes);
    apis(judged, &banner.apis);
    let size = judged.bid.integer("w").zip(judged.bid.integer("h"));
    match size {
        Some(size) if banner.sizes.is_empty() || banner.sizes.contains(&size) => {}
        Some(size) => judged.fault(
            FaultKind::Size,
            format!("{size:?} is none of {:?}", banner.sizes),
        ),
        None => judged.fault(FaultKind::Size, "w and h are missing"),
    }
}

fn as_media(judged: &mut Judged, media: &AskedMedia) {
    attributes(judged, &media.blocked_attributes);
    apis(judged, &media.apis);
    let Some(vast) = judged.markup.vast.clone() else {
        return;
    };
    let protocol = protocol(&vast.version, vast.wrapper);
    if protocol.is_none() || judged.bid.integer("protocol") != protocol {
        let said = judged.bid.integer("protocol");
        judged.fault(
            FaultKind::Protocol,
            format!(
                "VAST {} is protocol {protocol:?}, said {said:?}",
                vast.version
            ),
        );
    } else if !media.protocols.is_empty() && !protocol.is_some_and(|p| media.protocols.contains(&p))
    {
        judged.fault(
            FaultKind::Protocol,
            format!("{protocol:?} is none of {:?}", media.protocols),
        );
    }
    let known = |kind: &String| {
        media
            .mime_types
            .iter()
            .any(|asked| asked.eq_ignore_ascii_case(kind))
    };
    if !vast.wrapper && !media.mime_types.is_empty() && !vast.mime_types.iter().all(known) {
        judged.fault(
            FaultKind::MimeType,
            format!("{:?} against {:?}", vast.mime_types, media.mime_types),
        );
    }
    let said = judged.bid.integer("dur");
    if let (Some(written), Some(said)) = (vast.duration_ms, said)
        && (written - i64::from(said) * 1_000).abs() > ROUNDING_MS
    {
        judged.fault(
            FaultKind::Duration,
            format!("the markup plays {written} ms, `dur` says {said} s"),
        );
    }
    let Some(seconds) = said else {
        judged.fault(FaultKind::Duration, "`dur` is missing");
        return;
    };
    let fits = media.shortest.is_none_or(|shortest| seconds >= shortest)
        && media.longest.is_none_or(|longest| seconds <= longest)
        && (media.exact.is_empty() || media.exact.contains(&seconds));
    if !fits {
        let (from, to) = (media.shortest, media.longest);
        judged.fault(
            FaultKind::Duration,
            format!("{seconds} s for {from:?} to {to:?} or {:?}", media.exact),
        );
    }
}

/// The number of a version of VAST in AdCOM's list "Creative Subtypes - Audio/Video".
fn protocol(version: &str, wrapper: bool) -> Option<i32> {
    let (inline, wrapped) = match version {
        "1.0" => (1, 4),
        "2.0" => (2, 5),
        "3.0" => (3, 6),
        "4.0" => (7, 8),
        "4.1" => (11, 12),
        "4.2" => (13, 14),
        "4.3" => (15, 16),
        _ => return None,
    };
    Some(if wrapper { wrapped } else { inline })
}

fn as_native(judged: &mut Judged, asked: &[AskedAsset]) {
    let given = judged.markup.assets.clone();
    for asset in asked.iter().filter(|asset| asset.required) {
        if !given.iter().any(|given| given.id == asset.id) {
            judged.fault(
                FaultKind::Asset,
                format!("asset {} ({}) is required", asset.id, asset.kind),
            );
        }
    }
    for given in &given {
        match asked.iter().find(|asset| asset.id == given.id) {
            None => judged.fault(
                FaultKind::Asset,
                format!("asset {} was not asked for", given.id),
            ),
            Some(asset) => {
                if let Some(why) = misfit(given, asset) {
                    judged.fault(FaultKind::Asset, format!("asset {}: {why}", given.id));
                }
            }
        }
    }
}

fn misfit(given: &GivenAsset, asked: &AskedAsset) -> Option<String> {
    if given.kind != asked.kind {
        return Some(format!("{} for {}", given.kind, asked.kind));
    }
    let longest = asked
        .length
        .and_then(|length| usize::try_from(length).ok())
        .filter(|length| *length > 0);
    if let Some(longest) = longest.filter(|longest| given.length > *longest) {
        return Some(format!("{} characters, {longest} fit", given.length));
    }
    let (width, height) = given.size?;
    let small = asked.least.0.is_some_and(|least| width < least)
        || asked.least.1.is_some_and(|least| height < least);
    small.then(|| format!("{width}x{height} is smaller than {:?}", asked.least))
}
