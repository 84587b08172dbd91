//! A bid takes nothing from the heap: once its arena has grown, to choose, check, sign and write one allocates nothing.
#![allow(
    clippy::unwrap_used,
    unsafe_code,
    reason = "a test stops where it goes wrong, and an allocator that counts is unsafe to write"
)]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use auction::book::{AdTerms, Slot};
use auction::dice::Dice;
use auction::eligibility::{Eligible, Fit};
use auction::opportunity::{Opportunity, Visit};
use auction::pricing::Priced;
use auction::selection::Selected;
use auction::{fit, publisher, response};
use bumpalo::Bump;
use campaign::creative::{
    Audio, Companion, Creative, Image, Material, MediaFile, MediaSource, Native, Video,
};
use campaign::id::LeaseId;
use campaign::money::{Cpm, Money};
use campaign::time::Span;
use support::{Market, ad, banner, creative, html_banner, request, size};

/// The system's allocator, counting what each thread asks of it.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that ends frees its own things, and then nobody counts any more.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

/// Bids with the creative twice, into an arena that has grown and into one that grows, and says what each allocated.
fn check(creative: Creative, imp: &str, markup: &str) {
    let ad = ad(1, "2", &[creative.id.0]);
    let around = r#""bcat":["IAB25","7"],"badv":["rival.example","www.other.example"],"wlang":["en"],
        "device":{"ua":"Mozilla/5.0 (Linux; Android 14) Chrome/126.0","geo":{"country":"USA"}}"#;
    let mut market = Market::new(vec![ad], vec![creative]);
    market.at_desk(&request(imp, around), |desk, reduced, world, scratch| {
        let rates = desk.book.rates();
        let visit = Visit::read(reduced, desk.exchange, rates, desk.now, scratch).unwrap();
        let imp = &visit.request.imp[0];
        let opportunity =
            Opportunity::read(imp, 0, &visit, desk.book.market(), rates, scratch).unwrap();
        let offer = desk.book.offer(Slot(0));
        let terms = AdTerms::of(&offer.ad, 1);
        let mut arena = Bump::new();
        let mut adm = String::new();
        let mut bid = |arena: &Bump| {
            let creative = &offer.creatives[0];
            let rendition = fit::check(creative, &visit, &opportunity).unwrap();
            publisher::check(creative, &rendition, &visit, &opportunity).unwrap();
            let fits = [Fit {
                creative,
                rendition,
            }];
            let eligible = Eligible {
                slot: Slot(0),
                offer,
                terms,
                arm: None,
                fits: &fits,
            };
            let priced = Priced {
                eligible,
                price: Cpm(2_000_000),
                max_cost: Money(2_000_000),
                fx_nanos: 1_000_000_000,
                deal: None,
                context: journal::context::PriceContext::NONE,
            };
            let lease = Some(LeaseId(1));
            let selected = Selected { priced, lease };
            let dice = Dice::new(desk.dice, visit.exchange.id, visit.request.id, imp.id);
            let fit = response::choose_creative(&selected, &dice);
            let bid = response::bid(desk, &selected, fit, &visit, &opportunity, world, arena);
            adm.clear();
            adm.push_str(bid.adm.unwrap());
        };
        assert_ne!(allocations(|| bid(&arena)), 0, "an arena is made");
        arena.reset();
        bid(&arena);
        arena.reset();
        assert_eq!(allocations(|| bid(&arena)), 0, "{markup}");
        assert!(adm.contains(markup), "{adm}");
    });
}

fn film(source: MediaSource) -> Creative {
    creative(
        2,
        Material::Video(Video {
            duration: Span(15_040),
            source,
            skip_after: Some(Span::seconds(5)),
            apis: vec![],
            companion: Some(companion()),
        }),
    )
}

fn companion() -> Companion {
    Companion {
        url: "https://cdn.example/c.png?a=1&b=2".to_string(),
        size: size(300, 250),
    }
}

fn files(mime_types: &[&str]) -> MediaSource {
    let file = |mime_type: &&str| MediaFile {
        url: "https://cdn.example/film?a=1&b=2".to_string(),
        mime_type: (*mime_type).to_string(),
        size: size(1280, 720),
        bitrate_kbps: 1_500,
    };
    MediaSource::Inline(mime_types.iter().map(file).collect())
}

const VIDEO: &str = r#""video":{"mimes":["video/mp4","application/x-mpegURL"],
    "protocols":[2,3,5,6,7],"w":1280,"skip":1}"#;

#[test]
fn a_banner_takes_nothing_from_the_heap() {
    let imp = r#""qty":{"multiplier":2},"banner":{"w":300,"h":250,"btype":[1],"battr":[1]}"#;
    check(banner(1, 300, 250), imp, "https://cdn.example/a.png");
    let own = "<a href=\"{{click_url}}\" onclick='{{click_url_js}}'>\
               <img src='https://t.example/?{{click_url_encoded}}'>é</a>";
    check(html_banner(1, own), imp, "https%3A%2F%2Fbid.example");
}

#[test]
fn a_film_takes_nothing_from_the_heap() {
    let inline = files(&["application/x-mpegURL", "video/mp4", "video/webm"]);
    check(film(inline), VIDEO, "skipoffset");
    let wrapper = MediaSource::Wrapper {
        vast_url: "https://ads.example/vast".to_string(),
        mime_types: vec!["video/mp4".to_string()],
    };
    check(film(wrapper), VIDEO, "?ping]]></ClickTracking>");
}

#[test]
fn a_sound_takes_nothing_from_the_heap() {
    let sound = Audio {
        duration: Span::seconds(30),
        source: files(&["audio/mpeg"]),
        companion: Some(companion()),
    };
    let imp = r#""audio":{"mimes":["audio/mpeg"],"protocols":[12,11,13]}"#;
    check(creative(3, Material::Audio(sound)), imp, "adType=\"audio\"");
}

#[test]
fn a_native_ad_takes_nothing_from_the_heap() {
    let Material::Video(video) = film(files(&["video/mp4"])).material else {
        unreachable!()
    };
    let native = Native {
        title: "Walk into \"spring\"".to_string(),
        sponsored: "Ann & Bob".to_string(),
        image: Some(Image {
            url: "https://cdn.example/n.png".to_string(),
            size: size(1200, 627),
        }),
        video: Some(video),
        ..Native::default()
    };
    let asked = r#"{\"ver\":\"1.2\",\"assets\":[{\"id\":1,\"required\":1,\"title\":{\"len\":90}},
        {\"id\":2,\"img\":{\"type\":3,\"wmin\":600,\"mimes\":[\"image/png\"]}},{\"id\":3,\"data\":{\"type\":1}},
        {\"id\":4,\"video\":{\"mimes\":[\"video/mp4\"],\"protocols\":[3]}}],
        \"eventtrackers\":[{\"event\":1,\"methods\":[1]},{\"event\":2,\"methods\":[1]}]}"#;
    let asked = asked.replace('\n', " ");
    let imp = format!(r#""native":{{"request":"{asked}"}}"#);
    check(creative(4, Material::Native(native)), &imp, "vasttag");
}
