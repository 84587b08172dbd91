//! Where users are.

use serde_json::{Value, json};

/// What the law of a place asks of advertising.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// Nothing that a request would say.
    Plain,
    /// The General Data Protection Regulation: a TC string.
    Gdpr,
    /// A law of a state of the USA: a US privacy string.
    UsState,
}

/// A city with its surroundings.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// ISO 3166-1 alpha-3.
    pub country: &'static str,
    /// ISO 3166-2 without the country.
    pub region: &'static str,
    /// The city's name.
    pub city: &'static str,
    /// Postal code of its centre.
    pub zip: &'static str,
    /// Nielsen's metro code; empty outside the USA.
    pub metro: &'static str,
    /// Degrees.
    pub latitude: f64,
    /// Degrees.
    pub longitude: f64,
    /// Minutes that local time is ahead of UTC, in winter.
    pub utc_offset_minutes: i32,
    /// What people speak there, ISO 639-1.
    pub language: &'static str,
    /// What the law asks.
    pub law: Law,
    /// What an impression there costs against one in New York.
    pub price_level: f64,
    /// How many of a hundred users live there, roughly.
    pub weight: u32,
}

/// Every place of the world.
pub const PLACES: &[Place] = &[
    at("USA", "NY", "New York", "10001", 40.7, -74.0, -300, "en")
        .metro("501")
        .priced(1.0, 14),
    at(
        "USA",
        "CA",
        "Los Angeles",
        "90012",
        34.1,
        -118.2,
        -480,
        "en",
    )
    .metro("803")
    .us(1.05, 12),
    at("USA", "IL", "Chicago", "60601", 41.9, -87.6, -360, "en")
        .metro("602")
        .priced(0.9, 8),
    at("USA", "TX", "Austin", "78701", 30.3, -97.7, -360, "en")
        .metro("635")
        .priced(0.85, 8),
    at("USA", "CO", "Denver", "80202", 39.7, -105.0, -420, "en")
        .metro("751")
        .us(0.8, 4),
    at("USA", "FL", "Miami", "33130", 25.8, -80.2, -300, "es")
        .metro("528")
        .priced(0.8, 5),
    at("CAN", "ON", "Toronto", "M5H", 43.7, -79.4, -300, "en").priced(0.75, 6),
    at("GBR", "ENG", "London", "EC1A", 51.5, -0.1, 0, "en").gdpr(0.85, 8),
    at("GBR", "SCT", "Edinburgh", "EH1", 55.9, -3.2, 0, "en").gdpr(0.7, 2),
    at("DEU", "BE", "Berlin", "10115", 52.5, 13.4, 60, "de").gdpr(0.8, 6),
    at("DEU", "BY", "Munich", "80331", 48.1, 11.6, 60, "de").gdpr(0.85, 3),
    at("FRA", "IDF", "Paris", "75001", 48.9, 2.4, 60, "fr").gdpr(0.7, 5),
    at("ESP", "MD", "Madrid", "28001", 40.4, -3.7, 60, "es").gdpr(0.5, 3),
    at("NLD", "NH", "Amsterdam", "1012", 52.4, 4.9, 60, "nl").gdpr(0.75, 2),
    at("BRA", "SP", "Sao Paulo", "01001", -23.6, -46.6, -180, "pt").priced(0.3, 5),
    at(
        "MEX",
        "CMX",
        "Mexico City",
        "06000",
        19.4,
        -99.1,
        -360,
        "es",
    )
    .priced(0.3, 3),
    at("IND", "MH", "Mumbai", "400001", 19.1, 72.9, 330, "en").priced(0.15, 6),
    at("AUS", "NSW", "Sydney", "2000", -33.9, 151.2, 600, "en").priced(0.85, 3),
];

#[allow(
    clippy::too_many_arguments,
    reason = "one line of the table above, in the order of its columns"
)]
const fn at(
    country: &'static str,
    region: &'static str,
    city: &'static str,
    zip: &'static str,
    latitude: f64,
    longitude: f64,
    utc_offset_minutes: i32,
    language: &'static str,
) -> Place {
    Place {
        country,
        region,
        city,
        zip,
        metro: "",
        latitude,
        longitude,
        utc_offset_minutes,
        language,
        law: Law::Plain,
        price_level: 1.0,
        weight: 1,
    }
}

impl Place {
    const fn metro(self, metro: &'static str) -> Place {
        Place { metro, ..self }
    }

    const fn priced(self, price_level: f64, weight: u32) -> Place {
        Place {
            price_level,
            weight,
            ..self
        }
    }

    const fn gdpr(self, price_level: f64, weight: u32) -> Place {
        Place {
            law: Law::Gdpr,
            ..self.priced(price_level, weight)
        }
    }

    const fn us(self, price_level: f64, weight: u32) -> Place {
        Place {
            law: Law::UsState,
            ..self.priced(price_level, weight)
        }
    }

    /// The place as `geo` of a request. `source` is AdCOM's location type: 1 GPS, 2 address.
    pub fn geo(&self, source: i32) -> Value {
        let mut geo = json!({
            "lat": self.latitude,
            "lon": self.longitude,
            "type": source,
            "country": self.country,
            "region": self.region,
            "city": self.city,
            "zip": self.zip,
            "utcoffset": self.utc_offset_minutes,
        });
        if source == 2 {
            geo["ipservice"] = json!(3);
            geo["accuracy"] = json!(5_000);
        }
        if !self.metro.is_empty() {
            geo["metro"] = json!(self.metro);
        }
        geo
    }
}
