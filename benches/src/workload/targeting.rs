//! What ads ask for: about six clauses over about twenty attributes.

use std::collections::BTreeSet;

use campaign::country::Country;
use campaign::creative::{Format, Size};
use campaign::id::ExchangeId;
use campaign::targeting::{Channel, Circle, Condition, Expression, Region, Texts};
use campaign::time::WeekHour;

use super::dice::Dice;
use super::words::{self, Spot};

/// What an ad's targeting may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Everything that people write: also circles on the map, postal codes, and nested lists in a few ads of a
    /// hundred.
    Everything,
    /// Only clauses that every engine of the comparison can express: one list of values, or several in an "any",
    /// wanted or not wanted.
    Comparable,
}

/// A clause of the targeting of an ad of this format.
type Clause = fn(Format, &mut Dice) -> Expression;

/// Of a hundred ads so many have the clause.
const CLAUSES: &[(usize, Clause)] = &[
    (94, |_, dice| geography(dice)),
    (60, |format, dice| {
        is(Condition::DeviceType(device_types(format, dice)))
    }),
    (48, |_, dice| {
        is(Condition::Channel(BTreeSet::from([channel(dice)])))
    }),
    (34, |_, dice| {
        is(Condition::Os(texts(1, 2, dice, |dice| {
            *dice.weighted(SYSTEMS)
        })))
    }),
    (12, |_, dice| {
        is(Condition::Browser(texts(1, 2, dice, |dice| {
            *dice.weighted(BROWSERS)
        })))
    }),
    (30, |_, dice| {
        is(Condition::Language(texts(1, 2, dice, language)))
    }),
    (24, |_, dice| is(Condition::Connection(connections(dice)))),
    (36, |_, dice| is(Condition::DayPart(day_part(dice)))),
    (36, |_, dice| is(categories(1, 6, dice))),
    (24, |_, dice| not(categories(1, 5, dice))),
    (14, |_, dice| {
        is(Condition::Keyword(texts(3, 12, dice, keyword)))
    }),
    (28, |_, dice| {
        is(Condition::Segment(texts(2, 8, dice, segment)))
    }),
    (10, |_, dice| {
        not(Condition::Segment(texts(1, 3, dice, segment)))
    }),
    (10, |_, dice| placements(dice)),
    (34, |_, dice| {
        not(Condition::Domain(texts(5, 40, dice, site)))
    }),
    (20, |_, dice| {
        not(Condition::Bundle(texts(5, 30, dice, app)))
    }),
    (16, |_, dice| {
        not(Condition::Publisher(texts(1, 8, dice, publisher)))
    }),
    (22, |_, dice| is(Condition::Exchange(exchanges(dice)))),
    (5, |_, dice| age(dice)),
    (4, |_, dice| is(Condition::Deal(set(1, 4, dice, deal)))),
];

/// The same, of ads that show films.
const FILM_CLAUSES: &[(usize, Clause)] = &[(40, |_, dice| {
    is(Condition::VideoPlacement(set(1, 2, dice, |dice| {
        dice.between(1, 4) as i32
    })))
})];

/// The same, of ads that show banners.
const BANNER_CLAUSES: &[(usize, Clause)] = &[
    (22, |_, dice| {
        is(Condition::Position(set(1, 2, dice, |dice| {
            *dice.one_of(&[1, 3, 7])
        })))
    }),
    (10, |_, dice| is(Condition::Size(set(1, 3, dice, size)))),
];

/// The same, where everything may stand.
const ODD_CLAUSES: &[(usize, Clause)] = &[
    (2, |_, dice| circles(dice)),
    (1, |_, dice| is(Condition::Zip(texts(2, 20, dice, zip)))),
    (2, |_, dice| nested(dice)),
];

/// The targeting of one ad whose creatives are of this format.
pub fn roll(format: Format, range: Range, dice: &mut Dice) -> Expression {
    let of_format = match format {
        Format::Video => FILM_CLAUSES,
        Format::Banner => BANNER_CLAUSES,
        Format::Audio | Format::Native => &[],
    };
    let odd = match range {
        Range::Everything => ODD_CLAUSES,
        Range::Comparable => &[],
    };
    let mut all = Vec::new();
    for (percent, clause) in [CLAUSES, of_format, odd].into_iter().flatten() {
        if dice.percent(*percent) {
            all.push(clause(format, dice));
        }
    }
    Expression::All(all)
}

fn is(condition: Condition) -> Expression {
    Expression::Is(condition)
}

fn not(condition: Condition) -> Expression {
    Expression::Not(Box::new(is(condition)))
}

fn set<T: Ord>(
    least: usize,
    most: usize,
    dice: &mut Dice,
    one: impl Fn(&mut Dice) -> T,
) -> BTreeSet<T> {
    (0..dice.between(least, most)).map(|_| one(dice)).collect()
}

fn texts<T: AsRef<str>>(
    least: usize,
    most: usize,
    dice: &mut Dice,
    one: impl Fn(&mut Dice) -> T,
) -> Texts {
    (0..dice.between(least, most)).map(|_| one(dice)).collect()
}

fn country(spot: &Spot) -> Country {
    Country::parse(spot.country).expect("the list holds ISO codes")
}

