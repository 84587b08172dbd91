//! A creative as the wire says it.

use campaign::creative::{
    Audio, Banner, BannerMarkup, Companion, Creative, Image, Material, MediaFile, MediaSource,
    Native, Size, Video,
};
use campaign::id::{AdvertiserId, CreativeId};
use campaign::time::Span;

use crate::errors::Violations;
use crate::v1::creative::Material as WireMaterial;
use crate::{text, time, v1};

/// How large a banner's own HTML may be, in bytes.
pub const MAX_HTML: usize = 64 * 1_024;
/// How many encodings a film may come in, and how many categories, attributes or domains a creative may have.
pub const MAX_LIST: usize = 32;
/// The widest or highest that anything is.
const MAX_PIXELS: i32 = 10_000;
/// How long a text of a native ad may be, in characters.
const MAX_TEXT: usize = 1_000;
/// The longest film or sound.
const MAX_DURATION: Span = Span::hours(1);

/// Reads a creative of this advertiser; `path` is where it stands in the request.
pub fn read(
    wire: &v1::Creative,
    id: CreativeId,
    advertiser: AdvertiserId,
    path: &str,
    wrong: &mut Violations,
) -> Creative {
    let at = |field: &str| format!("{path}.{field}");
    let (landing_url, host) = text::https_url(&wire.landing_url, &at("landing_url"), wrong);
    let mut advertiser_domains = Vec::new();
    let domains = at("advertiser_domains");
    wrong.at_most(MAX_LIST, wire.advertiser_domains.len(), &domains);
    for (place, written) in wire.advertiser_domains.iter().enumerate().take(MAX_LIST) {
        let path = at(&format!("advertiser_domains[{place}]"));
        advertiser_domains.push(text::domain(written, &path, wrong));
    }
    if advertiser_domains.is_empty() {
        advertiser_domains.push(host.strip_prefix("www.").unwrap_or(&host).to_string());
    }
    wrong.at_most(MAX_LIST, wire.categories.len(), &at("categories"));
    wrong.at_most(MAX_LIST, wire.attributes.len(), &at("attributes"));
    let language = wire.language_code.trim().to_lowercase();
    if !(language.is_empty()
        || language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase()))
    {
        wrong.add(
            &at("language_code"),
            "INVALID_LANGUAGE",
            "write two letters of ISO 639-1, such as en",
        );
    }
    Creative {
        id,
        advertiser,
        display_name: text::display_name(&wire.display_name, &at("display_name"), wrong),
        landing_url,
        advertiser_domains,
        categories: wire.categories.iter().take(MAX_LIST).cloned().collect(),
        category_taxonomy: if wire.category_taxonomy == 0 {
            1
        } else {
            wire.category_taxonomy
        },
        attributes: wire.attributes.clone(),
        language,
        app_bundle: text::line(&wire.app_bundle, MAX_TEXT, &at("app_bundle"), wrong),
        material: material(wire.material.as_ref(), path, wrong),
    }
}

fn material(wire: Option<&WireMaterial>, path: &str, wrong: &mut Violations) -> Material {
    let at = |field: &str| format!("{path}.{field}");
    match wire {
        Some(WireMaterial::Banner(wire)) => Material::Banner(banner(wire, &at("banner"), wrong)),
        Some(WireMaterial::Video(wire)) => Material::Video(video(wire, &at("video"), wrong)),
        Some(WireMaterial::Audio(wire)) => Material::Audio(audio(wire, &at("audio"), wrong)),
        Some(WireMaterial::Native(wire)) => Material::Native(native(wire, &at("native"), wrong)),
        None => {
            wrong.add(
                path,
                "REQUIRED",
                "give it material: banner, video, audio or native",
            );
            Material::Native(Native::default())
        }
    }
}

