//! One impression on offer: `imp` with its floors, deals and circumstances. The formats are in `media`.

use bumpalo::collections::Vec;

use super::{Audio, Banner, DurFloor, Video};
use super::{SkipReason, SkippedImp};
use crate::Decimal;
use crate::json::{Kind, Malformed, Reader};
use crate::lenient::{Element, Read, by_key, fields};
use crate::native::request::NativeRequest;

/// One impression, 3.2.4. It has an id and at least one readable format.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Imp<'a> {
    /// Unique within the request.
    pub id: &'a str,
    /// Measurements that may help to value the impression.
    pub metric: &'a [Metric<'a>],
    /// Offered as a banner.
    pub banner: Option<&'a Banner<'a>>,
    /// Offered as video.
    pub video: Option<&'a Video<'a>>,
    /// Offered as audio.
    pub audio: Option<&'a Audio<'a>>,
    /// Offered as native.
    pub native: Option<&'a Native<'a>>,
    /// Deals.
    pub pmp: Option<&'a Pmp<'a>>,
    /// Who renders: a mediation partner, an SDK, a player.
    pub displaymanager: Option<&'a str>,
    /// Its version.
    pub displaymanagerver: Option<&'a str>,
    /// Interstitial or full screen.
    pub instl: bool,
    /// The exchange's id of the placement.
    pub tagid: Option<&'a str>,
    /// The least that may be bid, as a CPM in `bidfloorcur`; 0 when absent.
    pub bidfloor: Option<Decimal<'a>>,
    /// Currency of the floor; USD when absent. Deals do not inherit it.
    pub bidfloorcur: Option<&'a str>,
    /// The browser that a click opens in an app: `false` embedded, `true` native.
    pub clickbrowser: Option<bool>,
    /// Whether everything that the creative loads must come over HTTPS.
    pub secure: Option<bool>,
    /// Iframe busters that are supported.
    pub iframebuster: &'a [&'a str],
    /// The user is rewarded for watching. Folded from `imp.ext.prebid.is_rewarded_inventory`, where 2.5 has it.
    pub rwdd: bool,
    /// Server-side ad insertion, [`crate::adcom::ssai`].
    pub ssai: Option<i32>,
    /// Seconds that may pass between auction and impression.
    pub exp: Option<i32>,
    /// How many impressions one sale counts for.
    pub qty: Option<&'a Qty<'a>>,
    /// When the item will probably be shown, in milliseconds since the epoch.
    pub dt: Option<i64>,
    /// How the slot refreshes itself.
    pub refresh: Option<&'a Refresh<'a>>,
    /// Global placement id, from `imp.ext.gpid` (an extension, not a field of 2.6).
    pub gpid: Option<&'a str>,
    /// Transaction id of this impression, from `imp.ext.tid` (an extension, not a field of 2.6).
    pub tid: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// A native offer, 3.2.9.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Native<'a> {
    /// What is asked for; `None` where it could not be read.
    pub request: Option<&'a NativeRequest<'a>>,
    /// Version of the native specification.
    pub ver: Option<&'a str>,
    /// API frameworks that are supported, [`crate::adcom::api_framework`].
    pub api: &'a [i32],
    /// Creative attributes that are blocked, [`crate::adcom::creative_attribute`].
    pub battr: &'a [i32],
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// A measurement of the impression, 3.2.5.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Metric<'a> {
    /// What is measured, by the exchange's name for it (`type`).
    pub kind: Option<&'a str>,
    /// The value; a probability is between 0 and 1.
    pub value: Option<f64>,
    /// Who measured.
    pub vendor: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// The private marketplace, 3.2.11.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pmp<'a> {
    /// Only bids on the deals are accepted.
    pub private_auction: bool,
    /// The deals.
    pub deals: &'a [Deal<'a>],
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// A deal, 3.2.12.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deal<'a> {
    /// Unique id of the deal. Required by the spec; empty where it was not sent, and then no bid can name it.
    pub id: &'a str,
    /// The least that may be bid, as a CPM; with `at` 3, the agreed price.
    pub bidfloor: Option<Decimal<'a>>,
    /// Currency of the floor; USD when absent, whatever the impression says.
    pub bidfloorcur: Option<&'a str>,
    /// Auction type that overrides the request's, [`crate::adcom::auction_type`].
    pub at: Option<i32>,
    /// Buyer seats that may bid; all when empty.
    pub wseat: &'a [&'a str],
    /// Advertiser domains that may bid; all when empty.
    pub wadomain: &'a [&'a str],
    /// Guaranteed: the bidder must bid.
    pub guar: bool,
    /// Floor as a CPM for each second.
    pub mincpmpersec: Option<Decimal<'a>>,
    /// Floors by duration.
    pub durfloors: &'a [DurFloor<'a>],
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// How many impressions one sale counts for, 3.2.31.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Qty<'a> {
    /// Billable events deemed to have occurred. A decimal, because it multiplies money.
    pub multiplier: Option<Decimal<'a>>,
    /// Who measured the quantity, [`crate::adcom::multiplier_source`].
    pub sourcetype: Option<i32>,
    /// Domain of the measurement vendor.
    pub vendor: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// Automatic refresh of the slot, 3.2.33.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Refresh<'a> {
    /// What triggers it.
    pub refsettings: &'a [RefSettings<'a>],
    /// Refreshes since the page was loaded.
    pub count: Option<i32>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// One trigger of a refresh, 3.2.34.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RefSettings<'a> {
    /// The trigger, [`crate::adcom::refresh_trigger`].
    pub reftype: Option<i32>,
    /// The least seconds between refreshes.
    pub minint: Option<i32>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

