//! Which requests an ad wants: any boolean combination of conditions on what a request says.
//!
//! A condition is data; `auction` tests it. Texts in sets are lower case (countries upper case),
//! made so by the sets' own doors.

use std::collections::BTreeSet;

use crate::country::Country;
use crate::creative::{Format, Size};
use crate::id::{AudienceId, ExchangeId};
use crate::time::WeekHour;

/// A boolean expression over conditions.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// Every one holds. The empty list holds always: an ad that wants everything.
    All(Vec<Expression>),
    /// At least one holds. The empty list never holds.
    Any(Vec<Expression>),
    /// It does not hold. Where the request does not say, a `Not` holds: an exclusion shuts out what
    /// is known, not what is unknown.
    Not(Box<Expression>),
    /// One condition holds.
    Is(Condition),
}

impl Default for Expression {
    fn default() -> Expression {
        Expression::All(Vec::new())
    }
}

impl Expression {
    /// How deep an expression may nest: enough for what people write, small enough for any stack.
    pub const MAX_DEPTH: usize = 16;
    /// How many conditions an expression may hold.
    pub const MAX_CONDITIONS: usize = 1_000;

    /// How deep the expression nests; a condition alone is 1.
    pub fn depth(&self) -> usize {
        match self {
            Expression::All(parts) | Expression::Any(parts) => {
                1 + parts.iter().map(Expression::depth).max().unwrap_or(0)
            }
            Expression::Not(part) => 1 + part.depth(),
            Expression::Is(_) => 1,
        }
    }

    /// Calls `visit` for each condition, with whether an odd number of `Not` stands above it.
    pub fn for_each<'e>(&'e self, visit: &mut impl FnMut(&'e Condition, bool)) {
        fn walk<'e>(
            part: &'e Expression,
            negated: bool,
            visit: &mut impl FnMut(&'e Condition, bool),
        ) {
            match part {
                Expression::All(parts) | Expression::Any(parts) => {
                    parts.iter().for_each(|p| walk(p, negated, visit))
                }
                Expression::Not(inner) => walk(inner, !negated, visit),
                Expression::Is(condition) => visit(condition, negated),
            }
        }
        walk(self, false, visit);
    }

    /// The deals that the expression asks for: a bid for the ad may name one of them.
    pub fn deals(&self) -> BTreeSet<&str> {
        let mut deals = BTreeSet::new();
        self.for_each(&mut |condition, negated| {
            if let (Condition::Deal(ids), false) = (condition, negated) {
                deals.extend(ids.iter().map(String::as_str));
            }
        });
        deals
    }
}

/// One test of what a request says. A list inside one condition means "one of these".
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// The user's country.
    Country(BTreeSet<Country>),
    /// The region inside a country, ISO 3166-2 without the country ("CA", "BE").
    Region(Vec<Region>),
    /// The city's name.
    City(Texts),
    /// Nielsen's metro code or the like.
    Metro(Texts),
    /// Postal codes; one that ends in `*` is a prefix.
    Zip(Texts),
    /// Inside one of these circles.
    Near(Vec<Circle>),
    /// AdCOM list "Device Types": 1 mobile/tablet, 2 computer, 3 TV, 4 phone, 5 tablet, 6 connected
    /// device, 7 set-top box, 8 out of home.
    DeviceType(BTreeSet<i32>),
    /// Operating system: `android`, `ios`, `windows`, `macos`, `linux`, `chromeos`, `tvos`, `roku`,
    /// `tizen`, `webos`, `fireos`, …
    Os(Texts),
    /// Browser: `chrome`, `safari`, `firefox`, `edge`, `opera`, `samsung`, …
    Browser(Texts),
    /// AdCOM list "Connection Types": 1 ethernet, 2 wifi, 3–7 cellular.
    Connection(BTreeSet<i32>),
    /// The device's or the content's language, ISO 639-1.
    Language(Texts),
    /// Hours of the week, in the campaign's time zone.
    DayPart(BTreeSet<WeekHour>),
    /// The site's domain, or one above it: `example.com` means `www.example.com` too.
    Domain(Texts),
    /// The app's bundle.
    Bundle(Texts),
    /// The publisher's id as the exchange knows it.
    Publisher(Texts),
    /// Where the request comes from.
    Exchange(BTreeSet<ExchangeId>),
    /// Content categories of site, app or content. A parent means its children (`IAB2` means `IAB2-3`).
    Category {
        /// Which taxonomy (`cattax`).
        taxonomy: i32,
        /// Which categories of it.
        ids: Texts,
    },
    /// Keywords of site, app, content or user.
    Keyword(Texts),
    /// Audience segments of `user.data`, as `provider/segment`, or `segment` for any provider. Personal: needs consent.
    Segment(Texts),
    /// Uploaded audiences. Personal: needs consent.
    Audience(BTreeSet<AudienceId>),
    /// Deals by id, as written: ids are compared with their case. A bid then names the deal.
    Deal(BTreeSet<String>),
    /// AdCOM list "Placement Positions": 1 above the fold, 3 below it, 7 full screen, …
    Position(BTreeSet<i32>),
    /// Sizes that the impression takes.
    Size(BTreeSet<Size>),
    /// Formats that the impression takes.
    Format(BTreeSet<Format>),
    /// Video placement: `plcmt` of 2.6 (1 instream, 2 accompanying, 3 interstitial, 4 standalone).
    VideoPlacement(BTreeSet<i32>),
    /// The impression takes films of some length in this range, in seconds, ends included.
    VideoDuration {
        /// Shortest.
        min_seconds: i32,
        /// Longest.
        max_seconds: i32,
    },
    /// The user's age in years where it was sent, ends included. Personal: needs consent.
    Age {
        /// Youngest.
        min: i32,
        /// Oldest.
        max: i32,
    },
    /// Where the ad shows.
    Channel(BTreeSet<Channel>),
}