fn banner(wire: &v1::Banner, path: &str, wrong: &mut Violations) -> Banner {
    use v1::banner::Markup;
    let at = |field: &str| format!("{path}.{field}");
    let markup = match &wire.markup {
        Some(Markup::Image(image)) => BannerMarkup::Image {
            url: text::https_url(&image.url, &at("image.url"), wrong).0,
            alt: text::line(&image.alt_text, MAX_TEXT, &at("image.alt_text"), wrong),
        },
        Some(Markup::Html(html)) => {
            if html.is_empty() || html.len() > MAX_HTML {
                wrong.add(
                    &at("html"),
                    "OUT_OF_RANGE",
                    format!("write 1 to {MAX_HTML} bytes of HTML"),
                );
            }
            BannerMarkup::Html(html.clone())
        }
        None => {
            wrong.add(
                path,
                "REQUIRED",
                "say how the banner is made: image or html",
            );
            BannerMarkup::Html(String::new())
        }
    };
    Banner {
        size: size(wire.size.as_ref(), &at("size"), wrong),
        markup,
        apis: wire.apis.clone(),
    }
}

fn video(wire: &v1::Video, path: &str, wrong: &mut Violations) -> Video {
    use v1::video::Source;
    let at = |field: &str| format!("{path}.{field}");
    let source = match &wire.source {
        Some(Source::MediaFiles(files)) => inline(files, true, &at("media_files"), wrong),
        Some(Source::VastWrapper(wrapper)) => wrapped(wrapper, &at("vast_wrapper"), wrong),
        None => no_source(path, wrong),
    };
    let duration = duration(wire.duration.as_ref(), &at("duration"), wrong);
    let skip_after = wire.skip_after.as_ref().map(|skip| time::span(Some(skip)));
    if skip_after.is_some_and(|skip| skip < Span(0) || skip > duration) {
        wrong.add(
            &at("skip_after"),
            "OUT_OF_RANGE",
            "write 0 or more, and not more than the duration",
        );
    }
    Video {
        duration,
        source,
        skip_after,
        apis: wire.apis.clone(),
        companion: companion(wire.companion.as_ref(), &at("companion"), wrong),
    }
}

fn audio(wire: &v1::Audio, path: &str, wrong: &mut Violations) -> Audio {
    use v1::audio::Source;
    let at = |field: &str| format!("{path}.{field}");
    let source = match &wire.source {
        Some(Source::MediaFiles(files)) => inline(files, false, &at("media_files"), wrong),
        Some(Source::VastWrapper(wrapper)) => wrapped(wrapper, &at("vast_wrapper"), wrong),
        None => no_source(path, wrong),
    };
    Audio {
        duration: duration(wire.duration.as_ref(), &at("duration"), wrong),
        source,
        companion: companion(wire.companion.as_ref(), &at("companion"), wrong),
    }
}

fn native(wire: &v1::Native, path: &str, wrong: &mut Violations) -> Native {
    let at = |field: &str| format!("{path}.{field}");
    if wire.title.trim().is_empty() {
        wrong.add(&at("title"), "REQUIRED", "write a headline");
    }
    wrong.at_most(MAX_LIST, wire.other_texts.len(), &at("other_texts"));
    let mut other_texts = Vec::new();
    for (place, other) in wire.other_texts.iter().enumerate().take(MAX_LIST) {
        let path = at(&format!("other_texts[{place}]"));
        if !(3..=11).contains(&other.data_type) {
            wrong.add(
                &format!("{path}.data_type"),
                "OUT_OF_RANGE",
                "write a data type from 3 to 11",
            );
        }
        let value = text::line(&other.value, MAX_TEXT, &format!("{path}.value"), wrong);
        other_texts.push((other.data_type, value));
    }
    let mut line = |written: &str, field: &str| text::line(written, MAX_TEXT, &at(field), wrong);
    Native {
        title: line(&wire.title, "title"),
        description: line(&wire.description, "description"),
        sponsored: line(&wire.sponsored, "sponsored"),
        call_to_action: line(&wire.call_to_action, "call_to_action"),
        image: wire.image.as_ref().map(|i| image(i, &at("image"), wrong)),
        icon: wire.icon.as_ref().map(|i| image(i, &at("icon"), wrong)),
        video: wire.video.as_ref().map(|v| video(v, &at("video"), wrong)),
        other_texts,
    }
}

