use super::cast::Name;
use super::picture::picture;
use super::play::{Scene, play};
use super::report::{Played, stage};

/// Plays the days in which what a scenario is about happens, and a day more where it goes on.
fn holds(name: Name, days: u32) -> Played {
    let played = stage(name, 1, days).unwrap();
    assert!(played.report.passed, "{}", played.report.text());
    let svg = picture(name, &played);
    assert!(
        svg.starts_with("<svg") && svg.ends_with("</svg>\n"),
        "{name:?}"
    );
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name:?}");
    played
}

#[test]
fn of_two_ads_the_better_one_gets_the_money() {
    let played = holds(Name::TwoAds, 1);
    assert!(!played.run.moves.is_empty());
    for sentence in &played.report.largest_moves {
        assert!(sentence.contains(" moved from ad "), "{sentence}");
    }
}

#[test]
fn of_ten_ads_that_drift_the_best_are_followed() {
    // Who leads changes every few days: fewer days would judge the luck of one of them.
    holds(Name::TenAdsDrift, 10);
}

#[test]
fn a_new_ad_finds_its_place() {
    holds(Name::NewAd, 3);
}

#[test]
fn a_silent_tracker_is_found_out_and_does_no_harm() {
    holds(Name::SilentTracker, 3);
}

#[test]
fn a_surge_is_noticed_and_the_plan_is_kept() {
    holds(Name::Surge, 5);
}

/// A scene with few requests.
fn small(name: Name) -> Scene {
    let mut scene = name.scene(7, 1);
    scene.events.asks_per_day /= 20.0;
    scene.brief.asks_per_day /= 20.0;
    scene.brief.daily.0 /= 20;
    scene
}

#[test]
fn the_same_seed_plays_the_same_and_another_does_not() {
    let scene = small(Name::Surge);
    let once = play(&scene, 7).unwrap();
    assert!(once.bids > 1_000 && once.hours.len() == 24);
    assert_eq!(once, play(&scene, 7).unwrap());
    assert_ne!(once.bids, play(&scene, 8).unwrap().bids);
}

#[test]
fn what_is_true_moves_only_what_is_bought() {
    // A market in which nobody ever clicks shows the engine nothing, so it cannot know which ad is best.
    let mut scene = small(Name::TwoAds);
    for nature in &mut scene.natures {
        nature.click = 0.0;
    }
    let blind = play(&scene, 7).unwrap();
    scene.natures.reverse();
    assert_eq!(blind, play(&scene, 7).unwrap());
}
