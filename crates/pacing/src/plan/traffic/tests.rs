use super::*;

fn hour(weekday: u8, hour: u8) -> WeekHour {
    WeekHour { weekday, hour }
}

#[test]
fn a_shape_is_what_was_seen_shrunk_to_what_was_believed() {
    let mut prior = [1.0; HOURS];
    (0..7).for_each(|day| prior[day * 24 + 9] = 3.0);
    let broader = Shape::of(&prior);
    assert_eq!(Profile::default().shape(&broader), broader);
    // The same busyness as believed changes nothing, whatever the amount.
    let mut same = Profile::default();
    for day in 0..7 {
        for h in 0..24 {
            same.observe(hour(day, h), 1.0, 70.0 * broader.at(hour(day, h)));
        }
    }
    for (got, expect) in same.shape(&broader).hours().iter().zip(broader.hours()) {
        assert!((got - expect).abs() < 1e-9);
    }
    // Weeks of a quiet nine o'clock and a busy Sunday noon are believed in the end.
    let mut other = Profile::default();
    for _ in 0..8 {
        for day in 0..7 {
            for h in 0..24 {
                let busy = if (day, h) == (6, 12) { 500.0 } else { 100.0 };
                other.observe(hour(day, h), 1.0, busy);
            }
        }
    }
    let shape = other.shape(&broader);
    let (nine, noon, sunday) = (
        shape.at(hour(2, 9)),
        shape.at(hour(2, 12)),
        shape.at(hour(6, 12)),
    );
    assert!(nine < 1.3, "{nine}");
    assert!(noon < 1.3 && sunday > 2.0 * noon, "{noon} {sunday}");
}

#[test]
fn one_watched_day_tells_of_the_other_days_hours_too() {
    // Only a Sunday was watched, of twice the broader shape's usual traffic: that says nothing of Sundays.
    let mut week = [1.0; HOURS];
    week[6 * 24..].iter_mut().for_each(|share| *share = 2.0);
    let broader = Shape::of(&week);
    let mut profile = Profile::default();
    for h in 0..24 {
        profile.observe(hour(6, h), 1.0, if h < 12 { 30.0 } else { 10.0 });
    }
    let shape = profile.shape(&broader);
    assert!(
        shape.at(hour(2, 3)) > 1.3 * shape.at(hour(2, 15)),
        "{shape:?}"
    );
    let ratio = (shape.at(hour(6, 3)) + shape.at(hour(6, 15)))
        / (shape.at(hour(2, 3)) + shape.at(hour(2, 15)));
    assert!((1.8..2.2).contains(&ratio), "{ratio}");
}

#[test]
fn what_is_no_share_is_flat() {
    for bad in [
        [0.0; HOURS],
        [f64::NAN; HOURS],
        [f64::INFINITY; HOURS],
        [-1.0; HOURS],
    ] {
        assert_eq!(Shape::of(&bad), Shape::FLAT);
    }
    let mut profile = Profile::default();
    profile.observe(hour(0, 0), -1.0, 5.0);
    profile.observe(hour(0, 0), 1.0, f64::NAN);
    assert_eq!(profile, Profile::default());
    let (auctions, watched) = profile.counts();
    assert_eq!(Profile::kept(*auctions, *watched), profile);
    assert_eq!(Profile::kept([f64::NAN; HOURS], [-1.0; HOURS]), profile);
}

#[test]
fn a_level_follows_and_follows_fast_after_a_surge() {
    let mut level = Level::new(100.0, 3.0);
    assert_eq!(level.get(), 100.0);
    (0..60).for_each(|_| level.observe(1.0 / 60.0, 5.0));
    let slow = level;
    assert!((200.0..300.0).contains(&slow.get()), "{}", slow.get());
    level.hasten();
    (0..12).for_each(|_| level.observe(1.0 / 60.0, 50.0));
    assert!(level.get() > 2_500.0, "{}", level.get());
    assert_eq!(Level::new(f64::NAN, 3.0).get(), 0.0);
}
