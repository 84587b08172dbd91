//! What fits renders, whatever it is: nothing can fail after money is reserved.

use auction::markup::{MediaSlot, OwnHtml, Renderer, audio_fit, native_fit, video_fit};
use bumpalo::Bump;
use campaign::creative::{Audio, BannerMarkup, Image, MediaSource, Native, Size, Video};
use campaign::time::Span;
use openrtb::native::request::{self, Asset, Data, NativeRequest, Title};
use proptest::prelude::*;
use quick_xml::events::Event;

use crate::sample::{IDENTITY, LINKS, file, image_banner, video};

/// Cases of each property: 256, or 20,000 for the long run.
fn cases() -> ProptestConfig {
    let soak = std::env::var_os("OUTBID_SOAK").is_some_and(|soak| soak == "1");
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(if soak { 20_000 } else { 256 })
    }
}

const TYPES: [&str; 4] = [
    "video/mp4",
    "VIDEO/webm",
    "application/dash+xml",
    "audio/mpeg",
];

fn source() -> impl Strategy<Value = MediaSource> {
    let kind = || prop::sample::select(&TYPES[..]);
    let file = (any::<String>(), kind(), (0..2_000, 0..2_000), 0..5_000)
        .prop_map(|(url, kind, size, rate)| file(&url, kind, size, rate));
    let inline = prop::collection::vec(file, 0..20).prop_map(MediaSource::Inline);
    let wrapper =
        (any::<String>(), prop::collection::vec(kind(), 0..3)).prop_map(|(vast_url, kinds)| {
            MediaSource::Wrapper {
                vast_url,
                mime_types: kinds.into_iter().map(str::to_owned).collect(),
            }
        });
    prop_oneof![3 => inline, 1 => wrapper]
}

/// A player's wishes, owned.
type Wishes = (Vec<&'static str>, Vec<i32>, Vec<i32>, [Option<i32>; 5]);

fn wishes() -> impl Strategy<Value = Wishes> {
    let number = |most: i32| prop::option::weighted(0.3, -1..most);
    (
        prop::collection::vec(prop::sample::select(&TYPES[..]), 0..3),
        prop::collection::vec(-1..18, 0..5),
        prop::collection::vec(1..3, 0..2),
        [
            number(40),
            number(40),
            number(4_000),
            number(4_000),
            number(2_000),
        ],
    )
}

fn slot_of(wishes: &Wishes) -> MediaSlot<'_> {
    let (mimes, protocols, deliveries, [least, most, slow, fast, width]) = wishes;
    MediaSlot {
        mimes,
        protocols,
        deliveries,
        min_duration: *least,
        max_duration: *most,
        min_bitrate: *slow,
        max_bitrate: *fast,
        width: *width,
        ..MediaSlot::default()
    }
}

/// The names of the elements, and the types of the media files; it fails on what is not XML.
fn read_xml(xml: &str) -> (Vec<String>, Vec<(String, i32)>) {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut names, mut files) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().expect(xml) {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                if name == "MediaFile" {
                    let value = |name: &str| {
                        let attribute = start.try_get_attribute(name).unwrap().unwrap();
                        attribute.value.into_owned()
                    };
                    files.push((value("type"), value("bitrate").parse().unwrap()));
                }
                names.push(name);
            }
            Event::Eof => return (names, files),
            _ => {}
        }
    }
}