/// A country or a few; or regions, cities and television markets, any of them.
fn geography(dice: &mut Dice) -> Expression {
    if dice.percent(55) {
        let countries = set(1, 2, dice, |dice| country(&Spot::roll(dice)));
        return is(Condition::Country(countries));
    }
    let regions = (0..dice.between(1, 4))
        .map(|_| Spot::roll(dice))
        .map(|spot| Region {
            country: country(&spot),
            code: words::region(spot.country, spot.region),
        });
    let mut any = vec![is(Condition::Region(regions.collect()))];
    if dice.percent(45) {
        any.push(is(Condition::City(texts(1, 8, dice, |dice| {
            let spot = Spot::roll(dice);
            words::city(spot.country, spot.region, spot.city)
        }))));
    }
    if dice.percent(20) {
        any.push(is(Condition::Metro(texts(1, 5, dice, |dice| {
            words::metro(dice.zipf(50), dice.below(4))
        }))));
    }
    if any.len() == 1 {
        any.remove(0)
    } else {
        Expression::Any(any)
    }
}

fn device_types(format: Format, dice: &mut Dice) -> BTreeSet<i32> {
    match (format, dice.below(10)) {
        (Format::Video, ..5) => BTreeSet::from([3, 6, 7]),
        (_, ..4) => BTreeSet::from([4, 5]),
        (_, ..7) => BTreeSet::from([2]),
        _ => BTreeSet::from([1, 2, 4, 5]),
    }
}

fn channel(dice: &mut Dice) -> Channel {
    if dice.percent(55) {
        Channel::Site
    } else {
        Channel::App
    }
}

/// Operating systems as targeting names them, by how often they are asked for.
const SYSTEMS: &[(&str, u32)] = &[
    ("ios", 30),
    ("android", 30),
    ("windows", 20),
    ("macos", 10),
    ("tizen", 3),
    ("roku", 4),
    ("fireos", 3),
];
const BROWSERS: &[(&str, u32)] = &[
    ("chrome", 50),
    ("safari", 25),
    ("firefox", 10),
    ("edge", 10),
    ("samsung", 5),
];

fn connections(dice: &mut Dice) -> BTreeSet<i32> {
    if dice.percent(70) {
        BTreeSet::from([1, 2])
    } else {
        BTreeSet::from([3, 4, 5, 6, 7])
    }
}

/// The same hours on some days of the week.
fn day_part(dice: &mut Dice) -> BTreeSet<WeekHour> {
    let days = dice.one_of(&[0..5, 0..7, 4..7]).clone();
    let first = dice.between(5, 18);
    let last = (first + dice.between(3, 12)).min(23);
    days.flat_map(|weekday| {
        (first..=last).map(move |hour| WeekHour {
            weekday,
            hour: hour as u8,
        })
    })
    .collect()
}

fn categories(least: usize, most: usize, dice: &mut Dice) -> Condition {
    Condition::Category {
        taxonomy: 1,
        ids: texts(least, most, dice, |dice| {
            words::category(dice.zipf(words::CATEGORIES))
        }),
    }
}

fn language(dice: &mut Dice) -> &'static str {
    words::LANGUAGES[dice.zipf(words::LANGUAGES.len())]
}

fn keyword(dice: &mut Dice) -> String {
    words::keyword(dice.zipf(words::KEYWORDS))
}

fn site(dice: &mut Dice) -> String {
    words::site(dice.zipf(words::SITES))
}

fn app(dice: &mut Dice) -> String {
    words::bundle(dice.zipf(words::APPS))
}

fn publisher(dice: &mut Dice) -> String {
    words::publisher(dice.zipf(words::PUBLISHERS))
}

fn deal(dice: &mut Dice) -> String {
    words::deal(dice.zipf(words::DEALS))
}

fn segment(dice: &mut Dice) -> String {
    let id = words::segment(dice.zipf(words::SEGMENTS));
    format!("{}/{id}", dice.one_of(&words::PROVIDERS))
}

/// A list of sites or of apps, as planners hand in.
fn placements(dice: &mut Dice) -> Expression {
    Expression::Any(vec![
        is(Condition::Domain(texts(10, 60, dice, site))),
        is(Condition::Bundle(texts(10, 60, dice, app))),
    ])
}

fn exchanges(dice: &mut Dice) -> BTreeSet<ExchangeId> {
    set(1, 3, dice, |dice| {
        ExchangeId(1 + dice.below(words::EXCHANGES as usize) as u64)
    })
}

fn age(dice: &mut Dice) -> Expression {
    let min = *dice.one_of(&[18, 21, 25, 35]);
    is(Condition::Age {
        min,
        max: min + *dice.one_of(&[9, 16, 30, 45]),
    })
}

fn size(dice: &mut Dice) -> Size {
    let (width, height) = *dice.weighted(words::SIZES);
    Size { width, height }
}

fn circles(dice: &mut Dice) -> Expression {
    let circles = (0..dice.between(1, 6)).map(|_| {
        let (latitude, longitude) = Spot::roll(dice).point();
        Circle {
            latitude,
            longitude,
            radius_km: dice.between(5, 40) as f64,
        }
    });
    is(Condition::Near(circles.collect()))
}

fn zip(dice: &mut Dice) -> String {
    let code = words::zip(dice.zipf(50), dice.below(40));
    if dice.percent(30) {
        format!("{}*", &code[..3])
    } else {
        code
    }
}

/// "In this country on a telephone, or in that one on a desk": what no plain list of clauses says.
fn nested(dice: &mut Dice) -> Expression {
    let mut branch = |kinds: &[i32]| {
        Expression::All(vec![
            is(Condition::Country(BTreeSet::from([country(&Spot::roll(
                dice,
            ))]))),
            is(Condition::DeviceType(kinds.iter().copied().collect())),
        ])
    };
    Expression::Any(vec![branch(&[4, 5]), branch(&[2])])
}
