//! Material and URLs as they might be.

use auction::markup::{AdIdentity, Links, MediaSlot, Playback};
use campaign::creative::{
    Audio, Banner, BannerMarkup, Companion, Creative, Image, Material, MediaFile, MediaSource,
    Native, Size, Video,
};
use campaign::id::{AdvertiserId, CreativeId};
use campaign::time::Span;

pub const CLICK: &str = "https://bid.example/n/click/AQ0Xk_-9?t=a1b2&s=c3";
pub const IMPRESSION: &str =
    "https://bid.example/n/billing/AQ0Xk_-9?t=a1b2&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}";
pub const VIEW: &str = "https://bid.example/n/view/AQ0Xk_-9?t=a1b2&s=c3";
pub const ERROR: &str = "https://bid.example/n/error/AQ0Xk_-9?code=[ERRORCODE]";
pub const START: &str = "https://bid.example/n/start/AQ0Xk_-9?t=a1b2&s=c3";

pub const LINKS: Links<'static> = Links {
    click_url: CLICK,
    click_ping_url: None,
    impression_url: IMPRESSION,
    view_url: Some(VIEW),
    error_url: Some(ERROR),
    playback: &[(Playback::Start, START)],
};

pub const IDENTITY: AdIdentity<'static> = AdIdentity {
    ad_id: "1702",
    creative_id: "93",
    title: "Spring & summer <2027>",
    serving_id: "00010000000200000000000000ff",
};

pub const MPU: Size = Size {
    width: 300,
    height: 250,
};

pub fn image_banner() -> Banner {
    Banner {
        size: MPU,
        markup: BannerMarkup::Image {
            url: "https://cdn.example/spring.png?a=1&b=2".into(),
            alt: "Shoes \"Ann & Bob\": <50 % off".into(),
        },
        apis: vec![],
    }
}

pub fn html_banner(html: &str) -> Banner {
    Banner {
        markup: BannerMarkup::Html(html.into()),
        ..image_banner()
    }
}

pub fn file(
    url: &str,
    mime_type: &str,
    (width, height): (i32, i32),
    bitrate_kbps: i32,
) -> MediaFile {
    MediaFile {
        url: url.into(),
        mime_type: mime_type.into(),
        size: Size { width, height },
        bitrate_kbps,
    }
}

pub fn companion() -> Companion {
    Companion {
        url: "https://cdn.example/spring-mpu.png?a=1&b=2".into(),
        size: MPU,
    }
}

pub fn video() -> Video {
    Video {
        duration: Span(15_040),
        source: MediaSource::Inline(vec![
            file(
                "https://cdn.example/spring-360.mp4?a=1&b=2",
                "video/mp4",
                (640, 360),
                800,
            ),
            file(
                "https://cdn.example/spring-720.mp4",
                "video/mp4",
                (1280, 720),
                2_500,
            ),
            file(
                "https://cdn.example/spring-720.webm",
                "video/webm",
                (1280, 720),
                1_900,
            ),
            file(
                "https://cdn.example/spring.m3u8",
                "application/x-mpegURL",
                (1280, 720),
                3_000,
            ),
        ]),
        skip_after: Some(Span::seconds(5)),
        apis: vec![],
        companion: Some(companion()),
    }
}

pub fn wrapped_video() -> Video {
    Video {
        source: MediaSource::Wrapper {
            vast_url: "https://ads.example/vast?campaign=7&cb=[CACHEBUSTING]".into(),
            mime_types: vec!["video/mp4".into(), "video/webm".into()],
        },
        ..video()
    }
}

pub fn audio() -> Audio {
    Audio {
        duration: Span::seconds(30),
        source: MediaSource::Inline(vec![
            file("https://cdn.example/spring.mp3", "audio/mpeg", (0, 0), 128),
            file("https://cdn.example/spring.m4a", "audio/mp4", (0, 0), 192),
        ]),
        companion: Some(companion()),
    }
}

pub fn native() -> Native {
    let image = |url: &str, (width, height)| {
        Some(Image {
            url: url.into(),
            size: Size { width, height },
        })
    };
    Native {
        title: "Walk into spring – \"now\"".into(),
        description: "Shoes that breathe & last.\\".into(),
        sponsored: "Ann & Bob".into(),
        call_to_action: "Try them".into(),
        image: image("https://cdn.example/spring-wide.jpg", (1200, 627)),
        icon: image("https://cdn.example/icon.png", (80, 80)),
        video: Some(video()),
        other_texts: vec![(3, "4.5".into()), (6, "89 €".into())],
    }
}

pub fn creative(material: Material) -> Creative {
    Creative {
        id: CreativeId(93),
        advertiser: AdvertiserId(4),
        display_name: "Spring".into(),
        landing_url: "https://www.shop.example/spring?utm_source=outbid#top".into(),
        advertiser_domains: vec!["shop.example".into()],
        categories: vec!["IAB18-3".into()],
        category_taxonomy: 1,
        attributes: vec![],
        language: "en".into(),
        app_bundle: String::new(),
        material,
    }
}

/// A player that takes everything in this version of VAST and its wrappers.
pub fn slot(protocols: &'static [i32]) -> MediaSlot<'static> {
    MediaSlot {
        protocols,
        width: Some(1280),
        ..MediaSlot::default()
    }
}