fn inline(wire: &v1::MediaFiles, film: bool, path: &str, wrong: &mut Violations) -> MediaSource {
    if wire.files.is_empty() {
        wrong.add(
            &format!("{path}.files"),
            "REQUIRED",
            "name at least one media file",
        );
    }
    wrong.at_most(MAX_LIST, wire.files.len(), &format!("{path}.files"));
    let mut files = Vec::new();
    for (place, file) in wire.files.iter().enumerate().take(MAX_LIST) {
        let at = |field: &str| format!("{path}.files[{place}].{field}");
        if !(0..=1_000_000).contains(&file.bitrate_kbps) {
            wrong.add(&at("bitrate_kbps"), "OUT_OF_RANGE", "write 0 to 1,000,000");
        }
        files.push(MediaFile {
            url: text::https_url(&file.url, &at("url"), wrong).0,
            mime_type: mime_type(&file.mime_type, &at("mime_type"), wrong),
            size: match film {
                true => size(file.size.as_ref(), &at("size"), wrong),
                false => Size::default(),
            },
            bitrate_kbps: file.bitrate_kbps,
        });
    }
    MediaSource::Inline(files)
}

fn wrapped(wire: &v1::VastWrapper, path: &str, wrong: &mut Violations) -> MediaSource {
    let at = |field: &str| format!("{path}.{field}");
    if wire.mime_types.is_empty() {
        wrong.add(
            &at("mime_types"),
            "REQUIRED",
            "name the content types that it may play",
        );
    }
    wrong.at_most(MAX_LIST, wire.mime_types.len(), &at("mime_types"));
    let types = wire.mime_types.iter().enumerate().take(MAX_LIST);
    let mime_types = types
        .map(|(place, kind)| mime_type(kind, &at(&format!("mime_types[{place}]")), wrong))
        .collect();
    MediaSource::Wrapper {
        vast_url: text::https_url(&wire.vast_url, &at("vast_url"), wrong).0,
        mime_types,
    }
}

fn no_source(path: &str, wrong: &mut Violations) -> MediaSource {
    wrong.add(
        path,
        "REQUIRED",
        "say what plays: media_files or vast_wrapper",
    );
    MediaSource::Inline(Vec::new())
}

fn mime_type(written: &str, path: &str, wrong: &mut Violations) -> String {
    let lower = written.trim().to_ascii_lowercase();
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    if !lower
        .split_once('/')
        .is_some_and(|(kind, sub)| token(kind) && token(sub))
    {
        wrong.add(
            path,
            "INVALID_MIME_TYPE",
            "write a content type such as video/mp4",
        );
    }
    lower
}

fn companion(wire: Option<&v1::Image>, path: &str, wrong: &mut Violations) -> Option<Companion> {
    wire.map(|wire| {
        let Image { url, size } = image(wire, path, wrong);
        Companion { url, size }
    })
}

fn image(wire: &v1::Image, path: &str, wrong: &mut Violations) -> Image {
    Image {
        url: text::https_url(&wire.url, &format!("{path}.url"), wrong).0,
        size: size(wire.size.as_ref(), &format!("{path}.size"), wrong),
    }
}

fn size(wire: Option<&v1::Size>, path: &str, wrong: &mut Violations) -> Size {
    let fits = |pixels: i32| (1..=MAX_PIXELS).contains(&pixels);
    match wire {
        Some(wire) if fits(wire.width) && fits(wire.height) => Size {
            width: wire.width,
            height: wire.height,
        },
        wire => {
            let reason = if wire.is_none() {
                "REQUIRED"
            } else {
                "OUT_OF_RANGE"
            };
            wrong.add(
                path,
                reason,
                format!("write a width and a height from 1 to {MAX_PIXELS}"),
            );
            Size::default()
        }
    }
}

fn duration(wire: Option<&prost_types::Duration>, path: &str, wrong: &mut Violations) -> Span {
    let span = time::span(wire);
    if span <= Span(0) || span > MAX_DURATION {
        wrong.add(
            path,
            "OUT_OF_RANGE",
            "write how long it runs, such as \"30s\"; an hour at most",
        );
    }
    span
}
