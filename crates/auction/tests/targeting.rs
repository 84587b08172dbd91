//! Each condition, where the request says it in 2.6's place or 2.5's, and where it says nothing.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod support;

use std::collections::BTreeSet;

use campaign::country::Country;
use campaign::creative::Format;
use campaign::id::ExchangeId;
use campaign::targeting::{Channel, Circle, Condition, Expression, Region, Texts};
use campaign::time::{TimeZone, WeekHour};
use support::{Market, request, size};

fn texts(all: &[&str]) -> Texts {
    all.iter().collect()
}

fn usa() -> Country {
    Country::parse("USA").unwrap()
}

/// Bids, or the reason, for a request with these fields around the imp; and the opposite of it under a "not".
#[track_caller]
fn check(condition: Condition, around: &str, expect: &str) {
    let body = request("", around);
    assert_eq!(
        fate(Expression::Is(condition.clone()), &body),
        expect,
        "{condition:?} {around}"
    );
    let negated = fate(
        Expression::Not(Box::new(Expression::Is(condition.clone()))),
        &body,
    );
    assert_eq!(
        negated == "bid",
        expect != "bid",
        "not {condition:?} {around}: {negated}"
    );
}

fn fate(targeting: Expression, body: &str) -> &'static str {
    Market::of_banner(|ad, _| ad.targeting = targeting).fate(body)
}

