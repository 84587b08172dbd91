//! Requests, markets and states at random.

use auction::book::AdTerms;
use auction::reason::NoBidReason;
use campaign::ad::{Ad, FrequencyCap, Goal};
use campaign::country::Country;
use campaign::creative::{Creative, Format};
use campaign::id::AdId;
use campaign::money::Money;
use campaign::targeting::{Channel, Circle, Condition, Expression, Region};
use campaign::time::Span;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use super::{Market, ad, banner, html_banner, native, size, video};

/// What an ad may want, some of it of the user's own data.
pub fn wishes() -> Vec<Condition> {
    let germany = Country::parse("DEU").unwrap();
    let texts = |all: &[&str]| all.iter().collect();
    vec![
        Condition::Segment(texts(&["prov/shoes", "cars"])),
        Condition::Age { min: 30, max: 60 },
        Condition::Near(vec![Circle {
            latitude: 52.5163,
            longitude: 13.3777,
            radius_km: 3.0,
        }]),
        Condition::Zip(texts(&["101*"])),
        Condition::Keyword(texts(&["shoes", "news"])),
        Condition::Country([germany].into()),
        Condition::City(texts(&["berlin"])),
        Condition::Os(texts(&["ios", "kaios", "windows-phone"])),
        Condition::Browser(texts(&["chrome", "ie", "safari"])),
        Condition::Domain(texts(&["news.example"])),
        Condition::Bundle(texts(&["com.game"])),
        Condition::Language(texts(&["de"])),
        Condition::Deal(["d1".to_string()].into()),
        Condition::DeviceType([4, 2].into()),
        Condition::Connection([2].into()),
        Condition::Region(vec![Region {
            country: germany,
            code: "BE".to_string(),
        }]),
        Condition::Metro(texts(&["501"])),
        Condition::Publisher(texts(&["p1"])),
        Condition::Category {
            taxonomy: 1,
            ids: texts(&["iab12", "iab1-2"]),
        },
        Condition::Channel([Channel::App, Channel::OutOfHome].into()),
        Condition::Position([1].into()),
        Condition::Size([size(320, 50)].into()),
        Condition::Format([Format::Video, Format::Native].into()),
        Condition::VideoPlacement([1].into()),
        Condition::VideoDuration {
            min_seconds: 10,
            max_seconds: 20,
        },
    ]
}

fn targeting() -> impl Strategy<Value = Expression> {
    let leaf = select(wishes()).prop_map(Expression::Is);
    let nested = leaf.prop_recursive(3, 6, 3, |inner| {
        prop_oneof![
            inner
                .clone()
                .prop_map(|inner| Expression::Not(Box::new(inner))),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Expression::All),
            prop::collection::vec(inner, 1..3).prop_map(Expression::Any),
        ]
    });
    prop_oneof![2 => Just(Expression::default()), 3 => nested]
}

fn some_ad(id: u64) -> impl Strategy<Value = Ad> {
    let cap = (1u32..4).prop_map(|impressions| FrequencyCap {
        impressions,
        period: Span::hours(24),
    });
    (
        select(vec!["1", "2", "2.5", "7"]),
        subsequence(vec![1, 2, 3, 4, 5, 6], 1..5),
        targeting(),
        prop::collection::vec(cap, 0..2),
        any::<bool>(),
    )
        .prop_map(move |(cpm, creatives, targeting, caps, by_click)| {
            let mut ad = ad(id, cpm, &creatives);
            ad.targeting = targeting;
            ad.frequency_caps = caps;
            if by_click {
                ad.goal = Goal::Click(Money(1_700_000_000));
            }
            ad
        })
}

prop_compose! {
    /// A market of so many ads at most.
    pub fn market(most: u64)(
        ads in (1..=most).prop_flat_map(|count| (1..=count).map(some_ad).collect::<Vec<_>>()),
        broke in prop::collection::vec(any::<Index>(), 0..3),
        halted in prop::option::weighted(0.3, (any::<Index>(), 0u32..1_000_000)),
        shown in 0u32..4,
    ) -> Market {
        let mut market = Market::new(ads, creatives());
        let ads = &market.inventory.ads;
        market.world.shown = shown;
        market.world.broke = broke.iter().map(|place| place.get(ads).id).collect();
        if let Some((place, participation_ppm)) = halted {
            let ad = place.get(ads);
            let mut terms = AdTerms::of(ad, 9);
            terms.participation_ppm = participation_ppm;
            terms.halted = (participation_ppm < 100_000).then_some(NoBidReason::CampaignPaused);
            terms.rates.click = f64::from(participation_ppm) / 7e7;
            market.world.terms.insert(ad.id, terms);
        }
        market
    }
}

fn creatives() -> Vec<Creative> {
    vec![
        banner(1, 300, 250),
        banner(2, 320, 50),
        html_banner(3, "<p>Shoes</p>"),
        video(4, 15),
        video(5, 30),
        native(6),
    ]
}

