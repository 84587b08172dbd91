//! What ads show: banners of the usual sizes, films, and native ads.

use campaign::creative::{
    Banner, BannerMarkup, Creative, Format, Image, Material, MediaFile, MediaSource, Native, Size,
    Video,
};
use campaign::id::{AdvertiserId, CreativeId};
use campaign::time::Span;

use super::dice::Dice;
use super::words;

/// The format of an ad's creatives: of twenty ads fourteen show banners, four films, two are native.
pub fn format(dice: &mut Dice) -> Format {
    *dice.weighted(&[
        (Format::Banner, 14),
        (Format::Video, 4),
        (Format::Native, 2),
    ])
}

/// An advertiser's one or more creatives of a format, numbered from `first`.
pub fn roll(
    format: Format,
    advertiser: AdvertiserId,
    first: u64,
    dice: &mut Dice,
) -> Vec<Creative> {
    let count = match format {
        Format::Banner => dice.between(1, 4),
        _ => dice.between(1, 2),
    };
    (0..count as u64)
        .map(|place| one(format, advertiser, CreativeId(first + place), dice))
        .collect()
}

/// An advertiser's own domain.
fn advertiser_domain(advertiser: AdvertiserId) -> String {
    format!("brand-{}.example", advertiser.0)
}

fn one(format: Format, advertiser: AdvertiserId, id: CreativeId, dice: &mut Dice) -> Creative {
    let domain = advertiser_domain(advertiser);
    let material = match format {
        Format::Video | Format::Audio => Material::Video(video(id, dice)),
        Format::Native => Material::Native(native(id, advertiser)),
        Format::Banner => Material::Banner(banner(id, dice)),
    };
    Creative {
        id,
        advertiser,
        display_name: format!("Creative {id}"),
        landing_url: format!(
            "https://www.{domain}/offers/autumn?utm_source=display&utm_campaign=c{id}"
        ),
        advertiser_domains: vec![domain],
        categories: vec![words::category(dice.zipf(words::CATEGORIES))],
        category_taxonomy: 1,
        attributes: if dice.percent(8) {
            vec![13]
        } else {
            Vec::new()
        },
        language: if dice.percent(40) {
            "en".to_string()
        } else {
            String::new()
        },
        app_bundle: if dice.percent(12) {
            words::bundle(dice.zipf(words::APPS))
        } else {
            String::new()
        },
        material,
    }
}

fn banner(id: CreativeId, dice: &mut Dice) -> Banner {
    let (width, height) = *dice.weighted(words::SIZES);
    let markup = if dice.percent(75) {
        BannerMarkup::Image {
            url: format!("https://cdn.adhost.example/i/{id}/{width}x{height}.webp"),
            alt: "Autumn sale".to_string(),
        }
    } else {
        BannerMarkup::Html(format!(
            "<div class=\"ad\"><a href=\"{{{{click_url}}}}\" target=\"_blank\"><img src=\"https://cdn.adhost.example/h/{id}.webp\" \
             width=\"{width}\" height=\"{height}\" alt=\"\"></a></div>"
        ))
    };
    Banner {
        size: Size { width, height },
        markup,
        apis: Vec::new(),
    }
}

fn video(id: CreativeId, dice: &mut Dice) -> Video {
    let seconds = *dice.one_of(&[6, 15, 15, 30]);
    let file = |width, height, bitrate_kbps| MediaFile {
        url: format!("https://cdn.adhost.example/v/{id}/{height}p.mp4"),
        mime_type: "video/mp4".to_string(),
        size: Size { width, height },
        bitrate_kbps,
    };
    Video {
        duration: Span::seconds(seconds),
        source: MediaSource::Inline(vec![
            file(640, 360, 700),
            file(1280, 720, 2_200),
            file(1920, 1080, 4_500),
        ]),
        skip_after: (seconds > 15).then_some(Span::seconds(5)),
        apis: Vec::new(),
        companion: None,
    }
}

fn native(id: CreativeId, advertiser: AdvertiserId) -> Native {
    let image = |kind: &str, width, height| Image {
        url: format!("https://cdn.adhost.example/n/{id}/{kind}.webp"),
        size: Size { width, height },
    };
    Native {
        title: "Autumn is here: all of it at half the price".to_string(),
        description:
            "Thousands of things that you did not know you wanted, brought to your door tomorrow."
                .to_string(),
        sponsored: format!("Brand {advertiser}"),
        call_to_action: "Shop now".to_string(),
        image: Some(image("main", 1200, 627)),
        icon: Some(image("icon", 100, 100)),
        ..Native::default()
    }
}
