use super::*;
use v1::expression::Kind;

fn list(values: &[&str]) -> Vec<String> {
    values.iter().map(|v| v.to_string()).collect()
}

fn texts(include: &[&str], exclude: &[&str]) -> Option<v1::TextTargeting> {
    Some(v1::TextTargeting {
        include: list(include),
        exclude: list(exclude),
    })
}

fn read_all(wire: &v1::Targeting) -> (Expression, Vec<String>) {
    let mut wrong = Violations::default();
    let exchange = |name: &str| (name == "demo").then_some(ExchangeId(7));
    let audience =
        |name: &str| (name == "advertisers/acme/audiences/buyers").then_some(AudienceId(9));
    let named = Named {
        exchange: &exchange,
        audience: &audience,
    };
    let read = read(Some(wire), named, "ad.targeting", &mut wrong);
    (read, wrong.list().iter().map(|v| v.field.clone()).collect())
}

fn reads_as(wire: v1::Targeting, expect: Expression) {
    let (read, wrong) = read_all(&wire);
    assert_eq!(wrong, [""; 0], "{wire:?}");
    assert_eq!(read, expect);
}

fn is_wrong(wire: v1::Targeting, expect: &[&str]) {
    assert_eq!(read_all(&wire).1, expect, "{wire:?}");
}

fn countries(codes: &[&str]) -> Expression {
    Expression::Is(Condition::Country(
        codes.iter().map(|c| Country::parse(c).unwrap()).collect(),
    ))
}

fn not(part: Expression) -> Expression {
    Expression::Not(Box::new(part))
}

fn condition(test: Test) -> v1::Expression {
    v1::Expression {
        kind: Some(Kind::Condition(v1::Condition { test: Some(test) })),
    }
}

#[test]
fn no_targeting_wants_everything() {
    reads_as(v1::Targeting::default(), Expression::default());
}

#[test]
fn lists_and_expression_must_all_hold() {
    let either = v1::ExpressionList {
        expressions: vec![
            condition(Test::Keywords(v1::TextList {
                values: list(&["Sport"]),
            })),
            v1::Expression {
                kind: Some(Kind::Not(Box::new(condition(Test::Age(v1::AgeRange {
                    min_years: 0,
                    max_years: 17,
                }))))),
            },
        ],
    };
    let wire = v1::Targeting {
        countries: texts(&["de", "USA"], &["FR"]),
        exchanges: texts(&["demo"], &[]),
        expression: Some(v1::Expression {
            kind: Some(Kind::Any(either)),
        }),
        ..v1::Targeting::default()
    };
    let expect = Expression::All(vec![
        countries(&["DEU", "USA"]),
        not(countries(&["FRA"])),
        Expression::Is(Condition::Exchange(BTreeSet::from([ExchangeId(7)]))),
        Expression::Any(vec![
            Expression::Is(Condition::Keyword(["sport"].into_iter().collect())),
            not(Expression::Is(Condition::Age { min: 0, max: 17 })),
        ]),
    ]);
    reads_as(wire, expect);
}

#[test]
fn one_part_alone_stands_without_a_list_around_it() {
    let wire = v1::Targeting {
        countries: texts(&["de"], &[]),
        ..v1::Targeting::default()
    };
    reads_as(wire, countries(&["DEU"]));
}

