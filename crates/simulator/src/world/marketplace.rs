//! The exchanges of the world, each with its habits.

use std::time::Duration;

use campaign::exchange::{BillingNotice, Exchange, NoBidForm};
use campaign::id::ExchangeId;
use campaign::money::Currency;

/// An exchange as it behaves on the wire: the noun that the bidder is configured with, and what no configuration says.
#[derive(Clone, Debug)]
pub struct Marketplace {
    /// What the bidder knows of it.
    pub exchange: Exchange,
    /// How long it waits for an answer.
    pub tmax: Duration,
    /// How much of the traffic is its.
    pub weight: u32,
    /// What it does differently from others.
    pub quirks: Quirks,
}

/// What exchanges do each in its own way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// The version that it names in `x-openrtb-version`; none where `None`.
    pub version: Option<&'static str>,
    /// What it sends as content type; none where `None`.
    pub content_type: Option<&'static str>,
    /// It compresses what it sends.
    pub gzip: bool,
    /// It keeps consent, supply chain and ids in `ext`, where 2.5 had them.
    pub places_of_2_5: bool,
    /// It sends `native.request` as an object, not as text.
    pub native_as_object: bool,
    /// It leaves `at`, `tmax` and `cur` out, since the contract says them.
    pub terms_by_contract: bool,
    /// It writes numbers in places where the specification has text.
    pub numbers_for_text: bool,
    /// Only apps and televisions, or only websites.
    pub channel: ChannelOnly,
}

/// Which properties an exchange sells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChannelOnly {
    /// All of them.
    #[default]
    Any,
    /// Websites.
    Sites,
    /// Apps.
    Apps,
}

impl Marketplace {
    /// The exchanges that a market has unless it is told otherwise. The first is `demo`, as plain as can be.
    pub fn defaults() -> Vec<Marketplace> {
        vec![
            Marketplace {
                exchange: exchange(1, "demo", 1, Currency::USD),
                tmax: Duration::from_millis(200),
                weight: 50,
                quirks: Quirks {
                    version: Some("2.6"),
                    content_type: Some("application/json"),
                    ..Quirks::default()
                },
            },
            Marketplace {
                exchange: exchange(2, "harbor", 2, Currency::USD),
                tmax: Duration::from_millis(150),
                weight: 25,
                quirks: Quirks {
                    version: Some("2.5"),
                    content_type: Some("application/json;charset=utf-8"),
                    gzip: true,
                    places_of_2_5: true,
                    channel: ChannelOnly::Sites,
                    ..Quirks::default()
                },
            },
            Marketplace {
                exchange: Exchange {
                    billing: BillingNotice::ImpressionPixel,
                    no_bid: NoBidForm::Reason,
                    ..exchange(3, "lantern", 1, Currency::USD)
                },
                tmax: Duration::from_millis(300),
                weight: 20,
                quirks: Quirks {
                    native_as_object: true,
                    numbers_for_text: true,
                    channel: ChannelOnly::Apps,
                    ..Quirks::default()
                },
            },
            Marketplace {
                exchange: exchange(4, "meridian", 2, Currency::EUR),
                tmax: Duration::from_millis(120),
                weight: 5,
                quirks: Quirks {
                    version: Some("2.6"),
                    content_type: Some("text/plain"),
                    terms_by_contract: true,
                    ..Quirks::default()
                },
            },
        ]
    }
}

fn exchange(id: u64, name: &str, auction_type: i32, currency: Currency) -> Exchange {
    Exchange {
        auction_type,
        currency,
        ..Exchange::new(ExchangeId(id), name, "outbid")
    }
}
