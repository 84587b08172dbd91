//! What is on offer: impressions, their formats, floors and deals.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use campaign::creative::Format;

use super::device::Device;
use super::interest::INTERESTS;
use super::publisher::Publisher;
use crate::dice::{log_normal, pick};

/// One impression on offer.
#[derive(Clone, Debug)]
pub struct Placement {
    /// Its id in the request.
    pub id: String,
    /// The publisher's name for the place.
    pub tag: String,
    /// The formats that it takes, at least one.
    pub formats: Vec<FormatOffer>,
    /// The least price in hundredths of a CPM, in the currency of the exchange.
    pub floor_cents: Option<i64>,
    /// Deals that it is sold under.
    pub deals: Vec<DealOffer>,
    /// Only bids for the deals are taken.
    pub private: bool,
    /// It fills the screen.
    pub interstitial: bool,
}

/// A format with the terms under which it is taken.
#[derive(Clone, Debug)]
pub enum FormatOffer {
    /// A banner.
    Banner {
        /// Widths and heights, the preferred first.
        sizes: Vec<(i32, i32)>,
        /// AdCOM list "Placement Positions".
        position: i32,
        /// API frameworks that the place has.
        apis: Vec<i32>,
    },
    /// A film.
    Video {
        /// Width and height of the player.
        player: (i32, i32),
        /// Shortest and longest, in seconds.
        durations: (i32, i32),
        /// AdCOM list "Video Plcmt Subtypes".
        plcmt: i32,
        /// Protocols, AdCOM list "Creative Subtypes - Audio/Video".
        protocols: Vec<i32>,
        /// Whether users may skip.
        skip: bool,
    },
    /// Texts and images.
    Native {
        /// Whether the large image is required.
        image_required: bool,
        /// The longest title.
        title_length: i32,
    },
    /// A sound.
    Audio {
        /// Shortest and longest, in seconds.
        durations: (i32, i32),
    },
}

impl FormatOffer {
    /// Which format it is.
    pub fn format(&self) -> Format {
        match self {
            FormatOffer::Banner { .. } => Format::Banner,
            FormatOffer::Video { .. } => Format::Video,
            FormatOffer::Native { .. } => Format::Native,
            FormatOffer::Audio { .. } => Format::Audio,
        }
    }
}

/// A deal that an impression is sold under.
#[derive(Clone, Debug)]
pub struct DealOffer {
    /// Its id: `deal-` and the subject of the publisher, such as `deal-cars`.
    pub id: String,
    /// The least price, or the agreed one, in hundredths of a CPM, in the currency of the exchange.
    pub floor_cents: i64,
    /// Whether the price is agreed (`at` 3).
    pub fixed_price: bool,
}

/// The floor of an impression of usual worth, in units of a CPM.
fn usual_floor(format: Format) -> f64 {
    match format {
        Format::Banner => 0.25,
        Format::Video => 2.0,
        Format::Native => 0.5,
        Format::Audio => 1.2,
    }
}

/// The impressions of one page or screen: mostly one.
pub(crate) fn placements(
    dice: &mut ChaCha8Rng,
    publisher: &Publisher,
    device: &Device,
    price_level: f64,
) -> Vec<Placement> {
    let count = match dice.random_range(0..100) {
        0..85 => 1,
        85..95 => 2,
        _ => 3,
    };
    (1..=count)
        .map(|number| placement(dice, publisher, device, price_level, number))
        .collect()
}

fn placement(
    dice: &mut ChaCha8Rng,
    publisher: &Publisher,
    device: &Device,
    price_level: f64,
    number: i32,
) -> Placement {
    let interstitial = publisher.is_app() && device.is_mobile() && dice.random_bool(0.1);
    let roll = dice.random_range(0..100);
    let first = offer(dice, format(roll, &publisher.formats), device, interstitial);
    let format = first.format();
    let mut formats = vec![first];
    // Banner places often take films or native ads too.
    if format == Format::Banner && dice.random_bool(0.15) {
        let other = if dice.random_bool(0.5) {
            Format::Video
        } else {
            Format::Native
        };
        formats.push(offer(dice, other, device, interstitial));
    }
    let floor = usual_floor(format) * publisher.floor_level * price_level;
    let floor_cents = dice
        .random_bool(0.75)
        .then(|| (log_normal(dice, floor, 0.35) * 100.0) as i64);
    let deals = deals(dice, publisher, floor_cents.unwrap_or(50));
    let private = !deals.is_empty() && dice.random_bool(0.15);
    Placement {
        id: number.to_string(),
        tag: format!("{}{number}", 100_000 + publisher.number * 10),
        formats,
        floor_cents,
        deals,
        private,
        interstitial,
    }
}

