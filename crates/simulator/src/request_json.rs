//! A request of the world as JSON, in the words of its exchange.

use campaign::exchange::Exchange;
use serde_json::{Map, Value, json};

use crate::world::Ask;
use crate::world::consent::Consent;
use crate::world::interest::INTERESTS;
use crate::world::marketplace::{Marketplace, Quirks};
use crate::world::placement::{FormatOffer, Placement};
use crate::world::publisher::{Property, Publisher};

/// The whole request.
pub(crate) fn request(ask: &Ask, marketplace: &Marketplace) -> Value {
    let Marketplace {
        exchange,
        tmax,
        quirks,
        ..
    } = marketplace;
    let imps = ask
        .placements
        .iter()
        .map(|placement| imp(placement, ask, exchange, quirks));
    let mut request = json!({
        "id": ask.id,
        "imp": imps.collect::<Vec<_>>(),
        "device": device(ask, quirks),
        "user": user(ask, quirks),
        "source": source(ask, exchange, quirks),
        "bcat": ask.publisher.blocked_categories,
        "badv": ask.publisher.blocked_domains,
        "ext": {"marketplace": exchange.name},
    });
    if ask.publisher.is_app() {
        request["app"] = app(&ask.publisher, ask.page);
    } else {
        request["site"] = site(&ask.publisher, ask.page, ask.user.device.is_mobile());
    }
    if !quirks.terms_by_contract {
        request["at"] = json!(exchange.auction_type);
        request["tmax"] = json!(tmax.as_millis() as u64);
        request["cur"] = json!([exchange.currency.code()]);
    }
    if ask.test {
        request["test"] = json!(1);
    }
    if let Some(regs) = regs(ask, quirks) {
        request["regs"] = regs;
    }
    request
}

fn imp(placement: &Placement, ask: &Ask, exchange: &Exchange, quirks: &Quirks) -> Value {
    let tag = match placement.tag.parse::<u64>() {
        Ok(number) if quirks.numbers_for_text => json!(number),
        _ => json!(placement.tag),
    };
    let mut imp = json!({
        "id": placement.id,
        "tagid": tag,
        "secure": i32::from(ask.publisher.secure),
        "exp": 1_800,
        "ext": {"gpid": format!("/{}/page{}/{}", ask.publisher.id, ask.page, placement.id)},
    });
    if ask.publisher.is_app() {
        imp["displaymanager"] = json!("GlassSDK");
        imp["displaymanagerver"] = json!("7.4.1");
    }
    if placement.interstitial {
        imp["instl"] = json!(1);
    }
    if let Some(cents) = placement.floor_cents {
        imp["bidfloor"] = price(cents);
        imp["bidfloorcur"] = json!(exchange.currency.code());
    }
    for offer in &placement.formats {
        imp[offer.format().name()] = format(offer, &ask.publisher, quirks);
    }
    if !placement.deals.is_empty() {
        let deals = placement.deals.iter().map(|deal| {
            let at = if deal.fixed_price { 3 } else { exchange.auction_type };
            // A deal inherits no currency from its impression.
            let currency = exchange.currency.code();
            json!({"id": deal.id, "bidfloor": price(deal.floor_cents), "bidfloorcur": currency, "at": at})
        });
        let private = i32::from(placement.private);
        imp["pmp"] = json!({"private_auction": private, "deals": deals.collect::<Vec<_>>()});
    }
    imp
}

/// Hundredths as a decimal number. Two decimals survive the way through a double.
fn price(cents: i64) -> Value {
    json!(cents as f64 / 100.0)
}

