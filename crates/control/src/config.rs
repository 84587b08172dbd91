//! What control is told at its start: as it stands in a file, and as it is used.
//!
//! [`RawMarket`] is what a TOML file says: unknown fields are refused, and [`RawMarket::check`] makes a [`Market`] of
//! it in which every value is good. An exchange of the file is planted in the store at the first start that meets it;
//! from then on the store holds.

use std::collections::BTreeSet;

use campaign::exchange::{BillingNotice, Exchange, NoBidForm};
use campaign::id::ExchangeId;
use campaign::money::{Currency, RateTable};
use campaign::time::Span;
use serde::{Deserialize, Serialize};

/// How many exchanges one market may have.
pub const MAX_EXCHANGES: usize = 1_000;

/// Control's certificates, each as the text of a PEM file.
#[derive(Clone, PartialEq, Eq)]
pub struct Tls {
    /// The server's certificate, with those between it and its authority.
    pub cert: Vec<u8>,
    /// The certificate's key.
    pub key: Vec<u8>,
    /// Who signs the certificates that callers must show; they need none where there is none.
    pub client_ca: Option<Vec<u8>>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tls(client certificates: {})", self.client_ca.is_some())
    }
}

/// Where impressions are bought, and what currencies are worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Market {
    /// The exchanges. No two have one name or one number.
    pub exchanges: Vec<Exchange>,
    /// What currencies are worth.
    pub rates: RateTable,
    /// In how many of a million first-price auctions another bid is made than the best one, to learn what it takes.
    pub explored_ppm: u32,
}

/// A market as a file says it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawMarket {
    /// The exchanges.
    #[serde(default)]
    pub exchanges: Vec<RawExchange>,
    /// What one unit of a currency is worth in US dollars, as decimal text: `EUR = "1.0824"`.
    #[serde(default)]
    pub rates: std::collections::BTreeMap<String, String>,
    /// In how many of a hundred first-price auctions another bid is made than the best one, to learn what it takes to
    /// win: 0 to 10, 1 where it is left out.
    #[serde(default)]
    pub exploration_percent: Option<f64>,
}

/// An exchange as a file says it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawExchange {
    /// Its number, which notices carry: never to be used for another.
    pub id: u64,
    /// Its name in `/bid/{name}`.
    pub name: String,
    /// The auction type where a request names none: 1 first price, 2 second price.
    #[serde(default = "second_price")]
    pub auction_type: i32,
    /// The currency where a request names none.
    #[serde(default = "dollar")]
    pub currency: String,
    /// How much of `tmax` the network takes, in milliseconds.
    #[serde(default = "usual_margin")]
    pub timeout_margin_ms: i64,
    /// The deadline where a request names none, in milliseconds.
    #[serde(default = "usual_timeout")]
    pub default_timeout_ms: i64,
    /// Our seat there.
    pub seat: String,
    /// How it wants a no-bid.
    #[serde(default)]
    pub no_bid: RawNoBid,
    /// What makes an impression billable.
    #[serde(default)]
    pub billing: RawBilling,
}

/// How an exchange wants a no-bid.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawNoBid {
    /// 204 and no body.
    #[default]
    Empty,
    /// 200 with the reason.
    Reason,
}

/// What makes an impression billable.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawBilling {
    /// The exchange calls `burl`.
    #[default]
    Burl,
    /// The markup's impression pixel bills.
    ImpressionPixel,
}

fn second_price() -> i32 {
    2
}
fn dollar() -> String {
    "USD".to_string()
}
fn usual_margin() -> i64 {
    20
}
fn usual_timeout() -> i64 {
    120
}

/// What is wrong with a market, all of it.
#[derive(Debug, thiserror::Error)]
pub enum MarketError {
    /// Not TOML, or fields that are not known or missing.
    #[error("the market cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// Values that are not good; a line each.
    #[error("the market is wrong:\n  {}", .0.join("\n  "))]
    Values(Vec<String>),
}

impl Market {
    /// Reads a market from TOML.
    pub fn parse(text: &str) -> Result<Market, MarketError> {
        let raw: RawMarket = toml::from_str(text)?;
        raw.check().map_err(MarketError::Values)
    }
}

