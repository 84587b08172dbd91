//! Parts of ads and creatives in a few words.

use api::v1;
use api::v1::creative::Material;
use api::v1::goal::Worth;
use campaign::time::Timestamp;

use crate::print::amount;

/// What an impression is worth to an ad: `2.00 USD CPM`, `0.50 USD a click`.
pub fn goal(ad: &v1::Ad) -> String {
    let code = &ad.currency_code;
    match ad.goal.as_ref().and_then(|goal| goal.worth) {
        Some(Worth::FixedCpmMicros(price)) => format!("{} CPM", amount::micros(price, code)),
        Some(Worth::ClickMicros(worth)) => format!("{} a click", amount::micros(worth, code)),
        Some(Worth::ConversionMicros(worth)) => {
            format!("{} a conversion", amount::micros(worth, code))
        }
        None => String::new(),
    }
}

/// The most that an ad bids; empty where the goal says it.
pub fn max_bid(ad: &v1::Ad) -> String {
    match ad.max_bid_cpm_micros {
        0 => String::new(),
        most => format!("{} CPM", amount::micros(most, &ad.currency_code)),
    }
}

/// How fast a budget is spent.
pub fn delivery(delivery: v1::Delivery, ahead_percent: i32) -> String {
    match delivery {
        v1::Delivery::Unspecified | v1::Delivery::Even => "even".to_string(),
        v1::Delivery::Ahead if ahead_percent == 0 => "ahead".to_string(),
        v1::Delivery::Ahead => format!("ahead by {ahead_percent} %"),
        v1::Delivery::AsFastAsPossible => "as fast as possible".to_string(),
    }
}

/// What becomes of what was missed.
pub fn catch_up(catch_up: v1::CatchUp) -> &'static str {
    match catch_up {
        v1::CatchUp::Unspecified | v1::CatchUp::Day => "within the day",
        v1::CatchUp::Flight => "over the flight",
        v1::CatchUp::None => "none",
    }
}

/// What a campaign promises about what it buys; empty where that is nothing.
pub fn promise(goal: Option<&v1::CostGoal>, code: &str) -> String {
    use v1::cost_goal::Target;
    match goal.and_then(|goal| goal.target) {
        Some(Target::CostPerClickMicros(most)) => {
            format!("at most {} a click", amount::micros(most, code))
        }
        Some(Target::CostPerConversionMicros(most)) => {
            format!("at most {} a conversion", amount::micros(most, code))
        }
        Some(Target::ReturnPercent(least)) => format!("at least {least} % of the spend"),
        None => String::new(),
    }
}