fn holds_media(xml: &str, source: &MediaSource, slot: &MediaSlot<'_>) {
    let (names, files) = read_xml(xml);
    let has = |name: &str| names.iter().any(|other| other == name);
    assert!(has("Impression"), "{xml}");
    match source {
        MediaSource::Wrapper { .. } => assert!(has("VASTAdTagURI"), "{xml}"),
        MediaSource::Inline(_) => assert!(!files.is_empty(), "{xml}"),
    }
    for (kind, rate) in files {
        let listed = |mime: &&str| mime.eq_ignore_ascii_case(&kind);
        assert!(
            slot.mimes.is_empty() || slot.mimes.iter().any(listed),
            "{kind}"
        );
        assert!(slot.min_bitrate.is_none_or(|least| rate >= least));
        assert!(
            slot.max_bitrate
                .is_none_or(|most| most <= 0 || rate <= most)
        );
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_film_or_a_sound_that_fits_renders(
        source in source(),
        duration in 0i64..45_000,
        skip in prop::option::of(0i64..20_000),
        wishes in wishes(),
    ) {
        let slot = slot_of(&wishes);
        let duration = Span(duration);
        let (renderer, arena) = (Renderer::new(), Bump::new());
        let video = Video { source, duration, skip_after: skip.map(Span), ..video() };
        if let Ok(plan) = video_fit(&video, &slot) {
            let xml = renderer.video(&video, &plan, &IDENTITY, &LINKS, &arena);
            holds_media(xml, &video.source, &slot);
            prop_assert!(slot.protocols.is_empty() || slot.protocols.contains(&plan.protocol()));
            prop_assert!(plan.skip_after().is_none_or(|after| after < video.duration));
        }
        let audio = Audio { source: video.source, duration, companion: None };
        if let Ok(plan) = audio_fit(&audio, &slot) {
            let xml = renderer.audio(&audio, &plan, &IDENTITY, &LINKS, &arena);
            holds_media(xml, &audio.source, &slot);
        }
    }

    #[test]
    fn a_native_ad_that_fits_has_all_that_is_required(native in native(), wanted in wanted()) {
        let parts = wanted.iter().map(Wanted::parts).collect::<Vec<_>>();
        let assets: Vec<Asset<'_>> = wanted.iter().zip(&parts).zip(1..).map(|((w, p), n)| w.asset(p, n)).collect();
        let request = NativeRequest { assets: &assets, ..NativeRequest::default() };
        if native_fit(&native, &request).is_ok() {
            let (renderer, arena) = (Renderer::new(), Bump::new());
            let json = renderer.native(&native, &request, &IDENTITY, &LINKS, &arena);
            let answer: serde_json::Value = serde_json::from_str(json).unwrap();
            let answered = answer["assets"].as_array().unwrap();
            prop_assert!(!answered.is_empty());
            for (asset, wanted) in assets.iter().zip(&wanted) {
                let found = answered.iter().find(|a| a["id"] == asset.id.unwrap());
                prop_assert!(found.is_some() || !asset.required, "{json}");
                found.into_iter().for_each(|found| wanted.check(found));
            }
        }
    }

    #[test]
    fn own_html_without_placeholders_goes_out_as_it_is(html in "[^{]*(\\{[^{]+)*") {
        let mut banner = image_banner();
        banner.markup = BannerMarkup::Html(html.clone());
        let arena = Bump::new();
        let out = Renderer::new().banner(&banner, &OwnHtml::of(&banner), &LINKS, &arena);
        prop_assert!(out.contains(&html));
    }
}

fn native() -> impl Strategy<Value = Native> {
    let image = prop::option::of((1..2_000, 1..1_000).prop_map(|(width, height)| Image {
        url: "https://cdn.example/a.png".into(),
        size: Size { width, height },
    }));
    let texts = prop::collection::vec((3..12, "\\PC{0,12}"), 0..3);
    (
        ["\\PC{0,12}", "\\PC{0,12}", "\\PC{0,12}"],
        image.clone(),
        image,
        texts,
        any::<bool>(),
    )
        .prop_map(
            |([title, description, sponsored], image, icon, other_texts, film)| Native {
                title,
                description,
                sponsored,
                call_to_action: String::new(),
                image,
                icon,
                video: film.then(video),
                other_texts,
            },
        )
}

/// An asset that is asked for: which kind, whether it is required, and two numbers that mean what the kind makes of
/// them.
#[derive(Clone, Debug)]
struct Wanted {
    kind: u8,
    required: bool,
    first: Option<i32>,
    second: i32,
}

type Parts = (
    Title<'static>,
    request::Image<'static>,
    openrtb::request::Video<'static>,
    Data<'static>,
);

impl Wanted {
    fn parts(&self) -> Parts {
        (
            Title {
                len: self.first,
                ..Title::default()
            },
            request::Image {
                kind: Some(self.second),
                wmin: self.first.map(|w| w * 50),
                ..request::Image::default()
            },
            openrtb::request::Video {
                maxduration: self.first,
                ..Default::default()
            },
            Data {
                kind: Some(self.second),
                len: self.first,
                ..Data::default()
            },
        )
    }

    fn asset<'a>(&self, (title, img, video, data): &'a Parts, id: i32) -> Asset<'a> {
        Asset {
            id: Some(id),
            required: self.required,
            title: (self.kind == 0).then_some(title),
            img: (self.kind == 1).then_some(img),
            video: (self.kind == 2).then_some(video),
            data: (self.kind == 3).then_some(data),
            ext: None,
        }
    }

    /// What is answered is within what is asked for.
    fn check(&self, answer: &serde_json::Value) {
        let limit = self
            .first
            .filter(|n| *n > 0)
            .map_or(usize::MAX, |n| n as usize);
        let text = |value: &serde_json::Value| {
            let text = value.as_str().unwrap();
            assert!(
                !text.is_empty() && text.chars().count() <= limit,
                "{self:?} {answer}"
            );
        };
        match self.kind {
            0 => text(&answer["title"]["text"]),
            1 => assert!(
                answer["img"]["w"].as_i64().unwrap() >= i64::from(self.first.unwrap_or(0)) * 50
            ),
            2 => assert!(
                read_xml(answer["video"]["vasttag"].as_str().unwrap())
                    .1
                    .len()
                    == 4
            ),
            3 => text(&answer["data"]["value"]),
            _ => panic!("{answer}"),
        }
    }
}

fn wanted() -> impl Strategy<Value = Vec<Wanted>> {
    let one = (
        0..5u8,
        prop::bool::weighted(0.3),
        prop::option::of(-1..20),
        0..14,
    );
    let one = one.prop_map(|(kind, required, first, second)| Wanted {
        kind,
        required,
        first,
        second,
    });
    prop::collection::vec(one, 0..6)
}
