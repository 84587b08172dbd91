//! VAST, read by a video player's parser.

use auction::markup::{
    AdIdentity, Links, MediaSlot, Playback, Renderer, VastVersion, audio_fit, choose_vast,
    video_fit,
};
use bumpalo::Bump;
use campaign::creative::{Audio, MediaSource, Video};
use openrtb::adcom::protocol::*;
use serde_json::{Value, json};

use crate::golden;
use crate::sample::{
    CLICK, ERROR, IDENTITY, IMPRESSION, LINKS, START, VIEW, audio, slot, video, wrapped_video,
};
use crate::tools::parse_vast;

const INLINE: [(i32, &str); 5] = [
    (VAST_2, "2.0"),
    (VAST_3, "3.0"),
    (VAST_4_0, "4.0"),
    (VAST_4_1, "4.1"),
    (VAST_4_2, "4.2"),
];
const WRAPPERS: [(i32, &str); 5] = [
    (VAST_2_WRAPPER, "2.0"),
    (VAST_3_WRAPPER, "3.0"),
    (VAST_4_0_WRAPPER, "4.0"),
    (VAST_4_1_WRAPPER, "4.1"),
    (VAST_4_2_WRAPPER, "4.2"),
];

fn render_video(video: &Video, slot: &MediaSlot<'_>, links: &Links<'_>) -> String {
    let plan = video_fit(video, slot).unwrap();
    let (renderer, arena) = (Renderer::new(), Bump::new());
    let xml = renderer.video(video, &plan, &IDENTITY, links, &arena);
    xml.to_string()
}

fn render_audio(audio: &Audio, slot: &MediaSlot<'_>) -> String {
    let plan = audio_fit(audio, slot).unwrap();
    let (renderer, arena) = (Renderer::new(), Bump::new());
    let xml = renderer.audio(audio, &plan, &IDENTITY, &LINKS, &arena);
    xml.to_string()
}

fn parsed(xml: &str) -> Value {
    let vast = parse_vast(xml).unwrap_or_else(|why| panic!("{why}\n{xml}"));
    assert_eq!(vast["warnings"], json!([]), "{xml}");
    assert_eq!(vast["ads"].as_array().map(Vec::len), Some(1), "{xml}");
    vast
}

#[test]
fn a_player_finds_the_film_in_every_version() {
    for (protocol, version) in INLINE {
        let protocols = [protocol];
        let slot = MediaSlot {
            protocols: &protocols,
            ..slot(&[])
        };
        let xml = render_video(&video(), &slot, &LINKS);
        golden::check(&format!("vast-{version}-inline.xml"), &xml);
        let vast = parsed(&xml);
        assert_eq!(vast["version"], version);
        let ad = &vast["ads"][0];
        let four = version.starts_with('4');
        assert_eq!(ad["kind"], "inline");
        assert_eq!(ad["id"], IDENTITY.ad_id);
        assert_eq!(ad["title"], IDENTITY.title);
        assert_eq!(ad["impressions"], json!([IMPRESSION]));
        assert_eq!(ad["errors"], json!([ERROR]));
        let viewable = if four { json!([VIEW]) } else { json!([]) };
        assert_eq!(ad["viewable"], viewable, "{version}");
        let serving_id = if protocol >= VAST_4_1 {
            json!(IDENTITY.serving_id)
        } else {
            Value::Null
        };
        assert_eq!(ad["adServingId"], serving_id, "{version}");

        let linear = &ad["creatives"][0];
        assert_eq!(linear["kind"], "linear");
        let (seconds, skip) = match version {
            // The parser says -1 where there is no `skipoffset`.
            "2.0" => (json!(16), json!(-1)),
            _ => (json!(15.04), json!(5)),
        };
        assert_eq!(linear["durationSeconds"], seconds, "{version}");
        assert_eq!(linear["skipAfterSeconds"], skip, "{version}");
        assert_eq!(linear["clickThrough"], CLICK);
        assert_eq!(linear["clickTracking"], json!([]));
        assert_eq!(linear["tracking"], json!({ "start": [START] }));
        let id = |id: &str| match four {
            true => json!([{ "idRegistry": "bid.example", "value": id }]),
            false => json!([]),
        };
        if version != "2.0" && version != "3.0" {
            assert_eq!(linear["universalAdIds"], id("93"), "{version}");
        }
        let files = linear["mediaFiles"].as_array().unwrap();
        let urls: Vec<&str> = files.iter().map(|f| f["url"].as_str().unwrap()).collect();
        assert_eq!(
            urls,
            [
                "https://cdn.example/spring-720.mp4",
                "https://cdn.example/spring-720.webm",
                "https://cdn.example/spring.m3u8",
                "https://cdn.example/spring-360.mp4?a=1&b=2",
            ]
        );
        assert_eq!(files[2]["delivery"], "streaming");
        assert_eq!(files[0]["delivery"], "progressive");
        assert_eq!(files[0]["mime"], "video/mp4");
        assert_eq!(files[0]["width"], 1280);
        assert_eq!(files[0]["height"], 720);
        assert_eq!(files[0]["bitrate"], 2_500);

        let companion = &ad["creatives"][1]["companions"][0];
        assert_eq!(companion["width"], "300");
        assert_eq!(companion["height"], "250");
        assert_eq!(
            companion["images"],
            json!(["https://cdn.example/spring-mpu.png?a=1&b=2"])
        );
        assert_eq!(companion["clickThrough"], CLICK);
    }
}