/// A set of texts, trimmed and lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(BTreeSet<String>);

impl Texts {
    /// Whether the set holds this text, which must be lower case already.
    pub fn contains(&self, text: &str) -> bool {
        self.0.contains(text)
    }

    /// Each text, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: AsRef<str>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Texts {
        Texts(
            texts
                .into_iter()
                .map(|t| t.as_ref().trim().to_lowercase())
                .filter(|t| !t.is_empty())
                .collect(),
        )
    }
}

/// A part of a country.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region {
    /// Which country.
    pub country: Country,
    /// ISO 3166-2 without the country, upper case: "CA".
    pub code: String,
}

/// A circle on the earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    /// Degrees, −90 to 90.
    pub latitude: f64,
    /// Degrees, −180 to 180.
    pub longitude: f64,
    /// Kilometres.
    pub radius_km: f64,
}

impl Circle {
    const EARTH_RADIUS_KM: f64 = 6_371.008_8;

    /// Whether the point lies inside, by the great-circle distance (haversine) on a sphere of
    /// 6,371.0088 km (IUGG mean radius).
    pub fn contains(&self, latitude: f64, longitude: f64) -> bool {
        // Two points are never nearer than their parallels, and most points are told by that, without a sine. The
        // thousandth leaves what is near the rim to the formula.
        let parallels_km = (latitude - self.latitude).abs().to_radians() * Circle::EARTH_RADIUS_KM;
        if parallels_km > self.radius_km * 1.001 + 0.001 {
            return false;
        }
        let (lat1, lat2) = (self.latitude.to_radians(), latitude.to_radians());
        let half_lat = (lat2 - lat1) / 2.0;
        let half_lon = (longitude - self.longitude).to_radians() / 2.0;
        let h = half_lat.sin().powi(2) + lat1.cos() * lat2.cos() * half_lon.sin().powi(2);
        2.0 * Circle::EARTH_RADIUS_KM * h.sqrt().min(1.0).asin() <= self.radius_km
    }
}

/// Where an ad shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// On a web page.
    Site,
    /// In an app.
    App,
    /// On a screen in public.
    OutOfHome,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_knows_its_inside() {
        let berlin = Circle {
            latitude: 52.52,
            longitude: 13.405,
            radius_km: 30.0,
        };
        assert!(berlin.contains(52.39, 13.06), "Potsdam is 27 km away");
        assert!(!berlin.contains(51.34, 12.37), "Leipzig is 149 km away");
        let date_line = Circle {
            latitude: 0.0,
            longitude: 179.9,
            radius_km: 50.0,
        };
        assert!(date_line.contains(0.0, -179.9));
        let pole = Circle {
            latitude: 89.9,
            longitude: 0.0,
            radius_km: 30.0,
        };
        assert!(pole.contains(89.9, 180.0), "22 km over the pole");
        assert!(!pole.contains(89.6, 0.0), "33 km along the meridian");
    }

    #[test]
    fn the_deals_of_an_expression_are_those_that_it_asks_for() {
        let deal = |id: &str| Expression::Is(Condition::Deal(BTreeSet::from([id.to_string()])));
        let expression = Expression::All(vec![
            Expression::Any(vec![deal("A"), deal("b")]),
            Expression::Not(Box::new(deal("C"))),
        ]);
        assert_eq!(expression.deals(), BTreeSet::from(["A", "b"]));
        assert_eq!(expression.depth(), 3);
    }
}