fn format(offer: &FormatOffer, publisher: &Publisher, quirks: &Quirks) -> Value {
    let blocked = &publisher.blocked_attributes;
    match offer {
        FormatOffer::Banner {
            sizes,
            position,
            apis,
        } => {
            let formats: Vec<Value> = sizes.iter().map(|(w, h)| json!({"w": w, "h": h})).collect();
            let (w, h) = sizes[0];
            json!({
                "format": formats, "w": w, "h": h, "pos": position, "api": apis, "battr": blocked, "btype": [4],
                "mimes": ["text/html", "text/javascript", "image/jpeg", "image/png", "image/gif"],
            })
        }
        FormatOffer::Video {
            player: (w, h),
            durations: (least, most),
            plcmt,
            protocols,
            skip,
        } => json!({
            "mimes": ["video/mp4", "video/webm"],
            "minduration": least, "maxduration": most, "protocols": protocols, "w": w, "h": h, "plcmt": plcmt,
            "placement": if *plcmt == 1 { 1 } else { 3 }, "startdelay": 0, "linearity": 1, "skip": i32::from(*skip),
            "playbackmethod": [if *plcmt == 1 { 1 } else { 6 }], "delivery": [1, 2], "api": [7], "battr": blocked,
            "minbitrate": 200, "maxbitrate": 12_000, "boxingallowed": 1,
        }),
        FormatOffer::Audio {
            durations: (least, most),
        } => json!({
            "mimes": ["audio/mpeg", "audio/mp4", "audio/aac"],
            "minduration": least, "maxduration": most, "protocols": [2, 3, 5, 6, 9, 10], "startdelay": 0, "feed": 1,
            "delivery": [1, 2], "battr": blocked, "stitched": 0, "nvol": 1,
        }),
        FormatOffer::Native {
            image_required,
            title_length,
        } => {
            let request = native_request(*image_required, *title_length);
            let request = if quirks.native_as_object {
                request
            } else {
                json!(request.to_string())
            };
            json!({"request": request, "ver": "1.2", "api": [7], "battr": blocked})
        }
    }
}

fn native_request(image_required: bool, title_length: i32) -> Value {
    json!({
        "ver": "1.2", "context": 1, "contextsubtype": 11, "plcmttype": 1, "plcmtcnt": 1,
        "assets": [
            {"id": 1, "required": 1, "title": {"len": title_length}},
            {"id": 2, "required": i32::from(image_required), "img": {"type": 3, "wmin": 300, "hmin": 157}},
            {"id": 3, "required": 0, "img": {"type": 1, "wmin": 50, "hmin": 50}},
            {"id": 4, "required": 0, "data": {"type": 1, "len": 40}},
            {"id": 5, "required": 0, "data": {"type": 2, "len": 140}},
            {"id": 6, "required": 0, "data": {"type": 12, "len": 20}},
        ],
        "eventtrackers": [{"event": 1, "methods": [1, 2]}, {"event": 2, "methods": [1]}],
        "privacy": 1,
    })
}

fn site(publisher: &Publisher, page: u32, mobile: bool) -> Value {
    let Property::Site { domain } = &publisher.property else {
        return Value::Null;
    };
    let interest = &INTERESTS[publisher.interest];
    json!({
        "id": publisher.id,
        "name": publisher.name,
        "domain": domain,
        "cattax": 1,
        "cat": [interest.category],
        "sectioncat": [interest.subcategory],
        "pagecat": [interest.subcategory],
        "page": format!("https://www.{domain}/{}/story-{page}.html?utm_source=feed", interest.word),
        "ref": format!("https://www.{domain}/"),
        "mobile": i32::from(mobile),
        "privacypolicy": 1,
        "keywords": format!("{},story,page{page}", interest.word),
        "publisher": {"id": publisher.id, "name": publisher.name, "domain": domain, "cat": [interest.category]},
        "content": {"id": format!("story-{page}"), "title": "A story", "context": 5, "language": "en"},
    })
}

fn app(publisher: &Publisher, page: u32) -> Value {
    let Property::App {
        bundle,
        store_number,
        television,
    } = &publisher.property
    else {
        return Value::Null;
    };
    let interest = &INTERESTS[publisher.interest];
    let mut app = json!({
        "id": publisher.id,
        "name": publisher.name,
        "bundle": bundle,
        "storeurl": format!("https://store.example/app/id{store_number}"),
        "cattax": 1,
        "cat": [interest.category],
        "pagecat": [interest.subcategory],
        "ver": "4.12.0",
        "privacypolicy": 1,
        "paid": 0,
        "keywords": interest.word,
        "publisher": {"id": publisher.id, "name": publisher.name, "cat": [interest.category]},
    });
    if *television {
        app["content"] = json!({
            "id": format!("show-{page}"), "title": "An evening show", "series": "Evenings", "season": "2",
            "genre": interest.word, "livestream": 0, "len": 1_800, "language": "en", "context": 1, "prodq": 1,
            "network": {"name": publisher.name}, "channel": {"name": interest.word},
        });
    }
    app
}

