//! A second, plain reading of a request, over `serde_json::Value`, that the parser must agree with.
//!
//! It says the rules of tolerance again, slowly, so that a slip in the parser shows as a difference.

use openrtb::Decimal;
use openrtb::request::{Banner, BidRequest, Deal, Geo, Imp, SkipReason, Video};
use serde_json::Value;

/// Whether `body` is a JSON object by serde_json's judgement, nested no deeper than we allow.
///
/// `RawValue` checks the grammar alone. A `Value` would refuse two things that RFC 8259 allows and we accept: a lone
/// surrogate, and a number too big for an `f64`.
pub fn is_acceptable(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else {
        return false;
    };
    serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok_and(|raw| {
        raw.get().starts_with('{') && depth(raw.get()) <= openrtb::request::MAX_DEPTH
    })
}

/// How deep well-formed JSON is nested.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0, 0, false, false);
    for byte in text.bytes() {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'{' | b'[') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b'}' | b']') => depth -= 1,
            _ => {}
        }
    }
    deepest
}

/// What serde_json reads in the body; `None` where a `Value` cannot hold it, also within a native request.
pub fn value(body: &[u8]) -> Option<Value> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let natives = list(&value["imp"], |imp| Some(imp["native"]["request"].clone()));
    let held = |native: &Value| match native {
        Value::String(text) if is_acceptable(text.as_bytes()) => {
            serde_json::from_str::<Value>(text).is_ok()
        }
        _ => true,
    };
    natives.iter().all(held).then_some(value)
}

/// A string as a field takes it.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number as a field takes it.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => match serde_json::from_str(text.trim_ascii()) {
            Ok(Value::Number(number)) => number.as_f64(),
            _ => None,
        },
        _ => None,
    }
}

fn int(value: &Value) -> Option<i32> {
    match value {
        Value::Bool(value) => Some(i32::from(*value)),
        _ => number(value).map(|number| number as i32),
    }
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.trim_ascii().eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.trim_ascii().eq_ignore_ascii_case("false") => Some(false),
        _ => number(value).map(|number| number != 0.0),
    }
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    match value {
        Value::Array(values) => values.iter().filter_map(read).collect(),
        value => read(value).into_iter().collect(),
    }
}

fn texts(value: &Value) -> Vec<String> {
    list(value, text)
}

fn ints(value: &Value) -> Vec<i32> {
    list(value, int)
}

fn objects(value: &Value) -> Vec<Value> {
    list(value, object)
}

fn object(value: &Value) -> Option<Value> {
    value.is_object().then(|| value.clone())
}

/// Compares strings. What was sent as a number may differ in its text (`1.0` and `1`), not in its value; serde_json
/// reads numbers of many digits to within a rounding.
#[track_caller]
fn same(ours: Option<&str>, theirs: Option<String>, what: &str) {
    if ours == theirs.as_deref() {
        return;
    }
    let value = |text: &str| text.parse::<f64>().ok();
    let values = ours.and_then(value).zip(theirs.as_deref().and_then(value));
    let same = values.is_some_and(|(ours, theirs)| {
        ours == theirs || (ours - theirs).abs() <= 4.0 * f64::EPSILON * theirs.abs()
    });
    assert!(same, "{what}: {ours:?} and {theirs:?}");
}

#[track_caller]
fn same_list(ours: &[&str], theirs: Vec<String>, what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}: {ours:?} and {theirs:?}");
    for (ours, theirs) in ours.iter().zip(theirs) {
        same(Some(ours), Some(theirs), what);
    }
}

#[track_caller]
fn same_amount(ours: Option<Decimal<'_>>, theirs: &Value, what: &str) {
    let ours = ours.map(|amount| amount.as_str().parse::<f64>().unwrap());
    assert_eq!(ours, number(theirs), "{what}");
}

/// Compares a good part of all fields. `value` must be what serde_json reads in the same body.
pub fn agree(request: &BidRequest<'_>, value: &Value) {
    same(
        Some(request.id).filter(|id| !id.is_empty()),
        text(&value["id"]),
        "id",
    );
    assert_eq!(request.tmax, int(&value["tmax"]));
    assert_eq!(request.at, int(&value["at"]));
    assert_eq!(request.test, flag(&value["test"]).unwrap_or(false));
    same_list(request.bcat, texts(&value["bcat"]), "bcat");
    same_list(request.badv, texts(&value["badv"]), "badv");
    same_list(request.bapp, texts(&value["bapp"]), "bapp");
    same_list(request.cur, texts(&value["cur"]), "cur");
    same_list(request.wseat, texts(&value["wseat"]), "wseat");
    same_list(request.bseat, texts(&value["bseat"]), "bseat");
    same_list(request.wlang, texts(&value["wlang"]), "wlang");
    imps_agree(request, &value["imp"]);
    channels_agree(request, value);
    device_agrees(request, &value["device"]);
    user_agrees(request, &value["user"]);
    law_agrees(request, value);
}

