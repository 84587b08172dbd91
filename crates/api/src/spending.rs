//! How a budget is to be spent, as the wire says it.

use campaign::ad::{Delivery, Share};
use campaign::money::{Currency, Money};
use campaign::spending::{CatchUp, Dayparts, Segment, Spending, Target};
use campaign::time::Timestamp;

use crate::errors::Violations;
use crate::targeting::{NO_DAY_PART, day_part};
use crate::{money, time, v1};

/// How many budget segments one campaign may have.
pub const MAX_SEGMENTS: usize = 100;
/// How many day parts one campaign may have: as many as a week has hours.
pub const MAX_DAY_PARTS: usize = 168;
/// How many raises of one campaign's budget may be open.
pub const MAX_RAISES: usize = 20;
/// How much faster than evenly where nobody says it, in hundredths.
const AHEAD_PERCENT: u16 = 20;
/// The highest return that may be promised, in hundredths.
const MAX_RETURN_PERCENT: i32 = 1_000_000;

/// Reads how a campaign's money is to be spent; `path` is the campaign's.
pub fn read(
    wire: &v1::Campaign,
    currency: Currency,
    path: &str,
    wrong: &mut Violations,
) -> Spending {
    let at = |field: &str| format!("{path}.{field}");
    Spending {
        delivery: delivery((wire.delivery, wire.ahead_percent), path, wrong),
        catch_up: catch_up(wire.catch_up, &at("catch_up"), wrong),
        segments: segments(
            &wire.budget_segments,
            currency,
            &at("budget_segments"),
            wrong,
        ),
        dayparts: dayparts(&wire.day_parts, &at("day_parts"), wrong),
        goal: wire
            .goal
            .as_ref()
            .and_then(|goal| target(goal, currency, &at("goal"), wrong)),
        raise_ends: raise_ends(&wire.budget_raises, currency, &at("budget_raises"), wrong),
    }
}

/// Reads how fast a budget is spent, and by how many hundredths faster; `path` is the resource's.
pub fn delivery((wire, ahead): (i32, i32), path: &str, wrong: &mut Violations) -> Delivery {
    let is_ahead = wire == v1::Delivery::Ahead as i32;
    let percent = u16::try_from(ahead)
        .ok()
        .filter(|percent| *percent <= 900 && (is_ahead || *percent == 0));
    if percent.is_none() {
        let what = "write 1 to 900 hundredths with DELIVERY_AHEAD, and leave it out otherwise";
        wrong.add(&format!("{path}.ahead_percent"), "OUT_OF_RANGE", what);
    }
    match v1::Delivery::try_from(wire) {
        Ok(v1::Delivery::Unspecified | v1::Delivery::Even) => Delivery::Even,
        Ok(v1::Delivery::Ahead) => match percent {
            None | Some(0) => Delivery::Ahead(AHEAD_PERCENT),
            Some(percent) => Delivery::Ahead(percent),
        },
        Ok(v1::Delivery::AsFastAsPossible) => Delivery::AsFastAsPossible,
        Err(_) => {
            wrong.add(
                &format!("{path}.delivery"),
                "UNKNOWN_VALUE",
                "write DELIVERY_EVEN, DELIVERY_AHEAD or DELIVERY_AS_FAST_AS_POSSIBLE",
            );
            Delivery::Even
        }
    }
}

/// Writes how fast a budget is spent.
pub fn write_delivery(delivery: Delivery) -> v1::Delivery {
    match delivery {
        Delivery::Even => v1::Delivery::Even,
        Delivery::Ahead(_) => v1::Delivery::Ahead,
        Delivery::AsFastAsPossible => v1::Delivery::AsFastAsPossible,
    }
}

/// Writes a promise.
pub fn write_target(target: Target, currency: Currency) -> v1::CostGoal {
    use v1::cost_goal::Target as Wire;
    let target = match target {
        Target::CostPerClick(price) => Wire::CostPerClickMicros(price.micros(currency)),
        Target::CostPerConversion(price) => Wire::CostPerConversionMicros(price.micros(currency)),
        Target::ReturnPercent(percent) => {
            Wire::ReturnPercent(i32::try_from(percent).unwrap_or(MAX_RETURN_PERCENT))
        }
    };
    v1::CostGoal {
        target: Some(target),
    }
}

fn catch_up(wire: i32, path: &str, wrong: &mut Violations) -> CatchUp {
    match v1::CatchUp::try_from(wire) {
        Ok(v1::CatchUp::Unspecified | v1::CatchUp::Day) => CatchUp::Day,
        Ok(v1::CatchUp::Flight) => CatchUp::Flight,
        Ok(v1::CatchUp::None) => CatchUp::LetGo,
        Err(_) => {
            let what = "write CATCH_UP_DAY, CATCH_UP_FLIGHT or CATCH_UP_NONE";
            wrong.add(path, "UNKNOWN_VALUE", what);
            CatchUp::Day
        }
    }
}

