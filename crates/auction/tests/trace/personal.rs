//! What a trace must not hold.

use auction::trace::Trace;
use campaign::targeting::Expression;
use openrtb::consent::Rights;

use crate::same_again;
use crate::support::generated::wishes;
use crate::support::{Market, ad, banner};

/// Everything in a request that says who somebody is, or more of them than is ever stored.
const PERSONAL: [&str; 36] = [
    "user-id-1",
    "buyer-uid-1",
    "custom-data-1",
    "eid-uid-1",
    "eid-source.example",
    "ext-eid-uid-1",
    "consent-string-1",
    "gpp-string-1",
    "shoe-buyer",
    "interest-provider",
    "user-keyword-1",
    "user-ext-1",
    "1983",
    "AAAA1111-ifa",
    "203.0.113.7",
    "2001:db8::7",
    "did-sha1",
    "did-md5",
    "dpid-sha1",
    "dpid-md5",
    "mac-sha1",
    "mac-md5",
    "device-ext-1",
    "UserAgentOfOneDevice",
    "OneModel",
    "52.51",
    "13.37",
    "10117",
    "geo-ext-1",
    "mail=somebody",
    "came-from.example",
    "searched for",
    "source-tid-1",
    "imp-tid-1",
    "imp-ext-1",
    "request-ext-1",
];

const REQUEST: &str = r#"{
    "id":"r1",
    "imp":[{"id":"1","banner":{"format":[{"w":300,"h":250}],"ext":{"x":"imp-ext-1"}},
        "ext":{"tid":"imp-tid-1","prebid":{"x":"imp-ext-1"}}}],
    "site":{"domain":"news.example","page":"https://news.example/a?mail=somebody","ref":"https://came-from.example/",
        "search":"searched for","keywords":"news","ext":{"x":"request-ext-1"},
        "content":{"title":"A page","url":"https://news.example/a?mail=somebody","ext":{"x":"request-ext-1"},
            "data":[{"id":"interest-provider","segment":[{"id":"shoe-buyer"}]}]}},
    "device":{"ua":"UserAgentOfOneDevice (iPhone) Safari/604","ip":"203.0.113.7","ipv6":"2001:db8::7",
        "ifa":"AAAA1111-ifa","didsha1":"did-sha1","didmd5":"did-md5","dpidsha1":"dpid-sha1","dpidmd5":"dpid-md5",
        "macsha1":"mac-sha1","macmd5":"mac-md5","model":"OneModel","ext":{"ifa_type":"aaid","x":"device-ext-1"},
        "sua":{"browsers":[{"brand":"Google Chrome","version":["UserAgentOfOneDevice"]}],"model":"OneModel"},
        "geo":{"lat":52.5163001,"lon":13.3777002,"zip":"10117","country":"DEU","city":"Berlin","ext":{"x":"geo-ext-1"}}},
    "user":{"id":"user-id-1","buyeruid":"buyer-uid-1","customdata":"custom-data-1","yob":1983,"gender":"F",
        "keywords":"user-keyword-1","data":[{"id":"interest-provider","segment":[{"id":"shoe-buyer"},{"id":"cars"}]}],
        "eids":[{"source":"eid-source.example","uids":[{"id":"eid-uid-1"}]}],
        "geo":{"lat":52.5163001,"lon":13.3777002,"zip":"10117"},
        "ext":{"consent":"consent-string-1","x":"user-ext-1","eids":[{"uids":[{"id":"ext-eid-uid-1"}]}]}},
    "source":{"tid":"source-tid-1"},
    "regs":{REGS},
    "ext":{"x":"request-ext-1"}
}"#;

/// No law applies, so that everything may be read.
const ALL_RIGHTS: &str = r#""gdpr":0"#;

/// All that a trace holds, as text.
fn shown(trace: &Trace) -> String {
    let request = String::from_utf8_lossy(&trace.request);
    let outcome = trace.outcome.as_deref().unwrap_or_default();
    let outcome = String::from_utf8_lossy(outcome);
    format!("{request}\n{outcome}\n{trace:?}")
}

/// Ads that want all that is known of the user, and one that wants nothing.
fn market() -> Market {
    let mut ads = vec![ad(1, "3", &[1]), ad(2, "2", &[1])];
    ads[0].targeting = Expression::Any(wishes().into_iter().map(Expression::Is).collect());
    Market::new(ads, vec![banner(1, 300, 250)])
}

#[test]
fn a_trace_holds_nobodys_data_whatever_there_is_a_right_to() {
    for sign in PERSONAL {
        assert!(
            REQUEST.contains(sign) || sign == "gpp-string-1",
            "the request lacks {sign}"
        );
    }
    for (regs, rights) in [
        (ALL_RIGHTS, Rights::ALL),
        (r#""gdpr":1"#, Rights::NONE),
        (r#""coppa":1"#, Rights::NONE),
        (
            r#""gdpr":0,"gpp_sid":[7],"gpp":"gpp-string-1""#,
            Rights::NONE,
        ),
        (
            r#""gdpr":0,"us_privacy":"1YYN""#,
            Rights {
                basic_ads: true,
                measurement: true,
                ..Rights::NONE
            },
        ),
    ] {
        let body = REQUEST.replace("REGS", regs);
        let trace = same_again(&mut market(), &body);
        assert!(trace.outcome.is_ok(), "{regs}");
        assert_eq!(trace.verdict.rights, rights, "{regs}");
        let shown = shown(&trace);
        for sign in PERSONAL {
            assert!(!shown.contains(sign), "{sign} is kept ({regs}): {shown}");
        }
    }
}

#[test]
fn what_was_wanted_of_the_user_is_an_answer() {
    let body = REQUEST.replace("REGS", ALL_RIGHTS);
    for wish in wishes() {
        let mut market = market();
        market.inventory.ads[0].targeting = Expression::Is(wish.clone());
        let wanted = same_again(&mut market, &body);
        market.inventory.ads[0].targeting = Expression::Not(Box::new(Expression::Is(wish)));
        let unwanted = same_again(&mut market, &body);
        assert_ne!(wanted.outcome, unwanted.outcome);
    }
}

#[test]
fn what_is_kept_is_what_a_decision_reads() {
    let body = REQUEST.replace("REGS", ALL_RIGHTS);
    let trace = same_again(&mut market(), &body);
    assert_eq!(
        String::from_utf8(trace.request).unwrap(),
        concat!(
            r#"{"id":"r1","imp":[{"id":"1","banner":{"format":[{"w":300,"h":250}]}}],"#,
            r#""site":{"domain":"news.example","content":{"title":"A page"},"keywords":"news"},"#,
            r#""device":{"geo":{"lat":52.5,"lon":13.4,"country":"DEU","city":"Berlin"},"#,
            r#""sua":{"browsers":[{"brand":"chrome"}]},"os":"ipados"},"#,
            r#""user":{"geo":{"lat":52.5,"lon":13.4}}}"#,
        )
    );
}