fn imps_agree(request: &BidRequest<'_>, value: &Value) {
    let sent = match value {
        Value::Array(values) => values.clone(),
        Value::Null => vec![],
        value => vec![value.clone()],
    };
    assert_eq!(request.imp.len() + request.skipped.len(), sent.len());
    let mut kept = request.imp.iter();
    let mut skipped = request.skipped.iter();
    for (index, sent) in sent.iter().enumerate() {
        match fault(sent) {
            None => imp_agrees(kept.next().unwrap(), sent),
            Some(reasons) => {
                let skipped = skipped.next().unwrap();
                assert_eq!(skipped.index, index);
                assert!(
                    reasons.contains(&skipped.reason),
                    "{:?} of {sent}",
                    skipped.reason
                );
            }
        }
    }
}

/// The reasons for which an impression may be skipped, if it must be.
fn fault(imp: &Value) -> Option<Vec<SkipReason>> {
    if !imp.is_object() {
        return Some(vec![SkipReason::NotAnObject]);
    }
    if text(&imp["id"]).is_none() {
        return Some(vec![SkipReason::NoId]);
    }
    if ["banner", "video", "audio"]
        .iter()
        .any(|format| imp[format].is_object())
    {
        return None;
    }
    if !imp["native"].is_object() {
        return Some(vec![SkipReason::NoFormat]);
    }
    let readable = native(&imp["native"]["request"])
        .is_some_and(|native| !objects(&native["assets"]).is_empty());
    (!readable).then(|| vec![SkipReason::UnreadableNative])
}

/// The native request, out of its string and its wrapper.
fn native(value: &Value) -> Option<Value> {
    let request = match value {
        Value::Object(_) => value.clone(),
        Value::String(text) if is_acceptable(text.as_bytes()) => serde_json::from_str(text).ok()?,
        _ => return None,
    };
    let inner = object(&request["native"]);
    inner.or_else(|| object(&request))
}

fn imp_agrees(imp: &Imp<'_>, value: &Value) {
    same(Some(imp.id), text(&value["id"]), "imp.id");
    same(imp.tagid, text(&value["tagid"]), "tagid");
    same(imp.gpid, text(&value["ext"]["gpid"]), "gpid");
    same(imp.tid, text(&value["ext"]["tid"]), "imp.tid");
    same_amount(imp.bidfloor, &value["bidfloor"], "bidfloor");
    same(imp.bidfloorcur, text(&value["bidfloorcur"]), "bidfloorcur");
    assert_eq!(imp.instl, flag(&value["instl"]).unwrap_or(false));
    assert_eq!(imp.secure, flag(&value["secure"]));
    assert_eq!(imp.exp, int(&value["exp"]));
    assert_eq!(imp.audio.is_some(), value["audio"].is_object());
    assert_eq!(imp.banner.is_some(), value["banner"].is_object());
    assert_eq!(imp.video.is_some(), value["video"].is_object());
    if let Some(banner) = imp.banner {
        banner_agrees(banner, &value["banner"]);
    }
    if let Some(video) = imp.video {
        video_agrees(video, &value["video"]);
    }
    if let Some(request) = imp.native.and_then(|native| native.request) {
        let sent = native(&value["native"]["request"]).unwrap();
        let ours: Vec<_> = request
            .assets
            .iter()
            .map(|asset| (asset.id, asset.required))
            .collect();
        let theirs = list(&sent["assets"], |asset| {
            object(asset)
                .map(|asset| (int(&asset["id"]), flag(&asset["required"]).unwrap_or(false)))
        });
        assert_eq!(ours, theirs);
    }
    assert_eq!(imp.pmp.is_some(), value["pmp"].is_object());
    if let Some(pmp) = imp.pmp {
        assert_eq!(
            pmp.private_auction,
            flag(&value["pmp"]["private_auction"]).unwrap_or(false)
        );
        let deals = objects(&value["pmp"]["deals"]);
        assert_eq!(pmp.deals.len(), deals.len());
        pmp.deals
            .iter()
            .zip(&deals)
            .for_each(|(deal, value)| deal_agrees(deal, value));
    }
}

