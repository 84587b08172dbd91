//! The bid request: types of section 3.2 of OpenRTB 2.6-202606, [`parse`] and [`write()`].
//!
//! Conventions, for every type here:
//! - An absent field, a `null`, an empty string and a value that cannot be read as the field's type are one thing,
//!   `None` or an empty slice. Exchanges use them interchangeably for "unknown".
//! - A flag whose default the spec gives as 0 is a `bool`; a flag whose absence means "unknown" is an `Option<bool>`.
//! - Numbered lists stay raw numbers, so that values younger than this code pass through. Names: [`crate::adcom`].
//! - What 2.5 kept in `ext` stands in the 2.6 place. The 2.6 place wins where a request has both.
//! - `ext` is the raw JSON of the extension object, already checked to be well formed.

mod channel;
mod content;
mod device;
mod imp;
mod media;
mod supply;
mod user;

use bumpalo::Bump;

use crate::json::{Malformed, Reader};
use crate::lenient::{Object, by_key, extension, fields};
use crate::write::{Extensions, Value};

#[doc(hidden)]
pub use crate::json::all_ways_agree;
pub use crate::json::{MAX_DEPTH, ParseError};
pub use channel::{App, Dooh, Publisher, Site};
pub use content::{Channel, Content, Network, Producer};
pub use device::{BrandVersion, Device, Geo, UserAgent};
pub use imp::{Deal, Imp, Metric, Native, Pmp, Qty, RefSettings, Refresh};
pub use media::{Audio, Banner, DurFloor, Format, Video};
pub use supply::{Dsa, Regs, Source, SupplyChain, SupplyChainNode};
pub use user::{Data, Eid, Segment, Uid, User};

/// One bid request, 3.2.1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BidRequest<'a> {
    /// The exchange's id of this request. Required by the spec; empty where it was not sent.
    pub id: &'a str,
    /// The impressions on offer that could be understood, in the order in which they were sent.
    pub imp: &'a [Imp<'a>],
    /// The impressions that could not be understood, each with the reason. Not a field of the spec.
    pub skipped: &'a [SkippedImp<'a>],
    /// The website. Exchanges do send both `site` and `app`; which one counts is the reader's decision.
    pub site: Option<&'a Site<'a>>,
    /// The application.
    pub app: Option<&'a App<'a>>,
    /// The screen out of home.
    pub dooh: Option<&'a Dooh<'a>>,
    /// The device that will show the impression.
    pub device: Option<&'a Device<'a>>,
    /// The person in front of it.
    pub user: Option<&'a User<'a>>,
    /// Test mode: the auction is not billable.
    pub test: bool,
    /// Auction type, [`crate::adcom::auction_type`]. The spec's default is second price; an exchange's may differ.
    pub at: Option<i32>,
    /// Milliseconds in which the exchange must have the answer, the network included.
    pub tmax: Option<i32>,
    /// Buyer seats that may bid; all when empty.
    pub wseat: &'a [&'a str],
    /// Buyer seats that may not bid.
    pub bseat: &'a [&'a str],
    /// Whether the request holds all impressions of its context.
    pub allimps: bool,
    /// Currencies in which bids are accepted, ISO 4217. USD when empty.
    pub cur: &'a [&'a str],
    /// Languages that creatives may have, ISO 639-1.
    pub wlang: &'a [&'a str],
    /// Languages that creatives may have, BCP 47.
    pub wlangb: &'a [&'a str],
    /// Advertiser categories that are allowed, in the taxonomy `cattax`.
    pub acat: &'a [&'a str],
    /// Advertiser categories that are blocked, in the taxonomy `cattax`.
    pub bcat: &'a [&'a str],
    /// The taxonomy of `acat` and `bcat`, [`crate::adcom::category_taxonomy`]; Content 1.0 when absent.
    pub cattax: Option<i32>,
    /// Advertiser domains that are blocked.
    pub badv: &'a [&'a str],
    /// Applications whose advertising is blocked, by store id.
    pub bapp: &'a [&'a str],
    /// Where the inventory comes from.
    pub source: Option<&'a Source<'a>>,
    /// The law that applies.
    pub regs: Option<&'a Regs<'a>>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// An impression that was left out of [`BidRequest::imp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkippedImp<'a> {
    /// Position in the request's `imp` array, from 0.
    pub index: usize,
    /// Its id; empty where it has none.
    pub id: &'a str,
    /// Why nothing can be bid on it.
    pub reason: SkipReason,
}

/// Why an impression could not be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SkipReason {
    /// The element of the `imp` array is not an object.
    NotAnObject,
    /// There is no `id`, so that no bid could name it.
    NoId,
    /// None of `banner`, `video`, `audio` and `native` is an object.
    NoFormat,
    /// `native` is the only format, and its `request` is absent, malformed or without assets.
    UnreadableNative,
}

impl SkipReason {
    /// All reasons, for counters that are laid out beforehand.
    pub const ALL: [Self; 4] = [
        Self::NotAnObject,
        Self::NoId,
        Self::NoFormat,
        Self::UnreadableNative,
    ];

    /// The reason as a label: lower case, words joined by `_`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAnObject => "imp_not_an_object",
            Self::NoId => "imp_without_id",
            Self::NoFormat => "imp_without_format",
            Self::UnreadableNative => "native_request_unreadable",
        }
    }
}

/// Reads a bid request. Strings without escapes are borrowed from `body`; decoded ones and lists live in `arena`.
///
/// The whole body is validated, also what no field takes. Within well-formed JSON nothing is an error: see the module.
///
/// # Errors
/// [`ParseError`] when the body is not UTF-8, not JSON by RFC 8259, nested deeper than [`MAX_DEPTH`], or not an object.
pub fn parse<'a>(body: &'a [u8], arena: &'a Bump) -> Result<BidRequest<'a>, ParseError> {
    read(body, arena).map_err(|Malformed| ParseError::in_object(body))
}

fn read<'a>(body: &'a [u8], arena: &'a Bump) -> Result<BidRequest<'a>, Malformed> {
    let mut reader = Reader::new(body, arena)?;
    let mut request = BidRequest::default();
    reader.object(|value, key| {
        by_key! { key, value,
            "imp" => imp::read_all(value).map(|read| (request.imp, request.skipped) = read),
            "ext" => extension(value).map(|read| request.ext = read),
            else => request.field(key, value),
        }
    })?;
    reader.end()?;
    Ok(request)
}

/// Appends the request as JSON of 2.6: every field in its 2.6 place, raw extensions as they are, a native request as
/// the string that the spec wants. Reading it again gives an equal request, less the impressions that were skipped.
pub fn write(request: &BidRequest<'_>, out: &mut Vec<u8>) {
    Value::write(request, Extensions::Kept, out);
}

/// As [`write()`], without any raw extension: nobody knows what is in one. What this crate reads out of extensions and
/// has no other place (`imp.ext.gpid`, `device.ext.atts`, ...) stays.
pub fn write_without_extensions(request: &BidRequest<'_>, out: &mut Vec<u8>) {
    Value::write(request, Extensions::LeftOut, out);
}

// `imp` is read by `parse` itself, which keeps the impressions that cannot be understood apart.
fields! {
    BidRequest {
        id, imp, site, app, dooh, device, user, test, at, tmax, wseat, bseat, allimps, cur, wlang, wlangb, acat, bcat,
        cattax, badv, bapp, source, regs,
    }
}
