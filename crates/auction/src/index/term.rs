//! What a request can say of itself, each said thing a term.

use campaign::country::Country;
use campaign::creative::{Creative, Format, Material, Size};
use campaign::targeting::Channel;
use campaign::time::WeekHour;

use crate::reason::NoBidReason;

macro_rules! attributes {
    ($($(#[doc = $doc:literal])+ $attribute:ident $reason:ident;)*) => {
        /// What a term is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Attribute {
            $($(#[doc = $doc])+ $attribute,)*
        }

        impl Attribute {
            /// How many there are.
            pub const COUNT: usize = [$(Attribute::$attribute),*].len();

            /// Why an ad that asks about it does not bid.
            pub const fn reason(self) -> NoBidReason {
                match self { $(Attribute::$attribute => NoBidReason::$reason,)* }
            }
        }
    };
}

attributes! {
    /// The format, and the size of a banner, that is asked for, as a creative has it.
    Shape Size;
    /// A country.
    Country Geo;
    /// A region of a country.
    Region Geo;
    /// A city.
    City Geo;
    /// A metro code.
    Metro Geo;
    /// A postal code.
    Zip Geo;
    /// How a postal code begins.
    ZipPrefix Geo;
    /// A type of device.
    DeviceType Device;
    /// An operating system.
    Os Os;
    /// A browser.
    Browser Browser;
    /// A type of connection.
    Connection Connection;
    /// A language.
    Language Language;
    /// An hour of the week in one of the book's time zones.
    WeekHour DayPart;
    /// A domain, or one above it.
    Domain Domain;
    /// An app.
    Bundle Bundle;
    /// A publisher.
    Publisher Publisher;
    /// An exchange.
    Exchange Exchange;
    /// A category of a taxonomy, or the one above it.
    Category Category;
    /// A keyword.
    Keyword Keyword;
    /// A segment, whoever says so.
    Segment Segment;
    /// A segment of one provider.
    ProviderSegment Segment;
    /// An uploaded audience.
    Audience Audience;
    /// A deal.
    Deal Deal;
    /// A position.
    Position Position;
    /// A size that the impression takes.
    Size TargetedSize;
    /// A format that the impression takes.
    Format TargetedFormat;
    /// A video placement.
    VideoPlacement VideoPlacement;
    /// Site, app or out of home.
    Channel Channel;
    /// A condition that no term can say: a circle, a range of seconds. It holds or not, for all ads that ask it.
    Place Geo;
    /// The like, about seconds.
    Seconds VideoDuration;
    /// The like, about years.
    Years Age;
}

/// One thing that a request may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term<'t> {
    /// What it is about.
    pub attribute: Attribute,
    /// The number that it says, or in which list the text stands; 0 where there is none.
    pub number: u64,
    /// The text that it says; empty where there is none.
    pub text: &'t str,
}

impl<'t> Term<'t> {
    /// A number.
    pub fn number(attribute: Attribute, number: u64) -> Term<'static> {
        Term {
            attribute,
            number,
            text: "",
        }
    }

    /// A text.
    pub fn text(attribute: Attribute, text: &'t str) -> Term<'t> {
        Term {
            attribute,
            number: 0,
            text,
        }
    }

    #[inline]
    pub(super) fn hash(&self, ends: Ends) -> u64 {
        // Ads alone put terms in; a request only looks them up. So nobody outside can make them collide on purpose,
        // and the hash needs no secret.
        let number = self.number ^ (self.attribute as u64) << 56 ^ (self.text.len() as u64) << 40;
        let of_ends = folded(ends.first ^ FRACTION_OF_PI, ends.last ^ number);
        let middle = match self.text.as_bytes() {
            short if short.len() <= 16 => return folded(of_ends ^ number, FRACTION_OF_E),
            long => &long[8..long.len() - 8],
        };
        let (words, _) = middle.as_chunks::<8>();
        let all = words.iter().fold(of_ends, |all, word| {
            folded(all ^ u64::from_le_bytes(*word), FRACTION_OF_PI)
        });
        folded(all ^ number, FRACTION_OF_E)
    }
}

const FRACTION_OF_PI: u64 = 0x243f_6a88_85a3_08d3;
const FRACTION_OF_E: u64 = 0xb7e1_5162_8aed_2a6b;

/// Both halves of a product, one over the other: each bit of it depends on most of both factors.
#[inline]
fn folded(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

/// The first and the last eight bytes of a text, which overlap where it is shorter than sixteen. Two texts of a length
/// up to sixteen are equal if these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    first: u64,
    last: u64,
}

impl Ends {
    #[inline]
    pub(super) fn of(text: &str) -> Ends {
        let bytes = text.as_bytes();
        if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            return Ends {
                first: u64::from_le_bytes(*first),
                last: u64::from_le_bytes(*last),
            };
        }
        if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            return Ends {
                first: u64::from(u32::from_le_bytes(*first)),
                last: u64::from(u32::from_le_bytes(*last)),
            };
        }
        // Up to three bytes: the first, the last, and the one between.
        let byte = |at: usize| bytes.get(at).map_or(0, |byte| u64::from(*byte));
        Ends {
            first: byte(0) | byte(1) << 8,
            last: byte(2),
        }
    }
}

/// A whole number of a list.
pub fn of_number(attribute: Attribute, number: i32) -> Term<'static> {
    Term::number(attribute, u64::from(number as u32))
}

/// A width and a height.
pub fn of_size(attribute: Attribute, size: Size) -> Term<'static> {
    Term::number(
        attribute,
        u64::from(size.width as u32) << 32 | u64::from(size.height as u32),
    )
}

/// A region of a country.
pub fn region(country: Country, code: &str) -> Term<'_> {
    let number = country
        .code()
        .bytes()
        .fold(0, |number, letter| number << 8 | u64::from(letter));
    Term {
        number,
        ..Term::text(Attribute::Region, code)
    }
}

/// A category of a taxonomy.
pub fn category(taxonomy: i32, id: &str) -> Term<'_> {
    Term {
        number: u64::from(taxonomy as u32),
        ..Term::text(Attribute::Category, id)
    }
}

/// An hour of the week in one of the book's time zones.
pub fn week_hour(zone: u64, hour: WeekHour) -> Term<'static> {
    Term::number(Attribute::WeekHour, zone << 8 | hour.index() as u64)
}

/// Site, app or out of home.
pub fn channel(channel: Channel) -> Term<'static> {
    Term::number(Attribute::Channel, channel as u64)
}

/// What a creative needs of an impression: its format, and where that is a banner, its size.
pub fn shape(creative: &Creative) -> Term<'static> {
    match &creative.material {
        Material::Banner(banner) => of_size(Attribute::Shape, banner.size),
        _ => shape_of(creative.format()),
    }
}

/// Any creative of a format that is not a banner: they have no size.
pub fn shape_of(format: Format) -> Term<'static> {
    // No banner is so small.
    Term::number(Attribute::Shape, format as u64)
}
