//! The bid response: types of section 4.2 of OpenRTB 2.6-202606, for writing.

mod price;

use crate::write::{Sink, array, object};

pub use price::Price;

/// The answer to a request, 4.2.1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BidResponse<'a> {
    /// Id of the request. Required.
    pub id: &'a str,
    /// The bids by seat. Empty for a no-bid.
    pub seatbid: &'a [SeatBid<'a>],
    /// Our id of this response.
    pub bidid: Option<&'a str>,
    /// Currency of the prices, ISO 4217; USD when absent.
    pub cur: Option<&'a str>,
    /// To be stored in the exchange's cookie.
    pub customdata: Option<&'a str>,
    /// Reason for not bidding, [`crate::notice::no_bid`].
    pub nbr: Option<i32>,
    /// Raw extension, which must be valid JSON.
    pub ext: Option<&'a str>,
}

/// The bids of one seat, 4.2.2.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SeatBid<'a> {
    /// The bids. At least one.
    pub bid: &'a [Bid<'a>],
    /// Id of the buyer's seat.
    pub seat: Option<&'a str>,
    /// The impressions are won or lost together.
    pub group: bool,
    /// Raw extension, which must be valid JSON.
    pub ext: Option<&'a str>,
}

/// One offer for one impression, 4.2.3.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bid<'a> {
    /// Our id of the bid. Required.
    pub id: &'a str,
    /// Id of the impression. Required.
    pub impid: &'a str,
    /// The price as a CPM. Required.
    pub price: Price,
    /// Called when the bid wins.
    pub nurl: Option<&'a str>,
    /// Called when the impression becomes billable.
    pub burl: Option<&'a str>,
    /// Called when the bid loses.
    pub lurl: Option<&'a str>,
    /// The markup.
    pub adm: Option<&'a str>,
    /// Id of an ad that the exchange has beforehand.
    pub adid: Option<&'a str>,
    /// The advertiser's domains.
    pub adomain: &'a [&'a str],
    /// Store id of the advertised application.
    pub bundle: Option<&'a str>,
    /// An image that represents the campaign.
    pub iurl: Option<&'a str>,
    /// Id of the campaign.
    pub cid: Option<&'a str>,
    /// Id of the creative.
    pub crid: Option<&'a str>,
    /// Id of the tactic.
    pub tactic: Option<&'a str>,
    /// The taxonomy of `cat`, [`crate::adcom::category_taxonomy`]; Content 1.0 when absent.
    pub cattax: Option<i32>,
    /// Categories of the creative.
    pub cat: &'a [&'a str],
    /// Attributes of the creative, [`crate::adcom::creative_attribute`].
    pub attr: &'a [i32],
    /// API frameworks that the markup needs, [`crate::adcom::api_framework`].
    pub apis: &'a [i32],
    /// As `apis`, for exchanges before 2.6. Deprecated.
    pub api: Option<i32>,
    /// Protocol of the markup, [`crate::adcom::protocol`].
    pub protocol: Option<i32>,
    /// Media rating, [`crate::adcom::media_rating`].
    pub qagmediarating: Option<i32>,
    /// Language of the creative, ISO 639-1; `xx` when it has none.
    pub language: Option<&'a str>,
    /// Language of the creative, BCP 47.
    pub langb: Option<&'a str>,
    /// The deal that the bid is for.
    pub dealid: Option<&'a str>,
    /// Width in device-independent pixels.
    pub w: Option<i32>,
    /// Height in device-independent pixels.
    pub h: Option<i32>,
    /// Relative width.
    pub wratio: Option<i32>,
    /// Relative height.
    pub hratio: Option<i32>,
    /// Seconds that we wait for the impression.
    pub exp: Option<i32>,
    /// Duration in seconds.
    pub dur: Option<i32>,
    /// Type of the markup, [`crate::adcom::markup_type`].
    pub mtype: Option<i32>,
    /// The only position in the pod that the bid is for, [`crate::adcom::slot_in_pod`].
    pub slotinpod: Option<i32>,
    /// Raw extension, which must be valid JSON.
    pub ext: Option<&'a str>,
}

/// Appends the response as JSON. Absent fields, empty lists and flags at their default are left out; a response without
/// bids and without a reason says so by an empty `seatbid`.
pub fn write(response: &BidResponse<'_>, out: &mut Vec<u8>) {
    let mut members = object(out);
    members.text("id", response.id);
    if !response.seatbid.is_empty() || response.nbr.is_none() {
        array(response.seatbid, members.key("seatbid"), write_seat);
    }
    members.text("bidid", response.bidid);
    members.text("cur", response.cur);
    members.text("customdata", response.customdata);
    members.int("nbr", response.nbr);
    members.raw("ext", response.ext);
    members.end();
}

fn write_seat(seat: &SeatBid<'_>, out: &mut Vec<u8>) {
    let mut members = object(out);
    array(seat.bid, members.key("bid"), write_bid);
    members.text("seat", seat.seat);
    members.flag("group", seat.group);
    members.raw("ext", seat.ext);
    members.end();
}

fn write_bid(bid: &Bid<'_>, out: &mut Vec<u8>) {
    let mut members = object(out);
    members.text("id", bid.id);
    members.text("impid", bid.impid);
    let price = members.key("price");
    bid.price.parts(|part| price.push_str(part));
    members.text("nurl", bid.nurl);
    members.text("burl", bid.burl);
    members.text("lurl", bid.lurl);
    members.text("adm", bid.adm);
    members.text("adid", bid.adid);
    members.texts("adomain", bid.adomain);
    members.text("bundle", bid.bundle);
    members.text("iurl", bid.iurl);
    members.text("cid", bid.cid);
    members.text("crid", bid.crid);
    members.text("tactic", bid.tactic);
    members.int("cattax", bid.cattax);
    members.texts("cat", bid.cat);
    members.ints("attr", bid.attr);
    members.ints("apis", bid.apis);
    members.int("api", bid.api);
    members.int("protocol", bid.protocol);
    members.int("qagmediarating", bid.qagmediarating);
    members.text("language", bid.language);
    members.text("langb", bid.langb);
    members.text("dealid", bid.dealid);
    members.int("w", bid.w);
    members.int("h", bid.h);
    members.int("wratio", bid.wratio);
    members.int("hratio", bid.hratio);
    members.int("exp", bid.exp);
    members.int("dur", bid.dur);
    members.int("mtype", bid.mtype);
    members.int("slotinpod", bid.slotinpod);
    members.raw("ext", bid.ext);
    members.end();
}
