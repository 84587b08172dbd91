//! The values that ads ask for and requests hold: places, sites, apps, categories, segments. Most are made from a
//! number, so that an ad and a request that mean the same thing write it the same way.

use super::dice::Dice;

/// Countries by how often they come, with how many regions each has.
pub const COUNTRIES: &[((&str, usize), u32)] = &[
    (("USA", 50), 36),
    (("DEU", 16), 11),
    (("GBR", 4), 10),
    (("FRA", 13), 7),
    (("CAN", 10), 5),
    (("ESP", 17), 4),
    (("ITA", 20), 4),
    (("BRA", 26), 4),
    (("MEX", 31), 3),
    (("NLD", 12), 3),
    (("POL", 16), 3),
    (("JPN", 47), 3),
    (("AUS", 6), 2),
    (("SWE", 21), 2),
    (("AUT", 9), 1),
    (("PRT", 18), 1),
    (("TUR", 60), 1),
];

/// Languages as the countries above speak them.
pub fn language_of(country: &str) -> &'static str {
    match country {
        "DEU" | "AUT" => "de",
        "FRA" => "fr",
        "ESP" | "MEX" => "es",
        "ITA" => "it",
        "BRA" | "PRT" => "pt",
        "NLD" => "nl",
        "POL" => "pl",
        "JPN" => "ja",
        "SWE" => "sv",
        "TUR" => "tr",
        _ => "en",
    }
}

/// All of them.
pub const LANGUAGES: [&str; 11] = [
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "ja", "sv", "tr",
];

const STATES: [&str; 50] = [
    "CA", "TX", "FL", "NY", "PA", "IL", "OH", "GA", "NC", "MI", "NJ", "VA", "WA", "AZ", "TN", "MA",
    "IN", "MD", "MO", "WI", "CO", "MN", "SC", "AL", "LA", "KY", "OR", "OK", "CT", "UT", "IA", "NV",
    "AR", "KS", "MS", "NM", "NE", "ID", "WV", "HI", "NH", "ME", "MT", "RI", "DE", "SD", "ND", "AK",
    "VT", "WY",
];

/// A region of a country, by its rank there. The United States' are their states; the others are numbered.
pub fn region(country: &str, rank: usize) -> String {
    match country {
        "USA" => STATES[rank % STATES.len()].to_string(),
        _ => format!("{:02}", rank + 1),
    }
}

/// How many cities we know of in each region.
pub const CITIES: usize = 12;

const CITY_HEADS: [&str; 12] = [
    "Ash", "Bright", "Clear", "Deer", "East", "Fair", "Glen", "High", "Iron", "King", "Lake",
    "Mill",
];
const CITY_TAILS: [&str; 10] = [
    "ford", "ton", "field", "burg", "haven", "wood", "bridge", "port", "dale", "view",
];

/// A city of a region.
pub fn city(country: &str, region: usize, rank: usize) -> String {
    let place = region * CITIES + rank + country.len() * usize::from(country.as_bytes()[0]);
    let (head, tail) = (
        place % CITY_HEADS.len(),
        place / CITY_HEADS.len() % CITY_TAILS.len(),
    );
    format!("{}{}", CITY_HEADS[head], CITY_TAILS[tail])
}

/// Nielsen's code of a state's market.
pub fn metro(region: usize, rank: usize) -> String {
    format!("{}", 500 + region * 4 + rank % 4)
}

/// A postal code of five digits.
pub fn zip(region: usize, rank: usize) -> String {
    format!("{:05}", 1_000 + region * 1_900 + rank * 37)
}

/// How many sites there are.
pub const SITES: usize = 2_000;

const SITE_HEADS: [&str; 50] = [
    "daily", "morning", "city", "metro", "global", "local", "first", "prime", "open", "true",
    "north", "south", "west", "east", "coast", "valley", "harbor", "summit", "river", "lake",
    "sports", "auto", "home", "garden", "travel", "food", "money", "market", "tech", "game",
    "movie", "music", "style", "health", "family", "pet", "book", "craft", "science", "weather",
    "campus", "career", "estate", "boat", "camera", "cycle", "kitchen", "outdoor", "puzzle",
    "recipe",
];
const SITE_TAILS: [&str; 40] = [
    "news", "herald", "times", "post", "journal", "review", "report", "wire", "guide", "hub",
    "today", "weekly", "planet", "world", "nation", "blog", "forum", "central", "digest",
    "insider", "talk", "zone", "base", "port", "desk", "beat", "press", "voice", "watch", "works",
    "daily", "corner", "place", "spot", "lane", "street", "square", "bay", "point", "view",
];

/// A site's domain, the most visited first.
pub fn site(rank: usize) -> String {
    let (head, tail) = (
        rank % SITE_HEADS.len(),
        rank / SITE_HEADS.len() % SITE_TAILS.len(),
    );
    format!("{}-{}.example", SITE_HEADS[head], SITE_TAILS[tail])
}