#[test]
fn places() {
    let country = || Condition::Country([usa()].into());
    check(country(), r#""device":{"geo":{"country":"USA"}}"#, "bid");
    check(country(), r#""device":{"geo":{"country":"us"}}"#, "bid");
    check(country(), r#""user":{"geo":{"country":"USA"}}"#, "bid");
    check(
        country(),
        r#""device":{"geo":{"country":"DEU"}},"user":{"geo":{"country":"USA"}}"#,
        "geo",
    );
    check(country(), "", "geo");
    let region = || {
        Condition::Region(vec![Region {
            country: usa(),
            code: "CA".to_string(),
        }])
    };
    check(
        region(),
        r#""device":{"geo":{"country":"USA","region":"ca"}}"#,
        "bid",
    );
    check(
        region(),
        r#""device":{"geo":{"country":"USA","region":"US-CA"}}"#,
        "bid",
    );
    check(
        region(),
        r#""device":{"geo":{"country":"CAN","region":"CA"}}"#,
        "geo",
    );
    check(
        Condition::City(texts(&["San José"])),
        r#""device":{"geo":{"city":"SAN JOSÉ"}}"#,
        "bid",
    );
    check(
        Condition::Metro(texts(&["807"])),
        r#""device":{"geo":{"metro":807}}"#,
        "bid",
    );
    check(
        Condition::Zip(texts(&["941*", "10115"])),
        r#""device":{"geo":{"zip":"94107"}}"#,
        "bid",
    );
    check(
        Condition::Zip(texts(&["941*", "10115"])),
        r#""device":{"geo":{"zip":"1011"}}"#,
        "geo",
    );
    let berlin = || {
        Condition::Near(vec![Circle {
            latitude: 52.52,
            longitude: 13.405,
            radius_km: 30.0,
        }])
    };
    check(
        berlin(),
        r#""device":{"geo":{"lat":52.39,"lon":13.06}}"#,
        "bid",
    );
    check(
        berlin(),
        r#""device":{"geo":{"lat":51.34,"lon":12.37}}"#,
        "geo",
    );
    check(berlin(), r#""device":{"geo":{"lat":52.39}}"#, "geo");
}

#[test]
fn devices() {
    let phone = || Condition::DeviceType([4].into());
    check(phone(), r#""device":{"devicetype":4}"#, "bid");
    check(phone(), r#""device":{"devicetype":"4"}"#, "bid");
    check(phone(), r#""device":{"devicetype":1}"#, "device");
    check(
        Condition::Os(texts(&["ios"])),
        r#""device":{"os":"iOS"}"#,
        "bid",
    );
    check(
        Condition::Os(texts(&["ios"])),
        r#""device":{"os":"Android"}"#,
        "os",
    );
    check(
        Condition::Browser(texts(&["firefox"])),
        r#""device":{"ua":"Mozilla/5.0 Firefox/130.0"}"#,
        "bid",
    );
    check(
        Condition::Connection([2].into()),
        r#""device":{"connectiontype":2}"#,
        "bid",
    );
    check(Condition::Connection([2].into()), "", "connection");
    check(
        Condition::Language(texts(&["en"])),
        r#""device":{"language":"en-US"}"#,
        "bid",
    );
    check(
        Condition::Language(texts(&["en"])),
        r#""site":{"content":{"language":"EN"}}"#,
        "bid",
    );
    check(
        Condition::Language(texts(&["en"])),
        r#""device":{"langb":"fr-CA"}"#,
        "language",
    );
}

#[test]
fn surroundings() {
    let domain = || Condition::Domain(texts(&["news.example"]));
    check(domain(), r#""site":{"domain":"news.example"}"#, "bid");
    check(domain(), r#""site":{"domain":"www.News.example"}"#, "bid");
    check(domain(), r#""site":{"domain":"sport.news.example"}"#, "bid");
    check(
        domain(),
        r#""site":{"page":"https://user@news.example:8080/a?b"}"#,
        "bid",
    );
    check(
        domain(),
        r#""site":{"domain":"fakenews.example"}"#,
        "domain",
    );
    check(domain(), r#""app":{"domain":"news.example"}"#, "domain");
    check(
        Condition::Bundle(texts(&["com.game"])),
        r#""app":{"bundle":"com.Game"}"#,
        "bid",
    );
    check(
        Condition::Publisher(texts(&["p1"])),
        r#""app":{"publisher":{"id":"P1"}}"#,
        "bid",
    );
    check(Condition::Exchange([ExchangeId(1)].into()), "", "bid");
    check(Condition::Exchange([ExchangeId(2)].into()), "", "exchange");
    let cars = || Condition::Category {
        taxonomy: 1,
        ids: texts(&["IAB2"]),
    };
    check(cars(), r#""site":{"cat":["IAB2-3"]}"#, "bid");
    check(
        cars(),
        r#""site":{"content":{"cat":["IAB2"],"cattax":7}}"#,
        "bid",
    );
    check(cars(), r#""site":{"cat":["IAB22"]}"#, "category");
    check(
        Condition::Category {
            taxonomy: 7,
            ids: texts(&["123"]),
        },
        r#""app":{"cat":["123"],"cattax":7}"#,
        "bid",
    );
    check(
        Condition::Category {
            taxonomy: 7,
            ids: texts(&["123"]),
        },
        r#""app":{"cat":["123"],"cattax":6}"#,
        "category",
    );
    check(
        Condition::Keyword(texts(&["running"])),
        r#""site":{"keywords":"shoes, Running"}"#,
        "bid",
    );
    check(
        Condition::Keyword(texts(&["running"])),
        r#""app":{"content":{"kwarray":["running"]}}"#,
        "bid",
    );
    check(
        Condition::Channel([Channel::App].into()),
        r#""app":{"bundle":"x"},"site":{"domain":"y.example"}"#,
        "bid",
    );
    check(
        Condition::Channel([Channel::App].into()),
        r#""site":{"domain":"y.example"}"#,
        "channel",
    );
    check(Condition::Format([Format::Banner].into()), "", "bid");
    check(Condition::Size([size(300, 250)].into()), "", "bid");
    check(Condition::Size([size(728, 90)].into()), "", "targeted_size");
}

#[test]
fn video() {
    let imp = r#""video":{"mimes":["video/mp4"],"plcmt":1,"placement":5,"minduration":5,"maxduration":30},"banner":{"w":300,"h":250,"pos":3}"#;
    let body = request(imp, "");
    let fate = |condition| fate(Expression::Is(condition), &body);
    assert_eq!(fate(Condition::VideoPlacement([1].into())), "bid");
    assert_eq!(
        fate(Condition::VideoPlacement([5].into())),
        "video_placement"
    );
    assert_eq!(
        fate(Condition::VideoDuration {
            min_seconds: 30,
            max_seconds: 60
        }),
        "bid"
    );
    assert_eq!(
        fate(Condition::VideoDuration {
            min_seconds: 31,
            max_seconds: 60
        }),
        "video_duration"
    );
    assert_eq!(fate(Condition::Position([3].into())), "bid");
    assert_eq!(fate(Condition::Position([1].into())), "position");
}

#[test]
fn people_only_with_the_right_to_look() {
    let data = r#""data":[{"id":"Acme","segment":[{"id":"S1"},{"name":"s2"}]}],"yob":1990"#;
    let user = |consent: &str| format!(r#""user":{{{data}}}{consent}"#);
    let segment = |id: &str| Condition::Segment(texts(&[id]));
    check(segment("s1"), &user(""), "bid");
    check(segment("acme/S2"), &user(""), "bid");
    check(segment("other/s1"), &user(""), "segment");
    check(Condition::Age { min: 36, max: 36 }, &user(""), "bid");
    check(Condition::Age { min: 18, max: 35 }, &user(""), "age");
    for refused in [
        r#","regs":{"gdpr":1}"#,
        r#","device":{"lmt":1}"#,
        r#","regs":{"us_privacy":"1YYN"}"#,
    ] {
        check(segment("s1"), &user(refused), "no_consent");
        check(
            Condition::Age { min: 36, max: 36 },
            &user(refused),
            "no_consent",
        );
    }
    // The keywords of a user are the user's, those of a page are not.
    let keyword = || Condition::Keyword(texts(&["golf"]));
    check(keyword(), r#""user":{"keywords":"golf"}"#, "bid");
    check(
        keyword(),
        r#""user":{"keywords":"golf"},"regs":{"ext":{"gdpr":1}}"#,
        "keyword",
    );
}

#[test]
fn hours_are_the_campaigns_own() {
    // Noon of a Friday in UTC is nine in the evening in Tokyo.
    let hour = |hour| Condition::DayPart([WeekHour { weekday: 4, hour }].into());
    check(hour(12), "", "bid");
    check(hour(21), "", "day_part");
    let mut market = Market::of_banner(|ad, _| ad.targeting = Expression::Is(hour(21)));
    market.inventory.campaigns[0].time_zone = TimeZone::parse("Asia/Tokyo").unwrap();
    assert_eq!(market.fate(&request("", "")), "bid");
}

#[test]
fn expressions_name_what_failed() {
    let is = |condition| Expression::Is(condition);
    let country = || is(Condition::Country([usa()].into()));
    let phone = || is(Condition::DeviceType([4].into()));
    let body = request("", r#""device":{"geo":{"country":"USA"},"devicetype":2}"#);
    assert_eq!(
        fate(Expression::All(vec![country(), phone()]), &body),
        "device"
    );
    assert_eq!(
        fate(Expression::Any(vec![phone(), country()]), &body),
        "bid"
    );
    assert_eq!(fate(Expression::Not(Box::new(country())), &body), "geo");
    assert_eq!(fate(Expression::All(vec![]), &body), "bid");
    assert_ne!(fate(Expression::Any(vec![]), &body), "bid");
    let both = Expression::All(vec![country(), Expression::Not(Box::new(phone()))]);
    assert_eq!(fate(Expression::Not(Box::new(both)), &body), "device");
}

/// The same tree with an independent reading: what the evaluator says must equal what the truth table says.
#[test]
fn expressions_agree_with_a_truth_table() {
    let body = request("", r#""device":{"geo":{"country":"USA"},"devicetype":2}"#);
    let leaf = |holds: bool| {
        let kinds: BTreeSet<i32> = if holds { [2].into() } else { [4].into() };
        Expression::Is(Condition::DeviceType(kinds))
    };
    for bits in 0..32_u32 {
        let bit = |n: u32| bits >> n & 1 == 1;
        let tree = Expression::All(vec![
            Expression::Any(vec![leaf(bit(0)), leaf(bit(1))]),
            Expression::Not(Box::new(Expression::All(vec![leaf(bit(2)), leaf(bit(3))]))),
            leaf(bit(4)),
        ]);
        let truth = (bit(0) || bit(1)) && !(bit(2) && bit(3)) && bit(4);
        assert_eq!(fate(tree, &body) == "bid", truth, "{bits:05b}");
    }
}
