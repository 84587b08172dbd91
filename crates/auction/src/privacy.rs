//! What may be read of a request. **Invariant:** the reduction comes before every other step: whatever decides takes a
//! [`Reduced`], and only this module makes one.

use std::hash::Hasher;

use bumpalo::Bump;
use campaign::id::{AudienceId, ExchangeId};
use campaign::time::Timestamp;
use openrtb::consent::{self, Rights, Signals, VendorConfig, Verdict};
use openrtb::request::{BidRequest, Device, Geo, User};
use siphasher::sip128::{Hasher128, SipHasher24};

use crate::audience::Members;
use crate::experiment;

/// How a deployment reads consent and knows users.
#[derive(Clone, Debug)]
pub struct PrivacySettings {
    /// What we are under the TCF.
    pub vendor: VendorConfig,
    /// The key under which user ids are hashed. With another key nobody is known any more.
    pub user_key: [u8; 16],
}

/// A request without what we have no right to, and without every identifier: a user is a keyed hash or nobody.
#[derive(Clone, Copy, Debug)]
pub struct Reduced<'a> {
    request: BidRequest<'a>,
    verdict: Verdict,
    user: Option<u64>,
    audiences: &'a [AudienceId],
}

impl<'a> Reduced<'a> {
    /// What may be read.
    pub fn request(&'a self) -> &'a BidRequest<'a> {
        &self.request
    }

    /// What we have a right to, and why not to more.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// What we have a right to.
    pub fn rights(&self) -> &Rights {
        &self.verdict.rights
    }

    /// The user, if he takes part in experiments.
    pub fn participant(&self) -> Option<u64> {
        experiment::participant(self.user, self.verdict.rights.measurement)
    }

    /// The uploaded audiences that the user is in: none without the right to target him by what is known of him.
    pub fn audiences(&self) -> &'a [AudienceId] {
        self.audiences
    }

    /// The user, as a keyed hash that is never 0.
    pub fn user(&self) -> Option<u64> {
        self.user
    }
}

/// Reads the consent signals first, and then makes the request smaller by what they do not allow.
pub fn reduce<'a>(
    request: BidRequest<'a>,
    exchange: ExchangeId,
    settings: &PrivacySettings,
    arena: &'a Bump,
) -> Reduced<'a> {
    reduce_known(request, exchange, settings, None, arena)
}

/// As [`reduce`], and looks for the user among the members of audiences at a moment, if there is a right to.
pub fn reduce_known<'a>(
    request: BidRequest<'a>,
    exchange: ExchangeId,
    settings: &PrivacySettings,
    members: Option<(&Members, Timestamp)>,
    arena: &'a Bump,
) -> Reduced<'a> {
    let verdict = consent::verdict(&signals(&request), &settings.vendor);
    let rights = verdict.rights;
    let user = if rights.user_id {
        user_hash(&request, exchange, &settings.user_key)
    } else {
        None
    };
    let mut reduced = request;
    reduced.user = request
        .user
        .map(|user| &*arena.alloc(reduce_user(user, &rights, arena)));
    reduced.device = request
        .device
        .map(|device| &*arena.alloc(reduce_device(device, &rights, arena)));
    let audiences = match members {
        // As `Visit::may_look_up` has it.
        Some((members, now)) if rights.user_id && rights.personal_targeting => {
            members.of_user(ids(&request), now, arena)
        }
        _ => &[],
    };
    Reduced {
        request: reduced,
        verdict,
        user,
        audiences,
    }
}

/// A request that was reduced before it was written into a trace. Only [`crate::trace`] may say so.
pub(crate) fn replayed<'a>(
    request: BidRequest<'a>,
    verdict: Verdict,
    user: Option<u64>,
) -> Reduced<'a> {
    Reduced {
        request,
        verdict,
        user,
        // They are not kept: what they said to an ad's targeting is an answer of the trace.
        audiences: &[],
    }
}