fn format(mut roll: u32, shares: &[u32; 4]) -> Format {
    let order = [Format::Banner, Format::Video, Format::Native, Format::Audio];
    for (format, share) in order.into_iter().zip(shares) {
        match roll.checked_sub(*share) {
            Some(rest) => roll = rest,
            None => return format,
        }
    }
    Format::Banner
}

fn deals(dice: &mut ChaCha8Rng, publisher: &Publisher, floor_cents: i64) -> Vec<DealOffer> {
    if !dice.random_bool(0.06) {
        return Vec::new();
    }
    vec![DealOffer {
        id: format!("deal-{}", INTERESTS[publisher.interest].word),
        floor_cents: floor_cents * 3 / 2 + 10,
        fixed_price: dice.random_bool(0.4),
    }]
}

fn offer(
    dice: &mut ChaCha8Rng,
    format: Format,
    device: &Device,
    interstitial: bool,
) -> FormatOffer {
    match format {
        Format::Banner => banner(dice, device, interstitial),
        Format::Video => video(dice, device, interstitial),
        Format::Native => FormatOffer::Native {
            image_required: dice.random_bool(0.8),
            title_length: *pick(dice, &[50, 70, 90, 140]),
        },
        Format::Audio => FormatOffer::Audio {
            durations: *pick(dice, &[(5, 30), (10, 60), (15, 30)]),
        },
    }
}

fn banner(dice: &mut ChaCha8Rng, device: &Device, interstitial: bool) -> FormatOffer {
    const WIDE: &[&[(i32, i32)]] = &[
        &[(300, 250)],
        &[(728, 90)],
        &[(300, 600), (300, 250), (160, 600)],
        &[(970, 250), (970, 90), (728, 90)],
        &[(336, 280), (300, 250)],
        &[(160, 600)],
    ];
    const NARROW: &[&[(i32, i32)]] = &[
        &[(320, 50)],
        &[(300, 250)],
        &[(320, 100), (320, 50)],
        &[(300, 250), (320, 50)],
    ];
    const FULL: &[&[(i32, i32)]] = &[&[(320, 480)], &[(320, 480), (300, 250)]];
    let sizes = match (interstitial, device.is_mobile()) {
        (true, _) => FULL,
        (false, true) => NARROW,
        (false, false) => WIDE,
    };
    let position = if interstitial {
        7
    } else {
        *pick(dice, &[0, 1, 1, 3, 4, 5, 6])
    };
    let apis = if device.is_mobile() && dice.random_bool(0.5) {
        vec![3, 5, 6, 7]
    } else {
        vec![7]
    };
    FormatOffer::Banner {
        sizes: pick(dice, sizes).to_vec(),
        position,
        apis,
    }
}

fn video(dice: &mut ChaCha8Rng, device: &Device, interstitial: bool) -> FormatOffer {
    let player = match (device.is_television(), device.is_mobile()) {
        (true, _) => (1920, 1080),
        (_, true) => *pick(dice, &[(640, 360), (360, 640), (480, 270)]),
        _ => *pick(dice, &[(640, 360), (640, 480), (854, 480)]),
    };
    let plcmt = match (device.is_television(), interstitial) {
        (true, _) => 1,
        (_, true) => 3,
        _ => *pick(dice, &[1, 2, 4, 4]),
    };
    const PROTOCOLS: &[&[i32]] = &[
        &[2, 3],
        &[2, 3, 5, 6],
        &[2, 3, 5, 6, 7, 8],
        &[2, 3, 5, 6, 7, 8, 11, 12, 13, 14],
    ];
    let protocols = pick(dice, PROTOCOLS).to_vec();
    FormatOffer::Video {
        player,
        durations: *pick(dice, &[(5, 30), (1, 60), (6, 15), (15, 30), (5, 120)]),
        plcmt,
        protocols,
        skip: dice.random_bool(0.4),
    }
}
