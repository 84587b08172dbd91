//! The formats in which an impression is offered: `banner`, `video`, `audio`. Lists are in [`crate::adcom`].

use crate::Decimal;
use crate::lenient::fields;

/// A banner offer, 3.2.6.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Banner<'a> {
    /// Sizes that are allowed.
    pub format: &'a [Format<'a>],
    /// Exact width in device-independent pixels, used when there is no `format`.
    pub w: Option<i32>,
    /// Exact height.
    pub h: Option<i32>,
    /// Banner types that are blocked, [`crate::adcom::banner_type`].
    pub btype: &'a [i32],
    /// Creative attributes that are blocked, [`crate::adcom::creative_attribute`].
    pub battr: &'a [i32],
    /// Position on screen, [`crate::adcom::position`].
    pub pos: Option<i32>,
    /// Content types that are supported; any when empty.
    pub mimes: &'a [&'a str],
    /// In the top frame, not in an iframe.
    pub topframe: Option<bool>,
    /// Directions in which the banner may expand, [`crate::adcom::expandable_direction`].
    pub expdir: &'a [i32],
    /// API frameworks that are supported, [`crate::adcom::api_framework`]; none when empty.
    pub api: &'a [i32],
    /// Id of a companion banner.
    pub id: Option<&'a str>,
    /// Companion rendering: `false` beside the video, `true` as its end card.
    pub vcm: Option<bool>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// A size, or a ratio with a least width, 3.2.10.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Format<'a> {
    /// Width in device-independent pixels.
    pub w: Option<i32>,
    /// Height in device-independent pixels.
    pub h: Option<i32>,
    /// Relative width.
    pub wratio: Option<i32>,
    /// Relative height.
    pub hratio: Option<i32>,
    /// The least width at which a ratio is shown.
    pub wmin: Option<i32>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// A video offer, 3.2.7.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Video<'a> {
    /// Content types that are supported; unknown when empty.
    pub mimes: &'a [&'a str],
    /// The least duration in seconds.
    pub minduration: Option<i32>,
    /// The greatest duration in seconds.
    pub maxduration: Option<i32>,
    /// Seconds into the content, or a mode, [`crate::adcom::start_delay`].
    pub startdelay: Option<i32>,
    /// How many ads the dynamic pod may hold.
    pub maxseq: Option<i32>,
    /// Seconds that the dynamic pod may last.
    pub poddur: Option<i32>,
    /// Markup protocols that are supported, [`crate::adcom::protocol`]; unknown when empty.
    pub protocols: &'a [i32],
    /// Width of the player in device-independent pixels.
    pub w: Option<i32>,
    /// Height of the player.
    pub h: Option<i32>,
    /// The pod that this impression belongs to.
    pub podid: Option<&'a str>,
    /// Position of the pod in the stream.
    pub podseq: Option<i32>,
    /// Exact durations in seconds; excludes `minduration` and `maxduration`.
    pub rqddurs: &'a [i32],
    /// Placement by the list before 2023, [`crate::adcom::placement`]. Its numbers differ from `plcmt`'s.
    pub placement: Option<i32>,
    /// Placement by today's list, [`crate::adcom::plcmt`].
    pub plcmt: Option<i32>,
    /// Linear or overlay, [`crate::adcom::linearity`]; any when absent.
    pub linearity: Option<i32>,
    /// Whether the player lets the user skip.
    pub skip: Option<bool>,
    /// Only videos longer than this many seconds can be skipped.
    pub skipmin: Option<i32>,
    /// Seconds before skipping is possible.
    pub skipafter: Option<i32>,
    /// Position in the pod as 2.5 had it; a different list than `slotinpod`.
    pub sequence: Option<i32>,
    /// Position in the pod that the seller guarantees, [`crate::adcom::slot_in_pod`].
    pub slotinpod: Option<i32>,
    /// Floor as a CPM for each second of the dynamic pod.
    pub mincpmpersec: Option<Decimal<'a>>,
    /// Creative attributes that are blocked, [`crate::adcom::creative_attribute`].
    pub battr: &'a [i32],
    /// Seconds beyond `maxduration`: 0 or absent none, -1 without limit.
    pub maxextended: Option<i32>,
    /// Least bit rate in kbit/s.
    pub minbitrate: Option<i32>,
    /// Greatest bit rate in kbit/s.
    pub maxbitrate: Option<i32>,
    /// Whether 4:3 content may be boxed into 16:9; yes when absent.
    pub boxingallowed: Option<bool>,
    /// How playback starts, [`crate::adcom::playback_method`]; any when empty.
    pub playbackmethod: &'a [i32],
    /// What ends playback, [`crate::adcom::playback_end`].
    pub playbackend: Option<i32>,
    /// How media is delivered, [`crate::adcom::delivery`]; any when empty.
    pub delivery: &'a [i32],
    /// Position on screen, [`crate::adcom::position`].
    pub pos: Option<i32>,
    /// Companion banners.
    pub companionad: &'a [Banner<'a>],
    /// API frameworks that are supported, [`crate::adcom::api_framework`]; none when empty.
    pub api: &'a [i32],
    /// Companion types that are supported, [`crate::adcom::companion_type`].
    pub companiontype: &'a [i32],
    /// Deduplication in the pod, [`crate::adcom::pod_dedupe`].
    pub poddedupe: &'a [i32],
    /// Floors by duration.
    pub durfloors: &'a [DurFloor<'a>],
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// An audio offer, 3.2.8.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Audio<'a> {
    /// Content types that are supported; unknown when empty.
    pub mimes: &'a [&'a str],
    /// The least duration in seconds.
    pub minduration: Option<i32>,
    /// The greatest duration in seconds.
    pub maxduration: Option<i32>,
    /// Seconds that the dynamic pod may last.
    pub poddur: Option<i32>,
    /// Markup protocols that are supported, [`crate::adcom::protocol`]; unknown when empty.
    pub protocols: &'a [i32],
    /// Seconds into the content, or a mode, [`crate::adcom::start_delay`].
    pub startdelay: Option<i32>,
    /// Exact durations in seconds; excludes `minduration` and `maxduration`.
    pub rqddurs: &'a [i32],
    /// The pod that this impression belongs to.
    pub podid: Option<&'a str>,
    /// Position of the pod in the stream.
    pub podseq: Option<i32>,
    /// Position in the pod as 2.5 had it; a different list than `slotinpod`.
    pub sequence: Option<i32>,
    /// Position in the pod that the seller guarantees, [`crate::adcom::slot_in_pod`].
    pub slotinpod: Option<i32>,
    /// Floor as a CPM for each second of the dynamic pod.
    pub mincpmpersec: Option<Decimal<'a>>,
    /// Creative attributes that are blocked, [`crate::adcom::creative_attribute`].
    pub battr: &'a [i32],
    /// Seconds beyond `maxduration`: 0 or absent none, -1 without limit.
    pub maxextended: Option<i32>,
    /// Least bit rate in kbit/s.
    pub minbitrate: Option<i32>,
    /// Greatest bit rate in kbit/s.
    pub maxbitrate: Option<i32>,
    /// How media is delivered, [`crate::adcom::delivery`]; any when empty.
    pub delivery: &'a [i32],
    /// Companion banners.
    pub companionad: &'a [Banner<'a>],
    /// API frameworks that are supported, [`crate::adcom::api_framework`]; none when empty.
    pub api: &'a [i32],
    /// Companion types that are supported, [`crate::adcom::companion_type`].
    pub companiontype: &'a [i32],
    /// How many ads the pod may hold.
    pub maxseq: Option<i32>,
    /// Type of the feed, [`crate::adcom::feed`].
    pub feed: Option<i32>,
    /// Whether the ad is stitched into the content.
    pub stitched: Option<bool>,
    /// Volume normalisation, [`crate::adcom::volume_normalization`].
    pub nvol: Option<i32>,
    /// Floors by duration.
    pub durfloors: &'a [DurFloor<'a>],
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// A floor for creatives of a range of durations, 3.2.35. Ranges may overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DurFloor<'a> {
    /// Low end in seconds, inclusive; open when absent.
    pub mindur: Option<i32>,
    /// High end in seconds, inclusive; open when absent.
    pub maxdur: Option<i32>,
    /// The least that may be bid, as a CPM.
    pub bidfloor: Option<Decimal<'a>>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

fields! {
    Banner {
        format, w, h, btype, battr, pos, mimes, topframe, expdir, api, id, vcm,
    }
}

fields! {
    Format {
        w, h, wratio, hratio, wmin,
    }
}

fields! {
    Video {
        mimes, minduration, maxduration, startdelay, maxseq, poddur, protocols, w, h, podid, podseq, rqddurs,
        placement, plcmt, linearity, skip, skipmin, skipafter, sequence, slotinpod, mincpmpersec, battr,
        maxextended, minbitrate, maxbitrate, boxingallowed, playbackmethod, playbackend, delivery, pos,
        companionad, api, companiontype, poddedupe, durfloors,
    }
}

fields! {
    Audio {
        mimes, minduration, maxduration, poddur, protocols, startdelay, rqddurs, podid, podseq, sequence,
        slotinpod, mincpmpersec, battr, maxextended, minbitrate, maxbitrate, delivery, companionad, api,
        companiontype, maxseq, feed, stitched, nvol, durfloors,
    }
}

fields! {
    DurFloor {
        mindur, maxdur, bidfloor,
    }
}