/// A market of every wish, for requests that somebody else made up.
pub fn broad_market() -> Market {
    let ads = (1..).zip(wishes()).map(|(id, wish)| {
        let mut ad = ad(id, "4", &[1, 2, 3, 4, 5, 6]);
        ad.targeting = Expression::Is(wish);
        ad
    });
    let mut ads: Vec<_> = ads.collect();
    ads.push(ad(99, "3", &[1, 2, 3, 4, 5, 6]));
    ads[2].frequency_caps = vec![FrequencyCap {
        impressions: 2,
        period: Span::hours(1),
    }];
    let mut market = Market::new(ads, creatives());
    market.world.shown = 1;
    market.world.broke = [AdId(6)].into();
    market
}

const FORMATS: [&str; 6] = [
    r#""banner":{"format":[{"w":300,"h":250},{"w":320,"h":50}],"ext":{"x":1}}"#,
    r#""banner":{"w":320,"h":50,"pos":1},"secure":1"#,
    r#""instl":1,"banner":{}"#,
    r#""video":{"mimes":["video/mp4"],"protocols":[2,3,7],"minduration":5,"maxduration":20,"w":640,"h":360,"plcmt":1}"#,
    r#""native":{"request":{"ver":"1.2","assets":[{"id":1,"required":1,"title":{"len":25}},{"id":2,"img":{"type":3}}]}}"#,
    r#""audio":{"mimes":["audio/mp3"]}"#,
];
const TERMS: [&str; 7] = [
    r#""bidfloor":2.2"#,
    r#""bidfloor":"1e0","bidfloorcur":"EUR""#,
    r#""pmp":{"private_auction":1,"deals":[{"id":"d1","bidfloor":1.5,"at":3}]}"#,
    r#""pmp":{"deals":[{"id":"d1","guar":1},{"id":"d2"}]}"#,
    r#""qty":{"multiplier":1.25}"#,
    r#""tagid":"t","ext":{"gpid":"/a/b","tid":"x"}"#,
    r#""exp":300,"metric":[{"type":"viewability","value":0.1}]"#,
];
const UNREADABLE: [&str; 3] = ["7", r#"{"id":"9"}"#, r#"{"banner":{}}"#];
const AROUND: [&str; 22] = [
    r#""test":1"#,
    r#""cur":["EUR"]"#,
    r#""bcat":["IAB22"]"#,
    r#""badv":["shop.example"]"#,
    r#""wseat":["outbid"],"wlang":["en"]"#,
    r#""site":{"page":"https://www.www.news.example/a?mail=x","keywords":"News,Sport","cat":["IAB12"]}"#,
    r#""site":{"domain":"WWW.News.example.","content":{"language":"de-AT","keywords":"shoes"}}"#,
    r#""app":{"bundle":"com.Game","publisher":{"id":"P1"},"content":{"cat":["IAB1-2"]}}"#,
    r#""dooh":{"id":"d","venuetype":"x"}"#,
    r#""user":{"id":"u1","yob":1983,"keywords":"Shoes","data":[{"name":"Prov","segment":[{"id":"shoes"}]}]}"#,
    r#""user":{"buyeruid":"b","data":[{"segment":[{"id":"cars"},{"name":"x"}]}],"geo":{"zip":"10117"}}"#,
    r#""device":{"ifa":"AA-1","ua":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Safari/604.1","language":"de"}"#,
    r#""device":{"os":"KaiOS","ua":"Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0)","geo":{"lat":52.5201,"lon":13.3801}}"#,
    r#""device":{"sua":{"browsers":[{"brand":"Google Chrome"}],"platform":{"brand":"Windows Phone"}},"devicetype":2,"connectiontype":2,"geo":{"country":"DEU","region":"DE-BE","metro":"501"}}"#,
    r#""device":{"geo":{"lat":52.5499,"lon":13.3601,"country":"DEU","city":"Berlin","zip":"10117"},"lmt":0}"#,
    r#""device":{"lmt":1,"ifa":"AA-2","w":390,"h":844,"geo":{"country":"DEU","lat":52.52,"lon":13.38}}"#,
    r#""regs":{"gdpr":1}"#,
    r#""regs":{"coppa":1}"#,
    r#""regs":{"us_privacy":"1YYN"}"#,
    r#""regs":{"us_privacy":"1YNN","gpc":0}"#,
    r#""source":{"tid":"t","schain":{"complete":1,"nodes":[]}}"#,
    r#""tmax":120,"at":1,"ext":{"a":[1,{}]}"#,
];

prop_compose! {
    fn impression()(
        formats in subsequence(FORMATS.to_vec(), 1..3),
        terms in subsequence(TERMS.to_vec(), 0..3),
        unreadable in prop::option::weighted(0.1, select(UNREADABLE.to_vec())),
        id in 1u8..6,
    ) -> String {
        let members = [formats, terms].concat().join(",");
        unreadable.map_or(format!(r#"{{"id":"{id}",{members}}}"#), str::to_string)
    }
}

prop_compose! {
    /// A request of anything.
    pub fn request()(
        id in 0u32..1_000_000,
        imps in prop::collection::vec(impression(), 0..5),
        around in subsequence(AROUND.to_vec(), 0..9),
    ) -> String {
        let around: String = around.iter().map(|member| format!(",{member}")).collect();
        format!(r#"{{"id":"r{id}","imp":[{}]{around}}}"#, imps.join(","))
    }
}