fn signals<'a>(request: &BidRequest<'a>) -> Signals<'a> {
    let regs = request.regs.copied().unwrap_or_default();
    let device = request.device.copied().unwrap_or_default();
    Signals {
        gdpr: regs.gdpr,
        consent: request.user.and_then(|user| user.consent),
        gpp: regs.gpp,
        gpp_sid: regs.gpp_sid,
        us_privacy: regs.us_privacy,
        gpc: regs.gpc == Some(true),
        coppa: regs.coppa == Some(true),
        lmt: device.lmt == Some(true),
        dnt: device.dnt == Some(true),
    }
}

/// Keeps what the rights allow, and no identifier at all.
fn reduce_user<'a>(user: &User<'a>, rights: &Rights, arena: &'a Bump) -> User<'a> {
    let geo = user.geo.map(|geo| &*arena.alloc(reduce_geo(geo, rights)));
    let kept = User {
        geo,
        ..User::default()
    };
    if !rights.personal_targeting {
        return kept;
    }
    User {
        yob: user.yob,
        gender: user.gender,
        keywords: user.keywords,
        kwarray: user.kwarray,
        data: user.data,
        ..kept
    }
}

fn reduce_device<'a>(device: &Device<'a>, rights: &Rights, arena: &'a Bump) -> Device<'a> {
    let geo = device.geo.map(|geo| &*arena.alloc(reduce_geo(geo, rights)));
    Device {
        geo,
        ip: None,
        ipv6: None,
        ifa: None,
        ifa_type: None,
        didsha1: None,
        didmd5: None,
        dpidsha1: None,
        dpidmd5: None,
        macsha1: None,
        macmd5: None,
        ext: None,
        ..*device
    }
}

/// Without the right to the exact place: a point to one decimal of a degree (some 10 km), and no
/// postal code. Without the right to use limited data either: country and region.
fn reduce_geo<'a>(geo: &Geo<'a>, rights: &Rights) -> Geo<'a> {
    if rights.precise_geo {
        return *geo;
    }
    let area = Geo {
        lat: geo.lat.map(coarse),
        lon: geo.lon.map(coarse),
        zip: None,
        accuracy: None,
        lastfix: None,
        ext: None,
        ..*geo
    };
    if rights.basic_ads {
        return area;
    }
    Geo {
        country: geo.country,
        region: geo.region,
        regionfips104: geo.regionfips104,
        kind: geo.kind,
        ..Geo::default()
    }
}

/// One decimal of a degree.
pub(crate) fn coarse(degrees: f64) -> f64 {
    (degrees * 10.0).round() / 10.0
}

/// The best id that the request has, hashed with its kind, so that two kinds of id never meet. The
/// exchange's own ids are its own; a device's id is the same on every exchange.
fn user_hash(request: &BidRequest<'_>, exchange: ExchangeId, key: &[u8; 16]) -> Option<u64> {
    let user = request.user;
    let ours = user
        .and_then(|user| user.buyeruid)
        .map(|id| ("buyer", exchange.0, id));
    let device = request
        .device
        .and_then(|device| device.ifa)
        .filter(|id| names_someone(id))
        .map(|id| ("ifa", 0, id));
    let theirs = user
        .and_then(|user| user.id)
        .map(|id| ("exchange", exchange.0, id));
    let (kind, scope, id) = ours
        .or(device)
        .or(theirs)
        .filter(|(_, _, id)| names_someone(id))?;
    let mut hasher = SipHasher24::new_with_key(key);
    hasher.write(kind.as_bytes());
    hasher.write_u64(scope);
    hasher.write(id.trim().as_bytes());
    Some(hasher.finish128().h1.max(1))
}

/// Every id of the user that audiences are made of.
fn ids<'a>(request: &BidRequest<'a>) -> impl Iterator<Item = &'a str> {
    let device = request.device.and_then(|device| device.ifa);
    let ours = request.user.and_then(|user| user.buyeruid);
    let theirs = request.user.and_then(|user| user.id);
    [device, ours, theirs]
        .into_iter()
        .flatten()
        .filter(|id| names_someone(id))
}

/// Devices whose owner refuses send an id of zeros.
fn names_someone(id: &str) -> bool {
    id.bytes().any(|b| b.is_ascii_alphanumeric() && b != b'0')
}