/// A moment that must be there.
fn moment(wire: Option<&prost_types::Timestamp>, path: &str, wrong: &mut Violations) -> Timestamp {
    if wire.is_none() {
        wrong.add(
            path,
            "REQUIRED",
            "write a time, such as 2026-12-31T23:00:00Z",
        );
    }
    wire.map_or(Timestamp(0), time::moment)
}

fn segments(
    wire: &[v1::BudgetSegment],
    currency: Currency,
    path: &str,
    wrong: &mut Violations,
) -> Vec<Segment> {
    wrong.at_most(MAX_SEGMENTS, wire.len(), path);
    let mut segments: Vec<Segment> = Vec::new();
    for (place, one) in wire.iter().take(MAX_SEGMENTS).enumerate() {
        let at = |field: &str| format!("{path}[{place}].{field}");
        let start = moment(one.start_time.as_ref(), &at("start_time"), wrong);
        let end = moment(one.end_time.as_ref(), &at("end_time"), wrong);
        if one.start_time.is_some() && one.end_time.is_some() && end <= start {
            let what = "write a time after start_time";
            wrong.add(&at("end_time"), "ENDS_BEFORE_START", what);
        }
        if segments.last().is_some_and(|before| start < before.end) {
            let what = "write segments in order, and none that begins before the last one ends";
            wrong.add(&at("start_time"), "OVERLAPS", what);
        }
        let amount = money::amount(one.amount_micros, currency, &at("amount_micros"), wrong);
        segments.push(Segment { start, end, amount });
    }
    segments
}

fn dayparts(wire: &[v1::DayPart], path: &str, wrong: &mut Violations) -> Dayparts {
    wrong.at_most(MAX_DAY_PARTS, wire.len(), path);
    if wire.is_empty() {
        return Dayparts::ALWAYS;
    }
    let mut open = Dayparts::NEVER;
    for (place, part) in wire.iter().take(MAX_DAY_PARTS).enumerate() {
        match day_part(part) {
            Some((days, hours)) => {
                open = days.fold(open, |open, day| open.open(day, hours.start, hours.end));
            }
            None => wrong.add(&format!("{path}[{place}]"), "INVALID_VALUE", NO_DAY_PART),
        }
    }
    open
}

fn target(
    wire: &v1::CostGoal,
    currency: Currency,
    path: &str,
    wrong: &mut Violations,
) -> Option<Target> {
    use v1::cost_goal::Target as Wire;
    let mut price = |micros: i64, field: &str| {
        let path = format!("{path}.{field}");
        let price = money::amount(micros, currency, &path, wrong);
        if price == Money::ZERO {
            wrong.add(&path, "OUT_OF_RANGE", "write an amount above 0");
        }
        price
    };
    match wire.target {
        Some(Wire::CostPerClickMicros(micros)) => {
            Some(Target::CostPerClick(price(micros, "cost_per_click_micros")))
        }
        Some(Wire::CostPerConversionMicros(micros)) => Some(Target::CostPerConversion(price(
            micros,
            "cost_per_conversion_micros",
        ))),
        Some(Wire::ReturnPercent(percent)) => {
            if !(1..=MAX_RETURN_PERCENT).contains(&percent) {
                let what = format!("write 1 to {MAX_RETURN_PERCENT} hundredths of the spend");
                wrong.add(&format!("{path}.return_percent"), "OUT_OF_RANGE", what);
            }
            u32::try_from(percent).ok().map(Target::ReturnPercent)
        }
        None => {
            let what = "write cost_per_click_micros, cost_per_conversion_micros or return_percent";
            wrong.add(path, "REQUIRED", what);
            None
        }
    }
}

/// When raises of a budget are taken back. By how much is what the record says then; here it is only checked.
fn raise_ends(
    wire: &[v1::BudgetRaise],
    currency: Currency,
    path: &str,
    wrong: &mut Violations,
) -> Vec<Timestamp> {
    wrong.at_most(MAX_RAISES, wire.len(), path);
    let each = wire.iter().take(MAX_RAISES).enumerate();
    let each = each.map(|(place, one)| {
        let at = |field: &str| format!("{path}[{place}].{field}");
        if one.daily_micros == 0 && one.lifetime_micros == 0 {
            let what = "write by how much the daily or the lifetime budget is lowered then";
            wrong.add(&at("daily_micros"), "REQUIRED", what);
        }
        money::amount(one.daily_micros, currency, &at("daily_micros"), wrong);
        money::amount(one.lifetime_micros, currency, &at("lifetime_micros"), wrong);
        moment(one.end_time.as_ref(), &at("end_time"), wrong)
    });
    each.collect()
}