fn banner_agrees(banner: &Banner<'_>, value: &Value) {
    assert_eq!((banner.w, banner.h), (int(&value["w"]), int(&value["h"])));
    let sizes: Vec<_> = banner
        .format
        .iter()
        .map(|format| (format.w, format.h))
        .collect();
    let sent = objects(&value["format"]);
    let sent: Vec<_> = sent
        .iter()
        .map(|format| (int(&format["w"]), int(&format["h"])))
        .collect();
    assert_eq!(sizes, sent);
    assert_eq!(banner.battr, ints(&value["battr"]));
    assert_eq!(banner.btype, ints(&value["btype"]));
    assert_eq!(banner.api, ints(&value["api"]));
    assert_eq!(banner.pos, int(&value["pos"]));
    same_list(banner.mimes, texts(&value["mimes"]), "banner.mimes");
}

fn video_agrees(video: &Video<'_>, value: &Value) {
    same_list(video.mimes, texts(&value["mimes"]), "video.mimes");
    assert_eq!(video.protocols, ints(&value["protocols"]));
    assert_eq!(video.playbackmethod, ints(&value["playbackmethod"]));
    assert_eq!((video.w, video.h), (int(&value["w"]), int(&value["h"])));
    assert_eq!(video.minduration, int(&value["minduration"]));
    assert_eq!(video.maxduration, int(&value["maxduration"]));
    assert_eq!(video.startdelay, int(&value["startdelay"]));
    assert_eq!(video.placement, int(&value["placement"]));
    assert_eq!(video.plcmt, int(&value["plcmt"]));
    assert_eq!(video.skip, flag(&value["skip"]));
    assert_eq!(
        video.companionad.len(),
        objects(&value["companionad"]).len()
    );
}

fn deal_agrees(deal: &Deal<'_>, value: &Value) {
    same(
        Some(deal.id).filter(|id| !id.is_empty()),
        text(&value["id"]),
        "deal.id",
    );
    same_amount(deal.bidfloor, &value["bidfloor"], "deal.bidfloor");
    assert_eq!(deal.at, int(&value["at"]));
    same_list(deal.wseat, texts(&value["wseat"]), "deal.wseat");
    same_list(deal.wadomain, texts(&value["wadomain"]), "deal.wadomain");
}

