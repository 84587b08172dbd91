//! What the outside world knows: which bids it was offered, what it told about them, and what of that was acknowledged.

use std::collections::HashMap;

use anyhow::{Context, ensure};
use auction::token::read_unverified;
use campaign::id::{AdId, BidId, Incarnation};
use campaign::money::Money;
use campaign::time::Timestamp;
use journal::entry::{BidTerms, Price};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

/// Something that is told, and that is counted once however often it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    Win,
    Billing,
    Loss,
    Impression,
    View,
    Click,
    Conversion,
}

impl What {
    pub const ALL: [What; 7] = [
        What::Win,
        What::Billing,
        What::Loss,
        What::Impression,
        What::View,
        What::Click,
        What::Conversion,
    ];

    const fn name(self) -> &'static str {
        match self {
            What::Win => "win",
            What::Billing => "billing",
            What::Loss => "loss",
            What::Impression => "impression",
            What::View => "view",
            What::Click => "click",
            What::Conversion => "conversion",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// An errand: one notice to be sent.
#[derive(Clone, Debug)]
pub struct Errand {
    pub bid: BidId,
    pub what: What,
    /// Path and query.
    pub path: String,
}

/// A bid that was offered.
pub struct Sold {
    pub ad: AdId,
    /// What the exchange says of the price when it bills.
    pub price: Price,
    /// The impression pixel bills, not the exchange.
    billed_by_pixel: bool,
    /// What was told at least once, and what was acknowledged: a bit each.
    told: u8,
    acknowledged: u8,
}

impl Sold {
    pub fn was_told(&self, what: What) -> bool {
        self.told & what.bit() != 0
    }

    pub fn is_acknowledged(&self, what: What) -> bool {
        self.acknowledged & what.bit() != 0
    }

    /// What a notice of this kind tells.
    fn tells(&self, what: What) -> u8 {
        let bills = what == What::Impression && self.billed_by_pixel;
        what.bit() | if bills { What::Billing.bit() } else { 0 }
    }
}

/// All that is known.
#[derive(Default)]
pub struct Books {
    sold: HashMap<BidId, Sold>,
    /// What is still to be told, in no order.
    pending: Vec<Errand>,
    /// Notices that were acknowledged, the second time of the same among them.
    pub acknowledgements: u64,
    /// Notices that were acknowledged again.
    pub repeated: u64,
    /// Notices whose answer never came.
    pub in_doubt: u64,
    /// The latest start that bid.
    newest: Option<Incarnation>,
    /// Bids of the present run.
    pub bids_of_run: u64,
    /// The latest moment in a bid's terms.
    latest: Timestamp,
    /// How far the terms of a bid were behind those of an earlier run at most, in milliseconds of the trade.
    pub set_back_ms: i64,
}

/// The share of offered bids that lose, and that nobody ever hears of again.
const LOST: f64 = 0.25;
const SILENT: f64 = 0.05;
/// The share of impressions that are clicked on, and of clicks that convert.
const CLICKED: f64 = 0.4;
const CONVERTED: f64 = 0.6;
/// The share of acknowledged notices that are sent again, and of those in doubt.
const SENT_AGAIN: f64 = 0.15;
const RETRIED: f64 = 0.7;
/// How many notices may wait.
const PENDING_MAX: usize = 20_000;

impl Books {
    pub fn sold(&self, bid: BidId) -> Option<&Sold> {
        self.sold.get(&bid)
    }

    pub fn all_sold(&self) -> impl Iterator<Item = (BidId, &Sold)> {
        self.sold.iter().map(|(bid, sold)| (*bid, sold))
    }

    /// How much is still to be told.
    pub fn backlog(&self) -> usize {
        self.pending.len()
    }

    /// A new run begins.
    pub fn open_run(&mut self) {
        self.bids_of_run = 0;
    }

    /// Enters a bid as the exchange receives it, and decides what becomes of it.
    pub fn offered(
        &mut self,
        bid: &Value,
        billed_by_pixel: bool,
        dice: &mut ChaCha8Rng,
    ) -> anyhow::Result<()> {
        let text = |field: &str| {
            bid[field]
                .as_str()
                .with_context(|| format!("a bid without {field}: {bid}"))
        };
        let id = text("id")?;
        let id = BidId::parse(id).with_context(|| format!("\"{id}\" is no bid id"))?;
        let ad = text("adid")?
            .parse()
            .map(AdId)
            .context("adid is no number")?;
        let billing = path_of(text("burl").unwrap_or_default(), What::Billing);
        let win = path_of(text("nurl")?, What::Win).context("nurl has no token")?;
        let loss = path_of(text("lurl")?, What::Loss).context("lurl has no token")?;
        let terms = terms_of(&win)?;
        ensure!(
            terms.bid == id && terms.ad == ad,
            "the token is another bid's: {bid}"
        );
        self.check_new(&terms)?;
        let price = draw_price(&terms, dice);
        let adm = text("adm")?;
        let chance: f64 = dice.random();
        let mut errands = Vec::new();
        if chance < LOST {
            errands.push((What::Loss, format!("{loss}?r=102&w=9.99")));
        } else if chance < 1.0 - SILENT {
            let said = price_query(price);
            let pixel =
                path_of(adm, What::Impression).context("no impression pixel in the markup")?;
            errands.push((What::Win, format!("{win}?{said}")));
            if billed_by_pixel {
                errands.push((What::Impression, format!("{pixel}?{said}")));
            } else {
                let billing = billing.context("burl has no token")?;
                errands.push((What::Billing, format!("{billing}?{said}")));
                errands.push((What::Impression, pixel));
            }
            // Native has no beacon for views.
            errands.extend(path_of(adm, What::View).map(|path| (What::View, path)));
            let click = path_of(adm, What::Click).filter(|_| dice.random_bool(CLICKED));
            errands.extend(click.map(|path| (What::Click, path)));
        }
        self.sold.insert(
            id,
            Sold {
                ad,
                price,
                billed_by_pixel,
                told: 0,
                acknowledged: 0,
            },
        );
        self.bids_of_run += 1;
        for (what, path) in errands {
            self.add(Errand {
                bid: id,
                what,
                path,
            });
        }
        Ok(())
    }

    /// Bid ids are never used twice, whatever crashed in between, and starts are counted up.
    fn check_new(&mut self, terms: &BidTerms) -> anyhow::Result<()> {
        let bid = terms.bid;
        ensure!(
            !self.sold.contains_key(&bid),
            "the bid id {bid} was used twice"
        );
        let newest = self.newest.get_or_insert(bid.incarnation);
        if bid.incarnation != *newest {
            ensure!(
                self.bids_of_run == 0,
                "bid {bid} is of another start than others of its run"
            );
            ensure!(
                bid.incarnation > *newest,
                "bid {bid} is of an earlier start than {newest:?}"
            );
            self.set_back_ms = self.set_back_ms.max(self.latest.0 - terms.issued.0);
            *newest = bid.incarnation;
        }
        self.latest = self.latest.max(terms.issued);
        Ok(())
    }

    fn add(&mut self, errand: Errand) {
        if self.pending.len() < PENDING_MAX {
            self.pending.push(errand);
        }
    }

    /// Takes any of what is to be told. From now on it is in doubt.
    pub fn take_errand(&mut self, dice: &mut ChaCha8Rng) -> Option<Errand> {
        if self.pending.is_empty() {
            return None;
        }
        let errand = self
            .pending
            .swap_remove(dice.random_range(0..self.pending.len()));
        let sold = self.sold.get_mut(&errand.bid)?;
        sold.told |= sold.tells(errand.what);
        Some(errand)
    }

    /// The errand was answered with success, and perhaps with a place to go on to.
    pub fn acknowledged(
        &mut self,
        errand: Errand,
        location: Option<&str>,
        advertiser: u64,
        dice: &mut ChaCha8Rng,
    ) {
        self.acknowledgements += 1;
        let Some(sold) = self.sold.get_mut(&errand.bid) else {
            return;
        };
        let bits = sold.tells(errand.what);
        let again = sold.acknowledged & bits == bits;
        sold.acknowledged |= bits;
        self.repeated += u64::from(again);
        let click_id = location.and_then(|url| {
            url.split(['?', '&', '#'])
                .find_map(|part| part.strip_prefix("obclid="))
        });
        if let Some(click_id) = click_id.filter(|_| !again && dice.random_bool(CONVERTED)) {
            let path = format!(
                "/conversion/{advertiser}?obclid={click_id}&order=order-{}&value=12.34",
                errand.bid
            );
            self.add(Errand {
                bid: errand.bid,
                what: What::Conversion,
                path,
            });
        }
        if dice.random_bool(SENT_AGAIN) {
            self.add(errand);
        }
    }

    /// No answer came.
    pub fn unanswered(&mut self, errand: Errand, dice: &mut ChaCha8Rng) {
        self.in_doubt += 1;
        if dice.random_bool(RETRIED) {
            self.add(errand);
        }
    }

    /// The server said that it cannot take it now.
    pub fn not_now(&mut self, errand: Errand) {
        self.add(errand);
    }
}

/// The path of the first notice URL of this kind in a text, without its query.
fn path_of(text: &str, what: What) -> Option<String> {
    let start = text.find(&format!("/n/{}/", what.name()))?;
    let rest = &text[start..];
    let token = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_'));
    Some(rest[..rest.find(token).unwrap_or(rest.len())].to_string())
}

/// Reads the terms in a notice's token without a key: the outside world trusts what it is given.
fn terms_of(path: &str) -> anyhow::Result<BidTerms> {
    let token = path.rsplit('/').next().unwrap_or_default();
    read_unverified(token).context("the token holds no terms")
}

/// What the exchange will say of the price: mostly one that was cleared, sometimes what exchanges get wrong.
fn draw_price(terms: &BidTerms, dice: &mut ChaCha8Rng) -> Price {
    match dice.random_range(0..100) {
        0..4 => Price::Unreadable,
        4..6 => Price::Audit,
        // More than was reserved: it is cut.
        6..10 => Price::Cost(Money(terms.max_cost.0 + dice.random_range(1..1_000_000))),
        _ => Price::Cost(Money(dice.random_range(1..=terms.max_cost.0.max(1)))),
    }
}

/// The query that says so. A nano of an impression is a micro of CPM, and all here is in US dollars.
fn price_query(price: Price) -> String {
    match price {
        Price::Unreadable => "p=$%7BAUCTION_PRICE%7D".to_string(),
        Price::Audit => "p=AUDIT".to_string(),
        Price::Cost(cost) => format!("p={}.{:06}", cost.0 / 1_000_000, cost.0 % 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_found_in_any_markup() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(path_of(text, What::Click).as_deref(), expect, "{text}")
        };
        check(
            "<a href=\"http://x/n/click/ab_-9\">",
            Some("/n/click/ab_-9"),
        );
        check(
            "<![CDATA[http://x/n/view/zz]]><![CDATA[http://x/n/click/ab?p=${AUCTION_PRICE}]]>",
            Some("/n/click/ab"),
        );
        check("http://x/n/click/ab", Some("/n/click/ab"));
        check("http://x/n/view/ab", None);
    }

    #[test]
    fn a_pixel_that_bills_tells_two_things() {
        let sold = |billed_by_pixel| Sold {
            ad: AdId(1),
            price: Price::Audit,
            billed_by_pixel,
            told: 0,
            acknowledged: 0,
        };
        assert_eq!(
            sold(true).tells(What::Impression),
            What::Impression.bit() | What::Billing.bit()
        );
        assert_eq!(sold(false).tells(What::Impression), What::Impression.bit());
        assert_eq!(sold(true).tells(What::Click), What::Click.bit());
    }
}