/// Reads the least and the most of a spend that is somebody's own; `path` is the resource's.
pub fn share((min, max): (Option<f64>, Option<f64>), path: &str, wrong: &mut Violations) -> Share {
    let mut one = |percent: Option<f64>, otherwise: f64, field: &str| {
        let percent = percent.unwrap_or(otherwise);
        // No number lies in no range.
        if !(0.0..=100.0).contains(&percent) {
            wrong.add(&format!("{path}.{field}"), "OUT_OF_RANGE", "write 0 to 100");
            return otherwise / 100.0;
        }
        percent / 100.0
    };
    let share = Share {
        min: one(min, 0.0, "min_share_percent"),
        max: one(max, 100.0, "max_share_percent"),
    };
    if share.min > share.max {
        let what = "write no less than min_share_percent";
        wrong.add(&format!("{path}.max_share_percent"), "OUT_OF_RANGE", what);
    }
    share
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(campaign: &v1::Campaign) -> Vec<String> {
        let mut wrong = Violations::default();
        read(campaign, Currency::USD, "campaign", &mut wrong);
        let fields = wrong.list().iter().map(|it| it.field.clone());
        fields.collect()
    }

    fn at(seconds: i64) -> Option<prost_types::Timestamp> {
        Some(prost_types::Timestamp { seconds, nanos: 0 })
    }

    #[test]
    fn what_cannot_be_is_told_field_by_field() {
        let check = |campaign: v1::Campaign, expect: &[&str]| {
            assert_eq!(wrong(&campaign), expect, "{campaign:?}");
        };
        let fast = |delivery: i32, ahead_percent: i32| v1::Campaign {
            delivery,
            ahead_percent,
            ..Default::default()
        };
        check(fast(3, 0), &[]);
        check(fast(3, 900), &[]);
        check(fast(3, 901), &["campaign.ahead_percent"]);
        check(fast(1, 20), &["campaign.ahead_percent"]);
        check(fast(9, 0), &["campaign.delivery"]);
        let segment = |start, end, amount_micros| v1::BudgetSegment {
            start_time: at(start),
            end_time: at(end),
            amount_micros,
        };
        let segments = |list: &[v1::BudgetSegment]| v1::Campaign {
            budget_segments: list.to_vec(),
            ..Default::default()
        };
        check(segments(&[segment(0, 5, 1), segment(5, 6, 0)]), &[]);
        let expect = ["campaign.budget_segments[0].end_time"];
        check(segments(&[segment(5, 5, 1)]), &expect);
        let expect = ["campaign.budget_segments[1].start_time"];
        check(segments(&[segment(0, 5, 1), segment(4, 6, 1)]), &expect);
        let expect = ["campaign.budget_segments[0].amount_micros"];
        check(segments(&[segment(0, 5, -1)]), &expect);
        let goal = |target| v1::Campaign {
            goal: Some(v1::CostGoal { target }),
            ..Default::default()
        };
        use v1::cost_goal::Target::{CostPerClickMicros, ReturnPercent};
        check(goal(Some(CostPerClickMicros(1))), &[]);
        check(goal(None), &["campaign.goal"]);
        let expect = ["campaign.goal.cost_per_click_micros"];
        check(goal(Some(CostPerClickMicros(0))), &expect);
        let expect = ["campaign.goal.return_percent"];
        check(goal(Some(ReturnPercent(0))), &expect);
        let hours = |start_hour, end_hour| v1::Campaign {
            day_parts: vec![v1::DayPart {
                weekday: 1,
                start_hour,
                end_hour,
            }],
            ..Default::default()
        };
        check(hours(9, 17), &[]);
        check(hours(9, 25), &["campaign.day_parts[0]"]);
        let raise = v1::Campaign {
            budget_raises: vec![v1::BudgetRaise::default()],
            ..Default::default()
        };
        let expect = [
            "campaign.budget_raises[0].daily_micros",
            "campaign.budget_raises[0].end_time",
        ];
        check(raise, &expect);
    }

    #[test]
    fn a_share_is_of_a_hundred() {
        let check = |min: Option<f64>, max: Option<f64>, expect: Option<(f64, f64)>| {
            let mut wrong = Violations::default();
            let got = share((min, max), "ad", &mut wrong);
            let got = wrong.is_empty().then_some((got.min, got.max));
            assert_eq!(got, expect, "{min:?} {max:?}");
        };
        check(None, None, Some((0.0, 1.0)));
        check(Some(25.0), Some(50.0), Some((0.25, 0.5)));
        check(Some(50.0), Some(25.0), None);
        check(Some(-1.0), None, None);
        check(None, Some(f64::NAN), None);
    }
}