fn channels_agree(request: &BidRequest<'_>, value: &Value) {
    let (site, app) = (&value["site"], &value["app"]);
    assert_eq!(request.site.is_some(), site.is_object());
    assert_eq!(request.app.is_some(), app.is_object());
    assert_eq!(request.dooh.is_some(), value["dooh"].is_object());
    if let Some(ours) = request.site {
        same(ours.id, text(&site["id"]), "site.id");
        same(ours.domain, text(&site["domain"]), "site.domain");
        same(ours.page, text(&site["page"]), "site.page");
        same(ours.r#ref, text(&site["ref"]), "site.ref");
        same(ours.keywords, text(&site["keywords"]), "site.keywords");
        same_list(ours.cat, texts(&site["cat"]), "site.cat");
        same(
            ours.publisher.and_then(|publisher| publisher.id),
            text(&site["publisher"]["id"]),
            "publisher.id",
        );
        same(
            ours.content.and_then(|content| content.title),
            text(&site["content"]["title"]),
            "content.title",
        );
        assert_eq!(
            ours.content.and_then(|content| content.len),
            int(&site["content"]["len"])
        );
        assert_eq!(ours.mobile, flag(&site["mobile"]));
    }
    if let Some(ours) = request.app {
        same(ours.id, text(&app["id"]), "app.id");
        same(ours.name, text(&app["name"]), "app.name");
        same(ours.bundle, text(&app["bundle"]), "app.bundle");
        same(ours.storeurl, text(&app["storeurl"]), "app.storeurl");
        same_list(ours.cat, texts(&app["cat"]), "app.cat");
        same(
            ours.publisher.and_then(|publisher| publisher.name),
            text(&app["publisher"]["name"]),
            "publisher.name",
        );
    }
}

fn device_agrees(request: &BidRequest<'_>, value: &Value) {
    assert_eq!(request.device.is_some(), value.is_object());
    let Some(device) = request.device else { return };
    same(device.ua, text(&value["ua"]), "ua");
    same(device.ip, text(&value["ip"]), "ip");
    same(device.ipv6, text(&value["ipv6"]), "ipv6");
    same(device.os, text(&value["os"]), "os");
    same(device.osv, text(&value["osv"]), "osv");
    same(device.model, text(&value["model"]), "model");
    same(device.carrier, text(&value["carrier"]), "carrier");
    same(device.language, text(&value["language"]), "language");
    same(device.ifa, text(&value["ifa"]), "ifa");
    assert_eq!(device.devicetype, int(&value["devicetype"]));
    assert_eq!(device.connectiontype, int(&value["connectiontype"]));
    assert_eq!((device.w, device.h), (int(&value["w"]), int(&value["h"])));
    assert_eq!(device.pxratio, number(&value["pxratio"]));
    assert_eq!(
        (device.dnt, device.lmt, device.js),
        (flag(&value["dnt"]), flag(&value["lmt"]), flag(&value["js"]))
    );
    geo_agrees(device.geo, &value["geo"]);
    let sua = object(&value["sua"])
        .or_else(|| object(&value["ext"]["sua"]))
        .unwrap_or_default();
    assert_eq!(device.sua.and_then(|sua| sua.mobile), flag(&sua["mobile"]));
    assert_eq!(
        device.sua.map_or(0, |sua| sua.browsers.len()),
        objects(&sua["browsers"]).len()
    );
}

fn geo_agrees(geo: Option<&Geo<'_>>, value: &Value) {
    assert_eq!(geo.is_some(), value.is_object());
    let Some(geo) = geo else { return };
    assert_eq!(geo.lat, number(&value["lat"]));
    if value.get("long").is_none() {
        assert_eq!(geo.lon, number(&value["lon"]));
    }
    assert_eq!(geo.kind, int(&value["type"]));
    same(geo.country, text(&value["country"]), "country");
    same(geo.region, text(&value["region"]), "region");
    same(geo.metro, text(&value["metro"]), "metro");
    same(geo.city, text(&value["city"]), "city");
    same(geo.zip, text(&value["zip"]), "zip");
    assert_eq!(geo.utcoffset, int(&value["utcoffset"]));
}

fn user_agrees(request: &BidRequest<'_>, value: &Value) {
    assert_eq!(request.user.is_some(), value.is_object());
    let Some(user) = request.user else { return };
    same(user.id, text(&value["id"]), "user.id");
    same(user.buyeruid, text(&value["buyeruid"]), "buyeruid");
    same(user.gender, text(&value["gender"]), "gender");
    assert_eq!(user.yob, int(&value["yob"]));
    geo_agrees(user.geo, &value["geo"]);
    same(
        user.consent,
        text(&value["consent"]).or_else(|| text(&value["ext"]["consent"])),
        "consent",
    );
    let own = objects(&value["eids"]);
    let eids = if own.is_empty() {
        objects(&value["ext"]["eids"])
    } else {
        own
    };
    assert_eq!(user.eids.len(), eids.len());
    for (eid, value) in user.eids.iter().zip(&eids) {
        same(eid.source, text(&value["source"]), "eid.source");
        let ids: Vec<_> = eid.uids.iter().filter_map(|uid| uid.id).collect();
        let sent = objects(&value["uids"])
            .iter()
            .filter_map(|uid| text(&uid["id"]))
            .collect();
        same_list(&ids, sent, "uid.id");
    }
    let data = objects(&value["data"]);
    assert_eq!(user.data.len(), data.len());
    for (data, value) in user.data.iter().zip(&data) {
        let ids: Vec<_> = data
            .segment
            .iter()
            .filter_map(|segment| segment.id)
            .collect();
        let sent = objects(&value["segment"])
            .iter()
            .filter_map(|segment| text(&segment["id"]))
            .collect();
        same_list(&ids, sent, "segment.id");
        assert_eq!(data.segtax, int(&value["ext"]["segtax"]));
    }
}

fn law_agrees(request: &BidRequest<'_>, value: &Value) {
    let (regs, source) = (&value["regs"], &value["source"]);
    assert_eq!(request.regs.is_some(), regs.is_object());
    if let Some(ours) = request.regs {
        let folded = |key| flag(&regs[key]).or_else(|| flag(&regs["ext"][key]));
        assert_eq!((ours.gdpr, ours.coppa), (folded("gdpr"), folded("coppa")));
        let folded = |key| text(&regs[key]).or_else(|| text(&regs["ext"][key]));
        same(ours.us_privacy, folded("us_privacy"), "us_privacy");
        same(ours.gpp, folded("gpp"), "gpp");
        let own = ints(&regs["gpp_sid"]);
        let sections = if own.is_empty() {
            ints(&regs["ext"]["gpp_sid"])
        } else {
            own
        };
        assert_eq!(ours.gpp_sid, sections);
    }
    assert_eq!(request.source.is_some(), source.is_object());
    if let Some(ours) = request.source {
        same(ours.tid, text(&source["tid"]), "tid");
        let chain = object(&source["schain"]).or_else(|| object(&source["ext"]["schain"]));
        assert_eq!(ours.schain.is_some(), chain.is_some());
        let sent = objects(&chain.unwrap_or_default()["nodes"]);
        let nodes = ours.schain.map_or(&[][..], |chain| chain.nodes);
        assert_eq!(nodes.len(), sent.len());
        for (node, value) in nodes.iter().zip(&sent) {
            same(node.asi, text(&value["asi"]), "asi");
            same(node.sid, text(&value["sid"]), "sid");
            assert_eq!(node.hp, flag(&value["hp"]));
        }
    }
}
