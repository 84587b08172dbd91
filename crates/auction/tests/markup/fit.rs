//! What fits, and why the rest does not.

use auction::markup::{MediaSlot, VastVersion, audio_fit, video_fit, whole_seconds};
use auction::reason::NoBidReason;
use campaign::creative::Video;
use campaign::time::Span;

use crate::sample::{audio, slot, video, wrapped_video};

#[test]
fn the_first_thing_that_does_not_fit_is_the_reason() {
    let check = |slot: MediaSlot<'_>, expect: Result<VastVersion, NoBidReason>| {
        let fit = video_fit(&video(), &slot).map(|plan| plan.version());
        assert_eq!(fit, expect, "{slot:?}");
    };
    let any = MediaSlot::default();
    let fits = Ok(VastVersion::V3);
    check(any, fits);
    check(
        MediaSlot {
            linearity: Some(1),
            ..any
        },
        fits,
    );
    check(
        MediaSlot {
            linearity: Some(2),
            ..any
        },
        Err(NoBidReason::Format),
    );
    check(
        MediaSlot {
            protocols: &[1, 9],
            ..any
        },
        Err(NoBidReason::Protocol),
    );
    check(
        MediaSlot {
            mimes: &["video/webm"],
            ..any
        },
        fits,
    );
    check(
        MediaSlot {
            mimes: &["video/3gpp"],
            ..any
        },
        Err(NoBidReason::MimeType),
    );
    check(
        MediaSlot {
            deliveries: &[1],
            ..any
        },
        fits,
    );
    check(
        MediaSlot {
            deliveries: &[1],
            mimes: &["video/mp4"],
            ..any
        },
        Err(NoBidReason::MimeType),
    );
    // 15.04 seconds count as 15.
    check(
        MediaSlot {
            min_duration: Some(15),
            max_duration: Some(15),
            ..any
        },
        fits,
    );
    check(
        MediaSlot {
            min_duration: Some(16),
            ..any
        },
        Err(NoBidReason::Duration),
    );
    check(
        MediaSlot {
            max_duration: Some(14),
            ..any
        },
        Err(NoBidReason::Duration),
    );
    check(
        MediaSlot {
            max_duration: Some(0),
            ..any
        },
        fits,
    );
    check(
        MediaSlot {
            exact_durations: &[6, 15],
            ..any
        },
        fits,
    );
    check(
        MediaSlot {
            exact_durations: &[6, 30],
            ..any
        },
        Err(NoBidReason::Duration),
    );
    // 800 to 3,000 kilobits a second.
    check(
        MediaSlot {
            min_bitrate: Some(3_000),
            ..any
        },
        fits,
    );
    check(
        MediaSlot {
            min_bitrate: Some(3_001),
            ..any
        },
        Err(NoBidReason::Bitrate),
    );
    check(
        MediaSlot {
            max_bitrate: Some(800),
            ..any
        },
        fits,
    );
    check(
        MediaSlot {
            max_bitrate: Some(799),
            ..any
        },
        Err(NoBidReason::Bitrate),
    );
    check(
        MediaSlot {
            max_bitrate: Some(0),
            ..any
        },
        fits,
    );
}

#[test]
fn what_needs_a_framework_fits_only_where_it_is() {
    let check = |apis: &[i32], expect: Option<NoBidReason>| {
        let video = Video {
            apis: vec![2, 7],
            ..video()
        };
        let slot = MediaSlot {
            apis,
            ..MediaSlot::default()
        };
        assert_eq!(video_fit(&video, &slot).err(), expect, "{apis:?}");
    };
    check(&[1, 2, 7], None);
    check(&[2], Some(NoBidReason::Api));
    check(&[], Some(NoBidReason::Api));
}

#[test]
fn a_wrapper_fits_where_one_of_its_types_does() {
    let check = |mimes: &[&str], expect: Option<NoBidReason>| {
        let slot = MediaSlot {
            mimes,
            ..MediaSlot::default()
        };
        assert_eq!(
            video_fit(&wrapped_video(), &slot).err(),
            expect,
            "{mimes:?}"
        );
    };
    check(&[], None);
    check(&["video/webm", "video/3gpp"], None);
    check(&["video/3gpp"], Some(NoBidReason::MimeType));
}

#[test]
fn a_sound_fits_by_the_same_rules() {
    let check = |slot: MediaSlot<'_>, expect: Option<NoBidReason>| {
        assert_eq!(audio_fit(&audio(), &slot).err(), expect, "{slot:?}");
    };
    let any = MediaSlot::default();
    check(any, None);
    check(
        MediaSlot {
            mimes: &["audio/ogg"],
            ..any
        },
        Some(NoBidReason::MimeType),
    );
    check(
        MediaSlot {
            max_bitrate: Some(100),
            ..any
        },
        Some(NoBidReason::Bitrate),
    );
    check(
        MediaSlot {
            max_duration: Some(20),
            ..any
        },
        Some(NoBidReason::Duration),
    );
    check(
        MediaSlot {
            protocols: &[9, 10],
            ..any
        },
        Some(NoBidReason::Protocol),
    );
}

#[test]
fn skipping_begins_when_both_sides_let_it() {
    let check = |slot: MediaSlot<'_>, expect: Option<i64>| {
        let plan = video_fit(&video(), &slot).unwrap();
        assert_eq!(plan.skip_after(), expect.map(Span::seconds), "{slot:?}");
    };
    let any = slot(&[3]);
    check(any, Some(5));
    check(slot(&[2]), None);
    check(
        MediaSlot {
            skip: Some(true),
            ..any
        },
        Some(5),
    );
    check(
        MediaSlot {
            skip: Some(false),
            ..any
        },
        None,
    );
    check(
        MediaSlot {
            skip_after: Some(3),
            ..any
        },
        Some(5),
    );
    check(
        MediaSlot {
            skip_after: Some(8),
            ..any
        },
        Some(8),
    );
    check(
        MediaSlot {
            skip_after: Some(16),
            ..any
        },
        None,
    );
    check(
        MediaSlot {
            skip_min: Some(15),
            ..any
        },
        Some(5),
    );
    check(
        MediaSlot {
            skip_min: Some(16),
            ..any
        },
        None,
    );
    let never = Video {
        skip_after: None,
        ..video()
    };
    assert_eq!(video_fit(&never, &any).unwrap().skip_after(), None);
    let wrapper = video_fit(&wrapped_video(), &slot(&[6])).unwrap();
    assert_eq!(wrapper.skip_after(), None);
    assert_eq!(wrapper.protocol(), 6);
}

#[test]
fn a_plan_names_the_file_that_comes_first() {
    let video = video();
    let first = |width: Option<i32>| {
        let slot = MediaSlot {
            width,
            ..MediaSlot::default()
        };
        let plan = video_fit(&video, &slot).unwrap();
        plan.first_file(&video.source).unwrap().url.clone()
    };
    assert_eq!(first(Some(1_920)), "https://cdn.example/spring-720.mp4");
    assert_eq!(
        first(Some(700)),
        "https://cdn.example/spring-360.mp4?a=1&b=2"
    );
    assert_eq!(first(None), "https://cdn.example/spring-720.mp4");
    let plan = video_fit(&wrapped_video(), &MediaSlot::default()).unwrap();
    assert_eq!(plan.first_file(&wrapped_video().source), None);
}

#[test]
fn durations_are_rounded_to_seconds() {
    for (milliseconds, seconds) in [
        (0, 0),
        (499, 0),
        (500, 1),
        (15_020, 15),
        (i64::MAX, i32::MAX),
    ] {
        assert_eq!(whole_seconds(Span(milliseconds)), seconds);
    }
}