/// Stretches with amounts of their own, a line each.
pub fn segments(segments: &[v1::BudgetSegment], code: &str) -> String {
    let line = |segment: &v1::BudgetSegment| {
        let (start, end) = (&segment.start_time, &segment.end_time);
        format!(
            "{} from {} to {}",
            amount::micros(segment.amount_micros, code),
            moment(start.as_ref()),
            moment(end.as_ref())
        )
    };
    segments.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Raises that end by themselves, a line each.
pub fn raises(raises: &[v1::BudgetRaise], code: &str) -> String {
    let line = |raise: &v1::BudgetRaise| {
        let of = [
            (raise.daily_micros, "daily"),
            (raise.lifetime_micros, "lifetime"),
        ];
        let of = of.iter().filter(|(micros, _)| *micros != 0);
        let of: Vec<String> = of
            .map(|(micros, which)| {
                format!("{} of the {which} budget", amount::micros(*micros, code))
            })
            .collect();
        let end = moment(raise.end_time.as_ref());
        format!("{} is taken back at {end}", of.join(" and "))
    };
    raises.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Hours of the week, a line each.
pub fn day_parts(parts: &[v1::DayPart]) -> String {
    let line = |part: &v1::DayPart| {
        let day = match part.weekday() {
            v1::Weekday::Unspecified => "every day".to_string(),
            day => day
                .as_str_name()
                .trim_start_matches("WEEKDAY_")
                .to_lowercase(),
        };
        format!("{day} {:02}:00 to {:02}:00", part.start_hour, part.end_hour)
    };
    parts.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The least and the most of a spend; empty where it may be anything.
pub fn share(min: Option<f64>, max: Option<f64>) -> String {
    match (min, max) {
        (None, None) => String::new(),
        (min, max) => format!("{:.0}–{:.0} %", min.unwrap_or(0.0), max.unwrap_or(100.0)),
    }
}

/// Who pays what of an auction.
pub fn auction(kind: v1::AuctionType) -> &'static str {
    match kind {
        v1::AuctionType::FirstPrice => "first price",
        v1::AuctionType::Unspecified | v1::AuctionType::SecondPrice => "second price",
    }
}

/// What a deal costs; empty where requests say.
pub fn deal_price(deal: &v1::Deal) -> String {
    use v1::deal::Price;
    let price = |micros: i64| amount::micros(micros, &deal.currency_code);
    match deal.price {
        Some(Price::FloorCpmMicros(micros)) => format!("at least {} CPM", price(micros)),
        Some(Price::FixedCpmMicros(micros)) => format!("{} CPM", price(micros)),
        None => String::new(),
    }
}

/// A creative's format and its size or length.
pub fn material(creative: &v1::Creative) -> (&'static str, String) {
    match &creative.material {
        None => ("", String::new()),
        Some(Material::Banner(banner)) => {
            ("banner", banner.size.as_ref().map_or(String::new(), size))
        }
        Some(Material::Video(video)) => {
            ("video", video.duration.as_ref().map_or(String::new(), span))
        }
        Some(Material::Audio(audio)) => {
            ("audio", audio.duration.as_ref().map_or(String::new(), span))
        }
        Some(Material::Native(_)) => ("native", String::new()),
    }
}

/// `300x250`.
pub fn size(size: &v1::Size) -> String {
    format!("{}x{}", size.width, size.height)
}

/// A length of time: `15s`, `24h`, `7d`.
pub fn span(span: &prost_types::Duration) -> String {
    let seconds = span.seconds;
    match seconds {
        _ if span.nanos != 0 || seconds == 0 => span.to_string(),
        _ if seconds % 86_400 == 0 => format!("{}d", seconds / 86_400),
        _ if seconds % 3_600 == 0 => format!("{}h", seconds / 3_600),
        _ if seconds % 60 == 0 => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

/// From when to when: `2026-11-20T08:00:00Z to open`. Empty where it runs always.
pub fn flight(flight: Option<&v1::Flight>) -> String {
    let Some(flight) = flight else {
        return String::new();
    };
    let moment =
        |at: Option<&prost_types::Timestamp>| at.map_or("open".to_string(), ToString::to_string);
    match (flight.start_time.as_ref(), flight.end_time.as_ref()) {
        (None, None) => String::new(),
        (start, end) => format!("{} to {}", moment(start), moment(end)),
    }
}

/// How long the members of an audience stay.
pub fn membership(audience: &v1::Audience) -> String {
    let said = audience.membership_duration.as_ref();
    said.map_or("30d".to_string(), span)
}

/// A conversion action's category, what of it counts, for how long after a click, and whether for bids.
pub fn action(action: &v1::ConversionAction) -> [String; 4] {
    let category = match action.category() {
        v1::ConversionCategory::Unspecified => String::new(),
        category => {
            let name = category.as_str_name().to_lowercase();
            name.replace("conversion_category_", "").replace('_', " ")
        }
    };
    let counts = match action.counting() {
        v1::ConversionCounting::OnePerClick => "one a click",
        v1::ConversionCounting::Unspecified | v1::ConversionCounting::Every => "every one",
    };
    let window = match action.click_window_days {
        0 => "the advertiser's".to_string(),
        days => format!("{days}d"),
    };
    let bidding = if action.excluded_from_bidding {
        "no"
    } else {
        "yes"
    };
    [category, counts.to_string(), window, bidding.to_string()]
}

/// `3 in 24h`, each on its line.
pub fn frequency_caps(caps: &[v1::FrequencyCap]) -> String {
    let lines: Vec<String> = caps
        .iter()
        .map(|cap| {
            let period = cap.period.as_ref().map_or(String::new(), span);
            format!("{} to one user in {period}", cap.impressions)
        })
        .collect();
    lines.join("\n")
}

/// A count with commas between thousands.
pub fn thousands(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if count < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A moment without fractions.
pub fn moment(at: Option<&prost_types::Timestamp>) -> String {
    at.map_or(String::new(), |at| {
        let whole = Timestamp(api::time::moment(at).0.div_euclid(1_000) * 1_000);
        whole.to_string().replace(".000", "")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_told_in_their_largest_unit() {
        let check = |seconds: i64, expect: &str| {
            assert_eq!(span(&prost_types::Duration { seconds, nanos: 0 }), expect);
        };
        check(86_400, "1d");
        check(3_600 * 36, "36h");
        check(90 * 60, "90m");
        check(95, "95s");
        check(0, "0s");
    }

    #[test]
    fn an_open_end_is_told() {
        let start = "2026-11-20T08:00:00Z".parse().ok();
        assert_eq!(
            flight(Some(&v1::Flight {
                start_time: start,
                end_time: None
            })),
            "2026-11-20T08:00:00Z to open"
        );
        assert_eq!(flight(Some(&v1::Flight::default())), "");
        assert_eq!(
            moment("2026-11-20T08:00:00.75Z".parse().ok().as_ref()),
            "2026-11-20T08:00:00Z"
        );
    }
}