impl RawMarket {
    /// Makes a market of it, or tells everything that is wrong.
    pub fn check(self) -> Result<Market, Vec<String>> {
        let mut wrong = Vec::new();
        let mut rates = RateTable::default();
        for (code, usd) in &self.rates {
            let set = Currency::parse(code).and_then(|currency| rates.set(currency, usd));
            if let Err(error) = set {
                wrong.push(format!("rates.{code}: {error}"));
            }
        }
        if self.exchanges.len() > MAX_EXCHANGES {
            wrong.push(format!("exchanges: there are more than {MAX_EXCHANGES}"));
        }
        let (mut names, mut ids) = (BTreeSet::new(), BTreeSet::new());
        let mut exchanges = Vec::new();
        for raw in self.exchanges.into_iter().take(MAX_EXCHANGES) {
            if !names.insert(raw.name.clone()) {
                wrong.push(format!("exchanges: two are named \"{}\"", raw.name));
            }
            if !ids.insert(raw.id) {
                wrong.push(format!("exchanges: two have the id {}", raw.id));
            }
            exchanges.extend(raw.check(&rates, &mut wrong));
        }
        let explored = self.exploration_percent.unwrap_or(1.0);
        if !(0.0..=10.0).contains(&explored) {
            wrong.push("exploration_percent: write 0 to 10".to_string());
        }
        if wrong.is_empty() {
            Ok(Market {
                exchanges,
                rates,
                explored_ppm: (explored * 10_000.0) as u32,
            })
        } else {
            Err(wrong)
        }
    }
}

impl RawExchange {
    fn check(self, rates: &RateTable, wrong: &mut Vec<String>) -> Option<Exchange> {
        let before = wrong.len();
        let mut say = |what: String| wrong.push(format!("exchange \"{}\": {what}", self.name));
        if let Err(error) = api::names::check_id(&self.name) {
            say(format!("name: {error}"));
        }
        if self.id == 0 {
            say("id: write a number above 0".to_string());
        }
        if !matches!(self.auction_type, 1 | 2) {
            say("auction_type: write 1 (first price) or 2 (second price)".to_string());
        }
        if self.seat.trim().is_empty() {
            say("seat: write the seat that the exchange gave you".to_string());
        }
        if !(0..=10_000).contains(&self.timeout_margin_ms) {
            say("timeout_margin_ms: write 0 to 10000".to_string());
        }
        if !(1..=10_000).contains(&self.default_timeout_ms) {
            say("default_timeout_ms: write 1 to 10000".to_string());
        }
        let currency = Currency::parse(&self.currency).map_err(|error| error.to_string());
        let currency =
            currency.and_then(|currency| match rates.iter().any(|(c, _)| c == currency) {
                true => Ok(currency),
                false => Err(format!(
                    "{currency} has no rate: add {currency} = \"…\" to [rates]"
                )),
            });
        let currency = match currency {
            Ok(currency) => Some(currency),
            Err(error) => {
                say(format!("currency: {error}"));
                None
            }
        }?;
        (wrong.len() == before).then(|| Exchange {
            auction_type: self.auction_type,
            currency,
            timeout_margin: Span::milliseconds(self.timeout_margin_ms),
            default_timeout: Span::milliseconds(self.default_timeout_ms),
            no_bid: match self.no_bid {
                RawNoBid::Empty => NoBidForm::Empty,
                RawNoBid::Reason => NoBidForm::Reason,
            },
            billing: match self.billing {
                RawBilling::Burl => BillingNotice::Burl,
                RawBilling::ImpressionPixel => BillingNotice::ImpressionPixel,
            },
            ..Exchange::new(ExchangeId(self.id), &self.name, &self.seat)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = r#"
        rates = { EUR = "1.08" }
        [[exchanges]]
        id = 1
        name = "demo"
        seat = "outbid"
    "#;

    #[test]
    fn a_market_says_little_and_means_the_usual() {
        let market = Market::parse(DEMO).unwrap();
        let demo = &market.exchanges[0];
        assert_eq!((demo.auction_type, demo.currency), (2, Currency::USD));
        assert_eq!(demo.billing, BillingNotice::Burl);
        assert_eq!(demo.timeout_margin, Span(20));
        assert_eq!(market.explored_ppm, 10_000);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let check = |text: &str, parts: &[&str]| {
            let told = Market::parse(text).unwrap_err().to_string();
            for part in parts {
                assert!(told.contains(part), "{told}");
            }
        };
        check("exchange = []", &["unknown field `exchange`"]);
        check(
            "[[exchanges]]\nid = 1\nname = 'x'",
            &["missing field `seat`"],
        );
        check(
            r#"
            rates = { EUR = "0", euro = "1" }
            exploration_percent = 11
            [[exchanges]]
            id = 0
            name = "Demo"
            seat = " "
            auction_type = 3
            currency = "JPY"
            timeout_margin_ms = -1
            default_timeout_ms = 0
            [[exchanges]]
            id = 0
            name = "Demo"
            seat = "a"
            "#,
            &[
                "rates.EUR",
                "rates.euro",
                "two are named",
                "two have the id 0",
                "id: write",
                "name:",
                "auction_type:",
                "seat:",
                "JPY has no rate",
                "exploration_percent:",
                "timeout_margin_ms:",
                "default_timeout_ms:",
            ],
        );
    }
}
