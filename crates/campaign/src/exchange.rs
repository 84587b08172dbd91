//! Where impressions are bought: one marketplace and its habits.

use crate::id::ExchangeId;
use crate::money::Currency;
use crate::time::Span;

/// A marketplace that sends bid requests to `/bid/{name}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Its number, which notices carry. Never used for another.
    pub id: ExchangeId,
    /// Its name in the URL: lower-case letters, digits and hyphens.
    pub name: String,
    /// The auction type where the request names none (`at`): 1 first price, 2 second price.
    pub auction_type: i32,
    /// The currency where the request names none (`cur`).
    pub currency: Currency,
    /// How much of `tmax` the network takes: the answer is due this much earlier. Real time.
    pub timeout_margin: Span,
    /// The deadline where the request names none.
    pub default_timeout: Span,
    /// Our seat there (`seatbid.seat`), and what `wseat` and `bseat` name.
    pub seat: String,
    /// How it wants to be told that we do not bid.
    pub no_bid: NoBidForm,
    /// What makes an impression billable.
    pub billing: BillingNotice,
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
