//! What a request can say of itself, each said thing a term, and the numbers that the book's ads give to terms.

use hashbrown::HashTable;

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
    fn hash(&self, ends: Ends) -> u64 {
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
struct Ends {
    first: u64,
    last: u64,
}

impl Ends {
    #[inline]
    fn of(text: &str) -> Ends {
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

/// A term's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermId(pub u32);

/// The terms that the ads of a book ask for, numbered as they come.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    by_hash: HashTable<TermId>,
    terms: Vec<Known>,
    texts: String,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    attribute: Attribute,
    number: u64,
    text: (u32, u32),
    ends: Ends,
}

impl Dictionary {
    /// The term's number, if an ad asks for it.
    #[inline]
    pub fn find(&self, term: &Term<'_>) -> Option<TermId> {
        let ends = Ends::of(term.text);
        let is_same = |id: &TermId| self.is(&self.terms[id.0 as usize], term, ends);
        self.by_hash.find(term.hash(ends), is_same).copied()
    }

    #[inline]
    fn is(&self, known: &Known, term: &Term<'_>, ends: Ends) -> bool {
        let (start, end) = known.text;
        let same = known.ends == ends
            && known.number == term.number
            && known.attribute == term.attribute
            && (end - start) as usize == term.text.len();
        same && (term.text.len() <= 16 || self.texts[start as usize..end as usize] == *term.text)
    }

    /// The term's number; a new one for a new term.
    pub fn add(&mut self, term: &Term<'_>) -> TermId {
        if let Some(known) = self.find(term) {
            return known;
        }
        let id = TermId(u32::try_from(self.terms.len()).expect("fewer than 2^32 terms"));
        let start = self.texts.len() as u32;
        self.texts.push_str(term.text);
        // What does not fit would be found by nobody: a book's texts would have to outgrow four gigabytes.
        let end = u32::try_from(self.texts.len()).expect("a book's texts are shorter than 4 GiB");
        self.terms.push(Known {
            attribute: term.attribute,
            number: term.number,
            text: (start, end),
            ends: Ends::of(term.text),
        });
        let (terms, texts) = (&self.terms, &self.texts);
        let hash = |id: &TermId| Self::read(terms, texts, *id).hash(terms[id.0 as usize].ends);
        self.by_hash
            .insert_unique(term.hash(Ends::of(term.text)), id, hash);
        id
    }

    /// The term with this number.
    pub fn term(&self, id: TermId) -> Term<'_> {
        Self::read(&self.terms, &self.texts, id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.by_hash.allocation_size()
            + self.terms.capacity() * size_of::<Known>()
            + self.texts.capacity()
    }

    fn read<'t>(terms: &[Known], texts: &'t str, id: TermId) -> Term<'t> {
        let Known {
            attribute,
            number,
            text: (start, end),
            ..
        } = terms[id.0 as usize];
        Term {
            attribute,
            number,
            text: &texts[start as usize..end as usize],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_length_are_told_apart() {
        let mut dictionary = Dictionary::default();
        let long = "0123456789abcdefghijklmnopqrstuvwxyz";
        let mut all: Vec<String> = (0..=long.len())
            .map(|end| long[..end].to_string())
            .collect();
        // One letter changed, wherever it stands.
        for length in [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 33] {
            for at in 0..length {
                let mut text = long[..length].to_string();
                text.replace_range(at..=at, "-");
                all.push(text);
            }
        }
        for (number, text) in (0..).zip(&all) {
            let term = Term::text(Attribute::Keyword, text);
            assert_eq!(dictionary.find(&term), None, "{text}");
            assert_eq!(dictionary.add(&term), TermId(number));
        }
        for (number, text) in (0..).zip(&all) {
            let term = Term::text(Attribute::Keyword, text);
            assert_eq!(dictionary.find(&term), Some(TermId(number)), "{text}");
        }
    }

    #[test]
    fn a_term_is_found_by_all_that_it_says() {
        let mut dictionary = Dictionary::default();
        let site = Term::text(Attribute::Domain, "example.com");
        let app = Term::text(Attribute::Bundle, "example.com");
        let third = Term { number: 3, ..site };
        assert_eq!(dictionary.find(&site), None);
        let ids = [site, app, third].map(|term| dictionary.add(&term));
        assert_eq!(ids, [0, 1, 2].map(TermId));
        assert_eq!(dictionary.add(&app), ids[1]);
        assert_eq!(dictionary.find(&third), Some(ids[2]));
        assert_eq!(dictionary.term(ids[0]), site);
        assert_eq!(dictionary.len(), 3);
    }
}