fn device(ask: &Ask, quirks: &Quirks) -> Value {
    let (user, model) = (&ask.user, ask.user.device);
    let by_address = !model.is_mobile();
    let mut device = json!({
        "ua": model.user_agent,
        "ip": user.ip,
        "geo": user.place.geo(if by_address { 2 } else { 1 }),
        "devicetype": model.kind,
        "os": model.os,
        "osv": model.os_version,
        "w": model.width,
        "h": model.height,
        "pxratio": model.pixel_ratio,
        "js": 1,
        "language": user.place.language,
        "connectiontype": if model.is_mobile() && user.number % 2 == 0 { 6 } else { 2 },
        "dnt": 0,
        "lmt": i32::from(user.consent == Consent::LimitTracking),
    });
    if !model.make.is_empty() {
        device["make"] = json!(model.make);
        device["model"] = json!(model.model);
    }
    if let Some(hints) = model.client_hints() {
        device["sua"] = hints;
    }
    if quirks.numbers_for_text {
        device["carrier"] = json!(310_410);
    } else if model.is_mobile() {
        device["carrier"] = json!("Northern Mobile");
    }
    if ask.publisher.is_app() && user.consent.sends_ids() {
        device["ifa"] = json!(user.device_id);
    }
    device
}

fn user(ask: &Ask, quirks: &Quirks) -> Value {
    let person = &ask.user;
    let mut user = Map::new();
    let mut extension = Map::new();
    if person.consent.sends_ids() {
        user.insert("id".into(), json!(person.id));
        if let Some(id) = &person.buyer_id {
            user.insert("buyeruid".into(), json!(id));
        }
        if let Some(year) = person.year_of_birth {
            user.insert("yob".into(), json!(year));
        }
        let segments = person.interests.iter().map(|n| &INTERESTS[*n]);
        let segments: Vec<Value> = segments
            .map(|i| json!({"id": i.segment, "name": i.word}))
            .collect();
        user.insert(
            "data".into(),
            json!([{"id": "tasteline", "name": "Tasteline", "segment": segments}]),
        );
        if let Some(id) = &person.shared_id {
            let eids = json!([{"source": "ids.example", "uids": [{"id": id, "atype": 1}]}]);
            let place = if quirks.places_of_2_5 {
                &mut extension
            } else {
                &mut user
            };
            place.insert("eids".into(), eids);
        }
    }
    if let Consent::Gdpr { tc_string, .. } = &person.consent {
        let place = if quirks.places_of_2_5 {
            &mut extension
        } else {
            &mut user
        };
        place.insert("consent".into(), json!(tc_string));
    }
    if !extension.is_empty() {
        user.insert("ext".into(), Value::Object(extension));
    }
    Value::Object(user)
}

fn regs(ask: &Ask, quirks: &Quirks) -> Option<Value> {
    let (name, value) = match &ask.user.consent {
        Consent::Plain | Consent::LimitTracking => return None,
        Consent::Child => return Some(json!({"coppa": 1})),
        Consent::Gdpr { .. } => ("gdpr", json!(1)),
        Consent::UsState { us_privacy } => ("us_privacy", json!(us_privacy)),
    };
    Some(if quirks.places_of_2_5 {
        json!({"ext": {name: value}})
    } else {
        json!({name: value})
    })
}

fn source(ask: &Ask, exchange: &Exchange, quirks: &Quirks) -> Value {
    let node = json!({"asi": format!("{}.example", exchange.name), "sid": ask.publisher.id, "rid": ask.id, "hp": 1});
    let chain = json!({"complete": 1, "ver": "1.0", "nodes": [node]});
    if quirks.places_of_2_5 {
        json!({"fd": 0, "tid": ask.transaction, "ext": {"schain": chain}})
    } else {
        json!({"fd": 0, "tid": ask.transaction, "schain": chain})
    }
}