#[test]
fn a_player_is_led_on_by_a_wrapper_in_every_version() {
    for (protocol, version) in WRAPPERS {
        let protocols = [protocol];
        let slot = MediaSlot {
            protocols: &protocols,
            ..slot(&[])
        };
        let xml = render_video(&wrapped_video(), &slot, &LINKS);
        golden::check(&format!("vast-{version}-wrapper.xml"), &xml);
        let vast = parsed(&xml);
        assert_eq!(vast["version"], version);
        let ad = &vast["ads"][0];
        assert_eq!(ad["kind"], "wrapper");
        assert_eq!(
            ad["wraps"],
            "https://ads.example/vast?campaign=7&cb=[CACHEBUSTING]"
        );
        assert_eq!(ad["impressions"], json!([IMPRESSION]));
        assert_eq!(ad["errors"], json!([ERROR]));
        let linear = &ad["creatives"][0];
        assert_eq!(linear["clickTracking"], json!([CLICK]));
        assert_eq!(linear["clickThrough"], Value::Null);
        assert_eq!(linear["tracking"], json!({ "start": [START] }));
    }
}

#[test]
fn a_player_finds_the_sound() {
    for (protocol, version) in INLINE {
        let protocols = [protocol];
        let slot = MediaSlot {
            protocols: &protocols,
            mimes: &["AUDIO/MPEG", "audio/mp4; codecs=mp4a.40.2"],
            ..MediaSlot::default()
        };
        let xml = render_audio(&audio(), &slot);
        golden::check(&format!("vast-{version}-audio.xml"), &xml);
        assert_eq!(
            xml.contains("adType=\"audio\""),
            protocol >= VAST_4_1,
            "{xml}"
        );
        let vast = parsed(&xml);
        let linear = &vast["ads"][0]["creatives"][0];
        assert_eq!(linear["durationSeconds"], 30);
        assert_eq!(linear["mediaFiles"][0]["mime"], "audio/mp4");
        assert_eq!(linear["mediaFiles"][1]["mime"], "audio/mpeg");
        assert_eq!(linear["mediaFiles"].as_array().map(Vec::len), Some(2));
    }
}

#[test]
fn a_wrapper_pings_where_there_is_something_to_ping() {
    let links = Links {
        click_ping_url: Some("https://bid.example/n/ping"),
        error_url: None,
        view_url: None,
        playback: &[
            (Playback::Start, "https://bid.example/0"),
            (Playback::FirstQuartile, "https://bid.example/25"),
            (Playback::Midpoint, "https://bid.example/50"),
            (Playback::ThirdQuartile, "https://bid.example/75"),
            (Playback::Complete, "https://bid.example/100"),
        ],
        ..LINKS
    };
    let vast = parsed(&render_video(
        &wrapped_video(),
        &slot(&[VAST_4_2_WRAPPER]),
        &links,
    ));
    let ad = &vast["ads"][0];
    assert_eq!(ad["errors"], json!([]));
    assert_eq!(ad["viewable"], json!([]));
    let linear = &ad["creatives"][0];
    assert_eq!(
        linear["clickTracking"],
        json!(["https://bid.example/n/ping"])
    );
    assert_eq!(
        linear["tracking"],
        json!({
            "start": ["https://bid.example/0"],
            "firstQuartile": ["https://bid.example/25"],
            "midpoint": ["https://bid.example/50"],
            "thirdQuartile": ["https://bid.example/75"],
            "complete": ["https://bid.example/100"],
        })
    );
}