#[test]
fn day_parts_are_hours_of_the_week() {
    let part = |weekday: v1::Weekday, start_hour, end_hour| v1::DayPart {
        weekday: weekday as i32,
        start_hour,
        end_hour,
    };
    let hours = |days: &[u8], hours: Range<u8>| {
        let each = days.iter().flat_map(|weekday| {
            let hours = hours.clone();
            hours.map(|hour| WeekHour {
                weekday: *weekday,
                hour,
            })
        });
        Expression::Is(Condition::DayPart(each.collect()))
    };
    let with = |parts: Vec<v1::DayPart>| v1::Targeting {
        day_parts: Some(v1::DayPartTargeting {
            include: parts,
            exclude: vec![],
        }),
        ..v1::Targeting::default()
    };
    reads_as(
        with(vec![part(v1::Weekday::Sunday, 22, 24)]),
        hours(&[6], 22..24),
    );
    reads_as(
        with(vec![part(v1::Weekday::Unspecified, 0, 1)]),
        hours(&[0, 1, 2, 3, 4, 5, 6], 0..1),
    );
    is_wrong(
        with(vec![
            part(v1::Weekday::Monday, 5, 5),
            part(v1::Weekday::Monday, -1, 5),
            part(v1::Weekday::Monday, 5, 25),
            v1::DayPart {
                weekday: 9,
                start_hour: 0,
                end_hour: 1,
            },
        ]),
        &[
            "ad.targeting.day_parts.include[0]",
            "ad.targeting.day_parts.include[1]",
            "ad.targeting.day_parts.include[2]",
            "ad.targeting.day_parts.include[3]",
        ],
    );
}

#[test]
fn each_wrong_value_is_told_by_its_path() {
    let wire = v1::Targeting {
        countries: texts(&["de", "Germany"], &["XX"]),
        regions: texts(&["US-CA", "US", "XX-CA", "US-"], &[]),
        exchanges: texts(&["other"], &[]),
        device_types: Some(v1::DeviceTypeTargeting {
            include: vec![4, 0, 99],
            exclude: vec![],
        }),
        sizes: Some(v1::SizeTargeting {
            include: vec![v1::Size {
                width: 0,
                height: 9,
            }],
            exclude: vec![],
        }),
        circles: Some(v1::CircleTargeting {
            include: vec![v1::Circle {
                latitude: f64::NAN,
                longitude: 0.0,
                radius_km: 1.0,
            }],
            exclude: vec![],
        }),
        video_duration: Some(v1::DurationRange {
            min_seconds: 30,
            max_seconds: 15,
        }),
        expression: Some(v1::Expression {
            kind: Some(Kind::All(v1::ExpressionList {
                expressions: vec![
                    v1::Expression { kind: None },
                    condition(Test::Deals(v1::TextList { values: vec![] })),
                ],
            })),
        }),
        ..v1::Targeting::default()
    };
    is_wrong(
        wire,
        &[
            "ad.targeting.countries.include[1]",
            "ad.targeting.countries.exclude[0]",
            "ad.targeting.regions.include[1]",
            "ad.targeting.regions.include[2]",
            "ad.targeting.regions.include[3]",
            "ad.targeting.circles.include[0]",
            "ad.targeting.device_types.include[1]",
            "ad.targeting.device_types.include[2]",
            "ad.targeting.exchanges.include[0]",
            "ad.targeting.sizes.include[0]",
            "ad.targeting.video_duration",
            "ad.targeting.expression.all.expressions[0]",
            "ad.targeting.expression.all.expressions[1].condition.deals.values",
        ],
    );
}

#[test]
fn an_expression_has_a_depth_and_a_size() {
    let age = || {
        condition(Test::Age(v1::AgeRange {
            min_years: 1,
            max_years: 2,
        }))
    };
    let nested = |depth: usize| {
        (1..depth).fold(age(), |part, _| v1::Expression {
            kind: Some(Kind::Not(Box::new(part))),
        })
    };
    let wide = |count: usize| v1::Expression {
        kind: Some(Kind::All(v1::ExpressionList {
            expressions: vec![age(); count],
        })),
    };
    let check = |expression: v1::Expression, fine: bool| {
        let wire = v1::Targeting {
            expression: Some(expression),
            ..v1::Targeting::default()
        };
        assert_eq!(read_all(&wire).1.is_empty(), fine);
    };
    check(nested(Expression::MAX_DEPTH), true);
    check(nested(Expression::MAX_DEPTH + 1), false);
    check(wide(Expression::MAX_CONDITIONS), true);
    check(wide(Expression::MAX_CONDITIONS + 1), false);
}