fields! {
    Imp {
        id, metric, banner, video, audio, native, pmp, displaymanager, displaymanagerver, instl, tagid, bidfloor,
        bidfloorcur, clickbrowser, secure, iframebuster, rwdd, ssai, exp, qty, dt, refresh,
    }
    ext { "prebid" => rwdd = is_rewarded ; gpid, tid }
}

fields! {
    Native {
        request = NativeRequest::read_wherever | NativeRequest::write_in_string, ver, api, battr,
    }
}

fields! {
    Metric {
        "type" => kind, value, vendor,
    }
}

fields! {
    Pmp {
        private_auction, deals,
    }
}

fields! {
    Deal {
        id, bidfloor, bidfloorcur, at, wseat, wadomain, guar, mincpmpersec, durfloors,
    }
}

fields! {
    Qty {
        multiplier, sourcetype, vendor,
    }
}

fields! {
    Refresh {
        refsettings, count,
    }
}

fields! {
    RefSettings {
        reftype, minint,
    }
}

/// Reads `imp.ext.prebid`, where Prebid Server keeps the 2.6 field `rwdd` for bidders of 2.5.
fn is_rewarded(value: &mut Reader<'_>) -> Result<bool, Malformed> {
    let mut rewarded = false;
    if value.peek()? != Kind::Object {
        value.skip()?;
        return Ok(false);
    }
    value.object(|value, key| {
        by_key! { key, value,
            "is_rewarded_inventory" => rewarded.read(value),
            else => value.skip(),
        }
    })?;
    Ok(rewarded)
}

/// Reads the array `imp`: the impressions that can be bid on, and the others with the reason.
pub(super) fn read_all<'a>(
    value: &mut Reader<'a>,
) -> Result<(&'a [Imp<'a>], &'a [SkippedImp<'a>]), Malformed> {
    let mut imps = Vec::with_capacity_in(Imp::USUAL, value.arena());
    let mut skipped = Vec::new_in(value.arena());
    let mut index = 0;
    let mut take = |value: &mut Reader<'a>| {
        if let Err((id, reason)) = read_one(value, &mut imps)? {
            skipped.push(SkippedImp { index, id, reason });
        }
        index += 1;
        Ok(())
    };
    match value.peek()? {
        Kind::Array => value.array(take)?,
        Kind::Null => value.skip()?,
        _ => take(value)?,
    }
    Ok((imps.into_bump_slice(), skipped.into_bump_slice()))
}

/// Reads one impression and adds it to the list. The inner error is the id and the reason of one that is left out.
fn read_one<'a>(
    value: &mut Reader<'a>,
    imps: &mut Vec<'a, Imp<'a>>,
) -> Result<Result<(), (&'a str, SkipReason)>, Malformed> {
    let before = imps.len();
    Imp::add(value, imps)?;
    let Some(imp) = imps.get(before) else {
        return Ok(Err(("", SkipReason::NotAnObject)));
    };
    let fault = fault(imp).map(|reason| (imp.id, reason));
    if fault.is_some() {
        imps.truncate(before);
    }
    Ok(fault.map_or(Ok(()), Err))
}

/// Why nothing can be bid on the impression, if so.
fn fault(imp: &Imp<'_>) -> Option<SkipReason> {
    if imp.id.is_empty() {
        return Some(SkipReason::NoId);
    }
    if imp.banner.is_some() || imp.video.is_some() || imp.audio.is_some() {
        return None;
    }
    match imp.native {
        None => Some(SkipReason::NoFormat),
        Some(native)
            if native
                .request
                .is_some_and(|request| !request.assets.is_empty()) =>
        {
            None
        }
        Some(_) => Some(SkipReason::UnreadableNative),
    }
}