#[test]
fn nothing_breaks_out_of_its_element() {
    let hostile =
        "]]></Impression><Impression><![CDATA[https://evil.example/]]>\u{0}\u{1f}\u{fffe}";
    let url = format!("https://bid.example/?{hostile}&<>\"'");
    let links = Links {
        click_url: &url,
        impression_url: &url,
        error_url: Some(&url),
        view_url: Some(&url),
        playback: &[],
        ..LINKS
    };
    let mut video = video();
    let MediaSource::Inline(files) = &mut video.source else {
        unreachable!()
    };
    files.truncate(1);
    files[0].url = url.clone();
    files[0].mime_type = "video/mp4\" x=\"&<".into();
    let plan = video_fit(&video, &slot(&[VAST_4_2])).unwrap();
    let identity = AdIdentity {
        ad_id: "\"/><x y=\"",
        creative_id: "'><",
        title: &url,
        serving_id: &url,
    };
    let (renderer, arena) = (Renderer::new(), Bump::new());
    let vast = parsed(renderer.video(&video, &plan, &identity, &links, &arena));
    let ad = &vast["ads"][0];
    let kept = url.replace(['\u{0}', '\u{1f}', '\u{fffe}'], "");
    assert_eq!(ad["id"], identity.ad_id);
    assert_eq!(ad["title"], kept);
    assert_eq!(ad["impressions"], json!([kept]));
    let linear = &ad["creatives"][0];
    assert_eq!(linear["id"], identity.creative_id);
    assert_eq!(linear["clickThrough"], kept);
    assert_eq!(linear["mediaFiles"][0]["url"], kept);
    assert_eq!(linear["mediaFiles"][0]["mime"], files_mime(&video));
}

fn files_mime(video: &Video) -> &str {
    match &video.source {
        MediaSource::Inline(files) => &files[0].mime_type,
        MediaSource::Wrapper { .. } => "",
    }
}

#[test]
fn the_newest_version_that_the_player_reads_is_written() {
    let check = |protocols: &[i32], wrapper: bool, expect: Option<VastVersion>| {
        let chosen = choose_vast(protocols, wrapper);
        assert_eq!(chosen, expect, "{protocols:?} {wrapper}");
        if let Some(version) = chosen
            && !protocols.is_empty()
        {
            assert!(protocols.contains(&version.protocol(wrapper)));
        }
    };
    check(&[2, 3, 7], false, Some(VastVersion::V4));
    check(&[13, 11, 7, 3, 2, 1], false, Some(VastVersion::V4_2));
    check(&[2, 3, 11], false, Some(VastVersion::V4_1));
    check(&[1, 2], false, Some(VastVersion::V2));
    check(&[2, 3, 5, 6], true, Some(VastVersion::V3));
    check(&[2, 5], true, Some(VastVersion::V2));
    check(&[2, 8, 5], true, Some(VastVersion::V4));
    check(&[12, 8, 14], true, Some(VastVersion::V4_2));
    check(&[12], true, Some(VastVersion::V4_1));
    // No version is named.
    check(&[], false, Some(VastVersion::V3));
    check(&[], true, Some(VastVersion::V3));
    // What we do not write: VAST 1, DAAST, VAST 4.3, numbers of other lists.
    check(&[1], false, None);
    check(&[4], true, None);
    check(&[9, 10], false, None);
    check(&[9, 10], true, None);
    check(&[15], false, None);
    check(&[16], true, None);
    check(&[0, -1, 500], false, None);
    // Wrappers only, or none of them.
    check(&[5, 6, 8], false, None);
    check(&[2, 3, 7, 11, 13], true, None);
}
