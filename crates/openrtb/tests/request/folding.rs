//! What 2.5 kept in `ext` is found in the 2.6 place, and the 2.6 place wins.

use bumpalo::Bump;
use openrtb::request::{BidRequest, parse};

fn check<T: PartialEq + std::fmt::Debug>(
    body: &str,
    read: impl Fn(&BidRequest<'_>) -> T,
    expect: T,
) {
    let arena = Bump::new();
    let request = parse(body.as_bytes(), &arena).unwrap();
    assert_eq!(read(&request), expect, "{body}");
}

#[test]
fn gdpr_is_folded_and_its_own_place_wins() {
    let gdpr = |request: &BidRequest<'_>| request.regs.unwrap().gdpr;
    check(r#"{"regs":{"ext":{"gdpr":1}}}"#, gdpr, Some(true));
    check(r#"{"regs":{"gdpr":0,"ext":{"gdpr":1}}}"#, gdpr, Some(false));
    check(r#"{"regs":{"ext":{"gdpr":1},"gdpr":0}}"#, gdpr, Some(false));
    check(
        r#"{"regs":{"ext":{"gdpr":1},"gdpr":null}}"#,
        gdpr,
        Some(true),
    );
    check(r#"{"regs":{"ext":{"gdpr":"1"}}}"#, gdpr, Some(true));
    check(r#"{"regs":{"ext":{"gdpr":null}}}"#, gdpr, None);
    check(r#"{"regs":{"ext":"{\"gdpr\":1}"}}"#, gdpr, None);
}

#[test]
fn the_other_laws_are_folded() {
    let read = |request: &BidRequest<'_>| {
        let regs = request.regs.unwrap();
        let dsa = regs.dsa.and_then(|dsa| dsa.dsarequired);
        let gpp_sid = regs.gpp_sid.to_vec();
        let texts = [regs.us_privacy, regs.gpp].map(|text| text.map(str::to_owned));
        (regs.coppa, texts, gpp_sid, regs.gpc, dsa)
    };
    check(
        r#"{"regs":{"ext":{"coppa":1,"us_privacy":"1YNN","gpp":"DB","gpp_sid":["7"],"gpc":"1","dsa":{"dsarequired":2}}}}"#,
        read,
        (
            Some(true),
            [Some("1YNN".into()), Some("DB".into())],
            vec![7],
            Some(true),
            Some(2),
        ),
    );
    check(
        r#"{"regs":{"coppa":0,"us_privacy":"1---","gpp":"DA","gpp_sid":[2],
            "ext":{"coppa":1,"us_privacy":"1YNN","gpp":"DB","gpp_sid":[7]}}}"#,
        read,
        (
            Some(false),
            [Some("1---".into()), Some("DA".into())],
            vec![2],
            None,
            None,
        ),
    );
    check(
        r#"{"regs":{"us_privacy":"","gpp_sid":[],"ext":{"us_privacy":"1YNN","gpp_sid":[7]}}}"#,
        read,
        (None, [Some("1YNN".into()), None], vec![7], None, None),
    );
}

#[test]
fn consent_and_identifiers_are_folded() {
    let read = |request: &BidRequest<'_>| {
        let user = request.user.unwrap();
        let sources: Vec<_> = user
            .eids
            .iter()
            .flat_map(|eid| eid.source)
            .map(str::to_owned)
            .collect();
        (user.consent.map(str::to_owned), sources)
    };
    let a = || Some("a".to_owned());
    check(
        r#"{"user":{"ext":{"consent":"a","eids":[{"source":"s"}]}}}"#,
        read,
        (a(), vec!["s".into()]),
    );
    check(
        r#"{"user":{"consent":"a","eids":[{"source":"s"}],"ext":{"consent":"b","eids":[{"source":"t"}]}}}"#,
        read,
        (a(), vec!["s".into()]),
    );
    check(
        r#"{"user":{"consent":"","ext":{"consent":"a"}}}"#,
        read,
        (a(), vec![]),
    );
    check(
        r#"{"user":{"ext":{"consent":["a"]}}}"#,
        read,
        (None, vec![]),
    );
}

#[test]
fn the_supply_chain_is_folded() {
    let read = |request: &BidRequest<'_>| {
        let chain = request.source.unwrap().schain;
        chain.map(|chain| (chain.complete, chain.nodes[0].asi.map(str::to_owned)))
    };
    let chain = |asi: &str| format!(r#"{{"complete":1,"nodes":[{{"asi":"{asi}"}}]}}"#);
    let (a, b) = (chain("a.example"), chain("b.example"));
    let of = |asi: &str| Some((true, Some(asi.to_owned())));
    check(
        &format!(r#"{{"source":{{"ext":{{"schain":{a}}}}}}}"#),
        read,
        of("a.example"),
    );
    check(
        &format!(r#"{{"source":{{"ext":{{"schain":{b}}},"schain":{a}}}}}"#),
        read,
        of("a.example"),
    );
    check(r#"{"source":{"ext":{"schain":"1.0,1!a"}}}"#, read, None);
}

#[test]
fn facts_of_impressions_devices_sites_and_data_are_found_in_their_extensions() {
    let imp = |request: &BidRequest<'_>| {
        let imp = request.imp[0];
        (
            imp.gpid.map(str::to_owned),
            imp.tid.map(str::to_owned),
            imp.rwdd,
        )
    };
    let extended =
        r#""gpid":"/1/a","tid":"t","prebid":{"is_rewarded_inventory":1,"bidder":{"rwdd":0}}"#;
    check(
        &format!(r#"{{"imp":[{{"id":"1","banner":{{}},"ext":{{{extended}}}}}]}}"#),
        imp,
        (Some("/1/a".into()), Some("t".into()), true),
    );
    check(
        r#"{"imp":[{"id":"1","banner":{},"rwdd":1,"ext":{"prebid":7}}]}"#,
        imp,
        (None, None, true),
    );
    check(
        r#"{"imp":[{"id":"1","banner":{},"gpid":"no","ext":{}}]}"#,
        imp,
        (None, None, false),
    );

    let device = |request: &BidRequest<'_>| {
        let device = request.device.unwrap();
        let source = device.sua.and_then(|sua| sua.source);
        (device.ifa_type.map(str::to_owned), device.atts, source)
    };
    check(
        r#"{"device":{"ext":{"ifa_type":"rida","atts":3,"sua":{"source":2}}}}"#,
        device,
        (Some("rida".into()), Some(3), Some(2)),
    );
    check(
        r#"{"device":{"sua":{"source":1},"ext":{"sua":{"source":2}}}}"#,
        device,
        (None, None, Some(1)),
    );

    let partners = |request: &BidRequest<'_>| {
        let site = request.site.and_then(|site| site.inventorypartnerdomain);
        let app = request.app.and_then(|app| app.inventorypartnerdomain);
        [site, app].map(|domain| domain.map(str::to_owned))
    };
    check(
        r#"{"site":{"ext":{"inventorypartnerdomain":"a"}},"app":{"inventorypartnerdomain":"b","ext":{"inventorypartnerdomain":"c"}}}"#,
        partners,
        [Some("a".into()), Some("b".into())],
    );

    let segtax = |request: &BidRequest<'_>| request.user.unwrap().data[0].segtax;
    check(
        r#"{"user":{"data":[{"ext":{"segtax":"4"}}]}}"#,
        segtax,
        Some(4),
    );
}

#[test]
fn the_extension_stays_raw_beside_what_was_folded() {
    let raw = |request: &BidRequest<'_>| request.regs.unwrap().ext.map(str::to_owned);
    check(
        r#"{"regs":{"ext": { "gdpr" : 1, "x":[] } }}"#,
        raw,
        Some(r#"{ "gdpr" : 1, "x":[] }"#.into()),
    );
}

#[test]
fn placement_and_position_in_pod_stay_two_facts_each() {
    let read = |request: &BidRequest<'_>| {
        let video = request.imp[0].video.unwrap();
        (
            video.placement,
            video.plcmt,
            video.sequence,
            video.slotinpod,
        )
    };
    let with = |members: &str| format!(r#"{{"imp":[{{"id":"1","video":{{{members}}}}}]}}"#);
    check(
        &with(r#""placement":3,"sequence":2"#),
        read,
        (Some(3), None, Some(2), None),
    );
    check(
        &with(r#""plcmt":1,"slotinpod":-1"#),
        read,
        (None, Some(1), None, Some(-1)),
    );
}

#[test]
fn names_that_the_specs_own_samples_use_are_read() {
    let read = |request: &BidRequest<'_>| {
        let venues = request.dooh.unwrap().venuetype.to_vec().join(" ");
        (venues, request.device.unwrap().geo.unwrap().lon)
    };
    check(
        r#"{"dooh":{"venuetypeid":["30101"]},"device":{"geo":{"long":8.5}}}"#,
        read,
        ("30101".into(), Some(8.5)),
    );
}