/// How many apps there are.
pub const APPS: usize = 1_200;

/// An app's bundle: a package name for two of three, an App Store number for the rest.
pub fn bundle(rank: usize) -> String {
    if rank % 3 == 2 {
        return format!("{}", 1_080_000_000 + rank * 7_919);
    }
    let (head, tail) = (
        rank % SITE_HEADS.len(),
        rank / SITE_HEADS.len() % SITE_TAILS.len(),
    );
    format!(
        "com.{}{}.app{}",
        SITE_HEADS[head],
        SITE_TAILS[tail],
        rank % 7
    )
}

/// How many publishers there are.
pub const PUBLISHERS: usize = 800;

/// A publisher's id on an exchange.
pub fn publisher(rank: usize) -> String {
    format!("pub-{}", 540_000 + rank * 13)
}

/// The publisher whose a site or an app is.
pub fn publisher_of(property: usize) -> usize {
    (property * 7 + property / 11) % PUBLISHERS
}

/// How many content categories are in use: 26 tiers of the first taxonomy with up to ten children each.
pub const CATEGORIES: usize = 260;

/// A content category of IAB's first taxonomy: a parent, or one of its children.
pub fn category(rank: usize) -> String {
    match rank % 10 {
        0 => format!("IAB{}", rank / 10 + 1),
        child => format!("IAB{}-{child}", rank / 10 + 1),
    }
}

const KEYWORD_HEADS: [&str; 20] = [
    "used", "cheap", "best", "new", "online", "family", "summer", "winter", "electric", "organic",
    "luxury", "budget", "local", "kids", "home", "outdoor", "indoor", "smart", "vintage",
    "healthy",
];
const KEYWORD_TAILS: [&str; 25] = [
    "cars",
    "shoes",
    "travel",
    "recipes",
    "phones",
    "laptops",
    "insurance",
    "mortgage",
    "hotels",
    "flights",
    "games",
    "movies",
    "music",
    "fitness",
    "furniture",
    "gardening",
    "fashion",
    "beauty",
    "toys",
    "books",
    "cameras",
    "bikes",
    "pets",
    "jobs",
    "courses",
];

/// How many keywords there are.
pub const KEYWORDS: usize = KEYWORD_HEADS.len() * KEYWORD_TAILS.len();

/// A keyword.
pub fn keyword(rank: usize) -> String {
    let (head, tail) = (
        rank % KEYWORD_HEADS.len(),
        rank / KEYWORD_HEADS.len() % KEYWORD_TAILS.len(),
    );
    format!("{} {}", KEYWORD_HEADS[head], KEYWORD_TAILS[tail])
}

/// Who sells segments.
pub const PROVIDERS: [&str; 4] = ["northdata", "audience-one", "lumen-dmp", "publisher"];
/// How many segments each provider has.
pub const SEGMENTS: usize = 600;

/// A segment's id at its provider.
pub fn segment(rank: usize) -> String {
    format!("{}", 30_000 + rank * 17)
}

/// How many deals are about.
pub const DEALS: usize = 300;

/// A deal's id.
pub fn deal(rank: usize) -> String {
    format!("OB-PMP-{:05}", 10_000 + rank * 31)
}

/// Banner sizes by how often they are offered.
pub const SIZES: &[((i32, i32), u32)] = &[
    ((300, 250), 38),
    ((728, 90), 17),
    ((320, 50), 16),
    ((300, 600), 9),
    ((160, 600), 7),
    ((970, 250), 6),
    ((336, 280), 4),
    ((320, 100), 3),
];

/// How many exchanges send requests.
pub const EXCHANGES: u64 = 4;

/// An exchange's name in its URL; numbered from 1.
pub fn exchange(number: u64) -> String {
    format!("exchange-{number}")
}

/// A place: country, and ranks of region and city in it.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// The country's three letters.
    pub country: &'static str,
    /// The region's rank in the country.
    pub region: usize,
    /// The city's rank in the region.
    pub city: usize,
}

impl Spot {
    /// Somewhere, the populous places most often.
    pub fn roll(dice: &mut Dice) -> Spot {
        let (country, regions) = *dice.weighted(COUNTRIES);
        Spot {
            country,
            region: dice.zipf(regions),
            city: dice.zipf(CITIES),
        }
    }

    /// Degrees of latitude and longitude: each city has its own, far from the next.
    pub fn point(&self) -> (f64, f64) {
        let country =
            usize::from(self.country.as_bytes()[0]) + usize::from(self.country.as_bytes()[2]);
        let latitude =
            30.0 + (country * 7 + self.region * 3) as f64 % 30.0 + self.city as f64 * 0.21;
        let longitude =
            -120.0 + (country * 11 + self.region * 5) as f64 % 230.0 + self.city as f64 * 0.17;
        (latitude, longitude)
    }
}
