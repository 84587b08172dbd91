//! Where impressions are bought: one marketplace and its habits.

use std::sync::Arc;

use crate::ad::State;
use crate::block_list::Blocked;
use crate::creative::Format;
use crate::id::ExchangeId;
use crate::money::{Cpm, Currency, Rounding};
use crate::targeting::Texts;
use crate::time::Span;

/// A marketplace that sends bid requests to `/bid/{name}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Its number, which notices carry. Never used for another.
    pub id: ExchangeId,
    /// Its name in the URL: lower-case letters, digits and hyphens.
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// Whether we bid there. One that was deleted is kept for the notices of the bids that are out.
    pub state: State,
    /// The auction type where the request names none (`at`): 1 first price, 2 second price.
    pub auction_type: i32,
    /// The currency where the request names none (`cur`).
    pub currency: Currency,
    /// How much of `tmax` the network takes: the answer is due this much earlier. Real time.
    pub timeout_margin: Span,
    /// The deadline where the request names none.
    pub default_timeout: Span,
    /// Our seats there (`seatbid.seat`), and what `wseat` and `bseat` name: the first that a request lets in bids.
    pub seats: Vec<String>,
    /// How it wants to be told that we do not bid.
    pub no_bid: NoBidForm,
    /// What makes an impression billable.
    pub billing: BillingNotice,
    /// What an open bid must offer beyond what the exchange asks; `None` where that is enough.
    pub floors: Option<FloorPolicy>,
    /// What is not bid on there, whose ad it may be.
    pub blocks: Option<Arc<Blocks>>,
}

impl Exchange {
    /// One with the usual habits: second price, US dollars, an answer within 100 ms, no-bids without a body, `burl`.
    pub fn new(id: ExchangeId, name: &str, seat: &str) -> Exchange {
        Exchange {
            id,
            name: name.to_string(),
            display_name: name.to_string(),
            state: State::Active,
            auction_type: 2,
            currency: Currency::USD,
            timeout_margin: Span::milliseconds(20),
            default_timeout: Span::milliseconds(120),
            seats: vec![seat.to_string()],
            no_bid: NoBidForm::Empty,
            billing: BillingNotice::Burl,
            floors: None,
            blocks: None,
        }
    }
}

/// What is not bid on at an exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocks {
    /// Impressions.
    pub inventory: Blocked,
    /// Creatives by their advertisers' domains; one means those below it.
    pub advertiser_domains: Texts,
}

/// What an open bid must offer beyond what the exchange asks. Deals are bid on by their own terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FloorPolicy {
    /// A bid is above the exchange's floor by at least this, in millionths of the floor.
    pub margin_ppm: u32,
    /// No bid is below this, by format and in the exchange's currency. An impression of several formats has the lowest
    /// of theirs.
    pub least: [Cpm; Format::ALL.len()],
}

impl FloorPolicy {
    /// The least open bid for an impression that asks `floor` and is of these formats, both in one currency: `in_it`
    /// makes an amount in the exchange's currency one in that. `None` where that cannot be done.
    pub fn least(
        &self,
        floor: Cpm,
        formats: impl Iterator<Item = Format>,
        in_it: impl FnOnce(Cpm) -> Option<Cpm>,
    ) -> Option<Cpm> {
        let least = formats.map(|format| self.least[format as usize - 1]).min();
        let least = match least.unwrap_or_default() {
            Cpm::ZERO => Cpm::ZERO,
            least => in_it(least)?,
        };
        let above = 1_000_000 + i64::from(self.margin_ppm);
        Some(floor.scaled(above, 1_000_000, Rounding::Up)?.max(least))
    }
}

/// How an exchange wants a no-bid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoBidForm {
    /// 204 and no body.
    #[default]
    Empty,
    /// 200 with `id` and the reason in `nbr`.
    Reason,
}

/// What makes an impression billable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BillingNotice {
    /// The exchange calls `burl`.
    #[default]
    Burl,
    /// The exchange calls no `burl`: the markup's impression pixel, which carries the price macro, bills.
    ImpressionPixel,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_bid_is_above_the_floor_by_the_margin_and_never_below_its_formats_least() {
        let policy = FloorPolicy {
            margin_ppm: 50_000,
            least: [Cpm(200), Cpm(900), Cpm::ZERO, Cpm(300)],
        };
        let check = |floor: i64, formats: &[Format], expect: i64| {
            let double = |cpm: Cpm| Some(Cpm(cpm.0 * 2));
            let least = policy.least(Cpm(floor), formats.iter().copied(), double);
            assert_eq!(least, Some(Cpm(expect)), "{floor} {formats:?}");
        };
        check(1_000, &[Format::Banner], 1_050);
        check(1, &[Format::Banner], 400);
        check(0, &[Format::Video], 1_800);
        check(0, &[Format::Video, Format::Native], 600);
        check(0, &[Format::Audio], 0);
        check(101, &[Format::Audio], 107);
        check(0, &[], 0);
    }

    #[test]
    fn what_cannot_be_compared_is_not_guessed() {
        let policy = FloorPolicy {
            margin_ppm: 0,
            least: [Cpm(1); 4],
        };
        let none = policy.least(Cpm(5), [Format::Banner].into_iter(), |_| None);
        assert_eq!(none, None);
        let margin = FloorPolicy {
            margin_ppm: u32::MAX,
            ..FloorPolicy::default()
        };
        assert_eq!(margin.least(Cpm(i64::MAX), [].into_iter(), Some), None);
    }
}
